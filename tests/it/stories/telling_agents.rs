//! A rejection whose reason goes to the agent, too, as the next prompt.

use serde_json::{Value, json};
use wardroom::rpc::calls::{HostCall, Outcome};

use crate::world::{Room, World, permission, running, states};

/// A session with a turn that asks for permission, and what it asks.
async fn asked(world: &World) -> (Room, wardroom::rpc::calls::Prompt, u64, Value) {
    let (mut room, prompt) = running(world).await;
    let call = room.laptop.begin(&HostCall::Permission(permission(&prompt)));
    world.settle().await;
    let inbox = world.get(&room.hana, "/api/approvals").await.ok(200);
    (room, prompt, call, inbox["approvals"][0].clone())
}

fn no(reason: &str) -> Value {
    json!({"action": "reject", "reason": reason, "tellAgent": true})
}

#[tokio::test]
async fn the_reason_of_a_rejection_is_queued_as_the_next_prompt_with_the_rejection_itself() {
    let world = World::new().await;
    let (mut room, prompt, call, approval) = asked(&world).await;
    let answer = world.decide(&room, &room.hana, &approval, no("use cargo nextest")).await.ok(200);
    assert_eq!(answer["approval"]["status"], "rejected");
    let outcome = room.laptop.end::<Outcome>(call).await.unwrap();
    assert_eq!(outcome, Outcome::Selected { option_id: "no".to_owned() });
    assert_eq!(states(&world), "running queued", "the turn that asked goes on");
    // The same again is no error, and tells the agent nothing again.
    world.decide(&room, &room.hana, &approval, no("use cargo nextest")).await.ok(200);
    room.laptop.succeeds(&prompt).await;
    let next = room.laptop.accepts().await;
    assert_eq!(next.text, "use cargo nextest");
    room.laptop.succeeds(&next).await;
    assert_eq!(states(&world), "succeeded succeeded");
    insta::assert_snapshot!(world.transcript_after(&room, 5).await, @"
    6 0s approval_requested - permission pending
    7 0s agent_session_updated - waiting_for_approval
    8 0s approval_resolved Hana permission rejected no use cargo nextest
    9 0s agent_session_updated - running
    10 0s prompt_approved Hana use cargo nextest
    11 0s prompt_dispatch_completed - succeeded end_turn
    12 0s agent_session_updated - idle
    13 0s prompt_dispatch_started - sending
    14 0s agent_session_updated - running
    15 0s prompt_dispatch_completed - succeeded end_turn
    16 0s agent_session_updated - idle
    ");
    world.verify().await;
}

#[tokio::test]
async fn the_agent_is_told_by_those_who_may_prompt_directly_and_by_nobody_else() {
    let world = World::new().await;
    let room = world.room("prompt_with_approval").await;
    let (sam, tess) = (world.join(&room, "Sam").await, world.join(&room, "Tess").await);
    world.sql("update participants set can_decide = 1 where display_name = 'Tess'").unwrap();
    let approval = world.prompt(&room, &sam, "run the tests").await;
    let before = world.transcript(&room).await;
    let refused = world.decide(&room, &tess, &approval, no("not now")).await;
    refused.refused(403, "PROMPT_NOT_ALLOWED");
    let refused = world.decide(&room, &sam, &approval, no("not now")).await;
    refused.refused(403, "DECISION_NOT_ALLOWED");
    assert_eq!(world.transcript(&room).await, before, "nor was it rejected");
    world.sql("update sessions set mode = 'prompt_direct'").unwrap();
    world.decide(&room, &tess, &approval, no("not now")).await.ok(200);
    world.settle().await;
    insta::assert_snapshot!(world.transcript_after(&room, 5).await, @"
    6 0s prompt_rejected Tess not now
    7 0s prompt_approved Tess not now
    ");
    world.verify().await;
}

#[tokio::test]
async fn only_a_rejection_with_a_reason_tells_the_agent_anything() {
    let world = World::new().await;
    let (room, _, _, approval) = asked(&world).await;
    for (decision, status, code) in [
        (json!({"action": "approve", "reason": "go on", "tellAgent": true}), 400, "INVALID_ACTION"),
        (json!({"action": "reject", "tellAgent": true}), 400, "EMPTY_PROMPT"),
        (no(" \n"), 400, "EMPTY_PROMPT"),
        (json!({"action": "reject", "reason": "no", "tellAgent": "yes"}), 400, "INVALID_BODY"),
    ] {
        world.decide(&room, &room.hana, &approval, decision).await.refused(status, code);
    }
    assert_eq!(world.approval(&room, &approval).await["status"], "pending");
    let quiet = json!({"action": "reject", "reason": "no", "tellAgent": false});
    world.decide(&room, &room.hana, &approval, quiet).await.ok(200);
    assert_eq!(states(&world), "running");
    world.verify().await;
}

#[tokio::test]
async fn a_rejection_that_told_the_agent_nothing_does_not_become_one_that_does() {
    let world = World::new().await;
    let (room, _, _, approval) = asked(&world).await;
    let quiet = json!({"action": "reject", "reason": "use cargo nextest"});
    world.decide(&room, &room.hana, &approval, quiet.clone()).await.ok(200);
    let late = world.decide(&room, &room.hana, &approval, no("use cargo nextest")).await;
    let refused = late.refused(409, "APPROVAL_ALREADY_RESOLVED");
    assert_eq!(refused["details"]["approval"]["reason"], "use cargo nextest");
    world.decide(&room, &room.hana, &approval, quiet).await.ok(200);
    assert_eq!(states(&world), "running");
    world.verify().await;
}

#[tokio::test]
async fn of_what_the_agent_was_told_another_reason_is_another_decision() {
    let world = World::new().await;
    let (room, _, _, approval) = asked(&world).await;
    world.decide(&room, &room.hana, &approval, no("use cargo nextest")).await.ok(200);
    world.pass(std::time::Duration::from_secs(1)).await;
    let other = world.decide(&room, &room.hana, &approval, no("use make")).await;
    other.refused(409, "APPROVAL_ALREADY_RESOLVED");
    // The same, or no wish to tell, is what was done.
    world.decide(&room, &room.hana, &approval, no(" use cargo nextest\n")).await.ok(200);
    let quiet = json!({"action": "reject"});
    world.decide(&room, &room.hana, &approval, quiet).await.ok(200);
    assert_eq!(states(&world), "running queued");
    world.verify().await;
}

#[tokio::test]
async fn a_decision_that_tells_the_agent_why_is_repeated_with_its_key() {
    let world = World::new().await;
    let (room, _, _, approval) = asked(&world).await;
    for path in [room.path("approvals"), "/api/approvals".to_owned()] {
        let path = format!("{path}/{}", approval["id"].as_str().unwrap());
        let send = async |body: Value, key: &str| {
            let request = world.request(&room.hana, axum::http::Method::POST, &path);
            request.json(&body).key(key).send().await
        };
        let key = format!("key of {path}");
        let first = send(no("use cargo nextest"), &key).await;
        assert_eq!(first.header("idempotent-replay"), None);
        let again = send(no("use cargo nextest"), &key).await;
        assert_eq!(again.header("idempotent-replay"), Some("true"));
        assert_eq!(first.ok(200), again.ok(200));
        send(no("use make"), &key).await.refused(422, "IDEMPOTENCY_MISMATCH");
    }
    assert_eq!(states(&world), "running queued");
    world.verify().await;
}
