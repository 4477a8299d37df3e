//! The whole conversation with an agent: the logs of the sessions that shared it, in order.

use super::{App, Caller, agent_sessions::own};
use crate::{
    domain::{AgentSessionId, Frame, Position, SessionId},
    error::{Code, Error, Result},
};

impl App {
    /// Everything that was said in the sessions that shared an agent session, in order, after a position.
    ///
    /// # Errors
    /// `HOST_SESSION_NOT_FOUND`, `INVALID_CURSOR` for a position in a session that never shared it.
    pub async fn transcript(
        &self,
        caller: &Caller,
        id: AgentSessionId,
        after: Option<(SessionId, Position)>,
        limit: i64,
    ) -> Result<Vec<(SessionId, Frame)>> {
        let mut reads = self.store.snapshot().await?;
        own(&mut reads, caller, id).await?;
        let mut frames = Vec::new();
        let mut from = after.map(|it| (it.0, it.1.seq));
        let sessions = reads.sessions_of_agent(id, from.map(|it| it.0)).await?;
        drop(reads);
        for session in sessions {
            let after = match from {
                Some((begin, _)) if begin != session => continue,
                Some((_, seq)) => seq,
                None => 0,
            };
            from = None;
            let left = limit - i64::try_from(frames.len()).unwrap_or(i64::MAX);
            if left <= 0 {
                break;
            }
            let page = self.store.frames(session, after, left).await?;
            frames.extend(page.into_iter().map(|frame| (session, frame)));
        }
        if from.is_some() {
            return Err(Error::new(Code::InvalidCursor)
                .hint("take x-next-after as it came: this agent session was never shared there"));
        }
        Ok(frames)
    }
}
