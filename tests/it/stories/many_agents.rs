//! Many agents at once: whatever is looked at in parts is gone through to its end, without anything else happening.

use std::time::Duration;

use serde_json::json;
use wardroom::{app::Settings, live::Limits};

use crate::world::{Machine, World};

/// More than is looked at in one part.
const MANY: usize = 105;

#[tokio::test]
async fn the_prompts_of_many_agents_are_sent_when_their_host_is_back_and_all_of_them_end_in_time() {
    let settings = Settings { prompts_a_minute: 1000, agent_starts: MANY, ..Settings::default() };
    let world = World::with(settings, Limits::default()).await;
    let hana = world.user("Hana").await;
    let mut laptop = Machine::new(&hana);
    laptop.connect(&world).await;
    let mut paths = Vec::new();
    for _ in 0..MANY {
        let agent = world.agent(&hana, &mut laptop).await;
        let body = json!({"hostSessionId": agent, "mode": "prompt_direct"});
        let made = world.post(&hana, "/api/shared-sessions", body).await.ok(201);
        paths.push(format!(
            "/api/shared-sessions/{}/prompts",
            made["session"]["id"].as_str().unwrap()
        ));
    }
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
