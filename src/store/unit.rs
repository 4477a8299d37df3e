//! A unit of work: the closure, its caller's address, and what the closure may touch.

use std::{
    fmt,
    ops::{Deref, DerefMut},
    sync::{Arc, atomic::AtomicBool},
};

use futures_util::future::LocalBoxFuture;
use sqlx::SqliteConnection;
use tokio::sync::oneshot;

use super::{Handle, Reads, connection::Lost, events::PendingEvent};
use crate::{
    domain::{ApprovalId, Frame, HostFrame, Message, SessionId, Timestamp},
    error::{Error, Result},
};

/// What others want to know after COMMIT.
#[derive(Debug, Clone)]
pub enum Notice {
    /// An event was appended to a session.
    Frame(SessionId, Frame),
    /// Something happened to a host or an agent.
    HostFrame(HostFrame),
    /// A dispatch may have become possible.
    Dispatch,
    /// There is a new deadline.
    Deadline(Timestamp),
    /// An approval is pending no more.
    Resolved(ApprovalId),
    /// What no session is asked waits for somebody, or waits for them no more.
    Unshared,
    /// A credential was revoked: every stream looks again.
    Access,
    /// A COMMIT failed and may yet be found on the disk: followers look into the table.
    Doubt,
}

/// What a unit of work works on: everything in it happens at one time, [`now`](Reads::now), or not at all.
///
/// Reading is by [`Reads`]. Messages and events are gathered and written at the end of the group; nothing in a unit reads
/// them.
pub struct Tx {
    pub(super) reads: Reads,
    /// Goes out after COMMIT, in this order.
    pub(super) notices: Vec<Notice>,
    /// The messages of the group, in order.
    pub(super) messages: Vec<Message>,
    /// The events of the group, in order.
    pub(super) events: Vec<PendingEvent>,
    /// Read by SQLite's commit hook.
    pub(super) may_commit: Arc<AtomicBool>,
}

impl Tx {
    /// Tells this after COMMIT.
    pub fn notify(&mut self, notice: Notice) {
        self.notices.push(notice);
    }

    pub(super) fn conn(&mut self) -> &mut SqliteConnection {
        self.reads.conn()
    }

    pub(super) fn into_conn(self) -> Option<SqliteConnection> {
        match self.reads.handle {
            Handle::Writer(conn) => Some(conn),
            Handle::Reader(_) | Handle::Snapshot(_) => None,
        }
    }
}

impl Deref for Tx {
    type Target = Reads;

    fn deref(&self) -> &Reads {
        &self.reads
    }
}

impl DerefMut for Tx {
    fn deref_mut(&mut self) -> &mut Reads {
        &mut self.reads
    }
}

impl fmt::Debug for Tx {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tx").field("now", &self.reads.now).finish_non_exhaustive()
    }
}

/// How a unit ended, for the group it is in.
#[derive(Debug, Clone, Copy)]
pub(super) enum Outcome {
    /// It is to be stored.
    Keep,
    /// It is to be undone; the others go on.
    Undo,
    /// The connection cannot be trusted any more.
    Lost(Lost),
}

/// A unit in the queue, whatever it returns: it runs first and answers once its fate is known.
pub(super) trait Unit: Send {
    /// Does the work. The future stays on the writer's thread, so it need not be [`Send`].
    fn run<'t>(&'t mut self, tx: &'t mut Tx) -> LocalBoxFuture<'t, Outcome>;

    /// Tells the caller: what the work returned if the group was committed, and otherwise why not.
    ///
    /// This holds for failures too: a unit may have failed because of what another one in the same group did, and if
    /// that was not stored, the failure is not true.
    fn answer(self: Box<Self>, fate: Result<(), Lost>);
}

/// The only kind of [`Unit`].
pub(super) struct Job<F, T> {
    work: Option<F>,
    /// Stays empty if the work panics or is cut off.
    result: Option<Result<T>>,
    reply: oneshot::Sender<Result<T>>,
}

impl<F, T> Job<F, T> {
    pub(super) fn new(work: F, reply: oneshot::Sender<Result<T>>) -> Self {
        Self { work: Some(work), result: None, reply }
    }
}

impl<F, T> Unit for Job<F, T>
where
    F: AsyncFnOnce(&mut Tx) -> Result<T> + Send,
    T: Send,
{
    fn run<'t>(&'t mut self, tx: &'t mut Tx) -> LocalBoxFuture<'t, Outcome> {
        Box::pin(async move {
            let Some(work) = self.work.take() else { return Outcome::Undo };
            let result = work(tx).await;
            let outcome = match &result {
                Ok(_) => Outcome::Keep,
                Err(error) => Lost::of(error).map_or(Outcome::Undo, Outcome::Lost),
            };
            self.result = Some(result);
            outcome
        })
    }

    fn answer(self: Box<Self>, fate: Result<(), Lost>) {
        let result = match fate {
            Ok(()) => {
                self.result.unwrap_or_else(|| Err(Error::internal("the unit did not finish")))
            }
            Err(why) => Err(why.into()),
        };
        // The caller may have gone away; the work is done all the same.
        drop(self.reply.send(result));
    }
}
