//! Lists of sessions, and how each of those that go on is at the moment.

use serde::Serialize;
use utoipa::ToSchema;

use super::{App, Caller, Paged};
use crate::{
    domain::{AgentSession, Session, SessionId, SessionStatus},
    error::Result,
    store::SessionFilter,
};

/// A session in a list, and how it is at the moment; nothing of one that has ended.
pub type Listed = (Session, Option<SessionNow>);

/// How a session is at the moment.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SessionNow {
    /// The agent session that is shared.
    pub agent_session: AgentSession,
    /// How many approvals wait in it.
    pub waiting: i64,
    /// The names of those who have a stream of it open, in order of joining.
    pub online: Vec<String>,
}

impl App {
    /// The sessions in which the caller takes part, or did when they ended; for admins all; newest first.
    pub async fn list_sessions(
        &self,
        caller: &Caller,
        filter: SessionFilter,
    ) -> Result<Paged<Listed>> {
        let page = self.sessions(caller, filter).await?;
        let mut nows = self.sessions_now(&page.items).await?;
        Ok(page.map(|session| {
            let now = nows.iter().position(|(id, _)| *id == session.id);
            (session, now.map(|at| nows.swap_remove(at).1))
        }))
    }

    async fn sessions_now(&self, sessions: &[Session]) -> Result<Vec<(SessionId, SessionNow)>> {
        let open: Vec<_> =
            sessions.iter().filter(|it| it.status == SessionStatus::Active).collect();
        if open.is_empty() {
            return Ok(Vec::new());
        }
        let ids: Vec<_> = open.iter().map(|it| it.id).collect();
        let agents: Vec<_> = open.iter().map(|it| it.host_session_id).collect();
        let mut reads = self.store.read().await?;
        let agents = reads.agent_sessions_by_id(&agents).await?;
        let waiting = reads.count_pending(&ids).await?;
        let present = reads.present_in(&ids).await?;
        let here = |id: SessionId| {
            let here = present.iter().filter(|(session, ..)| *session == id);
            let here = here.filter(|(_, who, _)| self.live.watchers().is_online(*who));
            here.filter_map(|(.., name)| name.clone()).collect()
        };
        let now = |session: &Session| {
            let row =
                agents.iter().find(|row| row.1.agent_session.id == session.host_session_id)?;
            Some((
                session.id,
                SessionNow {
                    agent_session: row.1.agent_session.clone(),
                    waiting: waiting.get(&session.id).copied().unwrap_or(0),
                    online: here(session.id),
                },
            ))
        };
        Ok(open.into_iter().filter_map(now).collect())
    }
}
