//! Who one becomes by joining.

use std::time::Duration;

use axum::http::Method;
use serde_json::{Value, json};
use wardroom::{
    app::Settings,
    domain::{Secret, SecretKind},
    live::Limits,
};

use crate::world::{Answer, Caller, Room, World};

async fn join(world: &World, room: &Room, caller: &Caller, mut body: Value) -> Answer {
    body["inviteToken"] = json!(room.invite);
    world.post(caller, &room.path("join"), body).await
}

#[tokio::test]
async fn a_user_id_in_the_body_is_a_label_and_never_an_identity() {
    let world = World::new().await;
    let room = world.room("prompt_direct").await;
    let host = world.get(&room.hana, "/api/me").await.ok(200)["user"]["id"].clone();
    let mut seen = Vec::new();
    for label in [json!("sam@example.org"), json!("sam@example.org"), host.clone()] {
        let body = json!({"userId": label, "displayName": "Hana"});
        let joined = join(&world, &room, &Caller::Nobody, body).await.ok(201);
        let it = &joined["participant"];
        assert_eq!((&it["role"], &it["label"]), (&json!("collaborator"), &label));
        assert_eq!(it["userId"], format!("guest:{}", it["id"].as_str().unwrap()));
        assert_ne!(it["displayName"], "Hana", "nobody looks like the host");
        assert!(!seen.contains(&it["accessToken"]) && !seen.contains(&it["id"]));
        seen.extend([it["accessToken"].clone(), it["id"].clone()]);
    }
    insta::assert_snapshot!(world.transcript(&room).await, @"
    1 0s shared_session_created - prompt_direct
    2 0s participant_joined Hana host
    3 0s participant_joined Hana 2 collaborator
    4 0s participant_joined Hana 3 collaborator
    5 0s participant_joined Hana 4 collaborator
    ");
    world.verify().await;
}

#[tokio::test]
async fn names_are_trimmed_bounded_and_each_given_once() {
    let world = World::new().await;
    let room = world.room("prompt_direct").await;
    for (wished, name) in [
        (json!(" Sam "), "Sam"),
        (json!("sam"), "sam 2"),
        (json!("Sam"), "Sam 3"),
        (json!(null), "Guest"),
        (json!(""), "Guest 2"),
        (json!("👩‍👩‍👧‍👦".repeat(64)), &"👩‍👩‍👧‍👦".repeat(64)),
    ] {
        let body = json!({"displayName": wished});
        let joined = join(&world, &room, &Caller::Nobody, body).await.ok(201);
        assert_eq!(joined["participant"]["displayName"], name);
    }
    for (name, status, code) in [
        ("x".repeat(65), 413, "TOO_LARGE"),
        ("Sam\u{202e}".into(), 400, "TEXT_NOT_ALLOWED"),
        ("Sam\u{200b}".into(), 400, "TEXT_NOT_ALLOWED"),
        ("Sam\u{61c}".into(), 400, "TEXT_NOT_ALLOWED"),
        ("Sam\u{ad}".into(), 400, "TEXT_NOT_ALLOWED"),
        ("S\u{2028}am".into(), 400, "TEXT_NOT_ALLOWED"),
        ("\u{3164}".into(), 400, "TEXT_NOT_ALLOWED"),
        ("S\nam".into(), 400, "TEXT_NOT_ALLOWED"),
        ("\u{1b}[31mSam".into(), 400, "TEXT_NOT_ALLOWED"),
        ("Sam\u{e0041}".into(), 400, "TEXT_NOT_ALLOWED"),
    ] {
        let body = json!({"displayName": name});
        join(&world, &room, &Caller::Nobody, body).await.refused(status, code);
    }
    world.verify().await;
}

#[tokio::test]
async fn who_is_signed_in_joins_as_themselves_and_only_once() {
    let world = World::new().await;
    let room = world.room("prompt_with_approval").await;
    let theo = world.user("Theo").await;
    let first = join(&world, &room, &theo, json!({})).await.ok(201);
    let again = join(&world, &room, &world.browser(&theo).await, json!({})).await.ok(201);
    for joined in [&first, &again] {
        assert_eq!(joined["participant"]["accessToken"], json!(null));
        assert_eq!(joined["participant"]["displayName"], "Theo");
        assert_eq!(joined["participant"]["id"], first["participant"]["id"]);
    }
    let host = join(&world, &room, &room.hana, json!({})).await.ok(201);
    assert_eq!(host["participant"]["role"], "host");
    assert_eq!(world.look::<i64>("select uses from invites"), 1);
    world.say(&room, &theo, "hello").await.ok(201);
    insta::assert_snapshot!(world.transcript(&room).await, @"
    1 0s shared_session_created - prompt_with_approval
    2 0s participant_joined Hana host
    3 0s participant_joined Theo collaborator
    4 0s message_created Theo hello
    ");
    world.verify().await;
}

/// The phone opens the link again after the last place on it was taken: by the one who holds it.
#[tokio::test]
async fn a_link_that_is_used_up_still_leads_those_back_who_take_part() {
    let world = World::new().await;
    let room = world.room("prompt_direct").await;
    let theo = world.user("Theo").await;
    let as_guest = json!({"displayName": "Sam", "credential": "cookie"});
    let mut seats = Vec::new();
    for (caller, body) in
        [(&theo, json!({})), (&Caller::Nobody, as_guest), (&Caller::Nobody, json!({}))]
    {
        let invite = world.invite(&room, json!({"maxUses": 1, "expiresInMinutes": 60})).await;
        let mut body = body;
        body["inviteToken"] = invite["token"].clone();
        let joined = world.post(caller, &room.path("join"), body.clone()).await;
        let cookie = joined.cookie();
        let joined = joined.ok(201);
        let token = &joined["participant"]["accessToken"];
        let known = cookie
            .unwrap_or_else(|| if token.is_null() { theo.clone() } else { Caller::token(token) });
        seats.push((known, invite, body, joined["participant"]["id"].clone()));
    }
    let before = world.transcript(&room).await;
    let mut hosts = seats[0].clone();
    hosts.3 = world.get(&room.hana, &room.path("")).await.ok(200)["participants"][0]["id"].clone();
    hosts.0 = room.hana.clone();
    seats.push(hosts);
    let later = [Duration::ZERO, Duration::from_hours(1)];
    for time in later {
        world.pass(time).await;
        for (known, _, body, id) in &seats {
            let preview = json!({"inviteToken": body["inviteToken"]});
            world.post(known, &room.path("invites/preview"), preview).await.ok(200);
            let again = world.post(known, &room.path("join"), body.clone()).await;
            assert!(again.header("set-cookie").is_none(), "nobody gets a second secret");
            let again = again.ok(201);
            assert_eq!(again["participant"]["id"], *id);
            assert_eq!(again["participant"]["accessToken"], json!(null));
        }
    }
    assert_eq!(world.transcript(&room).await, before, "nobody joined");
    // What was taken back leads nobody anywhere, nor does somebody else's word for it.
    for (known, invite, body, _) in &seats[..3] {
        let path = room.path(&format!("invites/{}", invite["id"].as_str().unwrap()));
        world.delete(&room.hana, &path).await.ok(200);
        world.post(known, &room.path("join"), body.clone()).await.refused(403, "INVITE_REVOKED");
        let mut wrong = body.clone();
        wrong["inviteToken"] = json!(Secret::new(SecretKind::Invite).unwrap().expose());
        let answer = world.post(known, &room.path("join"), wrong).await;
        answer.refused(403, "INVALID_INVITE_TOKEN");
    }
    world.verify().await;
}

#[tokio::test]
async fn a_link_that_is_used_up_leads_nobody_else_in_nor_those_who_left() {
    let world = World::new().await;
    let room = world.room("prompt_direct").await;
    let (theo, other) = (world.user("Theo").await, world.user("Olga").await);
    let invite = world.invite(&room, json!({"maxUses": 1})).await;
    let body = json!({"inviteToken": invite["token"]});
    world.post(&theo, &room.path("join"), body.clone()).await.ok(201);
    world.post(&theo, &room.path("leave"), json!({})).await.ok(200);
    for caller in [&theo, &other, &world.ada, &Caller::Nobody, &Caller::Local] {
        for path in ["join", "invites/preview"] {
            let answer = world.post(caller, &room.path(path), body.clone()).await;
            answer.refused(403, "INVITE_USED_UP");
        }
    }
    world.verify().await;
}

#[tokio::test]
async fn a_token_that_may_only_read_or_run_agents_does_not_join() {
    let world = World::new().await;
    let room = world.room("prompt_direct").await;
    let theo = world.user("Theo").await;
    for scope in ["read", "host"] {
        let token = world.scoped(&theo, scope).await;
        join(&world, &room, &token, json!({})).await.refused(403, "HOST_REQUIRED");
    }
    assert_eq!(world.look::<i64>("select uses from invites"), 0);
}

#[tokio::test]
async fn a_browser_keeps_its_seats_in_one_cookie() {
    let world = World::new().await;
    let room = world.room("prompt_direct").await;
    let other = world.room_of(&world.ada, json!({})).await;
    let body = json!({"credential": "cookie", "displayName": "Sam"});
    let first = join(&world, &room, &Caller::Nobody, body.clone()).await;
    let sam = first.cookie().unwrap();
    assert_eq!(first.ok(201)["participant"]["accessToken"], json!(null));
    let second = join(&world, &other, &sam, body).await;
    assert!(second.header("set-cookie").is_none(), "the browser has its cookie");
    second.ok(201);
    let me = world.get(&sam, "/api/me").await.ok(200);
    assert_eq!(me["seats"].as_array().unwrap().len(), 2);
    for room in [&room, &other] {
        world.say(room, &sam, "hello").await.ok(201);
    }
    world.post(&sam, &room.path("leave"), json!({})).await.ok(200);
    world.say(&room, &sam, "hello").await.refused(409, "PARTICIPANT_INACTIVE");
    world.say(&other, &sam, "still here").await.ok(201);
    world.verify().await;
}

#[tokio::test]
async fn who_left_joins_again_in_the_same_browser_as_somebody_new() {
    let world = World::new().await;
    let room = world.room("prompt_direct").await;
    let body = json!({"credential": "cookie", "displayName": "Sam"});
    let first = join(&world, &room, &Caller::Nobody, body.clone()).await;
    let sam = first.cookie().unwrap();
    let first = first.ok(201);
    world.post(&sam, &room.path("leave"), json!({})).await.ok(200);
    let again = join(&world, &room, &sam, body).await.ok(201);
    assert_ne!(again["participant"]["id"], first["participant"]["id"]);
    world.say(&room, &sam, "back again").await.ok(201);
    world.get(&sam, &room.path("")).await.ok(200);
    world.verify().await;
}

#[tokio::test]
async fn a_cookie_that_no_longer_counts_does_not_keep_anybody_out() {
    let world = World::new().await;
    let room = world.room_with(json!({"expiresInMinutes": 525_600})).await;
    let body = json!({"credential": "cookie", "displayName": "Sam"});
    let browser = world.browser(&world.ada).await;
    world.pass(Duration::from_hours(744)).await;
    let invite = world.invite(&room, json!({"maxUses": 2})).await;
    let mut body = body;
    body["inviteToken"] = invite["token"].clone();
    let joined = world.post(&browser, &room.path("join"), body.clone()).await;
    let sam = joined.cookie().expect("a new cookie");
    joined.ok(201);
    world.say(&room, &sam, "hello").await.ok(201);
    // A cookie of another page's request still stops it.
    let forged = world.request(&sam, Method::POST, &room.path("join")).json(&body);
    let forged = forged.header("sec-fetch-site", "cross-site").send().await;
    forged.refused(401, "UNAUTHENTICATED");
    let wrong = Caller::Token("wr_usr_x".into());
    world.post(&wrong, &room.path("join"), body).await.refused(401, "UNAUTHENTICATED");
}

#[tokio::test]
async fn who_joins_over_the_socket_is_a_guest() {
    let world = World::new().await;
    let room = world.room("prompt_direct").await;
    let joined = join(&world, &room, &Caller::Local, json!({"displayName": "Sam"})).await.ok(201);
    assert!(joined["participant"]["userId"].as_str().unwrap().starts_with("guest:"));
    assert!(joined["participant"]["accessToken"].is_string());
}

#[tokio::test]
async fn no_more_take_part_than_are_listed_and_who_left_gives_way() {
    let settings = Settings { participants_of_session: 3, ..Settings::default() };
    let world = World::with(settings, Limits::default()).await;
    let room = world.room("prompt_direct").await;
    let names = async || {
        let list = world.get(&room.hana, &room.path("participants")).await.ok(200);
        let shown = world.get(&room.hana, &room.path("")).await.ok(200);
        assert_eq!(shown["participants"], list["participants"]);
        let people = list["participants"].as_array().unwrap().iter();
        people.map(|it| it["displayName"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let one = world.join(&room, "One").await;
    let two = world.join(&room, "Two").await;
    let full = json!({"displayName": "Three"});
    let answer = join(&world, &room, &Caller::Nobody, full.clone()).await;
    answer.refused(429, "RATE_LIMITED");
    assert_eq!(answer.header("retry-after"), Some("60"));
    let preview = json!({"inviteToken": room.invite});
    let preview = world.post(&Caller::Nobody, &room.path("invites/preview"), preview).await;
    preview.refused(429, "RATE_LIMITED");
    assert_eq!(world.look::<i64>("select uses from invites"), 2, "nobody has used it");
    assert_eq!(names().await, ["Hana", "One", "Two"]);
    join(&world, &room, &two, json!({})).await.ok(201);
    world.post(&one, &room.path("leave"), json!({})).await.ok(200);
    assert_eq!(names().await, ["Hana", "One", "Two"]);
    join(&world, &room, &Caller::Nobody, full).await.ok(201);
    assert_eq!(names().await, ["Hana", "Two", "Three"]);
    world.post(&room.hana, &room.path("close"), json!({})).await.ok(200);
    assert_eq!(names().await, ["Hana", "Two", "Three"]);
    world.verify().await;
}
