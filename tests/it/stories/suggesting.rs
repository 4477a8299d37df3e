//! What people who may not decide say about an approval, and authors who take theirs back.

use std::time::Duration;

use serde_json::{Value, json};
use wardroom::rpc::calls::HostCall;

use crate::world::{Answer, Caller, Room, World, permission};

const NOBODYS: &str = "01890000-0000-7000-8000-000000000000";

async fn suggest(
    world: &World,
    room: &Room,
    who: &Caller,
    approval: &Value,
    body: Value,
) -> Answer {
    let id = approval["id"].as_str().unwrap();
    world.post(who, &room.path(&format!("approvals/{id}/suggestions")), body).await
}

async fn withdraw(world: &World, room: &Room, who: &Caller, approval: &Value) -> Answer {
    let id = approval["id"].as_str().unwrap();
    world.delete(who, &room.path(&format!("approvals/{id}"))).await
}

#[tokio::test]
async fn who_may_comment_may_suggest_while_it_waits_and_nobody_else() {
    let world = World::new().await;
    let room = world.room("prompt_with_approval").await;
    let sam = world.join(&room, "Sam").await;
    let tess = world.join(&room, "Tess").await;
    let vic = world.join_as(&room, json!({"role": "viewer", "displayName": "Vic"})).await;
    let mallory = world.user("Mallory").await;
    let approval = world.prompt(&room, &sam, "run the tests").await;
    let yes = json!({"action": "approve"});
    let before = world.transcript(&room).await;
    for (caller, status, code) in [
        (&vic, 403, "COMMENT_NOT_ALLOWED"),
        (&world.ada, 403, "COMMENT_NOT_ALLOWED"),
        (&mallory, 404, "SESSION_NOT_FOUND"),
        (&Caller::Nobody, 401, "UNAUTHENTICATED"),
    ] {
        suggest(&world, &room, caller, &approval, yes.clone()).await.refused(status, code);
    }
    for id in [NOBODYS, "1"] {
        let unknown = suggest(&world, &room, &tess, &json!({"id": id}), yes.clone()).await;
        unknown.refused(404, "APPROVAL_NOT_FOUND");
    }
    for (body, status, code) in [
        (json!({}), 400, "INVALID_BODY"),
        (json!({"action": "allow"}), 400, "INVALID_BODY"),
        (json!({"action": "approve", "optionId": "1"}), 400, "INVALID_BODY"),
        (json!({"action": "approve", "note": "a\u{0}b"}), 400, "TEXT_NOT_ALLOWED"),
        (json!({"action": "approve", "note": "x".repeat(2049)}), 413, "TOO_LARGE"),
    ] {
        suggest(&world, &room, &tess, &approval, body).await.refused(status, code);
    }
    world.patch(&room.hana, &room.path(""), json!({"mode": "view_only"})).await.ok(200);
    let silent = suggest(&world, &room, &tess, &approval, yes.clone()).await;
    silent.refused(403, "COMMENT_NOT_ALLOWED");
    let after = format!("{before}\n7 0s session_updated - view_only");
    assert_eq!(world.transcript(&room).await, after, "nobody said anything");

    world.patch(&room.hana, &room.path(""), json!({"mode": "comment_only"})).await.ok(200);
    world.approve(&room, &approval).await;
    let late = suggest(&world, &room, &tess, &approval, yes.clone()).await;
    let refused = late.refused(409, "APPROVAL_ALREADY_RESOLVED");
    assert_eq!(refused["details"]["approval"]["status"], "approved");
    world.delete(&room.hana, &room.path("")).await.ok(200);
    suggest(&world, &room, &tess, &approval, yes).await.refused(409, "SESSION_INACTIVE");
    assert_eq!(world.look::<i64>("select count(*) from suggestions"), 0);
    world.verify().await;
}

#[tokio::test]
async fn a_suggestion_is_shown_to_everybody_and_a_later_one_of_the_same_person_replaces_it() {
    let mut world = World::new().await;
    let mut room = world.room("prompt_with_approval").await;
    let (sam, tess) = (world.join(&room, "Sam").await, world.join(&room, "Tess").await);
    let approval = world.prompt(&room, &room.hana.clone(), "run").await;
    assert_eq!(approval["status"], "approved");
    let prompt = room.laptop.accepts().await;
    room.laptop.begin(&HostCall::Permission(permission(&prompt)));
    world.settle().await;
    let asked = world.get(&room.hana, "/api/approvals").await.ok(200)["approvals"][0].take();
    let no = json!({"action": "reject", "note": " too slow\r\n"});
    let said = suggest(&world, &room, &sam, &asked, no.clone()).await.ok(200);
    assert_eq!(said["approval"]["suggestions"][0]["note"], "too slow");
    suggest(&world, &room, &sam, &asked, no).await.ok(200);
    suggest(&world, &room, &tess, &asked, json!({"action": "approve", "note": " "})).await.ok(200);
    suggest(&world, &room, &sam, &asked, json!({"action": "approve"})).await.ok(200);
    world.restart().await;
    room.laptop.connect(&world).await;
    let shown = world.approval(&room, &asked).await;
    let mut words = Vec::new();
    for (name, it) in ["Tess", "Sam"].into_iter().zip(shown["suggestions"].as_array().unwrap()) {
        assert_eq!(it["participantId"], world.participant(&room, name).await["id"]);
        words.push((it["action"].as_str().unwrap(), &it["note"]));
    }
    assert_eq!(words, [("approve", &json!(null)), ("approve", &json!(null))]);
    assert_eq!(shown["digest"], asked["digest"], "what is asked is the same");
    insta::assert_snapshot!(world.transcript_after(&room, 6).await, @"
    7 0s agent_session_updated - running
    8 0s approval_requested - permission pending
    9 0s agent_session_updated - waiting_for_approval
    10 0s approval_suggested - permission pending
    11 0s approval_suggested - permission pending
    12 0s approval_suggested - permission pending
    ");
    world.verify().await;
}

#[tokio::test]
async fn fifty_people_say_what_they_would_do_and_no_more() {
    let world = World::new().await;
    let room = world.room_with(json!({"invite": {"maxUses": 60}})).await;
    let approval = {
        let sam = world.join(&room, "Sam").await;
        world.prompt(&room, &sam, "run the tests").await
    };
    let yes = json!({"action": "approve"});
    let mut people = Vec::new();
    for n in 0..51 {
        people.push(world.join(&room, &format!("P{n}")).await);
    }
    let (last, first) = people.split_last().unwrap();
    for caller in first {
        suggest(&world, &room, caller, &approval, yes.clone()).await.ok(200);
    }
    let full = suggest(&world, &room, last, &approval, yes).await;
    full.refused(429, "RATE_LIMITED");
    assert_eq!(full.header("retry-after"), Some("30"));
    let other = json!({"action": "reject"});
    suggest(&world, &room, &first[0], &approval, other).await.ok(200);
    world.verify().await;
}

#[tokio::test]
async fn an_author_takes_a_prompt_back_whatever_they_are_by_then_and_nobody_else_does() {
    let world = World::new().await;
    let room = world.room("prompt_with_approval").await;
    let (sam, tess) = (world.join(&room, "Sam").await, world.join(&room, "Tess").await);
    let mut waiting = Vec::new();
    for text in ["one", "two", "three"] {
        waiting.push(world.prompt(&room, &sam, text).await);
    }
    for caller in [&tess, &room.hana, &world.ada] {
        let foreign = withdraw(&world, &room, caller, &waiting[0]).await;
        foreign.refused(403, "DECISION_NOT_ALLOWED");
    }
    withdraw(&world, &room, &sam, &json!({"id": NOBODYS})).await.refused(404, "APPROVAL_NOT_FOUND");
    world.patch(&room.hana, &room.path(""), json!({"mode": "view_only"})).await.ok(200);
    withdraw(&world, &room, &sam, &waiting[0]).await.ok(200);
    let path =
        format!("participants/{}", world.participant(&room, "Sam").await["id"].as_str().unwrap());
    world.patch(&room.hana, &room.path(&path), json!({"role": "viewer"})).await.ok(200);
    let back = withdraw(&world, &room, &sam, &waiting[1]).await.ok(200);
    assert_eq!(back["approval"]["status"], "withdrawn");
    let again = withdraw(&world, &room, &sam, &waiting[1]).await;
    again.refused(409, "APPROVAL_ALREADY_RESOLVED");
    // Who became host decides about what they asked before, and may still take it back.
    let id = world.participant(&room, "Sam").await["id"].clone();
    world.post(&room.hana, &room.path("host"), json!({"participantId": id})).await.ok(200);
    withdraw(&world, &room, &sam, &waiting[2]).await.ok(200);
    insta::assert_snapshot!(world.transcript_after(&room, 6).await, @"
    7 0s prompt_pending_approval Sam three
    8 0s session_updated - view_only
    9 0s approval_withdrawn Sam prompt withdrawn withdrawn
    10 0s participant_updated Sam viewer
    11 0s approval_withdrawn Sam prompt withdrawn withdrawn
    12 0s participant_updated Hana collaborator
    13 0s host_changed Sam host
    14 0s approval_withdrawn Sam prompt withdrawn withdrawn
    ");
    world.verify().await;
}

#[tokio::test]
async fn who_changes_their_mind_all_the_time_is_asked_to_wait_and_to_say_the_same_again_is_nothing()
{
    let world = World::new().await;
    let room = world.room("prompt_with_approval").await;
    let (sam, tess) = (world.join(&room, "Sam").await, world.join(&room, "Tess").await);
    let approval = world.prompt(&room, &sam, "run the tests").await;
    let before: i64 = world.look("select last_seq from sessions");
    let no = |n: usize| json!({"action": "reject", "note": format!("reason {n}")});
    for n in 0..20 {
        suggest(&world, &room, &tess, &approval, no(n)).await.ok(200);
        suggest(&world, &room, &tess, &approval, no(n)).await.ok(200);
    }
    let refused = suggest(&world, &room, &tess, &approval, no(20)).await;
    assert_eq!(refused.header("retry-after"), Some("60"));
    refused.refused(429, "RATE_LIMITED");
    suggest(&world, &room, &tess, &approval, no(19)).await.ok(200);
    assert_eq!(world.look::<i64>("select last_seq from sessions"), before + 20);
    suggest(&world, &room, &sam, &approval, no(0)).await.ok(200);
    world.pass(Duration::from_mins(1)).await;
    suggest(&world, &room, &tess, &approval, no(20)).await.ok(200);
    world.verify().await;
}
