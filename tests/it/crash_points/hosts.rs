//! C15 to C17: hosts are killed, agents alone, and hosts together with the server.

use serde_json::{Value, json};
use wardroom::{
    Code, Error,
    rpc::calls::{HostCall, TurnState},
};

use super::{asking, count, running, states};
use crate::world::{Room, World, permission};

/// A session with a prompt that is claimed, whose agent is starting.
async fn starting(world: &World) -> Room {
    let mut room = world.room("prompt_direct").await;
    world.prompt(&room, &room.hana, "run the tests").await;
    let (_unanswered, _open) = room.laptop.next().await;
    world.settle().await;
    assert_eq!(states(world), "leased");
    room
}

/// What an agent asks, newest first.
async fn requests(world: &World, room: &Room) -> Vec<Value> {
    let list = world.get(&room.hana, &room.path("approvals?kind=permission")).await.ok(200);
    list["approvals"].as_array().unwrap().clone()
}

#[tokio::test]
async fn c15_the_host_is_killed_while_the_agent_starts_so_the_prompt_is_queued_again_and_sent_once()
{
    let world = World::new().await;
    let mut room = starting(&world).await;
    room.laptop.kill();
    world.settle().await;
    assert_eq!(states(&world), "queued");
    room.laptop.connect(&world).await;
    let prompt = room.laptop.accepts().await;
    room.laptop.succeeds(&prompt).await;
    assert_eq!(
        (states(&world).as_str(), count(&world, "prompt_dispatch_started")),
        ("succeeded", 1)
    );
    world.verify().await;
}

#[tokio::test]
async fn c15_the_host_is_killed_before_it_answers_so_nobody_knows_and_nothing_is_sent_again() {
    let world = World::new().await;
    let mut room = world.room("prompt_direct").await;
    world.prompt(&room, &room.hana, "run the tests").await;
    let (_unanswered, _prompt) = room.laptop.prompted().await;
    room.laptop.kill();
    world.settle().await;
    assert_eq!(states(&world), "sending", "it may still come back");
    room.laptop.connect(&world).await;
    insta::assert_snapshot!(world.transcript_after(&room, 2).await, @"
    3 0s prompt_approved Hana run the tests
    4 0s prompt_dispatch_started - sending
    5 0s agent_session_updated - running
    6 0s host_disconnected laptop
    7 0s agent_session_updated - away
    8 0s prompt_dispatch_unknown - unknown
    9 0s agent_session_updated - stopped
    10 0s host_connected laptop
    ");
    assert!(room.laptop.waiting().is_empty());
    world.verify().await;
}

#[tokio::test]
async fn c15_the_host_is_killed_while_its_agent_works_so_nobody_knows_and_nothing_is_sent_again() {
    let world = World::new().await;
    let (mut room, _) = running(&world).await;
    room.laptop.says(room.agent, "On it.").await;
    room.laptop.kill();
    world.settle().await;
    room.laptop.connect(&world).await;
    insta::assert_snapshot!(world.transcript_after(&room, 2).await, @"
    3 0s prompt_approved Hana run the tests
    4 0s prompt_dispatch_started - sending
    5 0s agent_session_updated - running
    6 0s host_session_update - agent_message_chunk On it.
    7 0s host_disconnected laptop
    8 0s agent_session_updated - away
    9 0s prompt_dispatch_unknown - unknown
    10 0s agent_session_updated - stopped
    11 0s host_connected laptop
    ");
    assert!(room.laptop.waiting().is_empty());
    world.verify().await;
}

#[tokio::test]
async fn c15_the_host_is_killed_while_its_agent_asks_and_an_old_yes_never_answers_a_new_request() {
    let world = World::new().await;
    let (mut room, _, _, _) = asking(&world).await;
    room.laptop.kill();
    world.settle().await;
    room.laptop.connect(&world).await;
    world.settle().await;
    let old = requests(&world, &room).await.remove(0);
    assert_eq!((&old["status"], &old["reason"]), (&json!("expired"), &json!("agent_gone")));
    let late = world.decide(&room, &room.hana, &old, json!({"action": "approve"})).await;
    late.refused(409, "APPROVAL_ALREADY_RESOLVED");
    ask_again(&world, &mut room, &old).await;
    insta::assert_snapshot!(world.transcript_after(&room, 6).await, @"
    7 0s agent_session_updated - waiting_for_approval
    8 0s host_disconnected laptop
    9 0s agent_session_updated - away
    10 0s approval_expired - permission expired agent_gone
    11 0s prompt_dispatch_unknown - unknown
    12 0s agent_session_updated - stopped
    13 0s host_connected laptop
    14 0s prompt_dispatch_settled - unknown
    15 0s agent_session_updated - idle
    16 0s prompt_dispatch_started - sending
    17 0s agent_session_updated - running
    18 0s approval_requested - permission pending
    19 0s agent_session_updated - waiting_for_approval
    ");
}

#[tokio::test]
async fn c15_a_yes_that_its_agent_did_not_live_to_hear_never_answers_a_new_request() {
    let world = World::new().await;
    let (mut room, _, _, _) = asking(&world).await;
    room.laptop.kill();
    world.settle().await;
    let old = requests(&world, &room).await.remove(0);
    world.decide(&room, &room.hana, &old, json!({"action": "approve"})).await.ok(200);
    room.laptop.connect(&world).await;
    world.settle().await;
    ask_again(&world, &mut room, &old).await;
}

/// The prompt is tried again, and its agent asks for the same tool call: that is a new request, which knows of the old.
async fn ask_again(world: &World, room: &mut Room, old: &Value) {
    let inbox = world.get(&room.hana, "/api/approvals").await.ok(200);
    world.act(room, &room.hana, &inbox["dispatches"][0], "retry").await.ok(200);
    let prompt = room.laptop.accepts().await;
    let unanswered = room.laptop.begin(&HostCall::Permission(permission(&prompt)));
    world.settle().await;
    assert!(!room.laptop.has_answer(unanswered));
    let new = requests(world, room).await.remove(0);
    assert_eq!((&new["status"], new["id"] == old["id"]), (&json!("pending"), false));
    let before: Option<String> = world.look("select asked_before from approvals order by n desc");
    assert_eq!(before.as_deref(), old["id"].as_str(), "it says which request was in vain");
    world.verify().await;
}

#[tokio::test]
async fn c16_an_idle_agent_is_killed_so_the_next_prompt_starts_it_again() {
    let world = World::new().await;
    let mut room = world.room("prompt_direct").await;
    room.laptop.loses(room.agent, None).await;
    world.prompt(&room, &room.hana, "run the tests").await;
    room.laptop.opens().await;
    let prompt = room.laptop.accepts().await;
    room.laptop.succeeds(&prompt).await;
    insta::assert_snapshot!(world.transcript_after(&room, 2).await, @"
    3 0s agent_session_updated - stopped
    4 0s prompt_approved Hana run the tests
    5 0s agent_session_updated - idle
    6 0s prompt_dispatch_started - sending
    7 0s agent_session_updated - running
    8 0s prompt_dispatch_completed - succeeded end_turn
    9 0s agent_session_updated - idle
    ");
    world.verify().await;
}

#[tokio::test]
async fn c16_an_agent_is_killed_while_it_starts_so_its_prompt_is_queued_until_somebody_restarts_it()
{
    let world = World::new().await;
    let mut room = world.room("prompt_direct").await;
    world.prompt(&room, &room.hana, "run the tests").await;
    let (id, _open) = room.laptop.next().await;
    room.laptop.refuse(id, &Error::with(Code::AgentUnavailable, "the agent ended"));
    world.settle().await;
    assert_eq!(states(&world), "queued");
    assert!(room.laptop.waiting().is_empty(), "it is not tried again by itself");
    restart(&world, &mut room).await;
    let prompt = room.laptop.accepts().await;
    room.laptop.succeeds(&prompt).await;
    insta::assert_snapshot!(world.transcript_after(&room, 2).await, @"
    3 0s prompt_approved Hana run the tests
    4 0s agent_session_updated - errored
    5 0s agent_session_updated - stopped
    6 0s agent_session_updated - idle
    7 0s prompt_dispatch_started - sending
    8 0s agent_session_updated - running
    9 0s prompt_dispatch_completed - succeeded end_turn
    10 0s agent_session_updated - idle
    ");
    world.verify().await;
}

#[tokio::test]
async fn c16_an_agent_is_killed_in_its_turn_so_that_fails_and_what_it_asked_expires() {
    let world = World::new().await;
    let (mut room, prompt, _, _) = asking(&world).await;
    world.prompt(&room, &room.hana, "and then the others").await;
    room.laptop.loses(room.agent, Some(3)).await;
    let failed = TurnState::Failed { error: "the agent ended (exit code 3)".to_owned() };
    room.laptop.reports(&prompt, failed).await;
    world.settle().await;
    assert_eq!(states(&world), "failed queued", "what is queued waits until somebody restarts it");
    restart(&world, &mut room).await;
    let prompt = room.laptop.accepts().await;
    room.laptop.succeeds(&prompt).await;
    insta::assert_snapshot!(world.transcript_after(&room, 4).await, @"
    5 0s agent_session_updated - running
    6 0s approval_requested - permission pending
    7 0s agent_session_updated - waiting_for_approval
    8 0s prompt_approved Hana and then the others
    9 0s approval_expired - permission expired agent_gone
    10 0s agent_session_updated - errored
    11 0s prompt_dispatch_failed - failed the agent ended (exit code 3)
    12 0s agent_session_updated - stopped
    13 0s agent_session_updated - idle
    14 0s prompt_dispatch_started - sending
    15 0s agent_session_updated - running
    16 0s prompt_dispatch_completed - succeeded end_turn
    17 0s agent_session_updated - idle
    ");
    world.verify().await;
}

/// Hana starts the agent again.
async fn restart(world: &World, room: &mut Room) {
    let path = format!("/api/agent-sessions/{}/restart", room.agent);
    let restart = world.post(&room.hana, &path, json!({}));
    let (restarted, _) = tokio::join!(restart, room.laptop.opens());
    restarted.ok(200);
}

#[tokio::test]
async fn c17_both_are_killed_while_the_agent_starts_so_the_prompt_is_sent_once() {
    for server_first in [true, false] {
        let mut world = World::new().await;
        let mut room = starting(&world).await;
        kill_both(&mut world, &mut room, server_first).await;
        let prompt = room.laptop.accepts().await;
        room.laptop.succeeds(&prompt).await;
        assert_eq!(
            (states(&world).as_str(), count(&world, "prompt_dispatch_started")),
            ("succeeded", 1)
        );
        world.verify().await;
    }
}

#[tokio::test]
async fn c17_both_are_killed_while_the_agent_asks_so_nobody_knows_and_the_request_has_expired() {
    for server_first in [true, false] {
        let mut world = World::new().await;
        let (mut room, _, _, _) = asking(&world).await;
        kill_both(&mut world, &mut room, server_first).await;
        world.settle().await;
        assert!(room.laptop.waiting().is_empty(), "nothing is sent again");
        assert_eq!(
            (states(&world).as_str(), count(&world, "prompt_dispatch_started")),
            ("unknown", 1)
        );
        assert_eq!(requests(&world, &room).await[0]["reason"], "agent_gone");
        world.verify().await;
    }
}

async fn kill_both(world: &mut World, room: &mut Room, server_first: bool) {
    if server_first {
        world.restart().await;
        room.laptop.kill();
    } else {
        room.laptop.kill();
        world.settle().await;
        world.restart().await;
    }
    room.laptop.connect(world).await;
}
