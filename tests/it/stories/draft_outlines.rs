//! Drafts travel whole once: where they are offered, and where they are asked for by their id. Everywhere else without
//! their changes.

use serde_json::{Value, json};

use crate::world::{Room, World};

const DIFF: &str = "+what is to be seen once\n";

async fn offered(world: &World, room: &Room) -> Value {
    let artifact = |uri: &str| json!({"uri": uri, "summary": "A letter", "diff": DIFF});
    let draft = json!({"summary": "Letters", "artifacts": [artifact("a.md"), artifact("b.md")]});
    let made = world.offer(room, &room.hana, draft).await.ok(201)["draft"].take();
    assert_eq!(made["artifacts"][1]["diff"], DIFF);
    made
}

/// What is shown of the changes in a draft.
fn shown(draft: &Value) -> Vec<(&Value, &Value)> {
    let artifacts = draft["artifacts"].as_array().unwrap();
    artifacts.iter().map(|it| (&it["diff"], &it["diffBytes"])).collect()
}

fn check_outline(approval: &Value) {
    let (none, bytes) = (json!(null), json!(DIFF.len()));
    assert_eq!(shown(&approval["draft"]), [(&none, &bytes), (&none, &bytes)]);
    assert_eq!(approval["draft"]["artifacts"][0]["summary"], "A letter");
}

#[tokio::test]
async fn lists_and_snapshots_carry_a_draft_without_its_changes_and_its_own_route_with_them() {
    let world = World::new().await;
    let room = world.room("prompt_with_approval").await;
    let mut inbox = world
        .follow_path(&room.hana, "/api/inbox/stream", "")
        .await
        .unwrap_or_else(|it| panic!("{}", it.text));
    let draft = offered(&world, &room).await;
    let path = format!("/api/approvals/{}", draft["approvalId"].as_str().unwrap());
    let whole = world.get(&room.hana, &path).await.ok(200)["approval"].take();
    let (diff, bytes) = (json!(DIFF), json!(DIFF.len()));
    assert_eq!(shown(&whole["draft"]), [(&diff, &bytes), (&diff, &bytes)]);
    for (list, path) in [
        ("approvals", "/api/approvals?status=pending".to_owned()),
        ("approvals", room.path("approvals")),
        ("approvals", room.path("")),
    ] {
        let found = world.get(&room.hana, &path).await.ok(200)[list][0].take();
        check_outline(&found);
        assert_eq!(found["digest"], whole["digest"], "the digest is that of the whole");
    }
    world.settle().await;
    let frames = inbox.take();
    check_outline(&frames.last().unwrap().json["payload"]["approvals"][0]);
    let mut late = world
        .follow_path(&room.hana, "/api/inbox/stream", "")
        .await
        .unwrap_or_else(|it| panic!("{}", it.text));
    world.settle().await;
    check_outline(&late.take().last().unwrap().json["payload"]["approvals"][0]);
    // Who decides by the digest of an outline decides about the whole.
    let yes = json!({"action": "approve", "digest": whole["digest"]});
    world.decide(&room, &room.hana, &whole, yes).await.ok(200);
    let resolved = world.get(&room.hana, "/api/approvals?status=resolved").await.ok(200);
    check_outline(&resolved["approvals"][0]);
}

#[tokio::test]
async fn only_the_event_that_brings_a_draft_carries_its_changes() {
    let world = World::new().await;
    let room = world.room_with(json!({"expiresInMinutes": 5000})).await;
    let sam = world.join(&room, "Sam").await;
    for last in ["approve", "expire"] {
        let draft = offered(&world, &room).await;
        let row = json!({"id": draft["approvalId"]});
        let path = room.path(&format!("approvals/{}/suggestions", row["id"].as_str().unwrap()));
        world.post(&sam, &path, json!({"action": "approve"})).await.ok(200);
        let one = json!({"action": "reject", "artifactUri": "a.md", "reason": "too long"});
        world.decide(&room, &room.hana, &row, one).await.ok(200);
        let path = format!("/api/approvals/{}", row["id"].as_str().unwrap());
        world.patch(&room.hana, &path, json!({"expiresInMinutes": 2880})).await.ok(200);
        if last == "approve" {
            world.decide(&room, &room.hana, &row, json!({"action": "approve"})).await.ok(200);
        }
    }
    world.delete(&room.hana, &room.path("")).await.ok(200);
    let (mut with, mut without) = (Vec::new(), Vec::new());
    for event in world.events(&room).await {
        let kind = event["type"].as_str().unwrap().to_owned();
        let it = &event["payload"];
        if it["approval"]["draft"].is_object() && kind != "approval_requested" {
            check_outline(&it["approval"]);
        }
        let carries = event.to_string().contains(DIFF.trim());
        if carries { with.push(kind) } else { without.push(kind) }
    }
    assert_eq!(with, ["approval_requested"; 2]);
    for kind in [
        "approval_suggested",
        "artifact_decided",
        "approval_extended",
        "approval_resolved",
        "approval_expired",
    ] {
        assert!(without.iter().any(|it| it == kind), "{kind}");
    }
    world.verify().await;
}
