//! The published schema of host connections: a file for those who write hosts, and the same from every server.

use std::{env, fs, path::Path};

use serde_json::Value;
use wardroom::rpc::{
    Envelope, Incoming,
    calls::{HostCall, ServerCall},
};

use super::openapi::{list, object};
use crate::world::{Caller, World};

/// Set, it makes the file anew.
const MAKE: &str = "WARDROOM_MAKE_SCHEMA";

async fn schema() -> Value {
    let world = World::new().await;
    world.get(&Caller::Nobody, "/api/host-calls.schema.json").await.ok(200)
}

#[tokio::test]
async fn the_file_of_the_docs_is_what_the_server_says() {
    let schema = serde_json::to_string_pretty(&schema().await).unwrap() + "\n";
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/host-calls.schema.json");
    if env::var_os(MAKE).is_some() {
        fs::write(&file, &schema).unwrap();
    }
    let same = fs::read_to_string(&file).is_ok_and(|it| it == schema);
    assert!(same, "docs/host-calls.schema.json is stale: {MAKE}=1 makes it anew");
}

#[tokio::test]
async fn every_call_has_examples_which_its_schema_and_its_type_take() {
    let schema = schema().await;
    let validator = jsonschema::draft202012::new(&schema).unwrap();
    let mut calls = 0;
    for side in ["HostCall", "ServerCall"] {
        for call in list(&schema["$defs"][side]["oneOf"]) {
            let method = call["$ref"].as_str().unwrap().rsplit('/').next().unwrap();
            for example in list(&schema["$defs"][method]["examples"]) {
                let faults: Vec<_> =
                    validator.iter_errors(example).map(|it| it.to_string()).collect();
                assert!(faults.is_empty(), "{faults:#?}\n{example}");
                let text = example.to_string();
                let understood = if side == "HostCall" {
                    matches!(Envelope::read::<HostCall>(&text), Ok(Incoming::Call { .. }))
                } else {
                    matches!(Envelope::read::<ServerCall>(&text), Ok(Incoming::Call { .. }))
                };
                assert!(understood, "{text}");
                calls += 1;
            }
        }
    }
    assert_eq!(calls, object(&schema["$defs"]).filter(|(it, _)| is_method(it)).count());
}

#[tokio::test]
async fn a_frame_of_another_shape_is_not_what_the_schema_says() {
    let schema = schema().await;
    let validator = jsonschema::draft202012::new(&schema).unwrap();
    for (method, definition) in object(&schema["$defs"]).filter(|(it, _)| is_method(it)) {
        let mut example = definition["examples"][0].clone();
        example["params"] = Value::Null;
        assert!(!validator.is_valid(&example), "{method} without parameters");
        example["method"] = "host.fly".into();
        assert!(!validator.is_valid(&example), "an unknown method");
    }
}

/// `host.hello`, and not `host.hello.result` or `Agent`.
fn is_method(name: &str) -> bool {
    name.contains('.') && !name.ends_with(".result")
}
