//! The main job, end to end, in one process.

use serde_json::json;
use wardroom::rpc::calls::{HostCall, Outcome};

use crate::world::{World, permission};

#[tokio::test]
async fn a_prompt_waits_through_a_kill_is_edited_approved_and_runs_once() {
    let mut world = World::new().await;
    let mut room = world.room("prompt_with_approval").await;
    let sam = world.join(&room, "Sam").await;
    let asked = world.prompt(&room, &sam, "run the whole suite with --release").await;
    world.restart().await;
    room.laptop.connect(&world).await;
    let inbox = world.get(&room.hana, "/api/approvals").await.ok(200);
    assert_eq!(inbox["approvals"][0]["id"], asked["id"]);
    let edited = json!({"action": "approve", "editedPrompt": "run the suite with --release"});
    world.decide(&room, &room.hana, &asked, edited).await.ok(200);
    let prompt = room.laptop.accepts().await;
    assert_eq!(prompt.text, "run the suite with --release");
    room.laptop.says(room.agent, "On it.").await;
    let may_i = permission(&prompt);
    room.laptop.begin(&HostCall::Permission(may_i.clone()));
    world.settle().await;

    world.restart().await;
    room.laptop.connect(&world).await;
    let (id, again) = room.laptop.prompted().await;
    assert_eq!(again.dispatch_id, prompt.dispatch_id, "asked again, not prompted again");
    room.laptop.answer(
        id,
        &wardroom::rpc::calls::Accepted { state: wardroom::rpc::calls::TurnState::Running },
    );
    let waiting = room.laptop.begin(&HostCall::Permission(may_i.clone()));
    world.settle().await;
    let inbox = world.get(&room.hana, "/api/approvals").await.ok(200);
    let yes = json!({"action": "approve", "optionId": "yes"});
    world.decide(&room, &room.hana, &inbox["approvals"][0], yes).await.ok(200);
    let outcome: Outcome = room.laptop.end(waiting).await.unwrap();
    assert_eq!(outcome, Outcome::Selected { option_id: "yes".to_owned() });
    room.laptop.delivers(room.agent, may_i.request_id).await;
    room.laptop.says(room.agent, "Done.").await;
    room.laptop.succeeds(&prompt).await;

    insta::assert_snapshot!(world.transcript(&room).await, @"
    1 0s shared_session_created - prompt_with_approval
    2 0s participant_joined Hana host
    3 0s participant_joined Sam collaborator
    4 0s prompt_pending_approval Sam run the whole suite with --release
    5 0s prompt_approved Hana run the suite with --release
    6 0s prompt_dispatch_started - sending
    7 0s agent_session_updated - running
    8 0s host_session_update - agent_message_chunk On it.
    9 0s approval_requested - permission pending
    10 0s agent_session_updated - waiting_for_approval
    11 0s approval_resolved Hana permission approved yes
    12 0s agent_session_updated - running
    13 0s host_session_update - agent_message_chunk Done.
    14 0s prompt_dispatch_completed - succeeded end_turn
    15 0s agent_session_updated - idle
    ");
    world.verify().await;
}
