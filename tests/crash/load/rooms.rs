//! Shared sessions, and how they are made.

use std::time::Duration;

use serde_json::{Value, json};
use tokio::time::sleep;

use super::history::History;
use crate::world::{
    World,
    api::{Answer, Api, Call},
};

/// How many prompts may wait for the agent before people wait too.
const CROWDED: usize = 4;

/// A shared session.
pub(crate) struct Room {
    pub(crate) name: String,
    pub(crate) id: String,
    pub(crate) agent_session: String,
    /// The token of the user who is its host.
    pub(crate) host: String,
    pub(crate) invite: String,
    pub(crate) history: History,
}

impl Room {
    /// Makes an account, an agent session at the server's own host and the session that shares it.
    pub(crate) async fn open(world: &World, n: usize) -> Self {
        let name = format!("room{n}");
        let user = Call::post("/api/users", "", json!({ "name": name })).key(&name);
        let host = made(&world.local(), &user).await.text("/token");
        Self::at(world, n, host, Value::Null).await
    }

    /// The same for somebody who has an account, at this host. Every third one takes prompts without a yes.
    pub(crate) async fn at(world: &World, n: usize, host: String, at: Value) -> Self {
        let (api, name) = (world.api(), format!("room{n}"));
        let agent = json!({ "agent": "demo", "title": name, "hostId": at });
        let agent = Call::post("/api/agent-sessions", &host, agent).key(&format!("agent-{name}"));
        let agent_session = loop {
            let (answer, _) = api.settle(&agent).await;
            if answer.status == 201 {
                break answer.text("/agentSession/id");
            }
            assert_eq!(answer.code(), "AGENT_UNAVAILABLE", "{answer:?}");
            sleep(Duration::from_millis(20)).await;
        };
        let mode = if n % 3 == 2 { "prompt_direct" } else { "prompt_with_approval" };
        let invite = json!({ "maxUses": 10_000 });
        let session = json!({ "hostSessionId": agent_session, "mode": mode, "invite": invite });
        let session =
            Call::post("/api/shared-sessions", &host, session).key(&format!("session-{name}"));
        let answer = made(&api, &session).await;
        let (id, invite) = (answer.text("/session/id"), answer.text("/inviteToken"));
        Self { name, id, agent_session, host, invite, history: History::default() }
    }

    /// A path below the session's.
    pub(crate) fn path(&self, rest: &str) -> String {
        format!("/api/shared-sessions/{}/{rest}", self.id)
    }

    /// Joins as `name`; the participant's id and token.
    pub(crate) async fn join(&self, api: &Api, name: &str) -> (String, String) {
        let body = json!({ "inviteToken": self.invite, "displayName": name });
        let call = Call::post(&self.path("join"), "", body).key(&format!("join-{name}"));
        let answer = made(api, &call).await;
        (answer.text("/participant/id"), answer.text("/participant/accessToken"))
    }

    /// The newest approvals, and whether enough prompts wait for the agent already.
    pub(crate) async fn approvals(&self, api: &Api, token: &str) -> (Vec<Value>, bool) {
        let (answer, _) = api.settle(&Call::get(&self.path("approvals"), token)).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        let newest = answer.list("/approvals").to_vec();
        let is_open = |approval: &&Value| {
            let state = approval["dispatch"]["state"].as_str();
            matches!(state, Some("queued" | "leased" | "sending" | "running"))
        };
        let open = newest.iter().filter(is_open).count();
        (newest, open >= CROWDED)
    }
}

/// The answer to a call that makes something.
pub(crate) async fn made(api: &Api, call: &Call) -> Answer {
    let (answer, _) = api.settle(call).await;
    assert!(matches!(answer.status, 200 | 201), "{call:?} was answered {answer:?}");
    answer
}
