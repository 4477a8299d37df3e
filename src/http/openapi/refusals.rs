//! The refusals of each operation: an answer for each status with the codes that it may have, and an example of each.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::{
    super::error::status,
    codes::Facts,
    operations,
    promises::{self, takes_body_form},
};
use crate::error::Code;

/// Adds what may be refused to every operation, and what they share to the components.
pub(super) fn add(document: &mut Value) {
    for ((method, path), operation) in operations(document) {
        let id = operation["operationId"].as_str().unwrap_or_default().to_owned();
        let has = |place: &str, names: &[&str]| {
            let parameters = operation["parameters"].as_array().into_iter().flatten();
            parameters.into_iter().any(|it| {
                let name = it["name"].as_str().unwrap_or_default();
                it["in"] == place && (names.is_empty() || names.contains(&name))
            })
        };
        let facts = Facts {
            method: &method,
            path: &path,
            id: &id,
            // What says nothing of its own has what holds for the whole document.
            needs_credential: operation.get("security").is_none_or(|it| it[0] != json!({})),
            takes_body: operation.get("requestBody").is_some(),
            takes_query: has("query", &[]),
            takes_position: has("query", &["cursor", "after"]),
            takes_key: promises::takes_key(operation),
            takes_body_form: takes_body_form(&method, &path),
        };
        let mut by_status = BTreeMap::<u16, Vec<Code>>::new();
        for code in facts.codes() {
            by_status.entry(status(code).as_u16()).or_default().push(code);
        }
        for (status, codes) in by_status {
            operation["responses"][status.to_string()] = match codes[..] {
                [code] => json!({"$ref": format!("#/components/responses/{code}")}),
                _ => answer(&codes),
            };
        }
    }
    let all = |of: fn(Code) -> Value| {
        Value::Object(
            Code::ALL.iter().map(|code| (code.to_string(), of(*code))).collect::<Map<_, _>>(),
        )
    };
    document["components"]["responses"] = all(|code| answer(&[code]));
    document["components"]["examples"] = all(example);
}

fn answer(codes: &[Code]) -> Value {
    let words: Vec<_> = codes.iter().map(|code| format!("`{code}`: {}", code.text())).collect();
    let names: Vec<_> = codes.iter().map(|code| code.as_str()).collect();
    let examples: Map<_, _> = codes
        .iter()
        .map(|code| (code.to_string(), json!({"$ref": format!("#/components/examples/{code}")})))
        .collect();
    let mut answer = json!({
        "description": words.join("; "),
        "content": {"application/json": {
            "schema": {"allOf": [
                {"$ref": "#/components/schemas/ErrorBody"},
                {"type": "object", "properties": {"code": {"enum": names}}},
            ]},
            "examples": examples,
        }},
    });
    answer["headers"]["X-Request-Id"] = json!({"$ref": "#/components/headers/RequestId"});
    for code in codes {
        match code {
            Code::RateLimited | Code::Busy => {
                answer["headers"]["Retry-After"] =
                    json!({"$ref": "#/components/headers/RetryAfter"});
            }
            Code::Unauthenticated => {
                answer["headers"]["WWW-Authenticate"] = json!({
                    "description": "How to say who asks: `Bearer`.", "required": true, "schema": {"type": "string"},
                });
            }
            _ => {}
        }
    }
    answer
}

fn example(code: Code) -> Value {
    let body = json!({
        "error": code.text(), "code": code, "requestId": "7d2b8f603a5c9b7e1d42", "hint": code.cure(),
    });
    json!({"summary": code.text(), "value": body})
}
