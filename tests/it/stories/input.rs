//! What people say to an agent session by its own id: prompts, decisions on drafts, the end.

use serde_json::{Value, json};

use crate::world::{Answer, Caller, Room, World};

impl World {
    async fn input(&self, room: &Room, who: &Caller, body: Value) -> Answer {
        self.post(who, &format!("/api/agent-sessions/{}/input", room.agent), body).await
    }
}

#[tokio::test]
async fn a_message_is_a_prompt_by_the_rules_of_prompts() {
    let world = World::new().await;
    let mut room = world.room("prompt_with_approval").await;
    let sam = world.join(&room, "Sam").await;
    let vic = world.join_as(&room, json!({"role": "viewer", "displayName": "Vic"})).await;
    let hello = |text: &str| json!({"type": "message", "text": text});
    let waits = world.input(&room, &sam, hello("please")).await.ok(202);
    assert_eq!(
        (&waits["status"], &waits["approval"]["prompt"]),
        (&json!("pending"), &json!("please"))
    );
    assert_eq!(waits["agentSession"], json!(null));
    let goes = world.input(&room, &room.hana, hello("now")).await.ok(200);
    assert_eq!(goes["status"], "approved");
    assert_eq!(room.laptop.accepts().await.text, "now");
    world.input(&room, &vic, hello("me too")).await.refused(403, "PROMPT_NOT_ALLOWED");
    world.input(&room, &sam, hello("  ")).await.refused(400, "EMPTY_PROMPT");
    let path = format!("/api/agent-sessions/{}/input", room.agent);
    let twice = async || {
        let request = world.request(&sam, axum::http::Method::POST, &path);
        request.json(&hello("once")).key("a-key-of-sams").send().await
    };
    let (first, again) = (twice().await, twice().await);
    assert_eq!(first["approval"]["id"], again["approval"]["id"]);
    assert_eq!(again.header("idempotent-replay"), Some("true"));
    world.verify().await;
}

#[tokio::test]
async fn a_draft_is_approved_and_rejected_by_the_rules_of_decisions() {
    let world = World::new().await;
    let room = world.room("prompt_with_approval").await;
    let sam = world.join(&room, "Sam").await;
    let draft = world.letters(&room).await["draft"]["id"].take();
    let body = |kind: &str, uri: Value| json!({"type": kind, "draftId": draft, "artifactUri": uri, "reason": "as agreed"});
    world
        .input(&room, &sam, body("approve", json!("a.md")))
        .await
        .refused(403, "DECISION_NOT_ALLOWED");
    let first = world.input(&room, &room.hana, body("reject", json!("a.md"))).await.ok(200);
    assert_eq!(first["status"], "pending");
    let artifact = &first["approval"]["draft"]["artifacts"][0];
    assert_eq!(
        (&artifact["decision"], &artifact["reason"]),
        (&json!("rejected"), &json!("as agreed"))
    );
    let other = world.input(&room, &room.hana, body("approve", json!("a.md"))).await;
    other.refused(409, "APPROVAL_ALREADY_RESOLVED");
    world.input(&room, &room.hana, body("approve", json!("z.md"))).await.refused(404, "NOT_FOUND");
    let rest = world.input(&room, &room.hana, body("approve", json!(null))).await.ok(200);
    assert_eq!(rest["status"], "rejected");
    let mut unknown = body("approve", json!(null));
    unknown["draftId"] = json!(room.agent);
    world.input(&room, &room.hana, unknown).await.refused(404, "APPROVAL_NOT_FOUND");
    world.verify().await;
}

#[tokio::test]
async fn a_draft_is_discussed_too_and_a_word_about_another_one_than_was_shown_is_refused() {
    let world = World::new().await;
    let room = world.room("prompt_with_approval").await;
    let shown = world.letters(&room).await;
    let before = world.transcript(&room).await;
    let say = async |kind: &str, uri: Value, digest: Value| {
        let draft = &shown["draft"]["id"];
        let body = json!({"type": kind, "draftId": draft, "artifactUri": uri, "digest": digest, "reason": "hm"});
        world.input(&room, &room.hana, body).await
    };
    let stale = json!("0".repeat(64));
    for kind in ["approve", "reject", "discuss"] {
        let refused = say(kind, json!("a.md"), stale.clone()).await;
        let row = refused.refused(409, "DIGEST_MISMATCH")["details"]["approval"].take();
        assert_eq!(row["digest"], shown["digest"]);
    }
    say("discuss", json!(null), json!(null)).await.refused(400, "INVALID_ACTION");
    assert_eq!(world.transcript(&room).await, before);
    for _ in 0..2 {
        let said = say("discuss", json!("a.md"), shown["digest"].clone()).await.ok(200);
        let artifact = &said["approval"]["draft"]["artifacts"][0];
        assert_eq!(
            (&said["status"], &artifact["decision"]),
            (&json!("pending"), &json!("discuss"))
        );
    }
    let done = say("approve", json!(null), shown["digest"].clone()).await.ok(200);
    assert_eq!(done["status"], "approved");
    insta::assert_snapshot!(world.transcript_after(&room, 4).await, @"
    5 0s artifact_decided Hana a.md discuss hm
    6 0s approval_resolved Hana draft approved hm
    ");
    world.verify().await;
}

#[tokio::test]
async fn to_abort_is_the_end_for_those_who_may_change_its_life() {
    let world = World::new().await;
    let mut room = world.room("prompt_direct").await;
    let sam = world.join(&room, "Sam").await;
    let abort = json!({"type": "abort"});
    world.input(&room, &sam, abort.clone()).await.refused(403, "HOST_REQUIRED");
    let done = world.input(&room, &room.hana, abort.clone()).await.ok(200);
    assert_eq!(
        (&done["agentSession"]["life"], &done["approval"]),
        (&json!("aborted"), &json!(null))
    );
    assert_eq!(room.laptop.closes().await, (room.agent, false));
    world.input(&room, &room.hana, abort).await.refused(409, "ILLEGAL_TRANSITION");
    let late = json!({"type": "message", "text": "hello?"});
    world.input(&room, &sam, late).await.refused(409, "ILLEGAL_TRANSITION");
    world.verify().await;
}

#[tokio::test]
async fn other_forms_strangers_and_what_nobody_shares_are_refused() {
    let world = World::new().await;
    let room = world.room("prompt_direct").await;
    let stranger = world.user("Mallory").await;
    let other = world.room_of(&stranger, json!({})).await;
    let guest = world.join(&other, "Sam").await;
    let hello = json!({"type": "message", "text": "hello"});
    for body in [
        json!({}),
        json!({"type": "shout", "text": "hello"}),
        json!({"type": "message"}),
        json!({"type": "message", "text": "hello", "draftId": room.agent}),
        json!({"type": "approve"}),
        json!({"type": "approve", "draftId": "1"}),
        json!({"type": "postpone", "draftId": room.agent}),
        json!({"type": "discuss", "artifactUri": "a.md"}),
        json!({"type": "abort", "reason": "x"}),
    ] {
        world.input(&room, &room.hana, body).await.refused(400, "INVALID_BODY");
    }
    for who in [&stranger, &guest] {
        world.input(&room, who, hello.clone()).await.refused(404, "HOST_SESSION_NOT_FOUND");
        let abort = json!({"type": "abort"});
        world.input(&room, who, abort).await.refused(404, "HOST_SESSION_NOT_FOUND");
    }
    world.input(&room, &Caller::Nobody, hello.clone()).await.refused(401, "UNAUTHENTICATED");
    let sam = world.join(&room, "Sam").await;
    world.delete(&room.hana, &room.path("")).await.ok(200);
    for who in [&room.hana, &sam] {
        world.input(&room, who, hello.clone()).await.refused(409, "NOT_SHARED");
    }
    assert_eq!(world.look::<i64>("select count(*) from dispatches"), 0);
    world.verify().await;
}
