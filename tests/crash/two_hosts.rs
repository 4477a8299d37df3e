//! Ten agents on two machines, whose hosts come over TCP, and a program on each that asks people: the server is killed,
//! a host, and both, in turn.

use std::{
    collections::HashSet,
    time::{Duration, Instant},
};

use serde_json::json;
use tokio::time::{sleep, timeout};

use crate::{
    checks::{Depth, Examiner, count, open},
    dice::Dice,
    host_kills::{OF_THE_DEAD, all_end},
    load::{Company, Load, rooms::Room},
    machines::Machine,
    programs::Programs,
    server_kills::{come_to_rest, summary},
    settings::{limit, setting},
    world::World,
};

/// How many agents there are; every second one at the same machine.
const AGENTS: usize = 10;
/// How long the server may take to see that a connection is gone.
const SEEING: Duration = Duration::from_secs(10);

/// What counts as working or waiting though nothing is under way, or as connected though nothing is there.
const STUCK: &str = "select count(*) from agent_sessions where status in ('running', 'waiting_for_approval', 'away')";
const THERE: &str = "select count(*) from hosts where connected = 1 and local = 0";

#[tokio::test(flavor = "multi_thread")]
async fn two_hosts_and_their_server_are_killed_in_turn_and_every_promise_is_kept() {
    let rounds = setting("TWO_HOSTS_ROUNDS", 12);
    timeout(limit(rounds, Duration::from_secs(10)), story(rounds)).await.expect("in time");
}

/// Two machines, and who works there.
struct Scene {
    world: World,
    machines: Vec<Machine>,
    programs: Programs,
    load: Load,
    dice: Dice,
    /// The processes of hosts that were killed.
    dead: HashSet<String>,
}

async fn story(rounds: usize) {
    let begun = Instant::now();
    let (mut scene, mut examiner) = (Scene::open().await, Examiner::default());
    let mut kills = [0; 3];
    for round in 1..=rounds {
        let depth = if round % 10 == 0 { Depth::Whole } else { Depth::Quick };
        let turn = round % 3;
        scene.work().await;
        match turn {
            1 => scene.kill_server(&mut examiner, depth).await,
            2 => scene.kill_host(&mut examiner, depth, round / 3 % 2).await,
            _ => scene.kill_both(&mut examiner, depth, round / 3 % 2).await,
        }
        kills[turn] += 1;
        if round % 10 == 0 {
            eprintln!("{round} rounds in {:?}", begun.elapsed());
        }
    }
    scene.end(&mut examiner).await;
    let Scene { world, programs, load, .. } = &scene;
    let [both, server, host] = kills;
    let kills =
        format!("{rounds} rounds: the server killed {server} times, a host {host}, both {both}");
    summary(&format!("{kills}, in {:?}", begun.elapsed()), world, load);
    eprintln!("{}", programs.summary(world));
}

impl Scene {
    async fn open() -> Self {
        let mut world = World::at_one_address();
        world.start().await;
        let mut machines = vec![Machine::new(&world, 0).await, Machine::new(&world, 1).await];
        for machine in &mut machines {
            machine.start(&world);
            machine.connected(&world, None).await;
        }
        let mut rooms = Vec::new();
        for n in 0..AGENTS {
            let machine = &machines[n % 2];
            let sql = format!("select id from hosts where name = '{}'", machine.name);
            let db = open(&world.database());
            let host: String = db.query_row(&sql, [], |row| row.get(0)).expect("it is connected");
            drop(db);
            rooms.push(Room::at(&world, n, machine.owner.clone(), json!(host)).await);
        }
        let load = Load::among(&world, rooms, Company { authors: 1, followers: 1 });
        let programs = Programs::begin(&world, &machines, &load.ledger);
        let (dice, dead) = (Dice::of("two hosts"), HashSet::new());
        Self { world, machines, programs, load, dice, dead }
    }

    /// Everybody works for a while, mostly with both hosts there.
    async fn work(&mut self) {
        self.load.check().await;
        self.programs.check().await;
        if self.dice.percent(70) {
            for machine in &self.machines {
                let dead = |it: &(String, bool)| self.dead.contains(&it.0);
                let former = machine.instance(&self.world).filter(dead).map(|it| it.0);
                machine.connected(&self.world, former.as_deref()).await;
            }
            let lost = count(&self.world.database(), OF_THE_DEAD);
            assert_eq!(lost, 0, "what a dead host had is not under way");
        }
        sleep(self.dice.millis(0, 900)).await;
    }

    async fn kill_server(&mut self, examiner: &mut Examiner, depth: Depth) {
        self.world.kill_server();
        examiner.after_death(&self.world, &self.load, depth);
        self.world.start().await;
    }

    async fn kill_host(&mut self, examiner: &mut Examiner, depth: Depth, which: usize) {
        let agents = self.machines[which].kill();
        self.programs.cut(which);
        self.note_dead(which);
        examiner.alive(&self.world, &self.load, depth);
        self.machines[which].start(&self.world);
        all_end(&agents).await;
    }

    /// In either order, and back in either order.
    async fn kill_both(&mut self, examiner: &mut Examiner, depth: Depth, which: usize) {
        let (server_first, pause) = (self.dice.percent(50), self.dice.millis(0, 10));
        if server_first {
            self.world.kill_server();
            sleep(pause).await;
        }
        let agents = self.machines[which].kill();
        self.programs.cut(which);
        if !server_first {
            sleep(pause).await;
            self.world.kill_server();
        }
        self.note_dead(which);
        examiner.after_death(&self.world, &self.load, depth);
        if self.dice.percent(50) {
            self.machines[which].start(&self.world);
            sleep(self.dice.millis(0, 100)).await;
            self.world.start().await;
        } else {
            self.world.start().await;
            self.machines[which].start(&self.world);
        }
        all_end(&agents).await;
    }

    fn note_dead(&mut self, which: usize) {
        let instance = self.machines[which].instance(&self.world).expect("it was there once");
        self.dead.insert(instance.0);
    }

    /// Nobody asks any more, and everything that was begun ends.
    async fn end(&mut self, examiner: &mut Examiner) {
        self.programs.enough().await;
        come_to_rest(&mut self.world, &mut self.load).await;
        let begun = Instant::now();
        while count(&self.world.database(), THERE) != 2 {
            assert!(begun.elapsed() < SEEING, "the hosts are there and the programs are gone");
            sleep(Duration::from_millis(20)).await;
        }
        assert_eq!(count(&self.world.database(), STUCK), 0, "nothing is under way");
        self.programs.told(&self.world).await;
        self.check_unknown();
        let (status, _) = self.world.stop_server().await;
        assert!(status.success(), "it stops well: {status}\n{}", self.world.last_words());
        examiner.after_death(&self.world, &self.load, Depth::Settled { unknown: true });
    }

    /// Only what a host had that was killed is unknown: the end of a server alone loses nothing.
    fn check_unknown(&self) {
        let db = open(&self.world.database());
        let sql = "select d.id, d.host_instance from dispatches d join events e on e.type = 'prompt_dispatch_unknown'
                   and e.session_id = d.session_id and e.payload ->> '$.dispatch.id' = d.id";
        let mut statement = db.prepare(sql).expect("the schema has these names");
        let read = |row: &rusqlite::Row<'_>| Ok((row.get(0)?, row.get(1)?));
        let rows = statement.query_map([], read).expect("it runs");
        for (id, instance) in
            rows.map(|row: rusqlite::Result<(String, String)>| row.expect("a row"))
        {
            assert!(self.dead.contains(&instance), "{id} is unknown, and its host was not killed");
        }
    }
}
