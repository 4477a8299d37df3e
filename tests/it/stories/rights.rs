//! What a credential may, besides what its owner may: scopes, admins, strangers.

use axum::http::Method;
use serde_json::{Value, json};

use crate::world::{Answer, Caller, Machine, Room, World};

const NOBODYS: &str = "01890000-0000-7000-8000-000000000000";

/// Every route that changes a session, with a body that would be right.
fn writes(room: &Room, approval: &Value, dispatch: &str) -> Vec<(Method, String, Value)> {
    let id = approval["id"].as_str().unwrap();
    let post = |path: &str, body: Value| (Method::POST, room.path(path), body);
    vec![
        post("messages", json!({"text": "x"})),
        post("prompts", json!({"prompt": "x"})),
        post(&format!("approvals/{id}"), json!({"action": "approve"})),
        (Method::POST, format!("/api/approvals/{id}"), json!({"action": "reject"})),
        (Method::DELETE, room.path(&format!("approvals/{id}")), Value::Null),
        post(&format!("approvals/{id}/suggestions"), json!({"action": "reject"})),
        (Method::PATCH, format!("/api/approvals/{id}"), json!({"expiresInMinutes": 60})),
        post(&format!("dispatches/{dispatch}"), json!({"action": "cancel"})),
        post("invites", json!({})),
        (Method::DELETE, room.path(&format!("invites/{NOBODYS}")), Value::Null),
        (Method::PATCH, room.path(""), json!({"mode": "view_only"})),
        (Method::PATCH, room.path(&format!("participants/{NOBODYS}")), json!({"role": "viewer"})),
        (Method::DELETE, room.path(&format!("participants/{NOBODYS}")), Value::Null),
        post("host", json!({"participantId": NOBODYS})),
        post("leave", json!({"close": true})),
        post("close", json!({})),
        (Method::DELETE, room.path(""), Value::Null),
    ]
}

fn reads(room: &Room, approval: &Value) -> Vec<String> {
    let mut paths: Vec<_> = ["", "participants", "messages", "approvals", "events", "invites"]
        .iter()
        .map(|path| room.path(path))
        .collect();
    paths.push(format!("/api/approvals/{}", approval["id"].as_str().unwrap()));
    paths
}

async fn ask(
    world: &World,
    caller: &Caller,
    (method, path, body): &(Method, String, Value),
) -> Answer {
    let request = world.request(caller, method.clone(), path);
    if body.is_null() { request.send().await } else { request.json(body).send().await }
}

#[tokio::test]
async fn tokens_of_scope_host_and_read_read_everything_and_change_nothing() {
    let world = World::new().await;
    let room = world.room("prompt_with_approval").await;
    let sam = world.join(&room, "Sam").await;
    let approval = world.prompt(&room, &sam, "hello").await;
    let direct = world.prompt(&room, &room.hana, "now").await;
    let dispatch = direct["dispatch"]["id"].as_str().unwrap();
    world.settle().await;
    for scope in ["host", "read"] {
        let token = world.scoped(&room.hana, scope).await;
        let before = world.transcript(&room).await;
        for path in reads(&room, &approval) {
            world.get(&token, &path).await.ok(200);
        }
        for write in writes(&room, &approval, dispatch) {
            let answer = ask(&world, &token, &write).await;
            let code = match write.1.rsplit('/').next().unwrap() {
                "messages" | "suggestions" => "COMMENT_NOT_ALLOWED",
                "prompts" => "PROMPT_NOT_ALLOWED",
                _ if write.1.contains("/approvals/") => "DECISION_NOT_ALLOWED",
                _ => "HOST_REQUIRED",
            };
            answer.refused(403, code);
        }
        let body = json!({"hostSessionId": room.agent});
        let shared = world.post(&token, "/api/shared-sessions", body).await;
        shared.refused(403, "HOST_REQUIRED");
        let path = format!("/api/agent-sessions/{}/restart", room.agent);
        world.post(&token, &path, json!({})).await.refused(403, "HOST_REQUIRED");
        assert_eq!(world.transcript(&room).await, before, "nothing happened");
    }
    world.verify().await;
}

#[tokio::test]
async fn a_demo_that_is_refused_starts_no_agent() {
    let world = World::new().await;
    let mut own = Machine::new(&Caller::Local);
    own.connect(&world).await;
    let hana = world.user("Hana").await;
    for scope in ["host", "read"] {
        let token = world.scoped(&hana, scope).await;
        let asked = world.request(&token, Method::POST, "/api/demo").text("{}").begin();
        world.settle().await;
        assert!(own.waiting().is_empty(), "no agent is started");
        asked.await.unwrap().refused(403, "HOST_REQUIRED");
    }
    assert_eq!(world.look::<i64>("select count(*) from agent_sessions"), 0);
}

#[tokio::test]
async fn an_admin_reads_and_closes_and_is_host_of_nothing() {
    let world = World::new().await;
    let room = world.room("prompt_direct").await;
    let sam = world.join(&room, "Sam").await;
    world.sql("update sessions set mode = 'prompt_with_approval'").unwrap();
    let approval = world.prompt(&room, &sam, "hello").await;
    let direct = world.prompt(&room, &room.hana, "now").await;
    let dispatch = direct["dispatch"]["id"].as_str().unwrap();
    let before = world.transcript(&room).await;
    for path in reads(&room, &approval) {
        world.get(&world.ada, &path).await.ok(200);
    }
    let mut refusals = Vec::new();
    for write in writes(&room, &approval, dispatch) {
        let is_close =
            write.1.ends_with("close") || write.0 == Method::DELETE && write.1 == room.path("");
        if !is_close {
            let answer = ask(&world, &world.ada, &write).await;
            let path =
                write.1.replace(&room.id, "…").replace(approval["id"].as_str().unwrap(), "…");
            let code = answer["code"].as_str().unwrap();
            answer.refused(answer.status, code);
            refusals.push(format!(
                "{} {} {} {code}",
                answer.status,
                write.0,
                path.replace(NOBODYS, "…").replace(dispatch, "…")
            ));
        }
    }
    insta::assert_snapshot!(refusals.join("\n"), @"
    403 POST /api/shared-sessions/…/messages COMMENT_NOT_ALLOWED
    403 POST /api/shared-sessions/…/prompts PROMPT_NOT_ALLOWED
    403 POST /api/shared-sessions/…/approvals/… DECISION_NOT_ALLOWED
    403 POST /api/approvals/… DECISION_NOT_ALLOWED
    403 DELETE /api/shared-sessions/…/approvals/… DECISION_NOT_ALLOWED
    403 POST /api/shared-sessions/…/approvals/…/suggestions COMMENT_NOT_ALLOWED
    403 PATCH /api/approvals/… DECISION_NOT_ALLOWED
    403 POST /api/shared-sessions/…/dispatches/… HOST_REQUIRED
    403 POST /api/shared-sessions/…/invites HOST_REQUIRED
    403 DELETE /api/shared-sessions/…/invites/… HOST_REQUIRED
    403 PATCH /api/shared-sessions/… HOST_REQUIRED
    403 PATCH /api/shared-sessions/…/participants/… HOST_REQUIRED
    403 DELETE /api/shared-sessions/…/participants/… HOST_REQUIRED
    403 POST /api/shared-sessions/…/host HOST_REQUIRED
    404 POST /api/shared-sessions/…/leave SESSION_NOT_FOUND
    ");
    let path = format!("/api/agent-sessions/{}", room.agent);
    world.get(&world.ada, &path).await.ok(200);
    let transcript = world.get(&world.ada, &format!("{path}/transcript")).await;
    let said: Vec<Value> =
        transcript.text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!((transcript.status, said), (200, world.events(&room).await));
    let restart = world.post(&world.ada, &format!("{path}/restart"), json!({})).await;
    restart.refused(403, "HOST_REQUIRED");
    assert_eq!(world.transcript(&room).await, before);
    // One who joins is what the invite makes of them, admin or not.
    let body = json!({"inviteToken": room.invite});
    let joined = world.post(&world.ada, &room.path("join"), body).await.ok(201);
    assert_eq!(joined["participant"]["role"], "collaborator");
    let yes = json!({"action": "approve"});
    let decided = world.decide(&room, &world.ada, &approval, yes).await;
    decided.refused(403, "DECISION_NOT_ALLOWED");
    world.delete(&world.ada, &room.path("")).await.ok(200);
    world.verify().await;
}

#[tokio::test]
async fn what_is_foreign_looks_like_what_does_not_exist() {
    let world = World::new().await;
    let mut room = world.room("prompt_with_approval").await;
    let sam = world.join(&room, "Sam").await;
    let approval = world.prompt(&room, &sam, "hello").await;
    let direct = world.prompt(&room, &room.hana.clone(), "now").await;
    room.laptop.accepts().await;
    let invite = world.invite(&room, json!({})).await;
    let stranger = world.user("Mallory").await;
    let other = world.room_of(&stranger, json!({})).await;
    let guest = world.join(&other, "Sam").await;
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let known = [
        room.id.clone(),
        text(&approval["id"]),
        text(&direct["dispatch"]["id"]),
        text(&invite["id"]),
        room.agent.to_string(),
    ];
    let [_, approval_id, dispatch_id, invite_id, agent] = &known;
    let mut asked: Vec<_> = writes(&room, &approval, NOBODYS);
    let reading = reads(&room, &approval).into_iter().map(|path| (Method::GET, path, Value::Null));
    asked.extend(reading);
    asked.push((Method::GET, room.path("stream"), Value::Null));
    asked.push((
        Method::POST,
        room.path(&format!("dispatches/{dispatch_id}")),
        json!({"action": "cancel"}),
    ));
    asked.push((Method::DELETE, room.path(&format!("invites/{invite_id}")), Value::Null));
    asked.push((Method::GET, format!("/api/agent-sessions/{agent}"), Value::Null));
    asked.push((Method::GET, format!("/api/agent-sessions/{agent}/transcript"), Value::Null));
    asked.push((Method::POST, format!("/api/agent-sessions/{agent}/restart"), json!({})));
    for (path, body) in [
        ("input", json!({"type": "message", "text": "x"})),
        ("input", json!({"type": "approve", "draftId": NOBODYS})),
        ("input", json!({"type": "abort"})),
        ("drafts", json!({"summary": "x", "artifacts": [{"uri": "x"}]})),
        ("events", json!({"type": "status_update", "message": "x"})),
    ] {
        asked.push((Method::POST, format!("/api/agent-sessions/{agent}/{path}"), body));
    }
    let life = (Method::PATCH, format!("/api/agent-sessions/{agent}"), json!({"life": "aborted"}));
    asked.push(life);
    let all = format!("/api/agent-sessions/{agent}/transcript?format=md");
    asked.push((Method::GET, all, Value::Null));
    // What is of another session is not found in one's own either.
    for path in [format!("approvals/{approval_id}"), format!("invites/{invite_id}")] {
        asked.push((Method::DELETE, other.path(&path), Value::Null));
    }
    asked.push((
        Method::POST,
        other.path(&format!("approvals/{approval_id}")),
        json!({"action": "approve"}),
    ));
    asked.push((
        Method::POST,
        other.path(&format!("dispatches/{dispatch_id}")),
        json!({"action": "drop"}),
    ));
    let before = world.transcript(&room).await;
    for caller in [&stranger, &guest] {
        for (method, path, body) in &asked {
            let foreign = ask(&world, caller, &(method.clone(), path.clone(), body.clone())).await;
            let unknown = known.iter().fold(path.clone(), |path, id| path.replace(id, NOBODYS));
            let unknown = ask(&world, caller, &(method.clone(), unknown, body.clone())).await;
            let code = unknown["code"].as_str().unwrap();
            let expected = unknown.refused(unknown.status, code);
            assert_eq!(foreign.refused(unknown.status, code), expected, "{method} {path}");
            assert!(matches!(unknown.status, 401 | 403 | 404), "{method} {path}: {}", unknown.text);
        }
    }
    assert_eq!(world.transcript(&room).await, before);
    world.verify().await;
}
