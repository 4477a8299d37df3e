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
