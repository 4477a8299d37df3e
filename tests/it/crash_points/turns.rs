//! C11 to C14: the server is killed while an agent works.

use serde_json::json;
use wardroom::rpc::calls::Outcome;

use super::{asking, running, states, success};
use crate::world::World;

#[tokio::test]
async fn c11_the_agent_is_streaming_and_what_was_not_acknowledged_comes_again_and_is_stored_once() {
    let mut world = World::new().await;
    let (mut room, prompt) = running(&world).await;
    room.laptop.says(room.agent, "one").await;
    world.stop_at("host_session_update");
    let stored = room.laptop.saying(room.agent, "two");
    room.laptop.begin(&stored);
    world.stopped().await;
    let not_stored = room.laptop.saying(room.agent, "three");
    room.laptop.begin(&not_stored);
    world.restart().await;
    room.comes_back_in(&world, &prompt).await;
    for again in [stored, not_stored] {
        room.laptop.call::<()>(again).await.unwrap();
    }
    room.laptop.says(room.agent, "four").await;
    room.laptop.succeeds(&prompt).await;
    insta::assert_snapshot!(world.transcript_after(&room, 2).await, @"
    3 0s prompt_approved Hana run the tests
    4 0s prompt_dispatch_started - sending
    5 0s agent_session_updated - running
    6 0s host_session_update - agent_message_chunk one
    7 0s host_session_update - agent_message_chunk two
    8 0s host_session_update - agent_message_chunk three
    9 0s host_session_update - agent_message_chunk four
    10 0s prompt_dispatch_completed - succeeded end_turn
    11 0s agent_session_updated - idle
    ");
    world.verify().await;
}

#[tokio::test]
async fn c12_a_report_was_not_stored_and_the_host_reports_again() {
    let mut world = World::new().await;
    let (mut room, prompt) = running(&world).await;
    let report = room.laptop.report(&prompt, success());
    let held = world.hold().await;
    let unanswered = room.laptop.begin(&report);
    assert!(!room.laptop.has_answer(unanswered));
    world.restart().await;
    drop(held);
    assert_eq!(states(&world), "running");
    room.comes_back_in(&world, &prompt).await;
    room.laptop.call::<()>(report).await.unwrap();
    insta::assert_snapshot!(world.transcript_after(&room, 2).await, @"
    3 0s prompt_approved Hana run the tests
    4 0s prompt_dispatch_started - sending
    5 0s agent_session_updated - running
    6 0s prompt_dispatch_completed - succeeded end_turn
    7 0s agent_session_updated - idle
    ");
    world.verify().await;
}

#[tokio::test]
async fn c13_a_report_is_stored_and_nobody_was_told_so_followers_get_it_by_their_position() {
    let mut world = World::new().await;
    let (mut room, prompt) = running(&world).await;
    let mut phone = world.follow(&room.hana, &room.id, Some("0")).await;
    world.settle().await;
    let position = phone.position();
    world.stop_at("prompt_dispatch_completed");
    let report = room.laptop.report(&prompt, success());
    let unanswered = room.laptop.begin(&report);
    world.stopped().await;
    assert!(phone.position() == position && !room.laptop.has_answer(unanswered));
    world.restart().await;
    let mut phone = world.follow(&room.hana, &room.id, Some(&position)).await;
    room.laptop.connect(&world).await;
    room.laptop.call::<()>(report).await.unwrap();
    world.settle().await;
    assert!(room.laptop.waiting().is_empty(), "there is nothing to ask about");
    assert_eq!(
        phone.words(),
        ["connected", "prompt_dispatch_completed", "agent_session_updated"],
        "and the report that came again changed nothing"
    );
    world.verify().await;
}

#[tokio::test]
async fn c14_a_permission_request_is_open_and_is_decided_while_the_host_is_away_and_delivered_once()
{
    let mut world = World::new().await;
    let (mut room, prompt, may_i, request) = asking(&world).await;
    world.restart().await;
    let inbox = world.get(&room.hana, "/api/approvals").await.ok(200);
    let open = &inbox["approvals"][0];
    let yes = json!({"action": "approve", "optionId": "yes", "digest": open["digest"]});
    world.decide(&room, &room.hana, open, yes).await.ok(200);
    assert_eq!(world.approval(&room, open).await["deliveredAt"], json!(null));
    world.restart().await;
    room.comes_back_in(&world, &prompt).await;
    let outcome: Outcome = room.laptop.call(may_i).await.unwrap();
    assert_eq!(outcome, Outcome::Selected { option_id: "yes".to_owned() });
    room.laptop.delivers(room.agent, request).await;
    let delivered = world.approval(&room, open).await;
    assert_eq!(delivered["deliveredAt"], "2026-01-01T00:00:00.000Z");
    room.laptop.succeeds(&prompt).await;
    assert_eq!(world.look::<i64>("select count(*) from approvals where kind = 'permission'"), 1);
    insta::assert_snapshot!(world.transcript_after(&room, 2).await, @"
    3 0s prompt_approved Hana run the tests
    4 0s prompt_dispatch_started - sending
    5 0s agent_session_updated - running
    6 0s approval_requested - permission pending
    7 0s agent_session_updated - waiting_for_approval
    8 0s approval_resolved Hana permission approved yes
    9 0s agent_session_updated - away
    10 0s agent_session_updated - running
    11 0s prompt_dispatch_completed - succeeded end_turn
    12 0s agent_session_updated - idle
    ");
    world.verify().await;
}
