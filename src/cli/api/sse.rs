//! Server-sent events: bytes in, frames out. Knows `id` and `data`; the rest of the format is not used here.

/// One frame of a stream.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Frame {
    /// The position, on events that are numbered.
    pub(crate) id: Option<String>,
    /// The JSON.
    pub(crate) data: String,
}

/// What was read of frames that are not complete yet.
#[derive(Debug, Default)]
pub(crate) struct Parser {
    line: Vec<u8>,
    id: Option<String>,
    data: Option<String>,
}

impl Parser {
    /// Takes the next bytes and gives the frames that they complete.
    pub(crate) fn push(&mut self, bytes: &[u8]) -> Vec<Frame> {
        let mut frames = Vec::new();
        for part in bytes.split_inclusive(|byte| *byte == b'\n') {
            self.line.extend_from_slice(part);
            if self.line.ends_with(b"\n") {
                let line = std::mem::take(&mut self.line);
                frames.extend(
                    self.line(String::from_utf8_lossy(&line).trim_end_matches(['\n', '\r'])),
                );
            }
        }
        frames
    }

    fn line(&mut self, line: &str) -> Option<Frame> {
        if line.is_empty() {
            let id = self.id.take();
            return self.data.take().map(|data| Frame { id, data });
        }
        let (field, value) = line.split_once(':').unwrap_or((line, ""));
        let value = value.strip_prefix(' ').unwrap_or(value);
        match field {
            "id" => self.id = Some(value.to_owned()),
            "data" => match &mut self.data {
                Some(data) => {
                    data.push('\n');
                    data.push_str(value);
                }
                None => self.data = Some(value.to_owned()),
            },
            _ => {}
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frame(id: Option<&str>, data: &str) -> Frame {
        Frame { id: id.map(str::to_owned), data: data.into() }
    }

    const STREAM: &[u8] = "retry: 2000\n\ndata: {\"type\":\"connected\"}\n\n: heartbeat\n\n\
        id: 7.0123456789abcdef\ndata: {\"text\":\"Zoë 🚢\"}\n\nid: 8\r\ndata: one\r\ndata: two\r\n\r\nid: 9\ndata: not yet"
        .as_bytes();

    #[test]
    fn frames_come_out_however_the_bytes_are_cut() {
        let whole = vec![
            frame(None, "{\"type\":\"connected\"}"),
            frame(Some("7.0123456789abcdef"), "{\"text\":\"Zoë 🚢\"}"),
            frame(Some("8"), "one\ntwo"),
        ];
        assert_eq!(Parser::default().push(STREAM), whole);
        for size in [1, 2, 3, 7] {
            let mut parser = Parser::default();
            let frames: Vec<_> = STREAM.chunks(size).flat_map(|it| parser.push(it)).collect();
            assert_eq!(frames, whole, "in pieces of {size}");
        }
    }
}
