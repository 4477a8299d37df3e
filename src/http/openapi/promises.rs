//! What the answers and headers of operations promise besides their shapes: who may ask, keys that make repeating safe,
//! cookies, and what streams carry.

use axum::http::Method;
use serde_json::{Value, json};

use super::{super::body_form, operations};

/// What only accounts may do: participants who have none are unknown there.
const OF_USERS: &[&str] = &[
    "askPeople",
    "callTool",
    "connectHost",
    "createAgentSession",
    "createSession",
    "createToken",
    "createUser",
    "getAdmission",
    "getAgentSession",
    "getTranscript",
    "grantAtHost",
    "listAgentSessions",
    "listAgents",
    "listDevices",
    "listHostEvents",
    "listHostGrants",
    "listHosts",
    "listTokens",
    "listTools",
    "listUsers",
    "offerDraft",
    "restartAgent",
    "revokeToken",
    "setPassword",
    "startDemo",
    "streamHostEvents",
    "tellEvent",
    "updateUser",
    "withdrawAction",
];

/// What makes something now and then: a retry another dispatch, a rejection that tells the agent why a prompt.
const MAY_MAKE: &[&str] = &["actOnDispatch", "decideApproval", "decideApprovalInSession"];

const BODY_FORM: &str = "Who can set no header may put `participantId` and `participantToken` into the JSON body besides.";

/// Adds all of it.
pub(super) fn add(document: &mut Value) {
    document["components"]["headers"] = json!({
        "RequestId": {"description": "Names the request in the log.", "required": true, "schema": {"type": "string"}},
        "RetryAfter": {"description": "After how many seconds to try again.", "required": true,
            "schema": {"type": "integer", "minimum": 1}},
        "IdempotentReplay": {"description": "`true` where the answer repeats an earlier one; else absent.",
            "schema": {"const": "true"}},
        "SetCookie": {"description": "The login cookie.", "schema": {"type": "string"}},
    });
    document["components"]["parameters"] = json!({
        "IdempotencyKey": {"name": "Idempotency-Key", "in": "header", "schema":
            {"type": "string", "minLength": 8, "maxLength": 128, "pattern": "^[!-~]{8,128}$"},
            "description": "Fresh for each request: the same request with the same key is done once, and answered again \
                for 7 days."},
    });
    for ((method, path), operation) in operations(document) {
        let id = operation["operationId"].as_str().unwrap_or_default().to_owned();
        if OF_USERS.contains(&id.as_str()) {
            operation["security"] = json!([{"userToken": []}, {"cookie": []}]);
        }
        if takes_body_form(&method, &path) {
            let text = operation["description"].as_str().unwrap_or_default();
            operation["description"] = format!("{text} {BODY_FORM}").trim_start().into();
        }
        let makes = ["201", "202"].iter().any(|it| operation["responses"].get(it).is_some());
        if method == "post" && (makes || MAY_MAKE.contains(&id.as_str())) {
            add_idempotency(operation);
        }
        let header = match id.as_str() {
            "setUp" | "signIn" => Some("200"),
            "signOut" => Some("204"),
            "joinSession" => Some("201"),
            _ => None,
        };
        if let Some(status) = header {
            operation["responses"][status]["headers"]["Set-Cookie"] =
                json!({"$ref": "#/components/headers/SetCookie"});
        }
        for (status, answer) in operation["responses"].as_object_mut().into_iter().flatten() {
            if answer["description"].as_str().is_none_or(str::is_empty) {
                answer["description"] = said_of(status).into();
            }
            answer["headers"]["X-Request-Id"] = json!({"$ref": "#/components/headers/RequestId"});
        }
        match id.as_str() {
            "streamSession" => describe_stream(operation, "SessionStreamFrame", SESSION_STREAM),
            "getTranscript" => describe_transcript(operation),
            "streamHostEvents" => describe_stream(operation, "HostStreamFrame", HOST_STREAM),
            "streamInbox" => describe_stream(operation, "InboxStreamFrame", INBOX_STREAM),
            _ => {}
        }
    }
}

/// Whether the credential of a participant may be in the body of an operation; its method is in lower case.
pub(super) fn takes_body_form(method: &str, path: &str) -> bool {
    let method = method.to_ascii_uppercase().parse();
    method.is_ok_and(|method: Method| body_form::is_taken(&method, path))
}

/// What is said of an answer of which its route says nothing.
fn said_of(status: &str) -> &'static str {
    match status {
        "201" => "It is made.",
        "202" => "It is taken, and waits for a yes.",
        "204" => "It is done, and there is nothing to say.",
        _ => "As it is now.",
    }
}

/// Where the parameter is that every creating request shares.
const KEY: &str = "#/components/parameters/IdempotencyKey";

/// Whether an operation takes an idempotency key.
pub(super) fn takes_key(operation: &Value) -> bool {
    operation["parameters"].as_array().is_some_and(|all| all.iter().any(|it| it["$ref"] == KEY))
}

fn add_idempotency(post: &mut Value) {
    let key = json!({"$ref": KEY});
    match &mut post["parameters"] {
        Value::Array(parameters) => parameters.push(key),
        none => *none = json!([key]),
    }
    let answers = post["responses"].as_object_mut().into_iter().flatten();
    for (_, answer) in answers.filter(|(status, _)| status.starts_with('2')) {
        answer["headers"]["Idempotent-Replay"] =
            json!({"$ref": "#/components/headers/IdempotentReplay"});
    }
}

const SESSION_STREAM: &str = "retry: 2000\n\ndata: {\"type\":\"connected\",\"payload\":{}}\n\n\
    id: 17.0b5c7a1f2e3d4c5b\ndata: {\"seq\":17,\"type\":\"host_session_update\",\
    \"sharedSessionId\":\"019aa5c3-6c1e-7d2b-8f60-0000c0ffee00\",\"timestamp\":\"2026-11-21T10:41:07.123Z\",\
    \"payload\":{\"notification\":{}}}\n\n";
const HOST_STREAM: &str = "retry: 2000\n\ndata: {\"type\":\"connected\",\"payload\":{}}\n\n\
    id: 17\ndata: {\"seq\":17,\"id\":\"019aa5c3-6c1e-7d2b-8f60-0000c0ffee00\",\
    \"timestamp\":\"2026-11-21T10:41:07.123Z\",\"kind\":\"host.connected\",\
    \"hostId\":\"019aa5c3-6c1e-7d2b-8f60-0000c0ffee01\",\"agentId\":null,\"message\":null,\"payload\":{}}\n\n";
const INBOX_STREAM: &str = "retry: 2000\n\ndata: {\"type\":\"connected\",\"payload\":{}}\n\n\
    data: {\"type\":\"inbox\",\"payload\":{\"approvals\":[],\"dispatches\":[],\"complete\":true}}\n\n";

fn describe_transcript(operation: &mut Value) {
    let content = &mut operation["responses"]["200"]["content"];
    content["application/x-ndjson"] = json!({
        "schema": {"type": "string", "description": "On each line an Event."},
        "example": "{\"seq\":1,\"type\":\"shared_session_created\", …}\n{\"seq\":2,\"type\":\"participant_joined\", …}\n",
    });
    content["text/markdown"]["example"] = "**Sam** asked:\n\n    run the tests\n".into();
}

/// A schema of a text cannot say what its lines hold: it says where that is said.
fn describe_stream(operation: &mut Value, frame: &str, example: &str) {
    let answer = &mut operation["responses"]["200"];
    answer["description"] = format!(
        "Server-sent events without `event:` lines. Behind each `data:` stands one line of JSON, a {frame}; only events have \
         an `id:`, their position. A line `:` every 15 s says that the stream lives."
    )
    .into();
    let schema = format!("#/components/schemas/{frame}");
    answer["content"]["text/event-stream"] = json!({
        "schema": {"type": "string", "contentMediaType": "application/json", "contentSchema": {"$ref": schema}},
        "example": example,
    });
}
