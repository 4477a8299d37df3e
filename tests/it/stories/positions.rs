//! Positions in a log: what is malformed, what lies ahead, what diverged, what was trimmed.

use wardroom::domain::Position;

use crate::world::{Room, World};

async fn reset(world: &World, room: &Room, position: &str) -> Option<String> {
    let mut stream = world.follow(&room.hana, &room.id, Some(position)).await;
    world.settle().await;
    let words = stream.words();
    let last = stream.frames.last().unwrap().clone();
    if !words.last().unwrap().starts_with("reset") {
        return None;
    }
    assert_eq!(words.len(), 2, "connected, and the reset, and no more");
    assert_eq!(last.id, None);
    let shown = world.get(&room.hana, &room.path("")).await.ok(200);
    assert_eq!(last.json["payload"]["asOf"], shown["asOf"]);
    assert!(stream.is_over());
    let query = format!("events?after={position}");
    let page = world.get(&room.hana, &room.path(&query)).await.refused(400, "INVALID_CURSOR");
    assert_eq!(page["details"], serde_json::json!({"reason": last.json["payload"]["reason"]}));
    Some(last.json["payload"]["reason"].as_str().unwrap().to_owned())
}

async fn position(world: &World, room: &Room, seq: i64) -> String {
    let mut reads = world.store().read().await.unwrap();
    let chain = reads.chain_at(room.session(), seq).await.unwrap().unwrap();
    Position::new(seq, &chain).to_string()
}

#[tokio::test]
async fn what_is_no_position_is_400() {
    let world = World::new().await;
    let room = world.room("prompt_direct").await;
    for text in [
        "x",
        "-1",
        "1.",
        ".0123456789abcdef",
        "1.0123456789abcde",
        "1.0123456789abcdeg",
        "1.0123456789abcdef0",
        "9999999999999999999",
        "1.5.6",
        "0x1",
        "1,2",
    ] {
        let answer = world.try_follow(&room.hana, &room.id, Some(text)).await.err().unwrap();
        answer.refused(400, "INVALID_CURSOR");
        for path in [format!("stream?after={text}"), format!("events?after={text}")] {
            world.get(&room.hana, &room.path(&path)).await.refused(400, "INVALID_CURSOR");
        }
    }
    for limit in ["0", "501", "-1", "x"] {
        let path = room.path(&format!("events?limit={limit}"));
        world.get(&room.hana, &path).await.refused(400, "INVALID_BODY");
    }
}

#[tokio::test]
async fn the_header_wins_over_the_query_and_an_empty_one_is_none() {
    let world = World::new().await;
    let room = world.room("prompt_direct").await;
    let stream = room.id.clone() + "/stream?after=x";
    let path = format!("/api/shared-sessions/{stream}");
    let request = world.request(&room.hana, axum::http::Method::GET, &path);
    request.header("last-event-id", "x").send().await.refused(400, "INVALID_CURSOR");
    let mut follower =
        world.follow_path(&room.hana, &room.path("stream?after=0"), "1").await.ok().unwrap();
    world.settle().await;
    assert_eq!(follower.seqs(), [2]);
}

#[tokio::test]
async fn a_position_with_its_chain_is_gone_on_from_and_one_of_another_history_is_not() {
    let world = World::new().await;
    let room = world.room("prompt_direct").await;
    for seq in 1..=2 {
        let known = position(&world, &room, seq).await;
        assert_eq!(reset(&world, &room, &known).await, None);
        let (seq, _) = known.split_once('.').unwrap();
        let other = format!("{seq}.0123456789abcdef");
        assert_eq!(reset(&world, &room, &other).await.unwrap(), "diverged");
    }
    assert_eq!(reset(&world, &room, "0.0000000000000000").await, None);
    assert_eq!(reset(&world, &room, "0.0000000000000001").await.unwrap(), "diverged");
}

#[tokio::test]
async fn a_client_that_has_seen_more_than_there_is_starts_anew() {
    let mut world = World::new().await;
    let room = world.room("prompt_direct").await;
    world.settle().await;
    let backup = std::fs::read(world.file()).unwrap();
    let wal = std::fs::read(format!("{}-wal", world.file().display())).unwrap();
    world.say(&room, &room.hana, "lost").await.ok(201);
    let seen = position(&world, &room, 3).await;
    assert_eq!(reset(&world, &room, "4").await.unwrap(), "ahead");
    // An older backup is restored; then something else happens.
    world.stop().await;
    std::fs::write(world.file(), backup).unwrap();
    std::fs::write(format!("{}-wal", world.file().display()), wal).unwrap();
    world.restart().await;
    assert_eq!(reset(&world, &room, &seen).await.unwrap(), "ahead");
    world.say(&room, &room.hana, "something else").await.ok(201);
    assert_eq!(reset(&world, &room, &seen).await.unwrap(), "diverged");
    world.verify().await;
}

#[tokio::test]
async fn what_was_trimmed_cannot_be_gone_on_from() {
    let world = World::new().await;
    let room = world.room("prompt_direct").await;
    for n in 0..4 {
        world.say(&room, &room.hana, &n.to_string()).await.ok(201);
    }
    let (two, three) = (position(&world, &room, 2).await, position(&world, &room, 3).await);
    world
        .sql("update sessions set floor_seq = 3, floor_chain = (select chain from events where seq = 3)")
        .unwrap();
    world.verify().await;
    for old in ["0", "2", &two] {
        assert_eq!(reset(&world, &room, old).await.unwrap(), "truncated");
    }
    assert_eq!(reset(&world, &room, "3.0123456789abcdef").await.unwrap(), "diverged");
    for kept in ["3", &three, "4"] {
        assert_eq!(reset(&world, &room, kept).await, None);
    }
    let events = world.get(&room.hana, &room.path("events")).await.ok(200);
    assert_eq!(events["events"][0]["seq"], 4, "without a position from what is kept");
}

#[tokio::test]
async fn events_are_read_page_by_page() {
    let world = World::new().await;
    let room = world.room("prompt_direct").await;
    for n in 0..3 {
        world.say(&room, &room.hana, &n.to_string()).await.ok(201);
    }
    let mut after = String::new();
    for expected in [&[1, 2][..], &[3, 4], &[5], &[]] {
        let page =
            world.get(&room.hana, &room.path(&format!("events?limit=2{after}"))).await.ok(200);
        let seqs: Vec<_> = page["events"]
            .as_array()
            .unwrap()
            .iter()
            .map(|it| it["seq"].as_i64().unwrap())
            .collect();
        assert_eq!(seqs, expected);
        after = format!("&after={}", page["nextAfter"].as_str().unwrap());
    }
}
