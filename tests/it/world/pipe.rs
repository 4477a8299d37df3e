//! Text frames both ways, in memory.

use std::{
    pin::Pin,
    task::{Context, Poll},
};

use futures_util::{Sink, Stream};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use wardroom::{Error, Result};

/// One end of a pipe.
pub(crate) struct Pipe {
    out: UnboundedSender<String>,
    inn: UnboundedReceiver<String>,
}

impl Pipe {
    /// Both ends.
    pub(super) fn new() -> (Self, Self) {
        let ((near, far_in), (far, near_in)) = (unbounded_channel(), unbounded_channel());
        (Self { out: near, inn: near_in }, Self { out: far, inn: far_in })
    }

    /// Sends a frame; false when the other end is gone.
    pub(super) fn write(&self, frame: String) -> bool {
        self.out.send(frame).is_ok()
    }

    /// The next frame; `None` when the other end is gone.
    pub(super) async fn read(&mut self) -> Option<String> {
        self.inn.recv().await
    }

    /// Whether the other end is gone.
    pub(super) fn is_cut(&self) -> bool {
        self.out.is_closed()
    }

    /// A frame that is there already.
    pub(super) fn ready(&mut self) -> Option<String> {
        self.inn.try_recv().ok()
    }
}

impl Stream for Pipe {
    type Item = Result<Option<String>>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.inn.poll_recv(context).map(|frame| frame.map(|text| Ok(Some(text))))
    }
}

impl Sink<String> for Pipe {
    type Error = Error;

    fn poll_ready(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn start_send(self: Pin<&mut Self>, frame: String) -> Result<()> {
        if self.write(frame) { Ok(()) } else { Err(Error::internal("the pipe is cut")) }
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_close(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Result<()>> {
        Poll::Ready(Ok(()))
    }
}
