//! Machines of people, away from the server: each runs a host, over TCP, with a token that may only do that.

use std::{
    process::Child,
    time::{Duration, Instant},
};

use serde_json::json;
use tokio::time::sleep;

use crate::{
    checks::open,
    load::rooms::made,
    world::{World, api::Call, process::Process},
};

/// How long a host may take to be connected.
const CONNECTING: Duration = Duration::from_secs(30);

/// Somebody's machine.
pub(crate) struct Machine {
    pub(crate) name: String,
    /// May do all that its owner may.
    pub(crate) owner: String,
    /// May run agents and ask.
    pub(crate) token: String,
    host: Option<Child>,
}

impl Machine {
    /// A machine of somebody with an account of their own; nothing runs there yet.
    pub(crate) async fn new(world: &World, n: usize) -> Self {
        let name = format!("machine{n}");
        let user = Call::post("/api/users", "", json!({ "name": name })).key(&name);
        let owner = made(&world.local(), &user).await.text("/token");
        let scope = Call::post("/api/tokens", &owner, json!({ "scope": "host" }));
        let token = made(&world.api(), &scope).await.text("/secret");
        Self { name, owner, token, host: None }
    }

    /// Starts its host, which waits for the server if that is not there.
    pub(crate) fn start(&mut self, world: &World) {
        let server = format!("http://{}", world.listen());
        let mut command = world.command();
        command.args(["host", "--server", &server, "--name", &self.name]);
        command.env("WARDROOM_TOKEN", &self.token);
        command.env("XDG_CONFIG_HOME", world.home(&self.name));
        self.host = Some(command.spawn().expect("a host starts"));
    }

    /// SIGKILL for its host; its agents, which must end by themselves.
    pub(crate) fn kill(&mut self) -> Vec<Process> {
        let mut host = self.host.take().expect("a host runs");
        let process = Process::of(i32::try_from(host.id()).expect("an id"));
        let agents = process.map(Process::children).unwrap_or_default();
        host.kill().expect("it can be killed");
        host.wait().expect("it has ended");
        agents
    }

    /// The process of its host that the server knows, and whether it counts as connected.
    pub(crate) fn instance(&self, world: &World) -> Option<(String, bool)> {
        let db = open(&world.database());
        let sql = "select instance, connected from hosts where name = ?1";
        db.query_row(sql, [&self.name], |row| Ok((row.get(0)?, row.get(1)?))).ok()
    }

    /// Waits until another process of it than the former is connected.
    pub(crate) async fn connected(&self, world: &World, former: Option<&str>) {
        let begun = Instant::now();
        let is_new = |now: &(String, bool)| now.1 && former != Some(now.0.as_str());
        while !self.instance(world).as_ref().is_some_and(is_new) {
            assert!(begun.elapsed() < CONNECTING, "{}: no host\n{}", self.name, world.last_words());
            sleep(Duration::from_millis(10)).await;
        }
    }
}
