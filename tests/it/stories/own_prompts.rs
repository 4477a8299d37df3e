//! Whose prompt it is: a person's, whatever seats of a session they have held one after the other.

use serde_json::{Value, json};

use crate::world::{Caller, Room, World};

/// Theo by his account, and Sam by the cookie of his browser.
async fn two(world: &World, room: &Room) -> [Caller; 2] {
    let theo = world.user("Theo").await;
    world.post(&theo, &room.path("join"), json!({"inviteToken": room.invite})).await.ok(201);
    let joined = world.post(&Caller::Nobody, &room.path("join"), by_cookie(room)).await;
    [theo, joined.cookie().unwrap()]
}

fn by_cookie(room: &Room) -> Value {
    json!({"inviteToken": room.invite, "displayName": "Sam", "credential": "cookie"})
}

/// They leave and come back, as somebody new whom the host lets decide; the path of their new seat.
async fn come_back(world: &World, room: &Room, who: &Caller) -> String {
    world.post(who, &room.path("leave"), json!({})).await.ok(200);
    let joined = world.post(who, &room.path("join"), by_cookie(room)).await.ok(201);
    let path =
        room.path(&format!("participants/{}", joined["participant"]["id"].as_str().unwrap()));
    world.patch(&room.hana, &path, json!({"canDecide": true})).await.ok(200);
    path
}

#[tokio::test]
async fn nobody_decides_their_own_prompt_from_another_seat_and_they_may_take_it_back() {
    let world = World::new().await;
    let room = world.room("prompt_with_approval").await;
    for who in two(&world, &room).await {
        let own = world.prompt(&room, &who, "mine").await;
        let path = format!("/api/approvals/{}", own["id"].as_str().unwrap());
        let mut inbox = world.follow_path(&who, "/api/inbox/stream", "").await.ok().unwrap();
        come_back(&world, &room, &who).await;
        let other = world.prompt(&room, &world.join(&room, "Kim").await, "theirs").await;
        let yes = json!({"action": "approve"});
        let refused = world.decide(&room, &who, &own, yes.clone()).await;
        refused.refused(403, "DECISION_NOT_ALLOWED");
        world
            .patch(&who, &path, json!({"expiresInMinutes": 2880}))
            .await
            .refused(403, "DECISION_NOT_ALLOWED");
        let listed = world.get(&who, "/api/approvals").await.ok(200);
        let listed: Vec<_> = listed["approvals"].as_array().unwrap().iter().collect();
        assert_eq!(listed.len(), 1);
        assert_eq!(listed[0]["id"], other["id"]);
        world.settle().await;
        let told = inbox.words().join(" ");
        assert!(!told.contains("mine"), "{told}");
        world.decide(&room, &who, &other, yes).await.ok(200);
        let path = room.path(&format!("approvals/{}", own["id"].as_str().unwrap()));
        let taken_back = world.delete(&who, &path).await.ok(200);
        assert_eq!(taken_back["approval"]["status"], "withdrawn");
        let resolved = world.get(&who, "/api/approvals?status=resolved").await.ok(200);
        let resolved = resolved["approvals"].as_array().unwrap();
        assert!(resolved.iter().all(|it| it["id"] != own["id"]), "nor was it theirs to decide");
        assert!(resolved.iter().any(|it| it["id"] == other["id"]));
    }
    world.verify().await;
}

#[tokio::test]
async fn who_came_back_stops_the_turn_of_their_own_prompt() {
    let world = World::new().await;
    let mut room = world.room("prompt_direct").await;
    let [theo, sam] = two(&world, &room).await;
    for (own, foreign) in [(&theo, &sam), (&sam, &theo)] {
        let sent = world.prompt(&room, own, "mine").await;
        let prompt = room.laptop.accepts().await;
        come_back(&world, &room, own).await;
        let refused = world.act(&room, foreign, &sent["dispatch"], "cancel").await;
        refused.refused(403, "HOST_REQUIRED");
        world.act(&room, own, &sent["dispatch"], "cancel").await.ok(200);
        assert_eq!(room.laptop.cancels().await, prompt.dispatch_id);
        room.laptop.succeeds(&prompt).await;
    }
    world.verify().await;
}

#[tokio::test]
async fn to_leave_and_come_back_gives_nobody_more_prompts_than_they_had() {
    let world = World::new().await;
    let room = world.room("prompt_with_approval").await;
    for who in two(&world, &room).await {
        for n in 0..5 {
            world.prompt(&room, &who, &n.to_string()).await;
        }
        come_back(&world, &room, &who).await;
        let more = world.post(&who, &room.path("prompts"), json!({"prompt": "more"})).await;
        more.refused(429, "RATE_LIMITED");
    }
    world.verify().await;
}

#[tokio::test]
async fn of_who_is_sent_out_also_what_they_asked_from_an_earlier_seat_is_withdrawn() {
    let world = World::new().await;
    let room = world.room("prompt_with_approval").await;
    let kim = world.join(&room, "Kim").await;
    let theirs = world.prompt(&room, &kim, "theirs").await;
    for who in two(&world, &room).await {
        let own = world.prompt(&room, &who, "mine").await;
        let seat = come_back(&world, &room, &who).await;
        world.delete(&room.hana, &seat).await.ok(200);
        // The invite they came by has ended with them, and the next one comes back by it.
        world.sql("update invites set revoked_at = null").unwrap();
        assert_eq!(world.approval(&room, &own).await["status"], "withdrawn");
    }
    assert_eq!(world.approval(&room, &theirs).await["status"], "pending");
}
