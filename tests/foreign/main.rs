//! Whole turns with agents that are not ours, on the real server, without a network.
//!
//! The agents come from npm (`tests/foreign/package.json`); a model is played by `model`. Each turn asks for one
//! shell command, which leaves a file behind if and only if it was allowed. Not part of a plain test run: `tests/run`
//! installs the agents first.

#![allow(clippy::unwrap_used, clippy::allow_attributes, reason = "tests")]

mod model;
mod world;

use serde_json::json;
use world::World;

#[tokio::test(flavor = "multi_thread")]
async fn qwen_does_what_it_is_allowed_to_and_nothing_else() {
    allowed_and_rejected("qwen").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn codex_does_what_it_is_allowed_to_and_nothing_else() {
    allowed_and_rejected("codex").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn qwen_goes_on_when_the_server_was_killed_while_it_waited_for_a_yes() {
    killed_while_it_waits("qwen").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn codex_goes_on_when_the_server_was_killed_while_it_waited_for_a_yes() {
    killed_while_it_waits("codex").await;
}

async fn allowed_and_rejected(agent: &str) {
    let world = World::start().await;
    let session = world.share(agent).await;
    for (action, is_there) in [("reject", false), ("approve", true)] {
        world.prompt(&session, "run the command").await;
        let asked = world.pending(&session).await;
        assert_eq!(asked["kind"], "permission", "{asked}");
        assert!(!world.proof().exists());
        world.decide(&asked, action).await;
        let dispatch = world.turn_ended(&session).await;
        let state = dispatch["state"].as_str().unwrap();
        // After a no, some agents end their turn and others call it cancelled.
        assert!(matches!((state, is_there), ("succeeded", _) | ("cancelled", false)), "{dispatch}");
        let log = world.events(&session).await;
        assert_eq!(world.proof().exists(), is_there, "{action}: {log:#?}");
    }
    world.stop().await;
}

async fn killed_while_it_waits(agent: &str) {
    let mut world = World::start().await;
    let session = world.share(agent).await;
    world.prompt(&session, "run the command").await;
    let asked = world.pending(&session).await;
    world.kill_server().await;
    world.start_server().await;
    let still = world.pending(&session).await;
    assert_eq!(still["id"], asked["id"], "the same card is still there");
    world.decide(&still, "approve").await;
    let dispatch = world.turn_ended(&session).await;
    assert_eq!(dispatch["state"], json!("succeeded"), "{dispatch}");
    let log = world.events(&session).await;
    assert!(world.proof().exists(), "{log:#?}");
    let count = |kind: &str| log.iter().filter(|event| event["type"] == kind).count();
    assert_eq!(count("prompt_dispatch_started"), 1, "{log:#?}");
    assert_eq!(count("approval_requested"), 1, "{log:#?}");
    world.stop().await;
}
