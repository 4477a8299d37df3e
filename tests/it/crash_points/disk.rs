//! C18: the disk is full. Nothing happens that could not be stored, and all of it goes on once there is space again.

use std::time::Duration;

use axum::http::Method;
use serde_json::json;
use tokio::time;
use wardroom::Code;

use super::{asked, count, running, states, success};
use crate::world::World;

#[tokio::test]
async fn c18_a_prompt_that_cannot_be_stored_is_refused_and_reads_go_on() {
    let world = World::new().await;
    let room = world.room("prompt_with_approval").await;
    let sam = world.join(&room, "Sam").await;
    let before = world.transcript(&room).await;
    world.fill_disk("insert on approvals");
    let body = json!({"prompt": "hello"});
    let send = async || {
        let request = world.request(&sam, Method::POST, &room.path("prompts"));
        request.key("the same key").json(&body).send().await
    };
    for _ in 0..2 {
        let refused = send().await.refused(507, "DISK_FULL");
        assert_eq!(refused["hint"], "free some space; nothing was stored");
        world.get(&sam, &room.path("")).await.ok(200);
        world.say(&room, &sam, "what fits is still stored").await.ok(201);
    }
    assert_eq!(count(&world, "prompt_pending_approval"), 0);
    world.free_disk();
    let answer = send().await;
    assert_eq!(answer.header("idempotent-replay"), None);
    answer.ok(202);
    assert!(world.transcript(&room).await.starts_with(&before));
    assert_eq!(count(&world, "prompt_pending_approval"), 1);
    world.verify().await;
}

#[tokio::test]
async fn c18_a_decision_that_cannot_be_stored_was_not_made() {
    let world = World::new().await;
    let (mut room, _, approval) = asked(&world).await;
    world.fill_disk("insert on dispatches");
    let yes = json!({"action": "approve", "digest": approval["digest"]});
    world.decide(&room, &room.hana, &approval, yes).await.refused(507, "DISK_FULL");
    world.settle().await;
    assert_eq!(world.approval(&room, &approval).await, approval);
    assert!(room.laptop.waiting().is_empty());
    world.free_disk();
    world.approve(&room, &approval).await;
    let prompt = room.laptop.accepts().await;
    room.laptop.succeeds(&prompt).await;
    insta::assert_snapshot!(world.transcript_after(&room, 4).await, @"
    5 0s prompt_approved Hana
    6 0s prompt_dispatch_started - sending
    7 0s agent_session_updated - running
    8 0s prompt_dispatch_completed - succeeded end_turn
    9 0s agent_session_updated - idle
    ");
    world.verify().await;
}

#[tokio::test]
async fn c18_a_claim_that_cannot_be_stored_is_tried_again_and_the_prompt_is_sent_once_there_is_space()
 {
    let world = World::new().await;
    let mut room = world.room("prompt_direct").await;
    world.fill_disk("update of leases on dispatches");
    world.prompt(&room, &room.hana, "hello").await;
    world.settle().await;
    assert_eq!(states(&world), "queued");
    assert!(room.laptop.waiting().is_empty());
    world.free_disk();
    a_second_later(&world).await;
    let prompt = room.laptop.accepts().await;
    room.laptop.succeeds(&prompt).await;
    assert_eq!(count(&world, "prompt_dispatch_started"), 1);
    world.verify().await;
}

#[tokio::test]
async fn c18_an_intent_that_cannot_be_stored_is_not_told_and_is_tried_again_once_a_second() {
    let world = World::new().await;
    let mut room = world.room("prompt_direct").await;
    world.fill_disk("update of sent_digest on dispatches");
    world.prompt(&room, &room.hana, "hello").await;
    for _ in 0..4 {
        room.laptop.opens().await;
        world.settle().await;
        assert!(
            room.laptop.waiting().is_empty(),
            "the host is not told, and not asked at once again"
        );
        a_second_later(&world).await;
    }
    assert_eq!(count(&world, "prompt_dispatch_started"), 0);
    world.free_disk();
    let prompt = room.laptop.accepts().await;
    room.laptop.succeeds(&prompt).await;
    let leases: i64 = world.look("select leases from dispatches");
    assert_eq!((states(&world).as_str(), leases), ("succeeded", 1), "a full disk is not its fault");
    assert_eq!(count(&world, "prompt_dispatch_started"), 1);
    world.verify().await;
}

#[tokio::test]
async fn c18_an_agent_that_started_on_a_full_disk_costs_its_prompt_nothing() {
    let world = World::new().await;
    let mut room = world.room("prompt_direct").await;
    world.fill_disk("update of open_instance on agent_sessions");
    world.prompt(&room, &room.hana, "hello").await;
    for _ in 0..4 {
        room.laptop.opens().await;
        world.settle().await;
        assert!(room.laptop.waiting().is_empty(), "it is not asked at once again");
        a_second_later(&world).await;
    }
    world.free_disk();
    let prompt = room.laptop.accepts().await;
    room.laptop.succeeds(&prompt).await;
    let leases: i64 = world.look("select leases from dispatches");
    assert_eq!((states(&world).as_str(), leases), ("succeeded", 1));
    world.verify().await;
}

#[tokio::test]
async fn c18_a_claim_that_could_not_be_given_back_is_not_taken_from_the_next_process_of_the_host() {
    let world = World::new().await;
    let mut room = world.room("prompt_direct").await;
    world.prompt(&room, &room.hana, "hello").await;
    let (_unanswered, _open) = room.laptop.next().await;
    world.fill_disk("update of state on dispatches when new.state = 'queued'");
    room.laptop.kill();
    world.settle().await;
    assert_eq!(states(&world), "leased");
    world.free_disk();
    room.laptop.connect(&world).await;
    world.settle().await;
    a_second_later(&world).await;
    assert_eq!(room.laptop.waiting(), ["open"], "it is claimed for this one, once");
    let prompt = room.laptop.accepts().await;
    room.laptop.succeeds(&prompt).await;
    assert_eq!(count(&world, "prompt_dispatch_started"), 1);
    world.verify().await;
}

#[tokio::test]
async fn c18_an_update_that_cannot_be_stored_is_not_acknowledged_and_comes_again() {
    let world = World::new().await;
    let (mut room, prompt) = running(&world).await;
    world.fill_disk("insert on events when new.type = 'host_session_update'");
    let update = room.laptop.saying(room.agent, "hello");
    for _ in 0..2 {
        let refused = room.laptop.call::<()>(update.clone()).await.unwrap_err();
        assert_eq!(refused.code, Code::DiskFull, "the host keeps it and sends it again");
    }
    world.free_disk();
    for _ in 0..2 {
        room.laptop.call::<()>(update.clone()).await.unwrap();
    }
    room.laptop.succeeds(&prompt).await;
    insta::assert_snapshot!(world.transcript_after(&room, 4).await, @"
    5 0s agent_session_updated - running
    6 0s host_session_update - agent_message_chunk hello
    7 0s prompt_dispatch_completed - succeeded end_turn
    8 0s agent_session_updated - idle
    ");
    world.verify().await;
}

#[tokio::test]
async fn c18_a_report_that_cannot_be_stored_is_kept_at_the_host() {
    let world = World::new().await;
    let (mut room, prompt) = running(&world).await;
    world.fill_disk("update of state on dispatches when new.state = 'succeeded'");
    let report = room.laptop.report(&prompt, success());
    let refused = room.laptop.call::<()>(report.clone()).await.unwrap_err();
    assert_eq!((refused.code, states(&world).as_str()), (Code::DiskFull, "running"));
    world.free_disk();
    room.laptop.call::<()>(report).await.unwrap();
    insta::assert_snapshot!(world.transcript_after(&room, 4).await, @"
    5 0s agent_session_updated - running
    6 0s prompt_dispatch_completed - succeeded end_turn
    7 0s agent_session_updated - idle
    ");
    world.verify().await;
}

#[tokio::test]
async fn c18_what_happens_while_the_file_cannot_be_used_is_stored_once_it_can() {
    let world = World::new().await;
    let (mut room, prompt) = running(&world).await;
    world.break_file();
    let answer = world.say(&room, &room.hana, "hello?").await;
    answer.refused(500, "INTERNAL");
    for call in [room.laptop.saying(room.agent, "hello"), room.laptop.report(&prompt, success())] {
        let refused = room.laptop.call::<()>(call).await.unwrap_err();
        assert_eq!(refused.code, Code::Internal, "the host keeps it and sends it again");
    }
    room.laptop.disconnect();
    world.settle().await;
    world.mend_file();
    a_second_later(&world).await;
    world.pass(Duration::from_mins(10)).await;
    insta::assert_snapshot!(world.transcript_after(&room, 4).await, @"
    5 0s agent_session_updated - running
    6 0s host_disconnected laptop
    7 0s agent_session_updated - away
    8 600s prompt_dispatch_unknown - unknown
    ");
    world.verify().await;
}

/// Lets a second pass at once, for whatever sleeps in this process.
async fn a_second_later(world: &World) {
    world.settle().await;
    time::pause();
    time::advance(Duration::from_secs(1)).await;
    time::resume();
    world.settle().await;
}
