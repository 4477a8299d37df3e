//! C7 to C10: the server is killed while a prompt is on its way to its agent.

use axum::http::Method;
use serde_json::json;
use wardroom::rpc::calls::{Accepted, ServerCall, TurnState};

use super::{asked, count, states};
use crate::world::{Room, World};

/// The prompt is told to the host, for the first and last time, and runs to its end.
async fn runs_once(world: &World, room: &mut Room) {
    let prompt = room.laptop.accepts().await;
    assert_eq!(prompt.text, "run the tests");
    room.laptop.succeeds(&prompt).await;
    world.settle().await;
    assert!(room.laptop.waiting().is_empty(), "nothing comes again");
    assert_eq!((states(world).as_str(), count(world, "prompt_dispatch_started")), ("succeeded", 1));
    world.verify().await;
}

#[tokio::test]
async fn c07_a_prompt_is_queued_and_the_dispatcher_was_not_woken_so_it_is_sent_once() {
    let mut world = World::new().await;
    let (mut room, _, approval) = asked(&world).await;
    world.stop_at("prompt_approved");
    let path = room.path(&format!("approvals/{}", approval["id"].as_str().unwrap()));
    world.request(&room.hana, Method::POST, &path).json(&json!({"action": "approve"})).begin();
    world.stopped().await;
    assert!(room.laptop.waiting().is_empty());
    world.restart().await;
    room.laptop.connect(&world).await;
    runs_once(&world, &mut room).await;
}

#[tokio::test]
async fn c08_a_prompt_was_claimed_and_its_agent_was_starting_so_it_is_queued_again_and_sent_once() {
    let mut world = World::new().await;
    let (mut room, _, approval) = asked(&world).await;
    world.approve(&room, &approval).await;
    // More often than an agent may fail to start: that the server ends is not the prompt's fault.
    for _ in 0..4 {
        let (_unanswered, call) = room.laptop.next().await;
        assert!(matches!(call, ServerCall::Open(_)), "{call:?}");
        world.settle().await;
        assert_eq!(states(&world), "leased");
        world.restart().await;
        assert_eq!(states(&world), "queued");
        room.laptop.connect(&world).await;
    }
    runs_once(&world, &mut room).await;
    assert_eq!(world.look::<i64>("select leases from dispatches"), 1);
}

#[tokio::test]
async fn c09_sending_is_committed_and_the_host_was_not_told_so_it_is_told_once() {
    let mut world = World::new().await;
    let (mut room, _, approval) = asked(&world).await;
    world.stop_at("prompt_dispatch_started");
    world.approve(&room, &approval).await;
    room.laptop.opens().await;
    world.stopped().await;
    assert!(room.laptop.waiting().is_empty(), "the host was not told");
    world.restart().await;
    assert_eq!(states(&world), "sending");
    room.laptop.connect(&world).await;
    runs_once(&world, &mut room).await;
    insta::assert_snapshot!(world.transcript_after(&room, 4).await, @"
    5 0s prompt_approved Hana
    6 0s prompt_dispatch_started - sending
    7 0s agent_session_updated - running
    8 0s prompt_dispatch_completed - succeeded end_turn
    9 0s agent_session_updated - idle
    ");
}

#[tokio::test]
async fn c10_the_host_was_told_and_its_answer_is_lost_so_it_is_asked_again_and_goes_on() {
    let mut world = World::new().await;
    let (mut room, _, approval) = asked(&world).await;
    world.approve(&room, &approval).await;
    let (_unanswered, prompt) = room.laptop.prompted().await;
    world.restart().await;
    assert_eq!(states(&world), "sending");
    room.comes_back_in(&world, &prompt).await;
    world.settle().await;
    assert_eq!(states(&world), "running");
    room.laptop.succeeds(&prompt).await;
    // The same where the turn ended before the host was asked again.
    let second = world.prompt(&room, &room.hana, "and once more").await;
    let (_unanswered, prompt) = room.laptop.prompted().await;
    world.restart().await;
    room.laptop.connect(&world).await;
    let (id, again) = room.laptop.prompted().await;
    assert_eq!(again.dispatch_id, prompt.dispatch_id);
    let ended = TurnState::Succeeded { stop_reason: "end_turn".to_owned() };
    room.laptop.answer(id, &Accepted { state: ended });
    world.settle().await;
    assert_eq!(world.approval(&room, &second).await["dispatch"]["state"], "succeeded");
    insta::assert_snapshot!(world.transcript_after(&room, 4).await, @"
    5 0s prompt_approved Hana
    6 0s prompt_dispatch_started - sending
    7 0s agent_session_updated - running
    8 0s prompt_dispatch_completed - succeeded end_turn
    9 0s agent_session_updated - idle
    10 0s prompt_approved Hana and once more
    11 0s prompt_dispatch_started - sending
    12 0s agent_session_updated - running
    13 0s prompt_dispatch_completed - succeeded end_turn
    14 0s agent_session_updated - idle
    ");
    world.verify().await;
}
