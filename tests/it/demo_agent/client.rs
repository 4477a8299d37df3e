//! The smallest client of an agent: a process, lines in, lines out.

use std::{
    io::{BufRead, BufReader, Read, Write},
    path::PathBuf,
    process::{Child, ChildStdin, Command, ExitStatus, Stdio},
    sync::mpsc::{Receiver, RecvTimeoutError, channel},
    thread,
    time::Duration,
};

use serde_json::{Value, json};
use tempfile::TempDir;

/// Far more than anything here takes.
const PATIENCE: Duration = Duration::from_secs(20);

/// An agent process, and what it said.
pub(super) struct Client {
    child: Child,
    stdin: Option<ChildStdin>,
    lines: Receiver<String>,
    calls: u64,
    updates: Vec<Value>,
    /// The commands that were offered last.
    pub(super) commands: Value,
    /// Where the updates of the last turn begin.
    turn: usize,
    home: TempDir,
}

impl Client {
    /// Starts an agent, for a client that can show forms.
    pub(super) fn start(args: &[&str]) -> Self {
        Self::start_with(args, &json!({ "elicitation": { "form": {} } }))
    }

    /// Starts an agent, for a client with these capabilities.
    pub(super) fn start_with(args: &[&str], capabilities: &Value) -> Self {
        Self::spawn(TempDir::new().unwrap(), args, capabilities)
    }

    /// Ends the agent and starts another one on the same files.
    pub(super) fn again(mut self) -> Self {
        assert_eq!(self.close_stdin().code(), Some(0));
        let home = std::mem::replace(&mut self.home, TempDir::new().unwrap());
        Self::spawn(home, &[], &json!({}))
    }

    fn spawn(home: TempDir, args: &[&str], capabilities: &Value) -> Self {
        std::fs::create_dir_all(home.path().join("work")).unwrap();
        let mut child = Command::new(env!("CARGO_BIN_EXE_wardroom"))
            .args(["demo-agent", "--speed", "0", "--state-dir", "../state"])
            .args(args)
            .current_dir(home.path().join("work"))
            .env_remove("WARDROOM_DEMO_RECEIPTS")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let (said, lines) = channel();
        let stdout = BufReader::new(child.stdout.take().unwrap());
        thread::spawn(move || {
            stdout.lines().map_while(Result::ok).try_for_each(|line| said.send(line))
        });
        let stdin = child.stdin.take();
        let (calls, updates, commands, turn) = (0, vec![], Value::Null, 0);
        let mut client = Self { child, stdin, lines, calls, updates, commands, turn, home };
        let hello = json!({ "protocolVersion": 1, "clientCapabilities": capabilities });
        let agent = client.call("initialize", &hello);
        assert_eq!(agent["result"]["agentCapabilities"]["loadSession"], true);
        client
    }

    /// The folder of the sessions.
    pub(super) fn folder(&self) -> PathBuf {
        self.home.path().join("work")
    }

    pub(super) fn pid(&self) -> u32 {
        self.child.id()
    }

    pub(super) fn new_session(&mut self) -> String {
        let cwd = self.folder();
        let session = self.call("session/new", &json!({ "cwd": cwd, "mcpServers": [] }));
        session["result"]["sessionId"].as_str().unwrap().to_owned()
    }

    /// The parameters of a prompt.
    pub(super) fn text(session: &str, text: &str) -> Value {
        json!({ "sessionId": session, "prompt": [{ "type": "text", "text": text }] })
    }

    /// Runs a turn in which nothing is asked.
    pub(super) fn prompt(&mut self, session: &str, text: &str) -> Value {
        self.prompt_with(session, text, ask_nobody)
    }

    /// Runs a turn and answers what the agent asks; returns how it was answered.
    pub(super) fn prompt_with(
        &mut self,
        session: &str,
        text: &str,
        mut decide: impl FnMut(&str, &Value) -> Value,
    ) -> Value {
        let id = self.send("session/prompt", &Self::text(session, text));
        self.turn = self.updates.len();
        loop {
            let message = self.next(|message| message["id"].is_u64() || message["id"].is_string());
            match message["method"].as_str() {
                Some(method) => {
                    let answer = decide(method, &message["params"]);
                    self.answer(&message["id"], &answer);
                }
                None if message["id"] == id => return message,
                None => {}
            }
        }
    }

    /// Calls and waits for the answer.
    pub(super) fn call(&mut self, method: &str, params: &Value) -> Value {
        let id = self.send(method, params);
        self.next(|message| message["id"] == id && message["method"].is_null())
    }

    /// Calls; the answer will have this id.
    pub(super) fn send(&mut self, method: &str, params: &Value) -> u64 {
        self.calls += 1;
        let id = self.calls;
        self.line(&json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params }));
        id
    }

    pub(super) fn notify(&mut self, method: &str, params: &Value) {
        self.line(&json!({ "jsonrpc": "2.0", "method": method, "params": params }));
    }

    pub(super) fn answer(&mut self, id: &Value, result: &Value) {
        self.line(&json!({ "jsonrpc": "2.0", "id": id, "result": result }));
    }

    fn line(&mut self, message: &Value) {
        writeln!(self.stdin.as_ref().unwrap(), "{message}").unwrap();
    }

    /// The next message like this; updates before it are kept, everything else is dropped.
    pub(super) fn next(&mut self, wanted: impl Fn(&Value) -> bool) -> Value {
        loop {
            let line = self.lines.recv_timeout(PATIENCE).unwrap();
            let message: Value = serde_json::from_str(&line).unwrap();
            let update = &message["params"]["update"];
            match update["sessionUpdate"].as_str() {
                Some("available_commands_update") => self.commands = update.clone(),
                Some(_) => self.updates.push(update.clone()),
                None => {}
            }
            if wanted(&message) {
                return message;
            }
        }
    }

    /// The updates of the last turn.
    pub(super) fn updates(&self) -> impl Iterator<Item = &Value> {
        self.updates[self.turn..].iter()
    }

    /// Every update since the process started.
    pub(super) fn all_updates(&self) -> impl Iterator<Item = &Value> {
        self.updates.iter()
    }

    /// What the agent said in the last turn.
    pub(super) fn said(&self) -> String {
        let said = self.updates().filter(|update| update["sessionUpdate"] == "agent_message_chunk");
        said.map(|update| update["content"]["text"].as_str().unwrap()).collect()
    }

    /// The last turn in a few lines: chunks joined, tool calls in short.
    pub(super) fn transcript(&self) -> String {
        let mut transcript = String::new();
        let mut message = &Value::Null;
        for update in self.updates() {
            if message.is_null() || update["messageId"] != *message {
                transcript += "\n";
            }
            message = &update["messageId"];
            transcript += &match update["sessionUpdate"].as_str().unwrap() {
                "tool_call" | "tool_call_update" => tool_line(update),
                "plan" => plan_line(update),
                _ if message.is_string() => update["content"]["text"].as_str().unwrap().to_owned(),
                _ => update.to_string(),
            };
        }
        transcript.trim().to_owned()
    }

    /// Closes stdin and waits for the end.
    pub(super) fn close_stdin(&mut self) -> ExitStatus {
        self.stdin = None;
        self.wait().0
    }

    /// Waits for the end: the status, and stderr.
    pub(super) fn wait(&mut self) -> (ExitStatus, String) {
        while self.lines.recv_timeout(PATIENCE).is_ok() {}
        let mut stderr = String::new();
        self.child.stderr.take().unwrap().read_to_string(&mut stderr).unwrap();
        (self.child.wait().unwrap(), stderr)
    }

    /// Sends SIGTERM.
    pub(super) fn terminate(&self) {
        let kill = Command::new("kill").arg(self.child.id().to_string()).status().unwrap();
        assert!(kill.success());
    }

    /// Whether the process is still there a while after stdin has closed.
    pub(super) fn outlives_stdin(&mut self) -> bool {
        self.stdin = None;
        self.lines.recv_timeout(Duration::from_millis(300)) == Err(RecvTimeoutError::Timeout)
    }
}

impl Drop for Client {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// For a turn in which nothing may be asked.
pub(super) fn ask_nobody(method: &str, params: &Value) -> Value {
    panic!("asked {method} {params}")
}

/// Chooses the option of this kind.
pub(super) fn choose(kind: &str, permission: &Value) -> Value {
    let options = permission["options"].as_array().unwrap();
    let option = options.iter().find(|option| option["kind"] == kind).unwrap();
    json!({ "outcome": { "outcome": "selected", "optionId": option["optionId"] } })
}

/// Allows what is asked once, and declines to answer questions.
pub(super) fn agree(method: &str, params: &Value) -> Value {
    match method {
        "elicitation/create" => json!({ "action": "decline" }),
        _ => choose("allow_once", params),
    }
}

fn plan_line(plan: &Value) -> String {
    let states = plan["entries"].as_array().unwrap().iter();
    let states: Vec<&str> = states.map(|entry| entry["status"].as_str().unwrap()).collect();
    format!("[plan: {}]", states.join(", "))
}

/// The id and the short fields of a tool call, and the last line of its first content.
fn tool_line(call: &Value) -> String {
    let mut line = format!("[{}", call["toolCallId"].as_str().unwrap());
    for field in ["kind", "title", "status"] {
        line += &call[field].as_str().map(|value| format!(" {value}")).unwrap_or_default();
    }
    let content = &call["content"][0];
    let text = content["content"]["text"].as_str().or(content["newText"].as_str());
    let last = text.map(|text| text.lines().rfind(|line| !line.starts_with("```")));
    line + &last.flatten().map(|last| format!(" … {}", last.trim())).unwrap_or_default() + "]"
}
