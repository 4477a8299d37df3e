//! How much may wait for an agent, and what becomes of it when its author is sent out.

use serde_json::{Value, json};
use wardroom::{app::Settings, live::Limits};

use crate::world::{Answer, Caller, Room, World, running, states};

async fn prompt(world: &World, room: &Room, who: &Caller) -> Answer {
    world.post(who, &room.path("prompts"), json!({"prompt": "again"})).await
}

/// That it is refused for as much as waits; what is said.
#[track_caller]
fn full(answer: &Answer) -> Value {
    let refused = answer.refused(429, "RATE_LIMITED");
    assert_eq!(answer.header("retry-after"), Some("30"));
    refused["error"].clone()
}

#[tokio::test]
async fn five_prompts_of_somebody_wait_for_the_agent_and_no_more_until_one_is_carried_out() {
    let world = World::new().await;
    let mut room = world.room("prompt_direct").await;
    let (sam, kim) = (world.join(&room, "Sam").await, world.join(&room, "Kim").await);
    prompt(&world, &room, &sam).await.ok(200);
    let first = room.laptop.accepts().await;
    for who in [&sam, &room.hana] {
        for _ in 0..5 {
            prompt(&world, &room, who).await.ok(200);
        }
        assert_eq!(full(&prompt(&world, &room, who).await), "5 prompts of yours wait already");
    }
    prompt(&world, &room, &kim).await.ok(200);
    assert_eq!(states(&world).matches("queued").count(), 11);
    room.laptop.succeeds(&first).await;
    room.laptop.accepts().await;
    prompt(&world, &room, &sam).await.ok(200);
    full(&prompt(&world, &room, &sam).await);
    world.verify().await;
}

#[tokio::test]
async fn what_waits_for_a_yes_and_what_waits_for_the_agent_count_together() {
    let settings = Settings { pending_of_session: 7, ..Settings::default() };
    let world = World::with(settings, Limits::default()).await;
    let mut room = world.room("prompt_with_approval").await;
    room.laptop.disconnect();
    world.settle().await;
    let (sam, kim) = (world.join(&room, "Sam").await, world.join(&room, "Kim").await);
    for _ in 0..3 {
        let held = world.prompt(&room, &sam, "again").await;
        world.approve(&room, &held).await;
    }
    for _ in 0..2 {
        prompt(&world, &room, &sam).await.ok(202);
    }
    assert_eq!(full(&prompt(&world, &room, &sam).await), "5 prompts of yours wait already");
    for _ in 0..2 {
        prompt(&world, &room, &kim).await.ok(202);
    }
    let said = full(&prompt(&world, &room, &kim).await);
    assert_eq!(said, "7 approvals and prompts wait in this session already");
    // The host is not kept from their agent by what others ask, and has a limit of their own.
    for _ in 0..5 {
        prompt(&world, &room, &room.hana).await.ok(200);
    }
    full(&prompt(&world, &room, &room.hana).await);
    world.verify().await;
}

#[tokio::test]
async fn of_who_is_sent_out_what_waits_for_the_agent_is_cancelled_and_what_runs_goes_on() {
    let world = World::new().await;
    let mut room = world.room("prompt_direct").await;
    let (sam, kim) = (world.join(&room, "Sam").await, world.join(&room, "Kim").await);
    for text in ["one", "two", "three"] {
        world.prompt(&room, &sam, text).await;
    }
    world.prompt(&room, &kim, "mine").await;
    let first = room.laptop.accepts().await;
    world.settle().await;
    assert_eq!(states(&world), "running queued queued queued");
    // Who leaves by themselves leaves what they asked.
    world.post(&kim, &room.path("leave"), json!({})).await.ok(200);
    let seat = world.participant(&room, "Sam").await;
    let path = room.path(&format!("participants/{}", seat["id"].as_str().unwrap()));
    world.delete(&room.hana, &path).await.ok(200);
    assert_eq!(states(&world), "running cancelled cancelled queued");
    room.laptop.succeeds(&first).await;
    let next = room.laptop.accepts().await;
    assert_eq!(next.text, "mine");
    insta::assert_snapshot!(world.transcript_after(&room, 10).await, @"
    11 0s participant_left Kim collaborator left
    12 0s participant_removed Sam collaborator removed
    13 0s prompt_dispatch_cancelled - cancelled
    14 0s prompt_dispatch_cancelled - cancelled
    15 0s invite_revoked - collaborator
    16 0s prompt_dispatch_completed - succeeded end_turn
    17 0s agent_session_updated - idle
    18 0s prompt_dispatch_started - sending
    19 0s agent_session_updated - running
    ");
    world.verify().await;
}

#[tokio::test]
async fn what_was_claimed_for_an_agent_that_is_being_started_is_cancelled_with_its_author() {
    let world = World::new().await;
    let (mut room, _) = running(&world).await;
    room.laptop.kill();
    world.settle().await;
    room.laptop.connect(&world).await;
    let sam = world.join(&room, "Sam").await;
    world.prompt(&room, &sam, "one").await;
    let (opening, _) = room.laptop.next().await;
    world.settle().await;
    assert_eq!(states(&world), "unknown leased");
    let seat = world.participant(&room, "Sam").await;
    let path = room.path(&format!("participants/{}", seat["id"].as_str().unwrap()));
    world.delete(&room.hana, &path).await.ok(200);
    assert_eq!(states(&world), "unknown cancelled");
    room.laptop.started(opening);
    world.settle().await;
    assert_eq!(room.laptop.waiting(), Vec::<&str>::new(), "it is not told anything");
    assert_eq!(states(&world), "unknown cancelled");
    world.verify().await;
}
