//! The demo session over the API: begun once for each request, and by whom it may be.

use std::time::Duration;

use axum::http::Method;
use serde_json::{Value, json};
use tokio::time;

use crate::world::{Answer, Caller, Machine, World};

/// The server's own host, which runs the demo agent.
async fn own_host(world: &World) -> Machine {
    let mut machine = Machine::new(&Caller::Local);
    machine.connect(world).await;
    machine
}

async fn begin(world: &World, caller: &Caller, body: &Value, key: &str) -> Answer {
    world.request(caller, Method::POST, "/api/demo").json(body).key(key).send().await
}

fn made(world: &World) -> (i64, i64) {
    let sessions = world.look("select count(*) from sessions");
    (sessions, world.look("select count(*) from agent_sessions"))
}

#[tokio::test]
async fn a_speed_that_is_not_positive_is_refused_and_begins_nothing() {
    let world = World::new().await;
    let _machine = own_host(&world).await;
    for speed in [0.0, -0.0, -1.0, -1e300] {
        let answer = begin(&world, &world.ada, &json!({"speed": speed}), "a key of mine").await;
        answer.refused(400, "INVALID_BODY");
    }
    for speed in [json!("fast"), json!([1])] {
        let answer = begin(&world, &world.ada, &json!({"speed": speed}), "a key of mine").await;
        answer.refused(400, "INVALID_BODY");
    }
    assert_eq!(made(&world), (0, 0));
}

#[tokio::test]
async fn guests_begin_no_demo_and_without_its_host_nobody_does() {
    let world = World::new().await;
    let room = world.room("prompt_direct").await;
    let sam = world.join(&room, "Sam").await;
    begin(&world, &sam, &json!({}), "a key of mine").await.refused(401, "UNAUTHENTICATED");
    let read = world.scoped(&world.ada, "read").await;
    begin(&world, &read, &json!({}), "a key of mine").await.refused(403, "HOST_REQUIRED");
    begin(&world, &world.ada, &json!({}), "a key of mine").await.refused(409, "AGENT_UNAVAILABLE");
    assert_eq!(made(&world), (1, 1));
}

#[tokio::test]
async fn a_repeated_request_begins_one_demo_with_one_teammate() {
    let world = World::new().await;
    let mut machine = own_host(&world).await;
    let body = json!({"speed": 1});
    let (first, _) =
        tokio::join!(begin(&world, &world.ada, &body, "a key of mine"), machine.opens());
    assert_eq!(first.header("idempotent-replay"), None);
    let first = first.ok(201);
    let again = begin(&world, &world.ada, &body, "a key of mine").await;
    assert_eq!(again.header("idempotent-replay"), Some("true"));
    let again = again.ok(201);
    assert_eq!(again["session"]["id"], first["session"]["id"]);
    assert_eq!(made(&world), (1, 1));
    assert_ne!(again["inviteToken"], first["inviteToken"], "a secret is shown once");
    let other = json!({"speed": 2});
    let other = begin(&world, &world.ada, &other, "a key of mine").await;
    other.refused(422, "IDEMPOTENCY_MISMATCH");

    // The teammate of the first answer finds no way in any more; the one of the second does.
    play(&world).await;
    let sams = "select count(*) from participants where display_name like 'Sam%'";
    assert_eq!(world.look::<i64>(sams), 1);
    assert_eq!(world.look::<i64>("select count(*) from messages where kind = 'prompt'"), 1);
    let late = begin(&world, &world.ada, &body, "a key of mine").await;
    late.refused(409, "TOKEN_ALREADY_USED");
    let (another, _) =
        tokio::join!(begin(&world, &world.ada, &body, "another key"), machine.opens());
    another.ok(201);
    assert_eq!(made(&world), (2, 2));
    world.verify().await;
}

/// Lets the script of the teammate go on for as long as it is.
async fn play(world: &World) {
    world.settle().await;
    for _ in 0..3 {
        time::pause();
        time::advance(Duration::from_secs(2)).await;
        time::resume();
        world.settle().await;
    }
}

#[tokio::test]
async fn without_a_guest_the_host_is_alone_until_a_real_one_comes() {
    let world = World::new().await;
    let mut machine = own_host(&world).await;
    let body = json!({"guest": false});
    let (begun, _) =
        tokio::join!(begin(&world, &world.ada, &body, "a key of mine"), machine.opens());
    let begun = begun.ok(201);
    play(&world).await;
    assert_eq!(world.look::<i64>("select count(*) from participants"), 1);
    let path = format!("/api/shared-sessions/{}/join", begun["session"]["id"].as_str().unwrap());
    let body = json!({"inviteToken": begun["inviteToken"], "displayName": "Kim"});
    world.post(&Caller::Nobody, &path, body).await.ok(201);
    world.verify().await;
}

#[tokio::test]
async fn a_reset_closes_the_callers_demos_of_before_and_no_other_session() {
    let world = World::new().await;
    let mut machine = own_host(&world).await;
    let hana = world.user("Hana").await;
    // The same label on a session that is no demo.
    let real = world.room_of(&world.ada, json!({"workspaceId": "demo", "title": "Real"})).await;
    let quiet = json!({"guest": false});
    let mut ids = Vec::new();
    for (caller, key) in
        [(&world.ada, "first key"), (&world.ada, "second key"), (&hana, "third key")]
    {
        let (begun, _) = tokio::join!(begin(&world, caller, &quiet, key), machine.opens());
        ids.push(begun.ok(201)["session"]["id"].clone());
    }
    let reset = json!({"guest": false, "reset": true});
    let (begun, _) = tokio::join!(begin(&world, &world.ada, &reset, "fourth key"), machine.opens());
    let new = begun.ok(201)["session"]["id"].clone();
    world.pass(Duration::from_secs(1)).await;
    let (later, _) = tokio::join!(begin(&world, &world.ada, &quiet, "fifth key"), machine.opens());
    let later = later.ok(201)["session"]["id"].clone();
    let active = async || {
        let list = world.get(&world.ada, "/api/shared-sessions?status=active").await.ok(200);
        list["sessions"].as_array().unwrap().iter().map(|it| it["id"].clone()).collect::<Vec<_>>()
    };
    let left = [later.clone(), new.clone(), ids[2].clone(), json!(real.id)];
    assert_eq!(active().await, left);
    // The same request again closes nothing that it did not close.
    let again = begin(&world, &world.ada, &reset, "fourth key").await.ok(201);
    assert_eq!(again["session"]["id"], new);
    let closed = world.get(&world.ada, "/api/shared-sessions?status=closed").await.ok(200);
    let closed: Vec<_> =
        closed["sessions"].as_array().unwrap().iter().map(|it| it["id"].clone()).collect();
    assert_eq!(closed, [ids[1].clone(), ids[0].clone()]);
    world.verify().await;
}
