//! What the open inbox of an owner hears of a draft that nobody shares, and of its way into a session.

use serde_json::{Value, json};

use crate::world::{Caller, Follower, Machine, World, letter, work};

/// Hana, whose agent has offered a draft that nobody shares, and what her inbox has told of it.
async fn waiting(world: &World) -> (Caller, Machine, Value, Follower, Value) {
    let hana = world.user("Hana").await;
    let mut laptop = Machine::new(&hana);
    laptop.connect(world).await;
    let agent = world.agent(&hana, &mut laptop).await;
    let stream = world.follow_path(&hana, "/api/inbox/stream", "").await;
    let mut stream = stream.unwrap_or_else(|it| panic!("{}", it.text));
    laptop.call::<()>(letter(agent, "Mine")).await.unwrap();
    let told = change(world, &mut stream).await;
    assert_eq!(told["approvals"][0]["action"], "Mine");
    (hana, laptop, json!(agent), stream, told["approvals"][0].clone())
}

/// What the inbox was told last.
async fn change(world: &World, stream: &mut Follower) -> Value {
    world.settle().await;
    let frame = stream.take().pop().expect("it is told something");
    assert_eq!(frame.json["type"], "inbox_changed");
    frame.json["payload"].clone()
}

#[tokio::test]
async fn each_word_about_an_unshared_draft_is_told_to_its_owners_inbox_and_never_its_diffs() {
    let world = World::new().await;
    let (hana, _laptop, _, mut stream, draft) = waiting(&world).await;
    let path = format!("/api/approvals/{}", draft["id"].as_str().unwrap());
    let one = json!({"action": "approve", "artifactUri": "a.md"});
    world.post(&hana, &path, one).await.ok(200);
    let told = change(&world, &mut stream).await;
    assert_eq!(told["gone"], json!([]));
    let artifacts = &told["approvals"][0]["draft"]["artifacts"];
    assert_eq!(
        (&artifacts[0]["decision"], &artifacts[1]["decision"]),
        (&json!("approved"), &json!(null))
    );
    world.post(&hana, &path, json!({"action": "approve"})).await.ok(200);
    let told = change(&world, &mut stream).await;
    assert_eq!(told["gone"], json!([draft["id"]]));
    let last = &told["approvals"][0];
    assert_eq!(last["status"], "approved");
    for artifact in last["draft"]["artifacts"].as_array().unwrap() {
        assert_eq!((&artifact["diff"], &artifact["diffBytes"]), (&json!(null), &json!(5)));
    }
    world.verify().await;
}

#[tokio::test]
async fn a_draft_that_is_shared_and_decided_at_once_is_gone_from_its_owners_inbox() {
    let world = World::new().await;
    let (hana, _laptop, agent, mut stream, draft) = waiting(&world).await;
    let (app, known) = (world.app().clone(), world.known(&hana).await);
    let share = {
        let new = serde_json::from_value(json!({"hostSessionId": agent})).unwrap();
        let (app, known) = (app.clone(), known.clone());
        work(async move { app.create_session(&known, new, None).await })
    };
    let decide = {
        let (no, id) =
            (json!({"action": "reject"}), draft["id"].as_str().unwrap().parse().unwrap());
        let no = serde_json::from_value(no).unwrap();
        work(async move { app.decide(&known, None, id, no, None).await })
    };
    world.hold_after(vec![share, decide]).await.release();
    let told = change(&world, &mut stream).await;
    assert_eq!(told["gone"], json!([draft["id"]]));
    let last = &told["approvals"][0];
    assert_eq!(last["status"], "rejected");
    assert!(last["sharedSessionId"].is_string(), "it was decided there");
    world.verify().await;
}
