//! The public contract as `GET /api/openapi.json` has it: a change of shape is a decision, and not an accident.

use serde_json::{Map, Value};
use wardroom::Code;

use crate::world::{Caller, World};

async fn document() -> Value {
    let world = World::new().await;
    world.get(&Caller::Nobody, "/api/openapi.json").await.ok(200)
}

pub(super) fn object(value: &Value) -> impl Iterator<Item = (&String, &Value)> {
    value.as_object().into_iter().flat_map(Map::iter)
}

pub(super) fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

fn word(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// The type of a schema, in a few letters.
fn shape(schema: &Value) -> String {
    if let Some(name) = schema["$ref"].as_str() {
        return name.rsplit('/').next().unwrap().to_owned();
    }
    let parts = |key: &str| list(&schema[key]).map(shape).collect::<Vec<_>>();
    for (key, between) in [("allOf", " & "), ("oneOf", " | "), ("anyOf", " | ")] {
        if schema[key].is_array() {
            return format!("({})", parts(key).join(between));
        }
    }
    if !schema["const"].is_null() {
        return schema["const"].to_string();
    }
    if schema["enum"].is_array() {
        return list(&schema["enum"]).map(Value::to_string).collect::<Vec<_>>().join("|");
    }
    let kinds = match &schema["type"] {
        Value::Null => "any".to_owned(),
        Value::Array(kinds) => kinds.iter().map(word).collect::<Vec<_>>().join("|"),
        kind => word(kind),
    };
    if schema["items"].is_object() {
        return format!("{kinds}[{}]", shape(&schema["items"]));
    }
    let required: Vec<_> = list(&schema["required"]).map(word).collect();
    let fields: Vec<_> = object(&schema["properties"])
        .map(|(name, it)| {
            let mark = if required.contains(name) { "" } else { "?" };
            format!("{name}{mark}: {}", shape(it))
        })
        .collect();
    let closed = if schema["additionalProperties"] == false { "!" } else { "" };
    if fields.is_empty() {
        return format!("{kinds}{closed}");
    }
    format!("{closed}{{ {} }}", fields.join(", "))
}

fn content(it: &Value) -> String {
    let content = object(&it["content"]).map(|(kind, it)| match kind.as_str() {
        "application/json" => shape(&it["schema"]),
        other => format!("{other} {}", shape(&it["schema"])),
    });
    content.collect::<Vec<_>>().join(" or ")
}

/// What a reference leads to, if it is one.
fn shared<'a>(document: &'a Value, it: &'a Value) -> &'a Value {
    let place = it["$ref"].as_str().map(|it| it.trim_start_matches('#'));
    place.map_or(it, |place| document.pointer(place).unwrap())
}

fn route(document: &Value, method: &str, path: &str, it: &Value) -> String {
    let mut lines = vec![format!("{} {path}", method.to_uppercase())];
    if it["security"].is_array() {
        lines.push(format!("security {}", it["security"]));
    }
    for parameter in list(&it["parameters"]) {
        let parameter = shared(document, parameter);
        let mark = if parameter["required"] == true { "" } else { "?" };
        let (place, name) = (word(&parameter["in"]), word(&parameter["name"]));
        lines.push(format!("{place} {name}{mark}: {}", shape(&parameter["schema"])));
    }
    if it["requestBody"].is_object() {
        lines.push(format!("body {}", content(&it["requestBody"])));
    }
    for (status, answer) in object(&it["responses"]) {
        let answer = shared(document, answer);
        let refused = &answer["content"]["application/json"]["examples"];
        if refused.is_object() {
            let codes: Vec<_> = object(refused).map(|(code, _)| code.as_str()).collect();
            lines.push(format!("{status} {}", codes.join(" ")));
            continue;
        }
        let mut words = vec![status.clone(), content(answer)];
        words.extend(object(&answer["headers"]).map(|(name, _)| format!("+{name}")));
        lines.push(words.join(" ").trim_end().to_owned());
    }
    lines.join("\n    ")
}

#[tokio::test]
async fn every_route_takes_and_gives_what_it_did() {
    let document = document().await;
    let mut routes = Vec::new();
    for (path, methods) in object(&document["paths"]) {
        routes.extend(object(methods).map(|(method, it)| route(&document, method, path, it)));
    }
    insta::assert_snapshot!(routes.join("\n"));
}

#[tokio::test]
async fn every_object_of_the_api_has_the_fields_that_it_had() {
    let document = document().await;
    let schemas = object(&document["components"]["schemas"]);
    let lines: Vec<_> = schemas.map(|(name, it)| format!("{name}: {}", shape(it))).collect();
    insta::assert_snapshot!(lines.join("\n"));
}

#[tokio::test]
async fn the_document_names_the_cookie_that_browsers_send() {
    let document = document().await;
    let scheme = &document["components"]["securitySchemes"]["cookie"];
    let world = World::new().await;
    let Caller::Cookie(cookie) = world.browser(&world.ada).await else { panic!("no cookie") };
    assert_eq!(cookie.split('=').next(), scheme["name"].as_str());
    assert_eq!((&scheme["in"], &scheme["type"]), (&"cookie".into(), &"apiKey".into()));
    let text = scheme["description"].as_str().unwrap();
    assert!(text.contains("wardroom-<port>") && text.contains("__Host-wardroom"), "{text}");
    for name in ["userToken", "participantToken"] {
        assert_eq!(document["components"]["securitySchemes"][name]["scheme"], "bearer");
    }
}

/// Every route that writes may find the disk full, or the queue; what makes something takes a key, and nothing else does.
#[tokio::test]
async fn what_holds_for_every_write_is_said_of_each() {
    let document = document().await;
    let (mut writes, mut keyed) = (0, Vec::new());
    for (path, methods) in object(&document["paths"]) {
        for (method, it) in object(methods).filter(|(method, _)| *method != "get") {
            writes += 1;
            for (status, code) in [("503", "BUSY"), ("507", "DISK_FULL")] {
                let promised = shared(&document, &it["responses"][status]);
                let examples = &promised["content"]["application/json"]["examples"];
                assert!(examples[code].is_object(), "{method} {path}");
            }
            let mut parameters = list(&it["parameters"]).map(|it| shared(&document, it));
            if parameters.any(|it| it["name"] == "Idempotency-Key") {
                let answers =
                    object(&it["responses"]).filter(|(status, _)| status.starts_with('2'));
                for (status, answer) in answers {
                    let replay = &answer["headers"]["Idempotent-Replay"];
                    assert!(replay.is_object(), "{status} of {path}");
                }
                keyed.push(path.as_str());
            }
        }
    }
    assert!(writes > 20, "{writes}");
    insta::assert_snapshot!(keyed.join("\n"), @"
    /api/agent-sessions
    /api/agent-sessions/{id}/drafts
    /api/agent-sessions/{id}/events
    /api/agent-sessions/{id}/input
    /api/approvals
    /api/approvals/{id}
    /api/demo
    /api/shared-sessions
    /api/shared-sessions/{id}/approvals/{approval}
    /api/shared-sessions/{id}/dispatches/{dispatch}
    /api/shared-sessions/{id}/invites
    /api/shared-sessions/{id}/join
    /api/shared-sessions/{id}/messages
    /api/shared-sessions/{id}/prompts
    /api/tokens
    /api/users
    ");
}

#[tokio::test]
async fn the_codes_of_errors_are_written_as_they_are_sent() {
    let document = document().await;
    let schemas = &document["components"]["schemas"];
    let sent: Vec<_> = Code::ALL.iter().map(|code| code.as_str()).collect();
    let named: Vec<_> = list(&schemas["Code"]["enum"]).map(|it| it.as_str().unwrap()).collect();
    assert_eq!(named, sent);
}

/// Clients are generated from it: each operation has a name of its own and words for people, and says what happens to whom
/// nobody knows.
#[tokio::test]
async fn every_route_has_a_name_words_and_a_401_where_it_needs_a_credential() {
    let document = document().await;
    let mut names = Vec::new();
    for (path, methods) in object(&document["paths"]) {
        for (method, it) in object(methods) {
            names.push(word(&it["operationId"]));
            assert!(it["summary"].as_str().is_some_and(|it| !it.is_empty()), "{method} {path}");
            assert_eq!(list(&it["tags"]).count(), 1, "{method} {path}");
            let open = list(&it["security"]).any(|it| it.as_object().is_some_and(Map::is_empty));
            for (status, answer) in object(&it["responses"]) {
                let text = shared(&document, answer)["description"].as_str().unwrap_or_default();
                assert!(!text.is_empty(), "{status} of {method} {path} says nothing");
            }
            let refused = it["responses"]["401"].is_object();
            assert!(refused || open, "{method} {path} has no 401");
            assert!(it["responses"].get("4XX").is_none(), "{method} {path}");
        }
    }
    let all = names.len();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), all, "each has a name of its own");
}

/// Every `$ref` below a value.
fn references<'a>(value: &'a Value, into: &mut Vec<&'a str>) {
    into.extend(value["$ref"].as_str());
    let inside = object(value).map(|(_, it)| it).chain(list(value));
    inside.for_each(|it| references(it, into));
}

/// A document that names what it does not have is refused by the generators of clients.
#[tokio::test]
async fn every_reference_of_the_document_leads_somewhere() {
    let document = document().await;
    let mut named = Vec::new();
    references(&document, &mut named);
    assert!(named.len() > 100, "it has references at all");
    named.retain(|it| document.pointer(it.trim_start_matches('#')).is_none());
    assert_eq!(named, [""; 0]);
}
