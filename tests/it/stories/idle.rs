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

/// Agents at a machine that are idle for too long in the order in which they were made.
async fn idle_agents(world: &World, at: &mut Machine, owner: &Caller, count: usize) -> Vec<String> {
    let mut made = Vec::new();
    for _ in 0..count {
        made.push(world.agent(owner, at).await.to_string());
        world.pass(Duration::from_secs(1)).await;
    }
    made
}

/// The calls to close an agent that a machine has not answered, and whose they are.
async fn closing(world: &World, at: &mut Machine) -> Vec<(u64, String)> {
    world.settle().await;
    let mut calls = Vec::new();
    while !at.waiting().is_empty() {
        match at.next().await {
            (id, ServerCall::Close { agent_session_id, .. }) => {
                calls.push((id, agent_session_id.to_string()));
            }
            (_, other) => panic!("not agent_session.close but {other:?}"),
        }
    }
    calls
}

#[tokio::test]
async fn a_host_closes_a_few_agents_at_once_the_longest_idle_first_until_none_is_left() {
    let world = World::new().await;
    let hana = world.user("Hana").await;
    let (mut laptop, mut tower) = (Machine::new(&hana), Machine::new(&hana));
    for machine in [&mut laptop, &mut tower] {
        machine.idle_timeout_ms = Some(300_000);
        machine.connect(&world).await;
    }
    let agents = idle_agents(&world, &mut laptop, &hana, 10).await;
    let other = idle_agents(&world, &mut tower, &hana, 1).await;
    world.pass(Duration::from_mins(6)).await;
    let mut open = closing(&world, &mut laptop).await;
    let mut asked: Vec<String> = open.iter().map(|(_, id)| id.clone()).collect();
    asked.sort_unstable();
    assert_eq!(asked, agents[..4], "a few, the oldest");
    // However slow one host is, another is asked.
    let (call, id) = closing(&world, &mut tower).await.remove(0);
    assert_eq!(id, other[0]);
    tower.answer(call, &());
    // Each that is closed makes room for the next, without anything else happening.
    for next in &agents[4..] {
        let (call, _) = open.remove(0);
        laptop.answer(call, &());
        let more = closing(&world, &mut laptop).await;
        assert_eq!(more.iter().map(|(_, id)| id).collect::<Vec<_>>(), [next]);
        open.extend(more);
    }
    for (call, _) in open {
        laptop.answer(call, &());
    }
    assert_eq!(closing(&world, &mut laptop).await, []);
    assert_eq!(world.look::<i64>("select count(open_instance) from agent_sessions"), 0);
    world.verify().await;
}

#[tokio::test]
async fn agents_that_cannot_be_closed_keep_none_of_the_others_alive() {
    let world = World::new().await;
    let hana = world.user("Hana").await;
    let mut laptop = Machine::new(&hana);
    laptop.idle_timeout_ms = Some(300_000);
    laptop.connect(&world).await;
    let agents = idle_agents(&world, &mut laptop, &hana, 6).await;
    world.pass(Duration::from_mins(6)).await;
    // Two have something to do that only their host knows of, and two fail.
    let busy = Error::with(Code::IllegalTransition, "a turn is running");
    for (n, (call, _)) in closing(&world, &mut laptop).await.into_iter().enumerate() {
        if n < 2 {
            laptop.refuse(call, &busy);
        }
    }
    let mut next: Vec<_> =
        closing(&world, &mut laptop).await.into_iter().map(|(_, id)| id).collect();
    next.sort_unstable();
    assert_eq!(next, agents[4..]);
    // Who has something to do is idle anew for as long as its settings say, and is not asked without end.
    let later = "select count(*) from agent_sessions where idle_until > '2026-01-01T00:11'";
    assert_eq!(world.look::<i64>(later), 2);
    world.verify().await;
}

#[tokio::test]
async fn an_ended_agent_that_a_host_fails_to_close_makes_room_for_others_and_is_tried_again() {
    let world = World::new().await;
    let hana = world.user("Hana").await;
    let mut laptop = Machine::new(&hana);
    laptop.connect(&world).await;
    let agents = idle_agents(&world, &mut laptop, &hana, 5).await;
    for id in &agents {
        let path = format!("/api/agent-sessions/{id}");
        world.patch(&hana, &path, json!({"life": "aborted"})).await.ok(200);
    }
    let failed = Error::internal("its process does not end");
    let first = closing(&world, &mut laptop).await;
    assert_eq!(first.len(), 4);
    for (call, _) in first {
        laptop.refuse(call, &failed);
    }
    let (call, fifth) = closing(&world, &mut laptop).await.remove(0);
    assert_eq!(fifth, agents[4]);
    laptop.answer(call, &());
    let mut again = Vec::new();
    while again.len() < 4 {
        let (call, _) = laptop.next().await;
        again.push(call);
        laptop.answer(call, &());
    }
    world.settle().await;
    assert_eq!(world.look::<i64>("select count(open_instance) from agent_sessions"), 0);
    world.verify().await;
}
