//! The tool calls of the current turn, as far as the agent has told of them.
//!
//! A permission request is only sure to name its tool call: what it is about was said before.
//! Bounded: the oldest are forgotten first.

use std::collections::{HashMap, VecDeque};

use serde::Serialize;
use serde_json::{
    Map, Value,
    value::{RawValue, to_raw_value},
};

use super::fit;

/// How many tool calls are remembered.
const MAX_CALLS: usize = 1000;
/// How much is remembered of all of them, in bytes.
const MAX_BYTES: usize = 4 * 1024 * 1024;

/// What is known of tool calls.
#[derive(Default)]
pub(super) struct ToolCalls {
    calls: HashMap<String, Call>,
    order: VecDeque<String>,
    bytes: usize,
}

struct Call {
    acp_session: String,
    fields: Map<String, Value>,
    bytes: usize,
}

impl ToolCalls {
    /// Takes a `tool_call` or `tool_call_update`; later fields replace earlier ones.
    pub(super) fn note(&mut self, acp_session: &str, mut update: Map<String, Value>) {
        update.shift_remove("sessionUpdate");
        let known = id(&update).filter(|id| fit::is_id(id) && fit::is_id(acp_session));
        let Some(id) = known.map(str::to_owned) else { return };
        let mut fields = if let Some(call) = self.calls.remove(&id) {
            self.bytes -= call.bytes;
            call.fields
        } else {
            self.order.push_back(id.clone());
            Map::new()
        };
        merge(&mut fields, update);
        fit::fields(&mut fields);
        let bytes = fields.values().map(fit::weight).sum();
        self.bytes += bytes;
        self.calls.insert(id, Call { acp_session: acp_session.to_owned(), fields, bytes });
        while (self.order.len() > MAX_CALLS || self.bytes > MAX_BYTES)
            && let Some(oldest) = self.order.pop_front()
        {
            self.bytes -= self.calls.remove(&oldest).map_or(0, |call| call.bytes);
        }
    }

    /// What a request says of its tool call, with what was said before.
    pub(super) fn joined(&self, request: Map<String, Value>) -> Map<String, Value> {
        let known = id(&request).and_then(|id| self.calls.get(id));
        let mut fields = known.map(|call| call.fields.clone()).unwrap_or_default();
        merge(&mut fields, request);
        fit::fields(&mut fields);
        fields
    }

    /// Forgets all of them, and returns an update that closes each one that the agent left open.
    pub(super) fn close(&mut self) -> Vec<Box<RawValue>> {
        let calls = std::mem::take(self);
        let open = calls.order.iter().filter_map(|id| Some((id, calls.calls.get(id)?)));
        open.filter(|(_, call)| call.is_open())
            .filter_map(|(id, call)| to_raw_value(&Closed::new(&call.acp_session, id)).ok())
            .collect()
    }

    /// Forgets all of them.
    pub(super) fn clear(&mut self) {
        *self = Self::default();
    }
}

impl Call {
    fn is_open(&self) -> bool {
        let status = self.fields.get("status").and_then(Value::as_str);
        matches!(status, None | Some("pending" | "in_progress"))
    }
}

fn id(fields: &Map<String, Value>) -> Option<&str> {
    fields.get("toolCallId")?.as_str()
}

fn merge(fields: &mut Map<String, Value>, newer: Map<String, Value>) {
    fields.extend(newer.into_iter().filter(|(_, value)| !value.is_null()));
}

/// The end that an agent did not report, in ACP's shape.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Closed<'a> {
    session_id: &'a str,
    update: ClosedUpdate<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ClosedUpdate<'a> {
    session_update: &'static str,
    tool_call_id: &'a str,
    status: &'static str,
}

impl<'a> Closed<'a> {
    fn new(session_id: &'a str, tool_call_id: &'a str) -> Self {
        let session_update = "tool_call_update";
        Self { session_id, update: ClosedUpdate { session_update, tool_call_id, status: "failed" } }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn map(value: Value) -> Map<String, Value> {
        serde_json::from_value(value).unwrap()
    }

    #[test]
    fn a_request_is_joined_with_what_was_said_of_its_tool_call() {
        let mut calls = ToolCalls::default();
        calls.note("s", map(json!({"sessionUpdate": "tool_call", "toolCallId": "t", "title": "Run", "kind": "execute"})));
        calls.note("s", map(json!({"sessionUpdate": "tool_call_update", "toolCallId": "t", "rawInput": {"command": "ls"}})));
        let joined = calls.joined(map(json!({"toolCallId": "t", "title": null, "kind": "other"})));
        assert_eq!(
            Value::Object(joined),
            json!({"toolCallId": "t", "title": "Run", "kind": "other", "rawInput": {"command": "ls"}})
        );
        let unknown = map(json!({"toolCallId": "u"}));
        assert_eq!(calls.joined(unknown.clone()), unknown);
    }

    #[test]
    fn what_the_agent_left_open_is_closed_once() {
        let mut calls = ToolCalls::default();
        for (id, status) in [("a", "completed"), ("b", "in_progress"), ("c", "pending")] {
            calls.note("s", map(json!({"toolCallId": id, "status": status})));
        }
        let closed: Vec<_> = calls.close().iter().map(|raw| raw.get().to_owned()).collect();
        assert_eq!(
            closed,
            [
                r#"{"sessionId":"s","update":{"sessionUpdate":"tool_call_update","toolCallId":"b","status":"failed"}}"#,
                r#"{"sessionId":"s","update":{"sessionUpdate":"tool_call_update","toolCallId":"c","status":"failed"}}"#,
            ]
        );
        assert!(calls.close().is_empty());
    }

    #[test]
    fn a_storm_of_tool_calls_is_bounded() {
        let mut calls = ToolCalls::default();
        for n in 0..5000 {
            calls
                .note("s", map(json!({"toolCallId": n.to_string(), "rawInput": "x".repeat(2000)})));
        }
        assert!(calls.order.len() <= MAX_CALLS && calls.bytes <= MAX_BYTES);
        assert_eq!(calls.calls.len(), calls.order.len());
    }
}
