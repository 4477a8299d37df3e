//! What admins change about accounts.

use serde_json::{Value, json};

use crate::world::{Answer, Caller, World};

async fn id(world: &World, name: &str) -> String {
    let users = world.get(&world.ada, "/api/users").await.ok(200);
    let found = users["users"].as_array().unwrap().iter().find(|it| it["name"] == name).unwrap();
    found["id"].as_str().unwrap().to_owned()
}

async fn change(world: &World, who: &Caller, name: &str, body: Value) -> Answer {
    world.patch(who, &format!("/api/users/{}", id(world, name).await), body).await
}

#[tokio::test]
async fn only_admins_change_accounts_and_only_what_can_be_changed() {
    let world = World::new().await;
    let room = world.room("prompt_direct").await;
    let sam = world.join(&room, "Sam").await;
    let (read, host) =
        (world.scoped(&world.ada, "read").await, world.scoped(&world.ada, "host").await);
    let off = json!({"disabled": true});
    for (caller, status, code) in [
        (&room.hana, 403, "ADMIN_REQUIRED"),
        (&read, 403, "ADMIN_REQUIRED"),
        (&host, 403, "ADMIN_REQUIRED"),
        (&sam, 401, "UNAUTHENTICATED"),
        (&Caller::Nobody, 401, "UNAUTHENTICATED"),
    ] {
        change(&world, caller, "Hana", off.clone()).await.refused(status, code);
    }
    for user in ["01890000-0000-7000-8000-000000000000", "1"] {
        let unknown = world.patch(&world.ada, &format!("/api/users/{user}"), off.clone()).await;
        unknown.refused(404, "NOT_FOUND");
    }
    for (body, status, code) in [
        (json!({"name": "Eve"}), 400, "INVALID_BODY"),
        (json!({"disabledAt": "2026-01-01T00:00:00.000Z"}), 400, "INVALID_BODY"),
        (json!({"disabled": "yes"}), 400, "INVALID_BODY"),
        (json!({"password": "short"}), 400, "INVALID_BODY"),
        (json!({"password": "x".repeat(1025)}), 413, "TOO_LARGE"),
    ] {
        change(&world, &world.ada, "Hana", body).await.refused(status, code);
    }
    let same = change(&world, &world.ada, "Hana", json!({})).await.ok(200);
    assert_eq!(
        (&same["user"]["admin"], &same["user"]["disabledAt"]),
        (&json!(false), &json!(null))
    );
}

#[tokio::test]
async fn accounts_are_listed_page_by_page() {
    let world = World::new().await;
    for name in ["Bea", "Cid", "Dan", "Eve"] {
        world.user(name).await;
    }
    let mut pages = Vec::new();
    let mut query = "?limit=2".to_owned();
    loop {
        let page = world.get(&world.ada, &format!("/api/users{query}")).await.ok(200);
        let users = page["users"].as_array().unwrap().iter();
        pages.push(users.map(|it| it["name"].as_str().unwrap().to_owned()).collect::<Vec<_>>());
        let Some(next) = page["nextCursor"].as_str() else { break };
        query = format!("?limit=2&cursor={next}");
    }
    assert_eq!(pages, [vec!["Ada", "Bea"], vec!["Cid", "Dan"], vec!["Eve"]]);
    world.get(&world.ada, "/api/users?cursor=x").await.refused(400, "INVALID_CURSOR");
    world.get(&world.ada, "/api/users?limit=0").await.refused(400, "INVALID_BODY");
}

#[tokio::test]
async fn of_who_is_disabled_nothing_is_valid_from_then_on_and_all_of_it_when_they_are_back() {
    let mut world = World::new().await;
    let hana = world.user("Hana").await;
    let mut laptop = crate::world::Machine::new(&hana);
    laptop.connect(&world).await;
    let agent = world.agent(&hana, &mut laptop).await;
    let body = json!({"hostSessionId": agent, "mode": "prompt_direct"});
    let made = world.post(&hana, "/api/shared-sessions", body).await.ok(201);
    let session = made["session"]["id"].as_str().unwrap().to_owned();
    let seat = Caller::token(&made["hostParticipant"]["accessToken"]);
    let browser = world.browser(&hana).await;
    let read = world.scoped(&hana, "read").await;
    let all = [&hana, &seat, &browser, &read];
    let mut streams = Vec::new();
    for caller in all {
        streams.push(world.follow(caller, &session, None).await);
    }
    streams.push(world.follow_path(&hana, "/api/inbox/stream", "").await.ok().unwrap());
    let disabled = change(&world, &world.ada, "Hana", json!({"disabled": true})).await.ok(200);
    assert_eq!(disabled["user"]["disabledAt"], "2026-01-01T00:00:00.000Z");
    world.settle().await;
    for stream in &mut streams {
        assert_eq!(stream.words().last().unwrap(), "end revoked");
        assert!(stream.is_over());
    }
    assert!(!laptop.is_connected(), "nor do her machines run agents");
    for caller in all {
        let shown = world.get(caller, &format!("/api/shared-sessions/{session}")).await;
        shown.refused(401, "UNAUTHENTICATED");
    }
    let login = json!({"token": hana.secret()});
    world.post(&Caller::Nobody, "/api/login", login).await.refused(401, "UNAUTHENTICATED");
    world.pass(std::time::Duration::from_secs(1)).await;
    let again = change(&world, &world.ada, "Hana", json!({"disabled": true})).await.ok(200);
    assert_eq!(again, disabled, "since the first time");
    world.restart().await;
    world.get(&hana, "/api/me").await.refused(401, "UNAUTHENTICATED");
    change(&world, &world.ada, "Hana", json!({"disabled": false})).await.ok(200);
    for caller in all {
        world.get(caller, &format!("/api/shared-sessions/{session}")).await.ok(200);
    }
    world.verify().await;
}

#[tokio::test]
async fn who_is_no_admin_any_more_reads_no_foreign_session_and_the_last_admin_stays() {
    let world = World::new().await;
    let room = world.room("prompt_direct").await;
    for body in [
        json!({"admin": false}),
        json!({"disabled": true}),
        json!({"disabled": true, "admin": true}),
    ] {
        change(&world, &world.ada, "Ada", body).await.refused(409, "ILLEGAL_TRANSITION");
    }
    change(&world, &world.ada, "Hana", json!({"admin": true, "disabled": true})).await.ok(200);
    let alone = change(&world, &world.ada, "Ada", json!({"admin": false})).await;
    alone.refused(409, "ILLEGAL_TRANSITION");
    change(&world, &world.ada, "Hana", json!({"disabled": false})).await.ok(200);
    // Her laptop lost its connection meanwhile, and that is an event.
    world.settle().await;
    let mut looks_in = world.follow(&world.ada, &room.id, None).await;
    let mut of_hana = world.follow(&room.hana, &room.id, None).await;
    let ada = id(&world, "Ada").await;
    let path = format!("/api/users/{ada}");
    let demoted = world.patch(&room.hana, &path, json!({"admin": false})).await.ok(200);
    assert_eq!(demoted["user"]["admin"], false);
    world.settle().await;
    assert_eq!(looks_in.words(), ["connected", "end revoked"]);
    assert_eq!(of_hana.words(), ["connected"]);
    world.get(&world.ada, &room.path("")).await.refused(404, "SESSION_NOT_FOUND");
    world.get(&world.ada, "/api/users").await.refused(403, "ADMIN_REQUIRED");
    let last = world.patch(&room.hana, &path, json!({"admin": true})).await.ok(200);
    assert_eq!(last["user"]["admin"], true);
    world.verify().await;
}

#[tokio::test]
async fn an_admin_sets_another_password_and_whoever_had_the_old_one_is_signed_out() {
    let world = World::new().await;
    let hana = world.user("Hana").await;
    change(&world, &world.ada, "Hana", json!({"password": "correct horse"})).await.ok(200);
    let sign_in = async |password: &str| {
        let body = json!({"name": "Hana", "password": password});
        world.post(&Caller::Nobody, "/api/login", body).await
    };
    let browser = sign_in("correct horse").await.cookie().unwrap();
    let set = change(&world, &world.ada, "Hana", json!({"password": "battery staple"})).await;
    assert!(!set.text.contains("battery") && !set.text.contains("argon2"), "{}", set.text);
    set.ok(200);
    world.get(&browser, "/api/me").await.refused(401, "UNAUTHENTICATED");
    sign_in("correct horse").await.refused(401, "UNAUTHENTICATED");
    sign_in("battery staple").await.ok(200);
    world.get(&hana, "/api/me").await.ok(200);
    let users = world.get(&world.ada, "/api/users").await;
    assert!(!users.text.contains("argon2"));
}
