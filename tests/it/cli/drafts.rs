//! Drafts of an agent in a terminal: shown whole, decided, and told by those who watch; and so is a pause.

use std::{
    io::{Read, Write},
    net::TcpStream,
};

use super::world::{Person, World};

/// Changes the life of an agent session, as a program would.
fn change(world: &World, ana: &Person, agent: &str, body: &str) {
    let token = ana.run(&["token", "create", "--json"]).json();
    let (url, token) = (world.url(), token["secret"].as_str().unwrap());
    let address = url.strip_prefix("http://").unwrap();
    let mut stream = TcpStream::connect(address).unwrap();
    let lines = [
        &format!("PATCH /api/agent-sessions/{agent} HTTP/1.1"),
        &format!("host: {address}"),
        &format!("authorization: Bearer {token}"),
        "content-type: application/json",
        &format!("content-length: {}", body.len()),
        "connection: close",
        "",
        body,
    ];
    stream.write_all(lines.join("\r\n").as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
}

#[test]
fn who_watches_is_told_who_paused_and_resumed_the_agent_session_and_why() {
    let world = World::serving(false);
    let ana = world.admin();
    let shared = ana.share(&["demo", "--title", "Checkout"]);
    let session = shared["session"]["id"].as_str().unwrap();
    let agent = shared["session"]["hostSessionId"].as_str().unwrap();
    let mut watch = world.start(&ana, "watch", &["watch", session, "--since", "0"]);
    change(&world, &ana, agent, r#"{"life": "paused", "reason": "lunch"}"#);
    change(&world, &ana, agent, r#"{"life": "active"}"#);
    ana.run(&["prompt", session, "-w", "echo", "here"]).ok();
    ana.run(&["sessions", "close", session]).ok();
    assert_eq!(watch.ended(), 0);
    let told = world.read("watch.out");
    let lines: Vec<_> =
        told.lines().filter_map(|it| it.split_once("· the agent session ")).collect();
    let lines: Vec<_> = lines.into_iter().map(|it| it.1).collect();
    assert_eq!(lines, ["is paused by you: lunch", "is resumed by you"]);
}

#[test]
fn a_draft_is_shown_with_each_change_and_approved_as_a_whole() {
    let world = World::serving(false);
    let ana = world.admin();
    let shared = ana.share(&["demo", "--title", "Checkout"]);
    let session = shared["session"]["id"].as_str().unwrap();
    let mut watch = world.start(&ana, "watch", &["watch", session, "--since", "0"]);
    ana.run(&["prompt", session, "-w", "draft"]).ok();
    let id = ana.waiting("draft");
    assert!(ana.run(&["inbox"]).ok().out.contains("Settle orders in order"));
    let shown = ana.run(&["show", &id]).ok().out;
    for line in [
        "Settle orders in order",
        "│ src/checkout/settle.rs  Sorts the ids",
        "│ +    settled.sort_unstable();",
        "│ CHANGELOG.md  Says so",
        "│ +- Orders are settled in order.",
    ] {
        assert!(shown.contains(line), "{line:?} is not in {shown}");
    }
    ana.run(&["approve", &id, "--note", "as agreed"]).ok();
    let decided = ana.run(&["show", &id]).ok().out;
    assert_eq!(decided.matches("  approved: as agreed").count(), 2, "{decided}");
    ana.run(&["prompt", session, "-w", "events"]).ok();
    ana.run(&["sessions", "close", session]).ok();
    assert_eq!(watch.ended(), 0);
    let told = world.read("watch.out");
    for line in [
        "it offers Settle orders in order for review",
        "Looking at the checkout",
        "it waits for: Which branch?",
        "the goal is reached: settle-in-order",
    ] {
        assert!(told.contains(line), "{line:?} is not in {told}");
    }
    assert!(!told.contains("unused import"), "nobody turned its output on: {told}");
    assert!(ana.run(&["verify"]).ok().err.contains("everything holds"));
}
