//! What the settings of an agent do at its host: the mode, resuming, and closing one that is idle.

use wardroom::{
    Code,
    domain::AgentSessionId,
    rpc::calls::{HostCall, Open, Opened, ServerCall},
};

use super::world::{World, open, opening, prompt};

impl World {
    /// Changes the settings of the demo agent.
    fn set(mut self, change: impl FnOnce(&mut wardroom::host::AgentSettings)) -> Self {
        change(self.settings.agents.get_mut("demo").unwrap());
        self
    }
}

#[tokio::test]
async fn an_agent_is_put_into_its_mode_before_its_first_prompt() {
    let mut world = World::new().set(|demo| demo.mode = Some("auto".to_owned()));
    let (_server, mut peer) = world.connected().await;
    let (agent, _) = open(&mut peer, "demo").await;
    prompt(&mut peer, agent, "ask ls").await;
    let told = peer.transcript().await;
    assert!(!told.contains("permission"), "in the mode auto it asks nobody: {told}");
    assert!(told.contains("Done."), "{told}");
    world.stop().await;
}

#[tokio::test]
async fn an_agent_that_has_not_this_mode_is_not_started() {
    let mut world = World::new().set(|demo| demo.mode = Some("yolo".to_owned()));
    let (_server, mut peer) = world.connected().await;
    let refused = peer.call::<Opened>(opening(AgentSessionId::new(), "demo")).await.unwrap_err();
    assert_eq!(refused.code, Code::AgentUnavailable);
    assert!(refused.message.contains("session/set_mode"), "{refused}");
    assert!(refused.message.contains("the modes are ask and auto"), "{refused}");
    world.stop().await;
}

#[tokio::test]
async fn an_agent_that_is_never_resumed_says_so_and_begins_no_new_conversation_in_silence() {
    let mut world = World::new().set(|demo| demo.never_resume = true);
    let (_server, mut peer) = world.connected().await;
    let (agent, opened) = open(&mut peer, "demo").await;
    assert!(!opened.capabilities.iter().any(|it| it == "resume" || it == "load"));
    let close = ServerCall::Close { agent_session_id: agent, if_idle: true };
    peer.call::<()>(close).await.unwrap();
    let again = ServerCall::Open(Open {
        agent_session_id: agent,
        agent: "demo".to_owned(),
        folder: None,
        resume: Some(opened.acp_session_id),
    });
    let refused = peer.call::<Opened>(again).await.unwrap_err();
    assert_eq!(refused.code, Code::AgentUnavailable);
    assert!(refused.message.contains("cannot take up this conversation again"), "{refused}");
    world.stop().await;
}

#[tokio::test]
async fn only_an_agent_that_is_idle_is_closed_for_being_idle() {
    let mut world = World::new();
    let (_server, mut peer) = world.connected().await;
    let (agent, opened) = open(&mut peer, "demo").await;
    let close = ServerCall::Close { agent_session_id: agent, if_idle: true };
    let running = prompt(&mut peer, agent, "hang").await;
    let refused = peer.call::<()>(close.clone()).await.unwrap_err();
    assert_eq!(refused.code, Code::IllegalTransition);
    peer.call::<()>(ServerCall::Cancel { dispatch_id: running }).await.unwrap();
    peer.transcript().await;
    peer.call::<()>(close).await.unwrap();
    let ServerCall::Open(again) = opening(agent, "demo") else { unreachable!() };
    let resume = Some(opened.acp_session_id);
    peer.call::<Opened>(ServerCall::Open(Open { resume, ..again })).await.unwrap();
    prompt(&mut peer, agent, "echo back").await;
    assert!(peer.transcript().await.contains("back"));
    world.stop().await;
}

#[tokio::test]
async fn what_the_server_must_know_of_the_settings_is_in_the_hello() {
    let mut world = World::new().set(|demo| {
        demo.idle_timeout = Some(std::time::Duration::from_mins(5));
        demo.no_human_input = true;
    });
    let (_server, peer) = world.connected().await;
    let offer = &peer.hello.agents[0];
    assert_eq!((offer.idle_timeout_ms, offer.allow_human_input), (Some(300_000), false));
    world.stop().await;
}

#[tokio::test]
async fn drafts_and_events_of_an_agent_are_told_between_what_it_says_in_its_order() {
    let mut world = World::new();
    let (_server, mut peer) = world.connected().await;
    let (agent, _) = open(&mut peer, "demo").await;
    prompt(&mut peer, agent, "draft").await;
    insta::assert_snapshot!(peer.transcript().await, @r#"
    1 available_commands_update
    draft "Settle orders in order" src/checkout/settle.rs,CHANGELOG.md
    2 agent_message_chunk "I have offered a draft for review."
    {"state":"succeeded","stop_reason":"end_turn"}
    "#);
    prompt(&mut peer, agent, "events").await;
    insta::assert_snapshot!(peer.transcript().await, @r#"
    3 {"type":"status_update","message":"Looking at the checkout"}
    4 {"type":"agent_output","stream":"stderr","content":"warning: unused import\n"}
    5 {"type":"waiting_for_input","prompt":"Which branch?"}
    6 {"type":"goal_complete","goalId":"settle-in-order"}
    7 agent_message_chunk "I have told everything."
    {"state":"succeeded","stop_reason":"end_turn"}
    "#);
    world.stop().await;
}

#[tokio::test]
async fn what_an_agent_tells_in_another_shape_is_left_out_and_the_rest_goes_on() {
    let mut world = World::new().scripted("tells");
    let (_server, mut peer) = world.connected().await;
    let (agent, _) = open(&mut peer, "tells").await;
    prompt(&mut peer, agent, "go").await;
    let mut drafts = Vec::new();
    loop {
        let (id, call) = peer.next().await;
        peer.answer(id, &()).await;
        match call {
            HostCall::Draft(draft) => drafts.push(draft.draft_id.to_string()),
            HostCall::Report(_) => break,
            other => panic!("{other:?}"),
        }
    }
    // Told twice by one id it is told twice; the server knows that it is one.
    assert_eq!(drafts, ["01890000-0000-7000-8000-000000000001"; 2]);
    world.stop().await;
}
