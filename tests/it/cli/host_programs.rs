//! Hosts that are no `wardroom host`: what docs/hosts.md promises them, over the network.

use std::process::{Child, Command, Stdio};

use serde_json::{Value, json};

use super::{
    programs::Program,
    world::{Person, World},
};

const HOST: &str = "019aa5c3-6c1e-7d2b-8f60-000000000001";
const OTHER_HOST: &str = "019aa5c3-6c1e-7d2b-8f60-000000000011";
const FIRST: &str = "019aa5c3-6c1e-7d2b-8f60-000000000002";
const SECOND: &str = "019aa5c3-6c1e-7d2b-8f60-000000000003";

fn token(person: &Person, scope: &str) -> String {
    let made = person.run(&["token", "create", "--name", scope, "--scope", scope, "--json"]);
    made.ok().json()["secret"].as_str().unwrap().to_owned()
}

/// Starts a POST of nothing; its answer goes to its output.
fn posting(url: &str, token: &str) -> Child {
    let header = format!("authorization: Bearer {token}");
    let words = ["-sS", "--max-time", "30", "-H", &header, "--json", "{}", url];
    Command::new("curl").args(words).stdout(Stdio::piped()).spawn().unwrap()
}

#[test]
fn a_frame_that_is_too_large_ends_its_connection_with_the_reason_and_no_other() {
    let world = World::serving(false);
    let token = token(&world.admin(), "host");
    let mut large = Program::connect(&world, &token);
    large.hello(HOST, FIRST);
    let mut other = Program::connect(&world, &token);
    other.hello(OTHER_HOST, SECOND);
    let text = "x".repeat(1024 * 1024);
    large.send(
        &json!({"jsonrpc": "2.0", "id": 9, "method": "host.notify",
        "params": {"kind": "note", "message": text}})
        .to_string(),
    );
    assert_eq!(large.closed(), (1009, "a frame has at most 1048576 bytes".to_owned()));
    assert_eq!(other.call("host.notify", &json!({"kind": "note"}))["sequence"], 4);
    let events = world.admin().run(&["hosts", "--json"]).json();
    let connected: Vec<_> =
        events["data"].as_array().unwrap().iter().map(|it| it["connected"].as_bool()).collect();
    assert_eq!(connected.iter().filter(|it| **it == Some(true)).count(), 1, "{events}");
}

#[test]
fn what_is_no_json_rpc_is_said_to_be_none() {
    let world = World::serving(false);
    let token = token(&world.admin(), "host");
    let mut program = Program::connect(&world, &token);
    program.hello(HOST, FIRST);
    program.send("GET / HTTP/1.1");
    assert_eq!(program.closed(), (1002, "that is not JSON-RPC 2.0".to_owned()));
}

#[test]
fn another_process_of_a_host_ends_the_first_which_is_told_why() {
    let world = World::serving(false);
    let token = token(&world.admin(), "host");
    let mut first = Program::connect(&world, &token);
    first.hello(HOST, FIRST);
    let mut second = Program::connect(&world, &token);
    second.hello(HOST, SECOND);
    assert_eq!(first.closed(), (4001, "another process speaks for this host".to_owned()));
    assert_eq!(second.call("host.agents", &json!({}))["agents"], json!([]));
}

#[test]
fn a_server_that_stops_says_so() {
    let mut world = World::serving(false);
    let token = token(&world.admin(), "host");
    let mut program = Program::connect(&world, &token);
    program.hello(HOST, FIRST);
    assert_eq!(world.stop_server(), 0);
    assert_eq!(program.closed(), (1012, "the server stops; come again".to_owned()));
}

/// A line of the dialogue in docs/hosts.md.
#[derive(Debug)]
enum Line {
    Sends(String),
    Receives(String),
    Happens(String),
}

/// The dialogue; a frame goes on in the lines below it that begin with its rest.
fn dialogue() -> Vec<Line> {
    let page = include_str!("../../../docs/hosts.md");
    let section = page.split_once("\n## A dialogue\n").expect("the section is there").1;
    let block = section.split("```\n").nth(1).unwrap();
    let mut lines = Vec::new();
    for line in block.lines().filter(|it| !it.is_empty()) {
        if let Some(frame) = line.strip_prefix("→ ") {
            lines.push(Line::Sends(frame.to_owned()));
        } else if let Some(frame) = line.strip_prefix("← ") {
            lines.push(Line::Receives(frame.to_owned()));
        } else if line.starts_with("   \"") {
            match lines.last_mut().unwrap() {
                Line::Sends(frame) | Line::Receives(frame) => frame.push_str(line.trim()),
                Line::Happens(_) => panic!("a rest of nothing: {line}"),
            }
        } else {
            lines.push(Line::Happens(line.trim().to_owned()));
        }
    }
    lines
}

/// A frame as the page shows it: `…` is anything, and `, …` is more of the same.
fn shown(frame: &str) -> Value {
    let frame = frame.replace(", …}", "}").replace("{…}", "\"…\"").replace("[…]", "\"…\"");
    serde_json::from_str(&frame).unwrap_or_else(|error| panic!("{error}: {frame}"))
}

/// Whether a frame is what the page shows.
fn is_shown(shown: &Value, frame: &Value) -> bool {
    match (shown, frame) {
        (Value::String(any), _) if any == "…" => true,
        (Value::Object(fields), Value::Object(_)) => {
            fields.iter().all(|(name, it)| frame.get(name).is_some_and(|found| is_shown(it, found)))
        }
        (Value::Array(items), Value::Array(found)) => {
            items.len() == found.len() && items.iter().zip(found).all(|(it, is)| is_shown(it, is))
        }
        _ => shown == frame,
    }
}

#[test]
fn the_dialogue_of_the_docs_is_what_happens() {
    let world = World::serving(false);
    let ana = world.admin();
    let (host, full) = (token(&ana, "host"), token(&ana, "full"));
    let decides = world.person("decides").with("WARDROOM_SERVER", world.url());
    let decides = decides.with("WARDROOM_TOKEN", &full);
    let mut program = Program::connect(&world, &host);
    let mut agent = String::new();
    let mut caller = None;
    for line in dialogue() {
        match line {
            Line::Sends(frame) => {
                let named = format!("\"agent_id\":\"{agent}\"");
                program.send(&frame.replace("\"agent_id\":\"…\"", &named));
            }
            Line::Receives(frame) => {
                let frame = shown(&frame);
                let found = program.find(|it| is_shown(&frame, it));
                if let Some(id) = found["result"]["agent"]["id"].as_str() {
                    id.clone_into(&mut agent);
                }
            }
            Line::Happens(what) if what.starts_with("somebody decides") => {
                decides.run(&["approve", &decides.waiting("action")]).ok();
            }
            Line::Happens(what) => {
                let path = what.strip_prefix("somebody calls POST ").expect(&what);
                let url = format!("{}{}", world.url(), path.replace('…', &agent));
                caller = Some(posting(&url, &full));
            }
        }
    }
    let said = caller.expect("a tool is called").wait_with_output().unwrap();
    let answer: Value = serde_json::from_slice(&said.stdout).unwrap();
    assert_eq!(answer["output"], json!({"release": 6}));
}
