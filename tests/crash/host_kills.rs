//! The local host is killed, again and again, and its agents end with it; the server lives on, and says what it does
//! not know.

use std::time::{Duration, Instant};

use tokio::time::{sleep, timeout};

use crate::{
    checks::{Depth, Examiner, count},
    dice::Dice,
    load::Load,
    server_kills::{ROOMS, come_to_rest, summary},
    settings::{limit, setting},
    world::{World, process::Process},
};

/// How long agents may take to see that nobody holds the other end of their stdin.
const LAST_BREATH: Duration = Duration::from_secs(10);

/// What was handed to a process of a host that is not there any more.
pub(crate) const OF_THE_DEAD: &str = "
    select count(*) from dispatches d join agent_sessions a on a.id = d.agent_session_id
    join hosts h on h.id = a.host_id where d.state in ('sending', 'running') and d.host_instance <> h.instance";

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_host_takes_its_agents_along_and_nothing_is_sent_again_by_itself() {
    let kills = setting("HOST_KILLS", 50);
    timeout(limit(kills, Duration::from_secs(10)), story(kills)).await.expect("in time");
}

async fn story(kills: usize) {
    let (mut world, mut dice, begun) = (World::new(), Dice::of("host kills"), Instant::now());
    world.start().await;
    let mut load = Load::begin(&world, ROOMS).await;
    let mut examiner = Examiner::default();
    for kill in 1..=kills {
        world.host_connected().await;
        assert_eq!(
            count(&world.database(), OF_THE_DEAD),
            0,
            "what a dead host had is not under way"
        );
        sleep(dice.millis(0, 500)).await;
        let former = world.local_host().expect("a host runs");
        let agents = world.kill_host().expect("a host runs");
        let depth = if kill % 10 == 0 { Depth::Whole } else { Depth::Quick };
        examiner.alive(&world, &load, depth);
        load.check().await;
        all_end(&agents).await;
        another(&world, former).await;
        if kill % 10 == 0 {
            eprintln!("{kill} hosts killed in {:?}", begun.elapsed());
        }
    }
    come_to_rest(&mut world, &mut load).await;
    examiner.alive(&world, &load, Depth::Settled { unknown: true });
    summary(&format!("{kills} kills of the host in {:?}", begun.elapsed()), &world, &load);
}

/// Agents do not outlive their host.
pub(crate) async fn all_end(agents: &[Process]) {
    let begun = Instant::now();
    while agents.iter().any(|agent| agent.is_alive()) {
        assert!(begun.elapsed() < LAST_BREATH, "agents outlive their host: {agents:?}");
        sleep(Duration::from_millis(10)).await;
    }
}

/// The server starts another host.
async fn another(world: &World, former: Process) {
    let begun = Instant::now();
    while world.local_host().is_none_or(|host| host == former) {
        assert!(begun.elapsed() < LAST_BREATH, "no other host\n{}", world.last_words());
        sleep(Duration::from_millis(10)).await;
    }
}
