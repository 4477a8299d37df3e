//! The frames of a host's connection as JSON Schema with examples, made of the enums of [`crate::rpc`].

use serde_json::{Map, Value, json};
use utoipa::OpenApi;

use super::{
    examples::Examples,
    frames,
    reach::{named, reached, require_all_but},
};
use crate::{
    domain::{HostEvent, HostEventBody, Opened},
    rpc::{
        RpcError,
        calls::{
            Accepted, AgentPage, ApprovalPage, Asked, EventPage, HostCall, Notified, OneAgent,
            Outcome, Output, ServerCall, Subscribed, ToolList, Welcome,
        },
    },
};

/// What holds for every call.
const DESCRIPTION: &str = "The text frames of GET /api/hosts/connect, a WebSocket of JSON-RPC 2.0 both ways: HostCall by a \
    host, ServerCall by the server. `<method>` is the frame of a call, `<method>.result` what it is answered by, RpcError why it \
    came to nothing. Fields may be added to what the server says; a host sends none that is not here.";

#[derive(OpenApi)]
#[openapi(components(schemas(
    HostCall,
    ServerCall,
    Welcome,
    Outcome,
    Subscribed,
    Asked,
    OneAgent,
    AgentPage,
    ApprovalPage,
    EventPage,
    ToolList,
    Notified,
    Opened,
    Accepted,
    Output,
    HostEvent,
    HostEventBody,
    RpcError
)))]
struct Schemas;

/// The calls that are answered by something, and by what; others are answered by null.
const ANSWERS: &[(&str, &str)] = &[
    ("host.hello", "Welcome"),
    ("agent_session.permission", "Outcome"),
    ("agent_session.question", "Outcome"),
    ("host.subscribe", "Subscribed"),
    ("host.agents", "AgentPage"),
    ("host.approvals", "ApprovalPage"),
    ("host.events", "EventPage"),
    ("host.register_agent", "OneAgent"),
    ("host.set_status", "OneAgent"),
    ("host.notify", "Notified"),
    ("host.request_approval", "Asked"),
    ("host.resolve_approval", "Asked"),
    ("host.withdraw_approval", "Asked"),
    ("tools.register", "ToolList"),
    ("tools.unregister", "ToolList"),
    ("tools.list", "ToolList"),
    ("agent_session.open", "Opened"),
    ("agent.prompt", "Accepted"),
    ("tools.execute", "Output"),
];

/// The call that wants no answer.
const NOTIFICATION: &str = "host.event";

/// The schema, which stands by itself.
pub(super) fn schema() -> Value {
    let mut document = serde_json::to_value(Schemas::openapi()).unwrap_or_default();
    if let Some(schemas) = document["components"]["schemas"].as_object_mut() {
        frames::host_events(schemas);
    }
    let mut sent_by_hosts = Vec::new();
    named(&document["components"]["schemas"]["HostCall"], &mut sent_by_hosts);
    require_all_but(&mut document, sent_by_hosts);
    let schemas = &document["components"]["schemas"];
    let mut definitions = Map::new();
    for side in ["HostCall", "ServerCall"] {
        let every_field = side == "ServerCall";
        let calls = schemas[side]["oneOf"].as_array().into_iter().flatten();
        let (methods, frames): (Vec<_>, Vec<_>) =
            calls.map(|call| frame(&Examples { schemas, every_field }, call)).unzip();
        let description = &schemas[side]["description"];
        let all: Vec<_> = methods.iter().map(|it| json!({"$ref": frames::reference(it)})).collect();
        definitions.insert(side.into(), json!({"description": description, "oneOf": all}));
        for (method, frame) in methods.iter().zip(frames) {
            definitions.insert(method.clone(), frame);
            if method != NOTIFICATION {
                definitions.insert(format!("{method}.result"), answer(schemas, method));
            }
        }
    }
    let mut used = vec!["RpcError".to_owned()];
    definitions.values().for_each(|it| named(it, &mut used));
    for name in reached(schemas, used) {
        definitions.entry(name.clone()).or_insert_with(|| schemas[&name].clone());
    }
    let any = ["HostCall", "ServerCall"].map(|it| json!({"$ref": frames::reference(it)}));
    let title = "The calls of wardroom's host connections";
    frames::by_itself(title, json!({"description": DESCRIPTION, "oneOf": any}), definitions)
}

/// A variant of an enum of calls as the frame that carries it: its method, and the schema with an example.
fn frame(examples: &Examples<'_>, call: &Value) -> (String, Value) {
    let method = call["properties"]["method"]["enum"][0].as_str().unwrap_or_default();
    let params = &call["properties"]["params"];
    let mut properties =
        json!({"jsonrpc": {"const": "2.0"}, "method": {"const": method}, "params": params});
    let mut required = vec!["jsonrpc", "method", "params"];
    let mut example =
        json!({"jsonrpc": "2.0", "method": method, "params": examples.of("", params)});
    if method != NOTIFICATION {
        properties["id"] = json!({"type": "integer", "minimum": 0});
        example["id"] = 1.into();
        required.push("id");
    }
    let frame = json!({
        "description": call["description"],
        "type": "object",
        "required": required,
        "properties": properties,
        "examples": [example],
    });
    (method.to_owned(), frame)
}

/// What a call is answered by, with an example.
fn answer(schemas: &Value, method: &str) -> Value {
    let Some((_, name)) = ANSWERS.iter().find(|(it, _)| *it == method) else {
        return json!({"type": "null", "examples": [null]});
    };
    let answer = json!({"$ref": frames::reference(name)});
    let example = Examples { schemas, every_field: true }.of("", &answer);
    json!({"$ref": answer["$ref"], "examples": [example]})
}
