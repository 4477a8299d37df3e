//! Every frame between a story's host and the server is one that the published schema promises.

use std::{collections::HashMap, sync::OnceLock};

use axum::Router;
use serde_json::Value;

use super::contract::{Contract, fetched};

static CALLS: OnceLock<Contract> = OnceLock::new();

/// What was said on a connection so far and is not answered yet.
pub(super) struct Frames {
    calls: &'static Contract,
    ours: HashMap<u64, Value>,
    theirs: HashMap<u64, String>,
}

impl Frames {
    /// A connection with the server behind `router`.
    pub(super) async fn new(router: &Router) -> Self {
        if CALLS.get().is_none() {
            let made = Contract::of(fetched(router, "/api/host-calls.schema.json").await);
            CALLS.get_or_init(|| made);
        }
        Self { calls: CALLS.get().unwrap(), ours: HashMap::new(), theirs: HashMap::new() }
    }

    /// The host sends a frame: a call is looked at once it was taken, for stories send wrong ones too.
    pub(super) fn sent(&mut self, frame: &str) {
        // Some nest deeper than anybody reads.
        let Ok(frame) = serde_json::from_str::<Value>(frame) else { return };
        let Some(id) = frame["id"].as_u64() else { return };
        if frame["method"].is_string() {
            self.ours.insert(id, frame);
        } else if let (Some(method), Some(result)) = (self.theirs.remove(&id), frame.get("result"))
        {
            self.check(&format!("{method}.result"), result);
        }
    }

    /// The server sends a frame.
    pub(super) fn came(&mut self, frame: &str) {
        let frame: Value = serde_json::from_str(frame).unwrap();
        if let Some(method) = frame["method"].as_str() {
            self.check(method, &frame);
            let id = frame["id"].as_u64();
            self.theirs.extend(id.map(|id| (id, method.to_owned())));
            return;
        }
        let asked = frame["id"].as_u64().and_then(|id| self.ours.remove(&id));
        if let Some(error) = frame.get("error") {
            self.check("RpcError", error);
        } else if let Some(asked) = asked {
            let method = asked["method"].as_str().unwrap();
            self.check(method, &asked);
            self.check(&format!("{method}.result"), &frame["result"]);
        } else {
            panic!("an answer to nothing: {frame}");
        }
    }

    fn check(&self, name: &str, value: &Value) {
        let faults = self.calls.faults(&format!("/$defs/{name}"), value);
        assert!(faults.is_empty(), "{name}: {faults:#?}\n{value}");
    }
}
