//! Facts about hosts and agents: one log for all, numbered 1, 2, 3 ….

use futures_util::{Stream, TryStreamExt};
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
    bytes: i64,
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

/// A part of the log.
#[derive(Debug, Default)]
pub struct HostEventPage {
    /// Its events, in the order that was asked for.
    pub events: Vec<HostEvent>,
    /// How many bytes of payload they have.
    pub bytes: usize,
    /// Whether there are no more.
    pub is_end: bool,
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

    /// Forgets the events up to this number.
    pub async fn forget_host_events(&mut self, last: Seq) -> Result<()> {
        sqlx::query!("delete from host_events where seq <= $1", last).execute(self.conn()).await?;
        Ok(())
    }
}

impl Reads {
    /// The numbers between which events are kept: of the last one that was forgotten, and of the newest; both 0 where there
    /// never was one.
    pub async fn host_event_bounds(&mut self) -> Result<(Seq, Seq)> {
        let head = sqlx::query_scalar!(
            r#"select coalesce(max(seq), 0) as "seq: i64" from sqlite_sequence where name = 'host_events'"#
        );
        let head = head.fetch_one(self.conn()).await?;
        let first = sqlx::query_scalar!(r#"select min(seq) as "seq: i64" from host_events"#);
        let first = first.fetch_one(self.conn()).await?;
        Ok((first.map_or(head, |first| first - 1), head))
    }

    /// The last of the oldest events that were told before `before`, or are not among the newest `count`: some of them, if
    /// there are any.
    pub async fn host_events_to_forget(
        &mut self,
        before: Timestamp,
        count: i64,
    ) -> Result<Option<Seq>> {
        let (floor, head) = self.host_event_bounds().await?;
        let some = floor + FORGOTTEN;
        let old = sqlx::query_scalar!(
            r#"select max(seq) as "seq: i64" from host_events where seq > $1 and seq <= $2 and at < $3"#,
            floor,
            some,
            before,
        );
        let old = old.fetch_one(self.conn()).await?;
        let last = old.unwrap_or(floor).max(some.min(head - count));
        Ok((last > floor).then_some(last))
    }

    /// Events after a number, oldest first: at most `limit`, and no more once there are `bytes` of them.
    pub async fn host_events_after(
        &mut self,
        after: Seq,
        limit: i64,
        bytes: usize,
    ) -> Result<HostEventPage> {
        let rows = sqlx::query_as!(
            Row,
            r#"select seq, id as "id: HostEventId", at as "at: Timestamp", kind, host_id as "host_id: HostId",
                      agent_id as "agent_id: AgentId", message, payload as "payload: Json<Value>", octet_length(payload) as "bytes!: i64"
               from host_events where seq > $1 order by seq limit $2"#,
            after,
            limit,
        );
        page(rows.fetch(self.conn()), limit, bytes).await
    }

    /// Events before a number, newest first, and as many.
    pub async fn host_events_before(
        &mut self,
        before: Seq,
        limit: i64,
        bytes: usize,
    ) -> Result<HostEventPage> {
        let rows = sqlx::query_as!(
            Row,
            r#"select seq, id as "id: HostEventId", at as "at: Timestamp", kind, host_id as "host_id: HostId",
                      agent_id as "agent_id: AgentId", message, payload as "payload: Json<Value>", octet_length(payload) as "bytes!: i64"
               from host_events where seq < $1 order by seq desc limit $2"#,
            before,
            limit,
        );
        page(rows.fetch(self.conn()), limit, bytes).await
    }
}

/// The rows that fit.
async fn page(
    mut rows: impl Stream<Item = sqlx::Result<Row>> + Unpin,
    limit: i64,
    bytes: usize,
) -> Result<HostEventPage> {
    let mut page = HostEventPage::default();
    while page.bytes < bytes {
        let Some(row) = rows.try_next().await? else { break };
        page.bytes += usize::try_from(row.bytes).unwrap_or(usize::MAX);
        page.events.push(row.event());
    }
    let has_room = page.bytes < bytes;
    page.is_end = has_room && i64::try_from(page.events.len()).is_ok_and(|count| count < limit);
    Ok(page)
}
