use std::time::Duration;

use futures_util::StreamExt;
use tokio::{
    io::{AsyncWriteExt, DuplexStream, duplex},
    sync::mpsc,
    time::{sleep, timeout},
};

use super::*;
use crate::{
    domain::InstanceId,
    rpc::{Envelope, Incoming, calls::HostCall},
};

struct Story {
    post: Post,
    heard: Heard,
    agent: DuplexStream,
    /// What passes on to the ACP connection.
    lines: mpsc::UnboundedReceiver<String>,
}

/// An agent, and a tap that reads it as fast as it may.
fn story() -> Story {
    let (agent, stdout) = duplex(64 * 1024);
    let (post, heard) = (Post::new(InstanceId::new()), Heard::default());
    let tap = tap(stdout, AgentSessionId::new(), post.clone(), heard.clone());
    let (send, lines) = mpsc::unbounded_channel();
    tokio::spawn(async move {
        let mut tap = std::pin::pin!(tap);
        while let Some(Ok(line)) = tap.next().await {
            send.send(line).unwrap();
        }
    });
    Story { post, heard, agent, lines }
}

impl Story {
    async fn say(&mut self, line: &str) {
        self.agent.write_all(format!("{line}\n").as_bytes()).await.unwrap();
    }

    /// Acknowledges what waits for the server; the updates in it.
    fn updates(&self) -> Vec<String> {
        let mut updates = Vec::new();
        while let Some(frame) = self.post.next() {
            let Incoming::Call { id: Some(id), call: HostCall::Update(batch) } =
                Envelope::read(&frame).unwrap()
            else {
                panic!("{frame}")
            };
            updates.extend(batch.updates.iter().map(|update| update.get().to_owned()));
            self.post.answered(id, Ok(RawValue::NULL.to_owned()));
        }
        updates
    }
}

fn update(body: &str) -> String {
    format!(r#"{{"jsonrpc":"2.0","method":"session/update","params":{{"update":{body}}}}}"#)
}

fn text(text: &str) -> String {
    update(&format!(
        r#"{{"sessionUpdate":"agent_message_chunk","content":{{"type":"text","text":"{text}"}}}}"#
    ))
}

#[tokio::test(start_paused = true)]
async fn text_goes_out_after_a_moment_or_before_anything_else() {
    let mut story = story();
    story.say(&text("one ")).await;
    sleep(Duration::from_millis(40)).await;
    story.say(&text("two")).await;
    assert!(story.updates().is_empty());
    sleep(Duration::from_millis(11)).await;
    let joined = story.updates();
    assert!(joined.len() == 1 && joined[0].contains("one two"), "{joined:?}");

    story.say(&text("three")).await;
    story.say(&update(r#"{"sessionUpdate":"plan"}"#)).await;
    story.say(&text("four")).await;
    story.heard.telling(r#"{"id":1,"method":"x"}"#);
    story.say(r#"{"jsonrpc":"2.0","id":1,"result":{}}"#).await;
    assert!(story.lines.recv().await.unwrap().contains("result"));
    assert_eq!(story.updates().len(), 3, "all of them before the answer");
}

#[tokio::test(start_paused = true)]
async fn an_agent_is_read_no_further_than_the_server_has_taken_it() {
    let mut story = story();
    let line = update(&format!(r#"{{"sessionUpdate":"x","x":"{}"}}"#, "x".repeat(100_000)));
    // Time only passes when nothing else can happen.
    let stuck = async |story: &mut Story| {
        let mut written = 0;
        while tokio::time::timeout(Duration::from_secs(1), story.say(&line)).await.is_ok() {
            written += line.len();
        }
        written
    };
    let first = stuck(&mut story).await;
    assert!((8_000_000..9_000_000).contains(&first), "{first}");
    assert!(!story.updates().is_empty());
    let second = stuck(&mut story).await;
    assert!(second > 7_000_000, "{second}");
}

#[tokio::test]
async fn a_conversation_that_is_told_again_is_dropped_up_to_the_answer() {
    let mut story = story();
    story.heard.lock().replaying = true;
    story.say(&update(r#"{"sessionUpdate":"old"}"#)).await;
    story.say(r#"{"jsonrpc":"2.0","id":5,"method":"fs/read_text_file","params":{}}"#).await;
    story.say(&update(r#"{"sessionUpdate":"old"}"#)).await;
    story.heard.telling(r#"{"id":1,"method":"x"}"#);
    story.say(r#"{"jsonrpc":"2.0","id":1,"result":{}}"#).await;
    story.say(&update(r#"{"sessionUpdate":"new"}"#)).await;
    drop(story.agent);
    while story.lines.recv().await.is_some() {}
    let Story { post, heard, lines, .. } = story;
    let story = Story { post, heard, lines, agent: duplex(1).0 };
    assert_eq!(story.updates(), [r#"{"update":{"sessionUpdate":"new"}}"#]);
}

#[tokio::test]
async fn what_is_not_json_is_kept_aside() {
    let mut story = story();
    for line in ["", "Welcome!", "[1]", "7", r#"{"method":7}"#] {
        story.say(line).await;
    }
    story.heard.telling(r#"{"id":1,"method":"x"}"#);
    story.say(r#"{"jsonrpc":"2.0","id":1,"result":{}}"#).await;
    assert!(story.lines.recv().await.unwrap().contains("result"));
    assert_eq!(story.heard.lock().noise.as_deref(), Some("Welcome!"));
    assert!(story.lines.is_empty());
}

#[tokio::test(start_paused = true)]
async fn an_agent_that_asks_and_takes_no_answers_is_not_read_for_ever() {
    let mut story = story();
    let asks = r#"{"jsonrpc":"2.0","id":1,"method":"x"}"#;
    let writing = async {
        for _ in 0..10_000 {
            story.agent.write_all(format!("{asks}\n").as_bytes()).await.unwrap();
        }
    };
    assert!(timeout(Duration::from_secs(1), writing).await.is_err(), "its pipe is full");
    assert_eq!(story.lines.len(), MAX_UNANSWERED);
    story.heard.took(r#"{"jsonrpc":"2.0","id":1,"method":"session/cancel"}"#);
    story.heard.took(r#"{"jsonrpc":"2.0","id":1,"error":{"code":-32601}}"#);
    sleep(Duration::from_secs(1)).await;
    assert_eq!(story.lines.len(), MAX_UNANSWERED + 1, "one answer, one more request");
}

#[tokio::test(start_paused = true)]
async fn answers_that_nobody_waits_for_are_noise_and_the_one_that_somebody_waits_for_is_not() {
    let mut story = story();
    story.heard.telling(r#"{"jsonrpc":"2.0","id":"a","method":"session/prompt","params":{}}"#);
    let answer = r#"{"jsonrpc":"2.0","id":"a","result":{"stopReason":"end_turn"}}"#;
    for line in
        ["{}", "[]", r#"{"id":1}"#, r#"{"method":"x"}"#, r#"{"id":"b","result":1}"#, answer, answer]
    {
        story.say(line).await;
    }
    sleep(Duration::from_secs(1)).await;
    assert_eq!(story.lines.try_recv().unwrap(), answer);
    assert!(story.lines.try_recv().is_err(), "it is answered once");
}
