//! One person on several devices, and admins who look in.

use serde_json::json;

use crate::world::{Caller, World};

#[tokio::test]
async fn a_guest_is_one_participant_wherever_their_token_is_and_online_while_any_of_them_watches() {
    let world = World::new().await;
    let room = world.room("prompt_direct").await;
    let sam = world.join(&room, "Sam").await;
    let online = async || world.participant(&room, "Sam").await["online"] == true;
    assert!(!online().await);
    let mut phone = world.follow(&sam, &room.id, None).await;
    let laptop = world.follow(&sam, &room.id, None).await;
    assert!(online().await);
    drop(laptop);
    world.say(&room, &sam, "from the phone").await.ok(201);
    world.settle().await;
    assert!(online().await, "the phone still watches");
    let mut again = world.follow(&sam, &room.id, None).await;
    world.post(&sam, &room.path("leave"), json!({})).await.ok(200);
    world.settle().await;
    for stream in [&mut phone, &mut again] {
        assert_eq!(stream.words().last().unwrap(), "end left");
    }
    assert!(!online().await);
    insta::assert_snapshot!(world.transcript_after(&room, 2).await, @"
    3 0s participant_joined Sam collaborator
    4 0s message_created Sam from the phone
    5 0s participant_left Sam collaborator left
    ");
    world.verify().await;
}

#[tokio::test]
async fn a_guest_who_joins_on_another_device_is_somebody_new() {
    let world = World::new().await;
    let room = world.room("prompt_with_approval").await;
    let body = json!({"inviteToken": room.invite, "displayName": "Sam", "userId": "sam@example.org",
        "credential": "cookie"});
    let join = async || {
        let joined = world.post(&Caller::Nobody, &room.path("join"), body.clone()).await;
        let cookie = joined.cookie().unwrap();
        (cookie, joined.ok(201)["participant"].take())
    };
    let (phone, on_phone) = join().await;
    let (laptop, on_laptop) = join().await;
    assert_ne!(on_phone["id"], on_laptop["id"]);
    assert_eq!(on_laptop["displayName"], "Sam 2");
    let approval = world.prompt(&room, &phone, "mine").await;
    let path = room.path(&format!("approvals/{}", approval["id"].as_str().unwrap()));
    world.delete(&laptop, &path).await.refused(403, "DECISION_NOT_ALLOWED");
    world.delete(&phone, &path).await.ok(200);
    world.verify().await;
}

#[tokio::test]
async fn an_account_is_one_participant_on_every_device_and_gets_no_second_secret() {
    let world = World::new().await;
    let room = world.room("prompt_with_approval").await;
    let theo = world.user("Theo").await;
    let (phone, laptop) = (world.browser(&theo).await, world.browser(&theo).await);
    let body = json!({"inviteToken": room.invite, "credential": "cookie"});
    let mut seats = Vec::new();
    for device in [&phone, &laptop, &theo] {
        let joined = world.post(device, &room.path("join"), body.clone()).await;
        assert!(joined.header("set-cookie").is_none());
        let joined = joined.ok(201);
        assert_eq!(joined["participant"]["accessToken"], json!(null));
        seats.push(joined["participant"]["id"].clone());
    }
    seats.dedup();
    assert_eq!(seats.len(), 1);
    assert_eq!(world.look::<i64>("select uses from invites"), 1);
    let approval = world.prompt(&room, &phone, "mine").await;
    let path = room.path(&format!("approvals/{}", approval["id"].as_str().unwrap()));
    world.delete(&laptop, &path).await.ok(200);
    world.verify().await;
}

#[tokio::test]
async fn an_admin_who_was_sent_out_reads_on_and_may_close_and_nothing_else() {
    let world = World::new().await;
    let room = world.room("prompt_direct").await;
    let body = json!({"inviteToken": room.invite});
    world.post(&world.ada, &room.path("join"), body).await.ok(201);
    let mut stream = world.follow(&world.ada, &room.id, None).await;
    let id = world.participant(&room, "Ada").await["id"].as_str().unwrap().to_owned();
    world.delete(&room.hana, &room.path(&format!("participants/{id}"))).await.ok(200);
    world.say(&room, &room.hana, "alone at last").await.ok(201);
    world.settle().await;
    let told = ["connected", "participant_removed", "invite_revoked", "message_created"];
    assert_eq!(stream.words(), told);
    world.get(&world.ada, &room.path("")).await.ok(200);
    world.say(&room, &world.ada, "x").await.refused(409, "PARTICIPANT_INACTIVE");
    let mode = json!({"mode": "view_only"});
    let denied = world.patch(&world.ada, &room.path(""), mode).await;
    denied.refused(409, "PARTICIPANT_INACTIVE");
    world.delete(&world.ada, &room.path("")).await.ok(200);
    world.settle().await;
    assert_eq!(stream.words(), ["session_closed", "end closed"]);
    insta::assert_snapshot!(world.transcript_after(&room, 3).await, @"
    4 0s participant_removed Ada collaborator removed
    5 0s invite_revoked - collaborator
    6 0s message_created Hana alone at last
    7 0s session_closed - closed
    ");
    world.verify().await;
}
