//! Who is told of a draft when and where, and what is kept of that.

use axum::http::Method;
use serde_json::{Value, json};

use super::drafts::letters;
use crate::world::{Machine, World, letter};

/// The summaries of the drafts that somebody is listed.
async fn listed(world: &World, who: &crate::world::Caller, agent: &Value) -> Vec<String> {
    let path = format!("/api/agent-sessions/{}/drafts", agent.as_str().unwrap());
    let list = world.get(who, &path).await.ok(200)["approvals"].take();
    let action = |it: &Value| it["action"].as_str().unwrap().to_owned();
    list.as_array().unwrap().iter().map(action).collect()
}

#[tokio::test]
async fn an_owner_who_was_sent_out_of_a_session_is_told_nothing_more_of_its_drafts() {
    let world = World::new().await;
    let room = world.room("prompt_direct").await;
    let mut letters = letters();
    letters["draftId"] = json!(room.agent);
    let offered = world.offer(&room, &room.hana, letters.clone()).await.ok(201);
    let draft = json!({"id": offered["draft"]["approvalId"]});
    let agent = json!(room.agent);
    let theo = world.user("Theo").await;
    world.post(&theo, &room.path("join"), json!({"inviteToken": room.invite})).await.ok(201);
    let heir = world.participant(&room, "Theo").await["id"].take();
    let former = world.participant(&room, "Hana").await["id"].take();
    world.post(&room.hana, &room.path("host"), json!({"participantId": heir})).await.ok(200);
    assert_eq!(listed(&world, &room.hana, &agent).await, ["Letters"]);
    let path = room.path(&format!("participants/{}", former.as_str().unwrap()));
    world.delete(&theo, &path).await.ok(200);
    world.decide(&room, &theo, &draft, json!({"action": "reject", "reason": "no"})).await.ok(200);
    let path = format!("/api/approvals/{}", draft["id"].as_str().unwrap());
    world.get(&room.hana, &path).await.refused(404, "APPROVAL_NOT_FOUND");
    assert_eq!(listed(&world, &room.hana, &agent).await, [] as [&str; 0]);
    assert_eq!(listed(&world, &world.ada, &agent).await, ["Letters"], "an admin reads");
    let again = world.offer(&room, &room.hana, letters).await.ok(201);
    assert_eq!(again, offered, "nor by offering one of them again");
    // What is offered once that session is over is theirs again.
    world.delete(&theo, &room.path("")).await.ok(200);
    let mut laptop = room.laptop;
    laptop.call::<()>(letter(room.agent, "Another")).await.unwrap();
    assert_eq!(listed(&world, &room.hana, &agent).await, ["Another"]);
    world.verify().await;
}

#[tokio::test]
async fn a_draft_that_waited_is_shown_whole_to_the_session_that_shares_it() {
    let world = World::new().await;
    let hana = world.user("Hana").await;
    let mut laptop = Machine::new(&hana);
    laptop.connect(&world).await;
    let agent = world.agent(&hana, &mut laptop).await;
    laptop.call::<()>(letter(agent, "Mine")).await.unwrap();
    let room = world.share(hana, laptop, agent, json!({})).await;
    let events = world.events(&room).await;
    let shown = events.iter().find(|it| it["type"] == "approval_requested").unwrap();
    let artifacts = &shown["payload"]["approval"]["draft"]["artifacts"];
    assert_eq!((&artifacts[0]["diff"], &artifacts[1]["diff"]), (&json!("+a.md"), &json!("+b.md")));
    world.verify().await;
}

#[tokio::test]
async fn a_draft_that_nobody_shares_is_decided_by_its_own_id_too() {
    let world = World::new().await;
    let hana = world.user("Hana").await;
    let mut laptop = Machine::new(&hana);
    laptop.connect(&world).await;
    let agent = world.agent(&hana, &mut laptop).await;
    laptop.call::<()>(letter(agent, "Mine")).await.unwrap();
    let path = format!("/api/agent-sessions/{agent}/drafts");
    let draft = world.get(&hana, &path).await.ok(200)["approvals"][0]["draft"].take();
    let yes = json!({"type": "approve", "draftId": draft["id"]});
    let path = format!("/api/agent-sessions/{agent}/input");
    let stranger = world.user("Mallory").await;
    world.post(&stranger, &path, yes.clone()).await.refused(404, "HOST_SESSION_NOT_FOUND");
    world.post(&world.ada, &path, yes.clone()).await.refused(403, "DECISION_NOT_ALLOWED");
    assert_eq!(world.post(&hana, &path, yes).await.ok(200)["status"], "approved");
    let prompt = json!({"type": "message", "text": "go on"});
    world.post(&hana, &path, prompt).await.refused(409, "NOT_SHARED");
    world.verify().await;
}

#[tokio::test]
async fn a_key_keeps_the_answer_to_a_decision_without_the_diffs_and_gives_it_back_whole() {
    let world = World::new().await;
    let room = world.room("prompt_direct").await;
    let draft = world.letters(&room).await;
    let path = format!("/api/approvals/{}", draft["id"].as_str().unwrap());
    let say = async || {
        let one = json!({"action": "approve", "artifactUri": "a.md", "digest": draft["digest"]});
        let request = world.request(&room.hana, Method::POST, &path).json(&one);
        request.key("a-key-of-hanas").send().await
    };
    let (first, again) = (say().await, say().await);
    assert_eq!(again.header("idempotent-replay"), Some("true"));
    assert_eq!(first.json, again.json);
    assert_eq!(first.json["approval"]["draft"]["artifacts"][1]["diff"], "+b.md");
    let kept: i64 = world.look("select count(*) from idempotency_keys where answer like '%+b.md%'");
    assert_eq!(kept, 0, "a draft of many artifacts would be kept as often as it has any");
    world.verify().await;
}
