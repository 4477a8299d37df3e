//! Which agents, hosts and agent sessions one is told of.

use serde_json::{Value, json};
use wardroom::Code;

use crate::world::{Caller, Machine, Room, World};

const LISTS: [(&str, &str); 3] =
    [("/api/agents", "agents"), ("/api/hosts", "hosts"), ("/api/agent-sessions", "agentSessions")];

/// Hana and Olga share from a laptop each; the server has a host of its own.
async fn three_hosts(world: &World) -> (Room, Room, Machine) {
    let hanas = world.room("prompt_direct").await;
    let olga = world.user("Olga").await;
    let olgas = world.room_of(&olga, json!({})).await;
    let mut own = Machine::new(&Caller::Local);
    own.connect(world).await;
    (hanas, olgas, own)
}

/// What the lists say to a caller: the host of each agent, each host, and each agent session.
async fn told(world: &World, caller: &Caller) -> [Vec<Value>; 3] {
    let mut told = [const { Vec::new() }; 3];
    for (n, (path, name)) in LISTS.into_iter().enumerate() {
        let list = world.get(caller, path).await.ok(200);
        let key = if name == "agents" { "hostId" } else { "id" };
        told[n] = list[name].as_array().unwrap().iter().map(|it| it[key].clone()).collect();
        told[n].sort_by_key(Value::to_string);
    }
    told
}

/// Two agents are at each host.
fn expected(hosts: &[&Machine], rooms: &[&Room]) -> [Vec<Value>; 3] {
    let hosts: Vec<_> = hosts.iter().map(|it| json!(it.id)).collect();
    let agents = hosts.iter().flat_map(|id| [id.clone(), id.clone()]).collect();
    let mut all: [Vec<Value>; 3] =
        [agents, hosts, rooms.iter().map(|it| json!(it.agent)).collect()];
    for list in &mut all {
        list.sort_by_key(Value::to_string);
    }
    all
}

#[tokio::test]
async fn guests_are_told_of_no_agent_and_no_host_not_even_those_of_their_session() {
    let world = World::new().await;
    let (room, _, _own) = three_hosts(&world).await;
    let sam = world.join(&room, "Sam").await;
    let body = json!({"inviteToken": room.invite, "credential": "cookie"});
    let tess = world.post(&Caller::Nobody, &room.path("join"), body).await.cookie().unwrap();
    for caller in [&Caller::Nobody, &sam, &tess] {
        for (path, _) in LISTS {
            world.get(caller, path).await.refused(401, "UNAUTHENTICATED");
        }
        let path = format!("/api/agent-sessions/{}", room.agent);
        world.get(caller, &path).await.refused(401, "UNAUTHENTICATED");
    }
}

#[tokio::test]
async fn users_are_told_of_their_own_hosts_and_the_servers_and_admins_of_all() {
    let world = World::new().await;
    let (hanas, olgas, own) = three_hosts(&world).await;
    let nobodys = world.user("Theo").await;
    let collaborator = world.user("Uma").await;
    let body = json!({"inviteToken": hanas.invite});
    world.post(&collaborator, &hanas.path("join"), body).await.ok(201);
    assert_eq!(told(&world, &nobodys).await, expected(&[&own], &[]));
    // Who takes part in a session is told of its agent, and of the host where that runs, and of no other agent there.
    let [agents, hosts, agent_sessions] = told(&world, &collaborator).await;
    let [_, both, _] = expected(&[&hanas.laptop, &own], &[]);
    assert_eq!((hosts, agent_sessions), (both, Vec::new()));
    assert_eq!(agents.iter().filter(|it| **it == json!(hanas.laptop.id)).count(), 1);
    assert_eq!(agents.len(), 3);
    assert_eq!(told(&world, &hanas.hana).await, expected(&[&hanas.laptop, &own], &[&hanas]));
    assert_eq!(told(&world, &olgas.hana).await, expected(&[&olgas.laptop, &own], &[&olgas]));
    let all = expected(&[&hanas.laptop, &olgas.laptop, &own], &[&hanas, &olgas]);
    for admin in [&world.ada, &Caller::Local] {
        assert_eq!(told(&world, admin).await, all);
    }
}

#[tokio::test]
async fn a_token_that_may_only_read_or_run_agents_is_told_what_its_owner_is() {
    let world = World::new().await;
    let (hanas, _olgas, _own) = three_hosts(&world).await;
    let owners = told(&world, &hanas.hana).await;
    for scope in ["host", "read"] {
        let token = world.scoped(&hanas.hana, scope).await;
        assert_eq!(told(&world, &token).await, owners, "{scope}");
    }
}

#[tokio::test]
async fn a_host_that_is_away_is_told_of_as_away_and_its_agents_as_stopped() {
    let world = World::new().await;
    let (mut hanas, _olgas, _own) = three_hosts(&world).await;
    let before = of_laptop(&world, &hanas).await;
    assert_eq!(before, (json!(true), json!("idle")));
    hanas.laptop.disconnect();
    world.settle().await;
    let after = of_laptop(&world, &hanas).await;
    assert_eq!(after, (json!(false), json!("stopped")));
}

/// Whether Hana's laptop is said to be connected, and the status of the first agent there.
async fn of_laptop(world: &World, room: &Room) -> (Value, Value) {
    let look = async |path: &str, name: &str, key: &str, what: &str| {
        let list = world.get(&room.hana, path).await.ok(200);
        let id = json!(room.laptop.id);
        let found = list[name].as_array().unwrap().iter().find(|it| it[key] == id);
        found.unwrap()[what].clone()
    };
    let connected = look("/api/hosts", "hosts", "id", "connected").await;
    (connected, look("/api/agents", "agents", "hostId", "status").await)
}

#[tokio::test]
async fn agent_sessions_come_in_pages_of_which_each_holds_only_ones_own() {
    let world = World::new().await;
    let (mut hanas, _olgas, _own) = three_hosts(&world).await;
    let hana = hanas.hana.clone();
    let second = world.agent(&hana, &mut hanas.laptop).await;
    let first = world.get(&hana, "/api/agent-sessions?limit=1").await.ok(200);
    assert_eq!(first["agentSessions"][0]["id"], json!(second), "the newest comes first");
    let path =
        format!("/api/agent-sessions?limit=1&cursor={}", first["nextCursor"].as_str().unwrap());
    let next = world.get(&hana, &path).await.ok(200);
    assert_eq!(next["agentSessions"][0]["id"], json!(hanas.agent));
    assert_eq!(next["nextCursor"], json!(null));
    for (query, code) in
        [("limit=0", "INVALID_BODY"), ("limit=201", "INVALID_BODY"), ("cursor=x", "INVALID_CURSOR")]
    {
        world.get(&hana, &format!("/api/agent-sessions?{query}")).await.refused(400, code);
    }
}

/// No route names a participant of another session yet; who looks for one through the store finds none.
#[tokio::test]
async fn a_participant_of_another_session_is_not_found() {
    let world = World::new().await;
    let (hanas, olgas, _own) = three_hosts(&world).await;
    let participant = async |room: &Room| {
        let list = world.get(&room.hana, &room.path("participants")).await.ok(200);
        list["participants"][0]["id"].as_str().unwrap().parse().unwrap()
    };
    let (hana, olga) = (participant(&hanas).await, participant(&olgas).await);
    let mut reads = world.store().read().await.unwrap();
    for (session, id) in [(hanas.session(), olga), (olgas.session(), hana)] {
        let error = reads.participant(session, id).await.unwrap_err();
        assert_eq!(error.code, Code::ParticipantNotFound);
    }
    assert_eq!(reads.participant(hanas.session(), hana).await.unwrap().id, hana);
}
