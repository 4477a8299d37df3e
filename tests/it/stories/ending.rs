//! How sessions end, and what ends with them: all of it in one transaction.

use std::time::Duration;

use serde_json::{Value, json};
use wardroom::rpc::calls::{HostCall, Outcome, TurnState};

use crate::world::{Caller, Room, World, permission};

/// A session with everything in it that can be open: a running turn that asks, a queued prompt, a pending one.
async fn busy(world: &World) -> (Room, Caller, wardroom::rpc::calls::Prompt, u64) {
    let mut room = world.room("prompt_with_approval").await;
    let sam = world.join(&room, "Sam").await;
    world.prompt(&room, &room.hana.clone(), "running").await;
    let prompt = room.laptop.accepts().await;
    world.prompt(&room, &room.hana.clone(), "queued").await;
    world.prompt(&room, &sam, "pending").await;
    let asking = room.laptop.begin(&HostCall::Permission(permission(&prompt)));
    world.settle().await;
    (room, sam, prompt, asking)
}

#[tokio::test]
async fn closing_ends_everything_that_is_open_and_late_words_of_the_turn_still_follow() {
    let world = World::new().await;
    let (mut room, sam, prompt, asking) = busy(&world).await;
    let before = world.store().commits();
    let closed = world.post(&room.hana, &room.path("close"), json!({})).await.ok(200);
    let after = world.store().commits();
    assert_eq!(after.1 - before.1, 1, "one unit of work");
    assert_eq!(closed["session"]["closedAt"], "2026-01-01T00:00:00.000Z");
    assert_eq!(room.laptop.end::<Outcome>(asking).await.unwrap(), Outcome::Cancelled);
    assert_eq!(room.laptop.cancels().await, prompt.dispatch_id);
    room.laptop.says(room.agent, "as you wish").await;
    let stopped = TurnState::Cancelled { stop_reason: "cancelled".to_owned() };
    room.laptop.reports(&prompt, stopped).await;
    insta::assert_snapshot!(world.transcript_after(&room, 3).await, @"
    4 0s prompt_approved Hana running
    5 0s prompt_dispatch_started - sending
    6 0s agent_session_updated - running
    7 0s prompt_approved Hana queued
    8 0s prompt_pending_approval Sam pending
    9 0s approval_requested - permission pending
    10 0s agent_session_updated - waiting_for_approval
    11 0s approval_expired Sam prompt expired session_ended
    12 0s approval_expired - permission expired session_ended
    13 0s prompt_dispatch_cancelled - cancelled
    14 0s agent_session_updated - running
    15 0s session_closed Hana closed
    16 0s host_session_update - agent_message_chunk as you wish
    17 0s prompt_dispatch_cancelled - cancelled cancelled
    ");
    let events = world.events(&room).await;
    let closed = events.iter().position(|it| it["type"] == "session_closed").unwrap();
    assert_eq!(events[closed]["payload"]["by"], events[1]["payload"]["participant"]["id"]);
    let shown = world.get(&sam, &room.path("")).await.ok(200);
    assert_eq!(shown["session"]["lastSeq"], events.len());
    for participant in shown["participants"].as_array().unwrap() {
        assert_eq!(participant["leftReason"], "ended");
    }
    assert!(room.laptop.waiting().is_empty(), "the queued prompt is not sent");
    world.verify().await;
}

#[tokio::test]
async fn who_closed_a_session_is_kept_also_when_it_was_an_admin_without_a_seat() {
    let id = |json: &Value| json.as_str().unwrap().to_owned();
    for (by_ada, leaves) in [(true, false), (false, false), (false, true)] {
        let world = World::new().await;
        let ada = id(&world.get(&world.ada, "/api/me").await.ok(200)["user"]["id"]);
        let (room, _, prompt, _) = busy(&world).await;
        let host = world.events(&room).await[1]["payload"]["participant"]["id"].clone();
        match (by_ada, leaves) {
            (true, _) => world.delete(&world.ada, &room.path("")).await,
            (_, true) => world.post(&room.hana, &room.path("leave"), json!({"close": true})).await,
            _ => world.post(&room.hana, &room.path("close"), json!({})).await,
        }
        .ok(200);
        let by = if by_ada { ada.clone() } else { id(&host) };
        let events = world.events(&room).await;
        let closed = events.iter().find(|it| it["type"] == "session_closed").unwrap();
        assert_eq!(closed["payload"], json!({"status": "closed", "by": by}));
        let row = format!("select closed_by from sessions where id = '{}'", room.id);
        assert_eq!(world.look::<Option<String>>(&row), Some(by.clone()));
        let turn = prompt.dispatch_id;
        let row = format!("select cancel_requested_by from dispatches where id = '{turn}'");
        assert_eq!(world.look::<Option<String>>(&row), Some(by));
        world.verify().await;
    }
}

#[tokio::test]
async fn a_session_ends_by_itself_at_its_time() {
    let world = World::new().await;
    let (room, _, _, _) = busy(&world).await;
    world.pass(Duration::from_hours(24) - Duration::from_millis(1)).await;
    let shown = world.get(&room.hana, &room.path("")).await.ok(200);
    assert_eq!(shown["session"]["status"], "active");
    world.pass(Duration::from_millis(1)).await;
    let shown = world.get(&room.hana, &room.path("")).await.ok(200);
    assert_eq!(shown["session"]["status"], "expired");
    assert_eq!(shown["session"]["closedAt"], shown["session"]["expiresAt"]);
    let by = "select count(*) from sessions where closed_by is not null";
    assert_eq!(world.look::<i64>(by), 0, "nobody closed it");
    insta::assert_snapshot!(world.transcript_after(&room, 9).await, @"
    10 0s agent_session_updated - waiting_for_approval
    11 86400s approval_expired Sam prompt expired session_ended
    12 86400s approval_expired - permission expired session_ended
    13 86400s prompt_dispatch_cancelled - cancelled
    14 86400s agent_session_updated - running
    15 86400s session_closed - expired
    ");
    world.verify().await;
}

#[tokio::test]
async fn what_is_overdue_is_shown_and_treated_as_ended_before_anybody_sweeps() {
    let world = World::new().await;
    let (room, sam, _, _) = busy(&world).await;
    let before = world.events(&room).await.len();
    world.clock().advance(Duration::from_hours(24));
    let shown = world.get(&sam, &room.path("")).await.ok(200);
    assert_eq!(shown["session"]["status"], "expired");
    assert_eq!(shown["session"]["closedAt"], "2026-01-02T00:00:00.000Z");
    let list = world.get(&sam, "/api/shared-sessions").await.ok(200);
    assert_eq!(list["sessions"][0]["status"], "expired");
    for approval in shown["approvals"].as_array().unwrap() {
        assert_ne!(approval["status"], "pending", "{approval}");
        let one = world.approval(&room, approval).await;
        assert_eq!(one["status"], approval["status"]);
    }
    let inbox = world.get(&room.hana, "/api/approvals").await.ok(200);
    assert_eq!(inbox["approvals"], json!([]));
    let pending = world.get(&sam, &room.path("approvals?status=pending")).await.ok(200);
    assert_eq!(pending["approvals"], json!([]));
    let all = shown["approvals"].as_array().unwrap();
    for approval in all.iter().filter(|it| it["status"] == "expired") {
        let answer = world.decide(&room, &room.hana, approval, json!({"action": "approve"})).await;
        let body = answer.refused(409, "APPROVAL_ALREADY_RESOLVED");
        assert_eq!(body["details"]["approval"]["status"], "expired");
    }
    assert_eq!(world.events(&room).await.len(), before, "reading writes nothing");
    refuses_all_writes(&world, &room, &sam).await;
    world.sweep().await;
    refuses_all_writes(&world, &room, &sam).await;
    world.verify().await;
}

#[tokio::test]
async fn what_is_overdue_may_be_shared_again_before_anybody_sweeps() {
    let world = World::new().await;
    let room = world.room_with(json!({"expiresInMinutes": 60})).await;
    let body = json!({"hostSessionId": room.agent});
    world.clock().advance(Duration::from_mins(59));
    world
        .post(&room.hana, "/api/shared-sessions", body.clone())
        .await
        .refused(409, "ALREADY_SHARED");
    world.clock().advance(Duration::from_mins(1));
    world.post(&room.hana, "/api/shared-sessions", body).await.ok(201);
    insta::assert_snapshot!(world.transcript(&room).await, @r"
    1 0s shared_session_created - prompt_with_approval
    2 0s participant_joined Hana host
    3 3600s session_closed - expired
    ");
    world.verify().await;
}

async fn refuses_all_writes(world: &World, room: &Room, sam: &Caller) {
    for caller in [&room.hana, sam] {
        for (path, body) in [
            ("messages", json!({"text": "x"})),
            ("prompts", json!({"prompt": "x"})),
            ("leave", json!({})),
        ] {
            let answer = world.post(caller, &room.path(path), body).await;
            answer.refused(409, "SESSION_INACTIVE");
        }
    }
    for (path, body) in
        [("invites", json!({})), ("close", json!({})), ("leave", json!({"close": true}))]
    {
        let answer = world.post(&room.hana, &room.path(path), body).await;
        answer.refused(409, "SESSION_INACTIVE");
    }
    let body = json!({"inviteToken": room.invite});
    let joined = world.post(&Caller::Nobody, &room.path("join"), body).await;
    assert!(matches!(joined.status, 403 | 409), "{}", joined.text);
    for path in ["", "messages", "approvals", "events", "participants"] {
        world.get(sam, &room.path(path)).await.ok(200);
    }
}

#[tokio::test]
async fn an_approval_expires_before_its_session_and_that_is_never_a_yes() {
    let world = World::new().await;
    let room = world.room_with(json!({"expiresInMinutes": 3000})).await;
    let sam = world.join(&room, "Sam").await;
    let approval = world.prompt(&room, &sam, "hello").await;
    assert_eq!(approval["expiresAt"], "2026-01-02T00:00:00.000Z");
    world.clock().advance(Duration::from_hours(24));
    let yes = json!({"action": "approve"});
    let late = world.decide(&room, &room.hana, &approval, yes.clone()).await;
    let body = late.refused(409, "APPROVAL_ALREADY_RESOLVED");
    assert_eq!(body["details"]["approval"]["status"], "expired");
    assert_eq!(world.approval(&room, &approval).await["status"], "expired");
    let path = room.path(&format!("approvals/{}", approval["id"].as_str().unwrap()));
    world.delete(&sam, &path).await.refused(409, "APPROVAL_ALREADY_RESOLVED");
    world.sweep().await;
    let late = world.decide(&room, &room.hana, &approval, yes).await;
    late.refused(409, "APPROVAL_ALREADY_RESOLVED");
    insta::assert_snapshot!(world.transcript(&room).await, @"
    1 0s shared_session_created - prompt_with_approval
    2 0s participant_joined Hana host
    3 0s participant_joined Sam collaborator
    4 0s prompt_pending_approval Sam hello
    5 86400s approval_expired Sam prompt expired deadline
    ");
    world.verify().await;
}

#[tokio::test]
async fn what_was_shared_may_be_shared_again_and_its_words_are_one_transcript() {
    let world = World::new().await;
    let mut first = world.room("prompt_direct").await;
    first.laptop.says(first.agent, "one").await;
    world.delete(&first.hana, &first.path("")).await.ok(200);
    // Said while nobody shares it: kept for the next session.
    first.laptop.says(first.agent, "two").await;
    let Room { hana, laptop, agent, .. } = first;
    let mut second = world.share(hana, laptop, agent, json!({})).await;
    second.laptop.says(agent, "three").await;
    insta::assert_snapshot!(world.transcript(&second).await, @"
    1 0s shared_session_created - prompt_with_approval
    2 0s participant_joined Hana host
    3 0s host_session_update - agent_message_chunk two
    4 0s host_session_update - agent_message_chunk three
    ");
    let path = format!("/api/agent-sessions/{agent}/transcript");
    let mut said: Vec<Value> = Vec::new();
    let mut after = String::new();
    loop {
        let page = world.get(&second.hana, &format!("{path}?limit=2{after}")).await;
        if page.text.is_empty() {
            break;
        }
        after = format!("&after={}", page.header("x-next-after").unwrap());
        said.extend(page.text.lines().map(|line| serde_json::from_str(line).unwrap()));
    }
    let texts: Vec<_> = said
        .iter()
        .filter_map(|it| it["payload"]["notification"]["update"]["content"]["text"].as_str())
        .collect();
    assert_eq!(texts, ["one", "two", "three"]);
    for after in [
        "x",
        "x:1",
        ":",
        "01890000-0000-7000-8000-000000000000:x",
        "01890000-0000-7000-8000-000000000000:1",
    ] {
        let answer = world.get(&second.hana, &format!("{path}?after={after}")).await;
        answer.refused(400, "INVALID_CURSOR");
    }
    world.verify().await;
}
