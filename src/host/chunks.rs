//! Joins consecutive text chunks of one message into one update, in the agent's own shape.
//!
//! A plain data structure; the tap decides when what is held goes out.

use std::time::Duration;

use serde_json::{
    Value,
    value::{RawValue, to_raw_value},
};
use tokio::time::Instant;

use super::fit;

/// The kinds of update that carry pieces of a message.
const KINDS: [&str; 3] = ["agent_message_chunk", "agent_thought_chunk", "user_message_chunk"];
/// How long a chunk waits for the next one.
const LONGEST: Duration = Duration::from_millis(50);
/// How much text is held before it goes out, in bytes.
const LARGEST: usize = 8 * 1024;
/// One update carries at most this much text, in bytes; a longer chunk becomes several.
const PIECE: usize = 128 * 1024;

/// The chunks that are held.
#[derive(Default)]
pub(super) struct Chunks {
    held: Option<Held>,
}

struct Held {
    chunk: Chunk,
    /// The one chunk that this is, as the agent wrote it; `None` once another was joined to it.
    raw: Option<Box<RawValue>>,
    due: Instant,
}

/// A text chunk taken apart.
struct Chunk {
    /// The update without its text. Only chunks in which this is equal are of one message.
    frame: Value,
    text: String,
}

impl Chunks {
    /// Takes `params` if they are a text chunk; the updates that are ready by then are added to `out`.
    pub(super) fn take(
        &mut self,
        kind: &str,
        params: &RawValue,
        now: Instant,
        out: &mut Vec<Box<RawValue>>,
    ) -> bool {
        if !KINDS.contains(&kind) {
            return false;
        }
        let Some(chunk) = Chunk::read(params) else { return false };
        if chunk.text.is_empty() {
            return true;
        }
        match &mut self.held {
            Some(held) if held.chunk.frame == chunk.frame => {
                held.chunk.text.push_str(&chunk.text);
                held.raw = None;
            }
            _ => {
                self.flush(out);
                let raw = Some(params.to_owned());
                self.held = Some(Held { chunk, raw, due: now + LONGEST });
            }
        }
        if self.held.as_ref().is_some_and(|held| held.chunk.text.len() >= LARGEST) {
            self.flush(out);
        }
        true
    }

    /// When what is held must go out.
    pub(super) fn due(&self) -> Option<Instant> {
        self.held.as_ref().map(|held| held.due)
    }

    /// Adds what is held to `out`.
    pub(super) fn flush(&mut self, out: &mut Vec<Box<RawValue>>) {
        let Some(Held { mut chunk, raw, .. }) = self.held.take() else { return };
        match raw {
            // A chunk may be short and its line long, of spaces for example.
            Some(raw) if chunk.text.len() <= PIECE && raw.get().len() <= fit::LARGEST => {
                out.push(raw);
            }
            _ => {
                let text = std::mem::take(&mut chunk.text);
                out.extend(pieces(&text).filter_map(|piece| chunk.with(piece)));
            }
        }
    }
}

impl Chunk {
    fn read(params: &RawValue) -> Option<Self> {
        let mut frame: Value = serde_json::from_str(params.get()).ok()?;
        let content = frame.pointer_mut("/update/content")?;
        if content.get("type").and_then(Value::as_str) != Some("text") {
            return None;
        }
        let Value::String(text) = content.get_mut("text")?.take() else { return None };
        // Each piece carries the frame: one that is large itself is no text chunk.
        let fits = params.get().len() <= PIECE || fit::weight(&frame) <= PIECE;
        fits.then_some(Self { frame, text })
    }

    fn with(&mut self, text: &str) -> Option<Box<RawValue>> {
        *self.frame.pointer_mut("/update/content/text")? = Value::String(text.to_owned());
        to_raw_value(&self.frame).ok()
    }
}

/// Cuts a text into pieces of at most [`PIECE`] bytes, never within a character.
fn pieces(mut text: &str) -> impl Iterator<Item = &str> {
    std::iter::from_fn(move || {
        let end = text.floor_char_boundary(PIECE);
        let (piece, rest) = text.split_at(end);
        text = rest;
        (!piece.is_empty()).then_some(piece)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn raw(json: &str) -> Box<RawValue> {
        RawValue::from_string(json.to_owned()).unwrap()
    }

    fn chunk(extra: &str, text: &str) -> Box<RawValue> {
        let text = serde_json::to_string(text).unwrap();
        raw(&format!(
            r#"{{"sessionId":"s","update":{{"sessionUpdate":"agent_message_chunk"{extra},"content":{{"type":"text","text":{text}}}}}}}"#
        ))
    }

    fn take(chunks: &mut Chunks, params: &RawValue) -> Vec<String> {
        let mut out = Vec::new();
        assert!(chunks.take("agent_message_chunk", params, Instant::now(), &mut out));
        out.iter().map(|raw| raw.get().to_owned()).collect()
    }

    fn flush(chunks: &mut Chunks) -> Vec<String> {
        let mut out = Vec::new();
        chunks.flush(&mut out);
        out.iter().map(|raw| raw.get().to_owned()).collect()
    }

    #[test]
    fn chunks_of_one_message_are_joined_in_the_agents_own_shape() {
        let mut chunks = Chunks::default();
        assert!(take(&mut chunks, &chunk(r#","messageId":"m""#, "Hel")).is_empty());
        assert!(take(&mut chunks, &chunk(r#","messageId":"m""#, "")).is_empty());
        assert!(take(&mut chunks, &chunk(r#","messageId":"m""#, "lo")).is_empty());
        assert_eq!(flush(&mut chunks), [chunk(r#","messageId":"m""#, "Hello").get()]);
        assert_eq!(chunks.due(), None);
    }

    #[test]
    fn another_message_sends_the_one_before_it_out() {
        let mut chunks = Chunks::default();
        let first = chunk(r#","messageId":"m1""#, "one");
        assert!(take(&mut chunks, &first).is_empty());
        assert_eq!(take(&mut chunks, &chunk(r#","messageId":"m2""#, "two")), [first.get()]);
    }

    #[test]
    fn a_single_chunk_goes_out_as_the_agent_wrote_it() {
        let odd = raw(
            r#"{ "sessionId":"s", "update":{"content":{"text":"x","type":"text"},"sessionUpdate":"agent_message_chunk","n":1.50}}"#,
        );
        let mut chunks = Chunks::default();
        assert!(take(&mut chunks, &odd).is_empty());
        assert_eq!(flush(&mut chunks), [odd.get()]);
    }

    #[test]
    fn much_text_goes_out_at_once_and_a_huge_chunk_in_pieces() {
        let mut chunks = Chunks::default();
        assert_eq!(take(&mut chunks, &chunk("", &"x".repeat(LARGEST))).len(), 1);
        let huge = "é".repeat(PIECE);
        let pieces = take(&mut chunks, &chunk("", &huge));
        assert_eq!(pieces.len(), 2);
        let text: String =
            pieces.iter().map(|piece| Chunk::read(&raw(piece)).unwrap().text).collect();
        assert_eq!(text, huge);
    }

    #[test]
    fn what_is_not_text_is_left_alone() {
        let image = raw(r#"{"sessionId":"s","update":{"content":{"type":"image","data":""}}}"#);
        let mut out = Vec::new();
        let mut chunks = Chunks::default();
        assert!(!chunks.take("agent_message_chunk", &image, Instant::now(), &mut out));
        assert!(!chunks.take("plan", &chunk("", "x"), Instant::now(), &mut out));
    }
}
