//! What agent sessions tell besides what their agents say.

use serde_json::value::RawValue;

use super::{
    App, Caller, Key, Once,
    drafts::{check_tells, shared},
    news::session_for,
    once,
};
use crate::{
    domain::{AgentSession, AgentSessionId, EventBody, HostId, SessionEvent},
    error::{Code, Error, Result},
    rpc::calls::EventReport,
};

impl App {
    /// Tells the session that shares an agent session of the caller's something.
    ///
    /// # Errors
    /// `HOST_SESSION_NOT_FOUND`, `HOST_REQUIRED`, `NOT_SHARED`, `ILLEGAL_TRANSITION` for output that its owner lets nobody see,
    /// and those of [`SessionEvent::body`].
    pub async fn tell_event(
        &self,
        caller: &Caller,
        id: AgentSessionId,
        event: SessionEvent,
        key: Option<Key>,
    ) -> Result<Once<()>> {
        let caller = caller.clone();
        self.store
            .write(async move |tx| {
                check_tells(tx, &caller, id).await?;
                if once::before::<()>(tx, key.as_ref()).await?.is_some() {
                    return Ok(Once::again(()));
                }
                let session = shared(tx, id).await?;
                let agent_session = tx.agent_session(id).await?.agent_session;
                let hidden = "its output is shown to nobody";
                let body = event.body(&agent_session)?.ok_or_else(|| {
                    Error::with(Code::IllegalTransition, hidden)
                        .hint("make the agent session with agentOutput: true")
                })?;
                tx.append(session.id, &body).await?;
                once::keep(tx, key.as_ref(), &()).await?;
                Ok(Once::fresh(()))
            })
            .await
    }

    /// Stores an event that a host tells, once; what nobody shares is kept for who will. What nobody may see is dropped.
    pub(super) async fn store_event(&self, host: HostId, it: EventReport) -> Result<()> {
        let id = it.agent_session_id;
        let number = i64::try_from(it.number)
            .map_err(|error| Error::with(Code::InvalidBody, "no such number").because(error))?;
        self.store
            .write(async move |tx| {
                let cursor = tx.update_cursor(id, host).await?;
                if cursor.instance == Some(it.instance) && cursor.last >= number {
                    return Ok(());
                }
                let agent_session = tx.agent_session(id).await?.agent_session;
                match it.event.clone().body(&agent_session) {
                    Ok(Some(body)) => {
                        if let Some(session) = session_for(tx, id).await? {
                            tx.append(session, &body).await?;
                        } else {
                            let event = serde_json::value::to_raw_value(&it.event);
                            tx.keep_updates(id, &[event.map_err(Error::internal)?]).await?;
                        }
                    }
                    Ok(None) => tracing::debug!(agent_session = %id, "output that nobody may see"),
                    // Its number is used up all the same.
                    Err(error) => tracing::warn!(agent_session = %id, %error, "not an event"),
                }
                tx.set_update_cursor(id, it.instance, number).await
            })
            .await
    }
}

/// What was kept while nobody shared an agent session, as the event that it is now: what its agent said, or what was told of
/// it besides. An update of an agent is never taken for the latter, which has no `sessionId` and no `update`.
pub(super) fn of_kept(kept: Box<RawValue>, of: &AgentSession) -> Option<EventBody> {
    match serde_json::from_str::<SessionEvent>(kept.get()) {
        Ok(event) => event.body(of).ok().flatten(),
        Err(_) => Some(EventBody::HostSessionUpdate { notification: kept }),
    }
}
