//! Sharing an agent session, finding it again, closing it.

use std::time::Duration;

use axum::http::Method;
use serde_json::json;

use crate::world::{Caller, Machine, World, masked};

const NOBODYS: &str = "01890000-0000-7000-8000-000000000000";

#[tokio::test]
async fn sharing_makes_a_session_its_host_and_an_invite_and_shows_the_secrets_once() {
    let world = World::new().await;
    let hana = world.user("Hana").await;
    let mut laptop = Machine::new(&hana);
    laptop.connect(&world).await;
    let agent = world.agent(&hana, &mut laptop).await;
    let body = json!({"hostSessionId": agent, "title": " Checkout ", "workspaceId": "shop",
        "hostDisplayName": "Hana B.", "expiresInMinutes": 60});
    let made = world.post(&hana, "/api/shared-sessions", body).await.ok(201);
    insta::assert_snapshot!(masked(&made));
    assert_eq!(made["session"]["inviteToken"], made["inviteToken"]);
    let id = made["session"]["id"].as_str().unwrap();
    let path = format!("/api/shared-sessions/{id}");
    let own = Caller::token(&made["hostParticipant"]["accessToken"]);
    for caller in [&hana, &own] {
        let shown = world.get(caller, &path).await.ok(200);
        assert_eq!(shown["session"]["inviteToken"], json!(null));
        assert!(!shown.to_string().contains("wr_"), "secrets are shown once");
    }
    insta::assert_snapshot!(masked(&world.get(&own, &path).await.ok(200)));
    world.verify().await;
}

#[tokio::test]
async fn sharing_is_refused_for_what_is_not_ones_own_and_for_words_that_cannot_be() {
    let world = World::new().await;
    let hana = world.user("Hana").await;
    let mallory = world.user("Mallory").await;
    let mut laptop = Machine::new(&hana);
    laptop.connect(&world).await;
    let agent = world.agent(&hana, &mut laptop).await;
    let share = async |caller: &Caller, mut body: serde_json::Value| {
        if body["hostSessionId"].is_null() {
            body["hostSessionId"] = json!(agent);
        }
        world.post(caller, "/api/shared-sessions", body).await
    };
    let missing = world.post(&hana, "/api/shared-sessions", json!({})).await;
    missing.refused(400, "MISSING_HOST_SESSION_ID");
    let unknown = share(&hana, json!({"hostSessionId": NOBODYS})).await;
    let foreign = share(&mallory, json!({})).await;
    let admins = share(&world.ada, json!({})).await;
    let unknown = unknown.refused(404, "HOST_SESSION_NOT_FOUND");
    assert_eq!(foreign.refused(404, "HOST_SESSION_NOT_FOUND"), unknown);
    assert_eq!(admins.refused(404, "HOST_SESSION_NOT_FOUND"), unknown);
    share(&hana, json!({"hostUserId": NOBODYS})).await.refused(403, "HOST_REQUIRED");
    for minutes in [json!(0), json!(null), json!(-5), json!(525_601)] {
        let body = json!({"expiresInMinutes": minutes});
        share(&hana, body).await.refused(400, "INVALID_EXPIRY");
    }
    for (body, status, code) in [
        (json!({"title": "x".repeat(257)}), 413, "TOO_LARGE"),
        (json!({"title": "a\u{7}b"}), 400, "TEXT_NOT_ALLOWED"),
        (json!({"hostDisplayName": "Ha\u{200b}na"}), 400, "TEXT_NOT_ALLOWED"),
        (json!({"invite": {"role": "host"}}), 400, "INVALID_BODY"),
        (json!({"invite": {"maxUses": 0}}), 400, "INVALID_BODY"),
        (json!({"invite": {"maxUses": 10_001}}), 400, "INVALID_BODY"),
        (json!({"invite": {"expiresInMinutes": 43_201}}), 400, "INVALID_EXPIRY"),
        (json!({"invite": {"token": "x"}}), 400, "INVALID_BODY"),
    ] {
        share(&hana, body).await.refused(status, code);
    }
    assert_eq!(world.look::<i64>("select count(*) from sessions"), 0);

    let room = world.share(hana.clone(), laptop, agent, json!({})).await;
    let again = share(&hana, json!({})).await.refused(409, "ALREADY_SHARED");
    assert!(again["hint"].as_str().unwrap().contains(&room.id));
    world.post(&hana, &room.path("close"), json!({})).await.ok(200);
    share(&hana, json!({})).await.ok(201);
    world.verify().await;
}

#[tokio::test]
async fn an_agent_session_that_has_ended_is_not_shared_again() {
    let world = World::new().await;
    let room = world.room("prompt_direct").await;
    world.post(&room.hana, &room.path("close"), json!({})).await.ok(200);
    world
        .sql("update agent_sessions set life = 'completed', ended_at = '2026-01-01T00:00:00.000Z'")
        .unwrap();
    let body = json!({"hostSessionId": room.agent});
    let again = world.post(&room.hana, "/api/shared-sessions", body).await;
    again.refused(409, "ILLEGAL_TRANSITION");
}

#[tokio::test]
async fn a_session_may_live_for_ever_only_where_the_admin_allows_it() {
    let settings = wardroom::app::Settings { endless_sessions: true, ..Default::default() };
    let world = World::with(settings, wardroom::live::Limits::default()).await;
    let room = world.room_with(json!({"expiresInMinutes": null})).await;
    let shown = world.get(&room.hana, &room.path("")).await.ok(200);
    assert_eq!(shown["session"]["expiresAt"], json!(null));
    world.pass(Duration::from_hours(87600)).await;
    let shown = world.get(&room.hana, &room.path("")).await.ok(200);
    assert_eq!(shown["session"]["status"], "active");
}

#[tokio::test]
async fn one_finds_the_sessions_in_which_one_takes_part_and_no_others() {
    let world = World::new().await;
    let hana = world.user("Hana").await;
    let one = world.room_of(&hana, json!({"title": "one", "workspaceId": "shop"})).await;
    let two = world.room_of(&hana, json!({"title": "two"})).await;
    let three = world.room_of(&world.user("Theo").await, json!({"title": "three"})).await;
    let sam = world.join(&two, "Sam").await;
    let titles = async |caller: &Caller, query: &str| {
        let list = world.get(caller, &format!("/api/shared-sessions{query}")).await.ok(200);
        let titles = list["sessions"].as_array().unwrap().iter().map(|it| it["title"].clone());
        (titles.collect::<serde_json::Value>(), list["nextCursor"].clone())
    };
    assert_eq!(titles(&hana, "").await.0, json!(["two", "one"]), "newest first");
    assert_eq!(titles(&three.hana, "").await.0, json!(["three"]));
    assert_eq!(titles(&sam, "").await.0, json!(["two"]));
    assert_eq!(titles(&world.user("Vic").await, "").await.0, json!([]));
    assert_eq!(titles(&world.ada, "").await.0, json!(["three", "two", "one"]));
    assert_eq!(titles(&hana, "?workspaceId=shop").await.0, json!(["one"]));
    let query = format!("?hostSessionId={}", two.agent);
    assert_eq!(titles(&hana, &query).await.0, json!(["two"]));
    assert_eq!(titles(&three.hana, &query).await.0, json!([]));

    let (page, next) = titles(&world.ada, "?limit=2").await;
    assert_eq!(page, json!(["three", "two"]));
    let query = format!("?limit=2&cursor={}", next.as_str().unwrap());
    assert_eq!(titles(&world.ada, &query).await, (json!(["one"]), json!(null)));

    world.delete(&hana, &one.path("")).await.ok(200);
    assert_eq!(titles(&hana, "?status=active").await.0, json!(["two"]));
    assert_eq!(titles(&hana, "?status=closed").await.0, json!(["one"]));
    // Its time is up, though nobody has swept yet.
    world.clock().advance(Duration::from_hours(25));
    assert_eq!(titles(&hana, "?status=active").await.0, json!([]));
    assert_eq!(titles(&hana, "?status=expired").await.0, json!(["two"]));
    assert_eq!(titles(&world.ada, "?status=expired").await.0, json!(["three", "two"]));
    world.sweep().await;
    assert_eq!(titles(&hana, "?status=expired").await.0, json!(["two"]));
}

#[tokio::test]
async fn a_list_of_sessions_says_what_waits_and_who_is_there_in_those_that_go_on() {
    let world = World::new().await;
    let hana = world.user("Hana").await;
    let one = world.room_of(&hana, json!({"title": "one"})).await;
    let two = world.room_of(&hana, json!({"title": "two"})).await;
    let (sam, tess) = (world.join(&two, "Sam").await, world.join(&two, "Tess").await);
    world.prompt(&two, &sam, "a").await;
    world.prompt(&two, &tess, "b").await;
    let now = async || {
        let list = world.get(&sam, "/api/shared-sessions").await.ok(200);
        list["sessions"][0]["now"].clone()
    };
    assert_eq!(now().await["online"], json!([]), "to take part is not to be there");
    let follower = world.follow(&tess, &two.id, None).await;
    let told = now().await;
    assert_eq!((&told["online"], &told["waiting"]), (&json!(["Tess"]), &json!(2)));
    let shown = world.get(&sam, &two.path("")).await.ok(200);
    assert_eq!(told["agentSession"], shown["agentSession"], "nothing but what a session shows");
    drop(follower);
    let list = world.get(&hana, "/api/shared-sessions").await.ok(200);
    let waiting =
        list["sessions"].as_array().unwrap().iter().map(|it| it["now"]["waiting"].clone());
    assert_eq!(waiting.collect::<serde_json::Value>(), json!([2, 0]));
    // What waits no longer than it may is not counted, though nobody has swept yet.
    world.sql("update approvals set expires_at = created_at where prompt = 'a'").unwrap();
    world.pass(Duration::from_millis(1)).await;
    assert_eq!(now().await["waiting"], 1);
    world.delete(&hana, &two.path("")).await.ok(200);
    assert_eq!(now().await, json!(null));
    world.delete(&hana, &one.path("")).await.ok(200);
}

#[tokio::test]
async fn what_one_has_left_is_no_longer_found() {
    let world = World::new().await;
    let room = world.room("prompt_direct").await;
    let theo = world.user("Theo").await;
    let sam = world.join(&room, "Sam").await;
    let body = json!({"inviteToken": room.invite});
    world.post(&theo, &room.path("join"), body).await.ok(201);
    for caller in [&theo, &sam] {
        let found = world.get(caller, "/api/shared-sessions").await.ok(200);
        assert_eq!(found["sessions"].as_array().unwrap().len(), 1);
        world.post(caller, &room.path("leave"), json!({})).await.ok(200);
        let found = world.get(caller, "/api/shared-sessions").await.ok(200);
        assert_eq!(found["sessions"], json!([]));
    }
    world.verify().await;
}

#[tokio::test]
async fn only_the_host_and_admins_close_a_session_and_only_once() {
    let world = World::new().await;
    let room = world.room("prompt_direct").await;
    let sam = world.join(&room, "Sam").await;
    let mallory = world.user("Mallory").await;
    let read = world.scoped(&room.hana, "read").await;
    for caller in [&sam, &read, &world.scoped(&world.ada, "host").await] {
        let answer = world.post(caller, &room.path("close"), json!({})).await;
        answer.refused(403, "HOST_REQUIRED");
        world.delete(caller, &room.path("")).await.refused(403, "HOST_REQUIRED");
    }
    world.delete(&mallory, &room.path("")).await.refused(404, "SESSION_NOT_FOUND");
    let body = json!({"reason": "x"});
    world.post(&room.hana, &room.path("close"), body).await.refused(400, "INVALID_BODY");
    let request = world.request(&world.ada, Method::POST, &room.path("close")).text("");
    let closed = request.send().await.ok(200);
    assert_eq!((&closed["closed"], &closed["session"]["status"]), (&json!(true), &json!("closed")));
    world.delete(&room.hana, &room.path("")).await.refused(409, "SESSION_INACTIVE");
    insta::assert_snapshot!(world.transcript(&room).await, @"
    1 0s shared_session_created - prompt_direct
    2 0s participant_joined Hana host
    3 0s participant_joined Sam collaborator
    4 0s session_closed - closed
    ");
    world.verify().await;
}

#[tokio::test]
async fn a_session_of_which_nobody_says_it_ends_when_the_admin_says() {
    let settings = wardroom::app::Settings { session_minutes: 90, ..Default::default() };
    let world = World::with(settings, wardroom::live::Limits::default()).await;
    let room = world.room("prompt_direct").await;
    let session = world.get(&room.hana, &room.path("")).await.ok(200);
    assert_eq!(session["session"]["expiresAt"], "2026-01-01T01:30:00.000Z");
    world.pass(std::time::Duration::from_mins(90)).await;
    let ended = world.get(&room.hana, &room.path("")).await.ok(200);
    assert_eq!(ended["session"]["status"], "expired");
}
