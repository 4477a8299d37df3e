//! What an agent asks of people.

use insta::assert_snapshot;
use serde_json::{Value, json};
use wardroom::rpc::calls::{HostCall, Outcome, PermissionRequest, QuestionRequest, ServerCall};

use super::{
    server::Peer,
    world::{World, open, prompt},
};

async fn permission(peer: &mut Peer) -> (u64, PermissionRequest) {
    peer.until(|call| match call {
        HostCall::Permission(request) => Some(request.clone()),
        _ => None,
    })
    .await
}

fn selected(option_id: &str) -> Outcome {
    Outcome::Selected { option_id: option_id.to_owned() }
}

#[tokio::test]
async fn a_permission_waits_for_its_decision_which_the_agent_gets_once() {
    let mut world = World::new();
    let (_server, mut peer) = world.connected().await;
    let (agent, _) = open(&mut peer, "demo").await;
    let dispatch = prompt(&mut peer, agent, "ask make release").await;
    let (id, request) = permission(&mut peer).await;
    assert_eq!((request.agent_session_id, request.dispatch_id), (agent, Some(dispatch)));
    let tool_call: Value = serde_json::from_str(request.tool_call.get()).unwrap();
    assert_eq!(tool_call["title"], "make release");
    assert_eq!(tool_call["rawInput"]["command"], "make release");

    peer.answer(id, &selected("demo-allow-once")).await;
    assert_snapshot!(peer.transcript().await, @r#"
    delivered
    3 call-1-1 in_progress
    4 call-1-1 
    5 call-1-1 
    6 call-1-1 completed
    7 agent_message_chunk "Done."
    {"state":"succeeded","stop_reason":"end_turn"}
    "#);
    assert_eq!(
        std::fs::read_to_string(world.path("work/wardroom-demo.txt")).unwrap(),
        "make release\n"
    );
    world.stop().await;
}

#[tokio::test]
async fn a_request_survives_the_server_and_is_the_same_one_afterwards() {
    let mut world = World::new();
    let (server, mut peer) = world.connected().await;
    let (agent, _) = open(&mut peer, "demo").await;
    let dispatch = prompt(&mut peer, agent, "ask make release").await;
    let (_, before) = permission(&mut peer).await;
    drop(peer);

    let mut peer = server.host().await;
    assert_eq!(peer.hello.open.requests, [before.request_id]);
    assert_eq!(peer.hello.open.dispatches, [dispatch]);
    assert_eq!(peer.hello.open.agent_sessions, [agent]);
    let (id, after) = permission(&mut peer).await;
    assert_eq!(after.request_id, before.request_id);
    peer.answer(id, &selected("demo-allow-once")).await;
    peer.transcript().await;
    assert_eq!(
        std::fs::read_to_string(world.path("work/wardroom-demo.txt")).unwrap(),
        "make release\n"
    );
    world.stop().await;
}

#[tokio::test]
async fn kinds_and_ids_of_an_agents_own_are_offered_and_answered() {
    let mut world = World::new().scripted("asks");
    let (_server, mut peer) = world.connected().await;
    let (agent, _) = open(&mut peer, "asks").await;
    prompt(&mut peer, agent, "go").await;
    let (id, request) = permission(&mut peer).await;
    assert_eq!(request.tool_call.get(), r#"{"toolCallId":"t"}"#);
    let options = serde_json::to_value(&request.options).unwrap();
    assert_eq!(
        options,
        json!([
            {"option_id": "a", "name": "Sure", "kind": "a_kind_of_its_own"},
            {"option_id": "b", "name": "b", "kind": "reject_once"},
        ])
    );
    peer.answer(id, &selected("a")).await;
    let (id, delivered) = peer
        .until(|call| match call {
            HostCall::Delivered(delivered) => Some(delivered.request_id),
            _ => None,
        })
        .await;
    peer.answer(id, &()).await;
    assert_eq!(delivered, request.request_id);
    let said = peer.transcript().await;
    assert!(said.contains(r#"{\"outcome\":\"selected\",\"optionId\":\"a\"}"#), "{said}");
    world.stop().await;
}

#[tokio::test]
async fn an_option_that_was_not_offered_is_as_good_as_cancelled() {
    let mut world = World::new();
    let (_server, mut peer) = world.connected().await;
    let (agent, _) = open(&mut peer, "demo").await;
    prompt(&mut peer, agent, "ask make release").await;
    let (id, _) = permission(&mut peer).await;
    peer.answer(id, &selected("made-up")).await;
    peer.transcript().await;
    assert!(!world.path("work/wardroom-demo.txt").exists());
    world.stop().await;
}

#[tokio::test]
async fn a_question_is_answered_with_its_form() {
    let mut world = World::new();
    let (_server, mut peer) = world.connected().await;
    let (agent, _) = open(&mut peer, "demo").await;
    for outcome in [
        Outcome::Answered { answer: json!({"suite": "unit"}) },
        Outcome::Declined,
        Outcome::Cancelled,
    ] {
        prompt(&mut peer, agent, "form").await;
        let (id, question): (_, QuestionRequest) = peer
            .until(|call| match call {
                HostCall::Question(request) => Some(request.clone()),
                _ => None,
            })
            .await;
        assert_eq!(question.message, "Which tests shall I run?");
        let form: Value = serde_json::from_str(question.request.get()).unwrap();
        assert_eq!(form["requestedSchema"]["required"], json!(["suite"]));
        peer.answer(id, &outcome).await;
        let said = peer.transcript().await;
        let expected = match outcome {
            Outcome::Answered { .. } => "suite: \\\"unit\\\"",
            Outcome::Declined => "You declined to answer.",
            _ => "You dismissed the question.",
        };
        assert!(said.contains(expected), "{said}");
    }
    world.stop().await;
}

#[tokio::test]
async fn cancelling_a_turn_answers_what_waits_in_it_and_takes_it_back() {
    let mut world = World::new();
    let (server, mut peer) = world.connected().await;
    let (agent, _) = open(&mut peer, "demo").await;
    let dispatch_id = prompt(&mut peer, agent, "ask make release").await;
    let (late, _) = permission(&mut peer).await;
    peer.call::<()>(ServerCall::Cancel { dispatch_id }).await.unwrap();
    assert_snapshot!(peer.transcript().await, @r#"
delivered
3 call-1-1 failed
{"state":"cancelled","stop_reason":"cancelled"}
"#);
    peer.answer(late, &selected("demo-allow-once")).await;
    drop(peer);
    let peer = server.host().await;
    assert!(peer.hello.open.requests.is_empty() && peer.hello.open.dispatches.is_empty());
    assert!(!world.path("work/wardroom-demo.txt").exists());
    world.stop().await;
}
