//! What a host does about those who take part: their rights, sending them out, handing over.

use serde_json::{Value, json};

use crate::world::{Answer, Caller, Room, World};

const NOBODYS: &str = "01890000-0000-7000-8000-000000000000";

fn of(room: &Room, participant: &Value) -> String {
    room.path(&format!("participants/{}", participant["id"].as_str().unwrap()))
}

async fn hand_over(world: &World, room: &Room, from: &Caller, to: &Value) -> Answer {
    world.post(from, &room.path("host"), json!({"participantId": to["id"]})).await
}

#[tokio::test]
async fn only_the_host_changes_removes_and_hands_over() {
    let world = World::new().await;
    let room = world.room("prompt_with_approval").await;
    let sam = world.join(&room, "Sam").await;
    let vic = world.join_as(&room, json!({"role": "viewer", "displayName": "Vic"})).await;
    let mallory = world.user("Mallory").await;
    let before = world.transcript(&room).await;
    let target = world.participant(&room, "Sam").await;
    let path = of(&room, &target);
    let role = json!({"role": "viewer"});
    for (caller, status, code) in [
        (&sam, 403, "HOST_REQUIRED"),
        (&vic, 403, "HOST_REQUIRED"),
        (&world.ada, 403, "HOST_REQUIRED"),
        (&mallory, 404, "SESSION_NOT_FOUND"),
        (&Caller::Nobody, 401, "UNAUTHENTICATED"),
    ] {
        world.patch(caller, &path, role.clone()).await.refused(status, code);
        world.delete(caller, &path).await.refused(status, code);
        hand_over(&world, &room, caller, &target).await.refused(status, code);
    }
    for id in [NOBODYS, "1"] {
        let path = room.path(&format!("participants/{id}"));
        let unknown = world.patch(&room.hana, &path, role.clone()).await;
        unknown.refused(404, "PARTICIPANT_NOT_FOUND");
        world.delete(&room.hana, &path).await.refused(404, "PARTICIPANT_NOT_FOUND");
    }
    let unknown = hand_over(&world, &room, &room.hana, &json!({"id": NOBODYS})).await;
    unknown.refused(404, "PARTICIPANT_NOT_FOUND");
    // Who takes part elsewhere is not found here.
    let other = world.room_of(&world.ada, json!({})).await;
    let elsewhere = world.participant(&other, "Ada").await;
    let foreign = world.delete(&room.hana, &of(&room, &elsewhere)).await;
    foreign.refused(404, "PARTICIPANT_NOT_FOUND");
    hand_over(&world, &room, &room.hana, &elsewhere).await.refused(404, "PARTICIPANT_NOT_FOUND");

    for (body, code) in [
        (json!({"role": "owner"}), "INVALID_BODY"),
        (json!({"role": "host"}), "INVALID_BODY"),
        (json!({"role": "viewer", "canDecide": true}), "INVALID_BODY"),
        (json!({"displayName": "Eve"}), "INVALID_BODY"),
    ] {
        world.patch(&room.hana, &path, body).await.refused(400, code);
    }
    world.post(&room.hana, &room.path("host"), json!({})).await.refused(400, "INVALID_BODY");
    let hana = world.participant(&room, "Hana").await;
    for body in [json!({"role": "viewer"}), json!({"canDecide": false})] {
        let own = world.patch(&room.hana, &of(&room, &hana), body).await;
        own.refused(409, "HOST_MUST_HAND_OVER");
    }
    world.delete(&room.hana, &of(&room, &hana)).await.refused(409, "HOST_MUST_HAND_OVER");
    for body in [json!({}), json!({"role": "collaborator", "canDecide": false})] {
        let same = world.patch(&room.hana, &path, body).await.ok(200);
        assert_eq!(same["participant"]["role"], "collaborator");
    }
    hand_over(&world, &room, &room.hana, &hana).await.ok(200);
    assert_eq!(world.transcript(&room).await, before, "nothing happened");
    world.verify().await;
}

#[tokio::test]
async fn nobody_is_changed_who_does_not_take_part_nor_in_a_session_that_has_ended() {
    let world = World::new().await;
    let room = world.room("prompt_with_approval").await;
    let sam = world.join(&room, "Sam").await;
    world.join(&room, "Tess").await;
    world.post(&sam, &room.path("leave"), json!({})).await.ok(200);
    let gone = world.participant(&room, "Sam").await;
    let tess = world.participant(&room, "Tess").await;
    let role = json!({"role": "viewer"});
    for (target, code) in [(&gone, "PARTICIPANT_INACTIVE"), (&tess, "SESSION_INACTIVE")] {
        if code == "SESSION_INACTIVE" {
            world.delete(&room.hana, &room.path("")).await.ok(200);
        }
        world.patch(&room.hana, &of(&room, target), role.clone()).await.refused(409, code);
        world.delete(&room.hana, &of(&room, target)).await.refused(409, code);
        hand_over(&world, &room, &room.hana, target).await.refused(409, code);
    }
    world.verify().await;
}

#[tokio::test]
async fn a_change_of_role_holds_at_once_and_what_was_asked_before_stays() {
    let world = World::new().await;
    let room = world.room("prompt_with_approval").await;
    let sam = world.join(&room, "Sam").await;
    let first = world.prompt(&room, &sam, "one").await;
    let second = world.prompt(&room, &sam, "two").await;
    let path = of(&room, &world.participant(&room, "Sam").await);
    let mut stream = world.follow(&sam, &room.id, None).await;
    let changed = world.patch(&room.hana, &path, json!({"role": "viewer"})).await.ok(200);
    let it = &changed["participant"];
    assert_eq!((&it["role"], &it["accessToken"]), (&json!("viewer"), &json!(null)));
    world.say(&room, &sam, "x").await.refused(403, "COMMENT_NOT_ALLOWED");
    let prompt = world.post(&sam, &room.path("prompts"), json!({"prompt": "x"})).await;
    prompt.refused(403, "PROMPT_NOT_ALLOWED");
    let withdrawn = room.path(&format!("approvals/{}", second["id"].as_str().unwrap()));
    world.delete(&sam, &withdrawn).await.ok(200);
    world.decide(&room, &room.hana, &first, json!({"action": "reject"})).await.ok(200);
    world.settle().await;
    assert_eq!(
        stream.words(),
        ["connected", "participant_updated", "approval_withdrawn", "prompt_rejected"],
        "who watches goes on watching"
    );
    insta::assert_snapshot!(world.transcript(&room).await, @"
    1 0s shared_session_created - prompt_with_approval
    2 0s participant_joined Hana host
    3 0s participant_joined Sam collaborator
    4 0s prompt_pending_approval Sam one
    5 0s prompt_pending_approval Sam two
    6 0s participant_updated Sam viewer
    7 0s approval_withdrawn Sam prompt withdrawn withdrawn
    8 0s prompt_rejected Hana
    ");
    world.verify().await;
}

#[tokio::test]
async fn who_was_granted_it_decides_until_it_is_taken_back_and_never_about_their_own() {
    let world = World::new().await;
    let room = world.room("prompt_with_approval").await;
    let (sam, tess) = (world.join(&room, "Sam").await, world.join(&room, "Tess").await);
    let path = of(&room, &world.participant(&room, "Tess").await);
    let grant = async |body: Value| {
        let changed = world.patch(&room.hana, &path, body).await.ok(200);
        changed["participant"]["canDecide"].as_bool().unwrap()
    };
    let yes = json!({"action": "approve"});
    let first = world.prompt(&room, &sam, "one").await;
    let own = world.prompt(&room, &tess, "mine").await;
    world.decide(&room, &tess, &first, yes.clone()).await.refused(403, "DECISION_NOT_ALLOWED");
    assert!(grant(json!({"canDecide": true})).await);
    world.decide(&room, &tess, &own, yes.clone()).await.refused(403, "DECISION_NOT_ALLOWED");
    world.decide(&room, &tess, &first, yes.clone()).await.ok(200);
    let inbox = world.get(&tess, "/api/approvals").await.ok(200);
    assert_eq!(inbox["approvals"], json!([]));
    let second = world.prompt(&room, &sam, "two").await;
    assert!(!grant(json!({"role": "viewer"})).await, "a viewer does not decide");
    world.decide(&room, &tess, &second, yes.clone()).await.refused(403, "DECISION_NOT_ALLOWED");
    assert!(!grant(json!({"role": "collaborator"})).await, "nor does it come back by itself");
    world.decide(&room, &tess, &second, yes).await.refused(403, "DECISION_NOT_ALLOWED");
    world.verify().await;
}

#[tokio::test]
async fn who_is_removed_is_out_at_once_with_what_they_asked_and_the_invite_they_came_by() {
    let mut world = World::new().await;
    let room = world.room("prompt_with_approval").await;
    let invite = world.invite(&room, json!({"maxUses": 5})).await;
    let body =
        json!({"inviteToken": invite["token"], "displayName": "Sam", "credential": "cookie"});
    let sam = world.post(&Caller::Nobody, &room.path("join"), body.clone()).await.cookie().unwrap();
    let theo = world.user("Theo").await;
    world.post(&theo, &room.path("join"), json!({"inviteToken": room.invite})).await.ok(201);
    world.prompt(&room, &sam, "one").await;
    world.prompt(&room, &theo, "two").await;
    world.prompt(&room, &sam, "three").await;
    let mut streams = Vec::new();
    for caller in [&sam, &theo, &room.hana] {
        streams.push(world.follow(caller, &room.id, None).await);
    }
    let path = of(&room, &world.participant(&room, "Sam").await);
    let removed = world.delete(&room.hana, &path).await.ok(200);
    assert_eq!(removed["participant"]["leftReason"], "removed");
    let again = world.delete(&room.hana, &path).await.ok(200);
    assert_eq!(again, removed, "removed twice is removed");
    world.settle().await;
    assert_eq!(streams[0].words(), ["connected", "participant_removed", "end removed"]);
    assert!(streams[0].is_over());
    let told = [
        "connected",
        "participant_removed",
        "approval_withdrawn",
        "approval_withdrawn",
        "invite_revoked",
    ];
    assert_eq!(streams[1].words(), told);

    for path in ["", "participants", "messages", "approvals", "events", "stream"] {
        world.get(&sam, &room.path(path)).await.refused(409, "PARTICIPANT_INACTIVE");
    }
    world.say(&room, &sam, "x").await.refused(409, "PARTICIPANT_INACTIVE");
    for caller in [&sam, &Caller::Nobody] {
        let back = world.post(caller, &room.path("join"), body.clone()).await;
        back.refused(403, "INVITE_REVOKED");
    }
    // An account too: only another invite lets them in, as somebody new.
    let path = of(&room, &world.participant(&room, "Theo").await);
    world.delete(&room.hana, &path).await.ok(200);
    let back = json!({"inviteToken": room.invite});
    world.post(&theo, &room.path("join"), back).await.refused(403, "INVITE_REVOKED");
    world.get(&theo, &room.path("")).await.refused(409, "PARTICIPANT_INACTIVE");
    world.settle().await;
    assert_eq!(streams[1].words(), ["participant_removed", "end removed"]);
    assert!(!streams[2].is_over());
    world.restart().await;
    world.get(&sam, &room.path("")).await.refused(409, "PARTICIPANT_INACTIVE");
    insta::assert_snapshot!(world.transcript(&room).await, @"
    1 0s shared_session_created - prompt_with_approval
    2 0s participant_joined Hana host
    3 0s invite_created - collaborator
    4 0s participant_joined Sam collaborator
    5 0s participant_joined Theo collaborator
    6 0s prompt_pending_approval Sam one
    7 0s prompt_pending_approval Theo two
    8 0s prompt_pending_approval Sam three
    9 0s participant_removed Sam collaborator removed
    10 0s approval_withdrawn Sam prompt withdrawn author_removed
    11 0s approval_withdrawn Sam prompt withdrawn author_removed
    12 0s invite_revoked - collaborator
    13 0s participant_removed Theo collaborator removed
    14 0s approval_withdrawn Theo prompt withdrawn author_removed
    15 0s invite_revoked - collaborator
    ");
    world.verify().await;
}

#[tokio::test]
async fn the_host_hands_over_to_anybody_who_takes_part_and_stays_as_a_collaborator() {
    let mut world = World::new().await;
    let mut room = world.room("prompt_with_approval").await;
    let sam = world.join(&room, "Sam").await;
    let theo = world.user("Theo").await;
    world.post(&theo, &room.path("join"), json!({"inviteToken": room.invite})).await.ok(201);
    let approval = world.prompt(&room, &sam, "one").await;
    let (heir, guest) =
        (world.participant(&room, "Theo").await, world.participant(&room, "Sam").await);
    let changed = hand_over(&world, &room, &room.hana, &heir).await.ok(200);
    assert_eq!(changed["session"]["hostUserId"], heir["userId"]);
    world.restart().await;
    room.laptop.connect(&world).await;

    let hana = world.participant(&room, "Hana").await;
    assert_eq!((&hana["role"], &hana["canDecide"]), (&json!("collaborator"), &json!(false)));
    let yes = json!({"action": "approve"});
    let denied = world.decide(&room, &room.hana, &approval, yes.clone()).await;
    denied.refused(403, "DECISION_NOT_ALLOWED");
    world.delete(&room.hana, &room.path("")).await.refused(403, "HOST_REQUIRED");
    for (caller, n) in [(&room.hana, 0), (&theo, 1)] {
        let inbox = world.get(caller, "/api/approvals").await.ok(200);
        assert_eq!(inbox["approvals"].as_array().unwrap().len(), n);
    }
    world.decide(&room, &theo, &approval, yes).await.ok(200);
    let prompt = room.laptop.accepts().await;
    room.laptop.succeeds(&prompt).await;
    // What is shared is still hers.
    let path = format!("/api/agent-sessions/{}", room.agent);
    world.get(&room.hana, &path).await.ok(200);
    world.get(&theo, &path).await.refused(404, "HOST_SESSION_NOT_FOUND");

    // A guest may be host too, and hand back.
    let changed = hand_over(&world, &room, &theo, &guest).await.ok(200);
    assert_eq!(changed["session"]["hostUserId"], guest["userId"]);
    let leave = world.post(&sam, &room.path("leave"), json!({})).await;
    leave.refused(409, "HOST_MUST_HAND_OVER");
    hand_over(&world, &room, &sam, &hana).await.ok(200);
    world.post(&sam, &room.path("leave"), json!({})).await.ok(200);
    world.delete(&room.hana, &room.path("")).await.ok(200);
    insta::assert_snapshot!(world.transcript(&room).await, @"
    1 0s shared_session_created - prompt_with_approval
    2 0s participant_joined Hana host
    3 0s participant_joined Sam collaborator
    4 0s participant_joined Theo collaborator
    5 0s prompt_pending_approval Sam one
    6 0s participant_updated Hana collaborator
    7 0s host_changed Theo host
    8 0s prompt_approved Theo
    9 0s prompt_dispatch_started - sending
    10 0s agent_session_updated - running
    11 0s prompt_dispatch_completed - succeeded end_turn
    12 0s agent_session_updated - idle
    13 0s participant_updated Theo collaborator
    14 0s host_changed Sam host
    15 0s participant_updated Sam collaborator
    16 0s host_changed Hana host
    17 0s participant_left Sam collaborator left
    18 0s session_closed Hana closed
    ");
    world.verify().await;
}

#[tokio::test]
async fn a_former_host_who_is_removed_does_not_come_back_by_the_invites_they_made() {
    let world = World::new().await;
    let room = world.room("prompt_with_approval").await;
    let ben = world.join(&room, "Ben").await;
    let heir = world.participant(&room, "Ben").await;
    let own = world.invite(&room, json!({"maxUses": 5})).await;
    world.post(&room.hana, &room.path("host"), json!({"participantId": heir["id"]})).await.ok(200);
    let former = of(&room, &world.participant(&room, "Hana").await);
    world.delete(&ben, &former).await.ok(200);
    for token in [&json!(room.invite), &own["token"]] {
        let body = json!({"inviteToken": token});
        for caller in [&room.hana, &Caller::Nobody] {
            let back = world.post(caller, &room.path("join"), body.clone()).await;
            back.refused(403, "INVITE_REVOKED");
        }
    }
    world.verify().await;
}
