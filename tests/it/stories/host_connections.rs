//! Who may connect as a host, and what a new connection does to an old one.

use std::time::Duration;

use serde_json::json;
use tokio::time;
use wardroom::{
    Code,
    rpc::calls::{Delivered, HostCall},
};

use crate::world::{Caller, Machine, World};

#[tokio::test]
async fn a_stranger_who_says_hello_as_anothers_host_is_refused_and_changes_nothing() {
    let world = World::new().await;
    let mut room = world.room("prompt_direct").await;
    let mallory = world.user("Mallory").await;
    let mut forged = Machine::new(&mallory);
    let hello = room.laptop.hello();
    let refused = forged.try_connect(&world, hello).await.unwrap_err();
    assert_eq!(refused.code, Code::HostRequired);
    world.settle().await;
    assert!(room.laptop.is_connected(), "the true host is still served");
    assert!(!forged.is_connected());
    world.prompt(&room, &room.hana, "still here?").await;
    assert_eq!(room.laptop.accepts().await.text, "still here?");
    assert_eq!(world.look::<i64>("select count(*) from host_events"), 1);
    world.verify().await;
}

#[tokio::test]
async fn nobody_but_the_socket_is_the_servers_own_host() {
    let world = World::new().await;
    let hana = world.user("Hana").await;
    let mut machine = Machine::new(&hana);
    let mut hello = machine.hello();
    hello.local = true;
    let refused = machine.try_connect(&world, hello).await.unwrap_err();
    assert_eq!(refused.code, Code::HostRequired);
    let mut own = Machine::new(&Caller::Local);
    own.connect(&world).await;
    let mut forged = Machine::new(&world.ada);
    let mut hello = own.hello();
    hello.local = false;
    assert_eq!(forged.try_connect(&world, hello).await.unwrap_err().code, Code::HostRequired);
    assert!(own.is_connected());
}

#[tokio::test]
async fn a_token_that_may_only_read_runs_no_agents_and_one_for_hosts_does() {
    let world = World::new().await;
    let hana = world.user("Hana").await;
    let read = world.scoped(&hana, "read").await;
    world.get(&read, "/api/hosts/connect").await.refused(403, "HOST_REQUIRED");
    assert_eq!(world.look::<i64>("select count(*) from hosts"), 0);
    let host = world.scoped(&hana, "host").await;
    Machine::new(&host).connect(&world).await;
    assert_eq!(world.look::<i64>("select count(*) from hosts"), 1);
}

#[tokio::test]
async fn another_version_and_another_first_call_are_refused_with_a_reason() {
    let world = World::new().await;
    let hana = world.user("Hana").await;
    let mut machine = Machine::new(&hana);
    let mut hello = machine.hello();
    hello.protocol_version = 99;
    let refused = machine.try_connect(&world, hello).await.unwrap_err();
    assert_eq!((refused.code, refused.hint.is_some()), (Code::InvalidBody, true));

    machine.connect(&world).await;
    let hello = HostCall::Hello(machine.hello());
    let again: Result<(), _> = machine.call(hello).await;
    assert_eq!(again.unwrap_err().code, Code::InvalidBody, "hello is said once");
    assert!(machine.is_connected());
}

#[tokio::test]
async fn a_reconnect_takes_over_at_once_and_the_former_connection_ends() {
    let world = World::new().await;
    let mut room = world.room("prompt_direct").await;
    let mut again = Machine::new(&room.hana);
    (again.id, again.instance) = (room.laptop.id, room.laptop.instance);
    again.connect(&world).await;
    world.settle().await;
    assert!(!room.laptop.is_connected());
    world.prompt(&room, &room.hana, "hello").await;
    assert_eq!(again.accepts().await.text, "hello");
    let events: String = world.look("select group_concat(kind, ' ') from host_events");
    assert_eq!(events, "host.connected host.connected", "it was never away");
    world.verify().await;
}

#[tokio::test]
async fn what_is_another_hosts_is_not_there() {
    let world = World::new().await;
    let mut room = world.room("prompt_direct").await;
    let mut other = Machine::new(&world.user("Mallory").await);
    other.connect(&world).await;
    world.prompt(&room, &room.hana, "secret").await;
    let prompt = room.laptop.accepts().await;
    world.settle().await;
    let before = world.transcript(&room).await;
    let ended = other.report(
        &prompt,
        wardroom::rpc::calls::TurnState::Succeeded { stop_reason: "end_turn".to_owned() },
    );
    let said = other.saying(room.agent, "I am the agent");
    let may_i = HostCall::Permission(crate::world::permission(&prompt));
    let delivered = HostCall::Delivered(Delivered {
        request_id: wardroom::domain::RequestId::new(),
        agent_session_id: room.agent,
    });
    for call in [ended, said, may_i, delivered] {
        let refused: Result<serde_json::Value, _> = other.call(call).await;
        assert_eq!(refused.unwrap_err().code, Code::HostSessionNotFound);
    }
    assert_eq!(world.transcript(&room).await, before);
    world.verify().await;
}

#[tokio::test]
async fn a_host_whose_token_is_revoked_or_too_old_is_served_no_longer() {
    let world = World::new().await;
    let hana = world.user("Hana").await;
    let body = json!({"scope": "host", "expiresInMinutes": 10});
    let (revoked, short) = tokio::join!(
        world.post(&hana, "/api/tokens", json!({"scope": "host"})),
        world.post(&hana, "/api/tokens", body),
    );
    let (revoked, short) = (revoked.ok(201), short.ok(201));
    let mut machines = [
        Machine::new(&Caller::token(&revoked["secret"])),
        Machine::new(&Caller::token(&short["secret"])),
        Machine::new(&hana),
    ];
    for machine in &mut machines {
        machine.connect(&world).await;
    }
    let path = format!("/api/tokens/{}", revoked["token"]["id"].as_str().unwrap());
    assert_eq!(world.delete(&hana, &path).await.status, 204);
    world.settle().await;
    assert_eq!(machines.each_mut().map(Machine::is_connected), [false, true, true]);

    world.pass(Duration::from_mins(10)).await;
    time::pause();
    time::advance(Duration::from_secs(15)).await;
    time::resume();
    world.settle().await;
    assert_eq!(machines.each_mut().map(Machine::is_connected), [false, false, true]);
    let listed = world.get(&hana, "/api/hosts").await.ok(200);
    let connected: Vec<_> =
        listed["hosts"].as_array().unwrap().iter().map(|it| it["connected"] == true).collect();
    assert_eq!(connected.iter().filter(|it| **it).count(), 1, "{listed}");
    world.verify().await;
}
