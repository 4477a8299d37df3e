//! What was acknowledged: it must be in the database from then on.

use std::{
    collections::HashSet,
    sync::{
        Mutex,
        atomic::{AtomicUsize, Ordering::Relaxed},
    },
};

/// An acknowledged request, by what must be true since.
#[derive(Debug, Clone)]
pub(crate) enum Promise {
    /// There is a message with this text.
    Comment { id: String, text: String },
    /// There is an approval of a prompt with this text.
    Prompt { id: String, text: String },
    /// An approval was decided like this: its status, the text that was edited in, the option.
    Decided { id: String, status: &'static str, edited: Option<String>, option: Option<String> },
    /// An approval could not be decided because it had ended without a decision.
    Undecided { id: String },
    /// An approval was taken back.
    Withdrawn { id: String },
    /// Somebody takes or took part.
    Joined { id: String },
    /// Somebody left.
    Left { id: String },
    /// A dispatch that nobody knew about has this state since.
    Settled { id: String, state: &'static str },
    /// A dispatch that nobody knew about is tried again.
    Retried { id: String },
    /// What a person would choose is kept for the host that decides.
    Wished { id: String },
    /// A program was told how what it asked was decided, in this one row.
    Answered { action: String, status: &'static str, option: Option<String> },
}

/// What all people were promised, and some counts.
#[derive(Debug, Default)]
pub(crate) struct Ledger {
    promises: Mutex<Vec<Promise>>,
    retries: Mutex<HashSet<String>>,
    /// Answers that had to be asked for more than once.
    pub(crate) repeated: AtomicUsize,
    /// Answers that were replayed.
    pub(crate) replayed: AtomicUsize,
    /// Agents that had to be started again by hand.
    pub(crate) restarted: AtomicUsize,
}

impl Ledger {
    /// Notes a promise; `again`: it took more than one try.
    pub(crate) fn note(&self, promise: Promise, again: bool) {
        self.promises.lock().expect("no poison").push(promise);
        self.repeated.fetch_add(usize::from(again), Relaxed);
    }

    /// Notes that a retry of this dispatch is about to be asked for.
    pub(crate) fn will_retry(&self, dispatch: &str) {
        self.retries.lock().expect("no poison").insert(dispatch.to_owned());
    }

    /// Whether somebody asked for a retry of this dispatch.
    pub(crate) fn retry_was_asked_for(&self, dispatch: &str) -> bool {
        self.retries.lock().expect("no poison").contains(dispatch)
    }

    /// The promises after the first `seen`.
    pub(crate) fn since(&self, seen: usize) -> Vec<Promise> {
        self.promises.lock().expect("no poison")[seen..].to_vec()
    }

    pub(crate) fn len(&self) -> usize {
        self.promises.lock().expect("no poison").len()
    }
}
