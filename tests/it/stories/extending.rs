//! More time for an approval that waits.

use std::time::Duration;

use serde_json::{Value, json};

use crate::world::{Caller, World};

const HOUR: Duration = Duration::from_hours(1);

fn of(approval: &Value) -> String {
    format!("/api/approvals/{}", approval["id"].as_str().unwrap())
}

#[tokio::test]
async fn only_who_may_decide_extends_and_only_to_what_is_more() {
    let world = World::new().await;
    let room = world.room_with(json!({"expiresInMinutes": 2880})).await;
    let (sam, tess) = (world.join(&room, "Sam").await, world.join(&room, "Tess").await);
    let approval = world.prompt(&room, &sam, "run the tests").await;
    let path = of(&approval);
    world.pass(HOUR).await;
    let before = world.transcript(&room).await;
    let mallory = world.user("Mallory").await;
    let day = json!({"expiresInMinutes": 1440});
    for (caller, status, code) in [
        (&sam, 403, "DECISION_NOT_ALLOWED"),
        (&tess, 403, "DECISION_NOT_ALLOWED"),
        (&world.ada, 403, "DECISION_NOT_ALLOWED"),
        (&mallory, 404, "APPROVAL_NOT_FOUND"),
        (&Caller::Nobody, 401, "UNAUTHENTICATED"),
    ] {
        world.patch(caller, &path, day.clone()).await.refused(status, code);
    }
    for minutes in [json!(0), json!(null), json!(-1), json!(525_601), json!(60), json!(1380)] {
        let body = json!({"expiresInMinutes": minutes});
        world.patch(&room.hana, &path, body).await.refused(400, "INVALID_EXPIRY");
    }
    for body in [json!({"expiresAt": "2026-01-09T00:00:00.000Z"}), json!({"status": "approved"})] {
        world.patch(&room.hana, &path, body).await.refused(400, "INVALID_BODY");
    }
    let unknown = json!({"id": "01890000-0000-7000-8000-000000000000"});
    let unknown = world.patch(&room.hana, &of(&unknown), day.clone()).await;
    unknown.refused(404, "APPROVAL_NOT_FOUND");
    assert_eq!(world.transcript(&room).await, before);

    let longer = world.patch(&room.hana, &path, json!({})).await.ok(200);
    assert_eq!(longer["approval"]["expiresAt"], "2026-01-02T01:00:00.000Z", "24 hours");
    let most = json!({"expiresInMinutes": 525_600});
    let longest = world.patch(&room.hana, &path, most.clone()).await.ok(200);
    assert_eq!(longest["approval"]["expiresAt"], "2026-01-03T00:00:00.000Z", "as its session");
    world.patch(&room.hana, &path, most.clone()).await.refused(400, "INVALID_EXPIRY");
    let id = world.participant(&room, "Tess").await["id"].as_str().unwrap().to_owned();
    let grant = room.path(&format!("participants/{id}"));
    world.patch(&room.hana, &grant, json!({"canDecide": true})).await.ok(200);
    world.patch(&room.hana, &room.path(""), json!({"expiresInMinutes": 7200})).await.ok(200);
    world.patch(&tess, &path, most.clone()).await.ok(200);
    world.approve(&room, &approval).await;
    world.patch(&tess, &path, most).await.refused(409, "APPROVAL_ALREADY_RESOLVED");
    world.verify().await;
}

#[tokio::test]
async fn what_was_extended_waits_until_then_also_over_a_restart() {
    let mut world = World::new().await;
    let room = world.room_with(json!({"expiresInMinutes": 7200})).await;
    let sam = world.join(&room, "Sam").await;
    let kept = world.prompt(&room, &sam, "kept").await;
    let lost = world.prompt(&room, &sam, "lost").await;
    world.pass(23 * HOUR).await;
    let mut stream = world.follow(&sam, &room.id, None).await;
    world.patch(&room.hana, &of(&kept), json!({"expiresInMinutes": 2880})).await.ok(200);
    world.settle().await;
    assert_eq!(stream.words(), ["connected", "approval_extended"]);
    world.restart().await;
    world.pass(HOUR).await;
    world.patch(&room.hana, &of(&lost), json!({})).await.refused(409, "APPROVAL_ALREADY_RESOLVED");
    world.pass(47 * HOUR).await;
    insta::assert_snapshot!(world.transcript_after(&room, 3).await, @"
    4 0s prompt_pending_approval Sam kept
    5 0s prompt_pending_approval Sam lost
    6 82800s approval_extended Sam prompt pending
    7 86400s approval_expired Sam prompt expired deadline
    8 86400s host_disconnected laptop
    9 86400s agent_session_updated - away
    10 255600s approval_expired Sam prompt expired deadline
    ");
    world.verify().await;
}

#[tokio::test]
async fn an_approval_waits_for_ever_only_where_its_session_lives_for_ever() {
    let settings = wardroom::app::Settings { endless_sessions: true, ..Default::default() };
    let world = World::with(settings, wardroom::live::Limits::default()).await;
    let room = world.room_with(json!({"expiresInMinutes": 2880})).await;
    let sam = world.join(&room, "Sam").await;
    let approval = world.prompt(&room, &sam, "wait").await;
    let endless = json!({"expiresInMinutes": null});
    let bound = world.patch(&room.hana, &of(&approval), endless.clone()).await.ok(200);
    assert_eq!(bound["approval"]["expiresAt"], "2026-01-03T00:00:00.000Z");
    world.patch(&room.hana, &room.path(""), endless.clone()).await.ok(200);
    let free = world.patch(&room.hana, &of(&approval), endless.clone()).await.ok(200);
    assert_eq!(free["approval"]["expiresAt"], json!(null));
    world.patch(&room.hana, &of(&approval), endless).await.refused(400, "INVALID_EXPIRY");
    world.pass(Duration::from_hours(87600)).await;
    assert_eq!(world.approval(&room, &approval).await["status"], "pending");
    // Its session is given an end after all, and with it all that waits there.
    let end = json!({"expiresInMinutes": 5});
    let changed = world.patch(&room.hana, &room.path(""), end).await.ok(200);
    let bound = world.approval(&room, &approval).await["expiresAt"].take();
    assert_eq!((&bound, bound.is_null()), (&changed["session"]["expiresAt"], false));
    world.verify().await;
}

#[tokio::test]
async fn who_gives_more_time_again_and_again_is_asked_to_wait() {
    let world = World::new().await;
    let room = world.room_with(json!({"expiresInMinutes": 2880})).await;
    let sam = world.join(&room, "Sam").await;
    let approval = world.prompt(&room, &sam, "run the tests").await;
    let minutes = |n: u64| json!({"expiresInMinutes": 1440 + n});
    for n in 1..=20 {
        world.patch(&room.hana, &of(&approval), minutes(n)).await.ok(200);
    }
    let before = world.transcript(&room).await;
    let refused = world.patch(&room.hana, &of(&approval), minutes(21)).await;
    assert_eq!(refused.header("retry-after"), Some("60"));
    refused.refused(429, "RATE_LIMITED");
    // What is no more time is refused as such, and a suggestion is another matter.
    world.patch(&room.hana, &of(&approval), minutes(20)).await.refused(400, "INVALID_EXPIRY");
    assert_eq!(world.transcript(&room).await, before);
    world.pass(Duration::from_mins(1)).await;
    world.patch(&room.hana, &of(&approval), minutes(21)).await.ok(200);
    world.verify().await;
}
