//! The server is killed, again and again; its host and the agents live on.

use std::time::{Duration, Instant};

use tokio::time::{sleep, timeout};

use crate::{
    checks::{Depth, Examiner, count, receipts::Receipts},
    dice::Dice,
    load::Load,
    settings::{limit, setting},
    world::World,
};

/// How many rooms are busy.
pub(crate) const ROOMS: usize = 3;
/// How long everything may take to come to rest.
const REST: Duration = Duration::from_secs(90);

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_server_loses_nothing_and_sends_nothing_twice() {
    let kills = setting("SERVER_KILLS", 200);
    timeout(limit(kills, Duration::from_secs(2)), story(kills)).await.expect("in time");
}

async fn story(kills: usize) {
    let (mut world, mut dice, begun) = (World::new(), Dice::of("server kills"), Instant::now());
    world.start().await;
    let mut load = Load::begin(&world, ROOMS).await;
    let mut examiner = Examiner::default();
    for kill in 1..=kills {
        // Often when the host has just come back: that is when most is told again.
        if dice.percent(65) {
            world.host_connected().await;
        }
        let (earliest, latest) = [(0, 30), (0, 150), (0, 150), (150, 500)][dice.below(4)];
        sleep(dice.millis(earliest, latest)).await;
        world.kill_server();
        let depth = if kill % 10 == 0 { Depth::Whole } else { Depth::Quick };
        examiner.after_death(&world, &load, depth);
        load.check().await;
        world.start().await;
        if kill % 20 == 0 {
            eprintln!("{kill} kills in {:?}", begun.elapsed());
        }
    }
    come_to_rest(&mut world, &mut load).await;
    let (status, _) = world.stop_server().await;
    assert!(status.success(), "it stops well: {status}\n{}", world.last_words());
    examiner.after_death(&world, &load, Depth::Settled { unknown: false });
    summary(&format!("{kills} kills of the server in {:?}", begun.elapsed()), &world, &load);
}

/// Nobody writes any more; what waits is decided, what is queued is done, and everybody has seen all of it.
pub(crate) async fn come_to_rest(world: &mut World, load: &mut Load) {
    load.enough().await;
    let begun = Instant::now();
    let open = "select (select count(*) from approvals where status = 'pending') + (select count(*) from dispatches
                where state in ('queued', 'leased', 'sending', 'running') or state = 'unknown'
                and not exists (select 1 from dispatches later where later.retry_of = dispatches.id))";
    while count(&world.database(), open) > 0 {
        load.check().await;
        assert!(begun.elapsed() < REST, "it does not come to rest in {REST:?}");
        sleep(Duration::from_millis(100)).await;
    }
    load.decided().await;
    // What hosts tell late, such as the last words of a turn, is stored within moments.
    sleep(Duration::from_secs(1)).await;
    let head = |id: &String| {
        count(&world.database(), &format!("select last_seq from sessions where id = '{id}'"))
    };
    let heads: Vec<i64> = load.rooms.iter().map(|room| head(&room.id)).collect();
    load.followed(&heads).await;
}

/// One line of what was done and counted.
pub(crate) fn summary(what: &str, world: &World, load: &Load) {
    use std::sync::atomic::Ordering::Relaxed;
    let database = world.database();
    let number = |sql| count(&database, sql);
    let (frames, streams) = load.rooms.iter().fold((0, 0), |(frames, streams), room| {
        let (more_frames, more_streams) = room.history.counts();
        (frames + more_frames, streams + more_streams)
    });
    eprintln!(
        "{what}: {} prompts, {} approved, {} received, {} unknown, {} tried again; \
         {} acknowledged answers, {} asked for again, {} replayed; \
         {} events, {frames} frames over {streams} streams; {} agents restarted; no violation",
        number("select count(*) from approvals where kind = 'prompt'"),
        number("select count(*) from approvals where kind = 'prompt' and status = 'approved'"),
        Receipts::read(&world.receipts()).total,
        number("select count(*) from events where type = 'prompt_dispatch_unknown'"),
        number("select count(*) from dispatches where retry_of is not null"),
        load.ledger.len(),
        load.ledger.repeated.load(Relaxed),
        load.ledger.replayed.load(Relaxed),
        number("select count(*) from events"),
        load.ledger.restarted.load(Relaxed),
    );
}
