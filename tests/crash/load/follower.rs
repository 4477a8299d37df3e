//! Somebody who reads a stream, byte by byte, and comes back where they were.

use std::time::Duration;

use futures_util::StreamExt;
use serde_json::Value;
use tokio::time::sleep;

use super::{Person, history::History};
use crate::{dice::Dice, world::api::Api};

/// Where somebody is in the events of a session.
pub(crate) struct Follower {
    session: String,
    token: String,
    /// The id of the last frame, as it was sent; `0` before the first.
    position: String,
    last: i64,
}

/// Why a stream was left.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Left {
    /// The connection broke, or there was none.
    Lost,
    /// As many bytes as were wanted have come.
    Enough,
    /// The server said so.
    End(String),
}

impl Follower {
    pub(crate) fn new(session: &str, token: String) -> Self {
        Self { session: session.to_owned(), token, position: "0".to_owned(), last: 0 }
    }

    /// Follows from where it is, for at most this many bytes. What is cut off in the middle was not seen.
    ///
    /// # Panics
    /// When a number is left out or comes twice, when the server refuses or resets, when histories differ.
    pub(crate) async fn follow(&mut self, api: &Api, history: &History, bytes: usize) -> Left {
        let opened = api.stream(&self.session, &self.token, &self.position).await;
        let Ok(answer) = opened else { return Left::Lost };
        let status = answer.status().as_u16();
        if matches!(status, 429 | 503) {
            return Left::Lost; // Those it had open before are not all closed yet.
        }
        assert_eq!(status, 200, "a stream after {} is refused", self.position);
        history.connected();
        let (mut chunks, mut text, mut read) = (answer.bytes_stream(), Vec::new(), 0);
        while let Some(Ok(chunk)) = chunks.next().await {
            let wanted = chunk.len().min(bytes - read);
            text.extend_from_slice(&chunk[..wanted]);
            read += wanted;
            while let Some(end) = text.windows(2).position(|two| two == b"\n\n") {
                let frame: Vec<u8> = text.drain(..end + 2).collect();
                if let Some(reason) = self.take(&frame, history) {
                    return Left::End(reason);
                }
            }
            if read == bytes {
                return Left::Enough;
            }
        }
        Left::Lost
    }

    /// Takes a frame; the reason, if it is the last of its stream.
    fn take(&mut self, frame: &[u8], history: &History) -> Option<String> {
        let text = str::from_utf8(frame).expect("frames are text");
        let field = |name: &str| text.lines().find_map(|line| line.strip_prefix(name));
        let data = field("data: ")?;
        let event: Value = serde_json::from_str(data).expect("data is JSON");
        let Some(id) = field("id: ") else {
            assert_ne!(event["type"], "reset", "after {}: {data}", self.position);
            let is_end = event["type"] == "end";
            return is_end.then(|| event["payload"]["reason"].as_str().unwrap_or("?").to_owned());
        };
        let (seq, chain) = id.split_once('.').expect("an id is a number and a chain");
        let seq = seq.parse().expect("a number");
        assert_eq!(seq, self.last + 1, "after {} comes {id}", self.position);
        assert_eq!(event["seq"], seq, "the event is that of its id: {text}");
        history.saw(seq, chain);
        (self.last, self.position) = (seq, id.to_owned());
        None
    }
}

/// Follows until it is enough; now and then hangs up in the middle of something.
pub(super) async fn work(mut me: Person) {
    let room = me.room.clone();
    let (_, token) = room.join(&me.api, &me.name).await;
    let mut follower = Follower::new(&room.id, token);
    let stop = me.stop.clone();
    stop.run_until_cancelled(async {
        loop {
            let bytes = cut(&mut me.dice);
            follower.follow(&me.api, &room.history, bytes).await;
            sleep(Duration::from_millis(5)).await;
        }
    })
    .await;
}

/// After how many bytes to hang up: somewhere between the headers and never.
fn cut(dice: &mut Dice) -> usize {
    if dice.percent(50) { 1 + dice.below(20_000) } else { usize::MAX }
}
