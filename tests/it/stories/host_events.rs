//! What happens to hosts and agents: numbered, kept, resumed without a gap, and told to those whom it concerns.

use std::time::Duration;

use serde_json::{Value, json};
use wardroom::Code;

use crate::world::{Caller, Follower, Machine, Room, World};

async fn machine(world: &World, owner: &Caller) -> Machine {
    let mut machine = Machine::new(&world.scoped(owner, "host").await);
    machine.connect(world).await;
    machine
}

async fn tell(machine: &mut Machine, kind: &str) {
    machine.asks("host.notify", json!({"kind": kind})).await.unwrap();
}

/// The numbers and kinds of what a page of events holds.
fn kinds(page: &Value) -> Vec<String> {
    let events = page["events"].as_array().unwrap().iter();
    events.map(|it| format!("{} {}", it["seq"], it["kind"].as_str().unwrap())).collect()
}

#[tokio::test]
async fn who_comes_back_by_a_number_is_told_what_they_missed_once_and_in_order() {
    let mut world = World::new().await;
    let hana = world.user("Hana").await;
    let mut machine = machine(&world, &hana).await;
    tell(&mut machine, "one").await;
    let mut live = world.follow_path(&hana, "/api/host-events/stream", "1").await.unwrap();
    tell(&mut machine, "two").await;
    world.settle().await;
    let ids: Vec<_> = live.take().into_iter().filter_map(|it| it.id).collect();
    assert_eq!(ids, ["2", "3"]);
    world.restart().await;
    machine.kill();
    machine.connect(&world).await;
    tell(&mut machine, "three").await;
    let mut live = world.follow_path(&hana, "/api/host-events/stream", "3").await.unwrap();
    world.settle().await;
    let words: Vec<_> = live
        .take()
        .into_iter()
        .filter(|it| it.id.is_some())
        .map(|it| it.json["kind"].clone())
        .collect();
    assert_eq!(words, ["host.disconnected", "host.connected", "host.notification"]);
    let page = world.get(&hana, "/api/host-events?after=2&limit=2").await.ok(200);
    assert_eq!(kinds(&page), ["3 host.notification", "4 host.disconnected"]);
    assert_eq!(page["nextAfter"], "4");
    let page = world.get(&hana, "/api/host-events?order=desc&limit=2").await.ok(200);
    assert_eq!(kinds(&page), ["6 host.notification", "5 host.connected"], "the newest first");
    let page = world.get(&hana, "/api/host-events?order=desc&after=4").await.ok(200);
    assert_eq!(kinds(&page)[2], "1 host.connected");
    assert_eq!(page["nextAfter"], "0", "there is nothing before the first");
    world.verify().await;
}

#[tokio::test]
async fn a_host_that_subscribes_again_by_its_number_misses_nothing() {
    let world = World::new().await;
    let hana = world.user("Hana").await;
    let mut first = machine(&world, &hana).await;
    let mut second = machine(&world, &hana).await;
    let snapshot = first.asks("host.subscribe", json!({})).await.unwrap();
    let seen = snapshot["sequence"].as_i64().unwrap();
    first.disconnect();
    world.settle().await;
    tell(&mut second, "while you were away").await;
    first.connect(&world).await;
    first.asks("host.subscribe", json!({"after": seen})).await.unwrap();
    tell(&mut second, "and now").await;
    world.settle().await;
    let told: Vec<_> = first.told().into_iter().map(|it| it.seq - seen).collect();
    assert_eq!(told, [1, 2, 3, 4], "away, told, there again, told");
    first.asks("host.unsubscribe", json!({})).await.unwrap();
    tell(&mut second, "nobody hears").await;
    world.settle().await;
    assert!(first.told().is_empty());
    let ahead = first.asks("host.subscribe", json!({"after": 1000})).await.unwrap_err();
    assert_eq!(ahead.code, Code::InvalidCursor);
}

#[tokio::test]
async fn only_whom_it_concerns_is_told() {
    let world = World::new().await;
    let (olga, sam) = (world.user("Olga").await, world.user("Sam").await);
    let mut machine = machine(&world, &olga).await;
    tell(&mut machine, "a secret of Olga's").await;
    let seen = async |caller: &Caller| kinds(&world.get(caller, "/api/host-events").await.ok(200));
    assert_eq!(seen(&olga).await.len(), 2);
    assert_eq!(seen(&world.ada).await.len(), 2);
    assert!(seen(&sam).await.is_empty());
    let mut live = world.follow_path(&sam, "/api/host-events/stream", "0").await.unwrap();
    world.settle().await;
    let grants = format!("/api/hosts/{}/grants", machine.id);
    world.post(&olga, &grants, json!({"name": "Sam", "canDecide": true})).await.ok(200);
    tell(&mut machine, "Sam may know").await;
    world.settle().await;
    world.post(&olga, &grants, json!({"name": "Sam"})).await.ok(200);
    tell(&mut machine, "Sam may not").await;
    world.settle().await;
    let told: Vec<_> = live.take().into_iter().filter_map(|it| it.id).collect();
    assert_eq!(told, ["3"]);
    let invited = world.room("prompt_direct").await;
    let guest = world.join(&invited, "Gus").await;
    world.get(&guest, "/api/host-events").await.refused(401, "UNAUTHENTICATED");
}

#[tokio::test]
async fn what_is_too_old_or_too_much_is_forgotten_and_who_asks_for_it_is_told_so() {
    let settings = wardroom::app::Settings { host_events: 3, ..Default::default() };
    let world = World::with(settings, wardroom::live::Limits::default()).await;
    let hana = world.user("Hana").await;
    let mut machine = machine(&world, &hana).await;
    for n in 0..6 {
        tell(&mut machine, &format!("n{n}")).await;
    }
    world.sweep().await;
    let page = world.get(&hana, "/api/host-events?after=4").await.ok(200);
    assert_eq!(kinds(&page), ["5 host.notification", "6 host.notification", "7 host.notification"]);
    let refused = world.get(&hana, "/api/host-events?after=2").await;
    assert_eq!(
        refused.refused(400, "INVALID_CURSOR")["details"],
        json!({"reason": "truncated", "head": 7})
    );
    let mut late = world.follow_path(&hana, "/api/host-events/stream", "2").await.unwrap();
    world.settle().await;
    let last = late.take().pop().unwrap().json;
    assert_eq!(last["payload"], json!({"reason": "truncated", "asOf": "7"}));
    world.pass(Duration::from_hours(24 * 31)).await;
    let page = world.get(&hana, "/api/host-events").await.ok(200);
    assert_eq!(page["events"], json!([]));
    tell(&mut machine, "a new one").await;
    let page = world.get(&hana, "/api/host-events?after=7").await.ok(200);
    assert_eq!(kinds(&page), ["8 host.notification"], "numbers go on");
}

#[tokio::test]
async fn a_stream_ends_within_a_moment_of_its_credential() {
    let world = World::new().await;
    let hana = world.user("Hana").await;
    let made = world.post(&hana, "/api/tokens", json!({"scope": "full"})).await.ok(201);
    let token = Caller::token(&made["secret"]);
    let mut live = world.follow_path(&token, "/api/host-events/stream", "").await.unwrap();
    let at = format!("/api/tokens/{}", made["token"]["id"].as_str().unwrap());
    world.delete(&hana, &at).await.ok(204);
    world.settle().await;
    assert!(live.is_over());
    assert_eq!(live.frames.last().unwrap().json["payload"]["reason"], "revoked");
}

/// Streams of people who take part, each told already that the host went and came: whatever had to be looked up was.
async fn audience(world: &World, room: &mut Room) -> Vec<Follower> {
    let mut audience = Vec::new();
    for n in 0..20 {
        let sam = world.user(&format!("Sam {n}")).await;
        let body = json!({"inviteToken": room.invite});
        world.post(&sam, &room.path("join"), body).await.ok(201);
        audience.push(world.follow_path(&sam, "/api/host-events/stream", "").await.unwrap());
    }
    room.laptop.disconnect();
    world.settle().await;
    room.laptop.connect(world).await;
    world.settle().await;
    audience
}

#[tokio::test]
async fn that_a_host_is_away_is_told_to_many_without_a_look_into_the_database_for_each() {
    let world = World::new().await;
    let mut room = world.room("prompt_direct").await;
    let mut audience = audience(&world, &mut room).await;
    for live in &mut audience {
        let kinds: Vec<_> = live.take().iter().map(|it| it.json["kind"].clone()).collect();
        assert_eq!(kinds[1..], ["host.disconnected", "host.connected"]);
    }
    // Every reader is taken: nobody can look anything up.
    let store = world.store();
    let _taken = tokio::join!(store.read(), store.read(), store.read(), store.read());
    room.laptop.disconnect();
    let mut told = 0;
    for _ in 0..1000 {
        store.write(async |_| Ok(())).await.unwrap();
        told += audience.iter_mut().map(|live| live.take().len()).sum::<usize>();
        if told == audience.len() {
            break;
        }
    }
    assert_eq!(told, audience.len());
}

#[tokio::test]
async fn what_was_looked_up_for_one_who_follows_is_known_for_all() {
    let world = World::new().await;
    let olga = world.user("Olga").await;
    let mut machine = machine(&world, &olga).await;
    let grants = format!("/api/hosts/{}/grants", machine.id);
    let mut people = Vec::new();
    for n in 0..20 {
        let name = format!("Sam {n}");
        people.push(world.user(&name).await);
        world.post(&olga, &grants, json!({"name": name, "canDecide": true})).await.ok(200);
    }
    let path = "/api/host-events/stream";
    let _first = world.follow_path(&olga, path, "").await.unwrap();
    tell(&mut machine, "heard by one").await;
    let stranger = world.user("Theo").await;
    people.push(stranger);
    let mut audience = Vec::new();
    for sam in &people {
        audience.push(world.follow_path(sam, path, "").await.unwrap());
    }
    world.settle().await;
    for live in &mut audience {
        live.take();
    }
    // Every reader is taken: nobody can look anything up.
    let store = world.store();
    let _taken = tokio::join!(store.read(), store.read(), store.read(), store.read());
    tell(&mut machine, "heard by all").await;
    for _ in 0..1000 {
        store.write(async |_| Ok(())).await.unwrap();
    }
    let told: Vec<_> = audience.iter_mut().map(|live| live.take().len()).collect();
    assert_eq!(told, [vec![1; 20], vec![0]].concat(), "all but the stranger");
}

#[tokio::test]
async fn who_leaves_a_session_is_not_told_any_more_whether_its_host_is_there() {
    let world = World::new().await;
    let mut room = world.room("prompt_direct").await;
    let (sam, body) = (world.user("Sam").await, json!({"inviteToken": room.invite}));
    let mut live = world.follow_path(&sam, "/api/host-events/stream", "").await.unwrap();
    let flap = async |room: &mut Room| {
        room.laptop.disconnect();
        world.settle().await;
        room.laptop.connect(&world).await;
        world.settle().await;
    };
    flap(&mut room).await;
    assert_eq!(live.take().len(), 1, "connected to the stream, and not told of a stranger's host");
    world.post(&sam, &room.path("join"), body).await.ok(201);
    flap(&mut room).await;
    assert_eq!(live.take().len(), 2);
    world.post(&sam, &room.path("leave"), json!({})).await.ok(200);
    flap(&mut room).await;
    assert!(live.take().is_empty());
}

#[tokio::test]
async fn a_host_that_does_not_come_back_to_a_new_server_is_told_to_be_away() {
    let mut world = World::new().await;
    let hana = world.user("Hana").await;
    let mut machine = machine(&world, &hana).await;
    world.restart().await;
    let told = async |world: &World| kinds(&world.get(&hana, "/api/host-events").await.ok(200));
    assert_eq!(told(&world).await, ["1 host.connected", "2 host.disconnected"]);
    world.restart().await;
    assert_eq!(told(&world).await.len(), 2, "once");
    machine.connect(&world).await;
    assert_eq!(told(&world).await.last().unwrap(), "3 host.connected");
}
