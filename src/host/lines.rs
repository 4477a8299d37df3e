//! Lines of a pipe, each of a bounded length. `next` may be dropped at any await without loss.

use std::io;

use tokio::io::{AsyncBufReadExt, AsyncRead, BufReader};

/// The longest line that an agent may write, in bytes.
pub(super) const LONGEST: usize = 4 * 1024 * 1024;

/// Reads lines.
pub(super) struct Lines<R> {
    reader: BufReader<R>,
    line: Vec<u8>,
}

impl<R: AsyncRead + Unpin> Lines<R> {
    pub(super) fn new(reader: R) -> Self {
        Self { reader: BufReader::with_capacity(64 * 1024, reader), line: Vec::new() }
    }

    /// The next line without its end; `None` at the end of the pipe.
    ///
    /// # Errors
    /// What the pipe says, and `InvalidData` for a line that is too long.
    pub(super) async fn next(&mut self) -> io::Result<Option<String>> {
        loop {
            let read = self.reader.fill_buf().await?;
            if read.is_empty() {
                return Ok((!self.line.is_empty()).then(|| self.take()));
            }
            let end = read.iter().position(|byte| *byte == b'\n');
            let taken = end.unwrap_or(read.len());
            if self.line.len() + taken > LONGEST {
                return Err(io::ErrorKind::InvalidData.into());
            }
            self.line.extend_from_slice(&read[..taken]);
            self.reader.consume(taken + usize::from(end.is_some()));
            if end.is_some() {
                return Ok(Some(self.take()));
            }
        }
    }

    fn take(&mut self) -> String {
        let line = std::mem::take(&mut self.line);
        String::from_utf8(line)
            .unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn lines_are_read_to_the_last_one_and_a_long_one_is_an_error() {
        let mut lines = Lines::new(&b"one\n\ntwo\xff\nlast"[..]);
        let mut read = Vec::new();
        while let Some(line) = lines.next().await.unwrap() {
            read.push(line);
        }
        assert_eq!(read, ["one", "", "two\u{fffd}", "last"]);

        let long = vec![b'x'; LONGEST + 1];
        assert!(Lines::new(&long[..]).next().await.is_err());
    }
}
