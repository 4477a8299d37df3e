//! Turns whose outcome nobody knows: tried again, settled by people, or by a report that still comes.

use std::time::Duration;

use serde_json::{Value, json};
use wardroom::rpc::calls::{Prompt, TurnState};

use crate::world::{Room, World, running, states};

/// A session with a turn whose outcome nobody knows, and its dispatch. The host is there again, as another process.
pub(super) async fn lost(world: &World) -> (Room, Prompt, Value) {
    let (mut room, prompt) = running(world).await;
    room.laptop.kill();
    world.settle().await;
    room.laptop.connect(world).await;
    world.settle().await;
    let inbox = world.get(&room.hana, "/api/approvals").await.ok(200);
    (room, prompt, inbox["dispatches"][0].clone())
}

#[tokio::test]
async fn what_nobody_knows_the_outcome_of_does_not_hold_the_queue_and_is_tried_again_once() {
    let world = World::new().await;
    let (mut room, first) = running(&world).await;
    world.prompt(&room, &room.hana, "next").await;
    room.laptop.kill();
    world.settle().await;
    room.laptop.connect(&world).await;
    world.settle().await;
    let next = room.laptop.accepts().await;
    assert_eq!(next.text, "next");
    room.laptop.succeeds(&next).await;
    let unknown = json!({"id": first.dispatch_id});
    let again = world.act(&room, &room.hana, &unknown, "retry").await.ok(200)["dispatch"].take();
    assert_eq!((&again["state"], &again["retryOf"]), (&json!("queued"), &unknown["id"]));
    for action in ["retry", "mark_done", "drop"] {
        let refused = world.act(&room, &room.hana, &unknown, action).await;
        let body = refused.refused(409, "DISPATCH_NOT_UNKNOWN");
        assert_eq!(body["hint"], format!("see dispatch {}", again["id"].as_str().unwrap()));
    }
    // Nor does the file take a second one.
    let twice = "insert into dispatches (id, approval_id, session_id, agent_session_id, state, queued_at, retry_of)
                 select 'again', approval_id, session_id, agent_session_id, 'queued', queued_at, retry_of
                 from dispatches where retry_of is not null";
    assert!(world.sql(twice).unwrap_err().to_string().contains("never replaced"));
    let tried = room.laptop.accepts().await;
    assert_eq!(
        (tried.text.as_str(), json!(tried.dispatch_id)),
        ("run the tests", again["id"].clone())
    );
    room.laptop.succeeds(&tried).await;
    assert_eq!(states(&world), "unknown succeeded succeeded");
    insta::assert_snapshot!(world.transcript_after(&room, 5).await, @"
    6 0s prompt_approved Hana next
    7 0s host_disconnected laptop
    8 0s agent_session_updated - away
    9 0s prompt_dispatch_unknown - unknown
    10 0s agent_session_updated - stopped
    11 0s host_connected laptop
    12 0s agent_session_updated - idle
    13 0s prompt_dispatch_started - sending
    14 0s agent_session_updated - running
    15 0s prompt_dispatch_completed - succeeded end_turn
    16 0s agent_session_updated - idle
    17 0s prompt_dispatch_settled - unknown
    18 0s prompt_dispatch_started - sending
    19 0s agent_session_updated - running
    20 0s prompt_dispatch_completed - succeeded end_turn
    21 0s agent_session_updated - idle
    ");
    world.verify().await;
}

#[tokio::test]
async fn a_retry_that_is_lost_too_is_tried_again_in_its_turn() {
    let world = World::new().await;
    let (mut room, _, unknown) = lost(&world).await;
    world.act(&room, &room.hana, &unknown, "retry").await.ok(200);
    room.laptop.accepts().await;
    room.laptop.kill();
    world.settle().await;
    room.laptop.connect(&world).await;
    world.settle().await;
    let inbox = world.get(&room.hana, "/api/approvals").await.ok(200);
    assert_eq!(inbox["dispatches"].as_array().unwrap().len(), 1, "the first was dealt with");
    world.act(&room, &room.hana, &inbox["dispatches"][0], "retry").await.ok(200);
    let prompt = room.laptop.accepts().await;
    room.laptop.succeeds(&prompt).await;
    assert_eq!(states(&world), "unknown unknown succeeded");
    world.verify().await;
}

#[tokio::test]
async fn what_nobody_knows_is_marked_done_or_dropped_by_the_host_also_after_the_end() {
    for (action, state) in [("mark_done", "succeeded"), ("drop", "cancelled")] {
        for ended in [false, true] {
            let world = World::new().await;
            let (room, _, unknown) = lost(&world).await;
            let sam = world.join(&room, "Sam").await;
            if ended {
                world.post(&room.hana, &room.path("close"), json!({})).await.ok(200);
                let late = world.act(&room, &room.hana, &unknown, "retry").await;
                late.refused(409, "SESSION_INACTIVE");
            }
            world.act(&room, &sam, &unknown, action).await.refused(403, "HOST_REQUIRED");
            let it = world.act(&room, &room.hana, &unknown, action).await.ok(200);
            assert_eq!(it["dispatch"]["state"], state);
            let again = world.act(&room, &room.hana, &unknown, action).await;
            again.refused(409, "DISPATCH_NOT_UNKNOWN");
            let inbox = world.get(&room.hana, "/api/approvals").await.ok(200);
            assert_eq!(inbox["dispatches"], json!([]));
            let log = world.transcript(&room).await;
            assert!(log.ends_with(&format!("prompt_dispatch_settled - {state}")), "{log}");
            world.verify().await;
        }
    }
}

#[tokio::test]
async fn a_report_that_still_comes_settles_what_nobody_knew() {
    let world = World::new().await;
    let (mut room, prompt) = running(&world).await;
    room.laptop.disconnect();
    world.pass(Duration::from_mins(10) - Duration::from_millis(1)).await;
    assert_eq!(states(&world), "running");
    world.pass(Duration::from_millis(1)).await;
    assert_eq!(states(&world), "unknown");
    room.laptop.connect(&world).await;
    world.settle().await;
    room.laptop.says(room.agent, "I was never away.").await;
    room.laptop.succeeds(&prompt).await;
    insta::assert_snapshot!(world.transcript_after(&room, 5).await, @"
    6 0s host_disconnected laptop
    7 0s agent_session_updated - away
    8 600s prompt_dispatch_unknown - unknown
    9 600s host_connected laptop
    10 600s agent_session_updated - idle
    11 600s host_session_update - agent_message_chunk I was never away.
    12 600s prompt_dispatch_settled - succeeded end_turn
    ");
    world.verify().await;
}

#[tokio::test]
async fn a_retry_that_waits_is_taken_back_when_a_report_still_comes() {
    let world = World::new().await;
    let (mut room, prompt) = running(&world).await;
    room.laptop.disconnect();
    world.pass(Duration::from_mins(10)).await;
    let unknown = json!({"id": prompt.dispatch_id});
    let retry = world.act(&room, &room.hana, &unknown, "retry").await.ok(200)["dispatch"].take();
    let mut hello = room.laptop.hello();
    hello.open.dispatches = vec![prompt.dispatch_id];
    room.laptop.try_connect(&world, hello).await.unwrap();
    world.settle().await;
    assert_eq!(states(&world), "unknown queued");
    room.laptop.succeeds(&prompt).await;
    world.settle().await;
    assert_eq!(states(&world), "succeeded cancelled");
    assert!(room.laptop.waiting().is_empty(), "the prompt reached its agent once");
    insta::assert_snapshot!(world.transcript_after(&room, 7).await, @"
    8 600s prompt_dispatch_unknown - unknown
    9 600s prompt_dispatch_settled - unknown
    10 600s host_connected laptop
    11 600s agent_session_updated - idle
    12 600s prompt_dispatch_cancelled - cancelled
    13 600s prompt_dispatch_settled - succeeded end_turn
    ");
    let approvals = world.get(&room.hana, &room.path("approvals")).await.ok(200);
    let approval = &approvals["approvals"][0];
    assert_eq!(
        (&approval["status"], &approval["dispatch"]["id"]),
        (&json!("approved"), &unknown["id"])
    );
    assert_eq!(world.look::<String>("select dispatch from v_approvals"), "succeeded");
    let events = world.get(&room.hana, &room.path("events?after=7")).await.ok(200);
    let named = &events["events"][1]["payload"];
    assert_eq!(
        (&named["dispatch"]["id"], &named["retry"]),
        (&unknown["id"], &retry),
        "it is told when it is queued"
    );
    world.verify().await;
}

#[tokio::test]
async fn a_retry_whose_agent_is_just_starting_is_taken_back_too() {
    let world = World::new().await;
    let (mut room, prompt) = running(&world).await;
    room.laptop.disconnect();
    world.pass(Duration::from_mins(10)).await;
    world.act(&room, &room.hana, &json!({"id": prompt.dispatch_id}), "retry").await.ok(200);
    room.laptop.connect(&world).await;
    let (id, _open) = room.laptop.next().await;
    world.settle().await;
    assert_eq!(states(&world), "unknown leased");
    room.laptop.reports(&prompt, TurnState::Failed { error: "no network".to_owned() }).await;
    room.laptop.started(id);
    world.settle().await;
    assert_eq!(states(&world), "failed cancelled");
    assert!(room.laptop.waiting().is_empty(), "nothing was sent");
    let failed = world.get(&room.hana, &room.path("approvals?status=failed")).await.ok(200);
    assert_eq!(
        failed["approvals"][0]["errorMessage"], "no network",
        "what became of the first try"
    );
    world.verify().await;
}

#[tokio::test]
async fn a_retry_that_was_sent_goes_on_whatever_is_reported_of_the_first_try() {
    let world = World::new().await;
    let (mut room, prompt) = running(&world).await;
    room.laptop.disconnect();
    world.pass(Duration::from_mins(10)).await;
    world.act(&room, &room.hana, &json!({"id": prompt.dispatch_id}), "retry").await.ok(200);
    room.laptop.connect(&world).await;
    let tried = room.laptop.accepts().await;
    room.laptop.succeeds(&prompt).await;
    world.settle().await;
    assert_eq!(states(&world), "succeeded running");
    room.laptop.reports(&tried, TurnState::Failed { error: "no network".to_owned() }).await;
    let approvals = world.get(&room.hana, &room.path("approvals?status=failed")).await.ok(200);
    assert_eq!(approvals["approvals"][0]["dispatch"]["id"], json!(tried.dispatch_id));
    world.verify().await;
}

#[tokio::test]
async fn what_another_process_says_of_a_turn_is_dropped() {
    let world = World::new().await;
    let (mut room, prompt, unknown) = lost(&world).await;
    let before = world.transcript(&room).await;
    room.laptop.succeeds(&prompt).await;
    room.laptop.reports(&prompt, TurnState::Running).await;
    assert_eq!(world.transcript(&room).await, before);
    // Nor does it count where that process has the retry.
    world.act(&room, &room.hana, &unknown, "retry").await.ok(200);
    let tried = room.laptop.accepts().await;
    room.laptop.succeeds(&prompt).await;
    room.laptop.succeeds(&tried).await;
    room.laptop.reports(&tried, TurnState::Failed { error: "late".to_owned() }).await;
    assert_eq!(states(&world), "unknown succeeded");
    world.verify().await;
}

#[tokio::test]
async fn what_is_queued_waits_for_a_turn_that_goes_on_at_a_host_that_was_away_too_long() {
    let world = World::new().await;
    let (mut room, prompt) = running(&world).await;
    world.prompt(&room, &room.hana, "and then this").await;
    room.laptop.disconnect();
    world.pass(Duration::from_mins(10)).await;
    assert_eq!(states(&world), "unknown queued");
    let mut hello = room.laptop.hello();
    hello.open.dispatches = vec![prompt.dispatch_id];
    room.laptop.try_connect(&world, hello).await.unwrap();
    let unknown = json!({"id": prompt.dispatch_id});
    world.act(&room, &room.hana, &unknown, "drop").await.ok(200);
    world.settle().await;
    assert!(
        room.laptop.waiting().is_empty(),
        "its agent is busy, whatever people say about the turn"
    );
    room.laptop.succeeds(&prompt).await;
    let next = room.laptop.accepts().await;
    assert_eq!(next.text, "and then this");
    room.laptop.succeeds(&next).await;
    assert_eq!(states(&world), "cancelled succeeded");
    world.verify().await;
}
