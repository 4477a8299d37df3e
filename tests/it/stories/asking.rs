//! What programs ask of people: on a host's connection, and over HTTP.

use std::time::Duration;

use serde_json::{Value, json};
use wardroom::{Code, rpc::calls::ServerCall};

use crate::world::{Caller, Machine, World};

async fn machine(world: &World, name: &str) -> (Caller, Machine) {
    let owner = world.user(name).await;
    let mut machine = Machine::new(&world.scoped(&owner, "host").await);
    machine.connect(world).await;
    (owner, machine)
}

async fn agent(machine: &mut Machine) -> Value {
    let new = json!({"name": "deployer", "kind": "script"});
    machine.asks("host.register_agent", new).await.unwrap()["agent"]["id"].clone()
}

fn path(asked: &Value) -> String {
    format!("/api/approvals/{}", asked["approval"]["id"].as_str().unwrap())
}

#[tokio::test]
async fn a_program_waits_and_is_told_what_a_person_chose() {
    let world = World::new().await;
    let (owner, mut machine) = machine(&world, "Hana").await;
    let agent = agent(&mut machine).await;
    machine.asks("host.set_status", json!({"agent_id": agent, "status": "running"})).await.unwrap();
    let waits = machine.begins(
        "host.request_approval",
        json!({"agent_id": agent, "action": "Deploy to production?", "options": ["yes", "later", "no"],
            "system_level": true, "wait": true}),
    );
    world.settle().await;
    assert!(!machine.has_answer(waits));
    let inbox = world.get(&owner, "/api/approvals").await.ok(200);
    let asked = &inbox["approvals"][0];
    assert_eq!(asked["action"], "Deploy to production?");
    let agents = world.get(&owner, "/api/agents").await.ok(200).to_string();
    assert!(agents.contains("waiting_for_approval"));

    let chosen = json!({"action": "reject", "optionId": "later", "reason": "after lunch"});
    let at = format!("/api/approvals/{}", asked["id"].as_str().unwrap());
    world.post(&owner, &at, chosen).await.ok(200);
    let told: Value = machine.end(waits).await.unwrap();
    assert_eq!(
        (&told["outcome"], &told["option"], &told["reason"]),
        (&json!("denied"), &json!("later"), &json!("after lunch"))
    );
    world.settle().await;
    let asked = world.get(&owner, &at).await.ok(200);
    assert!(asked["approval"]["deliveredAt"].is_string(), "it has been told");
    let agents = world.get(&owner, "/api/agents").await.ok(200).to_string();
    assert!(agents.contains("running") && !agents.contains("waiting_for_approval"));
    world.verify().await;
}

#[tokio::test]
async fn what_asked_never_decides_nor_does_a_token_that_only_runs_agents() {
    let world = World::new().await;
    let hana = world.user("Hana").await;
    let asked = world.post(&hana, "/api/approvals", json!({"action": "Push?"})).await.ok(201);
    assert_eq!(asked["answerable"], true);
    assert_eq!(asked["resolution"]["outcome"], "pending");
    let yes = json!({"action": "approve"});
    let refused = world.post(&hana, &path(&asked), yes.clone()).await;
    assert_eq!(refused.refused(403, "DECISION_NOT_ALLOWED")["error"], "what asked does not decide");
    let host = world.scoped(&hana, "host").await;
    world.post(&host, &path(&asked), yes.clone()).await.refused(403, "DECISION_NOT_ALLOWED");
    let sam = world.user("Sam").await;
    world.post(&sam, &path(&asked), yes.clone()).await.refused(404, "APPROVAL_NOT_FOUND");
    let browser = world.browser(&hana).await;
    let decided = world.post(&browser, &path(&asked), yes.clone()).await.ok(200);
    assert_eq!(decided["approval"]["optionId"], "approve");
    let again = world.post(&world.ada, &path(&asked), yes).await;
    again.refused(409, "APPROVAL_ALREADY_RESOLVED");
    world.verify().await;
}

#[tokio::test]
async fn a_row_of_a_host_is_decided_by_that_host_and_a_click_is_passed_on() {
    let world = World::new().await;
    let (owner, mut machine) = machine(&world, "Hana").await;
    let ask = json!({"action": "Delete the branch?", "request_id": "branch-1"});
    let asked = machine.asks("host.request_approval", ask.clone()).await.unwrap();
    assert_eq!(asked["answerable"], true);

    let click = world.request(&owner, axum::http::Method::POST, &path(&asked));
    let click = click.json(&json!({"action": "approve", "reason": "it is merged"})).begin();
    let (id, call) = machine.next().await;
    let ServerCall::AnswerRequest(wish) = call else { panic!("{call:?}") };
    assert_eq!(wish.approval_id.to_string(), asked["approval"]["id"].as_str().unwrap());
    assert_eq!((wish.option.as_str(), wish.reason.as_deref()), ("approve", Some("it is merged")));
    machine.answer(id, &());
    let told = click.await.unwrap().ok(202);
    assert_eq!(told["approval"]["status"], "pending");
    assert_eq!(told["approval"]["resolveRequest"]["optionId"], "approve");

    let resolve = json!({"approval_id": asked["approval"]["id"], "resolution": "approve"});
    let resolved = machine.asks("host.resolve_approval", resolve).await.unwrap();
    assert_eq!(
        (&resolved["outcome"], &resolved["option"]),
        (&json!("approved"), &json!("approve"))
    );
    let again = machine.asks("host.request_approval", ask).await.unwrap();
    assert_eq!(again["approval"]["id"], asked["approval"]["id"]);
    assert_eq!(again["outcome"], "approved");
    world.verify().await;
}

#[tokio::test]
async fn while_its_host_is_away_a_click_is_kept_and_the_row_stays_pending() {
    let world = World::new().await;
    let (owner, mut machine) = machine(&world, "Hana").await;
    let asked =
        machine.asks("host.request_approval", json!({"action": "Delete it?"})).await.unwrap();
    machine.disconnect();
    world.settle().await;
    let refused = world.post(&owner, &path(&asked), json!({"action": "reject"})).await;
    assert_eq!(refused.refused(409, "AGENT_UNAVAILABLE")["error"], "the host is not connected");
    machine.connect(&world).await;
    let snapshot = machine.asks("host.subscribe", json!({})).await.unwrap();
    let row = &snapshot["approvals"][0];
    assert_eq!(row["status"], "pending");
    assert_eq!(row["resolveRequest"]["optionId"], "deny");
}

#[tokio::test]
async fn a_foreign_host_an_unknown_option_and_a_late_word_decide_nothing() {
    let world = World::new().await;
    let (owner, mut machine) = machine(&world, "Hana").await;
    let mut other = Machine::new(&world.scoped(&owner, "host").await);
    other.connect(&world).await;
    let ask = json!({"action": "Go?", "timeout_ms": 60_000});
    let asked = machine.asks("host.request_approval", ask).await.unwrap();
    let resolve =
        |option: &str| json!({"approval_id": asked["approval"]["id"], "resolution": option});
    let refused = other.asks("host.resolve_approval", resolve("approve")).await.unwrap_err();
    assert_eq!(refused.message, "owned by another host");
    let withdraw = json!({"approval_id": asked["approval"]["id"]});
    let refused = other.asks("host.withdraw_approval", withdraw.clone()).await.unwrap_err();
    assert_eq!(refused.message, "owned by another host");
    let refused = machine.asks("host.resolve_approval", resolve("maybe")).await.unwrap_err();
    assert_eq!(refused.code, Code::InvalidOption);
    assert_eq!(refused.hint.as_deref(), Some("offered are: approve, deny"));
    world.pass(Duration::from_secs(61)).await;
    let refused = machine.asks("host.resolve_approval", resolve("approve")).await.unwrap_err();
    assert_eq!(refused.code, Code::ApprovalAlreadyResolved);
    let refused = machine.asks("host.withdraw_approval", withdraw).await.unwrap_err();
    assert_eq!(refused.code, Code::ApprovalAlreadyResolved);
    world.verify().await;
}

#[tokio::test]
async fn a_time_that_is_up_is_never_a_yes() {
    let world = World::new().await;
    let (_, mut machine) = machine(&world, "Hana").await;
    let ask = json!({"action": "Go?", "timeout_ms": 5000, "wait": true, "system_level": true});
    let waits = machine.begins("host.request_approval", ask);
    world.pass(Duration::from_secs(6)).await;
    let told: Value = machine.end(waits).await.unwrap();
    assert_eq!((&told["outcome"], &told["reason"]), (&json!("timed_out"), &json!("deadline")));
}

#[tokio::test]
async fn a_program_that_asks_again_joins_the_same_row_after_a_restart_too() {
    let mut world = World::new().await;
    let (owner, mut machine) = machine(&world, "Hana").await;
    let ask = json!({"action": "Go?", "request_id": "go", "wait": true, "system_level": true});
    machine.begins("host.request_approval", ask.clone());
    world.settle().await;
    world.restart().await;
    machine.kill();
    machine.connect(&world).await;
    let waits = machine.begins("host.request_approval", ask.clone());
    world.settle().await;
    let inbox = world.get(&owner, "/api/approvals").await.ok(200);
    assert_eq!(inbox["approvals"].as_array().unwrap().len(), 1);
    let at = format!("/api/approvals/{}", inbox["approvals"][0]["id"].as_str().unwrap());
    world.post(&owner, &at, json!({"action": "approve"})).await.ok(200);
    assert_eq!(machine.end::<Value>(waits).await.unwrap()["outcome"], "approved");
    for other in [
        json!({"action": "Something else?", "request_id": "go", "system_level": true}),
        json!({"action": "Go?", "request_id": "go", "system_level": false}),
    ] {
        let refused = machine.asks("host.request_approval", other).await.unwrap_err();
        assert_eq!(refused.code, Code::IdempotencyMismatch);
    }
}

#[tokio::test]
async fn an_agent_that_is_unregistered_leaves_no_question_open() {
    let world = World::new().await;
    let (owner, mut machine) = machine(&world, "Hana").await;
    let agent = agent(&mut machine).await;
    let ask = json!({"agent_id": agent, "action": "Go?", "wait": true, "system_level": true});
    let waits = machine.begins("host.request_approval", ask);
    world.settle().await;
    machine.asks("host.unregister_agent", json!({"agent_id": agent})).await.unwrap();
    let told: Value = machine.end(waits).await.unwrap();
    assert_eq!((&told["outcome"], &told["reason"]), (&json!("timed_out"), &json!("agent_gone")));
    let inbox = world.get(&owner, "/api/approvals").await.ok(200);
    assert_eq!(inbox["approvals"], json!([]));
}

#[tokio::test]
async fn whom_the_owner_lets_decides_too_and_no_longer_than_they_let() {
    let world = World::new().await;
    let (owner, mut machine) = machine(&world, "Hana").await;
    let sam = world.user("Sam").await;
    let ask = json!({"action": "Go?", "system_level": true});
    let asked = machine.asks("host.request_approval", ask).await.unwrap();
    world
        .post(&sam, &path(&asked), json!({"action": "approve"}))
        .await
        .refused(404, "APPROVAL_NOT_FOUND");
    let grants = format!("/api/hosts/{}/grants", machine.id);
    let put = async |caller: &Caller, body: Value| {
        world.request(caller, axum::http::Method::POST, &grants).json(&body).send().await
    };
    put(&sam, json!({"name": "Sam", "canDecide": true})).await.refused(404, "NOT_FOUND");
    put(&owner, json!({"name": "Nobody", "canDecide": true})).await.refused(404, "NOT_FOUND");
    put(&owner, json!({"name": "Sam", "canDecide": true})).await.ok(200);
    let inbox = world.get(&sam, "/api/approvals").await.ok(200);
    assert_eq!(inbox["approvals"][0]["action"], "Go?");
    put(&sam, json!({"name": "Sam", "canCallTools": true})).await.refused(403, "HOST_REQUIRED");
    put(&owner, json!({"name": "Sam"})).await.ok(200);
    let inbox = world.get(&sam, "/api/approvals").await.ok(200);
    assert_eq!(inbox["approvals"], json!([]));
    put(&owner, json!({"name": "Sam", "canDecide": true})).await.ok(200);
    world.post(&sam, &path(&asked), json!({"action": "approve"})).await.ok(200);
    world.verify().await;
}

#[tokio::test]
async fn who_asked_takes_it_back_and_nobody_else() {
    let world = World::new().await;
    let hana = world.user("Hana").await;
    let asked = world.post(&hana, "/api/approvals", json!({"action": "Push?"})).await.ok(201);
    world.delete(&world.ada, &path(&asked)).await.refused(403, "DECISION_NOT_ALLOWED");
    let browser = world.browser(&hana).await;
    let taken = world.delete(&browser, &path(&asked)).await.ok(200);
    assert_eq!(taken["approval"]["status"], "withdrawn");
    world.delete(&hana, &path(&asked)).await.refused(409, "APPROVAL_ALREADY_RESOLVED");
}

#[tokio::test]
async fn too_much_that_waits_is_refused_until_some_of_it_is_decided() {
    let settings = wardroom::app::Settings { pending_of_program: 2, ..Default::default() };
    let world = World::with(settings, wardroom::live::Limits::default()).await;
    let hana = world.user("Hana").await;
    let ask = |action: &str| json!({"action": action});
    let first = world.post(&hana, "/api/approvals", ask("One?")).await.ok(201);
    world.post(&hana, "/api/approvals", ask("Two?")).await.ok(201);
    world.post(&hana, "/api/approvals", ask("Three?")).await.refused(429, "RATE_LIMITED");
    world.delete(&hana, &path(&first)).await.ok(200);
    world.post(&hana, "/api/approvals", ask("Three?")).await.ok(201);
}
