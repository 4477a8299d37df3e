//! Prompts on their way: in order, one at a time, stopped, timed out, and what becomes of them when no agent starts.

use std::time::Duration;

use serde_json::{Value, json};
use tokio::time;
use wardroom::{
    Code, Error,
    rpc::calls::{HostCall, Outcome, ServerCall, TurnState},
};

use super::unknown_outcomes::lost;
use crate::world::{Machine, Room, World, permission, running, states};

fn cancelled() -> TurnState {
    TurnState::Cancelled { stop_reason: "cancelled".to_owned() }
}

#[tokio::test]
async fn prompts_of_an_agent_session_go_in_order_and_one_at_a_time_and_others_do_not_wait_for_them()
{
    let world = World::new().await;
    let mut room = world.room("prompt_direct").await;
    for text in ["one", "two", "three"] {
        world.prompt(&room, &room.hana, text).await;
    }
    let mut desktop = Machine::new(&room.hana);
    desktop.connect(&world).await;
    let agent = world.agent(&room.hana, &mut desktop).await;
    let mut other =
        world.share(room.hana.clone(), desktop, agent, json!({"mode": "prompt_direct"})).await;
    world.prompt(&other, &other.hana, "meanwhile").await;
    let meanwhile = other.laptop.accepts().await;
    for text in ["one", "two", "three"] {
        let prompt = room.laptop.accepts().await;
        assert_eq!(prompt.text, text);
        world.settle().await;
        assert!(room.laptop.waiting().is_empty(), "one in flight");
        room.laptop.succeeds(&prompt).await;
    }
    other.laptop.succeeds(&meanwhile).await;
    assert_eq!(states(&world), "succeeded succeeded succeeded succeeded");
    world.verify().await;
}

#[tokio::test]
async fn a_queued_prompt_that_is_cancelled_is_never_sent() {
    let world = World::new().await;
    let (mut room, first) = running(&world).await;
    let queued = world.prompt(&room, &room.hana, "never mind").await;
    world.prompt(&room, &room.hana, "and then this").await;
    for _ in 0..2 {
        let it = world.act(&room, &room.hana, &queued["dispatch"], "cancel").await.ok(200);
        assert_eq!(it["dispatch"]["state"], "cancelled");
    }
    room.laptop.succeeds(&first).await;
    let next = room.laptop.accepts().await;
    assert_eq!(next.text, "and then this");
    room.laptop.succeeds(&next).await;
    let late = world.act(&room, &room.hana, &json!({"id": next.dispatch_id}), "cancel").await;
    late.refused(409, "ILLEGAL_TRANSITION");
    insta::assert_snapshot!(world.transcript_after(&room, 5).await, @"
    6 0s prompt_approved Hana never mind
    7 0s prompt_approved Hana and then this
    8 0s prompt_dispatch_cancelled - cancelled
    9 0s prompt_dispatch_completed - succeeded end_turn
    10 0s agent_session_updated - idle
    11 0s prompt_dispatch_started - sending
    12 0s agent_session_updated - running
    13 0s prompt_dispatch_completed - succeeded end_turn
    14 0s agent_session_updated - idle
    ");
    world.verify().await;
}

#[tokio::test]
async fn a_prompt_that_is_cancelled_while_its_agent_starts_is_never_sent() {
    let world = World::new().await;
    let mut room = world.room("prompt_direct").await;
    let claimed = world.prompt(&room, &room.hana, "never mind").await;
    let (id, _open) = room.laptop.next().await;
    world.settle().await;
    assert_eq!(states(&world), "leased");
    world.act(&room, &room.hana, &claimed["dispatch"], "cancel").await.ok(200);
    room.laptop.started(id);
    world.settle().await;
    assert!(room.laptop.waiting().is_empty());
    assert_eq!(states(&world), "cancelled");
    world.verify().await;
}

#[tokio::test]
async fn a_running_turn_that_is_cancelled_asks_nothing_any_more_and_ends_when_its_host_says_so() {
    let world = World::new().await;
    let (mut room, prompt) = running(&world).await;
    let asking = room.laptop.begin(&HostCall::Permission(permission(&prompt)));
    world.settle().await;
    let running = json!({"id": prompt.dispatch_id});
    for _ in 0..2 {
        let it = world.act(&room, &room.hana, &running, "cancel").await.ok(200);
        assert_eq!(it["dispatch"]["state"], "running", "until the agent has stopped");
    }
    assert_eq!(room.laptop.end::<Outcome>(asking).await.unwrap(), Outcome::Cancelled);
    assert_eq!(room.laptop.cancels().await, prompt.dispatch_id);
    let late = HostCall::Permission(permission(&prompt));
    assert_eq!(room.laptop.call::<Outcome>(late).await.unwrap(), Outcome::Cancelled);
    world.settle().await;
    assert!(room.laptop.waiting().is_empty(), "it is told once");
    room.laptop.reports(&prompt, cancelled()).await;
    insta::assert_snapshot!(world.transcript_after(&room, 5).await, @"
    6 0s approval_requested - permission pending
    7 0s agent_session_updated - waiting_for_approval
    8 0s approval_expired - permission expired turn_cancelled
    9 0s agent_session_updated - running
    10 0s prompt_dispatch_cancelled - cancelled cancelled
    11 0s agent_session_updated - idle
    ");
    world.verify().await;
}

#[tokio::test]
async fn a_cancel_that_the_host_was_away_for_is_told_when_it_is_back() {
    let world = World::new().await;
    let (mut room, prompt) = running(&world).await;
    room.laptop.disconnect();
    world.settle().await;
    world.act(&room, &room.hana, &json!({"id": prompt.dispatch_id}), "cancel").await.ok(200);
    world.settle().await;
    room.laptop.connect(&world).await;
    let again = room.laptop.accepts().await;
    assert_eq!(again.dispatch_id, prompt.dispatch_id);
    assert_eq!(room.laptop.cancels().await, prompt.dispatch_id);
    room.laptop.reports(&prompt, cancelled()).await;
    assert_eq!(states(&world), "cancelled");
    world.verify().await;
}

#[tokio::test]
async fn who_may_prompt_directly_stops_the_turn_of_their_own_prompt_and_no_other() {
    let world = World::new().await;
    let mut room = world.room("prompt_direct").await;
    let (sam, vic) = (world.join(&room, "Sam").await, world.join(&room, "Vic").await);
    world.prompt(&room, &sam, "run the tests").await;
    let prompt = room.laptop.accepts().await;
    world.settle().await;
    let running = json!({"id": prompt.dispatch_id});
    world.act(&room, &vic, &running, "cancel").await.refused(403, "HOST_REQUIRED");
    world.act(&room, &sam, &running, "retry").await.refused(403, "HOST_REQUIRED");
    world.act(&room, &sam, &running, "cancel").await.ok(200);
    assert_eq!(room.laptop.cancels().await, prompt.dispatch_id);
    world.verify().await;
}

#[tokio::test]
async fn a_turn_is_cancelled_at_its_deadline_and_waiting_for_a_person_does_not_count() {
    let world = World::new().await;
    let (mut room, prompt) = running(&world).await;
    world.pass(Duration::from_mins(20)).await;
    let asking = room.laptop.begin(&HostCall::Permission(permission(&prompt)));
    world.pass(Duration::from_hours(5)).await;
    let inbox = world.get(&room.hana, "/api/approvals").await.ok(200);
    let yes = json!({"action": "approve", "optionId": "yes"});
    world.decide(&room, &room.hana, &inbox["approvals"][0], yes).await.ok(200);
    let outcome = room.laptop.end::<Outcome>(asking).await.unwrap();
    assert_eq!(outcome, Outcome::Selected { option_id: "yes".to_owned() });
    world.pass(Duration::from_mins(10) - Duration::from_millis(1)).await;
    assert!(room.laptop.waiting().is_empty(), "a millisecond is left");
    world.pass(Duration::from_millis(1)).await;
    assert_eq!(room.laptop.cancels().await, prompt.dispatch_id);
    world.pass(Duration::from_mins(1)).await;
    assert!(room.laptop.waiting().is_empty(), "it is told once");
    room.laptop.reports(&prompt, cancelled()).await;
    insta::assert_snapshot!(world.transcript_after(&room, 5).await, @"
    6 1200s approval_requested - permission pending
    7 1200s agent_session_updated - waiting_for_approval
    8 19200s approval_resolved Hana permission approved yes
    9 19200s agent_session_updated - running
    10 19860s prompt_dispatch_cancelled - cancelled cancelled
    11 19860s agent_session_updated - idle
    ");
    world.verify().await;
}

#[tokio::test]
async fn an_agent_that_cannot_resume_keeps_its_prompt_queued_until_its_owner_begins_anew() {
    let world = World::new().await;
    let (mut room, _, _) = lost(&world).await;
    world.prompt(&room, &room.hana, "go on").await;
    let (id, call) = room.laptop.next().await;
    let ServerCall::Open(open) = call else { panic!("{call:?}") };
    assert_eq!(open.resume.as_deref(), Some("acp"), "never a new conversation by itself");
    let cannot = Error::with(Code::AgentUnavailable, "it cannot take up this conversation again");
    room.laptop.refuse(id, &cannot);
    world.settle().await;
    assert_eq!(states(&world), "unknown queued");
    let path = format!("/api/agent-sessions/{}/restart", room.agent);
    let restart = async |room: &mut Room, body: Value, fails: bool| {
        let hana = room.hana.clone();
        let answer = async {
            let (id, call) = room.laptop.next().await;
            let ServerCall::Open(open) = call else { panic!("{call:?}") };
            if fails {
                room.laptop.refuse(id, &cannot);
            } else {
                room.laptop.started(id);
            }
            open.resume
        };
        tokio::join!(world.post(&hana, &path, body), answer)
    };
    let (refused, resume) = restart(&mut room, json!({}), true).await;
    refused.refused(409, "AGENT_UNAVAILABLE");
    assert_eq!(resume.as_deref(), Some("acp"));
    world.settle().await;
    assert!(room.laptop.waiting().is_empty(), "the prompt still waits");
    let (restarted, resume) = restart(&mut room, json!({"fresh": true}), false).await;
    restarted.ok(200);
    assert_eq!(resume, None);
    let prompt = room.laptop.accepts().await;
    room.laptop.succeeds(&prompt).await;
    insta::assert_snapshot!(world.transcript_after(&room, 5).await, @"
    6 0s host_disconnected laptop
    7 0s agent_session_updated - away
    8 0s prompt_dispatch_unknown - unknown
    9 0s agent_session_updated - stopped
    10 0s host_connected laptop
    11 0s prompt_approved Hana go on
    12 0s agent_session_updated - errored
    13 0s agent_session_updated - stopped
    14 0s agent_session_updated - errored
    15 0s agent_session_updated - stopped
    16 0s agent_session_updated - idle
    17 0s prompt_dispatch_started - sending
    18 0s agent_session_updated - running
    19 0s prompt_dispatch_completed - succeeded end_turn
    20 0s agent_session_updated - idle
    ");
    world.verify().await;
}

#[tokio::test]
async fn a_prompt_whose_agent_does_not_start_three_times_fails_and_the_next_one_has_its_own_three()
{
    let world = World::new().await;
    let mut room = world.room("prompt_direct").await;
    let first = world.prompt(&room, &room.hana, "hello").await;
    for tries in 1..=3 {
        let (id, _open) = room.laptop.next().await;
        room.laptop.refuse(id, &Error::with(Code::AgentUnavailable, "no"));
        world.settle().await;
        assert_eq!(world.look::<i64>("select leases from dispatches"), tries);
        assert_eq!(states(&world), "queued");
        let path = format!("/api/agent-sessions/{}/restart", room.agent);
        let restart = world.post(&room.hana, &path, json!({}));
        let (restarted, _) = tokio::join!(restart, room.laptop.opens());
        restarted.ok(200);
    }
    world.settle().await;
    assert!(room.laptop.waiting().is_empty(), "there is no fourth try");
    let shown = world.approval(&room, &first).await;
    assert_eq!(
        (&shown["status"], &shown["errorMessage"]),
        (&json!("failed"), &json!("the agent could not be started, three times"))
    );
    world.prompt(&room, &room.hana, "and you?").await;
    let prompt = room.laptop.accepts().await;
    room.laptop.succeeds(&prompt).await;
    assert_eq!(states(&world), "failed succeeded");
    world.verify().await;
}

#[tokio::test]
async fn a_host_that_is_away_costs_a_prompt_none_of_its_tries() {
    let world = World::new().await;
    let mut room = world.room("prompt_direct").await;
    world.prompt(&room, &room.hana, "hello").await;
    for _ in 0..5 {
        let (_unanswered, _open) = room.laptop.next().await;
        room.laptop.disconnect();
        world.settle().await;
        assert_eq!(states(&world), "queued");
        room.laptop.connect(&world).await;
    }
    let prompt = room.laptop.accepts().await;
    room.laptop.succeeds(&prompt).await;
    assert_eq!(world.look::<i64>("select leases from dispatches"), 1);
    world.verify().await;
}

#[tokio::test]
async fn a_prompt_that_its_agent_did_not_live_to_hear_starts_it_again_and_is_told_once() {
    let world = World::new().await;
    let mut room = world.room("prompt_direct").await;
    world.prompt(&room, &room.hana, "hello").await;
    let (id, prompt) = room.laptop.prompted().await;
    let gone = Error::with(Code::AgentUnavailable, "the agent is not running");
    room.laptop.refuse(id, &gone);
    room.laptop.opens().await;
    let again = room.laptop.accepts().await;
    assert_eq!(again.dispatch_id, prompt.dispatch_id);
    room.laptop.succeeds(&again).await;
    // Once: an agent that never lives long enough does not keep everybody busy.
    world.prompt(&room, &room.hana, "and again").await;
    for _ in 0..2 {
        let (id, _) = room.laptop.prompted().await;
        room.laptop.refuse(id, &gone);
    }
    insta::assert_snapshot!(world.transcript_after(&room, 2).await, @"
    3 0s prompt_approved Hana hello
    4 0s prompt_dispatch_started - sending
    5 0s agent_session_updated - running
    6 0s prompt_dispatch_completed - succeeded end_turn
    7 0s agent_session_updated - idle
    8 0s prompt_approved Hana and again
    9 0s prompt_dispatch_started - sending
    10 0s agent_session_updated - running
    11 0s prompt_dispatch_failed - failed the agent is not running
    12 0s agent_session_updated - idle
    ");
    assert!(room.laptop.waiting().is_empty());
    world.verify().await;
}

#[tokio::test]
async fn a_host_that_is_there_and_does_not_answer_is_asked_again_about_the_same_prompt() {
    let world = World::new().await;
    let mut room = world.room("prompt_direct").await;
    world.prompt(&room, &room.hana, "hello").await;
    let (_unanswered, prompt) = room.laptop.prompted().await;
    world.settle().await;
    // As long as a host may take to answer, and a moment.
    for seconds in [30, 1] {
        time::pause();
        time::advance(Duration::from_secs(seconds)).await;
        time::resume();
        world.settle().await;
    }
    let again = room.laptop.accepts().await;
    assert_eq!(again.dispatch_id, prompt.dispatch_id, "it knows whether it has seen it");
    world.settle().await;
    assert_eq!(states(&world), "running");
    room.laptop.succeeds(&prompt).await;
    world.verify().await;
}

#[tokio::test]
async fn a_cancel_that_came_before_the_prompt_was_accepted_is_told_after_it() {
    let world = World::new().await;
    let mut room = world.room("prompt_direct").await;
    let sent = world.prompt(&room, &room.hana, "never mind").await;
    let (id, prompt) = room.laptop.prompted().await;
    room.laptop.refuse(id, &Error::with(Code::AgentUnavailable, "the agent is not running"));
    let (opening, call) = room.laptop.next().await;
    assert!(matches!(call, ServerCall::Open(_)), "{call:?}");
    world.act(&room, &room.hana, &sent["dispatch"], "cancel").await.ok(200);
    world.settle().await;
    for early in room.laptop.waiting() {
        assert_eq!(early, "cancel", "of a turn that the host does not know");
        room.laptop.cancels().await;
    }
    room.laptop.started(opening);
    room.laptop.accepts().await;
    assert_eq!(room.laptop.cancels().await, prompt.dispatch_id);
    room.laptop.reports(&prompt, cancelled()).await;
    assert_eq!(states(&world), "cancelled");
    world.verify().await;
}
