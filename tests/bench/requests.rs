//! Requests as bytes, made once before anything is measured.

use wardroom::domain::{Secret, SecretKind};

use crate::fixture::session_id;

/// What people write: about a line of chat.
const TEXT: &str =
    "The second test fails only with the cache on; I would look at the clock before anything else.";

/// The token of a participant of a session, which the database knows by its hash.
pub(crate) fn token(session: u64, participant: u64) -> Secret {
    let mut bytes = [7; 32];
    bytes[..8].copy_from_slice(&session.to_be_bytes());
    bytes[8..16].copy_from_slice(&participant.to_be_bytes());
    Secret::from_bytes(SecretKind::Participant, &bytes)
}

/// The token of the person whose hosts and sessions all are.
pub(crate) fn owner() -> Secret {
    Secret::from_bytes(SecretKind::User, &[8; 32])
}

/// A comment by a participant of the first session.
pub(crate) fn post(participant: u64) -> Vec<u8> {
    let body = format!("{{\"text\":\"{TEXT}\"}}");
    let path = format!("{}/messages", session(0));
    bytes("POST", &path, &token(0, participant), "", &body)
}

/// A body for a server that knows no sessions.
pub(crate) fn publish(path: &str, body: &str) -> Vec<u8> {
    bytes("POST", path, &token(0, 0), "", body)
}

/// A call of a tool of a registered agent, by its owner.
pub(crate) fn tool(agent: &str) -> Vec<u8> {
    let body = format!("{{\"parameters\":{{\"text\":\"{TEXT}\"}}}}");
    bytes("POST", &format!("/api/agents/{agent}/tools/echo"), &owner(), "", &body)
}

/// What a host tells: as long as what people write.
pub(crate) fn note() -> serde_json::Value {
    serde_json::json!({ "kind": "note", "message": TEXT })
}

/// What an agent says, as its host passes it on.
pub(crate) fn update() -> serde_json::Value {
    let content = serde_json::json!({ "type": "text", "text": TEXT });
    let update = serde_json::json!({ "sessionUpdate": "agent_message_chunk", "content": content });
    serde_json::json!({ "sessionId": "s", "update": update })
}

/// A stream of what happens to hosts, from now on.
pub(crate) fn host_events() -> Vec<u8> {
    bytes("GET", "/api/host-events/stream", &owner(), "", "")
}

/// A read under a session by its first participant; `rest` is what follows the id.
pub(crate) fn get(of: u64, rest: &str) -> Vec<u8> {
    bytes("GET", &format!("{}{rest}", session(of)), &token(of, 0), "", "")
}

/// A stream of a session, from now on.
pub(crate) fn stream(of: u64) -> Vec<u8> {
    get(of, "/stream")
}

/// A stream of a session from behind the event `after`.
pub(crate) fn resume(of: u64, after: u64) -> Vec<u8> {
    let header = format!("last-event-id: {after}\r\n");
    bytes("GET", &format!("{}/stream", session(of)), &token(of, 0), &header, "")
}

/// A read of a path that needs nobody; nchan gives a stream only to those who ask for one.
pub(crate) fn open(path: &str) -> Vec<u8> {
    format!("GET {path} HTTP/1.1\r\nhost: localhost\r\naccept: text/event-stream\r\n\r\n")
        .into_bytes()
}

fn session(n: u64) -> String {
    format!("/api/shared-sessions/{}", session_id(n))
}

fn bytes(method: &str, path: &str, token: &Secret, header: &str, body: &str) -> Vec<u8> {
    let (secret, length) = (token.expose(), body.len());
    let about = if body.is_empty() {
        String::new()
    } else {
        format!("content-type: application/json\r\ncontent-length: {length}\r\n")
    };
    let head = format!(
        "{method} {path} HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer {secret}\r\n"
    );
    format!("{head}{header}{about}\r\n{body}").into_bytes()
}
