//! Leaving a session, and what stays behind.

use axum::http::Method;
use serde_json::json;

use crate::world::{Caller, World};

#[tokio::test]
async fn who_left_neither_reads_nor_writes_and_comes_back_as_somebody_new() {
    let world = World::new().await;
    let room = world.room("prompt_direct").await;
    let theo = world.user("Theo").await;
    world.post(&theo, &room.path("join"), json!({"inviteToken": room.invite})).await.ok(201);
    let sam = world.join(&room, "Sam").await;
    for caller in [&sam, &theo] {
        let left = world.post(caller, &room.path("leave"), json!({})).await.ok(200);
        assert_eq!(left["participant"]["leftReason"], "left");
        for path in ["", "participants", "messages", "approvals", "events", "stream"] {
            let path = room.path(path);
            world.get(caller, &path).await.refused(409, "PARTICIPANT_INACTIVE");
        }
        for (path, body) in [
            ("messages", json!({"text": "x"})),
            ("prompts", json!({"prompt": "x"})),
            ("leave", json!({})),
            ("close", json!({})),
            ("invites", json!({})),
        ] {
            let answer = world.post(caller, &room.path(path), body).await;
            answer.refused(409, "PARTICIPANT_INACTIVE");
        }
    }
    let body = json!({"inviteToken": room.invite});
    world.post(&theo, &room.path("join"), body).await.ok(201);
    world.say(&room, &theo, "back").await.ok(201);
    insta::assert_snapshot!(world.transcript(&room).await, @"
    1 0s shared_session_created - prompt_direct
    2 0s participant_joined Hana host
    3 0s participant_joined Theo collaborator
    4 0s participant_joined Sam collaborator
    5 0s participant_left Sam collaborator left
    6 0s participant_left Theo collaborator left
    7 0s participant_joined Theo 2 collaborator
    8 0s message_created Theo 2 back
    ");
    world.verify().await;
}

#[tokio::test]
async fn a_host_leaves_only_by_closing() {
    let world = World::new().await;
    let room = world.room("prompt_direct").await;
    let leave = room.path("leave");
    for body in [json!({}), json!({"close": false})] {
        world.post(&room.hana, &leave, body).await.refused(409, "HOST_MUST_HAND_OVER");
    }
    let read = world.scoped(&room.hana, "host").await;
    let body = json!({"close": true});
    world.post(&read, &leave, body.clone()).await.refused(403, "HOST_REQUIRED");
    let left = world.post(&room.hana, &leave, body.clone()).await.ok(200);
    assert_eq!(left["participant"]["leftReason"], "ended");
    world.post(&room.hana, &leave, body).await.refused(409, "SESSION_INACTIVE");
    world.get(&room.hana, &room.path("")).await.ok(200);
    insta::assert_snapshot!(world.transcript(&room).await, @"
    1 0s shared_session_created - prompt_direct
    2 0s participant_joined Hana host
    3 0s session_closed Hana closed
    ");
    world.verify().await;
}

#[tokio::test]
async fn who_never_took_part_cannot_leave() {
    let world = World::new().await;
    let room = world.room("prompt_direct").await;
    let mallory = world.user("Mallory").await;
    for caller in [&mallory, &world.ada] {
        let answer = world.post(caller, &room.path("leave"), json!({})).await;
        answer.refused(404, "SESSION_NOT_FOUND");
    }
    let nobody = world.post(&Caller::Nobody, &room.path("leave"), json!({})).await;
    nobody.refused(401, "UNAUTHENTICATED");
}

#[tokio::test]
async fn a_pending_prompt_of_who_left_stays_for_the_host_to_decide() {
    let world = World::new().await;
    let mut room = world.room("prompt_with_approval").await;
    let sam = world.join(&room, "Sam").await;
    let approval = world.prompt(&room, &sam, "one last thing").await;
    world.post(&sam, &room.path("leave"), json!({})).await.ok(200);
    world.approve(&room, &approval).await;
    let prompt = room.laptop.accepts().await;
    assert_eq!(prompt.text, "one last thing");
    room.laptop.succeeds(&prompt).await;
    insta::assert_snapshot!(world.transcript(&room).await, @"
    1 0s shared_session_created - prompt_with_approval
    2 0s participant_joined Hana host
    3 0s participant_joined Sam collaborator
    4 0s prompt_pending_approval Sam one last thing
    5 0s participant_left Sam collaborator left
    6 0s prompt_approved Hana
    7 0s prompt_dispatch_started - sending
    8 0s agent_session_updated - running
    9 0s prompt_dispatch_completed - succeeded end_turn
    10 0s agent_session_updated - idle
    ");
    world.verify().await;
}

#[tokio::test]
async fn a_host_whose_connection_drops_has_not_left() {
    let world = World::new().await;
    let mut room = world.room("prompt_direct").await;
    room.laptop.disconnect();
    world.settle().await;
    let shown = world.get(&room.hana, &room.path("")).await.ok(200);
    assert_eq!(shown["session"]["status"], "active");
    assert_eq!(shown["participants"][0]["leftAt"], json!(null));
    assert_eq!(shown["agentSession"]["status"], "away");
    insta::assert_snapshot!(world.transcript(&room).await, @"
    1 0s shared_session_created - prompt_direct
    2 0s participant_joined Hana host
    3 0s host_disconnected laptop
    4 0s agent_session_updated - away
    ");
}

#[tokio::test]
async fn who_left_came_back_and_is_removed_does_not_come_back_by_the_invite_of_the_first_time() {
    let world = World::new().await;
    let room = world.room("prompt_direct").await;
    let theo = world.user("Theo").await;
    let first = json!({"inviteToken": room.invite});
    let second = json!({"inviteToken": world.invite(&room, json!({})).await["token"]});
    world.post(&theo, &room.path("join"), first.clone()).await.ok(201);
    world.post(&theo, &room.path("leave"), json!({})).await.ok(200);
    let back = world.post(&theo, &room.path("join"), second.clone()).await.ok(201);
    let id = back["participant"]["id"].as_str().unwrap();
    let path = room.path(&format!("participants/{id}"));
    world.delete(&room.hana, &path).await.ok(200);
    for invite in [first, second] {
        world.post(&theo, &room.path("join"), invite).await.refused(403, "INVITE_REVOKED");
    }
    world.verify().await;
}

#[tokio::test]
async fn who_went_is_told_nothing_more_by_repeating_how_they_came() {
    let world = World::new().await;
    let room = world.room("prompt_direct").await;
    let theo = world.user("Theo").await;
    let come = async || {
        let body = json!({"inviteToken": room.invite});
        let request = world.request(&theo, Method::POST, &room.path("join")).json(&body);
        request.key("a-key-of-theos").send().await
    };
    let id = come().await.ok(201)["participant"]["id"].take();
    assert_eq!(come().await.ok(201)["participant"]["id"], id, "the answer may have been lost");
    let path = room.path(&format!("participants/{}", id.as_str().unwrap()));
    world.delete(&room.hana, &path).await.ok(200);
    world.patch(&room.hana, &room.path(""), json!({"title": "Without Theo"})).await.ok(200);
    let refused = come().await;
    refused.refused(409, "TOKEN_ALREADY_USED");
    assert!(!refused.text.contains("Without Theo"));
    world.verify().await;
}
