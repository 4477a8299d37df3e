//! What people do at the moment: told to who follows the session now, and kept nowhere.

use super::{App, Caller, access};
use crate::{
    domain::{Presence, SessionId, Signal},
    error::{Error, Result},
};

impl App {
    /// Tells the others in a session what the caller does. Whoever may watch may; it changes nothing.
    ///
    /// # Errors
    /// `SESSION_NOT_FOUND`, `PARTICIPANT_INACTIVE`, `SESSION_INACTIVE`.
    pub async fn signal(&self, caller: &Caller, id: SessionId, state: Presence) -> Result<()> {
        let mut reads = self.store.read().await?;
        let seat = access::seat(&mut reads, caller, id).await?;
        let now = reads.now();
        seat.session.check_active(now)?;
        let who = seat.participant.id;
        let signal = Signal::presence(who, state).map_err(Error::internal)?;
        self.live.signal(id, who, signal, now);
        Ok(())
    }
}
