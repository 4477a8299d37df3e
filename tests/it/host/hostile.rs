//! Agents that want their host to choke on what they say.

use insta::assert_snapshot;
use wardroom::{domain::AgentSessionId, rpc::calls::Opened};

use super::world::{World, open, opening, prompt};

#[tokio::test]
async fn whatever_an_agent_makes_huge_or_deep_never_makes_a_frame_that_the_server_does_not_take() {
    let mut world = World::new().scripted("huge");
    let (_server, mut peer) = world.connected().await;
    let (agent, opened) = open(&mut peer, "huge").await;
    assert_eq!((opened.agent_name.len(), opened.agent_version.len()), (200, 200));
    prompt(&mut peer, agent, "go").await;
    let told = peer.transcript().await.replace(&"x".repeat(200), "<200 x>");
    assert_snapshot!(told, @r#"
    1 agent_message_chunk "short"
    2  in_progress
    3 agent_message_chunk "spaces"
    4 agent_message_chunk "-32602"
    {"state":"succeeded","stop_reason":"<200 x>"}
    "#);
    world.stop().await;
}

#[tokio::test]
async fn a_conversation_whose_name_is_too_long_is_not_begun_and_the_reason_is_said() {
    let mut world = World::new().scripted("huge-session");
    let (_server, mut peer) = world.connected().await;
    let call = opening(AgentSessionId::new(), "huge-session");
    let refused = peer.call::<Opened>(call).await.unwrap_err();
    assert!(
        refused.message.ends_with("its name for the session is longer than 1 KiB"),
        "{refused}"
    );
    drop(peer);
    world.stop().await;
}
