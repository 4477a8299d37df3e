//! The beginning of an inbox stream: as many frames as it takes, none of them long, the last of which says so.

use serde_json::{Value, json};

use crate::world::{Caller, Follower, World};

async fn follow(world: &World, who: &Caller) -> Follower {
    let stream = world.follow_path(who, "/api/inbox/stream", "").await;
    stream.unwrap_or_else(|it| panic!("{}", it.text))
}

/// The frames with which a stream begins, but for the very first.
async fn beginning(world: &World, stream: &mut Follower) -> Vec<Value> {
    world.settle().await;
    let frames = stream.take().into_iter().filter(|it| it.json["type"] == "inbox");
    frames.map(|it| it.json["payload"].clone()).collect()
}

/// That only the last frame says that the inbox is complete.
fn check_end(frames: &[Value]) {
    let (last, others) = frames.split_last().unwrap();
    assert_eq!(last["complete"], true);
    assert!(others.iter().all(|it| it["complete"] == false && it["approvals"] != json!([])));
}

fn ids(frames: &[Value]) -> Vec<&str> {
    let rows = frames.iter().flat_map(|it| it["approvals"].as_array().unwrap());
    rows.map(|it| it["id"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn an_inbox_of_many_rows_comes_in_frames_of_fifty_and_whole() {
    let world = World::new().await;
    let hana = world.user("Hana").await;
    for _ in 0..3 {
        let room = world.room_of(&hana, json!({})).await;
        for n in 0..40 {
            let draft = json!({"summary": n.to_string(), "artifacts": [{"uri": "a"}]});
            world.offer(&room, &hana, draft).await.ok(201);
        }
    }
    let mut stream = follow(&world, &hana).await;
    let frames = beginning(&world, &mut stream).await;
    check_end(&frames);
    let counts = frames.iter().map(|it| it["approvals"].as_array().unwrap().len());
    assert!(counts.clone().all(|rows| rows <= 50), "{:?}", counts.collect::<Vec<_>>());
    let mut told = ids(&frames);
    told.sort_unstable();
    told.dedup();
    assert_eq!(told.len(), 120);
}

#[tokio::test]
async fn long_prompts_come_in_frames_of_few_and_what_happens_then_follows() {
    let world = World::new().await;
    let room = world.room("prompt_with_approval").await;
    let (sam, tess) = (world.join(&room, "Sam").await, world.join(&room, "Tess").await);
    let long = "x".repeat(200 * 1024);
    for who in [&sam, &tess, &sam, &tess] {
        world.prompt(&room, who, &long).await;
    }
    let mut stream = follow(&world, &room.hana).await;
    let frames = beginning(&world, &mut stream).await;
    check_end(&frames);
    assert!(frames.iter().all(|it| it.to_string().len() < 600 * 1024));
    assert!(frames.len() >= 2, "{}", frames.len());
    assert_eq!(ids(&frames).len(), 4);
    world.prompt(&room, &sam, "short").await;
    world.settle().await;
    let next: Vec<_> = stream.words();
    assert_eq!(next, ["inbox_changed"]);
}

#[tokio::test]
async fn an_empty_inbox_is_complete_at_once() {
    let world = World::new().await;
    let room = world.room("prompt_with_approval").await;
    let mut stream = follow(&world, &room.hana).await;
    let frames = beginning(&world, &mut stream).await;
    assert_eq!(frames, [json!({"approvals": [], "dispatches": [], "complete": true})]);
}
