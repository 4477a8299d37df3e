//! The stream: broadcast channels of encoded frames over the events table, and who follows it.
//!
//! The table is the truth and the channels are caches of its end. Also here, because it lives and dies with the
//! running server too: who is watching, who waits for a decision, and the news that access may have changed.

mod channels;
mod follow;
mod host_follow;
mod signals;
mod waiters;
mod watchers;

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering::SeqCst},
};

pub use channels::News;
pub use follow::Follower;
pub use host_follow::HostFollower;
use tokio::sync::{Notify, broadcast, futures::Notified};
pub use waiters::Waiter;
pub use watchers::{Limits, Watching};

use self::{
    channels::Channels, host_follow::HostChannel, signals::Signals, waiters::Waiters,
    watchers::Watchers,
};
use crate::{
    domain::{ApprovalId, ForInbox, Frame, HostFrame, ParticipantId, SessionId, Signal, Timestamp},
    store::Store,
};

/// How far who follows an inbox may fall behind before they look everywhere.
const INBOX_BACKLOG: usize = 256;

/// Where an inbox may have changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InboxNews {
    /// Something waits in this session, or waits no more.
    Rows(SessionId),
    /// Somebody may decide in this session who could not before, or may no more.
    People(SessionId),
    /// What waits for them that no session is asked: not in their sessions, of which they may have many.
    Unshared,
    /// Anywhere.
    Everywhere,
}

/// What lives in memory only. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Live {
    channels: Channels,
    waiters: Waiters,
    watchers: Watchers,
    signals: Signals,
    inbox: broadcast::Sender<InboxNews>,
    host_events: HostChannel,
    people: Arc<AtomicU64>,
    access: Arc<AtomicU64>,
    access_news: Arc<Notify>,
}

impl Live {
    /// Nobody follows and nobody waits.
    pub fn new(limits: Limits) -> Self {
        Self {
            channels: Channels::default(),
            waiters: Waiters::default(),
            watchers: Watchers::new(limits),
            signals: Signals::default(),
            inbox: broadcast::channel(INBOX_BACKLOG).0,
            host_events: HostChannel::new(),
            people: Arc::default(),
            access: Arc::default(),
            access_news: Arc::default(),
        }
    }

    /// Tells the followers of a session, and those whose inbox it may change.
    pub fn send(&self, session: SessionId, frame: Frame) {
        match frame.for_inbox {
            ForInbox::Nothing => {}
            ForInbox::Rows => self.tell_inboxes(InboxNews::Rows(session)),
            ForInbox::People => {
                self.people.fetch_add(1, SeqCst);
                self.tell_inboxes(InboxNews::People(session));
            }
        }
        self.channels.send(session, News::Event(frame));
    }

    /// Tells the followers of a session what somebody does at the moment. More than once a second it is told to nobody.
    pub fn signal(&self, session: SessionId, who: ParticipantId, signal: Signal, now: Timestamp) {
        if self.signals.admit(who, now) {
            self.channels.send(session, News::Signal(signal));
        }
    }

    /// Tells those who follow an inbox where to look.
    fn tell_inboxes(&self, news: InboxNews) {
        // An error means that nobody follows one.
        drop(self.inbox.send(news));
    }

    /// Tells those who follow an inbox that what no session is asked has changed.
    pub fn unshared_changed(&self) {
        self.tell_inboxes(InboxNews::Unshared);
    }

    /// Hears from now on where an inbox may have changed.
    pub fn inbox_news(&self) -> broadcast::Receiver<InboxNews> {
        self.inbox.subscribe()
    }

    /// A number that changes whenever somebody comes into a session or leaves one.
    pub fn people(&self) -> u64 {
        self.people.load(SeqCst)
    }

    /// Follows a session from behind the event `after`; whether that is a place to begin was looked at before.
    pub fn follow(&self, store: Store, session: SessionId, after: i64) -> Follower {
        Follower::new(self.channels.clone(), store, session, after)
    }

    /// Tells those who follow what happens to hosts.
    pub fn send_host_event(&self, frame: HostFrame) {
        self.host_events.send(frame);
    }

    /// Follows what happens to hosts from behind the event `after`.
    pub fn follow_hosts(&self, store: Store, after: i64) -> HostFollower {
        HostFollower::new(self.host_events.clone(), store, after)
    }

    /// Tells whoever waits for this approval that it is pending no more.
    pub fn resolved(&self, approval: ApprovalId) {
        self.waiters.wake(approval);
    }

    /// Waits for a decision; to be made before the row is looked at.
    pub fn wait_for(&self, approval: ApprovalId) -> Waiter {
        self.waiters.wait_for(approval)
    }

    /// Tells every stream to look whether it may go on, and every follower to look into the table.
    pub fn access_changed(&self) {
        // In this order: whoever listens after this sees the new number, and whoever listened before is woken.
        self.access.fetch_add(1, SeqCst);
        self.hang_up();
        self.access_news.notify_waiters();
    }

    /// A number that changes whenever somebody may have lost access.
    pub fn access(&self) -> u64 {
        self.access.load(SeqCst)
    }

    /// Resolves when somebody may have lost access since this was called.
    pub fn access_news(&self) -> Notified<'_> {
        self.access_news.notified()
    }

    /// Who is watching.
    pub fn watchers(&self) -> &Watchers {
        &self.watchers
    }

    /// Ends every channel: followers look into the table and listen anew.
    pub fn hang_up(&self) {
        self.channels.hang_up();
        self.host_events.hang_up();
        self.tell_inboxes(InboxNews::Everywhere);
    }
}
