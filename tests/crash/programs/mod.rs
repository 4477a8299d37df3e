//! Programs at people's machines that go on with their work whatever happens to the server, and the people they ask.
//!
//! ```text
//! link       a host's connection: calls, answers, events     people   decide, and call tools
//! program    registers, asks, tells, offers tools, over it   script   asks over HTTP
//! heard      which host events somebody was told
//! ```

mod heard;
mod link;
mod people;
mod program;
mod script;

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering::Relaxed},
    },
    time::{Duration, Instant},
};

use serde_json::Value;
use tokio::{
    sync::watch,
    time::{sleep, timeout},
};
use tokio_util::sync::CancellationToken;
use wardroom::domain::AgentId;

use self::heard::Heard;
use crate::{
    checks::open,
    dice::Dice,
    load::{
        Crowd,
        ledger::{Ledger, Promise},
    },
    machines::Machine,
    world::{World, api::Api},
};

/// How long it may take until everybody was told everything.
const TELLING: Duration = Duration::from_mins(1);

/// What the people and programs of one machine share.
pub(crate) struct Place {
    /// The name of its program.
    name: String,
    address: String,
    owner: String,
    token: String,
    /// The agents that its program registers.
    agents: Vec<AgentId>,
    api: Api,
    ledger: Arc<Ledger>,
    counts: Counts,
    /// Changes when the program's connection is cut.
    cut: watch::Sender<u64>,
    /// What its program was told, and what somebody who reads the stream was.
    told: Heard,
    read: Heard,
}

/// What was done, for those who like to know.
#[derive(Default)]
pub(crate) struct Counts {
    asked_again: AtomicUsize,
    connections: AtomicUsize,
    tool_calls: AtomicUsize,
    tools_away: AtomicUsize,
    passed_on: AtomicUsize,
}

/// Everybody at work.
pub(crate) struct Programs {
    places: Vec<Arc<Place>>,
    askers: Crowd,
    deciders: Crowd,
    readers: Crowd,
}

impl Programs {
    /// A program, a script and people at each of these machines.
    pub(crate) fn begin(world: &World, machines: &[Machine], ledger: &Arc<Ledger>) -> Self {
        let crowds = (Crowd::default(), Crowd::default(), Crowd::default());
        let (mut askers, mut deciders, mut readers) = crowds;
        let place = |(n, machine): (usize, &Machine)| {
            Arc::new(Place {
                name: format!("program{n}"),
                address: world.listen().to_owned(),
                owner: machine.owner.clone(),
                token: machine.token.clone(),
                agents: vec![AgentId::new(), AgentId::new()],
                api: world.api(),
                ledger: ledger.clone(),
                counts: Counts::default(),
                cut: watch::Sender::new(0),
                told: Heard::default(),
                read: Heard::default(),
            })
        };
        let places: Vec<_> = machines.iter().enumerate().map(place).collect();
        for place in &places {
            let worker = |what: &str, crowd: &Crowd| {
                let dice = Dice::of(&format!("{} {what}", place.name));
                Worker { place: place.clone(), dice, stop: crowd.stop.clone() }
            };
            askers.admit(program::work(worker("program", &askers)));
            askers.admit(script::work(worker("script", &askers)));
            askers.admit(people::call_tools(worker("caller", &askers)));
            deciders.admit(people::decide(worker("decider", &deciders)));
            readers.admit(heard::read(worker("reader", &readers)));
        }
        Self { places, askers, deciders, readers }
    }

    /// Cuts the connection of a machine's program, which is then another process.
    pub(crate) fn cut(&self, machine: usize) {
        self.places[machine].cut.send_modify(|cuts| *cuts += 1);
    }

    /// Fails if somebody has.
    pub(crate) async fn check(&mut self) {
        for crowd in [&mut self.askers, &mut self.deciders, &mut self.readers] {
            crowd.check().await;
        }
    }

    /// Nothing more is asked: what was, is answered, and the programs are gone.
    pub(crate) async fn enough(&mut self) {
        self.askers.end().await;
        self.deciders.end().await;
    }

    /// Everybody was told every event that concerns them, each once and in order.
    pub(crate) async fn told(&mut self, world: &World) {
        for (n, place) in self.places.iter().enumerate() {
            let begun = Instant::now();
            loop {
                let events = events_of(world, &format!("machine{n}"));
                let (told, read) = (place.told.all(), place.read.all());
                let last = told.last().copied().unwrap_or(0);
                let missed: Vec<_> = events.iter().filter(|it| **it <= last).collect();
                assert!(missed.iter().copied().eq(&told), "{}: a gap or a double", place.name);
                if read == events {
                    break;
                }
                assert!(begun.elapsed() < TELLING, "{}: {read:?} of {events:?}", place.name);
                sleep(Duration::from_millis(50)).await;
            }
        }
        self.readers.end().await;
    }

    /// One line of what was done and counted.
    pub(crate) fn summary(&self, world: &World) -> String {
        let sum = |of: fn(&Counts) -> &AtomicUsize| -> usize {
            self.places.iter().map(|place| of(&place.counts).load(Relaxed)).sum()
        };
        let number = |sql: &str| crate::checks::count(&world.database(), sql);
        let heard: usize =
            self.places.iter().map(|it| it.told.all().len() + it.read.all().len()).sum();
        format!(
            "{} asked by programs, {} asked again, {} wishes passed on, {} connections; {} tool calls answered, {} not; \
             {} host events, told {heard} times",
            number("select count(*) from approvals where kind = 'action'"),
            sum(|it| &it.asked_again),
            sum(|it| &it.passed_on),
            sum(|it| &it.connections),
            sum(|it| &it.tool_calls),
            sum(|it| &it.tools_away),
            number("select count(*) from host_events"),
        )
    }
}

/// Somebody, or a program, with something to do.
struct Worker {
    place: Arc<Place>,
    dice: Dice,
    stop: CancellationToken,
}

impl Worker {
    fn is_done(&self) -> bool {
        self.stop.is_cancelled()
    }

    /// Does nothing for a while.
    async fn rest(&mut self, from: usize, to: usize) {
        let time = self.dice.millis(from, to);
        drop(timeout(time, self.stop.cancelled()).await);
    }
}

impl Place {
    /// Notes how something that was asked was decided; false while it is not.
    fn answered(&self, action: &str, answer: &Value) -> bool {
        let status = match answer["outcome"].as_str() {
            Some("approved") => "approved",
            Some("denied") => "rejected",
            Some("pending") => return false,
            _ => panic!("{action} came to {answer}"),
        };
        let option = answer["option"].as_str().map(str::to_owned);
        self.ledger.note(Promise::Answered { action: action.to_owned(), status, option }, false);
        true
    }
}

/// The numbers of the events that the owner of a machine is told: of their hosts, and whether the server's own is there.
fn events_of(world: &World, owner: &str) -> Vec<i64> {
    let db = open(&world.database());
    let sql = "select e.seq from host_events e join hosts h on h.id = e.host_id left join users u on u.id = h.user_id
               where u.name = ?1 or (h.local = 1 and e.kind in ('host.connected', 'host.disconnected')) order by 1";
    let mut statement = db.prepare(sql).expect("the schema has these names");
    let rows = statement.query_map([owner], |row| row.get(0)).expect("it runs");
    rows.map(|row| row.expect("a number")).collect()
}
