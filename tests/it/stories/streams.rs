//! Following a session: where a stream begins, what goes by, why it ends.

use std::{future::poll_fn, task::Poll, time::Duration};

use serde_json::json;
use tokio::time;
use wardroom::{
    app::{StreamEnd, StreamItem},
    live::Limits,
    store,
};

use crate::world::{Caller, Follower, Room, World};

async fn say(world: &World, room: &Room, n: usize) {
    for text in 0..n {
        world.say(room, &room.hana, &text.to_string()).await.ok(201);
    }
    world.settle().await;
}

#[tokio::test]
async fn a_stream_begins_with_what_happens_next_and_a_position_with_what_came_after_it() {
    let world = World::new().await;
    let room = world.room("prompt_direct").await;
    let mut next = world.follow(&room.hana, &room.id, None).await;
    let mut all = world.follow(&room.hana, &room.id, Some("0")).await;
    let mut after = world.follow(&room.hana, &room.id, Some("1")).await;
    say(&world, &room, 2).await;
    assert_eq!(next.words(), ["connected", "message_created", "message_created"]);
    assert_eq!(next.seqs(), [3, 4]);
    assert_eq!(all.seqs(), [1, 2, 3, 4]);
    assert_eq!(after.seqs(), [2, 3, 4]);
    assert_eq!(next.frames[0].id, None, "no event, no position");
    for frame in &all.frames[1..] {
        assert_eq!(frame.json["sharedSessionId"], room.id);
        let (seq, chain) = frame.id.as_ref().unwrap().split_once('.').unwrap();
        assert_eq!((seq, chain.len()), (frame.json["seq"].to_string().as_str(), 16));
    }
    let listed = world.get(&room.hana, &room.path("events")).await.ok(200);
    let streamed: Vec<_> = all.frames[1..].iter().map(|frame| frame.json.clone()).collect();
    assert_eq!(listed["events"], json!(streamed), "the same events, live and listed");
    assert_eq!(listed["nextAfter"], all.position());
    let shown = world.get(&room.hana, &room.path("")).await.ok(200);
    assert_eq!(shown["asOf"], all.position());
}

#[tokio::test]
async fn a_phone_in_a_tunnel_misses_nothing_and_sees_nothing_twice() {
    let mut world = World::new().await;
    let room = world.room("prompt_direct").await;
    let mut phone = world.follow(&room.hana, &room.id, Some("0")).await;
    let mut seen = Vec::new();
    for round in 0..10 {
        say(&world, &room, round).await;
        seen.extend(phone.seqs());
        let position = phone.position();
        drop(phone);
        say(&world, &room, 1).await;
        if round % 3 == 0 {
            world.restart().await;
        }
        phone = world.follow(&room.hana, &room.id, Some(&position)).await;
        say(&world, &room, 1).await;
    }
    seen.extend(phone.seqs());
    let expected: Vec<_> = (1..=i64::try_from(world.events(&room).await.len()).unwrap()).collect();
    assert_eq!(seen, expected);
    world.verify().await;
}

#[tokio::test]
async fn a_slow_follower_goes_back_to_the_table_and_a_long_log_is_read_in_pages() {
    let world = World::new().await;
    let room = world.room("prompt_direct").await;
    say(&world, &room, 600).await;
    let caller = world.known(&room.hana).await;
    let (id, from) = (room.session(), "100".parse().unwrap());
    let mut slow = world.app().follow(&caller, None, id, Some(from)).await.unwrap();
    let mut seen = Vec::new();
    for _ in 0..5 {
        seen.push(frame(slow.next().await.unwrap()));
    }
    // More than the channel holds goes by while it does not look.
    say(&world, &room, 300).await;
    while let Some(next) = slow.take_ready().await.unwrap() {
        seen.push(frame(Some(next)));
    }
    assert_eq!(seen, (101..=902).collect::<Vec<_>>());
    say(&world, &room, 1).await;
    assert_eq!(frame(slow.next().await.unwrap()), 903, "live again");
}

#[tokio::test]
async fn a_log_of_long_texts_is_read_in_pages_that_a_stalled_reader_may_keep() {
    let world = World::new().await;
    let room = world.room("prompt_direct").await;
    let long = "x".repeat(40 * 1024);
    for _ in 0..10 {
        world.say(&room, &room.hana, &long).await.ok(201);
    }
    let mut reads = world.store().read().await.unwrap();
    let page = reads.page(room.session(), 0, 256, 64 * 1024).await.unwrap();
    assert_eq!(page.len(), 4, "two short events, and the two long ones that fill the page");
    assert_eq!(
        reads.page(room.session(), 0, 256, store::PAGE_BYTES).await.unwrap().len(),
        12,
        "used again"
    );
    drop(reads);
    let mut all = world.follow(&room.hana, &room.id, Some("0")).await;
    world.settle().await;
    assert_eq!(all.seqs(), (1..=12).collect::<Vec<_>>());
}

fn frame(item: Option<StreamItem>) -> i64 {
    match item {
        Some(StreamItem::Frame(frame)) => frame.seq,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_stream_of_an_ended_session_replays_to_its_end_and_ends() {
    let world = World::new().await;
    let room = world.room("prompt_direct").await;
    let mut live = world.follow(&room.hana, &room.id, None).await;
    world.delete(&room.hana, &room.path("")).await.ok(200);
    world.settle().await;
    assert_eq!(live.words(), ["connected", "session_closed", "end closed"]);
    assert!(live.is_over());
    let mut replay = world.follow(&room.hana, &room.id, Some("0")).await;
    world.settle().await;
    assert_eq!(replay.seqs(), [1, 2, 3]);
    assert_eq!(replay.frames.last().unwrap().word(), "end closed");
    let mut from_head = world.follow(&room.hana, &room.id, None).await;
    world.settle().await;
    assert_eq!(from_head.words(), ["connected", "end closed"]);
    assert!(replay.is_over() && from_head.is_over());
}

#[tokio::test]
async fn an_expired_session_ends_its_streams() {
    let world = World::new().await;
    let room = world.room("prompt_direct").await;
    let mut live = world.follow(&room.hana, &room.id, None).await;
    world.pass(Duration::from_hours(24)).await;
    assert_eq!(live.words(), ["connected", "session_closed", "end expired"]);
    let mut late = world.follow(&room.hana, &room.id, Some("2")).await;
    world.settle().await;
    assert_eq!(late.words(), ["connected", "session_closed", "end expired"]);
}

#[tokio::test]
async fn late_words_of_a_turn_are_replayed_after_the_end_of_the_session() {
    let world = World::new().await;
    let mut room = world.room("prompt_direct").await;
    world.prompt(&room, &room.hana.clone(), "hello").await;
    let prompt = room.laptop.accepts().await;
    world.settle().await;
    world.delete(&room.hana, &room.path("")).await.ok(200);
    room.laptop.cancels().await;
    room.laptop.says(room.agent, "late").await;
    room.laptop.succeeds(&prompt).await;
    let mut replay = world.follow(&room.hana, &room.id, Some("5")).await;
    world.settle().await;
    let expected =
        ["connected", "session_closed", "host_session_update", "prompt_dispatch_completed"];
    assert_eq!(replay.words()[..4], expected);
    assert!(replay.is_over());
}

#[tokio::test]
async fn leaving_ends_the_streams_of_who_left_and_of_nobody_else() {
    let world = World::new().await;
    let room = world.room("prompt_direct").await;
    let (sam, theo) = (world.join(&room, "Sam").await, world.user("Theo").await);
    world.post(&theo, &room.path("join"), json!({"inviteToken": room.invite})).await.ok(201);
    let mut streams = Vec::new();
    for caller in [&sam, &theo, &room.hana] {
        streams.push(world.follow(caller, &room.id, None).await);
    }
    for caller in [&sam, &theo] {
        world.post(caller, &room.path("leave"), json!({})).await.ok(200);
    }
    say(&world, &room, 1).await;
    for stream in &mut streams[..2] {
        let words = stream.words();
        assert_eq!(words.last().unwrap(), "end left");
        assert!(!words.contains(&"message_created".to_owned()), "{words:?}");
        assert!(stream.is_over());
    }
    let words = streams[2].words();
    assert_eq!(words, ["connected", "participant_left", "participant_left", "message_created"]);
    assert!(!streams[2].is_over());
}

#[tokio::test]
async fn a_revoked_credential_ends_its_own_streams() {
    let world = World::new().await;
    let room = world.room("prompt_direct").await;
    let made = world.post(&room.hana, "/api/tokens", json!({"scope": "read"})).await.ok(201);
    let browser = world.browser(&room.hana).await;
    let mut by_token = world.follow(&Caller::token(&made["secret"]), &room.id, None).await;
    let mut by_cookie = world.follow(&browser, &room.id, None).await;
    let mut other = world.follow(&room.hana, &room.id, None).await;
    let path = format!("/api/tokens/{}", made["token"]["id"].as_str().unwrap());
    assert_eq!(world.delete(&room.hana, &path).await.status, 204);
    world.settle().await;
    assert_eq!(by_token.words(), ["connected", "end revoked"]);
    assert_eq!(by_cookie.words(), ["connected"]);
    assert_eq!(world.post(&browser, "/api/logout", json!({})).await.status, 204);
    say(&world, &room, 1).await;
    assert_eq!(by_cookie.words(), ["end revoked"]);
    assert_eq!(other.words(), ["connected", "message_created"]);
}

#[tokio::test]
async fn a_credential_whose_time_is_up_ends_its_own_streams() {
    let world = World::new().await;
    let room = world.room("prompt_direct").await;
    let short = async || {
        let body = json!({"scope": "read", "expiresInMinutes": 10});
        Caller::token(&world.post(&room.hana, "/api/tokens", body).await.ok(201)["secret"])
    };
    let mut other = world.follow(&room.hana, &room.id, None).await;
    let mut quiet = world.follow(&short().await, &room.id, None).await;
    world.pass(Duration::from_mins(10)).await;
    skip(&world, 15).await;
    assert_eq!(quiet.words(), ["connected", "end expired_login"]);
    assert!(quiet.is_over());

    let mut busy = world.follow(&short().await, &room.id, None).await;
    world.pass(Duration::from_secs(599)).await;
    say(&world, &room, 1).await;
    world.pass(Duration::from_secs(1)).await;
    say(&world, &room, 2).await;
    assert_eq!(busy.words(), ["connected", "message_created", "end expired_login"]);
    assert_eq!(other.seqs(), [3, 4, 5]);
    assert!(!other.is_over());
}

/// A stream may be looked at and let go at any moment, also while it finds out that it has to end.
#[tokio::test]
async fn the_end_of_a_stream_is_not_lost_when_its_reader_looks_away() {
    let world = World::new().await;
    let room = world.room("prompt_direct").await;
    let sam = world.join(&room, "Sam").await;
    let caller = world.known(&sam).await;
    let mut stream = world.app().follow(&caller, None, room.session(), None).await.unwrap();
    world.post(&sam, &room.path("leave"), json!({})).await.ok(200);
    for _ in 0..50 {
        let looked = {
            let mut next = Box::pin(stream.next());
            poll_fn(|context| Poll::Ready(next.as_mut().poll(context))).await
        };
        if let Poll::Ready(item) = looked {
            match item.unwrap() {
                Some(StreamItem::End(end)) => return assert_eq!(end, StreamEnd::Left),
                Some(StreamItem::Frame(_)) => {}
                other => panic!("{other:?}"),
            }
        }
        world.settle().await;
    }
    loop {
        let next = time::timeout(Duration::from_secs(5), stream.next()).await;
        match next.expect("the stream still knows that it has to end").unwrap() {
            Some(StreamItem::End(end)) => return assert_eq!(end, StreamEnd::Left),
            Some(StreamItem::Frame(_)) => {}
            other => panic!("{other:?}"),
        }
    }
}

#[tokio::test]
async fn nobody_opens_too_many_streams() {
    let limits = Limits { a_person: 5, a_session: 7, all: 8 };
    let world = World::with(wardroom::app::Settings::default(), limits).await;
    let room = world.room("prompt_direct").await;
    let other = world.room_of(&world.ada, json!({})).await;
    let sam = world.join(&room, "Sam").await;
    let mut open = Vec::new();
    for _ in 0..5 {
        open.push(world.follow(&sam, &room.id, None).await);
    }
    let refused = world.try_follow(&sam, &room.id, None).await.err().unwrap();
    refused.refused(429, "RATE_LIMITED");
    assert_eq!(refused.header("retry-after"), Some("5"));
    for _ in 0..2 {
        open.push(world.follow(&room.hana, &room.id, None).await);
    }
    let full = world.try_follow(&room.hana, &room.id, None).await.err().unwrap();
    full.refused(429, "RATE_LIMITED");
    open.push(world.follow(&world.ada, &other.id, None).await);
    let busy = world.try_follow(&world.ada, &other.id, None).await.err().unwrap();
    busy.refused(503, "BUSY");
    assert_eq!((busy.header("retry-after"), world.app().streams()), (Some("5"), 8));
    // A stream that ends makes room.
    world.post(&sam, &room.path("leave"), json!({})).await.ok(200);
    world.settle().await;
    assert_eq!(world.app().streams(), 3);
    world.follow(&world.ada, &other.id, None).await;
}

#[tokio::test]
async fn a_participant_is_online_while_a_stream_of_theirs_is_open() {
    let world = World::new().await;
    let room = world.room("prompt_direct").await;
    let online = async || {
        let list = world.get(&room.hana, &room.path("participants")).await.ok(200);
        let shown = world.get(&room.hana, &room.path("")).await.ok(200);
        assert_eq!(shown["participants"], list["participants"]);
        list["participants"][0]["online"] == true
    };
    assert!(!online().await);
    let stream = world.follow(&room.hana, &room.id, None).await;
    assert!(online().await);
    drop(stream);
    say(&world, &room, 1).await;
    assert!(!online().await);
}

#[tokio::test]
async fn a_quiet_stream_shows_that_it_lives_and_ends_after_about_an_hour_without_a_word() {
    let world = World::new().await;
    let mut room = world.room("prompt_direct").await;
    // Its host would be missed after a minute, and that would be an event.
    room.laptop.disconnect();
    world.settle().await;
    let mut stream = world.follow(&room.hana, &room.id, None).await;
    world.settle().await;
    for beats in 1..=3 {
        skip(&world, 15).await;
        stream.take();
        assert_eq!(stream.heartbeats, beats);
    }
    skip(&world, 14).await;
    say(&world, &room, 1).await;
    skip(&world, 14).await;
    stream.take();
    assert_eq!(stream.heartbeats, 3, "an event is a sign of life too");
    assert!(!stream.is_over());
    skip(&world, 3600 + 360).await;
    assert!(stream.is_over());
    assert_eq!(stream.frames.last().unwrap().word(), "message_created", "no end frame: come back");
}

/// Lets this much time pass at once, for everything in this process.
async fn skip(world: &World, seconds: u64) {
    time::pause();
    // Timers are exact to the millisecond, and go off at the next one.
    time::advance(Duration::from_secs(seconds) + Duration::from_millis(2)).await;
    time::resume();
    world.settle().await;
}

#[tokio::test]
async fn a_server_that_stops_says_so_and_who_comes_back_goes_on() {
    let mut world = World::new().await;
    let room = world.room("prompt_direct").await;
    let mut stream: Follower = world.follow(&room.hana, &room.id, Some("0")).await;
    world.settle().await;
    world.stop().await;
    assert_eq!(stream.words().last().unwrap(), "end shutdown");
    assert!(stream.is_over());
    world.restart().await;
    let mut again = world.follow(&room.hana, &room.id, Some(&stream.position())).await;
    say(&world, &room, 1).await;
    assert_eq!(again.words(), ["connected", "message_created"]);
    world.verify().await;
}
