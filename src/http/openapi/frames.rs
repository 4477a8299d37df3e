//! The formats of what streams carry, as JSON Schema: an object for each kind of event, and the frames without a number.

use serde_json::{Map, Value, json};

use super::reach::reached;
use crate::domain::{EventBody, HostEventBody};

/// Under which names clients find what logs and streams are made of.
const ROOTS: [&str; 4] = ["SessionStreamFrame", "InboxStreamFrame", "HostStreamFrame", "Message"];

/// Puts a schema for each kind of event in the place of the payloads, and one for each stream.
pub(super) fn add(document: &mut Value) {
    let Some(schemas) = document["components"]["schemas"].as_object_mut() else { return };
    let text = "An event of a session's log. There will be more types: read unknown ones as news that you do not need. \
        Fields that are newer than an event may be absent in it.";
    by_kind(schemas, "Event", "type", EventBody::KINDS, text);
    host_events(schemas);
    for name in ["SignalBody", "Control"] {
        let frames = schemas.shift_remove(name).unwrap_or_default();
        for frame in frames["oneOf"].as_array().into_iter().flatten() {
            let kind = frame["properties"]["type"]["enum"][0].as_str().unwrap_or_default();
            schemas.insert(format!("{}Frame", pascal(kind)), frame.clone());
        }
    }
    let text = "What the stream of a session carries: events, which have an id, and frames without a place in the log.";
    let frames = ["Event", "ConnectedFrame", "PresenceFrame", "ResetFrame", "EndFrame"];
    schemas.insert("SessionStreamFrame".into(), one_of(text, &frames));
    let text = "What the stream of an inbox carries: all of it first, in parts, then what changes.";
    let frames = ["ConnectedFrame", "InboxFrame", "InboxChangedFrame", "EndFrame"];
    schemas.insert("InboxStreamFrame".into(), one_of(text, &frames));
    let text =
        "What the stream of host events carries: events, which have an id, and frames without one.";
    let frames = ["HostEvent", "ConnectedFrame", "ResetFrame", "EndFrame"];
    schemas.insert("HostStreamFrame".into(), one_of(text, &frames));
}

/// Puts a schema for each kind of host event in the place of their payloads.
pub(super) fn host_events(schemas: &mut Map<String, Value>) {
    let text = "A numbered fact about agents and hosts. There will be more kinds.";
    by_kind(schemas, "HostEvent", "kind", HostEventBody::KINDS, text);
}

/// One schema for each kind of an event instead of one whose payload could be anything.
fn by_kind(schemas: &mut Map<String, Value>, name: &str, tag: &str, kinds: &[&str], text: &str) {
    let (event, bodies) =
        (schemas.shift_remove(name), schemas.shift_remove(&format!("{name}Body")));
    let (event, bodies) = (event.unwrap_or_default(), bodies.unwrap_or_default());
    let bodies = bodies["oneOf"].as_array().into_iter().flatten();
    let mut mapping = Map::new();
    for (kind, body) in kinds.iter().zip(bodies) {
        let mut one = event.clone();
        one["description"] = body["description"].clone();
        one["properties"][tag] = json!({"const": kind});
        one["properties"]["payload"] = body.clone();
        let name = format!("{}{name}", pascal(kind));
        mapping.insert((*kind).to_owned(), reference(&name));
        schemas.insert(name, one);
    }
    let names: Vec<_> = mapping.values().map(|it| json!({"$ref": it})).collect();
    let tagged = json!({"propertyName": tag, "mapping": mapping});
    let all = json!({"description": text, "oneOf": names, "discriminator": tagged});
    schemas.insert(name.to_owned(), all);
}

fn one_of(text: &str, names: &[&str]) -> Value {
    let names: Vec<_> = names.iter().map(|name| json!({"$ref": reference(name)})).collect();
    json!({"description": text, "oneOf": names})
}

pub(super) fn reference(name: &str) -> Value {
    format!("#/components/schemas/{name}").into()
}

/// `host.connected` and `host_connected` as the name of a type.
fn pascal(kind: &str) -> String {
    let words = kind.split(['_', '.']).map(|word| {
        let (first, rest) = word.split_at(1.min(word.len()));
        first.to_ascii_uppercase() + rest
    });
    words.collect()
}

/// The same formats for those who have a validator and no use for the rest of the document.
pub(super) fn standalone(document: &Value) -> Value {
    let schemas = &document["components"]["schemas"];
    let named = reached(schemas, ROOTS.map(str::to_owned));
    let definitions: Map<_, _> =
        named.into_iter().map(|name| (name.clone(), schemas[&name].clone())).collect();
    let title = "What the streams and logs of wardroom are made of";
    by_itself(title, json!({"$ref": reference(ROOTS[0])}), definitions)
}

/// A schema with the definitions that it needs.
pub(super) fn by_itself(title: &str, schema: Value, definitions: Map<String, Value>) -> Value {
    let mut whole =
        json!({"$schema": "https://json-schema.org/draft/2020-12/schema", "title": title});
    if let (Some(fields), Value::Object(schema)) = (whole.as_object_mut(), schema) {
        fields.extend(schema);
        fields.insert("$defs".into(), definitions.into());
    }
    move_references(&mut whole);
    whole
}

fn move_references(schema: &mut Value) {
    match schema {
        Value::String(text) => {
            if let Some(name) = text.strip_prefix("#/components/schemas/") {
                *text = format!("#/$defs/{name}");
            }
        }
        Value::Array(items) => items.iter_mut().for_each(move_references),
        Value::Object(fields) => fields.values_mut().for_each(move_references),
        _ => {}
    }
}
