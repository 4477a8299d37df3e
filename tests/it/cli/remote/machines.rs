//! Somebody with a laptop that runs agents, behind a network of its own, and a phone that always gets through.

use std::{collections::HashSet, fs, path::PathBuf};

use reqwest::{Client, Method};
use serde_json::{Value, json};

use crate::cli::{
    network::Network,
    world::{Person, Running, World, until},
};

/// Somebody with an account, and their machines.
pub(super) struct Machines {
    /// Runs agents: a token of scope `host`, and nothing else.
    pub(super) laptop: Person,
    /// Does everything else.
    pub(super) phone: Person,
    /// What is between the laptop and the server.
    pub(super) network: Network,
    token: String,
    url: String,
}

impl Machines {
    /// Those of somebody new, whose agents go so many times as fast.
    pub(super) fn of(world: &World, name: &str, speed: &str) -> Self {
        let token = world.admin().run(&["user", "add", name]).ok().out.trim().to_owned();
        let (url, network) = (world.url(), Network::to(&world.url()));
        let phone = world.person(&format!("phone-of-{name}"));
        let phone = phone.with("WARDROOM_SERVER", &url).with("WARDROOM_TOKEN", &token);
        let host = phone.run(&["token", "create", "--scope", "host"]).ok().out.trim().to_owned();
        let laptop = world.person(&format!("laptop-of-{name}"));
        let receipts = laptop.home.join("receipts");
        let laptop = laptop
            .with("WARDROOM_SERVER", network.url())
            .with("WARDROOM_TOKEN", host)
            .with("WARDROOM_DEMO_RECEIPTS", receipts)
            .with("WARDROOM_DEMO_SPEED", speed);
        Self { laptop, phone, network, token, url }
    }

    /// Starts the laptop's host and waits until the server knows of it; the process, and the host's id.
    pub(super) fn host(&self, world: &World, name: &str) -> (Running, String) {
        let before = self.hosts(name);
        let running = world.start(&self.laptop, name, &["host", "--name", name]);
        let id = until("a connected host", || {
            let is_new = |it: &&Value| !before.contains(it);
            let now = self.hosts(name);
            let found = now.iter().find(|it| is_new(it) && it["connected"] == true)?;
            Some(found["id"].as_str().unwrap().to_owned())
        });
        (running, id)
    }

    /// The hosts of this name, as the phone is told.
    pub(super) fn hosts(&self, name: &str) -> Vec<Value> {
        let mut list = self.phone.run(&["hosts", "--json"]).json();
        let all = list["data"].as_array_mut().unwrap();
        all.retain(|it| it["name"] == name);
        std::mem::take(all)
    }

    /// Shares the demo agent of a host; the session.
    pub(super) fn share(&self, host: &str) -> String {
        let agent = json!({"agent": "demo", "hostId": host});
        let made = self.post("/api/agent-sessions", &agent);
        let body = json!({"hostSessionId": made["agentSession"]["id"], "mode": "prompt_direct"});
        let made = self.post("/api/shared-sessions", &body);
        made["session"]["id"].as_str().unwrap_or_else(|| panic!("{made}")).to_owned()
    }

    /// What the API answers.
    pub(super) fn post(&self, path: &str, body: &Value) -> Value {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let client = Client::builder().no_proxy().build().unwrap();
        let request = client.request(Method::POST, format!("{}{path}", self.url));
        let request = request.bearer_auth(&self.token).json(body);
        runtime.block_on(async { request.send().await.unwrap().json().await.unwrap() })
    }

    /// How the agent of a session is, and the number of its newest event.
    pub(super) fn status(&self, session: &str) -> (String, u64) {
        let shown = self.phone.run(&["sessions", "show", session, "--json"]).json();
        let status = shown["agentSession"]["status"].as_str().unwrap().to_owned();
        (status, shown["session"]["lastSeq"].as_u64().unwrap())
    }

    /// Waits until the agent of a session is so.
    pub(super) fn until_status(&self, session: &str, wanted: &str) {
        until(wanted, || (self.status(session).0 == wanted).then_some(()));
    }

    /// Waits until more has happened in a session.
    pub(super) fn until_more(&self, session: &str) {
        let before = self.status(session).1;
        until("more events", || (self.status(session).1 > before).then_some(()));
    }

    /// The prompts that reached agents of the laptop, in order.
    pub(super) fn received(&self) -> Vec<String> {
        let path: PathBuf = self.laptop.home.join("receipts");
        let text = fs::read_to_string(path).unwrap_or_default();
        let lines = text.lines().map(|it| serde_json::from_str::<Value>(it).unwrap());
        lines.map(|it| it["text"].as_str().unwrap().to_owned()).collect()
    }

    /// Ends a session; all that ever happened in it, which is whole and has nothing twice.
    pub(super) fn history(&self, world: &World, session: &str) -> History {
        self.phone.run(&["sessions", "close", session]).ok();
        let said = self.phone.run(&["watch", session, "--since", "0", "--json"]).ok().out;
        let events: Vec<Value> = said.lines().map(|it| serde_json::from_str(it).unwrap()).collect();
        for (n, event) in (1..).zip(&events) {
            assert_eq!(event["seq"], json!(n), "{event}");
        }
        let started = events.iter().filter(|it| it["type"] == "prompt_dispatch_started");
        let started: Vec<_> = started.map(|it| it["payload"]["dispatch"]["id"].clone()).collect();
        let apart: HashSet<String> = started.iter().map(ToString::to_string).collect();
        assert_eq!(apart.len(), started.len(), "no prompt is sent twice");
        assert_eq!(self.received().len(), started.len(), "what was sent has arrived once");
        assert!(world.admin().run(&["verify"]).ok().err.contains("everything holds"));
        History(events)
    }
}

/// The log of a session.
pub(super) struct History(Vec<Value>);

impl History {
    /// Everything that its agents said.
    pub(super) fn words(&self) -> String {
        let updates = self.0.iter().map(|it| &it["payload"]["notification"]["update"]);
        let said = updates.filter(|it| it["sessionUpdate"] == "agent_message_chunk");
        said.filter_map(|it| it["content"]["text"].as_str()).collect()
    }

    /// How often something happened.
    pub(super) fn count(&self, kind: &str) -> usize {
        self.0.iter().filter(|it| it["type"] == kind).count()
    }
}
