//! C1 to C6: the server is killed while people ask and decide.

use std::time::Duration;

use axum::http::Method;
use serde_json::json;
use wardroom::app::Key;

use super::{asked, count, states};
use crate::world::{World, work};

#[tokio::test]
async fn c01_a_prompt_in_an_open_transaction_is_not_there_and_a_retry_with_its_key_creates_one() {
    let mut world = World::new().await;
    let room = world.room("prompt_with_approval").await;
    let sam = world.join(&room, "Sam").await;
    let before = world.transcript(&room).await;
    let (app, by, id) = (world.app().clone(), world.known(&sam).await, room.session());
    let key = Key::new(by.key(), "the same key", "another route", b"").unwrap();
    let prompt = work(async move { app.submit_prompt(&by, id, "hello", Some(key)).await });
    let held = world.hold_after(vec![prompt]).await;
    world.restart().await;
    drop(held);
    assert_eq!(world.transcript(&room).await, before);
    for table in ["approvals", "messages where kind <> 'system'", "dispatches", "idempotency_keys"]
    {
        assert_eq!(world.look::<i64>(&format!("select count(*) from {table}")), 0, "{table}");
    }
    for replay in [None, Some("true")] {
        let request = world.request(&sam, Method::POST, &room.path("prompts"));
        let answer = request.key("the same key").json(&json!({"prompt": "hello"})).send().await;
        assert_eq!(answer.header("idempotent-replay"), replay);
        answer.ok(202);
    }
    insta::assert_snapshot!(world.transcript_after(&room, 3).await, @"
    4 0s prompt_pending_approval Sam hello
    ");
    world.verify().await;
}

#[tokio::test]
async fn c02_a_prompt_is_committed_and_not_answered_so_a_retry_gets_that_answer() {
    let mut world = World::new().await;
    let room = world.room("prompt_with_approval").await;
    let sam = world.join(&room, "Sam").await;
    let body = json!({"prompt": "hello"});
    let path = room.path("prompts");
    world.stop_at("prompt_pending_approval");
    let unanswered = world.request(&sam, Method::POST, &path).key("the same key").json(&body);
    let unanswered = unanswered.begin();
    world.stopped().await;
    world.restart().await;
    assert!(unanswered.await.unwrap_err().is_cancelled());
    let stored: String = world.look("select id from approvals");
    let retry = world.request(&sam, Method::POST, &path).key("the same key").json(&body);
    let retry = retry.send().await;
    assert_eq!(retry.header("idempotent-replay"), Some("true"));
    assert_eq!(retry.ok(202)["approval"]["id"], stored);
    insta::assert_snapshot!(world.transcript_after(&room, 3).await, @"
    4 0s prompt_pending_approval Sam hello
    ");
    world.verify().await;
}

#[tokio::test]
async fn c03_a_comment_is_committed_and_nobody_was_told_so_followers_get_it_by_their_position() {
    let mut world = World::new().await;
    let room = world.room("comment_only").await;
    let mut phone = world.follow(&room.hana, &room.id, Some("0")).await;
    world.settle().await;
    let position = phone.position();
    world.stop_at("message_created");
    let body = json!({"text": "hello"});
    world.request(&room.hana, Method::POST, &room.path("messages")).json(&body).begin();
    world.stopped().await;
    assert_eq!(phone.seqs(), [1, 2], "nobody was told");
    world.restart().await;
    let mut again = world.follow(&room.hana, &room.id, Some(&position)).await;
    world.settle().await;
    assert_eq!(again.words(), ["connected", "message_created"]);
    assert_eq!(again.seqs(), [3]);
    world.verify().await;
}

#[tokio::test]
async fn c04_a_pending_approval_is_still_pending_and_past_its_deadline_it_has_expired() {
    let mut world = World::new().await;
    let room = world.room_with(json!({"expiresInMinutes": 3000})).await;
    let sam = world.join(&room, "Sam").await;
    let approval = world.prompt(&room, &sam, "hello").await;
    world.clock().advance(Duration::from_hours(23));
    world.restart().await;
    assert_eq!(world.approval(&room, &approval).await, approval, "not a letter has changed");
    let inbox = world.get(&room.hana, "/api/approvals").await.ok(200);
    assert_eq!(inbox["approvals"], json!([approval]));
    world.clock().advance(Duration::from_hours(1));
    world.restart().await;
    assert_eq!(world.look::<String>("select status from approvals"), "expired");
    insta::assert_snapshot!(world.transcript_after(&room, 3).await, @"
    4 0s prompt_pending_approval Sam hello
    5 86400s approval_expired Sam prompt expired deadline
    ");
    assert_eq!(states(&world), "", "that was no yes");
    world.verify().await;
}

#[tokio::test]
async fn c05_a_decision_in_an_open_transaction_was_not_made() {
    let mut world = World::new().await;
    let (mut room, _, approval) = asked(&world).await;
    let (app, by, id) = (world.app().clone(), world.known(&room.hana).await, room.session());
    let approved = approval["id"].as_str().unwrap().parse().unwrap();
    let yes = serde_json::from_value(json!({"action": "approve"})).unwrap();
    let decide = work(async move { app.decide(&by, Some(id), approved, yes, None).await });
    let held = world.hold_after(vec![decide]).await;
    world.restart().await;
    drop(held);
    assert_eq!(world.approval(&room, &approval).await, approval);
    assert_eq!(states(&world), "");
    room.laptop.connect(&world).await;
    world.approve(&room, &approval).await;
    let prompt = room.laptop.accepts().await;
    room.laptop.succeeds(&prompt).await;
    insta::assert_snapshot!(world.transcript_after(&room, 4).await, @"
    5 0s prompt_approved Hana
    6 0s prompt_dispatch_started - sending
    7 0s agent_session_updated - running
    8 0s prompt_dispatch_completed - succeeded end_turn
    9 0s agent_session_updated - idle
    ");
    world.verify().await;
}

#[tokio::test]
async fn c06_a_decision_is_committed_and_not_answered_so_it_stands_with_one_dispatch() {
    let mut world = World::new().await;
    let (room, _, approval) = asked(&world).await;
    world.stop_at("prompt_approved");
    let path = room.path(&format!("approvals/{}", approval["id"].as_str().unwrap()));
    let yes = json!({"action": "approve", "digest": approval["digest"]});
    world.request(&room.hana, Method::POST, &path).json(&yes).begin();
    world.stopped().await;
    world.restart().await;
    let again = world.post(&room.hana, &path, yes).await.ok(200);
    assert_eq!(again["approval"]["status"], "approved");
    let edited = json!({"action": "approve", "editedPrompt": "run some tests"});
    for other in [json!({"action": "reject"}), edited] {
        let answer = world.post(&room.hana, &path, other).await;
        let body = answer.refused(409, "APPROVAL_ALREADY_RESOLVED");
        assert_eq!(body["details"]["approval"]["status"], "approved");
    }
    assert_eq!((states(&world).as_str(), count(&world, "prompt_approved")), ("queued", 1));
    world.verify().await;
}
