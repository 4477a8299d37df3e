//! What is stored or sent for others to read, pinned: a change here is a decision, not an accident.

mod events;
mod host_calls;
mod openapi;
mod samples;
mod schemas;

use axum::{http::Method, response::IntoResponse};
use serde_json::{Value, json};
use wardroom::{
    Code, Error,
    domain::{Secret, SecretKind, hex},
    rpc::RpcError,
};

use crate::world::{Caller, World, masked};

#[test]
fn every_code_has_its_word_its_status_its_number_and_its_text() {
    let lines = Code::ALL.iter().map(|code| {
        let error = Error::new(*code);
        let number = RpcError::from(&error).code;
        assert_eq!(serde_json::to_value(code).unwrap(), code.as_str());
        assert_eq!(code.to_string(), code.as_str());
        let status = error.into_response().status().as_u16();
        format!("{status} {number} {code}: {}", code.text())
    });
    insta::assert_snapshot!(lines.collect::<Vec<_>>().join("\n"));
    let page = include_str!("../../docs/api.md");
    for code in Code::ALL {
        assert!(page.contains(&format!("`{code}`")), "{code} is not documented");
    }
}

#[test]
fn every_kind_of_secret_has_its_form_and_is_stored_as_its_hash() {
    /// A new kind without a line here does not compile.
    fn next(kind: SecretKind) -> Option<SecretKind> {
        match kind {
            SecretKind::User => Some(SecretKind::Participant),
            SecretKind::Participant => Some(SecretKind::Invite),
            SecretKind::Invite => Some(SecretKind::Setup),
            SecretKind::Setup => Some(SecretKind::Login),
            SecretKind::Login => None,
        }
    }
    let mut lines = Vec::new();
    let mut kind = Some(SecretKind::User);
    while let Some(it) = kind {
        let secret = Secret::from_bytes(it, &[7; 32]);
        assert!(Secret::parse(secret.expose()).is_ok_and(|read| read.kind() == it));
        lines.push(format!("{} {}", secret.expose(), hex(secret.hash().as_bytes())));
        kind = next(it);
    }
    insta::assert_snapshot!(lines.join("\n"));
}

#[tokio::test]
async fn a_refusal_is_one_object_of_known_fields() {
    let world = World::new().await;
    let room = world.room("prompt_with_approval").await;
    let refused = world.get(&room.hana, &room.path("events?after=x")).await;
    let id = refused["requestId"].as_str().unwrap().to_owned();
    insta::assert_snapshot!(refused.text.replace(&id, "<request>"), @r#"{"error":"that position or cursor is malformed","code":"INVALID_CURSOR","requestId":"<request>","hint":"<seq> or <seq>.<16 hex digits>"}"#);

    let approval = world.prompt(&room, &world.join(&room, "Sam").await, "hello").await;
    let seen_otherwise = json!({"action": "approve", "digest": "0".repeat(64)});
    let refused = world.decide(&room, &room.hana, &approval, seen_otherwise).await;
    insta::assert_snapshot!(masked(&refused.refused(409, "DIGEST_MISMATCH")));
}

#[tokio::test]
async fn a_stream_is_a_retry_time_and_frames_of_which_only_events_have_an_id() {
    let world = World::new().await;
    let room = world.room("comment_only").await;
    world.say(&room, &room.hana, "hello").await.ok(201);
    world.post(&room.hana, &room.path("close"), json!({})).await.ok(200);
    let request = world.request(&room.hana, Method::GET, &room.path("stream?after=0"));
    let stream = request.send().await;
    insta::assert_snapshot!(stream.text.lines().map(line).collect::<Vec<_>>().join("\n"));
    let nobody = world.get(&Caller::Nobody, &room.path("stream")).await;
    nobody.refused(401, "UNAUTHENTICATED");
}

/// A line of a stream, without what differs from run to run.
fn line(line: &str) -> String {
    let quiet = |text: &Value| serde_json::from_str::<Value>(&masked(text)).unwrap();
    match line.split_once(": ") {
        Some(("id", id)) => format!("id: {}", quiet(&json!(id)).as_str().unwrap()),
        Some(("data", data)) => format!("data: {}", quiet(&serde_json::from_str(data).unwrap())),
        _ => line.to_owned(),
    }
}
