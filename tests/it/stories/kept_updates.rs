//! What an agent says while nobody shares it: kept up to a bound, and moved into the log page by page.

use serde_json::{Value, json, value::RawValue};
use wardroom::{
    domain::AgentSessionId,
    rpc::calls::{HostCall, Updates},
};

use crate::world::{Machine, Room, World};

/// How many updates are kept at most.
const KEPT: usize = 10_000;

/// An agent that nobody shares.
async fn unshared(world: &World) -> (crate::world::Caller, Machine, AgentSessionId) {
    let hana = world.user("Hana").await;
    let mut laptop = Machine::new(&hana);
    laptop.connect(world).await;
    let agent = world.agent(&hana, &mut laptop).await;
    (hana, laptop, agent)
}

/// What the agent says from number `first` on: each its number, and so much besides.
fn updates(laptop: &Machine, agent: AgentSessionId, first: usize, texts: &[String]) -> HostCall {
    let update = |text: &String| {
        let content = json!({"type": "text", "text": text});
        let update = json!({"sessionUpdate": "agent_message_chunk", "content": content});
        RawValue::from_string(json!({"sessionId": "acp", "update": update}).to_string()).unwrap()
    };
    HostCall::Update(Updates {
        agent_session_id: agent,
        instance: laptop.instance,
        first: first as u64,
        updates: texts.iter().map(update).collect(),
    })
}

/// The words of the agent in the log, and what else stands there, by type.
async fn log(world: &World, room: &Room) -> (Vec<String>, Vec<Value>) {
    let (mut words, mut others) = (Vec::new(), Vec::new());
    for event in world.events(room).await {
        let text = &event["payload"]["notification"]["update"]["content"]["text"];
        match text.as_str() {
            Some(text) => words.push(text.to_owned()),
            None => others.push(event),
        }
    }
    (words, others)
}

#[tokio::test]
async fn the_newest_are_kept_and_one_event_says_how_many_are_not() {
    let world = World::new().await;
    let (hana, mut laptop, agent) = unshared(&world).await;
    for n in 0..5 {
        let texts: Vec<_> = (1..=2500).map(|it| (n * 2500 + it).to_string()).collect();
        let call = updates(&laptop, agent, n * 2500 + 1, &texts);
        laptop.call::<()>(call).await.unwrap();
        let kept: i64 = world.look("select count(*) from unshared_updates");
        assert!(usize::try_from(kept).unwrap() <= KEPT, "{kept}");
    }
    let room = world.share(hana, laptop, agent, json!({})).await;
    world.settle().await;
    let (words, others) = log(&world, &room).await;
    assert_eq!(words, (2501..=12_500).map(|it| it.to_string()).collect::<Vec<_>>());
    let types: Vec<_> = others.iter().map(|it| it["type"].as_str().unwrap()).collect();
    assert_eq!(types, ["shared_session_created", "participant_joined", "updates_dropped"]);
    assert_eq!(others[2]["payload"], json!({"count": 2500}));
    assert_eq!(world.look::<i64>("select count(*) from unshared_updates"), 0);
    world.verify().await;
}

#[tokio::test]
async fn long_ones_are_kept_by_their_bytes() {
    let world = World::new().await;
    let (hana, mut laptop, agent) = unshared(&world).await;
    for n in 1..=20 {
        let text = format!("{n} {}", "x".repeat(1024 * 1024));
        let call = updates(&laptop, agent, n, &[text]);
        laptop.call::<()>(call).await.unwrap();
    }
    let bytes: i64 = world.look("select sum(length(payload)) from unshared_updates");
    assert!(bytes <= 16 * 1024 * 1024, "{bytes}");
    let room = world.share(hana, laptop, agent, json!({})).await;
    world.settle().await;
    let (words, others) = log(&world, &room).await;
    let numbers: Vec<_> = words.iter().map(|it| it.split_once(' ').unwrap().0).collect();
    assert_eq!(
        numbers,
        ["6", "7", "8", "9", "10", "11", "12", "13", "14", "15", "16", "17", "18", "19", "20"]
    );
    assert_eq!(others.last().unwrap()["payload"], json!({"count": 5}));
    world.verify().await;
}

#[tokio::test]
async fn they_move_in_pages_in_order_and_once_though_the_server_is_killed_meanwhile() {
    let mut world = World::new().await;
    let (hana, mut laptop, agent) = unshared(&world).await;
    let texts: Vec<_> = (1..=1000).map(|it| it.to_string()).collect();
    let call = updates(&laptop, agent, 1, &texts);
    laptop.call::<()>(call).await.unwrap();
    world.stop_at("host_session_update");
    let share = json!({"hostSessionId": agent});
    let made =
        world.request(&hana, axum::http::Method::POST, "/api/shared-sessions").json(&share).begin();
    world.stopped().await;
    let moved: i64 = world.look("select count(*) from events where type = 'host_session_update'");
    assert!(moved < 1000, "{moved} in one unit");
    world.restart().await;
    made.abort();
    laptop.connect(&world).await;
    let call = updates(&laptop, agent, 1001, &["1001".to_owned()]);
    laptop.call::<()>(call).await.unwrap();
    world.settle().await;
    let id: String = world.look("select id from sessions");
    let room = Room { id, hana, invite: String::new(), agent, laptop };
    let (words, others) = log(&world, &room).await;
    assert_eq!(words, (1..=1001).map(|it| it.to_string()).collect::<Vec<_>>());
    assert!(others.iter().all(|it| it["type"] != "updates_dropped"), "nothing was dropped");
    world.verify().await;
}

#[tokio::test]
async fn what_an_agent_says_while_they_move_comes_behind_them() {
    let world = World::new().await;
    let (hana, mut laptop, agent) = unshared(&world).await;
    let texts: Vec<_> = (1..=3000).map(|it| it.to_string()).collect();
    let call = updates(&laptop, agent, 1, &texts);
    laptop.call::<()>(call).await.unwrap();
    let share = json!({"hostSessionId": agent});
    let asked =
        world.request(&hana, axum::http::Method::POST, "/api/shared-sessions").json(&share).begin();
    for n in 3001..=3020 {
        let call = updates(&laptop, agent, n, &[n.to_string()]);
        laptop.call::<()>(call).await.unwrap();
    }
    let made = asked.await.unwrap().ok(201);
    world.settle().await;
    let id = made["session"]["id"].as_str().unwrap().to_owned();
    let room = Room { id, hana, invite: String::new(), agent, laptop };
    assert_eq!(log(&world, &room).await.0, (1..=3020).map(|it| it.to_string()).collect::<Vec<_>>());
    world.verify().await;
}
