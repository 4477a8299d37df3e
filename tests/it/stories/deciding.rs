//! Deciding about prompts: once, by somebody who may, about what they saw.

use std::time::Duration;

use futures_util::future::join_all;
use serde_json::{Value, json};
use wardroom::{app::Settings, live::Limits};

use crate::world::{Caller, Room, World};

async fn held(world: &World) -> (Room, Caller, Value) {
    let room = world.room("prompt_with_approval").await;
    let sam = world.join(&room, "Sam").await;
    let approval = world.prompt(&room, &sam, "run the tests").await;
    (room, sam, approval)
}

#[tokio::test]
async fn an_edited_prompt_goes_to_the_agent_and_both_texts_are_kept() {
    let world = World::new().await;
    let (mut room, _, approval) = held(&world).await;
    let decision = json!({"action": "approve", "editedPrompt": " run the fast tests\r\n",
        "reason": " the others take an hour ", "digest": approval["digest"]});
    let answer = world.decide(&room, &room.hana, &approval, decision).await.ok(200);
    let it = &answer["approval"];
    assert_eq!(
        (&it["prompt"], &it["editedPrompt"]),
        (&json!("run the tests"), &json!("run the fast tests"))
    );
    assert_eq!(it["reason"], "the others take an hour");
    assert_eq!(it["resolvedByUserId"], world.get(&room.hana, "/api/me").await["user"]["id"]);
    let prompt = room.laptop.accepts().await;
    assert_eq!(prompt.text, "run the fast tests");
    room.laptop.succeeds(&prompt).await;
    insta::assert_snapshot!(world.transcript(&room).await, @"
    1 0s shared_session_created - prompt_with_approval
    2 0s participant_joined Hana host
    3 0s participant_joined Sam collaborator
    4 0s prompt_pending_approval Sam run the tests
    5 0s prompt_approved Hana run the fast tests the others take an hour
    6 0s prompt_dispatch_started - sending
    7 0s agent_session_updated - running
    8 0s prompt_dispatch_completed - succeeded end_turn
    9 0s agent_session_updated - idle
    ");
    world.verify().await;
}

#[tokio::test]
async fn a_rejected_prompt_goes_nowhere() {
    let world = World::new().await;
    let (mut room, _, approval) = held(&world).await;
    let no = json!({"action": "reject", "reason": "not today"});
    let answer = world.decide(&room, &room.hana, &approval, no).await.ok(200);
    assert_eq!(
        (&answer["approval"]["status"], &answer["approval"]["dispatch"]),
        (&json!("rejected"), &json!(null))
    );
    insta::assert_snapshot!(world.transcript(&room).await, @"
    1 0s shared_session_created - prompt_with_approval
    2 0s participant_joined Hana host
    3 0s participant_joined Sam collaborator
    4 0s prompt_pending_approval Sam run the tests
    5 0s prompt_rejected Hana not today
    ");
    assert!(room.laptop.waiting().is_empty());
    world.verify().await;
}

#[tokio::test]
async fn only_the_host_and_who_was_granted_it_decide_and_never_the_author() {
    let world = World::new().await;
    let (room, sam, approval) = held(&world).await;
    let tess = world.join(&room, "Tess").await;
    let vic = world.join_as(&room, json!({"role": "viewer", "displayName": "Vic"})).await;
    let mallory = world.user("Mallory").await;
    let read = world.scoped(&room.hana, "read").await;
    let host = world.scoped(&room.hana, "host").await;
    let yes = json!({"action": "approve"});
    for caller in [&sam, &tess, &vic, &read, &host] {
        let answer = world.decide(&room, caller, &approval, yes.clone()).await;
        answer.refused(403, "DECISION_NOT_ALLOWED");
    }
    let foreign = world.decide(&room, &mallory, &approval, yes.clone()).await;
    foreign.refused(404, "SESSION_NOT_FOUND");
    let path = format!("/api/approvals/{}", approval["id"].as_str().unwrap());
    world.post(&mallory, &path, yes.clone()).await.refused(404, "APPROVAL_NOT_FOUND");
    world.post(&Caller::Nobody, &path, yes.clone()).await.refused(401, "UNAUTHENTICATED");
    // Granted to all three: the author still does not, nor does a viewer.
    world.sql("update participants set can_decide = 1").unwrap();
    for caller in [&sam, &vic] {
        let answer = world.decide(&room, caller, &approval, yes.clone()).await;
        answer.refused(403, "DECISION_NOT_ALLOWED");
    }
    for (caller, n) in [(&sam, 0), (&vic, 0), (&tess, 1), (&room.hana, 1)] {
        let inbox = world.get(caller, "/api/approvals").await.ok(200);
        assert_eq!(inbox["approvals"].as_array().unwrap().len(), n);
    }
    let answer = world.decide(&room, &tess, &approval, yes).await.ok(200);
    assert_eq!(answer["approval"]["resolvedByUserId"], json!(null), "a guest decided");
    insta::assert_snapshot!(world.transcript(&room).await, @"
    1 0s shared_session_created - prompt_with_approval
    2 0s participant_joined Hana host
    3 0s participant_joined Sam collaborator
    4 0s prompt_pending_approval Sam run the tests
    5 0s participant_joined Tess collaborator
    6 0s participant_joined Vic viewer
    7 0s prompt_approved Tess
    ");
    world.verify().await;
}

#[tokio::test]
async fn who_became_host_decides_also_about_their_own_prompt_of_before() {
    let world = World::new().await;
    let (room, sam, approval) = held(&world).await;
    let heir = world.participant(&room, "Sam").await;
    let to = json!({"participantId": heir["id"]});
    world.post(&room.hana, &room.path("host"), to).await.ok(200);
    let yes = json!({"action": "approve"});
    let answer = world.decide(&room, &room.hana, &approval, yes.clone()).await;
    answer.refused(403, "DECISION_NOT_ALLOWED");
    world.decide(&room, &sam, &approval, yes).await.ok(200);
    world.verify().await;
}

#[tokio::test]
async fn the_first_decision_wins_and_the_same_again_is_no_error() {
    let world = World::new().await;
    let (room, _, approval) = held(&world).await;
    let tess = world.join(&room, "Tess").await;
    world.sql("update participants set can_decide = 1 where display_name = 'Tess'").unwrap();
    let yes = json!({"action": "approve", "digest": approval["digest"]});
    let first = world.decide(&room, &room.hana, &approval, yes.clone()).await.ok(200);
    world.settle().await;
    for _ in 0..100 {
        let again = world.decide(&room, &room.hana, &approval, yes.clone()).await.ok(200);
        assert_eq!(again["approval"]["resolvedAt"], first["approval"]["resolvedAt"]);
    }
    for (caller, decision) in [
        (&room.hana, json!({"action": "reject"})),
        (&room.hana, json!({"action": "approve", "editedPrompt": "something else"})),
        (&tess, yes.clone()),
        (&tess, json!({"action": "reject"})),
        (&room.hana, json!({"action": "reject", "optionId": "no"})),
    ] {
        let late = world.decide(&room, caller, &approval, decision).await;
        let body = late.refused(409, "APPROVAL_ALREADY_RESOLVED");
        let row = &body["details"]["approval"];
        assert_eq!(row["resolvedByParticipantId"], first["approval"]["resolvedByParticipantId"]);
    }
    assert_eq!(world.look::<i64>("select count(*) from dispatches"), 1);
    world.verify().await;
}

#[tokio::test]
async fn of_many_who_decide_withdraw_and_close_at_once_one_wins() {
    let settings = Settings { pending_of_author: 100, ..Settings::default() };
    let world = World::with(settings, Limits::default()).await;
    let (room, sam, _) = held(&world).await;
    for round in 0..20_usize {
        world.pass(Duration::from_secs(3)).await;
        let approval = world.prompt(&room, &sam, &round.to_string()).await;
        let path = room.path(&format!("approvals/{}", approval["id"].as_str().unwrap()));
        let (yes, no) = (json!({"action": "approve"}), json!({"action": "reject"}));
        let decide = |body: &Value| world.post(&room.hana, &path, body.clone());
        let mut all: Vec<std::pin::Pin<Box<dyn Future<Output = _>>>> = vec![
            Box::pin(decide(&yes)),
            Box::pin(decide(&no)),
            Box::pin(world.delete(&sam, &path)),
        ];
        all.rotate_left(round % 3);
        let answers = join_all(all).await;
        let won = answers.iter().filter(|it| it.status == 200).count();
        assert_eq!(won, 1);
        for late in answers.iter().filter(|it| it.status != 200) {
            late.refused(409, "APPROVAL_ALREADY_RESOLVED");
        }
    }
    let decided: i64 = world.look("select count(*) from approvals where status = 'approved'");
    assert_eq!(world.look::<i64>("select count(*) from dispatches"), decided);
    world.verify().await;
}

#[tokio::test]
async fn what_was_not_shown_is_not_approved() {
    let world = World::new().await;
    let (room, _, approval) = held(&world).await;
    for digest in [String::new(), "x".into(), "0".repeat(64)] {
        for action in ["approve", "reject"] {
            let decision = json!({"action": action, "digest": digest});
            let answer = world.decide(&room, &room.hana, &approval, decision).await;
            let body = answer.refused(409, "DIGEST_MISMATCH");
            assert_eq!(body["details"]["approval"]["digest"], approval["digest"]);
        }
    }
    assert_eq!(world.approval(&room, &approval).await["status"], "pending");
    world.approve(&room, &approval).await;
    world.verify().await;
}

#[tokio::test]
async fn a_decision_of_another_shape_is_refused() {
    let world = World::new().await;
    let (room, _, approval) = held(&world).await;
    for (decision, status, code) in [
        (json!({"action": "approve", "optionId": "yes"}), 400, "INVALID_OPTION"),
        (json!({"action": "approve", "answer": {}}), 400, "INVALID_ACTION"),
        (json!({"action": "reject", "editedPrompt": "x"}), 400, "INVALID_ACTION"),
        (json!({"action": "approve", "editedPrompt": " "}), 400, "EMPTY_PROMPT"),
        (json!({"action": "approve", "editedPrompt": "\u{1b}"}), 400, "TEXT_NOT_ALLOWED"),
        (
            json!({"action": "approve", "editedPrompt": "x".repeat(256 * 1024 + 1)}),
            413,
            "TOO_LARGE",
        ),
        (json!({"action": "reject", "reason": "x".repeat(64 * 1024 + 1)}), 413, "TOO_LARGE"),
        (json!({"action": "withdraw"}), 400, "INVALID_BODY"),
        (json!({}), 400, "INVALID_BODY"),
    ] {
        world.decide(&room, &room.hana, &approval, decision).await.refused(status, code);
    }
    assert_eq!(world.approval(&room, &approval).await["status"], "pending");
    for id in ["01890000-0000-7000-8000-000000000000", "x"] {
        let unknown = json!({"id": id});
        let answer = world.decide(&room, &room.hana, &unknown, json!({"action": "approve"})).await;
        answer.refused(404, "APPROVAL_NOT_FOUND");
        world
            .get(&room.hana, &format!("/api/approvals/{id}"))
            .await
            .refused(404, "APPROVAL_NOT_FOUND");
    }
    // An edit that changes nothing is none.
    let same = json!({"action": "approve", "editedPrompt": " run the tests "});
    let answer = world.decide(&room, &room.hana, &approval, same).await.ok(200);
    assert_eq!(answer["approval"]["editedPrompt"], json!(null));
    world.verify().await;
}

#[tokio::test]
async fn an_author_takes_back_what_waits_and_nobody_else_does() {
    let world = World::new().await;
    let (room, sam, approval) = held(&world).await;
    let tess = world.join(&room, "Tess").await;
    let path = room.path(&format!("approvals/{}", approval["id"].as_str().unwrap()));
    for caller in [&room.hana, &tess] {
        world.delete(caller, &path).await.refused(403, "DECISION_NOT_ALLOWED");
    }
    world.delete(&world.user("Mallory").await, &path).await.refused(404, "SESSION_NOT_FOUND");
    // Also after the mode has become a stricter one.
    world.sql("update sessions set mode = 'view_only'").unwrap();
    let answer = world.delete(&sam, &path).await.ok(200);
    assert_eq!(answer["approval"]["status"], "withdrawn");
    world.delete(&sam, &path).await.refused(409, "APPROVAL_ALREADY_RESOLVED");
    let yes = json!({"action": "approve"});
    let late = world.decide(&room, &room.hana, &approval, yes).await;
    late.refused(409, "APPROVAL_ALREADY_RESOLVED");
    insta::assert_snapshot!(world.transcript(&room).await, @"
    1 0s shared_session_created - prompt_with_approval
    2 0s participant_joined Hana host
    3 0s participant_joined Sam collaborator
    4 0s prompt_pending_approval Sam run the tests
    5 0s participant_joined Tess collaborator
    6 0s approval_withdrawn Sam prompt withdrawn withdrawn
    ");
    world.verify().await;
}

#[tokio::test]
async fn a_prompt_from_before_a_change_of_mode_is_still_the_hosts_to_decide() {
    let world = World::new().await;
    let (mut room, _, approval) = held(&world).await;
    world.sql("update sessions set mode = 'view_only'").unwrap();
    world.approve(&room, &approval).await;
    assert_eq!(room.laptop.accepts().await.text, "run the tests");
}
