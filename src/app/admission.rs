//! Admission: how much of what costs a host something goes on at once, fairly between those who want it.

use std::{
    collections::{HashMap, VecDeque},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use serde::Serialize;
use tokio::sync::oneshot;
use utoipa::ToSchema;

use crate::{
    domain::UserId,
    error::{Code, Error, Result},
};

/// How much one person may have waiting.
const QUEUE: usize = 256;

/// What there is room for.
#[derive(Debug, Clone)]
pub(super) struct Admission {
    /// Starts of agents.
    pub(super) agent_starts: Room,
    /// Calls of tools.
    pub(super) tool_calls: Room,
}

/// How much goes on, and how much waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[schema(example = json!({"limit": 64, "running": 2, "waiting": 0}))]
pub struct Occupancy {
    /// How much may go on at once.
    pub limit: usize,
    /// How much does.
    pub running: usize,
    /// How much waits for room.
    pub waiting: usize,
}

impl Admission {
    pub(super) fn new(agent_starts: usize, tool_calls: usize) -> Self {
        Self { agent_starts: Room::new(agent_starts), tool_calls: Room::new(tool_calls) }
    }
}

/// Room for so much at once. Who waits is let in turn by turn, one of each person: nobody's hundred keeps another's one
/// waiting.
#[derive(Debug, Clone)]
pub(super) struct Room(Arc<Mutex<State>>);

/// Whose it is; nobody's account: the server's own.
type Who = Option<UserId>;

#[derive(Debug)]
struct State {
    limit: usize,
    running: usize,
    /// Whose turn it is, each as often as they are in it: once.
    turns: VecDeque<Who>,
    waiting: HashMap<Who, VecDeque<oneshot::Sender<Permit>>>,
}

/// A place in the room, until it is dropped.
#[derive(Debug)]
pub(super) struct Permit(Option<Room>);

impl Room {
    pub(super) fn new(limit: usize) -> Self {
        let (turns, waiting) = (VecDeque::new(), HashMap::new());
        Self(Arc::new(Mutex::new(State { limit: limit.max(1), running: 0, turns, waiting })))
    }

    /// Waits for a place. Whoever stops waiting loses nobody else theirs.
    ///
    /// # Errors
    /// `BUSY` when too much of this person waits already.
    pub(super) async fn enter(&self, who: Who) -> Result<Permit> {
        let admitted = {
            let mut state = self.lock();
            if state.running < state.limit {
                state.running += 1;
                return Ok(Permit(Some(self.clone())));
            }
            let queue = state.waiting.entry(who).or_default();
            queue.retain(|it| !it.is_closed());
            if queue.len() >= QUEUE {
                let text = "too much of yours waits for room at the hosts";
                return Err(Error::with(Code::Busy, text).retry_after(1));
            }
            let (admit, admitted) = oneshot::channel();
            queue.push_back(admit);
            if queue.len() == 1 && !state.turns.contains(&who) {
                state.turns.push_back(who);
            }
            admitted
        };
        admitted.await.map_err(Error::internal)
    }

    /// How much goes on and waits.
    pub(super) fn occupancy(&self) -> Occupancy {
        let state = self.lock();
        let open = |queue: &VecDeque<oneshot::Sender<_>>| {
            queue.iter().filter(|it| !it.is_closed()).count()
        };
        let waiting = state.waiting.values().map(open).sum();
        Occupancy { limit: state.limit, running: state.running, waiting }
    }

    /// Gives a place to whoever's turn it is.
    fn leave(&self) {
        let mut state = self.lock();
        while let Some(who) = state.turns.pop_front() {
            let Some(queue) = state.waiting.get_mut(&who) else { continue };
            let next = loop {
                match queue.pop_front() {
                    Some(next) if next.is_closed() => {}
                    next => break next,
                }
            };
            if queue.is_empty() {
                state.waiting.remove(&who);
            } else {
                state.turns.push_back(who);
            }
            let Some(next) = next else { continue };
            match next.send(Permit(Some(self.clone()))) {
                Ok(()) => return,
                // They have just stopped waiting: the place is still ours to give, and is not given back by this.
                Err(mut refused) => refused.0 = None,
            }
        }
        state.running -= 1;
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        if let Some(room) = self.0.take() {
            room.leave();
        }
    }
}

#[cfg(test)]
mod tests {
    use std::task::Poll;

    use futures_util::poll;

    use super::*;

    fn waits<T>(poll: &Poll<Result<T>>) -> bool {
        poll.is_pending()
    }

    fn people() -> [Who; 3] {
        std::array::from_fn(|_| Some(UserId::new()))
    }

    #[tokio::test]
    async fn who_has_one_thing_to_do_does_not_wait_for_the_hundred_of_another() {
        let room = Room::new(1);
        let [a, b, _] = people();
        let first = room.enter(a).await.unwrap();
        let mut second = Box::pin(room.enter(a));
        let mut third = Box::pin(room.enter(a));
        let mut other = Box::pin(room.enter(b));
        for it in [&mut second, &mut third, &mut other] {
            assert!(waits(&poll!(it)));
        }
        assert_eq!(room.occupancy(), Occupancy { limit: 1, running: 1, waiting: 3 });
        drop(first);
        let second = second.await.unwrap();
        assert!(waits(&poll!(&mut third)) && waits(&poll!(&mut other)));
        drop(second);
        assert!(waits(&poll!(&mut third)), "it is the other's turn");
        drop(other.await.unwrap());
        drop(third.await.unwrap());
        assert_eq!(room.occupancy(), Occupancy { limit: 1, running: 0, waiting: 0 });
    }

    #[tokio::test]
    async fn who_stops_waiting_loses_nobody_a_place() {
        let room = Room::new(1);
        let [a, b, c] = people();
        let first = room.enter(a).await.unwrap();
        let mut gone = Box::pin(room.enter(b));
        let mut next = Box::pin(room.enter(c));
        assert!(waits(&poll!(&mut gone)) && waits(&poll!(&mut next)));
        drop(gone);
        drop(first);
        drop(next.await.unwrap());
        assert_eq!(room.occupancy().running, 0);
    }

    #[tokio::test]
    async fn a_place_that_was_given_and_never_taken_is_given_on() {
        let room = Room::new(1);
        let [a, b, _] = people();
        let first = room.enter(a).await.unwrap();
        let mut given = Box::pin(room.enter(b));
        assert!(waits(&poll!(&mut given)));
        drop(first);
        drop(given);
        assert_eq!(room.occupancy().running, 0);
    }
}
