//! An example of every request and every answer, made of the schemas: what a type says of itself, else what a field of
//! that name says to people, else the least that the type allows.

use serde_json::{Map, Value, json};

use super::operations;

/// Gives each body that has none an example.
pub(super) fn add(document: &mut Value) {
    let before = document.clone();
    let schemas = &before["components"]["schemas"];
    for (_, operation) in operations(document) {
        if let Some(content) = operation.pointer_mut("/requestBody/content/application~1json") {
            give(content, &Examples { schemas, every_field: false });
        }
        let answers = operation["responses"].as_object_mut().into_iter().flatten();
        for (_, answer) in answers.filter(|(status, _)| status.starts_with('2')) {
            if let Some(content) = answer.pointer_mut("/content/application~1json") {
                give(content, &Examples { schemas, every_field: true });
            }
        }
    }
}

fn give(content: &mut Value, examples: &Examples<'_>) {
    if content.get("example").is_none() && content.get("examples").is_none() {
        content["example"] = examples.of("", &content["schema"]);
    }
}

/// Makes examples of schemas.
pub(super) struct Examples<'a> {
    /// Those of the document, by name.
    pub(super) schemas: &'a Value,
    /// Whether a field that may be left out is there.
    pub(super) every_field: bool,
}

impl Examples<'_> {
    /// A value that `schema` allows in a field of this name.
    pub(super) fn of(&self, field: &str, schema: &Value) -> Value {
        if let Some(example) = schema.get("example").or_else(|| schema.get("const")) {
            return example.clone();
        }
        if let Some(name) = schema["$ref"].as_str() {
            let name = name.rsplit('/').next().unwrap_or_default();
            let referred = &self.schemas[name];
            return if referred["format"] == "uuid" {
                id_of(name)
            } else {
                self.of(field, referred)
            };
        }
        if let Some(first) = schema["enum"].get(0) {
            return first.clone();
        }
        if let Some(parts) = schema["allOf"].as_array() {
            let parts = parts.iter().filter_map(|part| match self.of(field, part) {
                Value::Object(fields) => Some(fields),
                _ => None,
            });
            return Value::Object(parts.flatten().collect());
        }
        for key in ["oneOf", "anyOf"] {
            if let Some(parts) = schema[key].as_array() {
                let mut parts = parts.iter();
                let may_be_null = parts.clone().any(|part| part["type"] == "null");
                let part = parts.find(|part| part["type"] != "null").unwrap_or(&Value::Null);
                return if may_be_null && !is_told(field) {
                    Value::Null
                } else {
                    self.of(field, part)
                };
            }
        }
        self.plain(field, schema)
    }

    fn plain(&self, field: &str, schema: &Value) -> Value {
        let kinds: Vec<_> = match &schema["type"] {
            Value::Array(kinds) => kinds.iter().filter_map(Value::as_str).collect(),
            kind => kind.as_str().into_iter().collect(),
        };
        if kinds.contains(&"null") && !is_told(field) {
            return Value::Null;
        }
        match kinds.first().copied() {
            Some("object") => self.object(schema),
            Some("array") => json!([self.of(field, &schema["items"])]),
            Some("string") => text(field, schema),
            Some("integer") => schema["minimum"].as_i64().filter(|it| *it > 0).unwrap_or(1).into(),
            Some("number") => json!(1.0),
            Some("boolean") => schema["default"].as_bool().unwrap_or(field == "connected").into(),
            _ if matches!(field, "details" | "display" | "metadata") => json!({}),
            _ => Value::Null,
        }
    }

    fn object(&self, schema: &Value) -> Value {
        let required = |name: &str| {
            schema["required"].as_array().is_some_and(|names| names.iter().any(|it| it == name))
        };
        let fields = schema["properties"].as_object().into_iter().flatten();
        let fields = fields.filter(|(name, _)| self.every_field || required(name));
        Value::Object(
            fields.map(|(name, it)| (name.clone(), self.of(name, it))).collect::<Map<_, _>>(),
        )
    }
}

/// An id of a kind: another for each kind, the same in every example.
fn id_of(kind: &str) -> Value {
    format!("019aa5c3-6c1e-7d2b-8f60-0000{:08x}", crc32fast::hash(kind.as_bytes())).into()
}

/// Whether an example tells it though it may be null.
fn is_told(field: &str) -> bool {
    !matches!(field, "reason" | "note") && word(field).is_some()
        || matches!(field, "sharedSessionId" | "agentSessionId" | "participantId" | "user")
}

fn text(field: &str, schema: &Value) -> Value {
    match schema["format"].as_str() {
        Some("uuid") => id_of(field),
        Some("date-time") => "2026-11-21T10:41:07.123Z".into(),
        Some("password") => "correct horse battery staple".into(),
        _ => word(field).unwrap_or("text").into(),
    }
}

/// What a field of this name says to people.
fn word(field: &str) -> Option<&'static str> {
    Some(match field {
        "title" => "Fix the flaky checkout test",
        "name" | "displayName" | "hostDisplayName" => "Ana",
        "label" => "Allow once",
        "text" => "does this cover refunds?",
        "prompt" => "run the tests",
        "message" => "running the tests",
        "content" => "warning: unused variable",
        "action" => "Sam wants to send a prompt",
        "note" | "reason" => "the others take an hour",
        "agent" | "kind" => "demo",
        "description" => "a scripted agent that needs no key",
        "capabilities" => "resume",
        "digest" => "5994471abb01112afcc18159f6cc74b4f511b99806da59b3caf5a9c173cacfc5",
        "uri" => "src/checkout.rs",
        "summary" => "Wait for the payment before the assertion",
        "diff" => "-    sleep(50);\n+    settle().await;\n",
        "asOf" | "nextAfter" => "118.0123456789abcdef",
        "inviteToken" => "wr_inv_EXAMPLE",
        "accessToken" => "wr_par_EXAMPLE",
        "token" | "secret" => "wr_usr_EXAMPLE",
        "userId" | "hostUserId" | "authorUserId" => "019aa5c3-6c1e-7d2b-8f60-00008c736521",
        "baseUrl" => "http://127.0.0.1:7717",
        "version" => "0.1.0",
        "status" => "live",
        "gone" => "019aa5c3-6c1e-7d2b-8f60-0000d0ff4e0c",
        "device" => "Mozilla/5.0 (X11; Linux x86_64)",
        "goalId" => "checkout",
        "id" => "allow-once",
        _ => return None,
    })
}
