//! People who go on with their work whatever happens to the server, and what they were promised.
//!
//! ```text
//! rooms      shared sessions, and how they are made      ledger    what was acknowledged, and what was asked for
//! author     comments and prompts                        follower  reads a stream and counts
//! decider    the host: decides, acts on what is unknown  history   what all followers of a session saw
//! visitor    joins, comments, leaves
//! ```

mod author;
mod decider;
pub(crate) mod follower;
pub(crate) mod history;
pub(crate) mod ledger;
pub(crate) mod rooms;
mod visitor;

use std::{sync::Arc, time::Duration};

use futures_util::future::join_all;
use ledger::Ledger;
use rooms::Room;
use tokio::{
    task::JoinHandle,
    time::{sleep, timeout},
};
use tokio_util::sync::CancellationToken;

use crate::{
    dice::Dice,
    world::{World, api::Api},
};

/// How long people may take to finish what they are at.
const PATIENCE: Duration = Duration::from_mins(1);

/// How many people are in each room, besides its host and a visitor.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Company {
    /// How many write.
    pub(crate) authors: usize,
    /// How many read.
    pub(crate) followers: usize,
}

/// Everybody at work.
pub(crate) struct Load {
    pub(crate) ledger: Arc<Ledger>,
    pub(crate) rooms: Vec<Arc<Room>>,
    company: Company,
    writers: Crowd,
    deciders: Crowd,
    followers: Crowd,
}

/// Somebody with something to do.
pub(crate) struct Person {
    pub(crate) name: String,
    pub(crate) room: Arc<Room>,
    pub(crate) api: Api,
    pub(crate) ledger: Arc<Ledger>,
    pub(crate) dice: Dice,
    stop: CancellationToken,
}

/// People who stop together.
#[derive(Default)]
pub(crate) struct Crowd {
    people: Vec<JoinHandle<()>>,
    pub(crate) stop: CancellationToken,
}

impl Load {
    /// Makes `rooms` shared sessions on a running server, and lets people in.
    pub(crate) async fn begin(world: &World, rooms: usize) -> Self {
        let rooms = join_all((0..rooms).map(|n| Room::open(world, n))).await;
        Self::among(world, rooms, Company { authors: 2, followers: 2 })
    }

    /// Lets people into these.
    pub(crate) fn among(world: &World, rooms: Vec<Room>, company: Company) -> Self {
        let ledger = Arc::new(Ledger::default());
        let rooms: Vec<_> = rooms.into_iter().map(Arc::new).collect();
        let (mut writers, mut deciders, mut followers) =
            (Crowd::default(), Crowd::default(), Crowd::default());
        for room in &rooms {
            let person = |role: String, crowd: &Crowd| {
                let name = format!("{}-{role}", room.name);
                let (room, ledger) = (room.clone(), ledger.clone());
                let (api, dice, stop) = (world.api(), Dice::of(&name), crowd.stop.clone());
                Person { name, room, api, ledger, dice, stop }
            };
            for n in 0..company.authors {
                writers.admit(author::work(person(format!("author{n}"), &writers)));
            }
            writers.admit(visitor::work(person("visitor".to_owned(), &writers)));
            deciders.admit(decider::work(person("decider".to_owned(), &deciders)));
            for n in 0..company.followers {
                followers.admit(follower::work(person(format!("follower{n}"), &followers)));
            }
        }
        Self { ledger, rooms, company, writers, deciders, followers }
    }

    /// Fails if somebody has.
    pub(crate) async fn check(&mut self) {
        for crowd in [&mut self.writers, &mut self.deciders, &mut self.followers] {
            crowd.check().await;
        }
    }

    /// Nobody writes any more: what they had begun is done.
    pub(crate) async fn enough(&mut self) {
        self.writers.end().await;
    }

    /// Nobody decides any more.
    pub(crate) async fn decided(&mut self) {
        self.deciders.end().await;
    }

    /// Those who follow have seen everything up to these heads, one for each room.
    pub(crate) async fn followed(&mut self, heads: &[i64]) {
        for (room, head) in self.rooms.iter().zip(heads) {
            room.history.wait_for(*head, self.company.followers, PATIENCE).await;
        }
        self.followers.end().await;
    }
}

impl Person {
    pub(crate) fn is_done(&self) -> bool {
        self.stop.is_cancelled()
    }

    /// Does nothing for a while.
    pub(crate) async fn rest(&mut self, from: usize, to: usize) {
        let time = self.dice.millis(from, to);
        self.stop.run_until_cancelled(sleep(time)).await;
    }
}

impl Crowd {
    /// Somebody begins to work.
    pub(crate) fn admit(&mut self, work: impl Future<Output = ()> + Send + 'static) {
        self.people.push(tokio::spawn(work));
    }

    /// Fails if somebody has.
    pub(crate) async fn check(&mut self) {
        for person in self.people.extract_if(.., |person| person.is_finished()) {
            person.await.expect("nobody fails");
            assert!(self.stop.is_cancelled(), "somebody went home early");
        }
    }

    /// They finish what they are at.
    pub(crate) async fn end(&mut self) {
        self.stop.cancel();
        for person in self.people.drain(..) {
            let ended = timeout(PATIENCE, person).await;
            ended.expect("everybody can finish what they are at").expect("nobody fails");
        }
    }
}

impl Drop for Crowd {
    fn drop(&mut self) {
        self.people.iter().for_each(JoinHandle::abort);
    }
}
