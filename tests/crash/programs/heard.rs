//! Which host events somebody was told: each once, in order, over whatever connections.

use std::sync::Mutex;

use futures_util::StreamExt;
use serde_json::Value;

use super::Worker;

/// The numbers of the events, as they came.
#[derive(Debug, Default)]
pub(super) struct Heard(Mutex<Vec<i64>>);

impl Heard {
    /// Notes an event.
    ///
    /// # Panics
    /// When it came before, or too late.
    pub(super) fn saw(&self, seq: i64) {
        let mut seen = self.0.lock().expect("no poison");
        let last = seen.last().copied().unwrap_or(0);
        assert!(seq > last, "behind the event {last} comes {seq}");
        seen.push(seq);
    }

    /// The number to go on from.
    pub(super) fn last(&self) -> i64 {
        self.0.lock().expect("no poison").last().copied().unwrap_or(0)
    }

    /// All of them.
    pub(super) fn all(&self) -> Vec<i64> {
        self.0.lock().expect("no poison").clone()
    }
}

/// Reads the stream, and comes back where it was; now and then hangs up in the middle of something.
pub(super) async fn read(mut me: Worker) {
    let (stop, place) = (me.stop.clone(), me.place.clone());
    let reading = async {
        loop {
            let bytes = if me.dice.percent(50) { 1 + me.dice.below(20_000) } else { usize::MAX };
            let after = place.read.last().to_string();
            let stream = place.api.follow("/api/host-events/stream", &place.owner, &after).await;
            if let Ok(answer) = stream
                && answer.status() == 200
            {
                take(&place.read, answer, bytes).await;
            }
            me.rest(1, 20).await;
        }
    };
    stop.run_until_cancelled(reading).await;
}

/// Takes at most this many bytes. What is cut off in the middle was not seen.
async fn take(heard: &Heard, answer: reqwest::Response, bytes: usize) {
    let (mut chunks, mut text, mut left) = (answer.bytes_stream(), Vec::new(), bytes);
    while left > 0
        && let Some(Ok(chunk)) = chunks.next().await
    {
        let wanted = chunk.len().min(left);
        text.extend_from_slice(&chunk[..wanted]);
        left -= wanted;
        while let Some(end) = text.windows(2).position(|two| two == b"\n\n") {
            let frame: Vec<u8> = text.drain(..end + 2).collect();
            let frame = str::from_utf8(&frame).expect("frames are text");
            let field = |name: &str| frame.lines().find_map(|line| line.strip_prefix(name));
            let Some(data) = field("data: ") else { continue };
            let event: Value = serde_json::from_str(data).expect("data is JSON");
            assert_ne!(event["type"], "reset", "after {}: {data}", heard.last());
            if let Some(id) = field("id: ") {
                let seq = id.parse().expect("a number");
                assert_eq!(event["seq"], seq, "the event is that of its id: {frame}");
                heard.saw(seq);
            }
        }
    }
}
