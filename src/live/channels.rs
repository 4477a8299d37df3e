//! One broadcast channel for each followed session.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use tokio::sync::broadcast;

use crate::domain::{Frame, SessionId};

/// How far a follower may fall behind before it has to read the table. 256 would cost four times the memory.
const BACKLOG: usize = 64;

/// A cache of the end of the events table, and no more.
#[derive(Debug, Clone, Default)]
pub(super) struct Channels(Arc<Mutex<HashMap<SessionId, broadcast::Sender<Frame>>>>);

impl Channels {
    /// Tells the session's followers.
    pub(super) fn send(&self, id: SessionId, frame: Frame) {
        let mut channels = self.lock();
        if let Some(channel) = channels.get(&id)
            && channel.send(frame).is_err()
        {
            channels.remove(&id); // The last follower has left.
        }
    }

    /// Hears the session from now on.
    pub(super) fn listen(&self, id: SessionId) -> broadcast::Receiver<Frame> {
        self.lock().entry(id).or_insert_with(|| broadcast::channel(BACKLOG).0).subscribe()
    }

    /// Ends every channel.
    pub(super) fn hang_up(&self) {
        self.lock().clear();
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<SessionId, broadcast::Sender<Frame>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
