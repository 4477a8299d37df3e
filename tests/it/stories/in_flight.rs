//! A thousand calls in flight, and hosts that do not read: nothing is lost, and nobody else waits.

use std::collections::HashSet;

use axum::http::Method;
use serde_json::{Value, json};
use wardroom::rpc::calls::ServerCall;

use crate::world::{Caller, Machine, World};

async fn machine(world: &World, name: &str) -> (Caller, Machine) {
    let owner = world.user(name).await;
    let mut machine = Machine::new(&world.scoped(&owner, "host").await);
    machine.connect(world).await;
    (owner, machine)
}

async fn agent(machine: &mut Machine) -> String {
    let new = json!({"name": "deployer", "kind": "script"});
    let agent = machine.asks("host.register_agent", new).await.unwrap();
    agent["agent"]["id"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_thousand_requests_wait_on_one_connection_and_each_gets_its_own_answer() {
    let world = World::new().await;
    let (_, mut machine) = machine(&world, "Hana").await;
    let agent = agent(&mut machine).await;
    let mut waits = Vec::new();
    for n in 0..1000 {
        let ask = json!({"agent_id": agent, "request_id": format!("r{n}"), "action": format!("Step {n}?"), "wait": true});
        waits.push(machine.begins("host.request_approval", ask));
    }
    world.settle().await;
    // Behind a thousand that wait, a call is answered at once; half are decided, newest first, and the others expire.
    let mut cursor = Value::Null;
    let mut asked = Vec::new();
    for _ in 0..5 {
        let page =
            machine.asks("host.approvals", json!({"limit": 200, "cursor": cursor})).await.unwrap();
        asked.extend(page["approvals"].as_array().unwrap().clone());
        cursor = page["next_cursor"].clone();
    }
    assert_eq!((asked.len(), &cursor), (1000, &Value::Null));
    assert!(waits.iter().all(|id| !machine.has_answer(*id)));
    for approval in &asked[..500] {
        let resolve = json!({"approval_id": approval["id"], "resolution": "deny", "reason": approval["action"]});
        machine.asks("host.resolve_approval", resolve).await.unwrap();
    }
    machine.asks("host.unregister_agent", json!({"agent_id": agent})).await.unwrap();
    for (n, id) in waits.into_iter().enumerate() {
        let told: Value = machine.end(id).await.unwrap();
        assert_eq!(told["approval"]["action"], format!("Step {n}?"));
        let (outcome, reason) =
            (told["outcome"].as_str().unwrap(), told["reason"].as_str().unwrap());
        let expected = if n < 500 {
            ("timed_out", "agent_gone".to_owned())
        } else {
            ("denied", format!("Step {n}?"))
        };
        assert_eq!((outcome, reason.to_owned()), expected);
    }
    world.verify().await;
}

#[tokio::test]
async fn a_thousand_calls_of_tools_are_let_in_as_there_is_room_and_each_gets_its_own_answer() {
    let world = World::new().await;
    let (owner, mut machine) = machine(&world, "Hana").await;
    let agent = agent(&mut machine).await;
    let register = json!({"agent_id": agent, "tools": [{"name": "echo"}]});
    machine.asks("tools.register", register).await.unwrap();
    let path = format!("/api/agents/{agent}/tools/echo");
    let calls: Vec<_> = (0..1000)
        .map(|n| {
            let request = world.request(&owner, Method::POST, &path);
            request.json(&json!({"parameters": {"n": n}})).begin()
        })
        .collect();
    let mut most = 0;
    let mut served = HashSet::new();
    // 64 at once, and 256 of one person wait; the others are told to come again.
    while served.len() < 64 + 256 {
        world.settle().await;
        most = most.max(machine.waiting().len());
        let (id, call) = machine.next().await;
        let ServerCall::Execute(call) = call else { panic!("{call:?}") };
        assert!(served.insert(call.action_id), "a call comes once");
        let output: Value = serde_json::from_str(call.parameters.get()).unwrap();
        machine.answer(id, &json!({"output": output}));
    }
    assert_eq!(most, 64);
    let mut answered = 0;
    for (n, call) in calls.into_iter().enumerate() {
        let answer = call.await.unwrap();
        if answer.status == 503 {
            answer.refused(503, "BUSY");
            continue;
        }
        assert_eq!(answer.ok(200)["output"], json!({"n": n}));
        answered += 1;
    }
    assert_eq!(answered, served.len());
    let admission = world.get(&owner, "/api/admission").await.ok(200);
    assert_eq!(admission["toolCalls"], json!({"limit": 64, "running": 0, "waiting": 0}));
}

#[tokio::test]
async fn what_is_large_comes_in_pages_that_fit_into_frames() {
    let world = World::new().await;
    let (_, mut machine) = machine(&world, "Hana").await;
    // Four bytes each.
    let large = "🦀".repeat(15 * 1024);
    for n in 0..24 {
        let new = json!({"name": format!("agent {n:02}"), "kind": "script", "metadata": {"notes": large}});
        let agent = machine.asks("host.register_agent", new).await.unwrap()["agent"]["id"].clone();
        let note = json!({"kind": "note", "agent_id": agent, "payload": large});
        machine.asks("host.notify", note).await.unwrap();
        let ask =
            json!({"agent_id": agent, "action": format!("Step {n}?"), "details": {"plan": large}});
        machine.asks("host.request_approval", ask).await.unwrap();
    }
    let snapshot = machine.asks("host.subscribe", json!({})).await.unwrap();
    assert!(snapshot.to_string().len() < 1024 * 1024);
    let newest = snapshot["events"].as_array().unwrap().last().unwrap()["seq"].clone();
    assert_eq!(newest, snapshot["sequence"], "the newest are there");
    machine.asks("host.unsubscribe", json!({})).await.unwrap();
    for (method, list, all) in [
        ("host.agents", "agents", 26),
        ("host.approvals", "approvals", 24),
        ("host.events", "events", 97),
    ] {
        let (mut cursor, mut seen, mut pages) = (Value::Null, HashSet::new(), 0);
        loop {
            let page = machine.asks(method, json!({"limit": 200, "cursor": cursor})).await.unwrap();
            assert!(page.to_string().len() < 1024 * 1024, "{method}");
            seen.extend(page[list].as_array().unwrap().iter().map(|it| it["id"].to_string()));
            (cursor, pages) = (page["next_cursor"].clone(), pages + 1);
            if cursor.is_null() {
                break;
            }
        }
        assert_eq!(seen.len(), all, "{method}: each of them, in {pages} pages");
        assert!(pages > 1, "{method}");
    }
}

#[tokio::test]
async fn the_tools_of_an_agent_fit_into_a_frame_altogether() {
    let world = World::new().await;
    let (_, mut machine) = machine(&world, "Hana").await;
    let agent = agent(&mut machine).await;
    let tool =
        |n: usize| json!({"name": format!("tool {n}"), "parameters": {"x": "x".repeat(60 * 1024)}});
    let first: Vec<_> = (0..8).map(tool).collect();
    machine.asks("tools.register", json!({"agent_id": agent, "tools": first})).await.unwrap();
    let more = json!({"agent_id": agent, "tools": [tool(8)]});
    let refused = machine.asks("tools.register", more).await.unwrap_err();
    assert_eq!(refused.code, wardroom::Code::TooLarge);
    let listed = machine.asks("tools.list", json!({"agent_id": agent})).await.unwrap();
    assert_eq!(listed["tools"].as_array().unwrap().len(), 8, "nothing of it is kept");
}
