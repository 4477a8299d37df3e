//! Agents that misbehave in ways that the demo agent does not: this test binary, run again as a
//! subprocess that answers ACP line by line.

use std::io::{BufRead, Write};

use serde_json::{Value, json};

/// The variable that says which agent to play.
pub(crate) const NAME: &str = "WARDROOM_TEST_AGENT";

/// How the test binary is told to play one.
pub(crate) const ARGUMENTS: [&str; 4] =
    ["host::scripted::play", "--exact", "--ignored", "--nocapture"];

/// Not a test: what the host starts.
#[test]
#[ignore = "an agent for other tests"]
fn play() {
    if let Ok(name) = std::env::var(NAME) {
        let mut agent = Scripted { name, turn: Value::Null };
        for line in std::io::stdin().lock().lines() {
            let message: Value = serde_json::from_str(&line.unwrap()).unwrap();
            agent.take(&message);
        }
        std::process::exit(0);
    }
}

struct Scripted {
    name: String,
    /// The id of the prompt.
    turn: Value,
}

impl Scripted {
    fn take(&mut self, message: &Value) {
        let id = &message["id"];
        match (message["method"].as_str(), self.name.as_str()) {
            (Some("initialize"), "quits") => std::process::exit(7),
            (Some("initialize"), "loads") => answer(
                id,
                &json!({"protocolVersion": 1, "agentCapabilities": {"loadSession": true}}),
            ),
            (Some("initialize"), "lists") => answer(
                id,
                &json!({"protocolVersion": 1, "agentCapabilities":
                    {"sessionCapabilities": {"list": {}, "resume": {}}}}),
            ),
            (Some("session/list"), _) => list(id, &message["params"]),
            (Some("initialize"), "huge") => answer(
                id,
                &json!({"protocolVersion": 1, "agentInfo": {"name": huge(), "version": huge()}}),
            ),
            (Some("initialize"), "terminal-login") => answer(
                id,
                &json!({"protocolVersion": 1,
                    "authMethods": [{"id": "y", "name": "Key"}, {"id": "x", "name": "Shell",
                        "type": "terminal", "args": ["--login"]}],
                    "agentInfo": {"name": "scripted", "version": "1"}}),
            ),
            (Some("initialize"), _) => answer(
                id,
                &json!({"protocolVersion": 1,
                    "authMethods": [{"id": "x", "name": "Shell", "description": "Run: agent /login"}],
                    "agentInfo": {"name": "scripted", "version": "1"}}),
            ),
            (Some("session/new"), "terminal-login" | "own-login") if !is_logged_in() => {
                refuse(id, -32000, "Authentication required");
            }
            (Some("session/new"), "logged-out") => refuse(id, -32000, "Authentication required"),
            (Some("session/new"), "huge-session") => answer(id, &json!({"sessionId": huge()})),
            (Some("session/new"), _) => answer(id, &json!({"sessionId": "s"})),
            (Some("session/load"), _) => {
                say("told before");
                answer(id, &json!({}));
                say("new");
            }
            (Some("session/prompt"), name) => {
                self.turn = id.clone();
                prompt(name, id);
            }
            (None, "odd") => {
                say(&message["error"]["code"].to_string());
                answer(&self.turn, &json!({"stopReason": "a_reason_of_its_own"}));
            }
            (None, "huge") => {
                say(&message["error"]["code"].to_string());
                answer(&self.turn, &json!({"stopReason": huge()}));
            }
            (None, "asks") => {
                say(&message["result"].to_string());
                answer(&self.turn, &json!({"stopReason": "end_turn"}));
            }
            _ => {}
        }
    }
}

/// Whether somebody has logged in, which is a file in the folder it works in.
fn is_logged_in() -> bool {
    std::fs::exists("logged-in").unwrap()
}

/// Three pages of what is remembered, and some of it odd.
fn list(id: &Value, params: &Value) {
    let cwd = &params["cwd"];
    let page = match params["cursor"].as_str() {
        None => json!({"sessions": [
            {"sessionId": "new", "cwd": cwd, "title": "The new\u{1b}[2J one", "updatedAt": "2026-01-02T00:00:00Z"},
            {"cwd": cwd, "title": "without an id"},
            {"sessionId": huge(), "cwd": cwd},
            {"sessionId": 7, "cwd": cwd},
        ], "nextCursor": "2"}),
        Some("2") => json!({"sessions": [], "nextCursor": "3"}),
        Some(_) => {
            json!({"sessions": [{"sessionId": "old", "cwd": cwd, "title": null, "of": "the future"}]})
        }
    };
    answer(id, &page);
}

fn prompt(name: &str, id: &Value) {
    match name {
        "environment" => {
            let mut names: Vec<_> = std::env::vars().map(|(name, _)| name).collect();
            names.sort();
            say(&names.join(" "));
            // One of them is for looking at them.
            let count = std::fs::read_dir("/proc/self/fd").unwrap().count() - 1;
            notify(&format!(r#"{{"sessionUpdate":"descriptors","count":{count}}}"#));
        }
        "odd" => {
            write("this is not JSON");
            write(
                r#"{"jsonrpc":"2.0","method":"session/update","params":{"sessionId":"child", "update":{"sessionUpdate":"of_the_future","n":1.50,"n":2,"u":"\u00e9"}}}"#,
            );
            write(r#"{"jsonrpc":"2.0","method":"session/update","params":{"shape":"unknown"}}"#);
            return call(9, "fs/read_text_file", &json!({"sessionId": "s", "path": "/etc/passwd"}));
        }
        "huge" => {
            let (text, nested) = (json!({"type": "text", "text": "short"}), "[".repeat(2000));
            let chunk = json!({"sessionUpdate": "agent_message_chunk", "content": text, "_meta": {"x": huge()}});
            notify(&chunk.to_string());
            let tool_call = json!({"sessionUpdate": "tool_call", "toolCallId": huge(), "status": "in_progress"});
            notify(&tool_call.to_string());
            notify(&format!(r#"{{"sessionUpdate":"nested","x":{nested}{}}}"#, "]".repeat(2000)));
            let spaces = " ".repeat(2 * 1024 * 1024);
            notify(&format!(
                r#"{{{spaces}"sessionUpdate":"agent_message_chunk","content":{{"type":"text","text":"spaces"}}}}"#
            ));
            let request = json!({"sessionId": "s", "toolCall": {"toolCallId": "t"},
                "options": [{"optionId": "a", "name": huge(), "kind": "allow_once"}]});
            return call(9, "session/request_permission", &request);
        }
        "asks" => {
            let request = json!({"sessionId": "child", "toolCall": {"toolCallId": "t"}, "options": [
                {"optionId": "a", "name": "Sure", "kind": "a_kind_of_its_own"},
                {"optionId": "b", "kind": "reject_once"},
            ]});
            return call(9, "session/request_permission", &request);
        }
        "quits-later" => {
            for (id, status) in [("done", "completed"), ("left", "in_progress")] {
                let call =
                    json!({"sessionUpdate": "tool_call", "toolCallId": id, "status": status});
                notify(&call.to_string());
            }
            std::process::exit(9);
        }
        "tells" => {
            let draft = json!({"summary": "x", "artifacts": [{"uri": "a"}],
                "draftId": "01890000-0000-7000-8000-000000000001"});
            let tell = |method: &str, params: &Value| {
                write(&json!({"jsonrpc": "2.0", "method": method, "params": params}).to_string());
            };
            for odd in [json!(null), json!([]), json!({"summary": 1}), json!({"summary": huge()})] {
                tell("_wardroom/draft", &odd);
                tell("_wardroom/event", &odd);
            }
            tell("_wardroom/draft", &draft);
            tell("_wardroom/event", &json!({"event": {"type": "session_closed"}}));
            tell("_wardroom/other", &json!({}));
            tell("_wardroom/draft", &draft);
        }
        "long-line" => write(&"x".repeat(5 * 1024 * 1024)),
        "storm" => {
            for n in 0..100_000 {
                let padding = "x".repeat(1000);
                notify(&format!(r#"{{"sessionUpdate":"n","n":{n},"x":"{padding}"}}"#));
            }
        }
        _ => {}
    }
    answer(id, &json!({"stopReason": "end_turn"}));
}

/// More than goes into a frame, and less than is too much for a line.
fn huge() -> String {
    "x".repeat(1536 * 1024)
}

fn say(text: &str) {
    let content = json!({"type": "text", "text": text});
    notify(&json!({"sessionUpdate": "agent_message_chunk", "content": content}).to_string());
}

fn notify(update: &str) {
    write(&format!(
        r#"{{"jsonrpc":"2.0","method":"session/update","params":{{"sessionId":"s","update":{update}}}}}"#
    ));
}

fn call(id: u64, method: &str, params: &Value) {
    write(&json!({"jsonrpc": "2.0", "id": id, "method": method, "params": params}).to_string());
}

fn answer(id: &Value, result: &Value) {
    write(&json!({"jsonrpc": "2.0", "id": id, "result": result}).to_string());
}

fn refuse(id: &Value, code: i32, message: &str) {
    write(
        &json!({"jsonrpc": "2.0", "id": id, "error": {"code": code, "message": message}})
            .to_string(),
    );
}

fn write(line: &str) {
    let mut out = std::io::stdout().lock();
    // Not print!, which the test harness may keep for itself.
    if writeln!(out, "{line}").and_then(|()| out.flush()).is_err() {
        std::process::exit(1);
    }
}
