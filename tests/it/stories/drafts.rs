//! Drafts: offered once, decided artifact by artifact, with reasons, or all of the rest at once.

use std::time::Duration;

use serde_json::{Value, json};
use wardroom::{
    Code,
    domain::{DraftId, NewArtifact},
    rpc::calls::{DraftOffer, HostCall},
};

use crate::world::running;
use crate::world::{Answer, Caller, Room, World};

/// Three artifacts.
pub(super) fn letters() -> Value {
    let artifact =
        |uri: &str| json!({"uri": uri, "summary": "A letter", "diff": format!("+{uri}")});
    json!({"summary": "Letters", "artifacts": [artifact("a.md"), artifact("b.md"), artifact("c.md")]})
}

impl World {
    /// Offers a draft of the agent session of a room.
    pub(super) async fn offer(&self, room: &Room, who: &Caller, draft: Value) -> Answer {
        self.post(who, &format!("/api/agent-sessions/{}/drafts", room.agent), draft).await
    }

    /// The approval of the letters.
    pub(super) async fn letters(&self, room: &Room) -> Value {
        let offered = self.offer(room, &room.hana, letters()).await.ok(201);
        self.approval(room, &json!({"id": offered["draft"]["approvalId"]})).await
    }

    /// Decides one artifact.
    pub(super) async fn judge(
        &self,
        room: &Room,
        draft: &Value,
        action: &str,
        uri: &str,
    ) -> Answer {
        let decision = json!({"action": action, "artifactUri": uri, "digest": draft["digest"],
            "reason": if action == "approve" { "" } else { "too long" }});
        self.decide(room, &room.hana, draft, decision).await
    }
}

/// What is said of each artifact, in order.
fn said(approval: &Value) -> Vec<&str> {
    let artifacts = approval["draft"]["artifacts"].as_array().unwrap();
    artifacts.iter().map(|it| it["decision"].as_str().unwrap_or("-")).collect()
}

#[tokio::test]
async fn each_artifact_is_decided_for_itself_and_the_draft_when_all_are() {
    let world = World::new().await;
    let (mut room, prompt) = running(&world).await;
    let draft = world.letters(&room).await;
    assert_eq!(
        (draft["kind"].as_str(), draft["status"].as_str()),
        (Some("draft"), Some("pending"))
    );
    let first = world.judge(&room, &draft, "approve", "b.md").await.ok(200);
    assert_eq!(said(&first["approval"]), ["-", "approved", "-"]);
    let discussed = world.judge(&room, &draft, "discuss", "a.md").await.ok(200);
    assert_eq!(said(&discussed["approval"]), ["discuss", "approved", "-"]);
    assert_eq!(discussed["approval"]["status"], "pending", "what is discussed is open");
    world.judge(&room, &draft, "reject", "c.md").await.ok(200);
    let last = world.judge(&room, &draft, "approve", "a.md").await.ok(200);
    assert_eq!(said(&last["approval"]), ["approved", "approved", "rejected"]);
    let status = &last["approval"]["status"];
    assert_eq!(status, "rejected", "approved is what is approved whole");
    // The agent does not wait for it.
    room.laptop.succeeds(&prompt).await;
    insta::assert_snapshot!(world.transcript_after(&room, 5).await, @"
    6 0s approval_requested - draft pending
    7 0s draft_ready - Letters
    8 0s artifact_decided Hana b.md approved
    9 0s artifact_decided Hana a.md discuss too long
    10 0s artifact_decided Hana c.md rejected too long
    11 0s artifact_decided Hana a.md approved
    12 0s approval_resolved Hana draft rejected
    13 0s prompt_dispatch_completed - succeeded end_turn
    14 0s agent_session_updated - idle
    ");
    world.verify().await;
}

#[tokio::test]
async fn one_decision_is_for_all_that_are_open() {
    let world = World::new().await;
    let room = world.room("prompt_with_approval").await;
    for (action, outcome, said_of_rest) in
        [("approve", "approved", "approved"), ("reject", "rejected", "rejected")]
    {
        let draft = world.letters(&room).await;
        world.judge(&room, &draft, "approve", "b.md").await.ok(200);
        world.judge(&room, &draft, "discuss", "c.md").await.ok(200);
        let rest = json!({"action": action, "reason": "enough of it"});
        let decided =
            world.decide(&room, &room.hana, &draft, rest).await.ok(200)["approval"].take();
        assert_eq!(said(&decided), [said_of_rest, "approved", said_of_rest]);
        assert_eq!(
            (&decided["status"], &decided["reason"]),
            (&json!(outcome), &json!("enough of it"))
        );
    }
    insta::assert_snapshot!(world.transcript_after(&room, 2).await, @"
    3 0s approval_requested - draft pending
    4 0s draft_ready - Letters
    5 0s artifact_decided Hana b.md approved
    6 0s artifact_decided Hana c.md discuss too long
    7 0s approval_resolved Hana draft approved enough of it
    8 0s approval_requested - draft pending
    9 0s draft_ready - Letters
    10 0s artifact_decided Hana b.md approved
    11 0s artifact_decided Hana c.md discuss too long
    12 0s approval_resolved Hana draft rejected enough of it
    ");
    world.verify().await;
}

#[tokio::test]
async fn the_first_decision_on_an_artifact_wins_and_the_same_again_changes_nothing() {
    let world = World::new().await;
    let room = world.room("comment_only").await;
    let draft = world.letters(&room).await;
    let uma = world.join(&room, "Uma").await;
    world.sql("update participants set can_decide = 1 where display_name = 'Uma'").unwrap();
    world.judge(&room, &draft, "approve", "a.md").await.ok(200);
    let before = world.transcript(&room).await;
    world.judge(&room, &draft, "approve", "a.md").await.ok(200);
    for action in ["reject", "discuss"] {
        let other = world.judge(&room, &draft, action, "a.md").await;
        let row = other.refused(409, "APPROVAL_ALREADY_RESOLVED")["details"]["approval"].take();
        assert_eq!(said(&row), ["approved", "-", "-"], "who was first can be shown");
    }
    let hers = json!({"action": "approve", "artifactUri": "a.md"});
    let late = world.decide(&room, &uma, &draft, hers).await;
    late.refused(409, "APPROVAL_ALREADY_RESOLVED");
    assert_eq!(world.transcript(&room).await, before);
    // Two who may decide share the work.
    let hers = json!({"action": "approve", "artifactUri": "b.md"});
    world.decide(&room, &uma, &draft, hers).await.ok(200);
    let rest = json!({"action": "approve"});
    for _ in 0..2 {
        world.decide(&room, &room.hana, &draft, rest.clone()).await.ok(200);
    }
    let no = world.decide(&room, &uma, &draft, json!({"action": "reject"})).await;
    no.refused(409, "APPROVAL_ALREADY_RESOLVED");
    world.verify().await;
}

#[tokio::test]
async fn a_decision_that_fits_no_draft_is_refused_and_so_is_one_on_something_else() {
    let world = World::new().await;
    let room = world.room("prompt_with_approval").await;
    let sam = world.join(&room, "Sam").await;
    let draft = world.letters(&room).await;
    let prompt = world.prompt(&room, &sam, "hello").await;
    let before = world.transcript(&room).await;
    for (decision, status, code) in [
        (json!({"action": "discuss"}), 400, "INVALID_ACTION"),
        (json!({"action": "approve", "optionId": "yes"}), 400, "INVALID_ACTION"),
        (json!({"action": "approve", "editedPrompt": "x"}), 400, "INVALID_ACTION"),
        (json!({"action": "approve", "answer": {}}), 400, "INVALID_ACTION"),
        (json!({"action": "approve", "artifactUri": "z.md"}), 404, "NOT_FOUND"),
        (json!({"action": "approve", "digest": "0".repeat(64)}), 409, "DIGEST_MISMATCH"),
        (json!({"action": "postpone"}), 400, "INVALID_BODY"),
    ] {
        world.decide(&room, &room.hana, &draft, decision).await.refused(status, code);
    }
    for decision in [
        json!({"action": "discuss"}),
        json!({"action": "approve", "artifactUri": "a.md"}),
        json!({"action": "discuss", "artifactUri": "a.md"}),
    ] {
        let answer = world.decide(&room, &room.hana, &prompt, decision).await;
        answer.refused(400, "INVALID_ACTION");
    }
    let yes = json!({"action": "approve"});
    world.decide(&room, &sam, &draft, yes).await.refused(403, "DECISION_NOT_ALLOWED");
    assert_eq!(world.transcript(&room).await, before);
    world.verify().await;
}

#[tokio::test]
async fn a_draft_that_is_none_is_refused_and_only_its_owner_and_its_host_offer_one() {
    let world = World::new().await;
    let room = world.room("prompt_with_approval").await;
    let sam = world.join(&room, "Sam").await;
    let stranger = world.user("Mallory").await;
    let before = world.transcript(&room).await;
    let one = |uri: &str| json!({"uri": uri});
    let many: Vec<_> = (0..201).map(|n| one(&n.to_string())).collect();
    let large = json!({"uri": "a", "diff": "x".repeat(512 * 1024)});
    for (draft, status, code) in [
        (json!({"summary": "x", "artifacts": []}), 400, "INVALID_BODY"),
        (json!({"summary": " ", "artifacts": [one("a")]}), 400, "INVALID_BODY"),
        (json!({"summary": "x", "artifacts": [one("")]}), 400, "INVALID_BODY"),
        (json!({"summary": "x", "artifacts": [one("a"), one("a")]}), 400, "INVALID_BODY"),
        (json!({"summary": "x", "artifacts": [{"uri": "a", "text": "x"}]}), 400, "INVALID_BODY"),
        (json!({"summary": "x", "artifacts": [one("a")], "draftId": "1"}), 400, "INVALID_BODY"),
        (json!({"summary": "x\u{202e}y", "artifacts": [one("a")]}), 400, "TEXT_NOT_ALLOWED"),
        (json!({"summary": "x", "artifacts": [one("a\u{7}")]}), 400, "TEXT_NOT_ALLOWED"),
        (json!({"summary": "x", "artifacts": many}), 413, "TOO_LARGE"),
        (json!({"summary": "x", "artifacts": [large]}), 413, "TOO_LARGE"),
    ] {
        world.offer(&room, &room.hana, draft).await.refused(status, code);
    }
    world.offer(&room, &sam, letters()).await.refused(401, "UNAUTHENTICATED");
    world.offer(&room, &stranger, letters()).await.refused(404, "HOST_SESSION_NOT_FOUND");
    world.offer(&room, &world.ada, letters()).await.refused(403, "HOST_REQUIRED");
    let read = world.scoped(&room.hana, "read").await;
    world.offer(&room, &read, letters()).await.refused(403, "HOST_REQUIRED");
    assert_eq!(world.transcript(&room).await, before);
    let runs = world.scoped(&room.hana, "host").await;
    world.offer(&room, &runs, letters()).await.ok(201);
    world.delete(&room.hana, &room.path("")).await.ok(200);
    world.offer(&room, &room.hana, letters()).await.refused(409, "NOT_SHARED");
    world.verify().await;
}

#[tokio::test]
async fn a_draft_that_is_offered_twice_is_one() {
    let mut world = World::new().await;
    let mut room = world.room("prompt_with_approval").await;
    let mut draft = letters();
    draft["draftId"] = json!(DraftId::new());
    let first = world.offer(&room, &room.hana, draft.clone()).await.ok(201);
    world
        .judge(&room, &json!({"id": first["draft"]["approvalId"]}), "approve", "a.md")
        .await
        .ok(200);
    let before = world.transcript(&room).await;
    draft["summary"] = json!("Other letters");
    let again = world.offer(&room, &room.hana, draft.clone()).await.ok(201);
    assert_eq!(again["draft"]["summary"], "Letters", "what is there is not changed");
    assert_eq!(again["draft"]["artifacts"][0]["decision"], "approved");

    // The host keeps its draft until it is acknowledged, and tells it again after a reconnect.
    let artifacts =
        vec![NewArtifact { uri: "x".into(), summary: String::new(), diff: String::new() }];
    let (draft_id, summary) = (DraftId::new(), "One more".to_owned());
    let offer =
        HostCall::Draft(DraftOffer { draft_id, agent_session_id: room.agent, summary, artifacts });
    assert_eq!(world.transcript(&room).await, before);
    world.stop_at("draft_ready");
    room.laptop.begin(&offer);
    world.stopped().await;
    world.restart().await;
    room.laptop.connect(&world).await;
    room.laptop.call::<()>(offer.clone()).await.unwrap();
    assert_eq!(world.look::<i64>("select count(*) from drafts"), 2);

    // Nobody else's draft is taken for one's own.
    let mallory = world.user("Mallory").await;
    let other = world.room_of(&mallory, json!({})).await;
    draft["draftId"] = json!(draft_id);
    world.offer(&other, &mallory, draft).await.refused(404, "HOST_SESSION_NOT_FOUND");
    let mut theirs = other.laptop;
    let stolen = theirs.call::<()>(offer).await.unwrap_err();
    assert_eq!(stolen.code, Code::HostSessionNotFound);
    world.verify().await;
}

#[tokio::test]
async fn a_draft_expires_with_its_time_and_its_session_and_stays_when_its_agent_session_ends() {
    let world = World::new().await;
    let room = world.room_with(json!({"expiresInMinutes": 5000})).await;
    let old = world.letters(&room).await;
    world.judge(&room, &old, "approve", "a.md").await.ok(200);
    world.pass(Duration::from_hours(24)).await;
    let late = world.judge(&room, &old, "approve", "b.md").await;
    let row = late.refused(409, "APPROVAL_ALREADY_RESOLVED")["details"]["approval"].take();
    assert_eq!((row["status"].as_str(), said(&row)), (Some("expired"), vec!["approved", "-", "-"]));
    let kept = world.letters(&room).await;
    world.change(&room, &room.hana, json!({"life": "aborted"})).await.ok(200);
    world.judge(&room, &kept, "approve", "a.md").await.ok(200);
    world.delete(&room.hana, &room.path("")).await.ok(200);
    let ended = world.approval(&room, &kept).await;
    assert_eq!((&ended["status"], &ended["reason"]), (&json!("expired"), &json!("session_ended")));
    world.verify().await;
}

#[tokio::test]
async fn no_more_drafts_are_taken_than_people_can_look_at() {
    let world = World::new().await;
    let room = world.room("prompt_with_approval").await;
    for _ in 0..50 {
        world.offer(&room, &room.hana, letters()).await.ok(201);
    }
    world.offer(&room, &room.hana, letters()).await.refused(429, "RATE_LIMITED");
    world.verify().await;
}

#[tokio::test]
async fn plain_sql_tells_what_was_said_about_each_artifact_and_by_whom() {
    let world = World::new().await;
    let room = world.room("prompt_with_approval").await;
    let draft = world.letters(&room).await;
    world.judge(&room, &draft, "reject", "b.md").await.ok(200);
    world.judge(&room, &draft, "approve", "a.md").await.ok(200);
    let rows: String = world.look(
        "select group_concat(draft || ' ' || uri || ' ' || coalesce(decision, '-') || ' ' || coalesce(decider, '-')
         || ' ' || coalesce(reason, '-'), '; ') from v_drafts",
    );
    assert_eq!(
        rows,
        "Letters a.md approved Hana -; Letters b.md rejected Hana too long; Letters c.md - - -"
    );
    let pending: String = world.look("select kind || ' ' || title from v_pending");
    assert_eq!(pending, "draft Letters");
    let timeline: String = world.look(
        "select group_concat(type || ' ' || coalesce(who, '-') || ' ' || coalesce(what, '-') || ' ' || coalesce(state, '-'), '; ')
         from (select * from v_timeline where seq > 2)",
    );
    insta::assert_snapshot!(timeline.replace("; ", "\n"), @"
    approval_requested Claude Letters pending
    draft_ready Claude Letters -
    artifact_decided Hana b.md rejected
    artifact_decided Hana a.md approved
    ");
}

#[tokio::test]
async fn a_draft_tells_its_agent_nothing_whatever_is_said_about_it() {
    let world = World::new().await;
    let (room, _) = running(&world).await;
    let draft = world.letters(&room).await;
    let before = world.transcript(&room).await;
    for decision in [
        json!({"action": "approve", "tellAgent": true}),
        json!({"action": "approve", "reason": "well", "tellAgent": true}),
        json!({"action": "reject", "reason": "too long", "tellAgent": true}),
        json!({"action": "reject", "artifactUri": "a.md", "reason": "x", "tellAgent": true}),
    ] {
        let refused = world.decide(&room, &room.hana, &draft, decision).await;
        refused.refused(400, "INVALID_ACTION");
    }
    assert_eq!(world.transcript(&room).await, before);
    world.verify().await;
}
