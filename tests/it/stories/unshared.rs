//! What a host offers and tells while nobody shares its agent session: kept for its owner, and for the next session.

use std::time::Duration;

use serde_json::{Value, json};
use wardroom::domain::{AgentSessionId, OutputStream, SessionEvent};

use crate::world::{Caller, Machine, World, letter};

/// Hana, her laptop, and an agent session that she shares with nobody.
async fn alone(world: &World) -> (Caller, Machine, AgentSessionId) {
    let hana = world.user("Hana").await;
    let mut laptop = Machine::new(&hana);
    laptop.connect(world).await;
    let agent = world.agent(&hana, &mut laptop).await;
    (hana, laptop, agent)
}

async fn drafts(world: &World, who: &Caller, agent: AgentSessionId) -> Vec<Value> {
    let list = world.get(who, &format!("/api/agent-sessions/{agent}/drafts")).await.ok(200);
    list["approvals"].as_array().unwrap().clone()
}

fn words(approvals: &[Value]) -> Vec<String> {
    let word = |it: &Value| {
        let shared = if it["sharedSessionId"].is_null() { "unshared" } else { "shared" };
        format!("{} {} {shared}", it["action"].as_str().unwrap(), it["status"].as_str().unwrap())
    };
    approvals.iter().map(word).collect()
}

#[tokio::test]
async fn a_draft_waits_for_the_owner_of_its_agent_session_and_is_shown_when_that_is_shared() {
    let mut world = World::new().await;
    let (hana, mut laptop, agent) = alone(&world).await;
    for summary in ["One", "Two"] {
        let offer = letter(agent, summary);
        for _ in 0..2 {
            laptop.call::<()>(offer.clone()).await.unwrap();
        }
    }
    world.restart().await;
    laptop.connect(&world).await;
    world.pass(Duration::from_hours(48)).await;
    assert_eq!(
        words(&drafts(&world, &hana, agent).await),
        ["Two pending unshared", "One pending unshared"]
    );
    let inbox = world.get(&hana, "/api/approvals").await.ok(200)["approvals"].take();
    assert_eq!(words(inbox.as_array().unwrap()), ["One pending unshared", "Two pending unshared"]);

    // Its owner may say something about it at once.
    let (one, two) = (&inbox[0], &inbox[1]);
    let path = |it: &Value| format!("/api/approvals/{}", it["id"].as_str().unwrap());
    let stale = json!({"action": "approve", "digest": two["digest"]});
    world.post(&hana, &path(one), stale).await.refused(409, "DIGEST_MISMATCH");
    for _ in 0..2 {
        let yes = json!({"action": "approve", "digest": one["digest"]});
        let done = world.post(&hana, &path(one), yes).await.ok(200)["approval"].take();
        assert_eq!(done["status"], "approved");
        assert_eq!(done["draft"]["artifacts"][1]["decision"], "approved");
    }
    let other = json!({"action": "reject"});
    world.post(&hana, &path(one), other).await.refused(409, "APPROVAL_ALREADY_RESOLVED");
    let part = json!({"action": "discuss", "artifactUri": "a.md", "reason": "hm"});
    world.post(&hana, &path(two), part).await.ok(200);
    let resolved = world.get(&hana, "/api/approvals?status=resolved").await.ok(200);
    assert_eq!(words(resolved["approvals"].as_array().unwrap()), ["One approved unshared"]);

    let room = world.share(hana, laptop, agent, json!({"expiresInMinutes": 600})).await;
    assert_eq!(
        words(&drafts(&world, &room.hana, agent).await),
        ["Two pending shared", "One approved unshared"]
    );
    let shown = world.approval(&room, two).await;
    assert_eq!(shown["expiresAt"], "2026-01-03T10:00:00.000Z", "as its session");
    assert_eq!(shown["draft"]["artifacts"][0]["decision"], "discuss");
    world.decide(&room, &room.hana, two, json!({"action": "reject"})).await.ok(200);
    insta::assert_snapshot!(world.transcript_after(&room, 2).await, @"
    3 172800s approval_requested - draft pending
    4 172800s draft_ready - Two
    5 172800s approval_resolved Hana draft rejected
    ");
    world.verify().await;
}

#[tokio::test]
async fn a_draft_that_nobody_shares_is_its_owners_alone() {
    let world = World::new().await;
    let (hana, mut laptop, agent) = alone(&world).await;
    laptop.call::<()>(letter(agent, "Mine")).await.unwrap();
    let draft = drafts(&world, &hana, agent).await.remove(0);
    let path = format!("/api/approvals/{}", draft["id"].as_str().unwrap());
    let stranger = world.user("Mallory").await;
    let (read, runs) = (world.scoped(&hana, "read").await, world.scoped(&hana, "host").await);
    let yes = json!({"action": "approve"});
    for (who, shown, refused) in [
        (&stranger, None, (404, "APPROVAL_NOT_FOUND")),
        (&Caller::Nobody, None, (401, "UNAUTHENTICATED")),
        (&world.ada, Some(()), (403, "DECISION_NOT_ALLOWED")),
        (&read, Some(()), (403, "DECISION_NOT_ALLOWED")),
        (&runs, Some(()), (403, "DECISION_NOT_ALLOWED")),
    ] {
        world.post(who, &path, yes.clone()).await.refused(refused.0, refused.1);
        match shown {
            Some(()) => drop(world.get(who, &path).await.ok(200)),
            None => drop(world.get(who, &path).await.refused(refused.0, refused.1)),
        }
    }
    let list = format!("/api/agent-sessions/{agent}/drafts");
    world.get(&stranger, &list).await.refused(404, "HOST_SESSION_NOT_FOUND");
    world.get(&Caller::Nobody, &list).await.refused(401, "UNAUTHENTICATED");
    assert_eq!(drafts(&world, &world.ada, agent).await.len(), 1, "an admin reads");
    let inbox = world.get(&stranger, "/api/approvals").await.ok(200);
    assert_eq!(inbox["approvals"], json!([]));
    let more = json!({"expiresInMinutes": 1440});
    world.patch(&hana, &path, more).await.refused(404, "APPROVAL_NOT_FOUND");
    // No more of them wait than people can look at.
    for _ in 1..50 {
        laptop.call::<()>(letter(agent, "One more")).await.unwrap();
    }
    let refused = laptop.call::<()>(letter(agent, "Too many")).await.unwrap_err();
    assert_eq!(refused.code, wardroom::Code::RateLimited);
    let by_hand =
        "update approvals set session_id = (select max(id) from sessions) where kind = 'draft'";
    let room = world.room_of(&stranger, json!({})).await;
    let refused = world.sql(by_hand).unwrap_err().to_string();
    assert!(refused.contains("what is asked is never changed"), "{refused} {}", room.id);
    world.verify().await;
}

#[tokio::test]
async fn what_a_host_tells_of_an_unshared_agent_session_stands_where_it_was_told_once_that_is_shared()
 {
    let mut world = World::new().await;
    let (hana, mut laptop, agent) = alone(&world).await;
    let status = |message: &str| SessionEvent::StatusUpdate { message: message.to_owned() };
    laptop.says(agent, "one").await;
    let two = laptop.telling(agent, status("two"));
    for _ in 0..2 {
        laptop.call::<()>(two.clone()).await.unwrap();
    }
    world.restart().await;
    laptop.connect(&world).await;
    laptop.says(agent, "three").await;
    for event in [
        status(""),
        SessionEvent::GoalComplete { goal_id: None },
        SessionEvent::AgentOutput { stream: OutputStream::Stdout, content: "secret".to_owned() },
        SessionEvent::GoalComplete { goal_id: Some("ship it".to_owned()) },
        SessionEvent::WaitingForInput { prompt: "Which branch?".to_owned() },
    ] {
        let call = laptop.telling(agent, event);
        laptop.call::<()>(call).await.unwrap();
    }
    let room = world.share(hana, laptop, agent, json!({})).await;
    insta::assert_snapshot!(world.transcript_after(&room, 2).await, @"
    3 0s host_session_update - agent_message_chunk one
    4 0s status_update - two
    5 0s host_session_update - agent_message_chunk three
    6 0s goal_complete - ship it
    7 0s waiting_for_input - Which branch?
    ");
    world.verify().await;
}
