//! How much anybody may do, and how often they may fail.

use std::{net::IpAddr, time::Duration};

use axum::http::Method;
use serde_json::{Value, json};
use wardroom::{
    app::Settings,
    domain::{Secret, SecretKind},
    http::Connection,
    live::Limits,
};

use crate::world::{Answer, Caller, Room, World};

/// A request of somebody unknown from an address.
async fn from(world: &World, address: &str, path: &str, body: &Value) -> Answer {
    let address: IpAddr = address.parse().unwrap();
    let request = world.request(&Caller::Nobody, Method::POST, path);
    request.connection(Connection::Network(address)).json(body).send().await
}

fn wrong_invite() -> Value {
    let secret = Secret::new(SecretKind::Invite).unwrap();
    json!({ "inviteToken": secret.expose() })
}

fn right_invite(room: &Room) -> Value {
    json!({ "inviteToken": room.invite, "displayName": "Sam" })
}

/// That it was too often; how many seconds to wait.
#[track_caller]
fn limited(answer: &Answer) -> u64 {
    answer.refused(429, "RATE_LIMITED");
    answer.header("retry-after").unwrap().parse().unwrap()
}

#[tokio::test]
async fn who_fails_at_the_door_ten_times_in_a_minute_waits_and_others_do_not() {
    let world = World::new().await;
    let room = world.room("prompt_with_approval").await;
    let (join, preview) = (room.path("join"), room.path("invites/preview"));
    for n in 0..10 {
        let path = if n % 2 == 0 { &join } else { &preview };
        let answer = from(&world, "192.0.2.1", path, &wrong_invite()).await;
        answer.refused(403, "INVALID_INVITE_TOKEN");
        world.pass(Duration::from_secs(2)).await;
    }
    let answer = from(&world, "192.0.2.1", &join, &right_invite(&room)).await;
    assert_eq!(limited(&answer), 40, "the first failure is 20 s old");
    from(&world, "192.0.2.2", &join, &right_invite(&room)).await.ok(201);
    world.pass(Duration::from_secs(40)).await;
    from(&world, "192.0.2.1", &join, &right_invite(&room)).await.ok(201);
    world.verify().await;
}

#[tokio::test]
async fn an_office_behind_one_address_is_let_in_however_many_they_are() {
    let world = World::new().await;
    let room = world.room("prompt_with_approval").await;
    for _ in 0..15 {
        from(&world, "192.0.2.1", &room.path("join"), &right_invite(&room)).await.ok(201);
    }
}

#[tokio::test]
async fn a_session_that_many_addresses_try_tells_them_nothing_more_and_lets_right_ones_in() {
    let world = World::new().await;
    let room = world.room("prompt_with_approval").await;
    for n in 0..100 {
        let address = format!("198.51.100.{n}");
        let answer = from(&world, &address, &room.path("join"), &wrong_invite()).await;
        answer.refused(403, "INVALID_INVITE_TOKEN");
    }
    let answer = from(&world, "192.0.2.1", &room.path("join"), &wrong_invite()).await;
    assert_eq!(limited(&answer), 3600);
    from(&world, "192.0.2.1", &room.path("join"), &right_invite(&room)).await.ok(201);
    let other = world.room_of(&world.ada, json!({})).await;
    from(&world, "192.0.2.1", &other.path("join"), &right_invite(&other)).await.ok(201);
    world.pass(Duration::from_hours(1)).await;
    from(&world, "192.0.2.1", &room.path("join"), &right_invite(&room)).await.ok(201);
}

#[tokio::test]
async fn signing_in_may_fail_five_times_a_minute_from_an_address() {
    let world = World::new().await;
    let right = json!({ "token": world.ada.secret() });
    let wrong = Secret::new(SecretKind::User).unwrap();
    for token in [wrong.expose(), "nonsense", wrong.expose(), "", wrong.expose()] {
        let body = json!({ "token": token });
        let answer = from(&world, "2001:db8:1:2::1", "/api/login", &body).await;
        answer.refused(401, "UNAUTHENTICATED");
    }
    let answer = from(&world, "2001:db8:1:2:ffff::9", "/api/login", &right).await;
    assert_eq!(limited(&answer), 60, "a network of IPv6 is one address");
    let setup = json!({ "secret": wrong.expose(), "name": "Eve" });
    limited(&from(&world, "2001:db8:1:2::1", "/api/setup", &setup).await);
    from(&world, "2001:db8:1:3::1", "/api/login", &right).await.ok(200);
    world.pass(Duration::from_mins(1)).await;
    from(&world, "2001:db8:1:2::1", "/api/login", &right).await.ok(200);
}

#[tokio::test]
async fn behind_a_listed_proxy_the_address_counts_that_it_names() {
    let world = World::new().await;
    let wrong = json!({ "token": "nonsense" });
    let ask = async |peer: &str, forwarded: &str| {
        let request = world.request(&Caller::Nobody, Method::POST, "/api/login").json(&wrong);
        let request = request.connection(Connection::Network(peer.parse().unwrap()));
        request.header("x-forwarded-for", forwarded).send().await.status
    };
    for n in 0..5 {
        let forged = format!("203.0.113.{n}, 198.51.100.7");
        assert_eq!(ask("10.0.0.1", &forged).await, 401);
    }
    assert_eq!(ask("10.0.0.1", "203.0.113.9, 198.51.100.7").await, 429);
    assert_eq!(ask("10.0.0.1", "198.51.100.8").await, 401);
    assert_eq!(ask("192.0.2.1", "198.51.100.7").await, 401, "nobody listed this one");
}

#[tokio::test]
async fn somebody_sends_twenty_prompts_in_a_minute_and_no_more() {
    let settings = Settings { pending_of_author: 100, ..Settings::default() };
    let world = World::with(settings, Limits::default()).await;
    let room = world.room("prompt_direct").await;
    let (sam, kim) = (world.join(&room, "Sam").await, world.join(&room, "Kim").await);
    let body = json!({ "prompt": "again" });
    for _ in 0..20 {
        world.post(&sam, &room.path("prompts"), body.clone()).await.ok(200);
        world.pass(Duration::from_secs(1)).await;
    }
    assert_eq!(limited(&world.post(&sam, &room.path("prompts"), body.clone()).await), 40);
    world.post(&kim, &room.path("prompts"), body.clone()).await.ok(200);
    world.pass(Duration::from_secs(40)).await;
    world.post(&sam, &room.path("prompts"), body).await.ok(200);
    world.verify().await;
}

#[tokio::test]
async fn where_the_admin_sets_no_limit_prompts_have_none() {
    let settings = Settings { prompts_a_minute: 0, pending_of_author: 100, ..Settings::default() };
    let world = World::with(settings, Limits::default()).await;
    let room = world.room("prompt_direct").await;
    for _ in 0..25 {
        let body = json!({ "prompt": "again" });
        world.post(&room.hana, &room.path("prompts"), body).await.ok(200);
    }
}

#[tokio::test]
async fn a_burst_of_guesses_gets_no_further_than_guesses_one_after_the_other() {
    let world = World::new().await;
    world.post(&world.ada, "/api/me/password", json!({"password": "correct horse"})).await;
    let right = json!({"name": "Ada", "password": "correct horse"});
    for _ in 0..7 {
        from(&world, "192.0.2.2", "/api/login", &right).await.ok(200);
    }
    let guess = |n: usize| {
        let body = json!({"name": "Ada", "password": format!("guess {n}")});
        let request = world.request(&Caller::Nobody, Method::POST, "/api/login").json(&body);
        request.connection(Connection::Network("192.0.2.1".parse().unwrap())).begin()
    };
    let burst: Vec<_> = (0..20).map(guess).collect();
    let mut statuses = Vec::new();
    for answer in burst {
        statuses.push(answer.await.unwrap().status);
    }
    statuses.sort_unstable();
    assert_eq!(statuses, [[401; 5].as_slice(), &[429; 15]].concat());
    limited(&from(&world, "192.0.2.1", "/api/login", &right).await);
    world.pass(Duration::from_mins(1)).await;
    from(&world, "192.0.2.1", "/api/login", &right).await.ok(200);
}

#[tokio::test]
async fn a_guess_at_the_password_that_somebody_has_counts_as_a_failed_sign_in() {
    let world = World::new().await;
    let choose = async |current: &str, password: &str| {
        let body = json!({"current": current, "password": password});
        let request = world.request(&world.ada, Method::POST, "/api/me/password").json(&body);
        request.connection(Connection::Network("192.0.2.1".parse().unwrap())).send().await
    };
    assert_eq!(choose("", "correct horse").await.status, 204, "there was none");
    for _ in 0..6 {
        // What was wrong is the new one: that is no guess.
        choose("correct horse", "short").await.refused(400, "INVALID_BODY");
    }
    for guess in ["1", "2", "3", "4", "5"] {
        choose(guess, "battery staple").await.refused(400, "INVALID_BODY");
    }
    assert_eq!(limited(&choose("correct horse", "battery staple").await), 60);
    let right = json!({"name": "Ada", "password": "correct horse"});
    limited(&from(&world, "192.0.2.1", "/api/login", &right).await);
    from(&world, "192.0.2.2", "/api/login", &right).await.ok(200);
    world.pass(Duration::from_mins(1)).await;
    assert_eq!(choose("correct horse", "battery staple").await.status, 204);
    world.verify().await;
}
