use futures_util::stream;
use tokio::{sync::mpsc, time::Instant};

use super::*;
use crate::host::acp;

/// Begins a conversation with an agent that is there and says nothing.
async fn silence(program: &str, noise: Option<&str>) -> (String, Duration) {
    let heard = Heard::default();
    heard.lock().noise = noise.map(str::to_owned);
    let (asks, _asked) = mpsc::channel(1);
    let started = Instant::now();
    let (stdin, lines) = (tokio::io::sink(), stream::pending());
    let begun = acp::connect(stdin, lines, heard.clone(), asks, async |acp| {
        begin(&acp, &heard, program, Path::new("/"), &Wanted::default()).await
    });
    let Err(NotOpened::Failed(error)) = begun.await.unwrap() else { panic!("it answered") };
    (error.message, started.elapsed())
}

#[tokio::test(start_paused = true)]
async fn an_agent_that_says_nothing_is_given_up_after_ten_seconds() {
    let (message, after) = silence("gemini", None).await;
    assert_eq!(message, "gemini started but does not speak ACP on stdout");
    assert_eq!(after.as_secs(), 10);

    let (message, _) = silence("gemini", Some("Hello!\nand more")).await;
    assert_eq!(message, "gemini printed text where JSON is expected: Hello!");
}

#[tokio::test(start_paused = true)]
async fn one_that_may_have_to_be_downloaded_gets_longer() {
    assert_eq!(silence("npx", None).await.1.as_secs(), 120);
}
