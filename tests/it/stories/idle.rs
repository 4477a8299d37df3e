//! What the settings of an agent do: how long it may be idle, and whether people may prompt it; and old conversations.

use std::time::Duration;

use serde_json::json;
use wardroom::{Code, Error, rpc::calls::ServerCall};

use crate::world::{Caller, Machine, Room, World, states};

/// A session with an agent that may be idle for five minutes.
async fn impatient(world: &World) -> Room {
    let hana = world.user("Hana").await;
    let mut laptop = Machine::new(&hana);
    laptop.idle_timeout_ms = Some(300_000);
    laptop.connect(world).await;
    let agent = world.agent(&hana, &mut laptop).await;
    world.share(hana, laptop, agent, json!({"mode": "prompt_direct"})).await
}

#[tokio::test]
async fn an_agent_that_was_idle_for_too_long_is_closed_and_the_next_prompt_takes_it_up_where_it_was()
 {
    let world = World::new().await;
    let mut room = impatient(&world).await;
    world.prompt(&room, &room.hana, "hello").await;
    let prompt = room.laptop.accepts().await;
    // However long a turn takes, it is not idle.
    world.pass(Duration::from_mins(6)).await;
    assert!(room.laptop.waiting().is_empty());
    room.laptop.succeeds(&prompt).await;
    world.pass(Duration::from_secs(299)).await;
    assert!(room.laptop.waiting().is_empty());
    world.pass(Duration::from_secs(1)).await;
    assert_eq!(room.laptop.closes().await, (room.agent, true));
    insta::assert_snapshot!(world.transcript_after(&room, 5).await, @"
    6 360s prompt_dispatch_completed - succeeded end_turn
    7 360s agent_session_updated - idle
    8 660s agent_session_updated - stopped
    ");
    world.pass(Duration::from_hours(1)).await;
    assert!(room.laptop.waiting().is_empty(), "closed once");

    world.prompt(&room, &room.hana, "and again").await;
    let open = room.laptop.opens().await;
    assert_eq!(open.resume.as_deref(), Some("acp"), "the same conversation");
    let prompt = room.laptop.accepts().await;
    room.laptop.succeeds(&prompt).await;
    assert_eq!(states(&world), "succeeded succeeded");
    world.verify().await;
}

#[tokio::test]
async fn an_agent_to_which_nothing_was_said_is_closed_too_and_begins_its_conversation_then() {
    let world = World::new().await;
    let mut room = impatient(&world).await;
    world.pass(Duration::from_mins(5)).await;
    assert_eq!(room.laptop.closes().await, (room.agent, true));
    world.settle().await;
    world.prompt(&room, &room.hana, "hello").await;
    assert_eq!(room.laptop.opens().await.resume, None);
    let prompt = room.laptop.accepts().await;
    room.laptop.succeeds(&prompt).await;
    world.verify().await;
}

#[tokio::test]
async fn an_agent_that_cannot_take_up_its_conversation_is_never_closed_for_being_idle() {
    let world = World::new().await;
    let mut room = impatient(&world).await;
    world.sql("update agent_sessions set capabilities = '[\"list\"]'").unwrap();
    world.prompt(&room, &room.hana, "hello").await;
    let (opening, _) = room.laptop.next().await;
    let opened = json!({"acp_session_id": "acp", "folder": "/work", "agent_name": "Odd",
        "agent_version": "1", "capabilities": ["list"]});
    room.laptop.answer(opening, &opened);
    let prompt = room.laptop.accepts().await;
    room.laptop.succeeds(&prompt).await;
    world.pass(Duration::from_hours(12)).await;
    assert!(room.laptop.waiting().is_empty());
    world.verify().await;
}

#[tokio::test]
async fn a_prompt_that_comes_while_an_idle_agent_is_closed_is_sent_once() {
    let world = World::new().await;
    let mut room = impatient(&world).await;
    world.prompt(&room, &room.hana, "hello").await;
    let prompt = room.laptop.accepts().await;
    room.laptop.succeeds(&prompt).await;
    world.pass(Duration::from_mins(5)).await;
    let (closing, call) = room.laptop.next().await;
    assert!(matches!(call, ServerCall::Close { if_idle: true, .. }), "{call:?}");
    world.prompt(&room, &room.hana, "wait").await;
    let prompt = room.laptop.accepts().await;
    // The host has a turn by now, and so it does not close the agent.
    let busy = Error::with(Code::IllegalTransition, "a turn is running");
    room.laptop.refuse(closing, &busy);
    world.pass(Duration::from_mins(5)).await;
    assert!(room.laptop.waiting().is_empty());
    room.laptop.succeeds(&prompt).await;
    world.pass(Duration::from_mins(5)).await;
    assert_eq!(room.laptop.closes().await, (room.agent, true));
    assert_eq!(states(&world), "succeeded succeeded");
    world.verify().await;
}

#[tokio::test]
async fn the_idle_time_outlives_the_server_and_what_is_held_by_a_pause_keeps_its_agent() {
    let mut world = World::new().await;
    let mut room = impatient(&world).await;
    world.change(&room, &room.hana, json!({"life": "paused"})).await.ok(200);
    world.prompt(&room, &room.hana, "held").await;
    world.pass(Duration::from_hours(1)).await;
    assert!(room.laptop.waiting().is_empty(), "something is queued");
    world.change(&room, &room.hana, json!({"life": "active"})).await.ok(200);
    let prompt = room.laptop.accepts().await;
    room.laptop.succeeds(&prompt).await;
    world.restart().await;
    room.laptop.connect(&world).await;
    world.settle().await;
    world.pass(Duration::from_mins(5)).await;
    assert_eq!(room.laptop.closes().await, (room.agent, true));
    world.verify().await;
}

#[tokio::test]
async fn an_old_conversation_is_taken_up_on_ones_own_machine_and_never_begun_anew() {
    let world = World::new().await;
    let hana = world.user("Hana").await;
    let mut laptop = Machine::new(&hana);
    laptop.connect(&world).await;
    let mut servers = Machine::new(&Caller::Local);
    servers.connect(&world).await;
    let body = |at: &Machine| json!({"agent": "claude", "hostId": at.id, "resume": "old-one"});
    let refused = world.post(&hana, "/api/agent-sessions", body(&servers)).await;
    refused.refused(403, "HOST_REQUIRED");
    assert!(servers.waiting().is_empty());
    let body = body(&laptop);
    let (made, open) = tokio::join!(world.post(&hana, "/api/agent-sessions", body), laptop.opens());
    made.ok(201);
    assert_eq!(open.resume.as_deref(), Some("old-one"));
    world.verify().await;
}

#[tokio::test]
async fn an_agent_that_takes_no_input_of_people_is_commented_and_not_prompted_by_anybody() {
    let world = World::new().await;
    let hana = world.user("Hana").await;
    let mut laptop = Machine::new(&hana);
    laptop.connect(&world).await;
    let agent = world.agent(&hana, &mut laptop).await;
    let mut room = world.share(hana, laptop, agent, json!({})).await;
    let sam = world.join(&room, "Sam").await;
    let approval = world.prompt(&room, &sam, "asked before").await;
    // The setting is the host's, and is known when it says hello.
    room.laptop.disconnect();
    room.laptop.no_human_input = true;
    room.laptop.connect(&world).await;
    world.settle().await;
    let path = format!("/api/agent-sessions/{agent}");
    let shown = world.get(&room.hana, &path).await.ok(200);
    assert_eq!(shown["agentSession"]["allowHumanInput"], json!(false));
    for who in [&room.hana, &sam] {
        let sent = world.post(who, &room.path("prompts"), json!({"prompt": "hello"})).await;
        sent.refused(409, "ILLEGAL_TRANSITION");
        world.say(&room, who, "I only watch.").await.ok(201);
    }
    let yes = json!({"action": "approve"});
    let decided = world.decide(&room, &room.hana, &approval, yes).await;
    decided.refused(409, "ILLEGAL_TRANSITION");
    let no = json!({"action": "reject"});
    world.decide(&room, &room.hana, &approval, no).await.ok(200);
    world.settle().await;
    assert!(room.laptop.waiting().is_empty());
    world.verify().await;
}
