//! Prompts: who may send them, and what they become.

use serde_json::{Value, json};
use wardroom::domain::{ApprovalKind, decided_digest, shown_digest};

use crate::world::{World, masked};

#[tokio::test]
async fn a_prompt_waits_goes_at_once_or_is_refused_as_the_mode_and_the_role_say() {
    let world = World::new().await;
    for (mode, collaborator) in [
        ("view_only", 403),
        ("comment_only", 403),
        ("prompt_with_approval", 202),
        ("prompt_direct", 200),
    ] {
        let room = world.room_of(&world.ada, json!({"mode": mode})).await;
        let sam = world.join(&room, "Sam").await;
        let vic = world.join_as(&room, json!({"role": "viewer"})).await;
        for (caller, status) in [(&room.hana, 200), (&sam, collaborator), (&vic, 403)] {
            let body = json!({"prompt": "hello"});
            let answer = world.post(caller, &room.path("prompts"), body).await;
            match status {
                403 => drop(answer.refused(403, "PROMPT_NOT_ALLOWED")),
                200 => assert_eq!(answer.ok(200)["status"], "approved"),
                _ => assert_eq!(answer.ok(202)["status"], "pending"),
            }
        }
    }
    world.verify().await;
}

#[tokio::test]
async fn a_held_prompt_is_stored_with_its_message_and_the_digest_of_what_is_shown() {
    let world = World::new().await;
    let room = world.room("prompt_with_approval").await;
    let sam = world.join(&room, "Sam").await;
    let approval = world.prompt(&room, &sam, "  Run the tests.\r\nAll of them. ").await;
    insta::assert_snapshot!(masked(&approval), @r#"
    {
      "id": "<id>",
      "kind": "prompt",
      "sharedSessionId": "<id>",
      "agentSessionId": "<id>",
      "participantId": "<id>",
      "agentId": null,
      "hostId": null,
      "askedByUserId": null,
      "systemLevel": false,
      "resolveRequest": null,
      "action": "Sam wants to send a prompt",
      "prompt": "Run the tests.\nAll of them.",
      "editedPrompt": null,
      "details": {},
      "options": [],
      "digest": "<hash>",
      "status": "pending",
      "createdAt": "2026-01-01T00:00:00.000Z",
      "expiresAt": "2026-01-02T00:00:00.000Z",
      "resolvedAt": null,
      "resolvedByParticipantId": null,
      "resolvedByUserId": null,
      "optionId": null,
      "answer": null,
      "reason": null,
      "deliveredAt": null,
      "suggestions": [],
      "dispatch": null,
      "draft": null,
      "errorMessage": null
    }
    "#);
    let text = "Run the tests.\nAll of them.";
    let digest = shown_digest(ApprovalKind::Prompt, text, &[], &json!({})).unwrap();
    assert_eq!(approval["digest"], digest);
    let message = world.get(&sam, &room.path("messages")).await.ok(200)["messages"][1].take();
    assert_eq!((&message["kind"], &message["text"]), (&json!("prompt"), &json!(text)));
    assert_eq!(message["approvalId"], approval["id"]);
    insta::assert_snapshot!(world.transcript(&room).await, @"
    1 0s shared_session_created - prompt_with_approval
    2 0s participant_joined Hana host
    3 0s participant_joined Sam collaborator
    4 0s prompt_pending_approval Sam Run the tests.
    All of them.
    ");
    world.verify().await;
}

#[tokio::test]
async fn a_direct_prompt_is_approved_by_its_author_and_queued_in_one_transaction() {
    let world = World::new().await;
    let mut room = world.room("prompt_direct").await;
    room.laptop.disconnect();
    world.settle().await;
    let sam = world.join(&room, "Sam").await;
    let approval = world.prompt(&room, &sam, "hello").await;
    assert_eq!(approval["resolvedByParticipantId"], approval["participantId"]);
    assert_eq!(approval["dispatch"]["state"], "queued");
    let stored: String = world.look("select decided_digest from approvals");
    assert_eq!(stored, decided_digest("hello"));
    insta::assert_snapshot!(world.transcript_after(&room, 3).await, @"
    4 0s agent_session_updated - away
    5 0s participant_joined Sam collaborator
    6 0s prompt_approved Sam hello
    ");
    world.verify().await;
}

#[tokio::test]
async fn what_cannot_be_a_prompt_is_refused() {
    let world = World::new().await;
    let room = world.room("prompt_direct").await;
    let before = world.transcript(&room).await;
    for (text, code) in
        [("", "EMPTY_PROMPT"), (" \n ", "EMPTY_PROMPT"), ("a\u{8}", "TEXT_NOT_ALLOWED")]
    {
        let body = json!({"prompt": text});
        world.post(&room.hana, &room.path("prompts"), body).await.refused(400, code);
    }
    let body = json!({"prompt": "x", "attachments": []});
    world.post(&room.hana, &room.path("prompts"), body).await.refused(400, "INVALID_BODY");
    assert_eq!(world.transcript(&room).await, before);
}

#[tokio::test]
async fn nobody_floods_a_host_with_what_waits() {
    let world = World::new().await;
    let room = world.room("prompt_with_approval").await;
    let sam = world.join(&room, "Sam").await;
    let mut first = Value::Null;
    for n in 0..5 {
        let approval = world.prompt(&room, &sam, &n.to_string()).await;
        if n == 0 {
            first = approval;
        }
    }
    let body = json!({"prompt": "one more"});
    let answer = world.post(&sam, &room.path("prompts"), body.clone()).await;
    answer.refused(429, "RATE_LIMITED");
    assert_eq!(answer.header("retry-after"), Some("30"));
    let path = room.path(&format!("approvals/{}", first["id"].as_str().unwrap()));
    world.delete(&sam, &path).await.ok(200);
    world.post(&sam, &room.path("prompts"), body.clone()).await.ok(202);
    // Fifty of a session, whoever asks.
    for n in 0..9 {
        let somebody = world.join(&room, &format!("Guest {n}")).await;
        for text in 0..5 {
            world.prompt(&room, &somebody, &text.to_string()).await;
        }
    }
    let late = world.join(&room, "Late").await;
    let answer = world.post(&late, &room.path("prompts"), body.clone()).await;
    answer.refused(429, "RATE_LIMITED");
    // Of the host's own nothing waits.
    world.post(&room.hana, &room.path("prompts"), body).await.ok(200);
    world.verify().await;
}

#[tokio::test]
async fn an_agent_session_that_has_ended_takes_no_prompts() {
    let world = World::new().await;
    let room = world.room("prompt_direct").await;
    world
        .sql("update agent_sessions set life = 'aborted', ended_at = '2026-01-01T00:00:00.000Z'")
        .unwrap();
    let answer = world.post(&room.hana, &room.path("prompts"), json!({"prompt": "x"})).await;
    answer.refused(409, "ILLEGAL_TRANSITION");
}
