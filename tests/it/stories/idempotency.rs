//! The same request twice: done once, answered twice.

use std::time::Duration;

use axum::http::Method;
use serde_json::{Value, json};

use crate::world::{Answer, Caller, Room, World};

const KEY: &str = "a key of mine";

async fn send(world: &World, caller: &Caller, path: &str, body: &Value, key: &str) -> Answer {
    world.request(caller, Method::POST, path).json(body).key(key).send().await
}

/// That a second answer repeats the first one.
#[track_caller]
fn assert_replay(first: &Answer, again: &Answer) {
    assert_eq!(first.header("idempotent-replay"), None);
    assert_eq!(again.header("idempotent-replay"), Some("true"));
    assert_eq!((again.status, &again.json), (first.status, &first.json));
}

#[tokio::test]
async fn a_repeated_comment_and_prompt_are_written_once_and_answered_alike() {
    let mut world = World::new().await;
    let room = world.room("prompt_with_approval").await;
    let sam = world.join(&room, "Sam").await;
    for (path, body) in [("messages", json!({"text": "x"})), ("prompts", json!({"prompt": "x"}))] {
        let key = format!("{KEY} {path}");
        let first = send(&world, &sam, &room.path(path), &body, &key).await;
        world.pass(Duration::from_secs(1)).await;
        assert_replay(&first, &send(&world, &sam, &room.path(path), &body, &key).await);
        world.restart().await;
        assert_replay(&first, &send(&world, &sam, &room.path(path), &body, &key).await);
    }
    // Also a direct one, whose dispatch has gone on meanwhile.
    let body = json!({"prompt": "now"});
    let first = send(&world, &room.hana, &room.path("prompts"), &body, KEY).await;
    world.settle().await;
    assert_replay(&first, &send(&world, &room.hana, &room.path("prompts"), &body, KEY).await);
    insta::assert_snapshot!(world.transcript(&room).await, @"
    1 0s shared_session_created - prompt_with_approval
    2 0s participant_joined Hana host
    3 0s participant_joined Sam collaborator
    4 0s message_created Sam x
    5 1s prompt_pending_approval Sam x
    6 2s prompt_approved Hana now
    ");
    world.verify().await;
}

#[tokio::test]
async fn a_key_is_for_one_request_of_one_caller_for_a_week() {
    let world = World::new().await;
    let room = world.room_with(json!({"expiresInMinutes": 525_600})).await;
    let (sam, tess) = (world.join(&room, "Sam").await, world.join(&room, "Tess").await);
    let (messages, prompts) = (room.path("messages"), room.path("prompts"));
    let body = json!({"text": "x"});
    send(&world, &sam, &messages, &body, KEY).await.ok(201);
    for (path, body) in [(&messages, json!({"text": "y"})), (&prompts, json!({"prompt": "x"}))] {
        let other = send(&world, &sam, path, &body, KEY).await;
        other.refused(422, "IDEMPOTENCY_MISMATCH");
    }
    let others = send(&world, &tess, &messages, &body, KEY).await;
    assert_eq!(others.header("idempotent-replay"), None, "another caller's key is another key");
    let week = Duration::from_hours(168);
    world.pass(week.checked_sub(Duration::from_millis(1)).unwrap()).await;
    let late = send(&world, &sam, &messages, &body, KEY).await;
    assert_eq!(late.header("idempotent-replay"), Some("true"));
    world.pass(Duration::from_millis(1)).await;
    let later = send(&world, &sam, &messages, &body, KEY).await;
    assert_eq!((later.status, later.header("idempotent-replay")), (201, None));
    assert_eq!(world.look::<i64>("select count(*) from messages where kind <> 'system'"), 3);
    world.verify().await;
}

#[tokio::test]
async fn a_key_is_8_to_128_printable_characters() {
    let world = World::new().await;
    let room = world.room("prompt_direct").await;
    let body = json!({"text": "x"});
    for key in ["1234567", &"x".repeat(129), "with a\ttab"] {
        let answer = send(&world, &room.hana, &room.path("messages"), &body, key).await;
        answer.refused(400, "INVALID_BODY");
    }
    for key in ["12345678", &"~".repeat(128)] {
        send(&world, &room.hana, &room.path("messages"), &body, key).await.ok(201);
    }
}

#[tokio::test]
async fn what_was_refused_may_be_tried_again_with_the_same_key() {
    let world = World::new().await;
    let room = world.room("view_only").await;
    let sam = world.join(&room, "Sam").await;
    let body = json!({"text": "x"});
    let refused = send(&world, &sam, &room.path("messages"), &body, KEY).await;
    refused.refused(403, "COMMENT_NOT_ALLOWED");
    world.sql("update sessions set mode = 'comment_only'").unwrap();
    let answer = send(&world, &sam, &room.path("messages"), &body, KEY).await;
    assert_eq!((answer.status, answer.header("idempotent-replay")), (201, None));
}

#[tokio::test]
async fn an_answer_is_still_repeated_after_the_session_has_ended() {
    let world = World::new().await;
    let room = world.room("prompt_direct").await;
    let body = json!({"text": "x"});
    let first = send(&world, &room.hana, &room.path("messages"), &body, KEY).await;
    world.delete(&room.hana, &room.path("")).await.ok(200);
    assert_replay(&first, &send(&world, &room.hana, &room.path("messages"), &body, KEY).await);
    world.verify().await;
}

/// Each creating route whose answer holds a secret: asked twice, the secret is another one and the first does not work;
/// once the secret was used, asking again is refused.
#[tokio::test]
async fn a_repeated_answer_holds_a_new_secret_until_one_was_used() {
    let world = World::new().await;
    let room = world.room("prompt_direct").await;
    let use_token = async |token: &Value| {
        let answer = world.get(&Caller::token(token), "/api/me").await;
        answer.status == 200
    };
    let use_invite = async |token: &Value| {
        let body = json!({"inviteToken": token});
        world.post(&Caller::Nobody, &room.path("join"), body).await.status == 201
    };
    for (caller, path, body, secret, is_invite) in [
        (&world.ada, "/api/users".to_owned(), json!({"name": "Theo"}), "/token", false),
        (&world.ada, "/api/tokens".to_owned(), json!({"scope": "read"}), "/secret", false),
        (&room.hana, room.path("invites"), json!({"maxUses": 9}), "/invite/token", true),
        (
            &Caller::Nobody,
            room.path("join"),
            json!({"inviteToken": room.invite}),
            "/participant/accessToken",
            false,
        ),
    ] {
        let mut answers = Vec::new();
        for _ in 0..3 {
            answers.push(send(&world, caller, &path, &body, &path).await);
        }
        let secrets: Vec<_> = answers.iter().map(|it| it.json.pointer(secret).unwrap()).collect();
        assert!(secrets[0] != secrets[1] && secrets[1] != secrets[2], "{path}");
        assert_eq!(answers[2].header("idempotent-replay"), Some("true"));
        assert_eq!(answers[2].header("cache-control"), Some("no-store"));
        for (n, token) in secrets.iter().enumerate() {
            let works = if is_invite { use_invite(token).await } else { use_token(token).await };
            assert_eq!(works, n == 2, "{path}: only the newest works");
        }
        let late = send(&world, caller, &path, &body, &path).await;
        late.refused(409, "TOKEN_ALREADY_USED");
    }
    assert_eq!(world.look::<i64>("select count(*) from users where name = 'Theo'"), 1);
    world.verify().await;
}

#[tokio::test]
async fn a_repeated_share_makes_one_session_with_new_secrets_until_one_was_used() {
    let world = World::new().await;
    let room = world.room("prompt_direct").await;
    world.delete(&room.hana, &room.path("")).await.ok(200);
    let body = json!({"hostSessionId": room.agent});
    let share = async || send(&world, &room.hana, "/api/shared-sessions", &body, KEY).await;
    let (first, again) = (share().await.ok(201), share().await);
    assert_eq!(again.header("idempotent-replay"), Some("true"));
    let again = again.ok(201);
    assert_eq!(first["session"]["id"], again["session"]["id"]);
    assert_ne!(first["inviteToken"], again["inviteToken"]);
    let token = |it: &Value| Caller::token(&it["hostParticipant"]["accessToken"]);
    let mut room = room;
    room.id = first["session"]["id"].as_str().unwrap().to_owned();
    world.get(&token(&first), &room.path("")).await.refused(401, "UNAUTHENTICATED");
    let body_of = |it: &Value| json!({"inviteToken": it["inviteToken"]});
    let join = room.path("join");
    let old = world.post(&Caller::Nobody, &join, body_of(&first)).await;
    old.refused(403, "INVALID_INVITE_TOKEN");
    world.post(&Caller::Nobody, &join, body_of(&again)).await.ok(201);
    let body = json!({"hostSessionId": room.agent});
    let late = send(&world, &room.hana, "/api/shared-sessions", &body, KEY).await;
    late.refused(409, "TOKEN_ALREADY_USED");
    world.get(&token(&again), &room.path("")).await.ok(200);
    world.verify().await;
}

async fn join_with_cookie(world: &World, room: &Room) -> Answer {
    let body = json!({"inviteToken": room.invite, "credential": "cookie", "displayName": "Sam"});
    send(world, &Caller::Nobody, &room.path("join"), &body, KEY).await
}

#[tokio::test]
async fn a_join_whose_cookie_was_lost_may_be_repeated_until_the_cookie_was_used() {
    let world = World::new().await;
    let room = world.room("prompt_direct").await;
    let lost = join_with_cookie(&world, &room).await;
    let again = join_with_cookie(&world, &room).await;
    let (lost_cookie, cookie) = (lost.cookie().unwrap(), again.cookie().unwrap());
    assert_eq!(lost.ok(201)["participant"]["id"], again.ok(201)["participant"]["id"]);
    world.get(&lost_cookie, "/api/me").await.refused(401, "UNAUTHENTICATED");
    world.get(&cookie, "/api/me").await.ok(200);
    let thief = join_with_cookie(&world, &room).await;
    thief.refused(409, "TOKEN_ALREADY_USED");
    assert_eq!(world.look::<i64>("select count(*) from participants"), 2);
    assert_eq!(world.look::<i64>("select uses from invites"), 1);
    world.verify().await;
}

#[tokio::test]
async fn a_join_is_repeated_by_who_joined_and_not_by_somebody_else_with_the_same_key() {
    let world = World::new().await;
    let room = world.room("prompt_direct").await;
    let theo = world.user("Theo").await;
    let body = json!({"inviteToken": room.invite, "displayName": "Sam"});
    let mut joined = Vec::new();
    for caller in [&Caller::Nobody, &theo, &room.hana] {
        for is_repeated in [false, true] {
            let answer = send(&world, caller, &room.path("join"), &body, KEY).await;
            let is_replay = answer.header("idempotent-replay").is_some();
            assert_eq!(is_replay, is_repeated && *caller != room.hana);
            joined.push(answer.ok(201)["participant"]["id"].take());
        }
    }
    assert!(joined.chunks(2).all(|it| it[0] == it[1]), "{joined:?}");
    assert!(joined[0] != joined[2] && joined[2] != joined[4] && joined[0] != joined[4]);
}

#[tokio::test]
async fn a_repeated_retry_makes_one_dispatch_and_is_answered_alike() {
    let mut world = World::new().await;
    let (room, _, unknown) = super::unknown_outcomes::lost(&world).await;
    let path = room.path(&format!("dispatches/{}", unknown["id"].as_str().unwrap()));
    let body = json!({"action": "retry"});
    let first = send(&world, &room.hana, &path, &body, KEY).await;
    assert_replay(&first, &send(&world, &room.hana, &path, &body, KEY).await);
    world.restart().await;
    assert_replay(&first, &send(&world, &room.hana, &path, &body, KEY).await);
    let drop = json!({"action": "drop"});
    let other = send(&world, &room.hana, &path, &drop, KEY).await;
    other.refused(422, "IDEMPOTENCY_MISMATCH");
    let fresh = send(&world, &room.hana, &path, &body, "another key").await;
    fresh.refused(409, "DISPATCH_NOT_UNKNOWN");
    assert_eq!(world.look::<i64>("select count(*) from dispatches"), 2);
    world.verify().await;
}
