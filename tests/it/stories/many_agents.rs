//! Many agents at once: whatever is looked at in parts is gone through to its end, without anything else happening.

use std::time::Duration;

use axum::http::Method;
use serde_json::json;
use wardroom::{app::Settings, live::Limits};

use crate::world::{Caller, Machine, World};

/// More than is looked at in one part.
const MANY: usize = 105;

/// So many agents of Hana's at her laptop, each shared; where each takes prompts.
async fn agents(world: &World, count: usize) -> (Caller, Machine, Vec<String>) {
    let hana = world.user("Hana").await;
    let mut laptop = Machine::new(&hana);
    laptop.connect(world).await;
    let mut paths = Vec::new();
    for _ in 0..count {
        let agent = world.agent(&hana, &mut laptop).await;
        let body = json!({"hostSessionId": agent, "mode": "prompt_direct"});
        let made = world.post(&hana, "/api/shared-sessions", body).await.ok(201);
        paths.push(format!(
            "/api/shared-sessions/{}/prompts",
            made["session"]["id"].as_str().unwrap()
        ));
    }
    (hana, laptop, paths)
}

#[tokio::test]
async fn the_prompts_of_many_agents_are_sent_when_their_host_is_back_and_all_of_them_end_in_time() {
    let settings = Settings { prompts_a_minute: 1000, agent_starts: MANY, ..Settings::default() };
    let world = World::with(settings, Limits::default()).await;
    let (hana, mut laptop, paths) = agents(&world, MANY).await;
    laptop.disconnect();
    world.settle().await;
    for path in &paths {
        world.post(&hana, path, json!({"prompt": "hello"})).await.ok(200);
    }
    laptop.connect(&world).await;
    world.settle().await;
    assert_eq!(laptop.waiting(), vec!["open"; MANY]);
    for _ in 0..MANY {
        laptop.accepts().await;
    }
    world.pass(Duration::from_mins(31)).await;
    assert_eq!(laptop.waiting(), vec!["cancel"; MANY], "each turn is told that its time is up");
    world.verify().await;
}

#[tokio::test]
async fn a_line_of_starts_that_is_full_costs_no_prompt_its_turn() {
    let settings = Settings { prompts_a_minute: 1000, agent_starts: 1, ..Settings::default() };
    let world = World::with(settings, Limits::default()).await;
    let count = 256 + 6;
    let (hana, mut laptop, paths) = agents(&world, count).await;
    laptop.disconnect();
    world.settle().await;
    for path in &paths {
        world.post(&hana, path, json!({"prompt": "hello"})).await.ok(200);
    }
    laptop.kill();
    laptop.connect(&world).await;
    world.settle().await;
    assert_eq!(laptop.waiting(), ["open"], "one start at a time");
    for _ in 0..count {
        laptop.accepts().await;
    }
    world.verify().await;
}

#[tokio::test]
async fn a_prompt_for_an_agent_that_is_alive_waits_for_no_other_agents_start() {
    let settings = Settings { agent_starts: 1, ..Settings::default() };
    let world = World::with(settings, Limits::default()).await;
    let (hana, mut laptop, paths) = agents(&world, 1).await;
    let body = json!({"agent": "claude", "hostId": laptop.id});
    let start = world.request(&hana, Method::POST, "/api/agent-sessions").json(&body).begin();
    let (slow, _) = laptop.next().await;
    world.post(&hana, &paths[0], json!({"prompt": "hello"})).await.ok(200);
    laptop.accepts().await;
    laptop.started(slow);
    start.await.unwrap().ok(201);
}
