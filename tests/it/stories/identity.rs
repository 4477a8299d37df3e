//! Setup, login, accounts and tokens.

use std::time::Duration;

use axum::http::Method;
use serde_json::{Value, json};
use wardroom::{
    domain::{Secret, SecretKind},
    live::Limits,
};

use crate::world::{Caller, World};

#[tokio::test]
async fn a_setup_link_signs_in_once_within_half_an_hour_and_only_the_newest_does() {
    let world = World::untouched(wardroom::app::Settings::default(), Limits::default()).await;
    let link = async || world.app().make_setup_link().await.unwrap().expose().to_owned();
    let set_up = async |secret: &str, name: &str| {
        let body = json!({"secret": secret, "name": name});
        world.post(&Caller::Nobody, "/api/setup", body).await
    };
    let version = world.get(&Caller::Nobody, "/api/version").await.ok(200);
    assert_eq!(version["isSetUp"], false);
    let old = link().await;
    let newer = link().await;
    set_up(&old, "Ada").await.refused(401, "UNAUTHENTICATED");
    for (name, status, code) in [
        ("", 400, "INVALID_BODY"),
        (" \t ", 400, "INVALID_BODY"),
        ("Ada\u{202e}", 400, "TEXT_NOT_ALLOWED"),
        ("A\nda", 400, "TEXT_NOT_ALLOWED"),
        (&"x".repeat(65), 413, "TOO_LARGE"),
    ] {
        set_up(&newer, name).await.refused(status, code);
    }
    set_up("wr_set_x", "Ada").await.refused(401, "UNAUTHENTICATED");
    assert_eq!(world.look::<i64>("select count(*) from users"), 0);

    let answer = set_up(&newer, " Ada ").await;
    let ada = answer.cookie().unwrap();
    let user = answer.ok(200)["user"].take();
    assert_eq!((&user["name"], &user["admin"]), (&json!("Ada"), &json!(true)));
    assert_eq!(world.get(&ada, "/api/me").await.ok(200)["user"], user);
    set_up(&newer, "Eve").await.refused(401, "UNAUTHENTICATED");
    let version = world.get(&Caller::Nobody, "/api/version").await.ok(200);
    assert_eq!(version["isSetUp"], true);

    let late = link().await;
    world.pass(Duration::from_mins(30)).await;
    set_up(&late, "Eve").await.refused(401, "UNAUTHENTICATED");
    let user_token = world.post(&ada, "/api/tokens", json!({"scope": "full"})).await.ok(201);
    let secret = user_token["secret"].as_str().unwrap();
    set_up(secret, "Eve").await.refused(401, "UNAUTHENTICATED");
    assert_eq!(world.look::<i64>("select count(*) from users"), 1);
}

#[tokio::test]
async fn setup_names_the_account_that_stood_for_the_person_at_the_machine() {
    let world = World::untouched(wardroom::app::Settings::default(), Limits::default()).await;
    let before = world.get(&Caller::Local, "/api/me").await.ok(200);
    assert_eq!((&before["user"]["name"], &before["scope"]), (&json!("admin"), &json!("full")));
    let version = world.get(&Caller::Nobody, "/api/version").await.ok(200);
    assert_eq!(version["isSetUp"], false, "nobody has given a name yet");
    let secret = world.app().make_setup_link().await.unwrap();
    let body = json!({"secret": secret.expose(), "name": "Ada"});
    let user = world.post(&Caller::Nobody, "/api/setup", body).await.ok(200)["user"].take();
    assert_eq!(user["id"], before["user"]["id"]);
    assert_eq!(world.get(&Caller::Local, "/api/me").await.ok(200)["user"]["name"], "Ada");
}

#[tokio::test]
async fn the_person_at_the_machine_may_write_their_own_name_in_other_letters() {
    let world = World::untouched(wardroom::app::Settings::default(), Limits::default()).await;
    let name = world.get(&Caller::Local, "/api/me").await.ok(200)["user"]["name"].take();
    let name = name.as_str().unwrap().to_uppercase();
    let secret = world.app().make_setup_link().await.unwrap();
    let body = json!({"secret": secret.expose(), "name": name});
    let user = world.post(&Caller::Nobody, "/api/setup", body).await.ok(200)["user"].take();
    assert_eq!(user["name"], name);
}

#[tokio::test]
async fn whoever_has_no_setup_link_does_not_learn_which_names_are_taken() {
    let world = World::untouched(wardroom::app::Settings::default(), Limits::default()).await;
    let set_up = async |secret: &Secret, name: &str| {
        let body = json!({"secret": secret.expose(), "name": name});
        world.post(&Caller::Nobody, "/api/setup", body).await
    };
    world.post(&Caller::Local, "/api/users", json!({"name": "Hana"})).await.ok(201);
    let guessed = Secret::new(SecretKind::Setup).unwrap();
    let free = set_up(&guessed, "Ada").await.refused(401, "UNAUTHENTICATED");
    assert_eq!(set_up(&guessed, "Hana").await.refused(401, "UNAUTHENTICATED"), free);
    // Whoever has one is told, and it is not used up by that.
    let link = world.app().make_setup_link().await.unwrap();
    set_up(&link, "hana").await.refused(400, "INVALID_BODY");
    set_up(&link, "Ada").await.ok(200);
}

#[tokio::test]
async fn a_browser_that_signs_in_again_has_one_cookie_and_its_former_one_is_worth_nothing() {
    let world = World::new().await;
    let room = world.room("prompt_direct").await;
    let body = json!({"inviteToken": room.invite, "credential": "cookie"});
    let joined = world.post(&Caller::Nobody, &room.path("join"), body).await;
    let guest = joined.cookie().unwrap();
    let mut stream = world.follow(&guest, &room.id, None).await;
    let sign_in = async |browser: &Caller, body: &Value, path: &str| {
        world.post(browser, path, body.clone()).await.cookie().unwrap()
    };
    let token = json!({"token": room.hana.secret()});
    let first = sign_in(&guest, &token, "/api/login").await;
    let second = sign_in(&first, &token, "/api/login").await;
    let link = world.app().make_setup_link().await.unwrap();
    let body = json!({"secret": link.expose(), "name": "Ada"});
    let third = sign_in(&second, &body, "/api/setup").await;
    for former in [&guest, &first, &second] {
        world.get(former, "/api/me").await.refused(401, "UNAUTHENTICATED");
    }
    assert_eq!(world.get(&third, "/api/me").await.ok(200)["user"]["name"], "Ada");
    world.settle().await;
    assert_eq!(stream.words(), ["connected", "end revoked"]);
    // A sign-in that fails changes nothing.
    let wrong = json!({"token": "wr_usr_x"});
    world.post(&third, "/api/login", wrong).await.refused(401, "UNAUTHENTICATED");
    world.get(&third, "/api/me").await.ok(200);
}

#[tokio::test]
async fn a_browser_signs_in_by_a_full_token_and_out_again() {
    let world = World::new().await;
    let hana = world.user("Hana").await;
    let room = world.room_of(&hana, json!({})).await;
    let sam = world.join(&room, "Sam").await;
    let login = async |token: &str| {
        world.post(&Caller::Nobody, "/api/login", json!({"token": token})).await
    };
    for scope in ["read", "host"] {
        let token = world.scoped(&hana, scope).await;
        login(token.secret()).await.refused(401, "UNAUTHENTICATED");
    }
    login(sam.secret()).await.refused(401, "UNAUTHENTICATED");
    login("wr_usr_x").await.refused(401, "UNAUTHENTICATED");
    let answer = login(&format!(" {} ", hana.secret())).await;
    let cookie = answer.header("set-cookie").unwrap().to_owned();
    let (value, attributes) = cookie.split_once("; ").unwrap();
    assert!(value.starts_with("wardroom-7337=wr_log_"));
    assert_eq!(attributes, "Path=/; HttpOnly; SameSite=Strict; Max-Age=2592000");
    let browser = answer.cookie().unwrap();
    assert_eq!(answer.ok(200)["user"]["name"], "Hana");
    let other = world.browser(&hana).await;
    assert_ne!(browser, other, "each browser has a cookie of its own");

    let out = world.request(&browser, Method::POST, "/api/logout").text("").send().await;
    assert_eq!((out.status, out.text.as_str()), (204, ""));
    assert!(out.header("set-cookie").unwrap().starts_with("wardroom-7337=; "));
    world.get(&browser, "/api/me").await.refused(401, "UNAUTHENTICATED");
    world.get(&other, "/api/me").await.ok(200);
    world.get(&hana, "/api/me").await.ok(200);
    world.post(&Caller::Nobody, "/api/logout", json!({})).await.refused(401, "UNAUTHENTICATED");
}

#[tokio::test]
async fn only_admins_manage_accounts_and_a_name_is_given_once() {
    let world = World::new().await;
    let hana = world.user("Hana").await;
    let read = world.scoped(&world.ada, "read").await;
    let host = world.scoped(&world.ada, "host").await;
    let body = json!({"name": "Eve"});
    for caller in [&hana, &read, &host] {
        world.post(caller, "/api/users", body.clone()).await.refused(403, "ADMIN_REQUIRED");
    }
    world.get(&hana, "/api/users").await.refused(403, "ADMIN_REQUIRED");
    for (name, status, code) in [
        ("hana", 400, "INVALID_BODY"),
        ("HANA ", 400, "INVALID_BODY"),
        ("", 400, "INVALID_BODY"),
        ("a\u{e0041}b", 400, "TEXT_NOT_ALLOWED"),
        (&"x".repeat(65), 413, "TOO_LARGE"),
    ] {
        world.post(&world.ada, "/api/users", json!({"name": name})).await.refused(status, code);
    }
    let users = world.get(&world.ada, "/api/users").await.ok(200);
    let names: Vec<_> = users["users"].as_array().unwrap().iter().map(|it| &it["name"]).collect();
    assert_eq!(names, ["Ada", "Hana"]);
    assert!(!users.to_string().contains("wr_usr_"));
}

#[tokio::test]
async fn tokens_are_made_listed_without_their_secrets_and_ended_by_their_owner() {
    let world = World::new().await;
    let room = world.room("prompt_direct").await;
    let (hana, sam) = (room.hana.clone(), world.join(&room, "Sam").await);
    let (read, host) = (world.scoped(&hana, "read").await, world.scoped(&hana, "host").await);
    world.get(&sam, "/api/tokens").await.refused(401, "UNAUTHENTICATED");
    let body = json!({"scope": "full"});
    world.post(&sam, "/api/tokens", body.clone()).await.refused(401, "UNAUTHENTICATED");
    for caller in [&read, &host] {
        world.post(caller, "/api/tokens", body.clone()).await.refused(403, "ADMIN_REQUIRED");
    }
    for minutes in [0, -1, 525_601, i64::MAX, i64::MIN] {
        let body = json!({"scope": "full", "expiresInMinutes": minutes});
        world.post(&hana, "/api/tokens", body).await.refused(400, "INVALID_EXPIRY");
    }
    let list = world.get(&hana, "/api/tokens").await.ok(200);
    assert!(!list.to_string().contains(&hana.secret()[..20]));
    let tokens = list["tokens"].as_array().unwrap();
    let scopes: Vec<_> = tokens.iter().map(|it| it["scope"].as_str().unwrap()).collect();
    assert_eq!(scopes, ["host", "read", "full"], "newest first");
    let first = format!("/api/tokens/{}", tokens[0]["id"].as_str().unwrap());
    let mallory = world.user("Mallory").await;
    world.delete(&mallory, &first).await.refused(404, "NOT_FOUND");
    world.delete(&sam, &first).await.refused(401, "UNAUTHENTICATED");
    world.delete(&read, &first).await.refused(403, "ADMIN_REQUIRED");
    world.delete(&hana, "/api/tokens/1").await.refused(404, "NOT_FOUND");
    assert_eq!(world.delete(&world.ada, &first).await.status, 204, "an admin ends any");
    world.get(&host, "/api/me").await.refused(401, "UNAUTHENTICATED");
    world.verify().await;
}

#[tokio::test]
async fn one_is_told_who_one_is() {
    let world = World::new().await;
    let room = world.room("prompt_direct").await;
    let sam = world.join(&room, "Sam").await;
    let me = world.get(&sam, "/api/me").await.ok(200);
    assert_eq!((&me["user"], &me["scope"]), (&json!(null), &json!("full")));
    assert_eq!(me["seats"][0]["sharedSessionId"], room.id);
    let me = world.get(&world.scoped(&room.hana, "read").await, "/api/me").await.ok(200);
    assert_eq!((&me["user"]["name"], &me["scope"]), (&json!("Hana"), &json!("read")));
    assert_eq!(me["seats"], json!([]));
}
