//! The life of an agent session over restarts of the server and of the host, and while the host is away.

use std::{collections::BTreeSet, time::Duration};

use serde_json::json;
use wardroom::rpc::calls::{Accepted, ServerCall, TurnState};

use crate::world::World;
use crate::world::{running, states};

#[tokio::test]
async fn elapsed_time_leaves_out_pauses_and_stops_at_the_end_also_over_restarts() {
    let mut world = World::new().await;
    let room = world.room_with(json!({"expiresInMinutes": 10_000})).await;
    let path = format!("/api/agent-sessions/{}", room.agent);
    let minutes = async |world: &World, life: &str, minutes: u64, elapsed: u64| {
        if !life.is_empty() {
            world.goes(&room, life).await;
        }
        world.pass(Duration::from_mins(minutes)).await;
        let it = world.get(&room.hana, &path).await.ok(200);
        assert_eq!(it["agentSession"]["elapsedSeconds"], json!(60 * elapsed), "{life}");
    };
    minutes(&world, "", 10, 10).await;
    minutes(&world, "paused", 5, 10).await;
    world.restart().await;
    minutes(&world, "", 5, 10).await;
    minutes(&world, "active", 7, 17).await;
    minutes(&world, "paused", 30, 17).await;
    minutes(&world, "completed", 60, 17).await;
    world.restart().await;
    minutes(&world, "", 60, 17).await;
}

#[tokio::test]
async fn a_pause_and_its_queue_outlive_the_server_and_the_host() {
    let mut world = World::new().await;
    let mut room = world.room("prompt_direct").await;
    world.goes(&room, "paused").await;
    world.prompt(&room, &room.hana, "held").await;
    world.restart().await;
    room.laptop.connect(&world).await;
    world.settle().await;
    assert!(room.laptop.waiting().is_empty());
    room.laptop.kill();
    world.settle().await;
    room.laptop.connect(&world).await;
    world.settle().await;
    assert!(room.laptop.waiting().is_empty());
    world.goes(&room, "active").await;
    let prompt = room.laptop.accepts().await;
    assert_eq!(prompt.text, "held");
    room.laptop.succeeds(&prompt).await;
    world.verify().await;
}

#[tokio::test]
async fn what_was_aborted_while_its_host_was_away_is_closed_when_the_host_is_back() {
    let mut world = World::new().await;
    let (mut room, prompt) = running(&world).await;
    room.laptop.disconnect();
    world.settle().await;
    world.goes(&room, "aborted").await;
    world.restart().await;
    let mut hello = room.laptop.hello();
    hello.open.agent_sessions.push(room.agent);
    hello.open.dispatches.push(prompt.dispatch_id);
    room.laptop.try_connect(&world, hello).await.unwrap();
    // A host may hear of a cancel twice: it is told again after the prompt, in case that came later.
    let mut told = BTreeSet::new();
    while told.len() < 3 {
        let (id, call) = room.laptop.next().await;
        told.insert(match call {
            ServerCall::Prompt(again) => {
                assert_eq!(again.dispatch_id, prompt.dispatch_id, "asked about, not sent");
                let state = TurnState::Running;
                room.laptop.answer(id, &Accepted { state });
                "asked"
            }
            ServerCall::Cancel { .. } => {
                room.laptop.answer(id, &());
                "cancelled"
            }
            ServerCall::Close { if_idle: false, .. } => {
                room.laptop.answer(id, &());
                "closed"
            }
            other => panic!("{other:?}"),
        });
    }
    assert_eq!(told, BTreeSet::from(["asked", "cancelled", "closed"]));
    let killed = TurnState::Cancelled { stop_reason: "killed".to_owned() };
    room.laptop.reports(&prompt, killed).await;
    assert_eq!(states(&world), "cancelled");
    world.verify().await;
}

#[tokio::test]
async fn an_unknown_prompt_is_not_tried_again_in_an_agent_session_that_is_over() {
    let world = World::new().await;
    let (mut room, prompt) = running(&world).await;
    room.laptop.kill();
    world.settle().await;
    room.laptop.connect(&world).await;
    world.settle().await;
    assert_eq!(states(&world), "unknown");
    world.goes(&room, "completed").await;
    let lost = json!({"id": prompt.dispatch_id});
    world.act(&room, &room.hana, &lost, "retry").await.refused(409, "ILLEGAL_TRANSITION");
    world.act(&room, &room.hana, &lost, "mark_done").await.ok(200);
    world.verify().await;
}

#[tokio::test]
async fn what_was_aborted_before_its_host_was_told_is_not_sent_when_the_host_is_back() {
    let mut world = World::new().await;
    let mut room = world.room("prompt_direct").await;
    world.stop_at("prompt_dispatch_started");
    let (caller, session) = (world.known(&room.hana).await, room.session());
    let app = world.app().clone();
    let sent = async move { app.submit_prompt(&caller, session, "delete everything", None).await };
    world.queue(crate::world::work(sent)).await;
    room.laptop.opens().await;
    world.stopped().await;
    world.restart().await;
    assert_eq!(states(&world), "sending", "the host was not told");
    world.goes(&room, "aborted").await;
    room.laptop.connect(&world).await;
    world.settle().await;
    while !room.laptop.waiting().is_empty() {
        let (id, call) = room.laptop.next().await;
        assert!(!matches!(call, ServerCall::Prompt(_)), "it is told now: {call:?}");
        room.laptop.answer(id, &());
        world.settle().await;
    }
    assert_eq!(states(&world), "cancelled");
    world.verify().await;
}
