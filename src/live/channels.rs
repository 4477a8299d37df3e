//! One broadcast channel for each followed session.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use tokio::sync::broadcast;

use crate::domain::{Frame, SessionId, Signal};

/// How far a follower may fall behind before it has to read the table. 256 would cost four times the memory.
const BACKLOG: usize = 64;

/// What goes by in a session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum News {
    /// An event, which the table has too.
    Event(Frame),
    /// A signal, which nobody hears again.
    Signal(Signal),
}

/// A cache of the end of the events table, and no more.
#[derive(Debug, Clone, Default)]
pub(super) struct Channels(Arc<Mutex<HashMap<SessionId, broadcast::Sender<News>>>>);

impl Channels {
    /// Tells the session's followers.
    pub(super) fn send(&self, id: SessionId, news: News) {
        if let Some(channel) = self.lock().get(&id) {
            // An error means that nobody listens at this moment.
            drop(channel.send(news));
        }
    }

    /// Hears the session from now on.
    pub(super) fn listen(&self, id: SessionId) -> broadcast::Receiver<News> {
        self.lock().entry(id).or_insert_with(|| broadcast::channel(BACKLOG).0).subscribe()
    }

    /// Notes that a receiver is about to be dropped: a channel goes with its last follower.
    pub(super) fn leave(&self, id: SessionId) {
        let mut channels = self.lock();
        if channels.get(&id).is_some_and(|channel| channel.receiver_count() <= 1) {
            channels.remove(&id);
        }
    }

    /// Ends every channel.
    pub(super) fn hang_up(&self) {
        self.lock().clear();
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<SessionId, broadcast::Sender<News>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_channel_goes_with_its_last_follower() {
        let (channels, id) = (Channels::default(), SessionId::new());
        let (first, second) = (channels.listen(id), channels.listen(id));
        channels.leave(id);
        drop(first);
        assert_eq!(channels.lock().len(), 1, "somebody listens still");
        channels.leave(id);
        drop(second);
        assert!(channels.lock().is_empty());
    }
}
