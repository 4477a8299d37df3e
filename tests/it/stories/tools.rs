//! Tools of registered agents: called by people, answered by their host.

use serde_json::{Value, json};
use tokio::task::JoinHandle;
use wardroom::{Code, app::Settings, live::Limits, rpc::calls::ServerCall};

use crate::world::{Answer, Caller, Machine, World};

struct Shop {
    world: World,
    owner: Caller,
    machine: Machine,
    agent: String,
}

impl Shop {
    async fn with(tools: Value) -> Self {
        Self::at(World::new().await, tools).await
    }

    async fn at(world: World, tools: Value) -> Self {
        let owner = world.user("Hana").await;
        let mut machine = Machine::new(&world.scoped(&owner, "host").await);
        machine.connect(&world).await;
        let new = json!({"name": "deployer", "kind": "script"});
        let agent = machine.asks("host.register_agent", new).await.unwrap();
        let agent = agent["agent"]["id"].as_str().unwrap().to_owned();
        let register = json!({"agent_id": agent, "tools": tools});
        machine.asks("tools.register", register).await.unwrap();
        Self { world, owner, machine, agent }
    }

    fn path(&self, tool: &str) -> String {
        format!("/api/agents/{}/tools/{tool}", self.agent)
    }

    fn call(&self, caller: &Caller, tool: &str, parameters: Value) -> JoinHandle<Answer> {
        let request = self.world.request(caller, axum::http::Method::POST, &self.path(tool));
        request.json(&Value::from_iter([("parameters", parameters)])).begin()
    }
}

#[tokio::test]
async fn a_tool_is_called_and_what_it_gives_comes_back_also_when_that_is_nothing() {
    let tools =
        json!([{"name": "deploy", "description": "Ship it", "parameters": {"type": "object"}}]);
    let mut shop = Shop::with(tools).await;
    let listed =
        shop.world.get(&shop.owner, &shop.path("").replace("tools/", "tools")).await.ok(200);
    assert_eq!(listed["tools"][0]["name"], "deploy");
    assert_eq!(listed["tools"][0]["timeoutMs"], 60_000);
    for output in [json!({"url": "https://shop"}), json!(null)] {
        let called = shop.call(&shop.owner.clone(), "deploy", json!({"branch": "main"}));
        let (id, call) = shop.machine.next().await;
        let ServerCall::Execute(call) = call else { panic!("{call:?}") };
        assert_eq!((call.tool.as_str(), call.parameters.get()), ("deploy", r#"{"branch":"main"}"#));
        shop.machine.answer(id, &json!({"output": output}));
        let answer = called.await.unwrap().ok(200);
        assert_eq!((&answer["output"], &answer["error"]), (&output, &json!(null)));
    }
    let called = shop.call(&shop.owner.clone(), "deploy", json!({}));
    let (id, _) = shop.machine.next().await;
    shop.machine.answer(id, &json!({"error": "the tests fail"}));
    let answer = called.await.unwrap().ok(200);
    assert_eq!(answer["error"], "the tests fail");
}

#[tokio::test]
async fn a_tool_that_takes_too_long_is_told_to_stop() {
    let mut shop = Shop::with(json!([{"name": "slow", "timeout_ms": 50}])).await;
    let called = shop.call(&shop.owner.clone(), "slow", json!({}));
    let (_, call) = shop.machine.next().await;
    let ServerCall::Execute(execute) = call else { panic!("{call:?}") };
    called.await.unwrap().refused(409, "AGENT_UNAVAILABLE");
    let (_, call) = shop.machine.next().await;
    let ServerCall::CancelTool { action_id, reason } = call else { panic!("{call:?}") };
    assert_eq!((action_id, reason.as_str()), (execute.action_id, "timeout"));
}

#[tokio::test]
async fn a_caller_who_goes_away_has_the_call_cancelled() {
    let mut shop = Shop::with(json!([{"name": "slow"}])).await;
    let called = shop.call(&shop.owner.clone(), "slow", json!({}));
    shop.machine.next().await;
    called.abort();
    let (_, call) = shop.machine.next().await;
    assert!(matches!(call, ServerCall::CancelTool { reason, .. } if reason == "caller_gone"));
}

#[tokio::test]
async fn only_the_owner_and_whom_they_let_calls_a_tool() {
    let mut shop = Shop::with(json!([{"name": "deploy"}])).await;
    let sam = shop.world.user("Sam").await;
    let calls = async |shop: &Shop, caller: &Caller| {
        shop.world.post(caller, &shop.path("deploy"), json!({})).await
    };
    calls(&shop, &sam).await.refused(404, "NOT_FOUND");
    calls(&shop, &shop.world.ada).await.refused(403, "HOST_REQUIRED");
    let host = shop.world.scoped(&shop.owner, "host").await;
    calls(&shop, &host).await.refused(403, "HOST_REQUIRED");
    let grants = format!("/api/hosts/{}/grants", shop.machine.id);
    let grant = json!({"name": "Sam", "canCallTools": true});
    let put = shop.world.request(&shop.owner, axum::http::Method::POST, &grants);
    put.json(&grant).send().await.ok(200);
    let called = shop.call(&sam, "deploy", json!({}));
    let (id, _) = shop.machine.next().await;
    shop.machine.answer(id, &json!({"output": 1}));
    assert_eq!(called.await.unwrap().ok(200)["output"], 1);
}

#[tokio::test]
async fn a_tool_that_is_gone_or_whose_host_is_away_is_not_called() {
    let mut shop = Shop::with(json!([{"name": "deploy"}, {"name": "other"}])).await;
    let gone = json!({"agent_id": shop.agent, "names": ["other", "never was"]});
    let left = shop.machine.asks("tools.unregister", gone).await.unwrap();
    assert_eq!(left["tools"].as_array().unwrap().len(), 1);
    let (owner, at) = (shop.owner.clone(), shop.path("other"));
    shop.world.post(&owner, &at, json!({})).await.refused(404, "NOT_FOUND");
    shop.machine.disconnect();
    shop.world.settle().await;
    let refused = shop.world.post(&owner, &shop.path("deploy"), json!({})).await;
    refused.refused(409, "AGENT_UNAVAILABLE");
}

#[tokio::test]
async fn a_host_that_goes_away_in_the_middle_of_a_call_ends_it_and_gives_the_place_back() {
    let mut shop = Shop::with(json!([{"name": "deploy"}])).await;
    let called = shop.call(&shop.owner.clone(), "deploy", json!({}));
    shop.machine.next().await;
    let busy = shop.world.get(&shop.owner, "/api/admission").await.ok(200);
    assert_eq!(busy["toolCalls"], json!({"limit": 64, "running": 1, "waiting": 0}));
    shop.machine.disconnect();
    called.await.unwrap().refused(409, "AGENT_UNAVAILABLE");
    let free = shop.world.get(&shop.owner, "/api/admission").await.ok(200);
    assert_eq!(free["toolCalls"]["running"], 0);
}

#[tokio::test]
async fn what_is_no_tool_is_refused_with_the_reason() {
    let mut shop = Shop::with(json!([{"name": "deploy"}])).await;
    for (tool, reason) in [
        (json!({"name": ""}), "a tool has a name"),
        (json!({"name": "a/b"}), "the name of a tool has no slash"),
        (json!({"name": "x", "timeout_ms": 0}), "timeout_ms is 1 to 3600000"),
        (json!({"name": "x", "parameters": "none"}), "metadata and schemas are JSON objects"),
    ] {
        let register = json!({"agent_id": shop.agent, "tools": [tool]});
        let refused = shop.machine.asks("tools.register", register).await.unwrap_err();
        assert_eq!((refused.code, refused.message.as_str()), (Code::InvalidBody, reason));
    }
}

#[tokio::test]
async fn who_may_not_any_more_when_their_turn_comes_calls_nothing() {
    let settings = Settings { tool_calls: 1, ..Settings::default() };
    let world = World::with(settings, Limits::default()).await;
    let mut shop = Shop::at(world, json!([{"name": "deploy"}])).await;
    let sam = shop.world.user("Sam").await;
    let grants = format!("/api/hosts/{}/grants", shop.machine.id);
    let may = json!({"name": "Sam", "canCallTools": true});
    shop.world.post(&shop.owner, &grants, may).await.ok(200);
    let first = shop.call(&shop.owner.clone(), "deploy", json!({}));
    let (id, _) = shop.machine.next().await;
    let second = shop.call(&sam, "deploy", json!({}));
    shop.world.settle().await;
    shop.world.post(&shop.owner, &grants, json!({"name": "Sam"})).await.ok(200);
    shop.machine.answer(id, &json!({"output": 1}));
    first.await.unwrap().ok(200);
    second.await.unwrap().refused(404, "NOT_FOUND");
    shop.world.settle().await;
    assert!(shop.machine.waiting().is_empty());
}
