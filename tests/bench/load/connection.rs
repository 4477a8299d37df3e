//! A connection that asks over and over, and one that streams.

use std::{io, net::SocketAddr};

use memchr::{memchr_iter, memmem};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

/// A connection that is kept alive.
pub(crate) struct Connection {
    stream: TcpStream,
    answer: Vec<u8>,
    /// Where the body of the answer begins.
    body: usize,
}

impl Connection {
    pub(crate) async fn open(address: SocketAddr) -> io::Result<Self> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        Ok(Self { stream, answer: Vec::with_capacity(64 * 1024), body: 0 })
    }

    /// Sends a request and reads its whole answer.
    ///
    /// # Panics
    /// When the answer is no success: what fails quickly must not count as fast.
    pub(crate) async fn call(&mut self, request: &[u8]) {
        self.try_call(request).await.expect("an answer");
        let status = &self.answer[..self.answer.len().min(12)];
        assert!(status.starts_with(b"HTTP/1.1 2"), "{}", String::from_utf8_lossy(&self.answer));
    }

    /// The body of the last answer.
    pub(crate) fn body(&self) -> &[u8] {
        &self.answer[self.body..]
    }

    /// The same for servers that may not be there yet.
    pub(crate) async fn try_call(&mut self, request: &[u8]) -> io::Result<()> {
        self.stream.write_all(request).await?;
        self.answer.clear();
        let mut length = None;
        while length.is_none_or(|length| self.answer.len() < length) {
            if self.stream.read_buf(&mut self.answer).await? == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            if length.is_none()
                && let Some(head) = memmem::find(&self.answer, b"\r\n\r\n")
            {
                self.body = head + 4;
                length = Some(self.body + content_length(&self.answer[..head]));
            }
        }
        Ok(())
    }
}

fn content_length(head: &[u8]) -> usize {
    let head = String::from_utf8_lossy(head);
    let length = head.lines().filter_map(|line| line.split_once(':'));
    let mut length = length.filter(|(name, _)| name.eq_ignore_ascii_case("content-length"));
    length.next().and_then(|(_, value)| value.trim().parse().ok()).unwrap_or(0)
}

/// A stream of server-sent events.
pub(crate) struct Streaming {
    stream: TcpStream,
    buffer: Vec<u8>,
    /// How long the line is that has begun: a frame ends with an empty one.
    line: usize,
}

impl Streaming {
    /// Opens a stream and reads on until its greeting is there, which every server here sends as its first frame.
    pub(crate) async fn open(address: SocketAddr, request: &[u8]) -> io::Result<Self> {
        let (opened, missed) = Self::resume(address, request).await?;
        assert_eq!(missed, 0, "{}", String::from_utf8_lossy(&opened.buffer));
        Ok(opened)
    }

    /// The same where more may follow at once: how many frames came with the greeting.
    pub(crate) async fn resume(address: SocketAddr, request: &[u8]) -> io::Result<(Self, u64)> {
        let mut stream = TcpStream::connect(address).await?;
        stream.write_all(request).await?;
        let mut opened = Self { stream, buffer: Vec::with_capacity(64 * 1024), line: 0 };
        let frames = opened.frames().await?;
        Ok((opened, frames - 1))
    }

    /// How many frames have ended in what comes next; at least one.
    pub(crate) async fn frames(&mut self) -> io::Result<u64> {
        loop {
            self.buffer.clear();
            if self.stream.read_buf(&mut self.buffer).await? == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            let refused =
                self.buffer.starts_with(b"HTTP") && !self.buffer.starts_with(b"HTTP/1.1 200");
            assert!(!refused, "{}", String::from_utf8_lossy(&self.buffer));
            let frames = self.count();
            if frames > 0 {
                return Ok(frames);
            }
        }
    }

    /// Closes it without leaving the port behind.
    pub(crate) fn abort(self) {
        drop(self.stream.set_zero_linger());
    }

    fn count(&mut self) -> u64 {
        let (mut frames, mut begin) = (0, 0);
        for end in memchr_iter(b'\n', &self.buffer) {
            frames += u64::from(self.line + end == begin);
            (self.line, begin) = (0, end + 1);
        }
        self.line += self.buffer.len() - begin;
        frames
    }
}
