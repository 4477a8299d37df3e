//! A host's WebSocket as text frames, closed with a code and a reason that its host can read.

use std::{
    pin::Pin,
    task::{Context, Poll, ready},
    time::Duration,
};

use axum::extract::ws::{CloseFrame, Message, WebSocket, close_code};
use futures_util::{Sink, SinkExt, Stream, StreamExt};
use tokio::time::timeout;
use tokio_tungstenite::tungstenite;

use crate::{
    app::Ending,
    error::{Code, Error, Result},
    rpc::{CLOSED_REPLACED, MAX_FRAME},
};

/// How long a close may take to be written: who does not read is not waited for.
const LIMIT: Duration = Duration::from_secs(1);
/// How long the reason of a close may be, in bytes: a control frame has 125, two of them for the code.
const MAX_REASON: usize = 123;

/// A WebSocket that carries text.
pub(super) struct HostSocket(pub(super) WebSocket);

impl HostSocket {
    /// Says why the connection ends, and ends it.
    pub(super) async fn close(mut self, served: &Result<Ending>) {
        let (code, reason) = match served {
            Ok(Ending::HungUp | Ending::Renewed) => return,
            Ok(Ending::Stopping) => {
                (close_code::RESTART, "the server stops; come again".to_owned())
            }
            Ok(Ending::Replaced) => {
                (CLOSED_REPLACED, "another process speaks for this host".to_owned())
            }
            Err(error) => (code_of(error), error.message.clone()),
        };
        let reason = reason[..reason.floor_char_boundary(MAX_REASON)].into();
        let close = self.0.send(Message::Close(Some(CloseFrame { code, reason })));
        drop(timeout(LIMIT, close).await);
    }
}

fn code_of(error: &Error) -> u16 {
    match error.code {
        Code::TooLarge => close_code::SIZE,
        Code::UnsupportedMediaType => close_code::UNSUPPORTED,
        Code::InvalidBody => close_code::PROTOCOL,
        Code::Internal => close_code::ERROR,
        Code::Busy | Code::DiskFull | Code::RateLimited => close_code::AGAIN,
        _ => close_code::POLICY,
    }
}

impl Stream for HostSocket {
    type Item = Result<Option<String>>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let message = ready!(self.0.poll_next_unpin(context));
        Poll::Ready(message.map(|message| match message.map_err(broken)? {
            Message::Text(text) => Ok(Some(text.to_string())),
            Message::Binary(_) => Err(Error::with(Code::UnsupportedMediaType, "frames are text")),
            Message::Ping(_) | Message::Pong(_) | Message::Close(_) => Ok(None),
        }))
    }
}

impl Sink<String> for HostSocket {
    type Error = Error;

    fn poll_ready(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Result<()>> {
        self.0.poll_ready_unpin(context).map_err(Error::internal)
    }

    fn start_send(mut self: Pin<&mut Self>, text: String) -> Result<()> {
        self.0.start_send_unpin(Message::Text(text.into())).map_err(Error::internal)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Result<()>> {
        self.0.poll_flush_unpin(context).map_err(Error::internal)
    }

    fn poll_close(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Result<()>> {
        self.0.poll_close_unpin(context).map_err(Error::internal)
    }
}

/// Why nothing can be read any more.
fn broken(error: axum::Error) -> Error {
    let error = error.into_inner();
    match error.downcast_ref::<tungstenite::Error>() {
        Some(tungstenite::Error::Capacity(_)) => {
            let text = format!("a frame has at most {MAX_FRAME} bytes");
            Error::with(Code::TooLarge, text).because(error)
        }
        Some(tungstenite::Error::Utf8(_)) => {
            Error::with(Code::InvalidBody, "frames are UTF-8").because(error)
        }
        _ => Error::internal(error),
    }
}
