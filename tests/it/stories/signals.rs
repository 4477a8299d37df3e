//! What people do at the moment: told to who watches now, and kept nowhere.

use std::time::Duration;

use serde_json::{Value, json};

use crate::world::{Answer, Caller, Room, World};

async fn signal(world: &World, room: &Room, who: &Caller, state: &str) -> Answer {
    world.post(who, &room.path("signals"), json!({"state": state})).await
}

#[tokio::test]
async fn who_takes_part_signals_and_nobody_else() {
    let world = World::new().await;
    let room = world.room("view_only").await;
    let sam = world.join(&room, "Sam").await;
    let mallory = world.user("Mallory").await;
    let before = world.transcript(&room).await;
    let mut stream = world.follow(&room.hana, &room.id, None).await;
    for (caller, status, code) in [
        (&mallory, 404, "SESSION_NOT_FOUND"),
        (&world.ada, 404, "SESSION_NOT_FOUND"),
        (&Caller::Nobody, 401, "UNAUTHENTICATED"),
    ] {
        signal(&world, &room, caller, "typing").await.refused(status, code);
    }
    for body in [json!({}), json!({"state": "deciding"}), json!({"state": "typing", "to": "Sam"})] {
        world.post(&sam, &room.path("signals"), body).await.refused(400, "INVALID_BODY");
    }
    world.post(&sam, &room.path("leave"), json!({})).await.ok(200);
    signal(&world, &room, &sam, "typing").await.refused(409, "PARTICIPANT_INACTIVE");
    world.settle().await;
    assert_eq!(stream.words(), ["connected", "participant_left"]);
    world.delete(&room.hana, &room.path("")).await.ok(200);
    signal(&world, &room, &room.hana, "typing").await.refused(409, "SESSION_INACTIVE");
    assert!(world.transcript(&room).await.starts_with(&before));
    world.verify().await;
}

#[tokio::test]
async fn a_signal_reaches_who_watches_now_without_a_number_and_at_most_once_a_second() {
    let world = World::new().await;
    let room = world.room("prompt_direct").await;
    let other = world.room_of(&world.ada, json!({})).await;
    let vic = world.join_as(&room, json!({"role": "viewer", "displayName": "Vic"})).await;
    let id = world.participant(&room, "Vic").await["id"].clone();
    let before = world.transcript(&room).await;
    let mut stream = world.follow(&room.hana, &room.id, None).await;
    let mut elsewhere = world.follow(&world.ada, &other.id, None).await;
    let mut told = async || {
        world.settle().await;
        let frames = stream.take().into_iter();
        assert!(frames.clone().all(|it| it.id.is_none() && it.json["seq"].is_null()));
        frames.map(|it| it.json).filter(|it| it["type"] == "presence").collect::<Vec<Value>>()
    };
    let presence =
        |state: &str| json!({"type": "presence", "payload": {"participantId": id, "state": state}});
    for state in ["typing", "typing", "idle"] {
        assert_eq!(signal(&world, &room, &vic, state).await.status, 204);
    }
    assert_eq!(told().await, [presence("typing")], "the others were lost");
    world.pass(Duration::from_millis(999)).await;
    assert_eq!(signal(&world, &room, &vic, "idle").await.status, 204);
    assert_eq!(told().await, [] as [Value; 0]);
    world.pass(Duration::from_millis(1)).await;
    signal(&world, &room, &vic, "watching").await;
    signal(&world, &room, &room.hana, "typing").await;
    let both = told().await;
    assert_eq!((both.len(), &both[0]), (2, &presence("watching")), "each person for themselves");
    // A credential that only reads may say that it watches.
    world.pass(Duration::from_secs(1)).await;
    let read = world.scoped(&room.hana, "read").await;
    assert_eq!(signal(&world, &room, &read, "idle").await.status, 204);
    assert_eq!(told().await.len(), 1);
    assert_eq!(elsewhere.words(), ["connected"]);
    let mut late = world.follow(&room.hana, &room.id, Some("0")).await;
    world.settle().await;
    assert_eq!(late.seqs().len(), late.frames.len() - 1, "nobody hears it again");
    assert_eq!(world.transcript(&room).await, before);
}

#[tokio::test]
async fn signals_and_events_go_by_together_and_no_event_is_lost_by_it() {
    let world = World::new().await;
    let room = world.room("prompt_direct").await;
    let mut stream = world.follow(&room.hana, &room.id, None).await;
    let caller = world.known(&room.hana).await;
    let mut slow = world.app().follow(&caller, None, room.session(), None).await.unwrap();
    for n in 0..100 {
        world.clock().advance(Duration::from_secs(1));
        signal(&world, &room, &room.hana, "typing").await;
        world.say(&room, &room.hana, &n.to_string()).await.ok(201);
    }
    world.settle().await;
    assert_eq!(stream.seqs(), (3..=102).collect::<Vec<_>>());
    // More went by than the channel holds: what is durable comes from the table.
    let mut seen = Vec::new();
    while let Some(item) = slow.take_ready().await.unwrap() {
        if let wardroom::app::StreamItem::Frame(frame) = item {
            seen.push(frame.seq);
        }
    }
    assert_eq!(seen, (3..=102).collect::<Vec<_>>());
}
