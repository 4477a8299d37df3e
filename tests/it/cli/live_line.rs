//! The line between the live view and the server, and what is shown of what comes over it.

use rustix::process::Signal;
use serde_json::Value;

use super::{
    pty::Terminal,
    world::{Person, World, until},
};

/// The number of the newest event, once nothing goes on any more.
fn head(ana: &Person, session: &str) -> u64 {
    until("an idle agent", || {
        let shown = ana.run(&["sessions", "show", session, "--json"]).json();
        let is_idle = shown["agentSession"]["status"] == "idle";
        is_idle.then(|| shown["session"]["lastSeq"].as_u64().unwrap())
    })
}

#[test]
fn after_a_break_it_says_how_many_events_have_come_meanwhile() {
    let mut world = World::serving(false);
    let ana = world.admin();
    let session = ana.share(&["demo"])["session"]["id"].as_str().unwrap().to_owned();
    let watch = Terminal::open(&world, &ana, "watch", &["watch", &session]);
    watch.sees("● live");
    ana.run(&["comment", &session, "zero"]).ok();
    let before = head(&ana, &session);
    watch.sees("you  zero");
    world.kill_server();
    watch.sees("◌ reconnecting (");
    watch.signal(&ana, Signal::STOP);
    world.serve(&["--no-local-host"]);
    ana.run(&["prompt", &session, "--wait", "echo hello"]).ok();
    for text in ["one", "two"] {
        ana.run(&["comment", &session, text]).ok();
    }
    let missed = head(&ana, &session) - before;
    watch.signal(&ana, Signal::CONT);
    watch.sees(&format!("✓ caught up {missed} events"));
    let screen = watch.sees("● live");
    assert!(screen.contains("you  two") && !screen.contains("reconnecting"), "{screen}");
}

#[test]
fn decisions_alone_are_shown_where_nothing_else_is_wanted() {
    let world = World::serving(false);
    let (ana, kim) = (world.admin(), world.person("kim"));
    let shared = ana.share(&["demo"]);
    let (session, link) =
        (shared["session"]["id"].as_str().unwrap(), shared["inviteUrl"].as_str().unwrap());
    super::guests::join(&world, &kim, link);
    ana.run(&["comment", session, "hello"]).ok();
    kim.run(&["prompt", link, "ask make"]).ok();
    ana.run(&["approve", &ana.waiting("prompt")]).ok();
    ana.run(&["reject", &ana.waiting("permission")]).ok();
    ana.run(&["sessions", "close", session]).ok();
    let watch = ["watch", session, "--since", "0", "--decisions-only"];
    let events = ana.run(&[&watch[..], &["--json"]].concat()).ok().out;
    let types: Vec<String> = events
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap()["type"].as_str().unwrap().into())
        .collect();
    assert_eq!(
        types,
        ["prompt_pending_approval", "prompt_approved", "approval_requested", "approval_resolved"]
    );
    let lines = ana.run(&watch).ok().out;
    assert!(lines.contains("Kim → prompt  ask make") && lines.contains("reject_once"), "{lines}");
    assert!(!lines.contains("hello") && !lines.contains("joined"), "{lines}");
}
