//! Facts about hosts and agents: one log for all, numbered 1, 2, 3 ….

use serde_json::Value;

use super::{Notice, Reads, Tx, codec::Json};
use crate::{
    domain::{AgentId, HostEvent, HostEventBody, HostEventId, HostFrame, HostId, Seq, Timestamp},
    error::{Error, Result},
};

/// How many events one unit of work forgets at most.
const FORGOTTEN: i64 = 1000;

/// An event as it is stored.
struct Row {
    seq: Seq,
    id: HostEventId,
    at: Timestamp,
    kind: String,
    host_id: HostId,
    agent_id: Option<AgentId>,
    message: Option<String>,
    payload: Json<Value>,
}

impl Row {
    fn event(self) -> HostEvent {
        HostEvent {
            seq: self.seq,
            id: self.id,
            timestamp: self.at,
            kind: self.kind,
            host_id: self.host_id,
            agent_id: self.agent_id,
            message: self.message,
            payload: self.payload.0,
        }
    }
}

/// About what a host event is, besides its host.
#[derive(Debug, Clone, Copy, Default)]
pub struct About<'a> {
    /// The agent.
    pub agent: Option<AgentId>,
    /// A line for people.
    pub message: Option<&'a str>,
}

impl Tx {
    /// Records a fact about a host; its followers are told after COMMIT.
    pub async fn append_host_event(
        &mut self,
        host: HostId,
        body: &HostEventBody,
        about: About<'_>,
    ) -> Result<Seq> {
        let (id, now, kind) = (HostEventId::new(), self.now(), body.kind());
        let payload = serde_json::to_value(body).map_err(Error::internal)?;
        let stored = Json(&payload);
        let seq = sqlx::query_scalar!(
            "insert into host_events (id, at, kind, host_id, agent_id, message, payload) values ($1, $2, $3, $4, $5, $6, $7)
             returning seq as \"seq!\"",
            id,
            now,
            kind,
            host,
            about.agent,
            about.message,
            stored,
        )
        .fetch_one(self.conn())
        .await?;
        let event = HostEvent {
            seq,
            id,
            timestamp: now,
            kind: kind.to_owned(),
            host_id: host,
            agent_id: about.agent,
            message: about.message.map(str::to_owned),
            payload,
        };
        let frame = HostFrame::encode(&event).map_err(Error::internal)?;
        self.notify(Notice::HostFrame(frame));
        Ok(seq)
    }

    /// Forgets events that are older than `before`, and all but the newest `count`: some of them; whether there may be more.
    pub async fn forget_host_events(&mut self, before: Timestamp, count: i64) -> Result<bool> {
        let forgotten = sqlx::query!(
            "delete from host_events where seq in (
                 select seq from host_events
                 where seq <= (select max(seq) from host_events) - $2
                     or seq < (select coalesce(min(newer.seq), 0) from (
                         select seq from host_events where at >= $1 order by seq limit 1) newer)
                 order by seq limit $3)",
            before,
            count,
            FORGOTTEN,
        )
        .execute(self.conn())
        .await?;
        Ok(i64::try_from(forgotten.rows_affected()).is_ok_and(|it| it == FORGOTTEN))
    }
}

impl Reads {
    /// The numbers between which events are kept: of the last one that was forgotten, and of the newest; both 0 where there
    /// never was one.
    pub async fn host_event_bounds(&mut self) -> Result<(Seq, Seq)> {
        let row = sqlx::query!(
            r#"select coalesce((select min(seq) from host_events) - 1, (select seq from sqlite_sequence where name = 'host_events'), 0)
                      as "floor!: i64",
                  coalesce((select seq from sqlite_sequence where name = 'host_events'), 0) as "head!: i64""#,
        )
        .fetch_one(self.conn())
        .await?;
        Ok((row.floor, row.head))
    }

    /// Events after a number, oldest first.
    pub async fn host_events_after(&mut self, after: Seq, limit: i64) -> Result<Vec<HostEvent>> {
        let rows = sqlx::query_as!(
            Row,
            r#"select seq, id as "id: HostEventId", at as "at: Timestamp", kind, host_id as "host_id: HostId",
                      agent_id as "agent_id: AgentId", message, payload as "payload: Json<Value>"
               from host_events where seq > $1 order by seq limit $2"#,
            after,
            limit,
        );
        Ok(rows.fetch_all(self.conn()).await?.into_iter().map(Row::event).collect())
    }

    /// Events before a number, newest first.
    pub async fn host_events_before(&mut self, before: Seq, limit: i64) -> Result<Vec<HostEvent>> {
        let rows = sqlx::query_as!(
            Row,
            r#"select seq, id as "id: HostEventId", at as "at: Timestamp", kind, host_id as "host_id: HostId",
                      agent_id as "agent_id: AgentId", message, payload as "payload: Json<Value>"
               from host_events where seq < $1 order by seq desc limit $2"#,
            before,
            limit,
        );
        Ok(rows.fetch_all(self.conn()).await?.into_iter().map(Row::event).collect())
    }
}
