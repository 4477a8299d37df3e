//! The server goes away and comes back; nothing is lost and nothing comes twice.

use std::time::Duration;

use tokio_util::sync::CancellationToken;
use wardroom::{
    Code,
    host::{self, End},
    rpc::calls::{Accepted, HostCall, Opened, ServerCall, TurnState},
};

use super::{
    server::{Peer, Server, describe},
    world::{World, children, open, opening, prompt, prompting, skip},
};

/// The calls up to a report. Each is refused once, as by a server that is busy, if `busy`.
async fn turn(peer: &mut Peer, busy: bool) -> Vec<String> {
    let mut lines = Vec::new();
    let mut codes = [Code::Busy, Code::DiskFull, Code::Internal].into_iter().cycle();
    loop {
        let (mut id, mut call) = peer.next().await;
        if busy {
            peer.refuse(id, codes.next().unwrap()).await;
            let refused = describe(&call);
            skip(Duration::from_secs(1)).await;
            (id, call) = peer.next().await;
            assert_eq!(describe(&call), refused);
        }
        peer.answer(id, &()).await;
        lines.extend(describe(&call));
        if let HostCall::Report(_) = call {
            return lines;
        }
    }
}

fn numbers(lines: &[String]) -> Vec<u64> {
    lines.iter().filter_map(|line| line.split(' ').next()?.parse().ok()).collect()
}

#[tokio::test]
async fn what_was_not_acknowledged_is_sent_again_under_the_same_numbers() {
    let mut world = World::new();
    let (server, mut peer) = world.connected().await;
    let (agent, _) = open(&mut peer, "demo").await;
    let dispatch = prompt(&mut peer, agent, "plan").await;
    let (id, first) = peer.next().await;
    peer.answer(id, &()).await;
    let (_, second) = peer.next().await;
    drop(peer);

    let mut peer = server.host().await;
    assert_eq!(peer.hello.open.dispatches, [dispatch]);
    let (id, again) = peer.next().await;
    assert_eq!(describe(&again), describe(&second));
    peer.answer(id, &()).await;
    let mut lines = [describe(&first), describe(&second)].concat();
    if !matches!(second, HostCall::Report(_)) {
        lines.extend(turn(&mut peer, false).await);
    }
    let count = u64::try_from(lines.len()).unwrap() - 1;
    assert_eq!(numbers(&lines), (1..=count).collect::<Vec<_>>(), "{lines:?}");
    // An answered call is the sign that what was answered before it has arrived.
    peer.call::<Opened>(opening(agent, "demo")).await.unwrap();
    drop(peer);

    let peer = server.host().await;
    assert!(peer.hello.open.dispatches.is_empty());
    drop(peer);
    world.stop().await;
}

#[tokio::test]
async fn a_turn_goes_on_while_there_is_no_server() {
    let mut world = World::new();
    let (server, mut peer) = world.connected().await;
    let (agent, _) = open(&mut peer, "demo").await;
    let dispatch = prompt(&mut peer, agent, "echo while you were away").await;
    drop(peer);
    server.stop();

    let server = world.server();
    let mut peer = server.host().await;
    let again = prompting(dispatch, agent, "echo while you were away");
    let accepted: Accepted = peer.call(again).await.unwrap();
    assert!(matches!(accepted.state, TurnState::Running | TurnState::Succeeded { .. }));
    assert!(peer.transcript().await.contains("while you were away"));
    assert_eq!(std::fs::read_to_string(world.receipts()).unwrap().lines().count(), 1);
    world.stop().await;
}

#[tokio::test]
async fn a_busy_server_is_asked_again_and_gets_everything_in_order() {
    let mut world = World::new();
    let (_server, mut peer) = world.connected().await;
    let (agent, _) = open(&mut peer, "demo").await;
    prompt(&mut peer, agent, "plan").await;
    let lines = turn(&mut peer, true).await;
    let count = u64::try_from(lines.len()).unwrap() - 1;
    assert_eq!(numbers(&lines), (1..=count).collect::<Vec<_>>(), "{lines:?}");
    world.stop().await;
}

#[tokio::test]
async fn an_agent_that_was_asked_for_twice_is_started_once() {
    let mut world = World::new();
    let (server, mut peer) = world.connected().await;
    let (agent, first) = open(&mut peer, "demo").await;
    let second: Opened = peer.call(opening(agent, "demo")).await.unwrap();
    assert_eq!(first.acp_session_id, second.acp_session_id);
    drop(peer);
    let mut peer = server.host().await;
    let third: Opened = peer.call(opening(agent, "demo")).await.unwrap();
    assert_eq!(first.acp_session_id, third.acp_session_id);
    assert_eq!(children().len(), 1);
    drop(peer);
    world.stop().await;
}

#[tokio::test]
async fn a_closed_conversation_is_taken_up_again_and_its_updates_are_numbered_on() {
    let mut world = World::new();
    let (_server, mut peer) = world.connected().await;
    let (agent, opened) = open(&mut peer, "demo").await;
    prompt(&mut peer, agent, "echo one").await;
    peer.transcript().await;
    peer.call::<()>(ServerCall::Close { agent_session_id: agent, if_idle: false }).await.unwrap();
    assert_eq!(children().len(), 0);

    let ServerCall::Open(mut again) = opening(agent, "demo") else { unreachable!() };
    again.resume = Some(opened.acp_session_id.clone());
    let resumed: Opened = peer.call(ServerCall::Open(again)).await.unwrap();
    assert_eq!(resumed.acp_session_id, opened.acp_session_id);
    prompt(&mut peer, agent, "echo two").await;
    let said = peer.transcript().await;
    assert!(said.contains(r#"4 agent_message_chunk "two""#), "{said}");
    assert!(!said.contains("one"), "{said}");
    world.stop().await;
}

#[tokio::test]
async fn what_a_loaded_conversation_tells_again_is_not_told_to_the_server() {
    let mut world = World::new().scripted("loads");
    let (_server, mut peer) = world.connected().await;
    let agent = wardroom::domain::AgentSessionId::new();
    let ServerCall::Open(mut again) = opening(agent, "loads") else { unreachable!() };
    again.resume = Some("old".to_owned());
    let opened: Opened = peer.call(ServerCall::Open(again)).await.unwrap();
    assert_eq!(opened.acp_session_id, "old");
    prompt(&mut peer, agent, "go").await;
    insta::assert_snapshot!(peer.transcript().await, @r#"
    1 agent_message_chunk "new"
    {"state":"succeeded","stop_reason":"end_turn"}
    "#);
    world.stop().await;
}

#[tokio::test]
async fn a_host_that_stays_alone_ends_its_agents_and_itself() {
    let mut world = World::new();
    world.settings.linger = Some(Duration::from_millis(300));
    let (server, mut peer) = world.connected().await;
    let (agent, _) = open(&mut peer, "demo").await;
    prompt(&mut peer, agent, "hang").await;
    drop(peer);
    server.stop();
    assert_eq!(world.ended().await.unwrap(), End::Alone);
    assert_eq!(children(), Vec::<String>::new());
}

#[tokio::test]
async fn a_host_ends_with_its_agents_when_it_is_told_to() {
    let mut world = World::new();
    let (_server, mut peer) = world.connected().await;
    let (agent, _) = open(&mut peer, "demo").await;
    prompt(&mut peer, agent, "hang").await;
    peer.call::<()>(ServerCall::End { agents: false }).await.unwrap();
    let end = peer.begin(ServerCall::End { agents: true }).await;
    let told = peer.transcript().await;
    assert!(told.ends_with(r#"{"state":"cancelled","stop_reason":"killed"}"#), "{told}");
    peer.end::<()>(end).await.unwrap();
    assert_eq!(world.ended().await.unwrap(), End::Told);
    assert_eq!(children(), Vec::<String>::new());
}

#[tokio::test]
async fn a_server_that_does_not_take_the_host_ends_it() {
    let mut world = World::new();
    let server = world.server();
    world.start();
    let (mut peer, hello) = server.connection().await;
    peer.refuse(hello, Code::Busy).await;
    let (mut peer, hello) = server.connection().await;
    peer.refuse(hello, Code::InvalidBody).await;
    assert_eq!(world.ended().await.unwrap_err().code, Code::InvalidBody);
}

#[tokio::test]
async fn a_token_travels_in_a_header_and_a_wrong_one_ends_the_host() {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let mut settings = World::new().settings;
    let url = format!("http://{}/", listener.local_addr().unwrap());
    let token = "wr_usr_x".to_owned();
    settings.server = host::Server::Url { url, token };
    assert!(!format!("{settings:?}").contains("wr_usr_x"));
    let host = tokio::spawn(host::run(settings, CancellationToken::new()));

    let (mut stream, _) = listener.accept().await.unwrap();
    let mut request = vec![0; 4096];
    let read = stream.read(&mut request).await.unwrap();
    let request = String::from_utf8_lossy(&request[..read]).into_owned();
    assert!(request.starts_with("GET /api/hosts/connect HTTP/1.1\r\n"), "{request}");
    assert!(request.contains("authorization: Bearer wr_usr_x\r\n"), "{request}");
    assert!(!request.to_lowercase().contains("origin:"), "{request}");
    stream.write_all(b"HTTP/1.1 401 Unauthorized\r\ncontent-length: 0\r\n\r\n").await.unwrap();
    assert_eq!(host.await.unwrap().unwrap_err().code, Code::Unauthenticated);
}

#[tokio::test]
async fn callers_learn_when_there_is_a_server() {
    let mut world = World::new();
    let mut connected = world.settings.connected.subscribe();
    let server: Server = world.server();
    world.start();
    let (mut peer, hello) = server.connection().await;
    assert!(!*connected.borrow());
    let server_id = wardroom::domain::InstanceId::new();
    let version = "0".to_owned();
    peer.answer(hello, &wardroom::rpc::calls::Welcome { server: server_id, version }).await;
    connected.wait_for(|connected| *connected).await.unwrap();
    drop(peer);
    connected.wait_for(|connected| !*connected).await.unwrap();
    world.stop().await;
}
