//! Passwords, for those who want one.

use std::time::Duration;

use serde_json::{Value, json};
use wardroom::live::Limits;

use crate::world::{Answer, Caller, World};

async fn sign_in(world: &World, name: &str, password: &str) -> Answer {
    let body = json!({"name": name, "password": password});
    world.post(&Caller::Nobody, "/api/login", body).await
}

async fn choose(world: &World, who: &Caller, body: Value) -> Answer {
    world.post(who, "/api/me/password", body).await
}

#[tokio::test]
async fn a_password_signs_in_on_another_device_and_what_is_wrong_says_nothing() {
    let world = World::new().await;
    let (hana, theo) = (world.user("Hana").await, world.user("Theo").await);
    for caller in [&hana, &theo] {
        let chosen = choose(&world, caller, json!({"password": "correct horse"})).await;
        assert_eq!(chosen.status, 204, "{}", chosen.text);
    }
    world
        .sql("update users set disabled_at = '2026-01-01T00:00:00.000Z' where name = 'Theo'")
        .unwrap();
    let mut refusals = Vec::new();
    for (name, password) in [
        ("Hana", "correct Horse"),
        ("Hana", ""),
        ("Mallory", "correct horse"),
        ("", "correct horse"),
        ("Theo", "correct horse"), // Is disabled.
        ("Ada", "correct horse"),  // Has none.
        ("Ada", ""),
    ] {
        world.pass(Duration::from_mins(1)).await;
        let refused = sign_in(&world, name, password).await;
        assert!(refused.cookie().is_none());
        refusals.push(refused.refused(401, "UNAUTHENTICATED"));
    }
    refusals.dedup();
    assert_eq!(refusals.len(), 1, "{refusals:?}");
    for body in [
        json!({}),
        json!({"name": "Hana"}),
        json!({"password": "correct horse"}),
        json!({"name": "Hana", "password": "correct horse", "token": hana.secret()}),
        json!({"name": "Hana", "password": null}),
    ] {
        world.post(&Caller::Nobody, "/api/login", body).await.refused(400, "INVALID_BODY");
    }
    world.pass(Duration::from_mins(1)).await;
    let answer = sign_in(&world, " hana ", "correct horse").await;
    let browser = answer.cookie().unwrap();
    assert_eq!(answer.ok(200)["user"]["name"], "Hana");
    assert_eq!(world.get(&browser, "/api/me").await.ok(200)["scope"], "full");
    let again = json!({"name": "Hana", "password": "correct horse"});
    let second = world.post(&browser, "/api/login", again).await.cookie().unwrap();
    world.get(&browser, "/api/me").await.refused(401, "UNAUTHENTICATED");
    world.get(&second, "/api/me").await.ok(200);
    world.verify().await;
    for suffix in ["", "-wal"] {
        let bytes = std::fs::read(format!("{}{suffix}", world.file().display())).unwrap();
        assert!(!bytes.windows(13).any(|it| it == b"correct horse"), "only its hash is kept");
    }
}

#[tokio::test]
async fn one_changes_a_password_by_the_one_that_one_has_and_other_browsers_are_signed_out() {
    let world = World::new().await;
    let room = world.room("prompt_direct").await;
    let (hana, sam) = (room.hana.clone(), world.join(&room, "Sam").await);
    let password = json!({"password": "correct horse"});
    choose(&world, &Caller::Nobody, password.clone()).await.refused(401, "UNAUTHENTICATED");
    choose(&world, &sam, password.clone()).await.refused(401, "UNAUTHENTICATED");
    for scope in ["read", "host"] {
        let token = world.scoped(&hana, scope).await;
        choose(&world, &token, password.clone()).await.refused(403, "ADMIN_REQUIRED");
    }
    for (body, status, code) in [
        (json!({}), 400, "INVALID_BODY"),
        (json!({"password": "1234567"}), 400, "INVALID_BODY"),
        (json!({"password": "x".repeat(1025)}), 413, "TOO_LARGE"),
        (json!({"password": "correct horse", "name": "Hana"}), 400, "INVALID_BODY"),
    ] {
        choose(&world, &hana, body).await.refused(status, code);
    }
    assert_eq!(world.look::<Option<String>>("select max(password_hash) from users"), None);
    choose(&world, &hana, password).await;
    let (one, two) = (world.browser(&hana).await, world.browser(&hana).await);
    let mut stream = world.follow(&two, &room.id, None).await;
    for body in [
        json!({"password": "battery staple"}),
        json!({"password": "battery staple", "current": "correct Horse"}),
    ] {
        choose(&world, &one, body).await.refused(400, "INVALID_BODY");
    }
    let body = json!({"password": "battery staple", "current": "correct horse"});
    assert_eq!(choose(&world, &one, body).await.status, 204);
    world.settle().await;
    assert_eq!(stream.words(), ["connected", "end revoked"]);
    world.get(&two, "/api/me").await.refused(401, "UNAUTHENTICATED");
    for caller in [&one, &hana] {
        world.get(caller, "/api/me").await.ok(200);
    }
    sign_in(&world, "Hana", "correct horse").await.refused(401, "UNAUTHENTICATED");
    sign_in(&world, "Hana", "battery staple").await.ok(200);
    // The person at the machine has no need of the one before.
    for password in ["at the machine", "still there"] {
        let body = json!({"password": password});
        assert_eq!(choose(&world, &Caller::Local, body).await.status, 204);
        sign_in(&world, "Ada", password).await.ok(200);
    }
    world.verify().await;
}

#[tokio::test]
async fn setup_takes_a_password_too() {
    let world = World::untouched(wardroom::app::Settings::default(), Limits::default()).await;
    let link = world.app().make_setup_link().await.unwrap();
    let set_up = async |secret: &str, password: &str| {
        let body = json!({"secret": secret, "name": "Ada", "password": password});
        world.post(&Caller::Nobody, "/api/setup", body).await
    };
    let guessed = wardroom::domain::Secret::new(wardroom::domain::SecretKind::Setup).unwrap();
    let refused = set_up(guessed.expose(), "short").await;
    refused.refused(401, "UNAUTHENTICATED");
    set_up(link.expose(), "short").await.refused(400, "INVALID_BODY");
    let ada = set_up(link.expose(), "correct horse").await.cookie().unwrap();
    world.get(&ada, "/api/me").await.ok(200);
    set_up(link.expose(), "battery staple").await.refused(401, "UNAUTHENTICATED");
    sign_in(&world, "Ada", "correct horse").await.ok(200);
    // Another link sets another one: whoever has it is at the machine.
    let link = world.app().make_setup_link().await.unwrap();
    set_up(link.expose(), "battery staple").await.ok(200);
    sign_in(&world, "Ada", "correct horse").await.refused(401, "UNAUTHENTICATED");
}

#[tokio::test]
async fn who_guesses_is_stopped_after_five_tries_in_a_minute_also_when_they_guess_right_then() {
    let world = World::new().await;
    choose(&world, &world.ada, json!({"password": "correct horse"})).await;
    for guess in ["1", "2", "3", "4", "5"] {
        sign_in(&world, "Ada", guess).await.refused(401, "UNAUTHENTICATED");
    }
    sign_in(&world, "Ada", "correct horse").await.refused(429, "RATE_LIMITED");
    world.pass(Duration::from_mins(1)).await;
    sign_in(&world, "Ada", "correct horse").await.ok(200);
}
