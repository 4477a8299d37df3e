//! Hundreds of streams, cut after random bytes, thousands of times, while the server is killed again and again: each
//! sees every event once and in order, and all see the same.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering::Relaxed},
    },
    time::{Duration, Instant},
};

use futures_util::future::join_all;
use serde_json::json;
use tokio::{
    task::JoinSet,
    time::{sleep, timeout},
};
use tokio_util::sync::CancellationToken;
use wardroom::store;

use crate::{
    checks::{count, open, rewritten},
    dice::Dice,
    load::{
        follower::{Follower, Left},
        rooms::Room,
    },
    settings::{limit, setting},
    world::{
        World,
        api::{Api, Call},
    },
};

/// How many streams one person holds: one less than they may, for the one that is not closed yet.
const OF_A_PERSON: usize = 4;
/// How many streams one session holds, at most 300.
const OF_A_SESSION: usize = 252;
/// After how many cuts the server is killed.
const CUTS_A_KILL: usize = 500;
/// How long all may take to see the end, once nobody is cut any more.
const PATIENCE: Duration = Duration::from_mins(1);

#[tokio::test(flavor = "multi_thread")]
async fn streams_that_are_cut_anywhere_miss_nothing_and_see_nothing_twice() {
    let (streams, cuts) = (setting("STREAMS", 500), setting("CUTS", 5000));
    timeout(limit(cuts, Duration::from_millis(100)), story(streams, cuts)).await.expect("in time");
}

/// What the tasks of this story share.
struct Shared {
    api: Api,
    /// How many streams were cut so far.
    cut: AtomicUsize,
    /// How often each stream is cut.
    each: usize,
    /// Ends those who write.
    enough: CancellationToken,
}

async fn story(streams: usize, cuts: usize) {
    let (mut world, begun) = (World::new(), Instant::now());
    world.start().await;
    let rooms = join_all((0..streams.div_ceil(OF_A_SESSION)).map(|n| Room::open(&world, n))).await;
    let rooms: Vec<_> = rooms.into_iter().map(Arc::new).collect();
    let shared = Arc::new(Shared {
        api: world.api(),
        cut: AtomicUsize::new(0),
        each: cuts.div_ceil(streams),
        enough: CancellationToken::new(),
    });
    let (mut writers, mut followers) = (JoinSet::new(), JoinSet::new());
    let mut audience = vec![0; rooms.len()];
    let mut token = String::new();
    for n in 0..streams {
        let place = n / OF_A_SESSION;
        if (n % OF_A_SESSION).is_multiple_of(OF_A_PERSON) {
            token = rooms[place].join(&shared.api, &format!("reader{n}")).await.1;
        }
        audience[place] += 1;
        let follower = Follower::new(&rooms[place].id, token.clone());
        let dice = Dice::of(&format!("stream {n}"));
        followers.spawn(read(shared.clone(), rooms[place].clone(), follower, dice));
    }
    for room in &rooms {
        writers.spawn(write(shared.clone(), room.clone()));
    }
    let kills = kill_while_they_read(&mut world, &shared, cuts).await;
    shared.enough.cancel();
    while let Some(writer) = writers.join_next().await {
        writer.expect("nobody fails");
    }
    let mut events = 0;
    for (room, audience) in rooms.iter().zip(audience) {
        let sql = format!("select last_seq from sessions where id = '{}'", room.id);
        let head = count(&world.database(), &sql);
        room.history.wait_for(head, audience, PATIENCE).await;
        let wrong = rewritten(&open(&world.database()), &room.id, &room.history.chains());
        assert!(wrong.is_empty(), "{wrong:?}");
        events += head;
    }
    assert!(followers.try_join_next().is_none(), "no follower has ended");
    let found = store::verify(&world.database()).expect("the file can be read");
    assert!(found.is_empty(), "{found:?}");
    let counts = rooms.iter().map(|room| room.history.counts());
    let (frames, connections) = counts.fold((0, 0), |all, it| (all.0 + it.0, all.1 + it.1));
    eprintln!(
        "{streams} streams, {} cuts, {kills} kills of the server in {:?}: {events} events, {frames} frames over \
         {connections} connections; no gap, no double, one history",
        shared.cut.load(Relaxed),
        begun.elapsed()
    );
}

async fn kill_while_they_read(world: &mut World, shared: &Shared, cuts: usize) -> usize {
    let mut kills = 0;
    while shared.cut.load(Relaxed) < cuts {
        if shared.cut.load(Relaxed) / CUTS_A_KILL > kills {
            kills += 1;
            world.kill_server();
            world.start().await;
        }
        sleep(Duration::from_millis(5)).await;
    }
    kills
}

/// Reads for ever, and hangs up after random bytes as often as it is told to.
async fn read(shared: Arc<Shared>, room: Arc<Room>, mut follower: Follower, mut dice: Dice) {
    let mut left = shared.each;
    loop {
        let bytes = if left > 0 { 1 + dice.below(20_000) } else { usize::MAX };
        match follower.follow(&shared.api, &room.history, bytes).await {
            Left::Enough => {
                left -= 1;
                shared.cut.fetch_add(1, Relaxed);
            }
            Left::Lost => sleep(dice.millis(1, 50)).await,
            Left::End(reason) => panic!("a stream ended: {reason}"),
        }
    }
}

/// Writes until it is enough.
async fn write(shared: Arc<Shared>, room: Arc<Room>) {
    for n in 0.. {
        if shared.enough.is_cancelled() {
            return;
        }
        let body = json!({ "text": format!("{} says {n}", room.name) });
        let call = Call::post(&room.path("messages"), &room.host, body).key(&format!("{n:08}"));
        let (answer, _) = shared.api.settle(&call).await;
        assert_eq!(answer.status, 201, "{answer:?}");
        sleep(Duration::from_millis(10)).await;
    }
}
