//! Which schemas others are made of; and that answers leave nothing out.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::operations;

/// What answers may lack all the same.
const MAY_LACK: &[(&str, &str)] = &[("ErrorBody", "details")];

/// The schemas that these are made of, and they themselves.
pub(super) fn reached(schemas: &Value, from: impl IntoIterator<Item = String>) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut to_look: Vec<String> = from.into_iter().collect();
    while let Some(name) = to_look.pop() {
        if found.insert(name.clone()) {
            named(&schemas[&name], &mut to_look);
        }
    }
    found
}

/// The schemas that are named in this.
pub(super) fn named(schema: &Value, names: &mut Vec<String>) {
    match schema {
        Value::Array(items) => items.iter().for_each(|it| named(it, names)),
        Value::Object(fields) => {
            if let Some(name) = fields.get("$ref").and_then(Value::as_str) {
                names.extend(name.strip_prefix("#/components/schemas/").map(str::to_owned));
            }
            fields.values().for_each(|it| named(it, names));
        }
        _ => {}
    }
}

/// Says of what only answers have that every field is there: what nobody has set is null.
pub(super) fn leave_nothing_out(document: &mut Value) {
    let mut asked = Vec::new();
    for (_, operation) in operations(document) {
        named(&operation["requestBody"], &mut asked);
        named(&operation["parameters"], &mut asked);
    }
    require_all_but(document, asked);
}

/// The same of every schema but these, and what they are made of.
pub(super) fn require_all_but(document: &mut Value, asked: Vec<String>) {
    let asked = reached(&document["components"]["schemas"], asked);
    let schemas = document["components"]["schemas"].as_object_mut().into_iter().flatten();
    for (name, schema) in schemas.filter(|(name, _)| !asked.contains(*name)) {
        require(name, schema);
    }
}

fn require(name: &str, schema: &mut Value) {
    if let Value::Array(items) = schema {
        for it in items {
            require(name, it);
        }
    }
    let Value::Object(fields) = schema else { return };
    if let Some(properties) = fields.get("properties").and_then(Value::as_object) {
        let all = properties.keys().filter(|field| !MAY_LACK.contains(&(name, field)));
        let all: Vec<_> = all.cloned().collect();
        fields.insert("required".into(), json!(all));
    }
    for (_, it) in fields.iter_mut().filter(|(key, _)| *key != "required") {
        require(name, it);
    }
}
