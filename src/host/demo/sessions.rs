//! The conversations that are open on this connection, and the way to those in the store.

use std::{
    collections::HashMap,
    io,
    path::Path,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use agent_client_protocol::{
    Error, ErrorCode,
    v1::schema::{self, SessionId, SessionInfo, SessionUpdate},
};

use super::{session::Session, store::Store};

/// Every conversation the agent can reach.
pub(super) struct Sessions {
    store: Store,
    open: Mutex<HashMap<SessionId, Arc<Session>>>,
}

impl Sessions {
    pub(super) fn new(store: Store) -> Self {
        Self { store, open: Mutex::default() }
    }

    /// Begins a conversation about a folder.
    pub(super) fn create(&self, cwd: &Path) -> Result<Arc<Session>, Error> {
        check_folder(cwd)?;
        let (id, log) = self.store.create(cwd).map_err(Error::into_internal_error)?;
        Ok(self.add(Session::new(id, cwd, log, &[])))
    }

    /// Opens a conversation that was there before, with all that happened in it.
    pub(super) fn reopen(
        &self,
        id: &SessionId,
        cwd: &Path,
    ) -> Result<(Arc<Session>, Vec<SessionUpdate>), Error> {
        check_folder(cwd)?;
        let (log, history) = self.store.reopen(id).map_err(|error| match error.kind() {
            io::ErrorKind::NotFound => not_found(id),
            _ => Error::into_internal_error(error),
        })?;
        if let Some(running) = self.open().get(id) {
            running.stop();
        }
        Ok((self.add(Session::new(id.clone(), cwd, log, &history)), history))
    }

    /// A conversation that is open.
    pub(super) fn get(&self, id: &SessionId) -> Result<Arc<Session>, Error> {
        self.open().get(id).cloned().ok_or_else(|| not_found(id))
    }

    /// Stops and forgets a conversation; the store keeps it.
    pub(super) fn close(&self, id: &SessionId) -> Result<(), Error> {
        self.open().remove(id).ok_or_else(|| not_found(id))?.stop();
        Ok(())
    }

    /// Those in the store, or those of them about one folder, the newest first.
    pub(super) fn list(&self, cwd: Option<&Path>) -> Result<Vec<SessionInfo>, Error> {
        let mut sessions = self.store.list().map_err(Error::into_internal_error)?;
        sessions.retain(|session| cwd.is_none_or(|cwd| session.cwd == cwd));
        Ok(sessions)
    }

    fn add(&self, session: Session) -> Arc<Session> {
        let session = Arc::new(session);
        self.open().insert(session.id.clone(), session.clone());
        session
    }

    fn open(&self) -> MutexGuard<'_, HashMap<SessionId, Arc<Session>>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn check_folder(cwd: &Path) -> Result<(), Error> {
    if cwd.is_absolute() && cwd.is_dir() {
        return Ok(());
    }
    let message = format!("cwd is not the absolute path of a folder: {}", cwd.display());
    Err(Error::new(ErrorCode::INVALID_PARAMS, message))
}

fn not_found(id: &SessionId) -> Error {
    schema::Error::session_not_found(id.clone()).into()
}
