//! What agents remember: old conversations are listed by a process of theirs that ends at once.

use wardroom::{
    Result,
    host::{self, Remembered},
    rpc::calls::{Open, Opened, ServerCall},
};

use super::world::{World, children, open, prompt};

/// What an agent remembers of the folder in which the others work.
async fn remembered(world: &World, agent: &str) -> Result<Option<Vec<Remembered>>> {
    let listed =
        host::remembered(agent, &world.settings.agents[agent], &world.path("work"), &[]).await;
    assert_eq!(children(), Vec::<String>::new(), "its process is gone");
    listed
}

#[tokio::test]
async fn an_agent_lists_the_conversations_about_a_folder_and_takes_one_up_again() {
    let mut world = World::new();
    assert_eq!(remembered(&world, "demo").await.unwrap(), Some(Vec::new()));
    let (server, mut peer) = world.connected().await;
    let (agent, opened) = open(&mut peer, "demo").await;
    prompt(&mut peer, agent, "echo hello").await;
    peer.transcript().await;
    peer.call::<()>(ServerCall::Close { agent_session_id: agent, if_idle: false }).await.unwrap();
    let listed = remembered(&world, "demo").await.unwrap().unwrap();
    let only = [(opened.acp_session_id.as_str(), Some("echo hello"))];
    assert_eq!(listed.iter().map(|it| (&*it.id, it.title.as_deref())).collect::<Vec<_>>(), only);
    assert!(listed[0].updated_at.is_some());
    let resume = Some(listed[0].id.clone());
    let again = Open { agent_session_id: agent, agent: "demo".into(), folder: None, resume };
    let again: Opened = peer.call(ServerCall::Open(again)).await.unwrap();
    assert_eq!(again.acp_session_id, opened.acp_session_id);
    drop((server, peer));
    world.stop().await;
}

#[tokio::test]
async fn a_list_is_read_to_its_end_and_what_is_odd_in_it_is_left_out() {
    let world = World::new().scripted("lists");
    let listed = remembered(&world, "lists").await.unwrap().unwrap();
    let listed: Vec<_> = listed.iter().map(|it| (&*it.id, it.title.as_deref())).collect();
    assert_eq!(listed, [("new", Some("The new[2J one")), ("old", None)]);
}

#[tokio::test]
async fn an_agent_that_lists_nothing_resumes_nothing_or_does_not_live_says_so() {
    let mut world = World::new().scripted("loads").scripted("odd").scripted("quits");
    assert_eq!(remembered(&world, "loads").await.unwrap(), None, "it may load what it is told");
    let error = async |world: &World, agent| remembered(world, agent).await.unwrap_err().message;
    let me = std::env::current_exe().unwrap();
    let me = me.file_name().unwrap().to_str().unwrap();
    let never = format!("{me} does not take up old conversations");
    assert_eq!(error(&world, "odd").await, never);
    let quits = error(&world, "quits").await;
    assert!(quits.starts_with(&format!("{me} ended before it was ready (exit code 7)")), "{quits}");
    world.settings.agents.get_mut("demo").unwrap().never_resume = true;
    assert_eq!(error(&world, "demo").await, "wardroom does not take up old conversations");
    let missing = world.agent("missing", ["no-such-agent"]);
    assert_eq!(error(&missing, "missing").await, "no-such-agent is not installed");
}
