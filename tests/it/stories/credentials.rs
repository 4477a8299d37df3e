//! What proves who asks, and what does not.

use std::time::Duration;

use axum::http::Method;
use serde_json::json;
use wardroom::domain::{Secret, SecretKind};

use crate::world::{Caller, ORIGIN, World};

const DAY: Duration = Duration::from_hours(24);

#[tokio::test]
async fn what_is_no_valid_credential_is_401_and_says_no_more() {
    let world = World::new().await;
    let room = world.room("prompt_direct").await;
    let mut wrong = world.ada.secret().to_owned();
    wrong.replace_range(10..11, if &wrong[10..11] == "a" { "b" } else { "a" });
    let stranger = |kind| Secret::new(kind).unwrap().expose().to_owned();
    for token in [
        String::new(),
        "x".to_owned(),
        wrong,
        stranger(SecretKind::User),
        stranger(SecretKind::Participant),
        stranger(SecretKind::Login),
        stranger(SecretKind::Setup),
        room.invite.clone(),
    ] {
        let answer = world.get(&Caller::Token(token), "/api/me").await;
        let body = answer.refused(401, "UNAUTHENTICATED");
        assert_eq!(body["error"], "missing or invalid credentials");
    }
    let ada = world.ada.secret();
    for header in
        [ada.to_owned(), format!("Basic {ada}"), format!("Bearer\t{ada}"), "Bearer".into()]
    {
        let request = world.request(&Caller::Nobody, Method::GET, "/api/me");
        request.header("authorization", &header).send().await.refused(401, "UNAUTHENTICATED");
    }
    let request = world.request(&Caller::Nobody, Method::GET, "/api/me");
    request.header("authorization", &format!("bearer {ada}")).send().await.ok(200);
    world.get(&Caller::Nobody, "/api/me").await.refused(401, "UNAUTHENTICATED");
}

/// The documented routes, each asked by nobody.
#[tokio::test]
async fn every_route_needs_a_credential_unless_it_says_that_it_does_not() {
    let world = World::new().await;
    let document = world.get(&Caller::Nobody, "/api/openapi.json").await.ok(200);
    let mut open = Vec::new();
    for (path, operations) in document["paths"].as_object().unwrap() {
        for (method, operation) in operations.as_object().unwrap() {
            let name = format!("{} {path}", method.to_uppercase());
            let method: Method = method.to_uppercase().parse().unwrap();
            let mut place = path.clone();
            while let (Some(start), Some(end)) = (place.find('{'), place.find('}')) {
                place.replace_range(start..=end, "01890000-0000-7000-8000-000000000000");
            }
            let ask = || world.request(&Caller::Nobody, method.clone(), &place).text("{}");
            if !matches!(path.as_str(), "/livez" | "/readyz") {
                ask().header("host", "evil.example").send().await.refused(421, "WRONG_HOST");
            }
            if operation["security"] == json!([{}]) {
                open.push(name);
            } else {
                ask().send().await.refused(401, "UNAUTHENTICATED");
            }
        }
    }
    insta::assert_snapshot!(open.join("\n"), @"
    GET /api/events.schema.json
    GET /api/host-calls.schema.json
    POST /api/login
    GET /api/openapi.json
    POST /api/setup
    POST /api/shared-sessions/{id}/invites/preview
    POST /api/shared-sessions/{id}/join
    GET /api/version
    GET /livez
    GET /readyz
    ");
}

#[tokio::test]
async fn a_cookie_counts_only_for_requests_of_our_own_page() {
    let world = World::new().await;
    let browser = world.browser(&world.ada).await;
    let ask = |headers: &[(&str, &str)]| {
        let body = json!({"scope": "read"});
        let request = world.request(&browser, Method::POST, "/api/tokens").json(&body);
        let request = request.header("sec-fetch-site", "");
        headers.iter().fold(request, |request, (name, value)| request.header(name, value)).send()
    };
    for site in ["cross-site", "same-site", "none", "x"] {
        ask(&[("sec-fetch-site", site)]).await.refused(401, "UNAUTHENTICATED");
        let both = [("sec-fetch-site", site), ("origin", ORIGIN)];
        ask(&both).await.refused(401, "UNAUTHENTICATED");
    }
    for origin in [
        "",
        "null",
        "http://evil.example",
        "http://localhost:7337.evil.example",
        "http://localhost:73370",
        "http://evil.localhost:7337",
        "http://localhost",
        "localhost:7337",
        "file://",
    ] {
        ask(&[("origin", origin)]).await.refused(401, "UNAUTHENTICATED");
    }
    ask(&[("sec-fetch-site", "same-origin")]).await.ok(201);
    ask(&[("origin", ORIGIN)]).await.ok(201);
    let read = world.request(&browser, Method::GET, "/api/me").header("sec-fetch-site", "none");
    read.send().await.ok(200);
    // A bearer token is not sent by a browser on its own.
    let program = world.request(&world.ada, Method::POST, "/api/tokens");
    let program = program.json(&json!({"scope": "read"})).header("origin", "http://evil.example");
    program.send().await.ok(201);
}

#[tokio::test]
async fn credentials_end_at_their_time_and_when_they_are_revoked() {
    let world = World::new().await;
    let body = json!({"scope": "full", "expiresInMinutes": 10});
    let made = world.post(&world.ada, "/api/tokens", body).await.ok(201);
    let short = Caller::token(&made["secret"]);
    world.pass(Duration::from_secs(599)).await;
    world.get(&short, "/api/me").await.ok(200);
    world.pass(Duration::from_secs(1)).await;
    world.get(&short, "/api/me").await.refused(401, "UNAUTHENTICATED");

    let browser = world.browser(&world.ada).await;
    world.pass((DAY * 30).checked_sub(Duration::from_millis(1)).unwrap()).await;
    world.get(&browser, "/api/me").await.ok(200);
    world.pass(Duration::from_millis(1)).await;
    world.get(&browser, "/api/me").await.refused(401, "UNAUTHENTICATED");

    let made = world.post(&world.ada, "/api/tokens", json!({"scope": "read"})).await.ok(201);
    let path = format!("/api/tokens/{}", made["token"]["id"].as_str().unwrap());
    world.get(&Caller::token(&made["secret"]), "/api/me").await.ok(200);
    assert_eq!(world.delete(&world.ada, &path).await.status, 204);
    let gone = world.get(&Caller::token(&made["secret"]), "/api/me").await;
    gone.refused(401, "UNAUTHENTICATED");
    world.delete(&world.ada, &path).await.refused(404, "NOT_FOUND");
}

#[tokio::test]
async fn a_disabled_account_is_nobody() {
    let world = World::new().await;
    let hana = world.user("Hana").await;
    let browser = world.browser(&hana).await;
    world
        .sql("update users set disabled_at = '2026-01-01T00:00:00.000Z' where name = 'Hana'")
        .unwrap();
    for caller in [hana, browser] {
        world.get(&caller, "/api/me").await.refused(401, "UNAUTHENTICATED");
    }
}

#[tokio::test]
async fn no_secret_is_in_the_file() {
    let world = World::new().await;
    let room = world.room("prompt_direct").await;
    let sam = world.join(&room, "Sam").await;
    let browser = world.browser(&room.hana).await;
    let setup = world.app().make_setup_link().await.unwrap();
    world.verify().await;
    let Caller::Cookie(cookie) = &browser else { unreachable!() };
    let cookie = cookie.split_once('=').unwrap().1;
    let secrets = [room.hana.secret(), sam.secret(), &room.invite, cookie, setup.expose()];
    for suffix in ["", "-wal"] {
        let bytes = std::fs::read(format!("{}{suffix}", world.file().display())).unwrap();
        for secret in secrets {
            let found = bytes.windows(secret.len()).any(|it| it == secret.as_bytes());
            assert!(!found, "{} is in the file", &secret[..7]);
        }
    }
}

#[tokio::test]
async fn a_stream_ends_when_the_time_of_its_credential_is_up_and_says_so() {
    let world = World::new().await;
    let room = world.room_with(json!({"expiresInMinutes": 525_600})).await;
    let body = json!({"scope": "read", "expiresInMinutes": 60});
    let made = world.post(&room.hana, "/api/tokens", body).await.ok(201);
    let token = Caller::token(&made["secret"]);
    let body = json!({"inviteToken": room.invite, "credential": "cookie"});
    let sam = world.post(&Caller::Nobody, &room.path("join"), body).await.cookie().unwrap();
    let mut by_token = world.follow(&token, &room.id, None).await;
    let browser = world.browser(&room.hana).await;
    let mut of_browser = world.follow(&browser, &room.id, None).await;
    let mut of_guest = world.follow(&sam, &room.id, None).await;
    let mut for_ever = world.follow(&room.hana, &room.id, None).await;
    world.pass(Duration::from_hours(1) - Duration::from_millis(1)).await;
    assert_eq!(by_token.words(), ["connected"]);
    assert!(!by_token.is_over());
    world.pass(Duration::from_millis(1)).await;
    assert_eq!(by_token.words(), ["end expired_login"]);
    assert!(by_token.is_over());
    let refused = world.try_follow(&token, &room.id, None).await.err().unwrap();
    refused.refused(401, "UNAUTHENTICATED");
    for stream in [&mut of_browser, &mut of_guest] {
        assert_eq!(stream.words(), ["connected"]);
    }
    world.pass(31 * DAY).await;
    for stream in [&mut of_browser, &mut of_guest] {
        assert_eq!(stream.words(), ["end expired_login"]);
        assert!(stream.is_over());
    }
    world.say(&room, &room.hana, "still here").await.ok(201);
    world.settle().await;
    assert_eq!(for_ever.words(), ["connected", "message_created"]);
    world.verify().await;
}
