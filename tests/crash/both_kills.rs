//! Server and host are killed together, and come back in either order; and the proof that a server which sends again
//! what was on its way is caught at that.

use std::{
    path::PathBuf,
    time::{Duration, Instant},
};

use tokio::time::{sleep, timeout};

use crate::{
    checks::{Depth, Examiner, open, receipts::Receipts, turns},
    dice::Dice,
    host_kills::all_end,
    load::Load,
    server_kills::{ROOMS, come_to_rest, summary},
    settings::{limit, setting},
    world::{World, process::Process},
};

#[tokio::test(flavor = "multi_thread")]
async fn whichever_comes_back_first_nothing_is_lost_and_nothing_is_sent_twice() {
    let kills = setting("BOTH_KILLS", 50);
    timeout(limit(kills, Duration::from_secs(10)), story(kills)).await.expect("in time");
}

async fn story(kills: usize) {
    let (mut world, mut dice, begun) = (World::new(), Dice::of("both kills"), Instant::now());
    world.start().await;
    let mut load = Load::begin(&world, ROOMS).await;
    let mut examiner = Examiner::default();
    for kill in 1..=kills {
        let agents = kill_both(&mut world, &mut dice).await;
        let depth = if kill % 10 == 0 { Depth::Whole } else { Depth::Quick };
        examiner.after_death(&world, &load, depth);
        load.check().await;
        come_back(&mut world, &mut dice).await;
        all_end(&agents).await;
        if kill % 10 == 0 {
            eprintln!("{kill} times both in {:?}", begun.elapsed());
        }
    }
    come_to_rest(&mut world, &mut load).await;
    let (status, _) = world.stop_server().await;
    assert!(status.success(), "it stops well: {status}\n{}", world.last_words());
    examiner.after_death(&world, &load, Depth::Settled { unknown: true });
    summary(&format!("{kills} kills of both in {:?}", begun.elapsed()), &world, &load);
}

/// Kills the server and its host, in either order, mostly while they work; the agents, which are about to end.
async fn kill_both(world: &mut World, dice: &mut Dice) -> Vec<Process> {
    if dice.percent(85) {
        world.host_connected().await;
    }
    sleep(dice.millis(0, 300)).await;
    let pause = dice.millis(0, 10);
    if dice.percent(50) {
        world.kill_server();
        sleep(pause).await;
        world.kill_host().unwrap_or_default()
    } else {
        let agents = world.kill_host().unwrap_or_default();
        sleep(pause).await;
        world.kill_server();
        agents
    }
}

/// Starts the server, which starts its host; or the host, which waits for its server.
async fn come_back(world: &mut World, dice: &mut Dice) {
    if dice.percent(50) {
        world.start_host();
        sleep(dice.millis(0, 100)).await;
    }
    world.start().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_sends_again_blindly_is_caught() {
    let program: PathBuf = setting("BLIND", PathBuf::new());
    let named = "WARDROOM_CRASH_BLIND names a build with the feature blind-resend; tests/crash/run makes it";
    assert!(!program.as_os_str().is_empty(), "{named}");
    let kills = setting("BLIND_KILLS", 30);
    let caught = timeout(limit(kills, Duration::from_secs(10)), blind(program, kills));
    let caught = caught.await.expect("in time");
    assert!(!caught.is_empty(), "{kills} kills of a server that sends again, and nobody noticed");
    eprintln!("caught: {}", caught.join("\n"));
}

/// Kills a faulty build until the check that the other stories rely on has found something.
async fn blind(program: PathBuf, kills: usize) -> Vec<String> {
    let (mut world, mut dice) = (World::with(&program), Dice::of("blind"));
    world.start().await;
    let load = Load::begin(&world, ROOMS).await;
    for _ in 0..kills {
        kill_both(&mut world, &mut dice).await;
        come_back(&mut world, &mut dice).await;
        let receipts = Receipts::read(&world.receipts());
        let caught = turns::doubled(&open(&world.database()), &receipts, &load.ledger);
        if !caught.is_empty() {
            return caught;
        }
    }
    Vec::new()
}
