//! What hosts say: each call a unit of work, answered after COMMIT, harmless when it comes twice.

use serde::Serialize;
use serde_json::value::RawValue;

use super::{App, drafts::shared, requests, session_events, status, turns};
use crate::{
    domain::{
        AgentSessionId, AgentSessionStatus, ApprovalStatus, DispatchState, EventBody, HostId,
        InstanceId, SessionId, SessionStatus,
    },
    error::{Code, Error, Result},
    rpc::calls::{AgentStatus, HostCall, Outcome, StatusReport, TurnState, Updates},
    store::{Notice, Taken, Tx},
};

impl App {
    /// Takes a call of a connected host. The first thing it awaits is its place in the writer's queue.
    pub(super) async fn news(
        self,
        host: HostId,
        instance: InstanceId,
        call: HostCall,
    ) -> Result<Box<RawValue>> {
        match call {
            HostCall::Hello(_) => Err(Error::with(Code::InvalidBody, "hello was said already")),
            HostCall::Update(updates) => raw(&self.store_updates(host, updates).await?),
            HostCall::Permission(it) => {
                raw(&self.ask(host, instance, requests::Request::Permission(it)).await?)
            }
            HostCall::Question(it) => {
                raw(&self.ask(host, instance, requests::Request::Question(it)).await?)
            }
            HostCall::Draft(it) => raw(&self.store_draft(host, it).await?),
            HostCall::Event(it) => raw(&self.store_event(host, it).await?),
            HostCall::Delivered(it) => {
                let stored =
                    self.store.write(async move |tx| requests::delivered(tx, host, &it).await);
                raw(&stored.await?)
            }
            HostCall::Status(it) => raw(&self.agent_status(host, instance, it).await?),
            HostCall::Report(it) => {
                let (id, is_over) = (it.dispatch_id, it.state != TurnState::Running);
                let stored = self.store.write(async move |tx| {
                    turns::report(tx, id, host, it.instance, it.state).await
                });
                stored.await?;
                if is_over && self.hosts.turn_ended(host, id) {
                    self.wake.dispatcher.notify_one();
                }
                raw(&())
            }
            _ => Err(Error::with(Code::InvalidBody, "this is not said of an agent session")),
        }
    }

    /// Stores what an agent said, each update once.
    async fn store_updates(&self, host: HostId, batch: Updates) -> Result<()> {
        self.store
            .write(async move |tx| {
                let id = batch.agent_session_id;
                let cursor = tx.update_cursor(id, host).await?;
                let stored = if cursor.instance == Some(batch.instance) { cursor.last } else { 0 };
                let first = first_number(&batch)?;
                if first > stored + 1 {
                    // Never in order; after the restore of an older file there is nothing better to do.
                    tracing::error!(agent_session = %id, stored, first, "updates of an agent are missing");
                }
                let mut last = stored;
                let new = (first..).zip(batch.updates).filter(|(n, _)| *n > stored);
                let new: Vec<_> = new.inspect(|(n, _)| last = *n).map(|(_, update)| update).collect();
                match session_for(tx, id).await? {
                    Some(session) if !cursor.is_moving => {
                        for notification in new {
                            let event = EventBody::HostSessionUpdate { notification };
                            tx.append(session, &event).await?;
                        }
                    }
                    _ => tx.keep_updates(id, &new).await?,
                }
                tx.set_update_cursor(id, batch.instance, last).await
            })
            .await
    }

    /// Moves what was kept of agents on into the logs of the sessions that share them: a page of each.
    pub(super) async fn move_kept(&self) -> Result<()> {
        for id in self.store.read().await?.moving_updates().await? {
            self.store
                .write(async move |tx| match shared(tx, id).await {
                    Ok(session) => tell_kept(tx, id, session.id).await,
                    // It waits for the next session that shares it.
                    Err(error) if error.code == Code::NotShared => tx.move_updates(id, false).await,
                    Err(error) => Err(error),
                })
                .await?;
        }
        Ok(())
    }

    /// Asks people what an agent asks, and waits for their decision.
    async fn ask(
        &self,
        host: HostId,
        instance: InstanceId,
        request: requests::Request,
    ) -> Result<Outcome> {
        let limit = self.settings.pending_of_session;
        let raised = self
            .store
            .write(async move |tx| request.raise(tx, host, instance, limit).await)
            .await?;
        let Some(approval) = raised else { return Ok(Outcome::Cancelled) };
        let waiter = self.live.wait_for(approval.id);
        loop {
            let approval = self.store.read().await?.approval(approval.id).await?;
            if approval.status != ApprovalStatus::Pending {
                return Ok(requests::outcome(&approval));
            }
            waiter.resolved().await;
        }
    }

    /// Stores what became of the process behind an agent session.
    async fn agent_status(
        &self,
        host: HostId,
        instance: InstanceId,
        it: StatusReport,
    ) -> Result<()> {
        let id = it.agent_session_id;
        self.store
            .write(async move |tx| {
                tx.update_cursor(id, host).await?;
                match it.status {
                    AgentStatus::NeedsLogin { .. } => {
                        tx.set_problem(id, Some(AgentSessionStatus::NeedsLogin)).await?;
                    }
                    AgentStatus::Exited { exit_code, stderr } => {
                        if tx
                            .agent_session(id)
                            .await?
                            .open_instance
                            .is_some_and(|it| it != instance)
                        {
                            return Ok(()); // Old news: it was started again elsewhere.
                        }
                        // One that was killed, or ended well, is started again by the next prompt.
                        let failed = exit_code.is_some_and(|code| code != 0);
                        let problem = failed.then_some(AgentSessionStatus::Errored);
                        let exit = Some((exit_code.map(i64::from), stderr.as_str()));
                        tx.agent_closed(id, problem, exit).await?;
                        let asked = tx.pending_requests(id, None).await?;
                        requests::end_all(tx, asked, ApprovalStatus::Expired, "agent_gone").await?;
                    }
                }
                status::refresh(tx, id).await
            })
            .await
    }
}

/// Tells a session a page of what its agent said before it was shared; the dispatcher sees to the rest.
pub(super) async fn tell_kept(tx: &mut Tx, id: AgentSessionId, session: SessionId) -> Result<()> {
    let Taken { dropped: count, updates, more } = tx.take_kept_updates(id).await?;
    if count > 0 {
        tx.append(session, &EventBody::UpdatesDropped { count }).await?;
    }
    let agent_session = tx.agent_session(id).await?.agent_session;
    for kept in updates {
        if let Some(event) = session_events::of_kept(kept, &agent_session) {
            tx.append(session, &event).await?;
        }
    }
    if more {
        tx.notify(Notice::Dispatch);
    }
    Ok(())
}

/// The number of a batch's first update.
///
/// # Errors
/// `INVALID_BODY` where its last one would have none any more.
fn first_number(batch: &Updates) -> Result<i64> {
    let count = i64::try_from(batch.updates.len()).map_err(Error::internal)?;
    let first = i64::try_from(batch.first).ok().filter(|first| first.checked_add(count).is_some());
    first.ok_or_else(|| Error::with(Code::InvalidBody, "there is no such number of an update"))
}

/// In whose log an agent speaks: that of its running turn, else of the session that shares it, else nobody's yet.
pub(super) async fn session_for(tx: &mut Tx, id: AgentSessionId) -> Result<Option<SessionId>> {
    if let Some(turn) = tx.dispatch_in_flight(id).await?
        && turn.dispatch.state != DispatchState::Leased
    {
        return Ok(Some(turn.dispatch.shared_session_id));
    }
    let Some(session) = tx.session_of_agent(id).await? else { return Ok(None) };
    let is_active = tx.session(session).await?.status == SessionStatus::Active;
    Ok(is_active.then_some(session))
}

pub(super) fn raw(value: &impl Serialize) -> Result<Box<RawValue>> {
    serde_json::value::to_raw_value(value).map_err(Error::internal)
}
