//! A participant who says in the body who they are.

use axum::http::Method;
use serde_json::{Value, json};

use crate::world::{Caller, Room, World};

struct Guest {
    id: String,
    token: String,
}

impl Guest {
    async fn join(world: &World, room: &Room, name: &str) -> Self {
        let body = json!({ "inviteToken": room.invite, "displayName": name });
        let joined = world.post(&Caller::Nobody, &room.path("join"), body).await.ok(201);
        let text = |field: &str| joined["participant"][field].as_str().unwrap().to_owned();
        Self { id: text("id"), token: text("accessToken") }
    }

    fn says(&self, mut body: Value) -> Value {
        body["participantId"] = json!(self.id);
        body["participantToken"] = json!(self.token);
        body
    }
}

#[tokio::test]
async fn a_participant_comments_prompts_and_leaves_with_their_token_in_the_body() {
    let world = World::new().await;
    let room = world.room("prompt_with_approval").await;
    let sam = Guest::join(&world, &room, "Sam").await;
    let say = async |path: &str, body: Value| {
        world.post(&Caller::Nobody, &room.path(path), sam.says(body)).await
    };
    let message = say("messages", json!({ "text": "hello" })).await.ok(201);
    assert_eq!(message["message"]["participantId"], sam.id.as_str());
    say("prompts", json!({ "prompt": "run the tests" })).await.ok(202);
    say("leave", json!({})).await.ok(200);
    say("messages", json!({ "text": "again" })).await.refused(409, "PARTICIPANT_INACTIVE");
    world.verify().await;
}

#[tokio::test]
async fn an_id_with_a_wrong_token_is_refused_and_writes_nothing() {
    let world = World::new().await;
    let room = world.room("prompt_with_approval").await;
    let (sam, kim) =
        (Guest::join(&world, &room, "Sam").await, Guest::join(&world, &room, "Kim").await);
    let before = world.events(&room).await.len();
    let secret = world.ada.secret();
    for (id, token) in [
        (json!(sam.id), json!(kim.token)),
        (json!(sam.id), json!("wr_par_nonsense")),
        (json!(sam.id), json!(secret)),
        (json!(sam.id), json!(room.invite)),
        (json!(sam.id), json!(null)),
        (json!(sam.id), json!({ "deep": [] })),
        (json!("nobody"), json!(sam.token)),
    ] {
        let body = json!({ "text": "hello", "participantId": id, "participantToken": token });
        let answer = world.post(&Caller::Nobody, &room.path("messages"), body).await;
        answer.refused(403, "INVALID_PARTICIPANT_TOKEN");
    }
    let body = json!({ "text": "hello", "participantToken": sam.token });
    let answer = world.post(&Caller::Nobody, &room.path("messages"), body).await;
    answer.refused(400, "INVALID_BODY");
    assert_eq!(world.events(&room).await.len(), before);
}

#[tokio::test]
async fn what_the_body_says_wins_over_a_cookie_and_a_header_leaves_the_body_alone() {
    let world = World::new().await;
    let room = world.room("prompt_with_approval").await;
    let sam = Guest::join(&world, &room, "Sam").await;
    let hana = world.browser(&room.hana).await;
    let body = sam.says(json!({ "text": "hello" }));
    let said = world.post(&hana, &room.path("messages"), body.clone()).await.ok(201);
    assert_eq!(said["message"]["participantId"], sam.id.as_str());
    let answer = world.post(&room.hana, &room.path("messages"), body).await;
    answer.refused(400, "INVALID_BODY");
}

#[tokio::test]
async fn a_repeated_request_is_answered_again_and_a_token_in_the_text_is_only_text() {
    let world = World::new().await;
    let room = world.room("prompt_with_approval").await;
    let sam = Guest::join(&world, &room, "Sam").await;
    let body = sam.says(json!({ "text": "what is a participantToken?" }));
    let send = async || {
        let request = world.request(&Caller::Nobody, Method::POST, &room.path("messages"));
        request.key("12345678").json(&body).send().await
    };
    let first = send().await.ok(201);
    let again = send().await;
    assert_eq!(again.header("idempotent-replay"), Some("true"));
    assert_eq!(again.ok(201), first);
    let text = json!({ "text": "participantToken" });
    world.post(&room.hana, &room.path("messages"), text.clone()).await.ok(201);
    let answer = world.post(&Caller::Nobody, &room.path("messages"), text).await;
    answer.refused(401, "UNAUTHENTICATED");
    let depth = "[".repeat(200) + &"]".repeat(200);
    let deep = format!("{{\"participantToken\": {depth}}}");
    let request = world.request(&Caller::Nobody, Method::POST, &room.path("messages"));
    request.text(deep).send().await.refused(401, "UNAUTHENTICATED");
}

#[tokio::test]
async fn a_field_that_comes_twice_is_refused_whoever_sends_it_and_however() {
    let world = World::new().await;
    let room = world.room("prompt_with_approval").await;
    let sam = Guest::join(&world, &room, "Sam").await;
    let before = world.events(&room).await.len();
    let own = format!(r#""participantId": "{}", "participantToken": "{}""#, sam.id, sam.token);
    for fields in [
        format!(r#"{{"text": "a", "text": "b", {own}}}"#),
        format!(r#"{{"text": "a", {own}, {own}}}"#),
        format!(r#"{{"text": "a", "colour": "red", {own}}}"#),
    ] {
        let request = world.request(&Caller::Nobody, Method::POST, &room.path("messages"));
        request.text(fields).send().await.refused(400, "INVALID_BODY");
    }
    assert_eq!(world.events(&room).await.len(), before);
    world.say(&room, &Caller::Token(sam.token), "once").await.ok(201);
}
