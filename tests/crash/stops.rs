//! How servers and hosts end, and how they refuse to begin.

use std::{
    fs,
    process::Stdio,
    sync::Arc,
    time::{Duration, Instant},
};

use rusqlite::Connection;
use serde_json::json;
use tokio::{
    task::{JoinHandle, JoinSet},
    time::sleep,
};

use crate::{
    checks::{count, open, receipts::Receipts, words},
    host_kills::all_end,
    load::{
        follower::{Follower, Left},
        rooms::Room,
    },
    world::{World, api::Call},
};

/// How long a server may take to stop.
const STOP: Duration = Duration::from_secs(15);

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_is_told_to_stop_says_goodbye_and_the_agents_work_on() {
    let mut world = World::new();
    world.start().await;
    let room = Arc::new(Room::open(&world, 2).await);
    let reader = reader(&world, &room, "reader").await;
    prompt(&world, &room, "slow 150").await;
    until(&world, "select count(*) > 5 from events where type = 'host_session_update'").await;

    let (status, time) = world.stop_server().await;
    assert!(status.success() && time < STOP, "{status} after {time:?}");
    let (left, mut follower) = reader.await.expect("nobody fails");
    assert_eq!(left, Left::End("shutdown".to_owned()));
    let log = world.database().with_extension("db-wal");
    assert!(fs::metadata(log).map_or(0, |it| it.len()) == 0, "the log is folded into the file");
    let running = "select count(*) from server_runs where stopped_at is null";
    assert_eq!(count(&world.database(), running), 0, "the end of the run is noted");
    let host = world.local_host().expect("the host lingers");
    assert!(!host.children().is_empty(), "and so does its agent");

    sleep(Duration::from_millis(300)).await;
    world.start().await;
    assert_eq!(world.local_host(), Some(host), "it is the same host");
    let (api, again) = (world.api(), room.clone());
    let reader =
        tokio::spawn(async move { follower.follow(&api, &again.history, usize::MAX).await });
    until(&world, "select count(*) from dispatches where state = 'succeeded'").await;
    let head = count(&world.database(), "select last_seq from sessions");
    room.history.wait_for(head, 1, STOP).await;
    reader.abort();
    let lines = (1..=150).map(|n| format!("{n} of 150\n")).collect::<Vec<_>>().concat();
    let said = words::said(&open(&world.database()));
    assert!(said.contains_key(&lines), "every line once and in order: {:?}", said.keys());
    assert_eq!(Receipts::read(&world.receipts()).total, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn open_streams_do_not_hold_up_the_end() {
    let mut world = World::new();
    world.start().await;
    let room = Arc::new(Room::open(&world, 0).await);
    let mut readers = JoinSet::new();
    for n in 0..100 {
        let reader = reader(&world, &room, &format!("reader{n}")).await;
        readers.spawn(async move { reader.await.expect("nobody fails").0 });
    }
    let head = count(&world.database(), "select last_seq from sessions");
    room.history.wait_for(head, 100, STOP).await;
    let (status, time) = world.stop_server().await;
    assert!(status.success() && time < STOP, "{status} after {time:?}");
    let ends = readers.join_all().await;
    assert!(ends.iter().all(|end| *end == Left::End("shutdown".to_owned())), "{ends:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_can_be_told_to_stop_the_moment_it_is_ready() {
    let mut world = World::new();
    for _ in 0..10 {
        world.start().await;
        let (status, _) = world.stop_server().await;
        assert!(status.success(), "{status}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_server_leaves_the_directory_to_the_first_and_says_who_that_is() {
    let mut world = World::new();
    world.start().await;
    let (code, words) = refused(&world, &["serve", "--listen", "127.0.0.1:0"]);
    assert_eq!(code, Some(75), "{words}");
    let holder = fs::read_to_string(world.path("lock")).expect("the lock");
    assert!(holder.starts_with("process ") && words.contains(holder.trim()), "{words}");
    let ready = world.local().once(&Call::get("/readyz", "")).await.expect("the first is there");
    assert_eq!(ready.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_of_a_newer_version_is_refused_and_left_alone() {
    let mut world = World::new();
    world.start().await;
    world.stop_server().await;
    let db = Connection::open(world.database()).expect("the file opens");
    let newer = "insert into refinery_schema_history (version, name, applied_on, checksum)
                 values (99, 'later', '2030-01-01T00:00:00Z', '0')";
    db.execute(newer, []).expect("it is stored");
    db.close().expect("it closes");
    let before = fs::read(world.database()).expect("the file");
    let (code, words) = refused(&world, &["serve", "--listen", "127.0.0.1:0"]);
    assert_eq!(code, Some(78), "{words}");
    assert!(words.contains("99"), "it says which: {words}");
    assert!(fs::read(world.database()).expect("the file") == before, "not a byte has changed");
}

#[test]
fn a_server_that_others_could_listen_to_does_not_begin_by_accident() {
    let world = World::new();
    for address in ["0.0.0.0:0", "[::]:0"] {
        let (code, words) = refused(&world, &["serve", "--listen", address]);
        assert_eq!(code, Some(78), "{address}: {words}");
        assert!(words.contains("TLS"), "it says why: {words}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_agent_that_ignores_everything_ends_with_its_host() {
    let mut world = World::new();
    world.start().await;
    let room = Room::open(&world, 2).await;
    prompt(&world, &room, "deaf all").await;
    until(&world, "select count(*) from events where payload like '%I hear nothing%'").await;
    let agents = world.kill_host().expect("a host runs");
    assert!(!agents.is_empty());
    all_end(&agents).await;
    until(&world, "select count(*) from dispatches where state = 'unknown'").await;
    assert_eq!(Receipts::read(&world.receipts()).total, 1, "and nobody else is told");
}

/// Somebody who reads from the beginning until the stream is over.
async fn reader(world: &World, room: &Arc<Room>, name: &str) -> JoinHandle<(Left, Follower)> {
    let (api, room) = (world.api(), room.clone());
    let mut follower = Follower::new(&room.id, room.join(&api, name).await.1);
    tokio::spawn(async move {
        let left = follower.follow(&api, &room.history, usize::MAX).await;
        (left, follower)
    })
}

/// A prompt of the host's, which needs no yes.
async fn prompt(world: &World, room: &Room, text: &str) {
    let call = Call::post(&room.path("prompts"), &room.host, json!({ "prompt": text }));
    let (answer, _) = world.api().settle(&call).await;
    assert_eq!(answer.status, 200, "{answer:?}");
}

/// Waits until a number in the database is not 0.
async fn until(world: &World, sql: &str) {
    let begun = Instant::now();
    while count(&world.database(), sql) == 0 {
        assert!(begun.elapsed() < STOP, "not so in {STOP:?}: {sql}\n{}", world.last_words());
        sleep(Duration::from_millis(20)).await;
    }
}

/// Runs a command that is expected to fail: its exit code and what it says.
fn refused(world: &World, arguments: &[&str]) -> (Option<i32>, String) {
    let mut command = world.command();
    let output = command.args(arguments).stderr(Stdio::piped()).output().expect("it runs");
    (output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned())
}
