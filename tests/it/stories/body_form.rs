//! The credential of a participant in the body of a request, for programs that can set no header.

use axum::http::Method;
use serde_json::{Value, json};

use crate::world::{Answer, Caller, Room, World};

async fn joined(world: &World, room: &Room, name: &str) -> Value {
    let body = json!({"inviteToken": room.invite, "displayName": name});
    let joined = world.post(&Caller::Nobody, &room.path("join"), body).await.ok(201);
    json!({"participantId": joined["participant"]["id"],
        "participantToken": joined["participant"]["accessToken"]})
}

fn with(credential: &Value, fields: &Value) -> Value {
    let mut body = fields.clone();
    for (key, value) in credential.as_object().unwrap() {
        body[key] = value.clone();
    }
    body
}

async fn ask(world: &World, method: Method, path: &str, body: &Value) -> Answer {
    world.request(&Caller::Nobody, method, path).json(body).send().await
}

#[tokio::test]
async fn a_participant_may_prove_themselves_in_the_body_of_what_they_send() {
    let world = World::new().await;
    let room = world.room("prompt_with_approval").await;
    let sam = joined(&world, &room, "Sam").await;
    let post = async |path: &str, fields: Value| {
        ask(&world, Method::POST, &room.path(path), &with(&sam, &fields)).await
    };
    let said = post("messages", json!({"text": "hello"})).await.ok(201);
    assert_eq!(said["message"]["participantId"], sam["participantId"]);
    let sent = post("prompts", json!({"prompt": "x".repeat(256 * 1024)})).await.ok(202);
    let path = room.path(&format!("approvals/{}", sent["approval"]["id"].as_str().unwrap()));
    ask(&world, Method::DELETE, &path, &sam).await.ok(200);
    assert_eq!(post("signals", json!({"state": "idle"})).await.status, 204);
    post("invites", json!({})).await.refused(403, "HOST_REQUIRED");
    // The same request with the same key is one, as with a header.
    let body = with(&sam, &json!({"text": "once"}));
    let mut ids = Vec::new();
    for _ in 0..2 {
        let request = world.request(&Caller::Nobody, Method::POST, &room.path("messages"));
        let answer = request.json(&body).key("key-of-sam").send().await.ok(201);
        ids.push(answer["message"]["id"].clone());
    }
    assert_eq!(ids[0], ids[1]);
    post("leave", json!({})).await.ok(200);
    post("messages", json!({"text": "x"})).await.refused(409, "PARTICIPANT_INACTIVE");
    world.verify().await;
}

#[tokio::test]
async fn a_wrong_token_in_the_body_is_told_as_that_and_changes_nothing() {
    let world = World::new().await;
    let room = world.room("prompt_direct").await;
    let other = world.room_of(&world.ada, json!({})).await;
    let (sam, tess) = (joined(&world, &room, "Sam").await, joined(&world, &room, "Tess").await);
    let elsewhere = joined(&world, &other, "Sam").await;
    let before = world.transcript(&room).await;
    let messages = room.path("messages");
    let text = json!({"text": "x"});
    for (id, token) in [
        (&sam["participantId"], &tess["participantToken"]),
        (&json!("01890000-0000-7000-8000-000000000000"), &sam["participantToken"]),
        (&json!("1"), &sam["participantToken"]),
        (&sam["participantId"], &json!("wr_par_x")),
        (&sam["participantId"], &json!(room.hana.secret())),
        (&sam["participantId"], &json!("")),
    ] {
        let credential = json!({"participantId": id, "participantToken": token});
        let answer = ask(&world, Method::POST, &messages, &with(&credential, &text)).await;
        answer.refused(403, "INVALID_PARTICIPANT_TOKEN");
    }
    let foreign = ask(&world, Method::POST, &messages, &with(&elsewhere, &text)).await;
    foreign.refused(404, "SESSION_NOT_FOUND");
    // Half a credential is none.
    for half in ["participantId", "participantToken"] {
        let body = with(&json!({half: sam[half]}), &text);
        ask(&world, Method::POST, &messages, &body).await.refused(401, "UNAUTHENTICATED");
    }
    for body in [
        format!(
            r#"{{"text": "a", "text": "b", "participantId": {0}, "participantToken": {1}}}"#,
            sam["participantId"], sam["participantToken"]
        ),
        format!(
            r#"{{"text": "a", "colour": 1, "participantId": {0}, "participantToken": {1}}}"#,
            sam["participantId"], sam["participantToken"]
        ),
    ] {
        let request = world.request(&Caller::Nobody, Method::POST, &messages).text(body);
        request.send().await.refused(400, "INVALID_BODY");
    }
    let twice = format!(
        r#"{{"text": "a", "participantId": {0}, "participantId": {0}, "participantToken": {1}}}"#,
        sam["participantId"], sam["participantToken"]
    );
    let request = world.request(&Caller::Nobody, Method::POST, &messages).text(twice);
    request.send().await.refused(401, "UNAUTHENTICATED");
    // Beside a header it is an unknown field; and where a host hands over, the id is another's.
    let beside = world.post(&room.hana, &messages, with(&sam, &text)).await;
    beside.refused(400, "INVALID_BODY");
    let host = ask(&world, Method::POST, &room.path("host"), &sam).await;
    host.refused(401, "UNAUTHENTICATED");
    let large = with(&sam, &json!({"inviteToken": "x".repeat(65 * 1024)}));
    ask(&world, Method::POST, &room.path("join"), &large).await.refused(413, "TOO_LARGE");
    let larger = with(&sam, &json!({"prompt": "x".repeat(1024 * 1024)}));
    ask(&world, Method::POST, &room.path("prompts"), &larger).await.refused(413, "TOO_LARGE");
    for path in ["/api/tokens", "/api/agent-sessions"] {
        ask(&world, Method::POST, path, &sam).await.refused(401, "UNAUTHENTICATED");
    }
    assert_eq!(world.transcript(&room).await, before);
    world.verify().await;
}

#[tokio::test]
async fn an_approval_by_its_own_path_is_decided_and_extended_so_too() {
    let world = World::new().await;
    let room = world.room("prompt_with_approval").await;
    let (sam, tess) = (joined(&world, &room, "Sam").await, joined(&world, &room, "Tess").await);
    world.sql("update participants set can_decide = 1 where display_name = 'Tess'").unwrap();
    let body = with(&sam, &json!({"prompt": "run the tests"}));
    let sent = ask(&world, Method::POST, &room.path("prompts"), &body).await.ok(202);
    let path = format!("/api/approvals/{}", sent["approval"]["id"].as_str().unwrap());
    let yes = json!({"action": "approve"});
    let longer = json!({"expiresInMinutes": 2880});
    for (method, fields) in [(Method::POST, &yes), (Method::PATCH, &longer)] {
        let own = ask(&world, method.clone(), &path, &with(&sam, fields)).await;
        own.refused(403, "DECISION_NOT_ALLOWED");
        let mixed = json!({"participantId": tess["participantId"], "participantToken": sam["participantToken"]});
        let wrong = ask(&world, method.clone(), &path, &with(&mixed, fields)).await;
        wrong.refused(403, "INVALID_PARTICIPANT_TOKEN");
        ask(&world, method, &path, fields).await.refused(401, "UNAUTHENTICATED");
    }
    world.patch(&room.hana, &room.path(""), json!({"expiresInMinutes": 4320})).await.ok(200);
    let extended = ask(&world, Method::PATCH, &path, &with(&tess, &longer)).await.ok(200);
    assert_eq!(extended["approval"]["expiresAt"], "2026-01-03T00:00:00.000Z");
    let decided = ask(&world, Method::POST, &path, &with(&tess, &yes)).await.ok(200);
    assert_eq!(decided["approval"]["resolvedByParticipantId"], tess["participantId"]);
    world.verify().await;
}
