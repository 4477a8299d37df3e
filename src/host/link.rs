//! One connection to the server, from hello to its end: one task, one loop, one bounded queue to
//! the writer. A connection that does not move is given up, never waited for.

use std::{future::pending, pin::pin, sync::Arc, time::Duration};

use futures_util::{Sink, SinkExt, StreamExt};
use serde_json::value::RawValue;
use tokio::{
    io::{AsyncRead, AsyncWrite},
    sync::mpsc,
    time::{Instant, MissedTickBehavior, interval_at, sleep_until, timeout},
};
use tokio_tungstenite::{
    WebSocketStream,
    tungstenite::{self, Message, protocol::CloseFrame},
};

use super::Host;
use crate::{
    Code, Error,
    rpc::{
        CLOSED_REPLACED, Envelope, Incoming, RpcError,
        calls::{HostCall, ServerCall, Welcome},
    },
};

/// How many frames wait for the writer; half of them are kept for answers.
const QUEUE: usize = 128;
/// How many answers wait for the queue.
const ANSWERS: usize = 256;
/// How often the server is asked whether it is still there.
const PING: Duration = Duration::from_secs(20);
/// How long it may take to answer that, to answer hello, and to take a frame.
const PATIENCE: Duration = Duration::from_secs(10);
/// How long a server that is busy is left alone.
const PAUSE: Duration = Duration::from_millis(500);
/// The id of hello.
const HELLO: u64 = 0;

/// Why a connection ended.
#[derive(Debug)]
pub(super) enum Lost {
    /// It broke.
    Broken(String),
    /// The server does not want this host.
    Refused(Error),
}

/// Speaks with the server until the connection ends; `welcome` is called once it has said hello.
pub(super) async fn hold<S: AsyncRead + AsyncWrite + Unpin>(
    host: &Arc<Host>,
    socket: WebSocketStream<S>,
    mut welcome: impl FnMut(),
) -> Lost {
    let (sink, mut stream) = socket.split();
    let (queue, frames) = mpsc::channel(QUEUE);
    let (answers, mut answered) = mpsc::channel(ANSWERS);
    let mut writer = pin!(write(sink, frames));
    let mut ping = interval_at(Instant::now() + PING, PING);
    ping.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut link = Link {
        host,
        queue,
        answers,
        welcomed: false,
        resume_at: None,
        due: Some(Instant::now() + PATIENCE),
    };
    if let Err(lost) = link.hello() {
        return lost;
    }
    loop {
        link.pump();
        let event = tokio::select! {
            broken = &mut writer => Err(Lost::Broken(broken)),
            frame = stream.next() => match frame {
                Some(Ok(frame)) => link.take(frame, &mut welcome),
                Some(Err(error)) => Err(Lost::Broken(error.to_string())),
                None => Err(Lost::Broken("the server hung up".to_owned())),
            },
            Some(frame) = answered.recv() => link.send(Message::text(frame)),
            () = host.post.filled(), if link.may_send() => Ok(()),
            () = room(&link.queue), if link.is_full() => Ok(()),
            _ = ping.tick() => link.ping(),
            () = at(link.resume_at) => { link.resume_at = None; Ok(()) },
            () = at(link.due) => Err(Lost::Broken("the server does not answer".to_owned())),
        };
        if let Err(lost) = event {
            return lost;
        }
    }
}

struct Link<'a> {
    host: &'a Arc<Host>,
    queue: mpsc::Sender<Message>,
    answers: mpsc::Sender<String>,
    /// Whether the server has answered hello.
    welcomed: bool,
    /// Set while the server is left alone.
    resume_at: Option<Instant>,
    /// Set while something of the server is awaited: when it is given up.
    due: Option<Instant>,
}

impl Link<'_> {
    fn hello(&mut self) -> Result<(), Lost> {
        self.host.post.disconnected();
        let hello = HostCall::Hello(self.host.hello());
        let frame =
            Envelope::call(HELLO, &hello).map_err(|error| Lost::Broken(error.to_string()))?;
        self.send(Message::text(frame))
    }

    /// Moves what waits in the outbox to the writer, as far as there is room.
    fn pump(&mut self) {
        while self.may_send()
            && !self.is_full()
            && let Some(frame) = self.host.post.next()
        {
            if self.send(Message::text(frame)).is_err() {
                return;
            }
        }
    }

    fn may_send(&self) -> bool {
        self.welcomed && self.resume_at.is_none()
    }

    fn is_full(&self) -> bool {
        self.queue.capacity() <= QUEUE / 2
    }

    fn send(&mut self, frame: Message) -> Result<(), Lost> {
        let full = |_| Lost::Broken("the server does not take what it is sent".to_owned());
        self.queue.try_send(frame).map_err(full)
    }

    fn ping(&mut self) -> Result<(), Lost> {
        self.due.get_or_insert(Instant::now() + PATIENCE);
        self.send(Message::Ping(tungstenite::Bytes::new()))
    }

    fn take(&mut self, frame: Message, welcome: &mut impl FnMut()) -> Result<(), Lost> {
        if self.welcomed {
            self.due = None;
        }
        let text = match frame {
            Message::Text(text) => text,
            Message::Close(why) => return Err(closed(why)),
            _ => return Ok(()),
        };
        let incoming = Envelope::read::<ServerCall>(&text).map_err(|error| {
            Lost::Broken(format!("the server does not speak our language: {error}"))
        })?;
        match incoming {
            Incoming::Answer { id: HELLO, result } => {
                self.welcomed(result.as_deref())?;
                welcome();
                Ok(())
            }
            Incoming::Answer { id, result } => {
                if self.host.answered(id, result) {
                    self.resume_at = Some(Instant::now() + PAUSE);
                }
                Ok(())
            }
            Incoming::Call { id, call } => match self.host.called(id, call, &self.answers) {
                Some(frame) => self.send(Message::text(frame)),
                None => Ok(()),
            },
            Incoming::Refused { id: Some(id), error } => match Envelope::refuse(id, error) {
                Ok(frame) => self.send(Message::text(frame)),
                Err(error) => Err(Lost::Broken(error.to_string())),
            },
            Incoming::Refused { id: None, .. } => Ok(()),
        }
    }

    fn welcomed(&mut self, result: Result<&RawValue, &RpcError>) -> Result<(), Lost> {
        let welcome = result.map_err(|error| {
            let error = Error::from(error.clone());
            match error.code {
                Code::Busy | Code::DiskFull | Code::Internal | Code::RateLimited => {
                    Lost::Broken(error.message)
                }
                _ => Lost::Refused(error),
            }
        })?;
        let welcome: Welcome = serde_json::from_str(welcome.get())
            .map_err(|error| Lost::Broken(format!("hello was answered strangely: {error}")))?;
        tracing::info!(server = %welcome.server, version = welcome.version, "connected");
        self.welcomed = true;
        self.due = None;
        Ok(())
    }
}

async fn write<S>(mut sink: S, mut frames: mpsc::Receiver<Message>) -> String
where
    S: Sink<Message, Error = tungstenite::Error> + Unpin,
{
    while let Some(frame) = frames.recv().await {
        let write = async {
            sink.feed(frame).await?;
            if frames.is_empty() { sink.flush().await } else { Ok(()) }
        };
        match timeout(PATIENCE, write).await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => return error.to_string(),
            Err(_) => return "the server does not take what it is sent".to_owned(),
        }
    }
    pending().await
}

/// What a close of the server means: only a newer process of this host is a reason not to come again.
fn closed(why: Option<CloseFrame>) -> Lost {
    match why {
        Some(why) if u16::from(why.code) == CLOSED_REPLACED => {
            let text = "another process speaks for this host";
            let cure = "end one of the two; each data directory is one host";
            Lost::Refused(Error::with(Code::HostRequired, text).hint(cure))
        }
        Some(why) => Lost::Broken(format!("the server hung up: {}", why.reason)),
        None => Lost::Broken("the server hung up".to_owned()),
    }
}

/// Waits until half of the queue is free again.
async fn room(queue: &mpsc::Sender<Message>) {
    drop(queue.reserve_many(QUEUE / 2 + 1).await);
}

async fn at(instant: Option<Instant>) {
    match instant {
        Some(instant) => sleep_until(instant).await,
        None => pending().await,
    }
}

#[cfg(test)]
mod tests;
