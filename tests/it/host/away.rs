//! A real host process, elsewhere, that is away for an hour: past its grace, by the server's clock, which a story moves.

use std::{
    fs,
    path::PathBuf,
    process::{Child, Command, Stdio},
    time::Duration,
};

use rustix::process::{Pid, Signal, kill_process};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::time::{Instant, sleep};

use crate::{
    cli::network::Network,
    world::{Caller, World, states},
};

/// How long processes that are not ours may take: the machine may be busy.
const PATIENCE: Duration = Duration::from_secs(30);

/// Hana's laptop, behind a network, with the demo agent that her session shares.
struct Laptop {
    home: TempDir,
    network: Network,
    host: Child,
    hana: Caller,
    session: String,
}

impl Laptop {
    async fn start(world: &World, speed: &str) -> Self {
        let hana = world.user("Hana").await;
        let token = world.scoped(&hana, "host").await;
        let (home, network) = (TempDir::new().unwrap(), Network::to(&world.listen().await));
        let mut host = Command::new(env!("CARGO_BIN_EXE_wardroom"));
        host.args(["host", "--name", "laptop"]).env_clear().current_dir(home.path());
        host.env("HOME", home.path()).env("PATH", std::env::var_os("PATH").unwrap());
        host.env("WARDROOM_SERVER", network.url()).env("WARDROOM_TOKEN", token.secret());
        host.env("WARDROOM_DEMO_SPEED", speed);
        host.env("WARDROOM_DEMO_RECEIPTS", home.path().join("receipts"));
        let host = host.stdin(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        let mut laptop = Self { home, network, host, hana, session: String::new() };
        until("a connected host", async || laptop.is_connected(world).await).await;
        let agent = world.post(&laptop.hana, "/api/agent-sessions", json!({"agent": "demo"})).await;
        let id = &agent.ok(201)["agentSession"]["id"];
        let body = json!({"hostSessionId": id, "mode": "prompt_direct"});
        let made = world.post(&laptop.hana, "/api/shared-sessions", body).await.ok(201);
        made["session"]["id"].as_str().unwrap().clone_into(&mut laptop.session);
        laptop
    }

    async fn is_connected(&self, world: &World) -> bool {
        let hosts = world.get(&self.hana, "/api/hosts").await.ok(200);
        hosts["hosts"][0]["connected"] == true
    }

    async fn prompt(&self, world: &World, text: &str) {
        let path = format!("/api/shared-sessions/{}/prompts", self.session);
        let sent = world.post(&self.hana, &path, json!({"prompt": text})).await;
        assert!(matches!(sent.status, 200 | 202), "{}", sent.text);
    }

    /// Everything that has happened in its session.
    async fn events(&self, world: &World) -> Vec<Value> {
        let path = format!("/api/shared-sessions/{}/events?limit=500", self.session);
        let mut page = world.get(&self.hana, &path).await.ok(200);
        let events = page["events"].as_array_mut().map(std::mem::take).unwrap();
        assert!(events.len() < 500, "all of it is on one page");
        events
    }

    /// How often something happened.
    async fn count(&self, world: &World, kind: &str) -> usize {
        self.events(world).await.iter().filter(|it| it["type"] == kind).count()
    }

    /// What the agent has said.
    async fn words(&self, world: &World) -> String {
        let events = self.events(world).await;
        let updates = events.iter().map(|it| &it["payload"]["notification"]["update"]);
        let said = updates.filter(|it| it["sessionUpdate"] == "agent_message_chunk");
        said.filter_map(|it| it["content"]["text"].as_str()).collect()
    }

    /// How the session sees its agent.
    async fn status(&self, world: &World) -> Value {
        let path = format!("/api/shared-sessions/{}", self.session);
        world.get(&self.hana, &path).await.ok(200)["agentSession"]["status"].take()
    }

    fn signal(&self, signal: Signal) {
        kill_process(Pid::from_child(&self.host), signal).unwrap();
    }

    fn received(&self) -> usize {
        let path: PathBuf = self.home.path().join("receipts");
        fs::read_to_string(path).unwrap_or_default().lines().count()
    }

    /// The machine sleeps: it stands still, and its connections are gone.
    async fn sleeps(&self, world: &World) {
        self.signal(Signal::STOP);
        self.network.goes_down();
        self.is_away(world).await;
    }

    /// Its session has been told that it is away.
    async fn is_away(&self, world: &World) {
        until("its absence", async || self.status(world).await == "away").await;
    }

    fn wakes(&self) {
        self.network.comes_back();
        self.signal(Signal::CONT);
    }
}

impl Drop for Laptop {
    fn drop(&mut self) {
        // Its keeper ends the agents.
        self.host.kill().ok();
        self.host.wait().ok();
    }
}

/// Asks again until it is so. Processes that are not ours tell nobody when they are ready.
async fn until(what: &str, mut is: impl AsyncFnMut() -> bool) {
    let limit = Instant::now() + PATIENCE;
    while !is().await {
        assert!(Instant::now() < limit, "no sign of {what}");
        sleep(Duration::from_millis(20)).await;
    }
}

const HOUR: Duration = Duration::from_hours(1);

#[tokio::test]
async fn a_laptop_that_slept_for_an_hour_hears_what_was_decided_meanwhile_and_goes_on() {
    let world = World::new().await;
    let laptop = Laptop::start(&world, "50").await;
    laptop.prompt(&world, "ask make").await;
    let asks = async || laptop.count(&world, "approval_requested").await == 1;
    until("a request", asks).await;
    laptop.sleeps(&world).await;
    world.pass(HOUR).await;
    assert_eq!(states(&world), "unknown", "it stayed away past its grace");
    assert_eq!(laptop.status(&world).await, "away");

    let inbox = world.get(&laptop.hana, "/api/approvals").await.ok(200);
    let waiting = inbox["approvals"].as_array().unwrap();
    let asked = waiting.iter().find(|it| it["kind"] == "permission").expect("it is still open");
    let path = format!("/api/approvals/{}", asked["id"].as_str().unwrap());
    let yes = json!({"action": "approve", "digest": asked["digest"]});
    world.post(&laptop.hana, &path, yes).await.ok(200);
    laptop.wakes();
    until("the end of the turn", async || states(&world) == "succeeded").await;
    until("an idle agent", async || laptop.status(&world).await == "idle").await;
    assert_eq!(laptop.received(), 1);
    for kind in ["approval_requested", "approval_resolved", "prompt_dispatch_unknown"] {
        assert_eq!(laptop.count(&world, kind).await, 1, "{kind}");
    }
    assert_eq!(laptop.count(&world, "approval_expired").await, 0);
    world.verify().await;
}

#[tokio::test]
async fn a_host_that_worked_on_past_its_grace_tells_all_of_it_once_when_it_is_back() {
    let world = World::new().await;
    let laptop = Laptop::start(&world, "25").await;
    laptop.prompt(&world, "slow 40").await;
    until("words", async || !laptop.words(&world).await.is_empty()).await;
    laptop.prompt(&world, "echo next").await;
    laptop.network.goes_down();
    laptop.is_away(&world).await;
    world.pass(HOUR).await;
    assert_eq!(states(&world), "unknown queued");
    assert_eq!(laptop.status(&world).await, "away");
    laptop.network.comes_back();
    until("both turns", async || states(&world) == "succeeded succeeded").await;
    world.settle().await;
    let expected = (1..=40).map(|n| format!("{n} of 40\n")).collect::<Vec<_>>().concat();
    assert_eq!(laptop.words(&world).await, expected + "next");
    assert_eq!(laptop.received(), 2);
    assert_eq!(laptop.count(&world, "prompt_dispatch_started").await, 2);
    world.verify().await;
}
