//! Following a session: every event once and in order, through restarts of the server and breaks of the line.

use std::time::Duration;

use serde::Deserialize;
use serde_json::Value;
use tokio::{
    sync::mpsc,
    time::{sleep, timeout},
};

use super::{
    Api,
    sse::{Frame, Parser},
};
use crate::{
    cli::failure::{Exit, Failure},
    domain::{Seq, Timestamp},
};

/// After this long without so much as a heartbeat the line is dead.
const SILENCE: Duration = Duration::from_secs(45);
const FIRST_WAIT: Duration = Duration::from_millis(500);
const LONGEST_WAIT: Duration = Duration::from_secs(15);

/// A numbered event, as the API writes it.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Event {
    /// Its position in the session.
    pub(crate) seq: Seq,
    /// Its public name.
    pub(crate) r#type: String,
    /// When it happened.
    pub(crate) timestamp: Timestamp,
    /// What happened.
    pub(crate) payload: Value,
}

/// What comes out of a stream.
#[derive(Debug)]
pub(crate) enum Item {
    /// An event, and the line of JSON that it was.
    Event(Box<Event>, String),
    /// The line is open for the first time.
    Open,
    /// The line is broken; a try to mend it, by number.
    Lost(u32),
    /// The line is whole again.
    Back,
    /// The server cannot go on from where we were; the stream goes on at its present end.
    Reset(String),
    /// The session ended, or our part in it: the last item.
    End(String),
    /// A part of an inbox, or what changed in it; only on the stream of one.
    Inbox(Value),
    /// It cannot go on: the last item.
    Failed(Failure),
}

/// A frame without a number.
#[derive(Deserialize)]
struct Signal {
    r#type: String,
    #[serde(default)]
    payload: Value,
}

struct Follower {
    api: Api,
    path: String,
    /// The last event seen, as the server names its position.
    position: Option<String>,
    seen: Seq,
    out: mpsc::Sender<Item>,
}

/// Why one connection ended.
enum Over {
    /// For good, or nobody listens any more.
    Done,
    /// Come back, at once or after a wait.
    Again,
}

/// Follows the stream at `path` from after `position`, or from what happens next.
///
/// The first connection must succeed; after that it comes back until the receiver is dropped.
pub(crate) fn follow(api: Api, path: String, position: Option<String>) -> mpsc::Receiver<Item> {
    let (out, items) = mpsc::channel(64);
    let seen = position.as_deref().map_or(0, seq_of);
    tokio::spawn(Follower { api, path, position, seen, out }.run());
    items
}

impl Follower {
    async fn run(mut self) {
        let (mut tries, mut ever) = (0, false);
        loop {
            match self.api.open_stream(&self.path, self.position.as_deref()).await {
                Ok(answer) => {
                    let news = if ever { Item::Back } else { Item::Open };
                    if (tries > 1 || !ever) && self.out.send(news).await.is_err() {
                        return;
                    }
                    (tries, ever) = (0, true);
                    if let Over::Done = self.read(answer).await {
                        return;
                    }
                }
                Err(failure) if !ever || !is_passing(&failure) => {
                    let _gone = self.out.send(Item::Failed(failure)).await;
                    return;
                }
                Err(_) => {}
            }
            tries += 1;
            // A stream ends by itself now and then; only a line that does not come back at once is worth a word.
            if tries > 1 && self.out.send(Item::Lost(tries - 1)).await.is_err() {
                return;
            }
            tokio::select! {
                () = sleep(wait(tries)) => {}
                () = self.out.closed() => return,
            }
        }
    }

    async fn read(&mut self, mut answer: reqwest::Response) -> Over {
        let mut parser = Parser::default();
        loop {
            let bytes = tokio::select! {
                read = timeout(SILENCE, answer.chunk()) => match read {
                    Ok(Ok(Some(bytes))) => bytes,
                    Ok(Ok(None) | Err(_)) | Err(_) => return Over::Again,
                },
                () = self.out.closed() => return Over::Done,
            };
            for frame in parser.push(&bytes) {
                if let Some(over) = self.frame(frame).await {
                    return over;
                }
            }
        }
    }

    async fn frame(&mut self, frame: Frame) -> Option<Over> {
        let item = match frame.id {
            Some(id) => {
                let seq = seq_of(&id);
                if seq <= self.seen {
                    return None;
                }
                (self.seen, self.position) = (seq, Some(id));
                match serde_json::from_str(&frame.data) {
                    Ok(event) => Item::Event(Box::new(event), frame.data),
                    Err(error) => {
                        let text = format!("event {seq} is not what was expected: {error}");
                        Item::Failed(Failure::new(Exit::Failure, text))
                    }
                }
            }
            None => self.signal(&frame.data)?,
        };
        let over = match &item {
            Item::End(reason) if reason == "shutdown" => return Some(Over::Again),
            Item::End(_) | Item::Failed(_) => Some(Over::Done),
            Item::Reset(_) => Some(Over::Again),
            _ => None,
        };
        match self.out.send(item).await {
            Ok(()) => over,
            Err(_nobody_listens) => Some(Over::Done),
        }
    }

    fn signal(&mut self, data: &str) -> Option<Item> {
        let signal: Signal = serde_json::from_str(data).ok()?;
        let text = |field: &str| signal.payload.get(field)?.as_str().map(str::to_owned);
        let reason = text("reason").unwrap_or_default();
        match signal.r#type.as_str() {
            "end" => Some(Item::End(reason)),
            "reset" => {
                self.position = text("asOf");
                self.seen = self.position.as_deref().map_or(0, seq_of);
                Some(Item::Reset(reason))
            }
            "inbox" | "inbox_changed" => Some(Item::Inbox(signal.payload)),
            _ => None,
        }
    }
}

/// The number in a position.
pub(crate) fn seq_of(position: &str) -> Seq {
    position.split('.').next().and_then(|it| it.parse().ok()).unwrap_or(0)
}

/// Whether it makes sense to come back.
fn is_passing(failure: &Failure) -> bool {
    matches!(failure.exit, Exit::Unreachable | Exit::Failure)
}

/// Whether a try is worth a line: fewer and fewer of them, so that a night without a server is no wall of lines.
pub(crate) fn is_worth_a_word(try_: u32) -> bool {
    try_.is_power_of_two()
}

/// Longer each time, and never the same for everybody.
fn wait(tries: u32) -> Duration {
    let longest = (FIRST_WAIT * 2_u32.saturating_pow(tries - 1).min(64)).min(LONGEST_WAIT);
    let mut byte = [128];
    let _no_randomness = getrandom::fill(&mut byte);
    longest.mul_f64(0.5 + f64::from(byte[0]) / 510.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_and_stay_bounded() {
        for tries in 1..100 {
            let wait = wait(tries);
            assert!(wait >= FIRST_WAIT / 2 && wait <= LONGEST_WAIT, "{tries}: {wait:?}");
        }
        assert!(wait(1) <= FIRST_WAIT && wait(10) >= LONGEST_WAIT / 2);
    }

    #[test]
    fn a_long_absence_is_told_in_few_lines() {
        let told: Vec<_> = (1..=1000).filter(|it| is_worth_a_word(*it)).collect();
        assert_eq!(told, [1, 2, 4, 8, 16, 32, 64, 128, 256, 512]);
    }

    #[test]
    fn a_position_begins_with_its_number() {
        assert_eq!(seq_of("118.0123456789abcdef"), 118);
        assert_eq!(seq_of("7"), 7);
        assert_eq!(seq_of("nonsense"), 0);
    }
}
