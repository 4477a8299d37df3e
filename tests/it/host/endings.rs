//! How turns and agents end when they do not end well.

use std::time::Duration;

use insta::assert_snapshot;
use wardroom::rpc::calls::{HostCall, Opened, ServerCall};

use super::world::{World, children, open, opening, prompt, skip};

#[tokio::test]
async fn an_agent_that_is_deaf_to_a_cancel_is_killed() {
    let mut world = World::new();
    let (_server, mut peer) = world.connected().await;
    let (agent, _) = open(&mut peer, "demo").await;
    let dispatch_id = prompt(&mut peer, agent, "deaf all").await;
    let (id, ()) = peer
        .until(|call| match call {
            HostCall::Update(batch) => {
                let said = batch.updates.iter().any(|u| u.get().contains("I hear nothing"));
                said.then_some(())
            }
            _ => None,
        })
        .await;
    peer.answer(id, &()).await;
    peer.call::<()>(ServerCall::Cancel { dispatch_id }).await.unwrap();
    skip(Duration::from_secs(11)).await;
    assert_snapshot!(peer.transcript().await, @r#"
    {"status":"exited","exit_code":null,"stderr":""}
    {"state":"cancelled","stop_reason":"killed"}
    "#);
    assert_eq!(children(), Vec::<String>::new());
    world.stop().await;
}

#[tokio::test]
async fn an_agent_that_crashes_is_known_to_be_gone_before_its_turn_fails_and_its_last_words_go_to_its_owner_only()
 {
    let mut world = World::new();
    let (_server, mut peer) = world.connected().await;
    let (agent, opened) = open(&mut peer, "demo").await;
    prompt(&mut peer, agent, "crash").await;
    let told = peer.transcript().await;
    let (_, end) = told.split_once(r#"{"status""#).expect("it says that the agent is gone");
    assert_snapshot!(end, @r#"
    :"exited","exit_code":3,"stderr":"wardroom-demo: asked to crash\nwardroom-demo: exit code 3\n"}
    {"state":"failed","error":"the agent ended (exit code 3)"}
    "#);

    let again: Opened = peer.call(opening(agent, "demo")).await.unwrap();
    assert_ne!(again.acp_session_id, opened.acp_session_id);
    drop(peer);
    world.stop().await;
}

#[tokio::test]
async fn what_an_agent_left_open_when_it_ended_is_closed() {
    let mut world = World::new().scripted("quits-later");
    let (_server, mut peer) = world.connected().await;
    let (agent, _) = open(&mut peer, "quits-later").await;
    prompt(&mut peer, agent, "go").await;
    assert_snapshot!(peer.transcript().await, @r#"
    1 done completed
    2 left in_progress
    {"status":"exited","exit_code":9,"stderr":""}
    3 left failed
    {"state":"failed","error":"the agent ended (exit code 9)"}
    "#);
    drop(peer);
    world.stop().await;
}

#[tokio::test]
async fn a_login_that_is_missing_fails_the_turn_and_is_a_status() {
    let mut world = World::new();
    let (_server, mut peer) = world.connected().await;
    let (agent, _) = open(&mut peer, "demo").await;
    prompt(&mut peer, agent, "auth").await;
    assert_snapshot!(peer.transcript().await, @r#"
    1 available_commands_update
    {"status":"needs_login","message":"Demo agent needs a login. Demo login: Needs no secret"}
    {"state":"failed","error":"Demo agent needs a login. Demo login: Needs no secret"}
    "#);
    prompt(&mut peer, agent, "echo still here").await;
    assert!(peer.transcript().await.contains("still here"));
    world.stop().await;
}

#[tokio::test]
async fn a_line_without_end_fails_the_turn_and_ends_the_agent() {
    let mut world = World::new().scripted("long-line");
    let (_server, mut peer) = world.connected().await;
    let (agent, _) = open(&mut peer, "long-line").await;
    prompt(&mut peer, agent, "go").await;
    let told = peer.transcript().await;
    let (status, report) = told.split_once('\n').expect("its end, and that of its turn");
    // It is killed, unless it has ended first because nobody reads it.
    assert!(status.starts_with(r#"{"status":"exited""#), "{status}");
    assert_snapshot!(report, @r#"{"state":"failed","error":"the agent wrote a line of more than 4 MiB"}"#);
    world.stop().await;
}

#[tokio::test]
async fn an_agent_that_says_too_much_in_a_turn_is_ended() {
    let mut world = World::new().scripted("storm");
    let (_server, mut peer) = world.connected().await;
    let (agent, _) = open(&mut peer, "storm").await;
    prompt(&mut peer, agent, "go").await;
    let mut updates = 0;
    let state = loop {
        let (id, call) = peer.next().await;
        peer.answer(id, &()).await;
        match call {
            HostCall::Update(batch) => updates += batch.updates.len(),
            HostCall::Status(_) => {}
            HostCall::Report(report) => break report.state,
            call => panic!("{call:?}"),
        }
    };
    assert!((50_000..70_000).contains(&updates), "{updates}");
    assert_snapshot!(serde_json::to_string(&state).unwrap(), @r#"{"state":"failed","error":"the agent wrote more than 64 MiB in one turn"}"#);
    world.stop().await;
}

#[tokio::test]
async fn closing_an_agent_session_in_a_turn_ends_both() {
    let mut world = World::new();
    let (_server, mut peer) = world.connected().await;
    let (agent, _) = open(&mut peer, "demo").await;
    prompt(&mut peer, agent, "hang").await;
    let close = peer.begin(ServerCall::Close { agent_session_id: agent, if_idle: false }).await;
    let told = peer.transcript().await;
    assert!(told.ends_with(r#"{"state":"cancelled","stop_reason":"killed"}"#), "{told}");
    peer.end::<()>(close).await.unwrap();
    assert_eq!(children(), Vec::<String>::new());
    peer.call::<()>(ServerCall::Close { agent_session_id: agent, if_idle: false }).await.unwrap();
    world.stop().await;
}
