//! What waits for whom, and the lists of what was decided.

use serde_json::{Value, json};

use crate::world::{Caller, World};

#[tokio::test]
async fn an_inbox_holds_what_its_owner_may_decide_oldest_first_across_sessions() {
    let world = World::new().await;
    let hana = world.user("Hana").await;
    let one = world.room_of(&hana, json!({})).await;
    let two = world.room_of(&hana, json!({})).await;
    let other = world.room_of(&world.user("Theo").await, json!({})).await;
    let (sam, tess) = (world.join(&one, "Sam").await, world.join(&two, "Tess").await);
    let guest = world.join(&other, "Sam").await;
    world.prompt(&one, &sam, "1").await;
    world.prompt(&two, &tess, "2").await;
    world.prompt(&other, &guest, "x").await;
    world.prompt(&one, &sam, "3").await;
    let prompts = async |caller: &Caller, query: &str| {
        let inbox = world.get(caller, &format!("/api/approvals{query}")).await.ok(200);
        let texts: Vec<Value> =
            inbox["approvals"].as_array().unwrap().iter().map(|it| it["prompt"].clone()).collect();
        (Value::from(texts), inbox["nextCursor"].clone())
    };
    assert_eq!(prompts(&hana, "?status=pending").await, (json!(["1", "2", "3"]), json!(null)));
    let (page, next) = prompts(&hana, "?limit=2").await;
    assert_eq!(page, json!(["1", "2"]));
    let query = format!("?limit=2&cursor={}", next.as_str().unwrap());
    assert_eq!(prompts(&hana, &query).await, (json!(["3"]), json!(null)));
    for caller in [&sam, &tess, &world.ada] {
        assert_eq!(prompts(caller, "").await.0, json!([]), "reading is not deciding");
    }
    world.get(&Caller::Nobody, "/api/approvals").await.refused(401, "UNAUTHENTICATED");
    world.delete(&hana, &one.path("")).await.ok(200);
    assert_eq!(prompts(&hana, "").await.0, json!(["2"]));
    world.verify().await;
}

#[tokio::test]
async fn what_waits_for_others_is_listed_to_those_who_take_part_and_may_not_decide_it() {
    let world = World::new().await;
    let room = world.room("prompt_with_approval").await;
    let (sam, tess) = (world.join(&room, "Sam").await, world.join(&room, "Tess").await);
    let vic = world.join_as(&room, json!({"role": "viewer", "displayName": "Vic"})).await;
    world.sql("update participants set can_decide = 1 where display_name = 'Tess'").unwrap();
    for (who, text) in [(&sam, "1"), (&tess, "2"), (&sam, "3")] {
        world.prompt(&room, who, text).await;
    }
    let prompts = async |caller: &Caller, query: &str| {
        let path = format!("/api/approvals?status=others{query}");
        let inbox = world.get(caller, &path).await.ok(200);
        assert_eq!(inbox["dispatches"], json!([]));
        let texts: Vec<Value> =
            inbox["approvals"].as_array().unwrap().iter().map(|it| it["prompt"].clone()).collect();
        (Value::from(texts), inbox["nextCursor"].clone())
    };
    for caller in [&sam, &vic] {
        assert_eq!(prompts(caller, "").await, (json!(["1", "2", "3"]), json!(null)));
    }
    assert_eq!(prompts(&tess, "").await.0, json!(["2"]), "her own, which she does not decide");
    assert_eq!(prompts(&room.hana, "").await.0, json!([]), "a host decides all of it");
    assert_eq!(prompts(&world.ada, "").await.0, json!([]), "reading is not taking part");
    let (page, next) = prompts(&sam, "&limit=2").await;
    assert_eq!(page, json!(["1", "2"]));
    let query = format!("&limit=2&cursor={}", next.as_str().unwrap());
    assert_eq!(prompts(&sam, &query).await, (json!(["3"]), json!(null)));
    world.post(&vic, &room.path("leave"), json!({})).await.ok(200);
    assert_eq!(prompts(&vic, "").await.0, json!([]), "who has left is told nothing more");
    world.delete(&room.hana, &room.path("")).await.ok(200);
    assert_eq!(prompts(&sam, "").await.0, json!([]), "what has ended waits no more");
    world.verify().await;
}

#[tokio::test]
async fn the_approvals_of_a_session_are_listed_newest_first_by_state_and_kind() {
    let world = World::new().await;
    let mut room = world.room("prompt_with_approval").await;
    let sam = world.join(&room, "Sam").await;
    let mut all = Vec::new();
    for text in ["a", "b", "c"] {
        all.push(world.prompt(&room, &sam, text).await);
    }
    world.approve(&room, &all[0]).await;
    let (id, _) = room.laptop.prompted().await;
    room.laptop.refuse(id, &wardroom::Code::DigestMismatch.into());
    world.decide(&room, &room.hana, &all[1], json!({"action": "reject"})).await.ok(200);
    world.settle().await;
    let list = async |query: &str| {
        let found = world.get(&sam, &room.path(&format!("approvals{query}"))).await.ok(200);
        let texts = found["approvals"].as_array().unwrap().iter();
        texts
            .map(|it| {
                format!("{} {}", it["prompt"].as_str().unwrap(), it["status"].as_str().unwrap())
            })
            .collect::<Vec<_>>()
    };
    assert_eq!(list("").await, ["c pending", "b rejected", "a failed"]);
    assert_eq!(list("?status=pending").await, ["c pending"]);
    assert_eq!(list("?status=rejected").await, ["b rejected"]);
    assert_eq!(list("?status=failed").await, ["a failed"]);
    assert_eq!(list("?status=approved").await, Vec::<String>::new());
    assert_eq!(list("?kind=prompt&limit=1").await, ["c pending"]);
    assert_eq!(list("?kind=permission").await, Vec::<String>::new());
    world.verify().await;
}

#[tokio::test]
async fn what_waits_no_more_is_listed_newest_first_to_those_who_might_have_decided_it() {
    let world = World::new().await;
    let room = world.room("prompt_with_approval").await;
    let (sam, tess) = (world.join(&room, "Sam").await, world.join(&room, "Tess").await);
    world.sql("update participants set can_decide = 1 where display_name = 'Tess'").unwrap();
    let mut all = Vec::new();
    for text in ["a", "b", "c"] {
        all.push(world.prompt(&room, &sam, text).await);
    }
    world.prompt(&room, &tess, "mine").await;
    world.decide(&room, &room.hana, &all[0], json!({"action": "reject"})).await.ok(200);
    world.decide(&room, &tess, &all[2], json!({"action": "reject"})).await.ok(200);
    let resolved = async |caller: &Caller, query: &str| {
        let path = format!("/api/approvals?status=resolved{query}");
        let page = world.get(caller, &path).await.ok(200);
        assert_eq!(page["dispatches"], json!([]));
        let rows = page["approvals"].as_array().unwrap().iter();
        let text = |it: &Value, key: &str| it[key].as_str().unwrap().to_owned();
        let rows = rows.map(|it| format!("{} {}", text(it, "prompt"), text(it, "status")));
        (rows.collect::<Vec<_>>(), page["nextCursor"].clone())
    };
    assert_eq!(resolved(&room.hana, "").await.0, ["c rejected", "a rejected"]);
    let (first, next) = resolved(&room.hana, "&limit=1").await;
    assert_eq!(first, ["c rejected"]);
    let query = format!("&limit=1&cursor={}", next.as_str().unwrap());
    assert_eq!(resolved(&room.hana, &query).await, (vec!["a rejected".to_owned()], json!(null)));
    for caller in [&sam, &world.ada] {
        assert_eq!(resolved(caller, "").await.0, [""; 0], "reading is not deciding");
    }
    // Also when nobody decided, and when the session has ended; never one's own prompts, unless one is the host.
    world.delete(&room.hana, &room.path("")).await.ok(200);
    let all = ["mine expired", "c rejected", "b expired", "a rejected"];
    assert_eq!(resolved(&room.hana, "").await.0, all);
    assert_eq!(resolved(&tess, "").await.0, all[1..]);
    world.get(&room.hana, "/api/approvals?status=approved").await.refused(400, "INVALID_BODY");
    world.verify().await;
}
