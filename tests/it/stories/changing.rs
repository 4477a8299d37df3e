//! What a host changes about a session while it goes on: its mode, its title, its end.

use std::time::Duration;

use serde_json::{Value, json};

use crate::world::{Caller, World};

#[tokio::test]
async fn only_the_host_changes_a_session_and_only_into_what_can_be() {
    let world = World::new().await;
    let room = world.room("prompt_direct").await;
    let sam = world.join(&room, "Sam").await;
    let vic = world.join_as(&room, json!({"role": "viewer", "displayName": "Vic"})).await;
    let mallory = world.user("Mallory").await;
    let session = room.path("");
    let before = world.transcript(&room).await;
    let mode = json!({"mode": "view_only"});
    for caller in [&sam, &vic, &world.ada] {
        world.patch(caller, &session, mode.clone()).await.refused(403, "HOST_REQUIRED");
    }
    world.patch(&mallory, &session, mode.clone()).await.refused(404, "SESSION_NOT_FOUND");
    let nobody = world.patch(&Caller::Nobody, &session, mode.clone()).await;
    nobody.refused(401, "UNAUTHENTICATED");
    for (body, status, code) in [
        (json!({"mode": "prompt_freely"}), 400, "INVALID_BODY"),
        (json!({"status": "closed"}), 400, "INVALID_BODY"),
        (json!({"workspaceId": "shop"}), 400, "INVALID_BODY"),
        (json!({"title": " "}), 400, "INVALID_BODY"),
        (json!({"title": "a\u{7}b"}), 400, "TEXT_NOT_ALLOWED"),
        (json!({"title": "x".repeat(257)}), 413, "TOO_LARGE"),
        (json!({"expiresInMinutes": 0}), 400, "INVALID_EXPIRY"),
        (json!({"expiresInMinutes": null}), 400, "INVALID_EXPIRY"),
        (json!({"expiresInMinutes": -5}), 400, "INVALID_EXPIRY"),
        (json!({"mode": "view_only", "expiresInMinutes": 525_601}), 400, "INVALID_EXPIRY"),
    ] {
        world.patch(&room.hana, &session, body).await.refused(status, code);
    }
    for body in [json!({}), json!({"mode": "prompt_direct", "title": "Fix the tests "})] {
        let same = world.patch(&room.hana, &session, body).await.ok(200);
        assert_eq!(same["session"]["mode"], "prompt_direct");
    }
    assert_eq!(world.transcript(&room).await, before, "nothing happened");

    world.clock().advance(Duration::from_hours(24));
    let late = world.patch(&room.hana, &session, json!({"expiresInMinutes": 60})).await;
    late.refused(409, "SESSION_INACTIVE");
    world.sweep().await;
    world.patch(&room.hana, &session, mode).await.refused(409, "SESSION_INACTIVE");
    world.verify().await;
}

#[tokio::test]
async fn a_change_of_mode_holds_at_once_and_what_waits_stays_for_the_host() {
    let mut world = World::new().await;
    let mut room = world.room("prompt_with_approval").await;
    let sam = world.join(&room, "Sam").await;
    let mut stream = world.follow(&sam, &room.id, None).await;
    let first = world.prompt(&room, &sam, "one").await;
    let second = world.prompt(&room, &sam, "two").await;
    let session = room.path("");
    let wish = json!({"mode": "view_only", "title": " Look, do not touch "});
    let changed = world.patch(&room.hana, &session, wish).await.ok(200);
    let of = |key: &str| changed["session"][key].clone();
    assert_eq!((of("mode"), of("approvalRequired")), (json!("view_only"), json!(false)));
    assert_eq!((of("title"), of("lastSeq")), (json!("Look, do not touch"), json!(6)));
    world.settle().await;
    stream.take();
    let told = stream.frames.last().unwrap().json.clone();
    let mut shown = changed["session"].clone();
    shown.as_object_mut().unwrap().remove("inviteToken");
    assert_eq!(told["payload"]["session"], shown, "who watches is told the same");

    world.say(&room, &sam, "x").await.refused(403, "COMMENT_NOT_ALLOWED");
    let prompt = world.post(&sam, &room.path("prompts"), json!({"prompt": "x"})).await;
    prompt.refused(403, "PROMPT_NOT_ALLOWED");
    let path = room.path(&format!("approvals/{}", second["id"].as_str().unwrap()));
    world.delete(&sam, &path).await.ok(200);
    world.approve(&room, &first).await;
    let prompt = room.laptop.accepts().await;
    room.laptop.succeeds(&prompt).await;

    world.patch(&room.hana, &session, json!({"mode": "prompt_direct"})).await.ok(200);
    world.restart().await;
    room.laptop.connect(&world).await;
    let direct = world.prompt(&room, &sam, "three").await;
    assert_eq!(direct["status"], "approved");
    insta::assert_snapshot!(world.transcript(&room).await, @"
    1 0s shared_session_created - prompt_with_approval
    2 0s participant_joined Hana host
    3 0s participant_joined Sam collaborator
    4 0s prompt_pending_approval Sam one
    5 0s prompt_pending_approval Sam two
    6 0s session_updated - view_only
    7 0s approval_withdrawn Sam prompt withdrawn withdrawn
    8 0s prompt_approved Hana
    9 0s prompt_dispatch_started - sending
    10 0s agent_session_updated - running
    11 0s prompt_dispatch_completed - succeeded end_turn
    12 0s agent_session_updated - idle
    13 0s session_updated - prompt_direct
    14 0s prompt_approved Sam three
    ");
    world.verify().await;
}

#[tokio::test]
async fn a_session_that_is_given_another_end_ends_then() {
    let world = World::new().await;
    let room = world.room_with(json!({"expiresInMinutes": 60})).await;
    let sam = world.join(&room, "Sam").await;
    world.pass(Duration::from_mins(50)).await;
    let change = async |body: Value| world.patch(&room.hana, &room.path(""), body).await.ok(200);
    let longer = change(json!({"expiresInMinutes": 2880})).await;
    assert_eq!(longer["session"]["expiresAt"], "2026-01-03T00:50:00.000Z");
    world.pass(Duration::from_mins(20)).await;
    let approval = world.prompt(&room, &sam, "takes a day").await;
    assert_eq!(approval["expiresAt"], "2026-01-02T01:10:00.000Z");
    change(json!({"expiresInMinutes": 30})).await;
    let clipped = world.approval(&room, &approval).await;
    assert_eq!(clipped["expiresAt"], "2026-01-01T01:40:00.000Z", "never beyond its session");
    change(json!({"expiresInMinutes": 40})).await;
    let kept = world.approval(&room, &approval).await;
    assert_eq!(kept["expiresAt"], "2026-01-01T01:40:00.000Z");
    world.pass(Duration::from_mins(40)).await;
    insta::assert_snapshot!(world.transcript(&room).await, @"
    1 0s shared_session_created - prompt_with_approval
    2 0s participant_joined Hana host
    3 0s participant_joined Sam collaborator
    4 3000s session_updated - prompt_with_approval
    5 4200s prompt_pending_approval Sam takes a day
    6 4200s session_updated - prompt_with_approval
    7 4200s session_updated - prompt_with_approval
    8 6600s approval_expired Sam prompt expired session_ended
    9 6600s session_closed - expired
    ");
    world.verify().await;
}

#[tokio::test]
async fn an_end_is_taken_away_only_where_the_admin_allows_it() {
    let settings = wardroom::app::Settings { endless_sessions: true, ..Default::default() };
    let world = World::with(settings, wardroom::live::Limits::default()).await;
    let room = world.room("prompt_with_approval").await;
    for minutes in [json!(null), json!(0)] {
        for (minutes, end) in
            [(minutes, json!(null)), (json!(1), json!("2026-01-01T00:01:00.000Z"))]
        {
            let body = json!({"expiresInMinutes": minutes});
            let changed = world.patch(&room.hana, &room.path(""), body).await.ok(200);
            assert_eq!(changed["session"]["expiresAt"], end);
        }
    }
    world.pass(Duration::from_mins(1)).await;
    let shown = world.get(&room.hana, &room.path("")).await.ok(200);
    assert_eq!(shown["session"]["status"], "expired");
    world.verify().await;
}
