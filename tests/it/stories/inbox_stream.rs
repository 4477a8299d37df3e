//! An inbox, live: the whole of it first, then what changes.

use std::time::Duration;

use axum::http::Method;
use serde_json::{Value, json};
use wardroom::{
    live::Limits,
    rpc::calls::{HostCall, TurnState},
};

use crate::world::{Caller, Follower, Machine, Room, World, letter, permission};

const PATH: &str = "/api/inbox/stream";

async fn follow(world: &World, who: &Caller) -> Follower {
    world.follow_path(who, PATH, "").await.unwrap_or_else(|it| panic!("{}", it.text))
}

/// What an inbox is told: each frame as its type, what it shows by text and state, and how much is gone.
async fn told(world: &World, stream: &mut Follower) -> Vec<String> {
    world.settle().await;
    let frames = stream.take().into_iter().filter(|it| it.json["type"] != "connected");
    frames
        .map(|frame| {
            assert_eq!(frame.id, None, "no position");
            let it = &frame.json["payload"];
            let mut words = vec![frame.word()];
            let text = |row: &Value| {
                let what = row["prompt"].as_str().or(row["action"].as_str()).unwrap();
                format!("{what}: {}", row["status"].as_str().unwrap())
            };
            words.extend(it["approvals"].as_array().into_iter().flatten().map(text));
            let state = |row: &Value| row["state"].as_str().unwrap().to_owned();
            words.extend(it["dispatches"].as_array().into_iter().flatten().map(state));
            let gone = it["gone"].as_array().map_or(0, Vec::len);
            words.extend((gone > 0).then(|| format!("-{gone}")));
            words.join(" | ")
        })
        .collect()
}

#[tokio::test]
async fn the_whole_inbox_comes_first_and_then_what_changes_across_sessions() {
    let world = World::new().await;
    let hana = world.user("Hana").await;
    let one = world.room_of(&hana, json!({})).await;
    let mut two = world.room_of(&hana, json!({})).await;
    let other = world.room_of(&world.ada, json!({})).await;
    let (sam, tess) = (world.join(&one, "Sam").await, world.join(&two, "Tess").await);
    let guest = world.join(&other, "Sam").await;
    let first = world.prompt(&one, &sam, "first").await;
    let mut stream = follow(&world, &hana).await;
    let mut of_sam = follow(&world, &sam).await;
    assert_eq!(told(&world, &mut stream).await, ["inbox | first: pending"]);
    assert_eq!(told(&world, &mut of_sam).await, ["inbox"], "reading is not deciding");

    world.prompt(&two, &tess, "second").await;
    world.prompt(&other, &guest, "elsewhere").await;
    world.say(&one, &sam, "please").await.ok(201);
    assert_eq!(told(&world, &mut stream).await, ["inbox_changed | second: pending"]);
    let path = format!("approvals/{}/suggestions", first["id"].as_str().unwrap());
    let yes = json!({"action": "approve"});
    world.post(&sam, &one.path(&path), yes.clone()).await.ok(200);
    assert_eq!(told(&world, &mut stream).await, ["inbox_changed | first: pending"]);
    world.decide(&one, &hana, &first, json!({"action": "reject"})).await.ok(200);
    assert_eq!(told(&world, &mut stream).await, ["inbox_changed | first: rejected | -1"]);

    world.prompt(&two, &hana, "run").await;
    let prompt = two.laptop.accepts().await;
    two.laptop.begin(&HostCall::Permission(permission(&prompt)));
    world.settle().await;
    two.laptop.reports(&prompt, TurnState::Failed { error: "no".into() }).await;
    let words = told(&world, &mut stream).await;
    assert_eq!(
        words,
        ["inbox_changed | Run a command?: pending", "inbox_changed | Run a command?: expired | -1"]
    );
    world.delete(&hana, &two.path("")).await.ok(200);
    assert_eq!(told(&world, &mut stream).await, ["inbox_changed | second: expired | -1"]);
    assert_eq!(told(&world, &mut of_sam).await, [] as [&str; 0]);
    // Who comes back is told the whole again.
    let third = world.prompt(&one, &sam, "third").await;
    let mut again = follow(&world, &hana).await;
    assert_eq!(told(&world, &mut again).await, ["inbox | third: pending"]);
    let listed = world.get(&hana, "/api/approvals").await.ok(200);
    let whole = again.frames.iter().find(|it| it.json["type"] == "inbox").unwrap();
    for rows in ["approvals", "dispatches"] {
        assert_eq!(whole.json["payload"][rows], listed[rows], "as it is listed");
    }
    world.approve(&one, &third).await;
    assert_eq!(told(&world, &mut again).await, ["inbox_changed | third: approved | -1"]);
    world.verify().await;
}

#[tokio::test]
async fn an_inbox_follows_what_somebody_may_decide() {
    let world = World::new().await;
    let room = world.room("prompt_with_approval").await;
    let (sam, tess) = (world.join(&room, "Sam").await, world.join(&room, "Tess").await);
    let theo = world.user("Theo").await;
    let mut of_theo = follow(&world, &theo).await;
    assert_eq!(told(&world, &mut of_theo).await, ["inbox"]);
    world.post(&theo, &room.path("join"), json!({"inviteToken": room.invite})).await.ok(201);
    world.prompt(&room, &sam, "one").await;
    world.prompt(&room, &tess, "mine").await;
    let mut of_tess = follow(&world, &tess).await;
    assert_eq!(told(&world, &mut of_tess).await, ["inbox"]);
    let path = async |name: &str| {
        let id = world.participant(&room, name).await["id"].as_str().unwrap().to_owned();
        (room.path(&format!("participants/{id}")), id)
    };
    let (tess_path, _) = path("Tess").await;
    world.patch(&room.hana, &tess_path, json!({"canDecide": true})).await.ok(200);
    assert_eq!(told(&world, &mut of_tess).await, ["inbox_changed | one: pending"]);
    world.patch(&room.hana, &tess_path, json!({"canDecide": false})).await.ok(200);
    assert_eq!(told(&world, &mut of_tess).await, ["inbox_changed | one: pending | -1"]);

    assert_eq!(told(&world, &mut of_theo).await, [] as [&str; 0]);
    let (_, heir) = path("Theo").await;
    world.post(&room.hana, &room.path("host"), json!({"participantId": heir})).await.ok(200);
    let both = told(&world, &mut of_theo).await;
    assert_eq!(both, ["inbox_changed | one: pending | mine: pending"]);
    // Who is removed sees nothing of what they could decide.
    world.patch(&theo, &tess_path, json!({"canDecide": true})).await.ok(200);
    assert_eq!(told(&world, &mut of_tess).await, ["inbox_changed | one: pending"]);
    world.delete(&theo, &tess_path).await.ok(200);
    assert_eq!(told(&world, &mut of_tess).await, ["inbox_changed | -1"]);
    let words = told(&world, &mut of_theo).await;
    assert_eq!(words, ["inbox_changed | mine: withdrawn | -1"]);
    world.verify().await;
}

#[tokio::test]
async fn what_nobody_knows_the_outcome_of_is_in_the_inbox_until_it_is_settled_or_tried_again() {
    let world = World::new().await;
    let mut room = world.room("prompt_direct").await;
    let mut stream = follow(&world, &room.hana).await;
    assert_eq!(told(&world, &mut stream).await, ["inbox"]);
    let mut lost = Vec::new();
    for text in ["one", "two"] {
        lost.push(world.prompt(&room, &room.hana.clone(), text).await["dispatch"].take());
        room.laptop.accepts().await;
        room.laptop.kill();
        room.laptop.connect(&world).await;
        assert_eq!(told(&world, &mut stream).await, ["inbox_changed | unknown"]);
    }
    room.laptop.disconnect();
    world.settle().await;
    world.act(&room, &room.hana, &lost[0], "mark_done").await.ok(200);
    assert_eq!(told(&world, &mut stream).await, ["inbox_changed | succeeded | -1"]);
    world.act(&room, &room.hana, &lost[1], "retry").await.ok(200);
    assert_eq!(told(&world, &mut stream).await, ["inbox_changed | unknown | -1"], "at once");
    world.verify().await;
}

#[tokio::test]
async fn an_inbox_lives_as_its_credential_does_and_shows_that_it_lives() {
    let mut world = World::with(
        wardroom::app::Settings::default(),
        Limits { a_person: 2, ..Limits::default() },
    )
    .await;
    let room = world.room_with(json!({"expiresInMinutes": 2880})).await;
    let sam = world.join(&room, "Sam").await;
    let nobody = world.request(&Caller::Nobody, Method::GET, PATH).send().await;
    nobody.refused(401, "UNAUTHENTICATED");
    let made = world.post(&room.hana, "/api/tokens", json!({"scope": "read"})).await.ok(201);
    let body = json!({"scope": "read", "expiresInMinutes": 60});
    let short = world.post(&room.hana, "/api/tokens", body).await.ok(201);
    let mut revoked = follow(&world, &Caller::token(&made["secret"])).await;
    let mut expired = follow(&world, &Caller::token(&short["secret"])).await;
    let full = world.follow_path(&room.hana, PATH, "").await.err().unwrap();
    full.refused(429, "RATE_LIMITED");
    let mut guest = follow(&world, &sam).await;
    world.prompt(&room, &sam, "one").await;
    for stream in [&mut revoked, &mut expired] {
        assert_eq!(told(&world, stream).await, ["inbox", "inbox_changed | one: pending"]);
    }
    let path = format!("/api/tokens/{}", made["token"]["id"].as_str().unwrap());
    assert_eq!(world.delete(&room.hana, &path).await.status, 204);
    assert_eq!(told(&world, &mut revoked).await, ["end revoked"]);
    assert!(revoked.is_over());
    world.pass(Duration::from_hours(1)).await;
    assert_eq!(told(&world, &mut expired).await, ["end expired_login"]);
    let mut last = follow(&world, &room.hana).await;
    assert_eq!(told(&world, &mut last).await, ["inbox | one: pending"]);
    let beats = guest.heartbeats;
    tokio::time::pause();
    tokio::time::advance(Duration::from_secs(15)).await;
    tokio::time::resume();
    assert_eq!(told(&world, &mut guest).await, ["inbox"]);
    assert_eq!(guest.heartbeats, beats + 1);
    world.stop().await;
    assert_eq!(last.words(), ["end shutdown"]);
    assert!(last.is_over());
    world.restart().await;
    let mut back = follow(&world, &room.hana).await;
    assert_eq!(told(&world, &mut back).await, ["inbox | one: pending"]);
    world.verify().await;
}

#[tokio::test]
async fn what_waits_is_told_again_when_an_artifact_of_it_is_decided_or_its_session_is_shortened() {
    let world = World::new().await;
    let room = world.room("prompt_with_approval").await;
    let draft = world.letters(&room).await;
    let mut stream = follow(&world, &room.hana).await;
    assert_eq!(told(&world, &mut stream).await, ["inbox | Letters: pending"]);
    let one = json!({"action": "approve", "artifactUri": "b.md", "digest": draft["digest"]});
    world.decide(&room, &room.hana, &draft, one).await.ok(200);
    assert_eq!(told(&world, &mut stream).await, ["inbox_changed | Letters: pending"]);
    let last = &stream.frames.last().unwrap().json["payload"]["approvals"][0];
    assert_eq!(last["draft"]["artifacts"][1]["decision"], "approved");

    let shorter = json!({"expiresInMinutes": 5});
    let session = world.patch(&room.hana, &room.path(""), shorter).await.ok(200);
    assert_eq!(told(&world, &mut stream).await, ["inbox_changed | Letters: pending"]);
    let last = &stream.frames.last().unwrap().json["payload"]["approvals"][0];
    assert_eq!(last["expiresAt"], session["session"]["expiresAt"]);
    world.patch(&room.hana, &room.path(""), json!({"title": "Other"})).await.ok(200);
    assert_eq!(told(&world, &mut stream).await, [""; 0], "a title is nothing that waits");
    let rest = json!({"action": "approve", "digest": draft["digest"]});
    world.decide(&room, &room.hana, &draft, rest).await.ok(200);
    assert_eq!(told(&world, &mut stream).await, ["inbox_changed | Letters: approved | -1"]);
    world.verify().await;
}

#[tokio::test]
async fn a_browser_is_told_of_the_seats_that_it_gains_and_of_what_becomes_of_them() {
    let world = World::new().await;
    let hana = world.user("Hana").await;
    let one = world.room_of(&hana, json!({})).await;
    let two = world.room_of(&hana, json!({})).await;
    let body = |room: &Room| json!({"inviteToken": room.invite, "displayName": "Sam", "credential": "cookie"});
    let joined = world.post(&Caller::Nobody, &one.path("join"), body(&one)).await;
    let browser = joined.cookie().unwrap();
    let tess = world.join(&two, "Tess").await;
    world.prompt(&two, &tess, "tests").await;
    let mut stream = follow(&world, &browser).await;
    assert_eq!(told(&world, &mut stream).await, ["inbox"]);

    // The same browser joins in another tab; there it may decide nothing yet.
    world.post(&browser, &two.path("join"), body(&two)).await.ok(201);
    assert_eq!(told(&world, &mut stream).await, [""; 0]);
    let seat = world.participant(&two, "Sam").await["id"].as_str().unwrap().to_owned();
    let path = two.path(&format!("participants/{seat}"));
    let gone = ["inbox_changed | tests: pending | -1"];
    let there = ["inbox_changed | tests: pending"];
    for (granted, words) in [(true, &there), (false, &gone), (true, &there)] {
        world.patch(&hana, &path, json!({"canDecide": granted})).await.ok(200);
        assert_eq!(told(&world, &mut stream).await, words);
    }
    let roles = [
        (json!({"role": "viewer"}), &gone),
        (json!({"role": "collaborator", "canDecide": true}), &there),
    ];
    for (role, words) in roles {
        world.patch(&hana, &path, role).await.ok(200);
        assert_eq!(told(&world, &mut stream).await, words);
    }
    // As host it decides what it asks for itself too.
    world.prompt(&two, &browser, "mine").await;
    assert_eq!(told(&world, &mut stream).await, [""; 0]);
    world.post(&hana, &two.path("host"), json!({"participantId": seat})).await.ok(200);
    assert_eq!(told(&world, &mut stream).await, ["inbox_changed | mine: pending"]);
    world.verify().await;
}

#[tokio::test]
async fn a_draft_that_nobody_shares_comes_to_its_owner_and_stays_when_it_is_shared() {
    let world = World::new().await;
    let hana = world.user("Hana").await;
    let mut laptop = Machine::new(&hana);
    laptop.connect(&world).await;
    let agent = world.agent(&hana, &mut laptop).await;
    let mut stream = follow(&world, &hana).await;
    let mut other = follow(&world, &world.ada).await;
    assert_eq!(told(&world, &mut stream).await, ["inbox"]);
    assert_eq!(told(&world, &mut other).await, ["inbox"]);
    for summary in ["one", "two"] {
        laptop.call::<()>(letter(agent, summary)).await.unwrap();
        let waits = format!("inbox_changed | {summary}: pending");
        assert_eq!(told(&world, &mut stream).await, [waits]);
    }
    let mut late = follow(&world, &hana).await;
    assert_eq!(told(&world, &mut late).await, ["inbox | one: pending | two: pending"]);
    let inbox = world.get(&hana, "/api/approvals").await.ok(200);
    let path = format!("/api/approvals/{}", inbox["approvals"][0]["id"].as_str().unwrap());
    world.post(&hana, &path, json!({"action": "reject"})).await.ok(200);
    assert_eq!(told(&world, &mut stream).await, ["inbox_changed | one: rejected | -1"]);
    let room = world.share(hana, laptop, agent, json!({})).await;
    assert_eq!(told(&world, &mut stream).await, ["inbox_changed | two: pending"]);
    let two = json!({"id": inbox["approvals"][1]["id"]});
    world.decide(&room, &room.hana, &two, json!({"action": "approve"})).await.ok(200);
    assert_eq!(told(&world, &mut stream).await, ["inbox_changed | two: approved | -1"]);
    assert_eq!(told(&world, &mut other).await, [] as [&str; 0]);
    world.verify().await;
}
