use std::collections::BTreeMap;

use tokio::{
    io::{DuplexStream, duplex},
    sync::watch,
    task::JoinHandle,
};
use tokio_tungstenite::tungstenite::protocol::Role;
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use super::{super::keeper::Keeper, *};
use crate::{
    domain::{AgentSessionId, HostId, InstanceId},
    host::{Server, Settings, agents::Agents, post::Post},
};

struct Story {
    host: Arc<Host>,
    server: WebSocketStream<DuplexStream>,
    link: JoinHandle<Lost>,
}

/// A host that is connected through memory to a server that has not said hello.
async fn story(buffer: usize) -> Story {
    let post = Post::new(InstanceId::new());
    let (ended, _) = mpsc::unbounded_channel();
    let agents = Agents::new(BTreeMap::new(), post.clone(), Keeper::default(), ended.clone());
    let settings = Settings {
        host_id: HostId::new(),
        name: String::new(),
        server: Server::Socket("/".into()),
        agents: BTreeMap::new(),
        local: true,
        keeper: Vec::new(),
        linger: None,
        connected: watch::Sender::new(false),
        ended,
    };
    let (tracker, told) = (TaskTracker::new(), CancellationToken::new());
    let host = Arc::new(Host { settings, post, agents, tracker, told });
    let (ours, theirs) = duplex(buffer);
    let ours = WebSocketStream::from_raw_socket(ours, Role::Client, None).await;
    let server = WebSocketStream::from_raw_socket(theirs, Role::Server, None).await;
    let holder = host.clone();
    let link = tokio::spawn(async move { hold(&holder, ours, || {}).await });
    Story { host, server, link }
}

impl Story {
    async fn welcomed(mut self) -> Self {
        let hello = self.server.next().await.unwrap().unwrap();
        assert!(hello.to_text().unwrap().contains("host.hello"));
        let welcome = Welcome { server: InstanceId::new(), version: String::new() };
        let answer = Envelope::answer(HELLO, Ok(&welcome)).unwrap();
        self.server.send(Message::text(answer)).await.unwrap();
        self
    }

    async fn lost(self) -> (String, Duration) {
        let since = Instant::now();
        match self.link.await.unwrap() {
            Lost::Broken(why) => (why, since.elapsed()),
            Lost::Refused(error) => (error.to_string(), since.elapsed()),
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_server_that_does_not_answer_hello_is_given_up() {
    let (why, after) = story(1024 * 1024).await.lost().await;
    assert_eq!((why.as_str(), after.as_secs()), ("the server does not answer", 10));
}

#[tokio::test(start_paused = true)]
async fn a_server_that_does_not_answer_a_ping_is_given_up() {
    let story = story(1024 * 1024).await.welcomed().await;
    let (why, after) = story.lost().await;
    assert_eq!((why.as_str(), after.as_secs()), ("the server does not answer", 30));
}

#[tokio::test(start_paused = true)]
async fn a_server_that_answers_pings_is_kept() {
    let Story { mut server, link, .. } = story(1024 * 1024).await.welcomed().await;
    let reading = tokio::spawn(async move {
        while let Some(Ok(frame)) = server.next().await {
            assert!(frame.is_ping(), "{frame}");
        }
    });
    tokio::time::sleep(Duration::from_hours(1)).await;
    assert!(!link.is_finished());
    link.abort();
    reading.await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_server_that_hangs_up_is_asked_again_but_not_where_a_newer_process_is_the_host() {
    let why = |code: u16, reason: &str| CloseFrame { code: code.into(), reason: reason.into() };
    let mut stops = story(1024 * 1024).await.welcomed().await;
    stops.server.close(Some(why(1012, "the server stops"))).await.unwrap();
    let lost = stops.link.await.unwrap();
    assert!(matches!(&lost, Lost::Broken(why) if why.ends_with("the server stops")), "{lost:?}");
    let mut replaced = story(1024 * 1024).await.welcomed().await;
    replaced.server.close(Some(why(CLOSED_REPLACED, "another"))).await.unwrap();
    let lost = replaced.link.await.unwrap();
    let Lost::Refused(error) = lost else { panic!("{lost:?}") };
    assert_eq!(error.message, "another process speaks for this host");
}

#[tokio::test(start_paused = true)]
async fn a_server_that_takes_nothing_is_given_up() {
    let story = story(4096).await.welcomed().await;
    for _ in 0..1000 {
        let update = RawValue::from_string(format!("\"{}\"", "x".repeat(1000))).unwrap();
        story.host.post.update(AgentSessionId::new(), update);
    }
    let (why, after) = story.lost().await;
    assert_eq!((why.as_str(), after.as_secs()), ("the server does not take what it is sent", 10));
}

#[tokio::test(start_paused = true)]
async fn a_busy_server_is_left_alone_for_a_moment() {
    let mut story = story(1024 * 1024).await.welcomed().await;
    let update = RawValue::from_string("1".to_owned()).unwrap();
    story.host.post.update(AgentSessionId::new(), update.clone());
    let since = Instant::now();
    for id in 1..=2 {
        let frame = story.server.next().await.unwrap().unwrap();
        let Incoming::Call { id: Some(sent), call: HostCall::Update(batch) } =
            Envelope::read(frame.to_text().unwrap()).unwrap()
        else {
            panic!("{frame}")
        };
        assert_eq!((sent, batch.first), (id, 1));
        let busy = Envelope::answer(sent, Err::<&(), _>(&Code::Busy.into())).unwrap();
        story.server.send(Message::text(busy)).await.unwrap();
    }
    assert_eq!(since.elapsed(), PAUSE);
}

#[tokio::test(start_paused = true)]
async fn what_cannot_be_understood_is_refused_and_nonsense_ends_the_connection() {
    let mut story = story(1024 * 1024).await.welcomed().await;
    let unknown = r#"{"jsonrpc":"2.0","id":4,"method":"host.fly","params":{}}"#;
    story.server.send(Message::text(unknown)).await.unwrap();
    let refusal = story.server.next().await.unwrap().unwrap();
    assert!(refusal.to_text().unwrap().contains("-32601"), "{refusal}");
    story.server.send(Message::text("nonsense")).await.unwrap();
    assert!(story.lost().await.0.starts_with("the server does not speak our language"));
}
