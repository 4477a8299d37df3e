//! Agents that cannot be started: one line of cause, one line of cure.

use insta::assert_snapshot;
use wardroom::{
    Error,
    domain::AgentSessionId,
    rpc::calls::{HostCall, Opened, ServerCall},
};

use super::{
    server::{Peer, describe},
    world::{World, open, opening},
};

async fn refused(peer: &mut Peer, agent: &str) -> String {
    let error = peer.call::<Opened>(opening(AgentSessionId::new(), agent)).await.unwrap_err();
    text(&error)
}

fn text(error: &Error) -> String {
    format!("{} {}\n{}", error.code, error.message, error.hint.as_deref().unwrap_or_default())
}

#[tokio::test]
async fn each_failure_says_what_is_wrong_and_what_helps() {
    let world = World::new().scripted("quits").scripted("logged-out");
    let mut world = world
        .agent("missing", ["a-program-that-is-not-there", "--acp"])
        .agent("text", ["echo", "Welcome to my program"])
        .agent("repeats", ["cat"])
        .agent("empty", []);
    let (_server, mut peer) = world.connected().await;
    assert_snapshot!(refused(&mut peer, "nobody").await, @r#"
    AGENT_UNAVAILABLE this host has no agent named nobody
    name it in the host's configuration: [agents.nobody]
    "#);
    assert_snapshot!(refused(&mut peer, "missing").await, @r#"
    AGENT_UNAVAILABLE a-program-that-is-not-there is not installed
    install it, or correct its command
    "#);
    assert_snapshot!(refused(&mut peer, "empty").await, @r#"
    AGENT_UNAVAILABLE the agent cannot be started: invalid input parameter
    correct its command
    "#);
    assert_snapshot!(refused(&mut peer, "text").await, @r#"
    AGENT_UNAVAILABLE echo ended before it was ready (exit code 0); it printed: Welcome to my program
    see the host's log
    "#);
    assert_snapshot!(refused(&mut peer, "repeats").await, @r#"
    AGENT_UNAVAILABLE cat refused initialize: Method not found
    see the host's log
    "#);
    let path = std::env::current_exe().unwrap();
    let program = path.file_name().unwrap().to_str().unwrap();
    assert_snapshot!(refused(&mut peer, "quits").await.replace(program, "agent"), @r#"
    AGENT_UNAVAILABLE agent ended before it was ready (exit code 7); it printed: running 1 test
    see the host's log
    "#);
    assert_snapshot!(refused(&mut peer, "logged-out").await.replace(program, "agent"), @r#"
    AGENT_UNAVAILABLE scripted needs a login. Shell: Run: agent /login
    log in on the host's machine, then try again
    "#);
    let mut statuses = Vec::new();
    while statuses.len() < 4 {
        let (id, call) = peer.next().await;
        assert!(matches!(call, HostCall::Status(_)), "{call:?}");
        statuses.extend(describe(&call));
        peer.answer(id, &()).await;
    }
    assert_snapshot!(statuses.join("\n"), @r#"
    {"status":"exited","exit_code":0,"stderr":""}
    {"status":"exited","exit_code":0,"stderr":""}
    {"status":"exited","exit_code":7,"stderr":""}
    {"status":"needs_login","message":"scripted needs a login. Shell: Run: agent /login"}
    "#);
    world.stop().await;
}

#[tokio::test]
async fn an_old_conversation_is_never_replaced_by_a_new_one() {
    let mut world = World::new().scripted("plain");
    let (_server, mut peer) = world.connected().await;
    let resume = |agent: &str| {
        let ServerCall::Open(mut open) = opening(AgentSessionId::new(), agent) else {
            unreachable!()
        };
        open.resume = Some("an-old-one".to_owned());
        ServerCall::Open(open)
    };
    let cannot = peer.call::<Opened>(resume("plain")).await.unwrap_err();
    let path = std::env::current_exe().unwrap();
    let program = path.file_name().unwrap().to_str().unwrap();
    assert_snapshot!(text(&cannot).replace(program, "agent"), @r#"
    AGENT_UNAVAILABLE agent cannot take up this conversation again
    restart it with a fresh conversation
    "#);
    let unknown = peer.call::<Opened>(resume("demo")).await.unwrap_err();
    assert_snapshot!(text(&unknown), @r#"
    AGENT_UNAVAILABLE wardroom cannot take up this conversation again: Resource not found
    restart it with a fresh conversation
    "#);
    for _ in 0..2 {
        let (id, _) = peer.next().await;
        peer.answer(id, &()).await;
    }
    world.stop().await;
}

#[tokio::test]
async fn a_folder_that_is_not_there_is_not_made() {
    let mut world = World::new();
    let (_server, mut peer) = world.connected().await;
    let missing = world.path("missing");
    let ServerCall::Open(mut wanted) = opening(AgentSessionId::new(), "demo") else {
        unreachable!()
    };
    wanted.folder = missing.to_str().map(str::to_owned);
    let error = peer.call::<Opened>(ServerCall::Open(wanted)).await.unwrap_err();
    assert_snapshot!(text(&error).replace(missing.to_str().unwrap(), "/missing"), @r#"
    AGENT_UNAVAILABLE there is no folder /missing on this host
    make it, or name another one
    "#);
    assert!(!missing.exists());
    open(&mut peer, "demo").await;
    world.stop().await;
}
