//! The registry: agents that a host registers, what they do, and what their hosts tell.

use serde_json::{Value, json};
use wardroom::Code;

use crate::world::{Caller, Machine, World};

async fn machine(world: &World, name: &str) -> (Caller, Machine) {
    let owner = world.user(name).await;
    let mut machine = Machine::new(&world.scoped(&owner, "host").await);
    machine.connect(world).await;
    (owner, machine)
}

async fn register(machine: &mut Machine, name: &str) -> Value {
    let new = json!({"name": name, "kind": "script", "capabilities": ["deploy"], "project": "shop", "pid": 812,
        "display": {"label": "Deployer"}, "metadata": {"branch": "main"}});
    machine.asks("host.register_agent", new).await.unwrap()["agent"].clone()
}

/// What a machine was told, a line each.
fn lines(machine: &mut Machine) -> Vec<String> {
    machine.told().into_iter().map(|it| format!("{} {}", it.seq, it.kind)).collect()
}

#[tokio::test]
async fn a_registered_agent_is_listed_changed_and_gone_and_each_of_it_is_told_once() {
    let world = World::new().await;
    let (owner, mut machine) = machine(&world, "Hana").await;
    let snapshot = machine.asks("host.subscribe", json!({})).await.unwrap();
    assert_eq!(snapshot["sequence"], 1, "that it is connected");
    assert_eq!(snapshot["events"][0]["kind"], "host.connected");

    let agent = register(&mut machine, "deployer").await;
    assert_eq!(agent["status"], "idle");
    assert_eq!(register(&mut machine, "deployer").await["id"], agent["id"], "by its name");
    let id = agent["id"].as_str().unwrap();
    let renamed = json!({"id": id, "name": "shipper", "kind": "script"});
    machine.asks("host.register_agent", renamed).await.unwrap();
    let listed = world.get(&owner, "/api/agents").await.ok(200);
    let names: Vec<_> = listed["agents"].as_array().unwrap().iter().map(|it| &it["name"]).collect();
    assert_eq!(names, ["claude", "demo", "shipper"]);

    let status = json!({"agent_id": id, "status": "running", "current_task": "deploying",
        "message": "to production", "payload": {"step": 1}});
    let running = machine.asks("host.set_status", status).await.unwrap();
    assert_eq!(running["agent"]["status"], "running");
    assert_eq!(running["agent"]["currentTask"], "deploying");
    machine.asks("host.unregister_agent", json!({"agent_id": id})).await.unwrap();
    world.settle().await;
    insta::assert_debug_snapshot!(lines(&mut machine), @r#"
    [
        "2 agent.registered",
        "3 agent.registered",
        "4 agent.status_changed",
        "5 agent.unregistered",
    ]
    "#);
    let listed = world.get(&owner, "/api/agents").await.ok(200);
    assert_eq!(listed["agents"].as_array().unwrap().len(), 2);
    world.verify().await;
}

#[tokio::test]
async fn the_seven_states_are_taken_but_that_of_waiting_and_an_unknown_one() {
    let world = World::new().await;
    let (_, mut machine) = machine(&world, "Hana").await;
    let agent = register(&mut machine, "deployer").await;
    for status in ["running", "paused", "completed", "errored", "stopped", "idle"] {
        let set = json!({"agent_id": agent["id"], "status": status});
        let set = machine.asks("host.set_status", set).await.unwrap();
        assert_eq!(set["agent"]["status"], status);
    }
    for status in ["waiting_for_approval", "asleep"] {
        let set = json!({"agent_id": agent["id"], "status": status});
        let refused = machine.asks("host.set_status", set).await.unwrap_err();
        assert_eq!(refused.code, Code::InvalidBody, "{status}");
    }
}

#[tokio::test]
async fn an_agent_belongs_to_its_host_and_not_to_a_socket() {
    let world = World::new().await;
    let (owner, mut machine) = machine(&world, "Hana").await;
    let agent = register(&mut machine, "deployer").await;
    let id = agent["id"].clone();
    let mut other = Machine::new(&world.scoped(&owner, "host").await);
    other.connect(&world).await;
    for (method, params) in [
        ("host.register_agent", json!({"id": id, "name": "mine", "kind": "script"})),
        ("host.unregister_agent", json!({"agent_id": id})),
        ("host.set_status", json!({"agent_id": id, "status": "stopped"})),
        ("host.notify", json!({"agent_id": id, "kind": "mine"})),
        ("host.request_approval", json!({"agent_id": id, "action": "May I?"})),
        ("tools.register", json!({"agent_id": id, "tools": [{"name": "deploy"}]})),
        ("tools.unregister", json!({"agent_id": id, "names": ["deploy"]})),
        ("tools.list", json!({"agent_id": id})),
    ] {
        let refused = other.asks(method, params).await.unwrap_err();
        assert_eq!(
            (refused.code, refused.message.as_str()),
            (Code::HostRequired, "owned by another host"),
            "{method}"
        );
    }
    machine.disconnect();
    world.settle().await;
    let listed = world.get(&owner, "/api/agents").await.ok(200).to_string();
    assert!(listed.contains("deployer"), "it is there without its socket");
    machine.connect(&world).await;
    let set = json!({"agent_id": id, "status": "running"});
    machine.asks("host.set_status", set).await.unwrap();
    world.verify().await;
}

#[tokio::test]
async fn what_cannot_be_registered_is_refused_with_the_reason() {
    let world = World::new().await;
    let (_, mut machine) = machine(&world, "Hana").await;
    register(&mut machine, "deployer").await;
    let other = register(&mut machine, "tester").await["id"].clone();
    for (new, reason) in [
        (json!({"name": " ", "kind": "script"}), "an agent has a name"),
        (json!({"name": "x", "kind": "acp"}), "agents of kind acp are those that a host can start"),
        (
            json!({"name": "claude", "kind": "script"}),
            "an agent that this host can start has that name",
        ),
        (
            json!({"id": other, "name": "deployer", "kind": "script"}),
            "another agent of this host has that name",
        ),
        (
            json!({"name": "x", "kind": "script", "metadata": [1]}),
            "metadata and schemas are JSON objects",
        ),
    ] {
        let refused = machine.asks("host.register_agent", new).await.unwrap_err();
        assert_eq!((refused.code, refused.message.as_str()), (Code::InvalidBody, reason));
    }
    let big = json!({"name": "x", "kind": "script", "metadata": {"text": "x".repeat(70_000)}});
    assert_eq!(machine.asks("host.register_agent", big).await.unwrap_err().code, Code::TooLarge);
    let unknown = json!({"name": "x", "kind": "script", "colour": "red"});
    let refused = machine.asks("host.register_agent", unknown).await.unwrap_err();
    assert_eq!(refused.code, Code::InvalidBody);
}

#[tokio::test]
async fn a_host_tells_what_it_likes_but_nothing_that_only_the_server_says() {
    let world = World::new().await;
    let (owner, mut machine) = machine(&world, "Hana").await;
    let told =
        json!({"kind": "deploy.began", "message": "to production", "payload": {"by": "hana"}});
    assert_eq!(machine.asks("host.notify", told).await.unwrap()["sequence"], 2);
    for kind in ["host.connected", "agent.registered", "approval.resolved", "tools.called", ""] {
        let refused = machine.asks("host.notify", json!({"kind": kind})).await.unwrap_err();
        assert_eq!(refused.code, Code::InvalidBody, "{kind}");
    }
    let events = world.get(&owner, "/api/host-events?after=1").await.ok(200);
    let event = &events["events"][0];
    assert_eq!(event["kind"], "host.notification");
    assert_eq!(event["payload"], json!({"kind": "deploy.began", "payload": {"by": "hana"}}));
    assert_eq!(events["nextAfter"], "2");
}

#[tokio::test]
async fn who_is_no_admin_any_more_is_told_of_no_foreign_host_on_an_open_connection_either() {
    let world = World::new().await;
    let (hana, otto) = (world.user("Hana").await, world.user("Otto").await);
    let me = world.get(&otto, "/api/me").await.ok(200);
    let path = format!("/api/users/{}", me["user"]["id"].as_str().unwrap());
    world.patch(&world.ada, &path, json!({"admin": true})).await.ok(200);
    let mut hanas = Machine::new(&world.scoped(&hana, "host").await);
    hanas.connect(&world).await;
    let secret = json!({"name": "secret project", "kind": "script"});
    hanas.asks("host.register_agent", secret).await.unwrap();
    let mut ottos = Machine::new(&world.scoped(&otto, "host").await);
    ottos.connect(&world).await;
    let seen = ottos.asks("host.agents", json!({})).await.unwrap().to_string();
    assert!(seen.contains("secret project"));
    world.patch(&world.ada, &path, json!({"admin": false})).await.ok(200);
    for (method, params) in
        [("host.agents", json!({})), ("host.events", json!({})), ("host.subscribe", json!({}))]
    {
        let seen = ottos.asks(method, params).await.unwrap().to_string();
        assert!(!seen.contains("secret project"), "{method}: {seen}");
    }
}

#[tokio::test]
async fn what_somebody_may_at_a_host_is_taken_back_also_while_their_account_is_disabled() {
    let world = World::new().await;
    let (hana, otto) = (world.user("Hana").await, world.user("Otto").await);
    let mut machine = Machine::new(&world.scoped(&hana, "host").await);
    machine.connect(&world).await;
    let grants = format!("/api/hosts/{}/grants", machine.id);
    let may = json!({"name": "Otto", "canDecide": true});
    world.post(&hana, &grants, may.clone()).await.ok(200);
    let me = world.get(&otto, "/api/me").await.ok(200);
    let path = format!("/api/users/{}", me["user"]["id"].as_str().unwrap());
    world.patch(&world.ada, &path, json!({"disabled": true})).await.ok(200);
    world.post(&hana, &grants, may).await.refused(404, "NOT_FOUND");
    world.post(&hana, &grants, json!({"name": "Otto"})).await.ok(200);
    world.patch(&world.ada, &path, json!({"disabled": false})).await.ok(200);
    let hosts = world.get(&otto, "/api/hosts").await.ok(200);
    assert_eq!(hosts["hosts"], json!([]), "they know of it no more");
}

#[tokio::test]
async fn what_is_registered_at_the_servers_own_host_is_not_everybodys_to_see_or_to_start() {
    let world = World::new().await;
    let sam = world.user("Sam").await;
    let mut machine = Machine::new(&Caller::Local);
    machine.connect(&world).await;
    register(&mut machine, "deployer").await;
    let names = async |caller: &Caller| {
        let listed = world.get(caller, "/api/agents").await.ok(200);
        let agents = listed["agents"].as_array().unwrap().clone();
        agents.iter().map(|it| it["name"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(names(&sam).await, ["claude", "demo"]);
    assert_eq!(names(&world.ada).await, ["claude", "demo", "deployer"]);
    let start = json!({"agent": "deployer", "hostId": machine.id});
    let refused = world.post(&world.ada, "/api/agent-sessions", start).await;
    refused.refused(409, "AGENT_UNAVAILABLE");
}
