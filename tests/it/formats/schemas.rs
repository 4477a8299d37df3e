//! The published schemas against what is stored and sent.

use std::path::Path;

use serde_json::{Value, json};
use wardroom::domain::{Event, EventBody, HostEventBody, SessionId};

use super::{
    events::{bare_events, events, host_event, host_events},
    openapi::{list, object},
    samples::{at, id, raw},
};
use crate::world::{Caller, World, escaped};

fn event(body: &EventBody) -> Value {
    let (payload, timestamp) = (serde_json::to_string(body).unwrap(), at(1).to_string());
    let event = Event {
        seq: 1,
        r#type: body.kind(),
        shared_session_id: id::<SessionId>(1),
        timestamp: &timestamp,
        payload: &raw(&payload),
    };
    serde_json::to_value(&event).unwrap()
}

#[tokio::test]
async fn every_event_is_what_the_schema_of_its_type_says() {
    let contract = World::new().await.contract().await;
    for body in events().iter().chain(&bare_events()) {
        let event = event(body);
        let faults = contract.faults_of_event(&event);
        assert!(faults.is_empty(), "{faults:#?}\n{event}");
    }
    for (n, body) in host_events().iter().enumerate() {
        let kind = &contract.document["components"]["schemas"]["HostEvent"]["discriminator"];
        let place = kind["mapping"][body.kind()].as_str().unwrap().trim_start_matches('#');
        let faults = contract.faults(place, &json!(host_event(n, body)));
        assert!(faults.is_empty(), "{faults:#?}");
    }
    let types = &contract.document["components"]["schemas"]["Event"]["oneOf"];
    assert_eq!(list(types).count(), EventBody::KINDS.len());
    assert_eq!(EventBody::KINDS.len(), events().len());
    assert_eq!(HostEventBody::KINDS.len(), host_events().len());
}

#[tokio::test]
async fn an_event_of_another_shape_is_not_what_the_schema_says() {
    let contract = World::new().await.contract().await;
    for body in events() {
        let mut other = event(&body);
        let payload = other["payload"].as_object_mut().unwrap();
        let field = payload.keys().next().unwrap().clone();
        payload.insert(field, json!([0]));
        assert!(!contract.faults_of_event(&other).is_empty(), "{other}");
        other["payload"] = json!({});
        assert!(!contract.faults_of_event(&other).is_empty(), "{other}");
    }
}

#[tokio::test]
async fn every_event_of_an_old_file_is_what_the_schemas_say() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/v1.db");
    let world = World::of_file(&file).await;
    let contract = world.contract().await;
    let sessions = world.get(&Caller::Local, "/api/shared-sessions").await.ok(200);
    let mut seen = 0;
    for session in list(&sessions["sessions"]) {
        let path = format!("/api/shared-sessions/{}/events", session["id"].as_str().unwrap());
        let page = world.get(&Caller::Local, &format!("{path}?limit=500")).await.ok(200);
        for event in list(&page["events"]) {
            let faults = contract.faults_of_event(event);
            assert!(faults.is_empty(), "{faults:#?}\n{event}");
            seen += 1;
        }
    }
    assert!(seen > 10, "{seen}");
}

#[tokio::test]
async fn the_schema_that_stands_alone_is_the_same_and_whole() {
    let world = World::new().await;
    let schema = world.get(&Caller::Nobody, "/api/events.schema.json").await.ok(200);
    let validator = jsonschema::draft202012::new(&schema).unwrap();
    for body in events() {
        let event = event(&body);
        assert!(validator.is_valid(&event), "{event}");
    }
    assert!(validator.is_valid(&json!({"type": "connected", "payload": {}})));
    assert!(!validator.is_valid(&json!({"type": "connected"})));
    for name in ["InboxStreamFrame", "HostEvent", "Message"] {
        assert!(schema["$defs"][name].is_object(), "{name}");
    }
}

#[tokio::test]
async fn every_example_is_what_its_schema_says() {
    let contract = World::new().await.contract().await;
    let mut examples = 0;
    for (path, methods) in object(&contract.document["paths"]) {
        for (method, operation) in object(methods) {
            let place = format!("/paths/{}/{method}", escaped(path));
            let answers = object(&operation["responses"])
                .map(|(status, it)| (format!("/responses/{status}"), it));
            let bodies = answers.chain([("/requestBody".to_owned(), &operation["requestBody"])]);
            for (part, body) in bodies {
                for (kind, content) in object(&body["content"]) {
                    let named = object(&content["examples"]).map(|(_, it)| {
                        let shared = it["$ref"].as_str().unwrap().trim_start_matches('#');
                        &contract.document.pointer(shared).unwrap()["value"]
                    });
                    let all: Vec<_> = content.get("example").into_iter().chain(named).collect();
                    assert!(!all.is_empty(), "{kind} of {place}{part} has no example");
                    for example in all {
                        let place = format!("{place}{part}/content/{}/schema", escaped(kind));
                        let faults = contract.faults(&place, example);
                        assert!(faults.is_empty(), "{place}: {faults:#?}\n{example}");
                        examples += 1;
                    }
                }
            }
        }
    }
    assert!(examples > 100, "{examples}");
}
