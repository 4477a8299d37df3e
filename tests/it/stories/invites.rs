//! Invites: made, counted, narrowed, revoked, and what they lead to.

use std::time::Duration;

use futures_util::future::join_all;
use serde_json::{Value, json};
use wardroom::domain::{Secret, SecretKind};

use crate::world::{Answer, Caller, Room, World, masked};

const HOUR: Duration = Duration::from_hours(1);

async fn join(world: &World, room: &Room, token: &Value) -> Answer {
    let body = json!({"inviteToken": token, "displayName": "Sam"});
    world.post(&Caller::Nobody, &room.path("join"), body).await
}

async fn preview(world: &World, room: &Room, token: &Value) -> Answer {
    let body = json!({"inviteToken": token});
    world.post(&Caller::Nobody, &room.path("invites/preview"), body).await
}

#[tokio::test]
async fn an_unknown_session_and_a_wrong_invite_are_one_answer() {
    let world = World::new().await;
    let room = world.room("prompt_direct").await;
    let other = world.room_of(&world.ada, json!({})).await;
    let nowhere = Room { id: "01890000-0000-7000-8000-000000000000".into(), ..other };
    let wrong = Secret::new(SecretKind::Invite).unwrap();
    let mut bodies = Vec::new();
    for (room, token) in [
        (&room, json!(wrong.expose())),
        (&room, json!(nowhere.invite)),
        (&nowhere, json!(nowhere.invite)),
        (&nowhere, json!(wrong.expose())),
    ] {
        bodies.push(join(&world, room, &token).await.refused(403, "INVALID_INVITE_TOKEN"));
        bodies.push(preview(&world, room, &token).await.refused(403, "INVALID_INVITE_TOKEN"));
    }
    bodies.dedup();
    assert_eq!(bodies.len(), 1, "{bodies:?}");
    world.pass(std::time::Duration::from_mins(1)).await;
    for token in ["", "x", "wr_inv_x", room.hana.secret()] {
        join(&world, &room, &json!(token)).await.refused(403, "INVALID_INVITE_TOKEN");
        preview(&world, &room, &json!(token)).await.refused(403, "INVALID_INVITE_TOKEN");
    }
    world.verify().await;
}

#[tokio::test]
async fn a_preview_says_what_an_invite_leads_to_and_uses_nothing_up() {
    let world = World::new().await;
    let room = world.room("prompt_with_approval").await;
    let invite = world.invite(&room, json!({})).await;
    for _ in 0..100 {
        preview(&world, &room, &invite["token"]).await.ok(200);
    }
    let shown = preview(&world, &room, &invite["token"]).await.ok(200);
    insta::assert_snapshot!(masked(&shown), @r#"
    {
      "title": "Fix the tests",
      "hostDisplayName": "Hana",
      "agent": "Claude",
      "agentStatus": "idle",
      "role": "collaborator",
      "may": [
        "watch",
        "comment",
        "prompt_with_approval"
      ]
    }
    "#);
    for (mode, role, may) in [
        ("view_only", "collaborator", json!(["watch"])),
        ("comment_only", "collaborator", json!(["watch", "comment"])),
        ("prompt_direct", "collaborator", json!(["watch", "comment", "prompt"])),
        ("prompt_direct", "viewer", json!(["watch"])),
    ] {
        let room = world.room_of(&world.ada, json!({"mode": mode, "invite": {"role": role}})).await;
        assert_eq!(preview(&world, &room, &json!(room.invite)).await.ok(200)["may"], may);
    }
    join(&world, &room, &invite["token"]).await.ok(201);
    preview(&world, &room, &invite["token"]).await.refused(403, "INVITE_USED_UP");
    world.verify().await;
}

#[tokio::test]
async fn an_invite_that_lets_nobody_in_any_more_says_whom_to_ask_and_nothing_that_came_after_it() {
    let world = World::new().await;
    let room = world.room("prompt_direct").await;
    let used_up = world.invite(&room, json!({})).await;
    let revoked = world.invite(&room, json!({"maxUses": 5})).await;
    let short = world.invite(&room, json!({"expiresInMinutes": 60})).await;
    join(&world, &room, &used_up["token"]).await.ok(201);
    let path = room.path(&format!("invites/{}", revoked["id"].as_str().unwrap()));
    world.delete(&room.hana, &path).await.ok(200);
    world.pass(HOUR).await;
    let origin = async |invite: &Value, status: u16, code: &str| {
        let refused = preview(&world, &room, &invite["token"]).await.refused(status, code);
        refused["details"].clone()
    };
    let made = |max_uses: u32, until: &str| {
        json!({"invitedBy": "Hana", "createdAt": "2026-01-01T00:00:00.000Z", "expiresAt": until,
            "maxUses": max_uses})
    };
    let tomorrow = "2026-01-02T00:00:00.000Z";
    assert_eq!(origin(&used_up, 403, "INVITE_USED_UP").await, made(1, tomorrow));
    assert_eq!(origin(&revoked, 403, "INVITE_REVOKED").await, made(5, tomorrow));
    assert_eq!(origin(&short, 403, "INVITE_EXPIRED").await, made(1, "2026-01-01T01:00:00.000Z"));
    let last = world.invite(&room, json!({})).await;
    world.delete(&room.hana, &room.path("")).await.ok(200);
    assert_eq!(origin(&last, 409, "SESSION_INACTIVE").await["invitedBy"], "Hana");
    // Who has no invite at all is told nothing.
    let wrong = Secret::new(SecretKind::Invite).unwrap();
    let guess = json!({"token": wrong.expose()});
    assert_eq!(origin(&guess, 403, "INVALID_INVITE_TOKEN").await, json!(null));
    world.verify().await;
}

#[tokio::test]
async fn of_fifty_who_join_at_once_by_an_invite_for_one_exactly_one_gets_in() {
    let world = World::new().await;
    let room = world.room("prompt_direct").await;
    let invite = world.invite(&room, json!({})).await;
    let answers = join_all((0..50).map(|_| join(&world, &room, &invite["token"]))).await;
    let (inside, outside): (Vec<_>, Vec<_>) = answers.iter().partition(|it| it.status == 201);
    assert_eq!(inside.len(), 1);
    for answer in outside {
        answer.refused(403, "INVITE_USED_UP");
    }
    insta::assert_snapshot!(world.transcript(&room).await, @"
    1 0s shared_session_created - prompt_direct
    2 0s participant_joined Hana host
    3 0s invite_created - collaborator
    4 0s participant_joined Sam collaborator
    ");
    world.verify().await;
}

#[tokio::test]
async fn an_invite_ends_at_its_time_and_never_after_its_session() {
    let world = World::new().await;
    let room = world.room_with(json!({"expiresInMinutes": 120})).await;
    let short = world.invite(&room, json!({"expiresInMinutes": 60})).await;
    let long = world.invite(&room, json!({"expiresInMinutes": 43_200, "maxUses": 9})).await;
    assert_eq!(short["expiresAt"], "2026-01-01T01:00:00.000Z");
    assert_eq!(long["expiresAt"], "2026-01-01T02:00:00.000Z");
    world.pass(HOUR.checked_sub(Duration::from_millis(1)).unwrap()).await;
    preview(&world, &room, &short["token"]).await.ok(200);
    world.pass(Duration::from_millis(1)).await;
    preview(&world, &room, &short["token"]).await.refused(403, "INVITE_EXPIRED");
    join(&world, &room, &short["token"]).await.refused(403, "INVITE_EXPIRED");
    join(&world, &room, &long["token"]).await.ok(201);
    // A clock that was set back does not revive what has ended with its session.
    world.pass(HOUR).await;
    world.clock().set("2026-01-01T00:30:00.000Z".parse().unwrap());
    join(&world, &room, &long["token"]).await.refused(409, "SESSION_INACTIVE");
    preview(&world, &room, &long["token"]).await.refused(409, "SESSION_INACTIVE");
    world.verify().await;
}

#[tokio::test]
async fn a_revoked_invite_lets_nobody_in_and_who_came_by_it_stays() {
    let world = World::new().await;
    let room = world.room("prompt_direct").await;
    let invite = world.invite(&room, json!({"maxUses": 5, "role": "viewer"})).await;
    let joined = join(&world, &room, &invite["token"]).await.ok(201);
    let path = room.path(&format!("invites/{}", invite["id"].as_str().unwrap()));
    let revoked = world.delete(&room.hana, &path).await.ok(200);
    assert_eq!(revoked["invite"]["revokedAt"], "2026-01-01T00:00:00.000Z");
    join(&world, &room, &invite["token"]).await.refused(403, "INVITE_REVOKED");
    preview(&world, &room, &invite["token"]).await.refused(403, "INVITE_REVOKED");
    world.pass(HOUR).await;
    assert_eq!(world.delete(&room.hana, &path).await.ok(200), revoked, "twice is once");
    let vic = Caller::token(&joined["participant"]["accessToken"]);
    world.get(&vic, &room.path("")).await.ok(200);
    insta::assert_snapshot!(world.transcript(&room).await, @"
    1 0s shared_session_created - prompt_direct
    2 0s participant_joined Hana host
    3 0s invite_created - viewer
    4 0s participant_joined Sam viewer
    5 0s invite_revoked - viewer
    ");
    world.verify().await;
}

#[tokio::test]
async fn the_role_comes_from_the_invite_and_asking_gives_less_but_never_more() {
    let world = World::new().await;
    let room = world.room("prompt_direct").await;
    let viewers = world.invite(&room, json!({"role": "viewer", "maxUses": 9})).await;
    let all = json!(room.invite);
    for (token, wished, role) in [
        (&all, json!(null), Some("collaborator")),
        (&all, json!("collaborator"), Some("collaborator")),
        (&all, json!("viewer"), Some("viewer")),
        (&all, json!("host"), None),
        (&viewers["token"], json!(null), Some("viewer")),
        (&viewers["token"], json!("viewer"), Some("viewer")),
        (&viewers["token"], json!("collaborator"), None),
        (&viewers["token"], json!("host"), None),
    ] {
        let body = json!({"inviteToken": token, "role": wished});
        let answer = world.post(&Caller::Nobody, &room.path("join"), body).await;
        match role {
            Some(role) => assert_eq!(answer.ok(201)["participant"]["role"], role),
            None => drop(answer.refused(400, "INVALID_BODY")),
        }
    }
    let body = json!({"inviteToken": all, "canDecide": true});
    let answer = world.post(&Caller::Nobody, &room.path("join"), body).await;
    answer.refused(400, "INVALID_BODY");
    world.verify().await;
}

#[tokio::test]
async fn invites_are_the_hosts_affair() {
    let world = World::new().await;
    let room = world.room("prompt_direct").await;
    let sam = world.join(&room, "Sam").await;
    let mallory = world.user("Mallory").await;
    let read = world.scoped(&room.hana, "read").await;
    let path = room.path("invites");
    for (body, code) in [
        (json!({"role": "host"}), "INVALID_BODY"),
        (json!({"maxUses": 0}), "INVALID_BODY"),
        (json!({"maxUses": -1}), "INVALID_BODY"),
        (json!({"maxUses": 10_001}), "INVALID_BODY"),
        (json!({"expiresInMinutes": 0}), "INVALID_EXPIRY"),
        (json!({"expiresInMinutes": 43_201}), "INVALID_EXPIRY"),
    ] {
        world.post(&room.hana, &path, body).await.refused(400, code);
    }
    let made = world.invite(&room, json!({})).await;
    insta::assert_snapshot!(masked(&made), @r#"
    {
      "id": "<id>",
      "role": "collaborator",
      "maxUses": 1,
      "uses": 0,
      "expiresAt": "2026-01-02T00:00:00.000Z",
      "revokedAt": null,
      "createdBy": "<id>",
      "token": "wr_inv_<secret>"
    }
    "#);
    let list = world.get(&room.hana, &path).await.ok(200);
    assert_eq!(list["invites"][0]["id"], made["id"], "newest first");
    assert!(!list.to_string().contains("wr_inv_"));
    assert_eq!(world.get(&world.ada, &path).await.ok(200), list, "an admin reads everything");
    assert_eq!(world.get(&read, &path).await.ok(200), list);
    let one = format!("{path}/{}", made["id"].as_str().unwrap());
    for caller in [&sam, &read] {
        world.post(caller, &path, json!({})).await.refused(403, "HOST_REQUIRED");
        world.delete(caller, &one).await.refused(403, "HOST_REQUIRED");
    }
    world.get(&sam, &path).await.refused(403, "HOST_REQUIRED");
    world.get(&mallory, &path).await.refused(404, "SESSION_NOT_FOUND");
    world.post(&mallory, &path, json!({})).await.refused(404, "SESSION_NOT_FOUND");
    world.delete(&mallory, &one).await.refused(404, "SESSION_NOT_FOUND");
    for id in ["01890000-0000-7000-8000-000000000000", "x"] {
        world.delete(&room.hana, &format!("{path}/{id}")).await.refused(404, "NOT_FOUND");
    }
    world.delete(&room.hana, &room.path("")).await.ok(200);
    world.post(&room.hana, &path, json!({})).await.refused(409, "SESSION_INACTIVE");
    world.delete(&room.hana, &one).await.refused(409, "SESSION_INACTIVE");
    world.get(&room.hana, &path).await.ok(200);
    world.verify().await;
}
