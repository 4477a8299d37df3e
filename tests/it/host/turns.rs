//! Prompts, what the agent says, and the reports behind it.

use insta::assert_snapshot;
use wardroom::{
    Code,
    domain::{AgentSessionId, DispatchId},
    rpc::calls::{Accepted, HostCall, ServerCall, TurnState},
};

use super::world::{World, open, opening, prompt, prompting};

#[tokio::test]
async fn a_turn_is_told_in_order_and_its_end_comes_last() {
    let mut world = World::new();
    let (_server, mut peer) = world.connected().await;
    assert_eq!(peer.hello.agents[0].name, "demo");
    let (agent, opened) = open(&mut peer, "demo").await;
    assert!(opened.capabilities.contains(&"resume".to_owned()));
    assert_eq!(opened.folder, world.path("work").canonicalize().unwrap().to_string_lossy());

    prompt(&mut peer, agent, "echo hello").await;
    assert_snapshot!(peer.transcript().await, @r#"
    1 available_commands_update
    2 agent_message_chunk "hello"
    {"state":"succeeded","stop_reason":"end_turn"}
    "#);
    prompt(&mut peer, agent, "fail").await;
    assert_snapshot!(peer.transcript().await, @r#"{"state":"failed","error":"Internal error: it was asked to fail"}"#);
    world.stop().await;
}

#[tokio::test]
async fn chunks_of_one_message_arrive_joined_and_numbered_without_a_gap() {
    let mut world = World::new();
    let (_server, mut peer) = world.connected().await;
    let (agent, _) = open(&mut peer, "demo").await;
    prompt(&mut peer, agent, "long 2000").await;

    let (mut next, mut text, mut updates) = (1, String::new(), 0);
    loop {
        let (id, call) = peer.next().await;
        peer.answer(id, &()).await;
        match call {
            HostCall::Update(batch) => {
                assert_eq!((batch.first, batch.instance), (next, peer.hello.instance));
                next += batch.updates.len() as u64;
                updates += batch.updates.len();
                for update in batch.updates {
                    let update: serde_json::Value = serde_json::from_str(update.get()).unwrap();
                    text += update["update"]["content"]["text"].as_str().unwrap_or_default();
                }
            }
            HostCall::Report(_) => break,
            call => panic!("{call:?}"),
        }
    }
    assert!(text.contains("chunk **2000**"), "{text}");
    assert!(updates < 200, "{updates} updates");
    world.stop().await;
}

#[tokio::test]
async fn a_prompt_reaches_the_agent_once_however_often_it_is_sent() {
    let mut world = World::new();
    let (_server, mut peer) = world.connected().await;
    let (agent, _) = open(&mut peer, "demo").await;
    let dispatch = DispatchId::new();
    let call = prompting(dispatch, agent, "echo once");
    for _ in 0..3 {
        let accepted: Accepted = peer.call(call.clone()).await.unwrap();
        assert!(matches!(accepted.state, TurnState::Running | TurnState::Succeeded { .. }));
    }
    peer.transcript().await;
    let accepted: Accepted = peer.call(call).await.unwrap();
    assert_eq!(accepted.state, TurnState::Succeeded { stop_reason: "end_turn".to_owned() });
    assert_eq!(std::fs::read_to_string(world.receipts()).unwrap().lines().count(), 1);
    world.stop().await;
}

#[tokio::test]
async fn a_prompt_that_cannot_be_handed_over_is_refused_and_not_remembered() {
    let mut world = World::new();
    let (_server, mut peer) = world.connected().await;
    let agent = AgentSessionId::new();
    let early = prompting(DispatchId::new(), agent, "echo early");
    assert_eq!(
        peer.call::<Accepted>(early.clone()).await.unwrap_err().code,
        Code::AgentUnavailable
    );

    peer.call::<serde_json::Value>(opening(agent, "demo")).await.unwrap();
    let ServerCall::Prompt(mut other) = early.clone() else { unreachable!() };
    other.text = "echo something else".to_owned();
    let refusal = peer.call::<Accepted>(ServerCall::Prompt(other)).await.unwrap_err();
    assert_eq!(refusal.code, Code::DigestMismatch);

    let accepted: Accepted = peer.call(early).await.unwrap();
    assert_eq!(accepted.state, TurnState::Running);
    peer.transcript().await;
    world.stop().await;
}

#[tokio::test]
async fn one_turn_runs_at_a_time() {
    let mut world = World::new();
    let (_server, mut peer) = world.connected().await;
    let (agent, _) = open(&mut peer, "demo").await;
    let running = prompt(&mut peer, agent, "hang").await;
    let second = prompting(DispatchId::new(), agent, "echo second");
    assert_eq!(peer.call::<Accepted>(second).await.unwrap_err().code, Code::IllegalTransition);
    peer.call::<()>(ServerCall::Cancel { dispatch_id: running }).await.unwrap();
    assert_snapshot!(peer.transcript().await, @r#"
    1 available_commands_update
    {"state":"cancelled","stop_reason":"cancelled"}
    "#);
    world.stop().await;
}

#[tokio::test]
async fn what_the_host_does_not_know_passes_through_as_the_agent_wrote_it() {
    let mut world = World::new().scripted("odd");
    let (_server, mut peer) = world.connected().await;
    let (agent, _) = open(&mut peer, "odd").await;
    prompt(&mut peer, agent, "go").await;
    let mut raw = Vec::new();
    let state = loop {
        let (id, call) = peer.next().await;
        peer.answer(id, &()).await;
        match call {
            HostCall::Update(batch) => {
                raw.extend(batch.updates.iter().map(|update| update.get().to_owned()));
            }
            HostCall::Report(report) => break report.state,
            call => panic!("{call:?}"),
        }
    };
    assert_eq!(
        raw,
        [
            r#"{"sessionId":"child", "update":{"sessionUpdate":"of_the_future","n":1.50,"n":2,"u":"\u00e9"}}"#,
            r#"{"shape":"unknown"}"#,
            // What it got when it asked for a file.
            r#"{"sessionId":"s","update":{"sessionUpdate":"agent_message_chunk","content":{"type":"text","text":"-32601"}}}"#,
        ]
    );
    assert_eq!(state, TurnState::Succeeded { stop_reason: "a_reason_of_its_own".to_owned() });
    world.stop().await;
}
