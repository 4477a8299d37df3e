//! The real server with foreign agents in its configuration file, and its API over the socket of the data directory.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Stdio,
    time::Duration,
};

use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::{
    process::{Child, Command},
    time::{sleep, timeout},
};

use crate::model;

/// How long a foreign agent may take for anything.
const PATIENCE: Duration = Duration::from_secs(90);

pub(crate) struct World {
    dir: TempDir,
    client: reqwest::Client,
    server: Option<Child>,
}

impl World {
    /// A server with the two agents and a model for them.
    pub(crate) async fn start() -> Self {
        let dir = tempfile::tempdir().unwrap();
        for name in ["data", "home", "codex", "folder"] {
            fs::create_dir(dir.path().join(name)).unwrap();
        }
        let folder = dir.path().join("folder");
        let made = Command::new("git").args(["init", "-q"]).arg(&folder).status().await.unwrap();
        assert!(made.success(), "git init");
        configure(dir.path(), model::serve().await);
        let socket = dir.path().join("data/wardroom.sock");
        let client = reqwest::Client::builder().unix_socket(socket).build().unwrap();
        let mut world = Self { dir, client, server: None };
        world.start_server().await;
        world
    }

    /// Starts the server, and waits until its host offers the agents.
    pub(crate) async fn start_server(&mut self) {
        let data = self.dir.path().join("data");
        let log =
            fs::File::options().create(true).append(true).open(data.join("server.log")).unwrap();
        let server = Command::new(env!("CARGO_BIN_EXE_wardroom"))
            .args(["serve", "--listen", "127.0.0.1:0"])
            .env("WARDROOM_DATA_DIR", &data)
            .env("WARDROOM_CONFIG", self.dir.path().join("config.toml"))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(log)
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        self.server = Some(server);
        let connected = async || {
            let hosts = self.try_get("/api/hosts").await?;
            (hosts["hosts"][0]["connected"] == true).then_some(())
        };
        until("the local host", connected).await;
    }

    /// `kill -9`.
    pub(crate) async fn kill_server(&mut self) {
        let mut server = self.server.take().unwrap();
        server.kill().await.unwrap();
    }

    /// Ends what was started: the server, and by its lock file the host, which ends its agents.
    pub(crate) async fn stop(mut self) {
        let findings = wardroom::store::verify(&self.dir.path().join("data/wardroom.db")).unwrap();
        assert_eq!(findings, []);
        self.kill_server().await;
        end_host(self.dir.path());
    }

    /// Shares an agent; the session's id.
    pub(crate) async fn share(&self, agent: &str) -> String {
        let folder = self.dir.path().join("folder");
        let asked = json!({ "agent": agent, "folder": folder });
        let made = self.post("/api/agent-sessions", &asked).await;
        let asked = json!({ "hostSessionId": made["agentSession"]["id"] });
        let made = self.post("/api/shared-sessions", &asked).await;
        made["session"]["id"].as_str().unwrap().to_owned()
    }

    pub(crate) async fn prompt(&self, session: &str, text: &str) {
        let path = format!("/api/shared-sessions/{session}/prompts");
        self.post(&path, &json!({ "prompt": text })).await;
    }

    /// The request that waits for a decision, once there is one.
    pub(crate) async fn pending(&self, session: &str) -> Value {
        let path = format!("/api/shared-sessions/{session}/approvals?status=pending");
        let asked = async || {
            let page = self.try_get(&path).await?;
            page["approvals"].as_array()?.first().cloned()
        };
        until("a request of the agent", asked).await
    }

    pub(crate) async fn decide(&self, approval: &Value, action: &str) {
        let path = format!("/api/approvals/{}", approval["id"].as_str().unwrap());
        let decision = json!({ "action": action, "digest": approval["digest"] });
        self.post(&path, &decision).await;
    }

    /// The dispatch of the newest prompt, once its turn has ended.
    pub(crate) async fn turn_ended(&self, session: &str) -> Value {
        let path = format!("/api/shared-sessions/{session}/approvals?kind=prompt&limit=1");
        let ended = async || {
            let page = self.try_get(&path).await?;
            let dispatch = &page["approvals"][0]["dispatch"];
            dispatch["endedAt"].is_string().then(|| dispatch.clone())
        };
        until("the end of the turn", ended).await
    }

    /// The session's log.
    pub(crate) async fn events(&self, session: &str) -> Vec<Value> {
        let path = format!("/api/shared-sessions/{session}/events?limit=500");
        let page = self.try_get(&path).await.unwrap();
        page["events"].as_array().unwrap().clone()
    }

    /// What the command leaves behind.
    pub(crate) fn proof(&self) -> PathBuf {
        self.dir.path().join("folder/proof.txt")
    }

    async fn try_get(&self, path: &str) -> Option<Value> {
        let answer = self.client.get(format!("http://wardroom{path}")).send().await.ok()?;
        answer.error_for_status().ok()?.json().await.ok()
    }

    async fn post(&self, path: &str, body: &Value) -> Value {
        let request = self.client.post(format!("http://wardroom{path}")).json(body);
        let answer = request.send().await.unwrap();
        let status = answer.status();
        let answer: Value = answer.json().await.unwrap();
        assert!(status.is_success(), "{path}: {status} {answer}");
        answer
    }
}

impl Drop for World {
    fn drop(&mut self) {
        end_host(self.dir.path());
    }
}

fn end_host(dir: &Path) {
    let holder = fs::read_to_string(dir.join("data/host.lock")).unwrap_or_default();
    let pid = holder.trim().rsplit(' ').next().and_then(|pid| pid.parse().ok());
    if let Some(pid) = pid.and_then(rustix::process::Pid::from_raw) {
        // It may be gone already.
        rustix::process::kill_process(pid, rustix::process::Signal::TERM).ok();
    }
}

/// The agents as npm installed them, each with a home of its own and no more of the environment than it needs.
///
/// Codex's own sandbox needs bubblewrap, which not every machine has or may use; whether it then tries again without
/// one depends on how soon the sandbox fails. What is tried here is that it asks, and goes by the answer.
fn configure(dir: &Path, port: u16) {
    let modules = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/foreign/node_modules");
    let (bin, home) = (modules.join(".bin"), dir.join("home"));
    assert!(
        bin.join("qwen").exists(),
        "npm install --no-save in tests/foreign first, or run tests/run"
    );
    let path = format!("{}:{}", bin.display(), std::env::var("PATH").unwrap());
    let codex = modules.join("@zed-industries/codex-acp-linux-x64/bin/codex-acp");
    let config = format!(
        r#"
[agents.qwen]
command = ["{qwen}", "--acp", "--auth-type=openai"]
env = {{ HOME = "{home}", PATH = "{path}", OPENAI_BASE_URL = "http://127.0.0.1:{port}/v1", OPENAI_API_KEY = "none", OPENAI_MODEL = "stub-1" }}

[agents.codex]
command = ["{codex}"]
env = {{ HOME = "{home}", PATH = "{path}", CODEX_HOME = "{codex_home}" }}
"#,
        qwen = bin.join("qwen").display(),
        home = home.display(),
        codex = codex.display(),
        codex_home = dir.join("codex").display(),
    );
    fs::write(dir.join("config.toml"), config).unwrap();
    let codex_config = format!(
        r#"
model = "stub-1"
model_provider = "stub"
approval_policy = "untrusted"
sandbox_mode = "danger-full-access"

[model_providers.stub]
name = "Stub"
base_url = "http://127.0.0.1:{port}/v1"
wire_api = "responses"

[projects."{folder}"]
trust_level = "trusted"
"#,
        folder = dir.join("folder").display(),
    );
    fs::write(dir.join("codex/config.toml"), codex_config).unwrap();
}

/// Asks again until there is an answer. Processes that are not ours tell nobody when they are ready.
async fn until<T>(what: &str, ask: impl AsyncFn() -> Option<T>) -> T {
    let asked = async {
        loop {
            if let Some(answer) = ask().await {
                return answer;
            }
            sleep(Duration::from_millis(50)).await;
        }
    };
    timeout(PATIENCE, asked).await.unwrap_or_else(|_| panic!("no sign of {what}"))
}
