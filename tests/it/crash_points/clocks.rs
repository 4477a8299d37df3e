//! C19 and C20: the clock jumps, and a session ends while its queue moves.

use std::time::Duration;

use serde_json::{Value, json};
use tokio::time::timeout;

use super::{asked, states, success};
use crate::world::{Caller, Room, Work, World, work};

#[tokio::test]
async fn c19_the_clock_jumps_by_years_and_the_order_is_that_of_the_numbers() {
    let mut world = World::new().await;
    let mut room = world.room_with(json!({"expiresInMinutes": 525_600})).await;
    let sam = world.join(&room, "Sam").await;
    let begun = world.clock().now();
    let old = world.prompt(&room, &sam, "too late").await;
    let invite = world.invite(&room, json!({"role": "viewer"})).await;
    world.pass(Duration::from_hours(48)).await;
    world.restart().await;
    world.clock().set(begun);
    world.restart().await;
    room.laptop.connect(&world).await;
    let late = world.decide(&room, &room.hana, &old, json!({"action": "approve"})).await;
    late.refused(409, "APPROVAL_ALREADY_RESOLVED");
    assert_eq!(world.approval(&room, &old).await["status"], "expired");
    let secret = json!({"inviteToken": invite["token"]});
    world.post(&Caller::Nobody, &room.path("join"), secret).await.ok(201);
    // Ten years back, and a turn that runs from one time into the other.
    world.prompt(&room, &room.hana, "hello").await;
    let prompt = room.laptop.accepts().await;
    world.settle().await;
    world.clock().set(wardroom::domain::Timestamp::from_millis(begun.millis() - 315_360_000_000));
    world.sweep().await;
    room.laptop.says(room.agent, "What year is it?").await;
    room.laptop.reports(&prompt, success()).await;
    insta::assert_snapshot!(world.transcript_after(&room, 3).await, @"
    4 0s prompt_pending_approval Sam too late
    5 0s invite_created - viewer
    6 172800s approval_expired Sam prompt expired deadline
    7 0s participant_joined Guest viewer
    8 0s prompt_approved Hana hello
    9 0s prompt_dispatch_started - sending
    10 0s agent_session_updated - running
    11 -315360000s host_session_update - agent_message_chunk What year is it?
    12 -315360000s prompt_dispatch_completed - succeeded end_turn
    13 -315360000s agent_session_updated - idle
    ");
    let listed = world.get(&room.hana, &room.path("events?after=0&limit=500")).await.ok(200);
    let seqs: Vec<_> = listed["events"].as_array().unwrap().iter().map(|it| &it["seq"]).collect();
    assert_eq!(seqs, (1..=seqs.len()).collect::<Vec<_>>());
    // And far beyond the end of everything.
    world.clock().set(begun.plus(Duration::from_hours(24 * 365 * 50)));
    world.restart().await;
    world.clock().set(begun);
    world.restart().await;
    let shown = world.get(&room.hana, &room.path("")).await.ok(200);
    assert_eq!(shown["session"]["status"], "expired", "what has ended does not come back");
    world.verify().await;
}

#[tokio::test]
async fn c19_the_clock_is_set_back_under_the_sweeper_which_ends_nothing_and_does_not_turn_in_circles()
 {
    let world = World::new().await;
    let room = world.room_with(json!({"expiresInMinutes": 2880})).await;
    let sam = world.join(&room, "Sam").await;
    let approval = world.prompt(&room, &sam, "hello").await;
    let begun = world.clock().now();
    // The approval is due, and then the session too.
    for late in [Duration::from_hours(24), Duration::from_hours(48)] {
        world.clock().set(begun.plus(late));
        let held = world.hold().await;
        let app = world.app().clone();
        let sweeping = tokio::spawn(async move { app.sweep().await });
        // It has seen what is due once it waits for the writer.
        world.readers_are_idle().await;
        world.clock().set(begun);
        held.release();
        timeout(Duration::from_secs(10), sweeping).await.expect("it ends").unwrap().unwrap();
    }
    assert_eq!(world.approval(&room, &approval).await["status"], "pending");
    world.verify().await;
}

/// A session with a prompt that waits, the yes to it, and the close of the session.
async fn yes_and_close(world: &World) -> (Room, Value, Work, Work) {
    let (room, _, approval) = asked(world).await;
    let (hana, id) = (world.known(&room.hana).await, room.session());
    let approved = approval["id"].as_str().unwrap().parse().unwrap();
    let yes = serde_json::from_value(json!({"action": "approve"})).unwrap();
    let (app, by) = (world.app().clone(), hana.clone());
    let yes = work(async move { app.decide(&by, Some(id), approved, yes, None).await });
    let app = world.app().clone();
    (room, approval, yes, work(async move { app.close_session(&hana, id).await }))
}

#[tokio::test]
async fn c20_what_is_approved_just_before_the_close_is_cancelled_with_it() {
    let world = World::new().await;
    let (mut room, approval, yes, close) = yes_and_close(&world).await;
    world.hold_after(vec![yes, close]).await.release();
    world.settle().await;
    assert_eq!(states(&world), "cancelled");
    assert_eq!(world.approval(&room, &approval).await["status"], "approved");
    assert!(room.laptop.waiting().is_empty());
    insta::assert_snapshot!(world.transcript_after(&room, 4).await, @"
    5 0s prompt_approved Hana
    6 0s prompt_dispatch_cancelled - cancelled
    7 0s session_closed Hana closed
    ");
    world.verify().await;
}

#[tokio::test]
async fn c20_what_is_approved_just_after_the_close_has_expired() {
    let world = World::new().await;
    let (mut room, approval, yes, close) = yes_and_close(&world).await;
    world.hold_after(vec![close, yes]).await.release();
    world.settle().await;
    assert_eq!(states(&world), "");
    assert_eq!(world.approval(&room, &approval).await["status"], "expired");
    assert!(room.laptop.waiting().is_empty());
    insta::assert_snapshot!(world.transcript_after(&room, 4).await, @"
    5 0s approval_expired Sam prompt expired session_ended
    6 0s session_closed Hana closed
    ");
    world.verify().await;
}

#[tokio::test]
async fn c20_a_yes_that_still_waits_for_the_writer_when_the_time_is_up_comes_too_late() {
    let world = World::new().await;
    let (mut room, approval, yes, _) = yes_and_close(&world).await;
    let held = world.hold().await;
    world.queue(yes).await;
    world.clock().advance(Duration::from_hours(24));
    held.release();
    world.sweep().await;
    assert_eq!(states(&world), "");
    assert_eq!(world.approval(&room, &approval).await["status"], "expired");
    assert!(room.laptop.waiting().is_empty());
    insta::assert_snapshot!(world.transcript_after(&room, 4).await, @"
    5 86400s approval_expired Sam prompt expired session_ended
    6 86400s session_closed - expired
    ");
    world.verify().await;
}

#[tokio::test]
async fn c20_a_session_ends_while_its_agent_starts_so_the_prompt_is_cancelled_and_never_sent() {
    for ending in ["close", "expiry"] {
        let world = World::new().await;
        let mut room = world.room("prompt_direct").await;
        world.prompt(&room, &room.hana, "hello").await;
        let (id, _open) = room.laptop.next().await;
        world.settle().await;
        assert_eq!(states(&world), "leased");
        if ending == "close" {
            world.post(&room.hana, &room.path("close"), json!({})).await.ok(200);
        } else {
            world.pass(Duration::from_hours(24)).await;
        }
        room.laptop.started(id);
        world.settle().await;
        assert!(room.laptop.waiting().is_empty());
        assert_eq!(states(&world), "cancelled");
        world.verify().await;
    }
}
