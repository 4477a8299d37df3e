//! One connection of one host: frames in, frames out, open calls both ways. One task, one loop.

use std::{
    collections::HashMap,
    pin::{Pin, pin},
    time::Duration,
};

use futures_util::{
    FutureExt, Sink, SinkExt, Stream, StreamExt,
    future::BoxFuture,
    stream::{BoxStream, FuturesUnordered},
};
use serde_json::value::RawValue;
use tokio::{
    sync::oneshot,
    time::{Instant, sleep, timeout},
};
use tokio_util::sync::CancellationToken;

use super::{Outgoing, Place};
use crate::{
    domain::HostFrame,
    error::{Code, Error, Result},
    rpc::{Envelope, Incoming, MAX_FRAME, MAX_IN_FLIGHT, calls::HostCall},
};

/// How long a frame may take to be written before the socket counts as wedged.
const WRITE_LIMIT: Duration = Duration::from_secs(10);
/// How long a host may say nothing at all, not even that it is there, before it counts as gone: it pings every 20 s.
const SILENCE: Duration = Duration::from_mins(1);
/// How many requests of agents may wait for people on one connection, besides the calls in flight.
const MAX_WAITING: usize = 4096;

/// Text frames in and out, whatever carries them; what comes in without a text is a sign of life.
pub trait Frames:
    Stream<Item = Result<Option<String>>> + Sink<String, Error = Error> + Send + Unpin + 'static
{
}

impl<T> Frames for T where
    T: Stream<Item = Result<Option<String>>> + Sink<String, Error = Error> + Send + Unpin + 'static
{
}

/// Host events that a connection is told besides answers, from when it asked for them.
pub type Feed = BoxStream<'static, Result<HostFrame>>;

/// What a call comes to.
pub enum Reply {
    /// An answer.
    Answer(Box<RawValue>),
    /// An answer, and behind it what is told from now on.
    Begin(Box<RawValue>, Feed),
    /// An answer, and nothing more is told.
    End(Box<RawValue>),
}

/// How a connection ended that could have gone on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// The host hung up.
    HungUp,
    /// The server stops.
    Stopping,
    /// A newer connection of the same process took its place.
    Renewed,
    /// Another process of the same host took its place.
    Replaced,
}

type Work = BoxFuture<'static, (Option<u64>, Result<Reply>)>;

/// Serves a connection whose hello was answered, until either side ends it.
///
/// `handle` is called for each call in the order of arrival, and what it returns is polled once before the next frame
/// is read: a handler whose first await is a write has its place in the writer's queue by then, so what a host
/// says is stored in the order in which it says it.
///
/// # Errors
/// Why the connection cannot go on: the socket, a frame that is no JSON-RPC, too many calls at once.
pub async fn serve<F, H>(
    frames: &mut F,
    place: &mut Place,
    stop: &CancellationToken,
    handle: H,
) -> Result<Ending>
where
    F: Frames,
    H: Fn(HostCall) -> BoxFuture<'static, Result<Reply>>,
{
    let mut open: HashMap<u64, oneshot::Sender<Result<Box<RawValue>>>> = HashMap::new();
    let mut next_id = 0_u64;
    let mut working: FuturesUnordered<Work> = FuturesUnordered::new();
    let mut feed: Option<Feed> = None;
    let end = place.end.clone();
    let mut ended = pin!(end.cancelled());
    let mut silence = pin!(sleep(SILENCE));
    loop {
        // Calls that nobody waits for any more must not keep others from being made.
        if open.len() >= MAX_IN_FLIGHT {
            open.retain(|_, waiting| !waiting.is_closed());
        }
        tokio::select! {
            biased;
            () = stop.cancelled() => return Ok(Ending::Stopping),
            () = &mut ended => {
                return Ok(if place.is_anothers() { Ending::Replaced } else { Ending::Renewed });
            }
            Some((id, answer)) = working.next(), if !working.is_empty() => {
                reply(frames, &mut feed, id, answer).await?;
            }
            Some(Outgoing { call, answer }) = place.calls.recv(), if open.len() < MAX_IN_FLIGHT => {
                next_id += 1;
                open.insert(next_id, answer);
                let text = Envelope::call(next_id, &call).map_err(Error::internal)?;
                send(frames, text).await?;
            }
            frame = frames.next(), if working.len() < MAX_WAITING => {
                let Some(frame) = frame else { return Ok(Ending::HungUp) };
                silence.as_mut().reset(Instant::now() + SILENCE);
                let Some(frame) = frame? else { continue };
                match Envelope::read::<HostCall>(&frame).map_err(not_rpc)? {
                    Incoming::Call { id, call } => {
                        let mut work: Work = Box::pin(handle(call).map(move |answer| (id, answer)));
                        match poll_once(work.as_mut()).await {
                            Some((id, answer)) => reply(frames, &mut feed, id, answer).await?,
                            None => working.push(work),
                        }
                    }
                    Incoming::Refused { id, error } => {
                        if let Some(id) = id {
                            send(frames, Envelope::refuse(id, error).map_err(Error::internal)?).await?;
                        }
                    }
                    Incoming::Answer { id, result } => {
                        if let Some(waiting) = open.remove(&id) {
                            // Whoever called may have given up.
                            drop(waiting.send(result.map_err(Error::from)));
                        }
                    }
                }
            }
            Some(event) = fed(&mut feed) => {
                let event = event?;
                let json = str::from_utf8(event.json()).map_err(Error::internal)?;
                send(frames, Envelope::notification("host.event", json)).await?;
            }
            () = &mut silence => {
                return Err(Error::with(Code::AgentUnavailable, "the host does not say anything any more"));
            }
        }
    }
}

async fn poll_once<T>(mut future: Pin<&mut (impl Future<Output = T> + ?Sized)>) -> Option<T> {
    std::future::poll_fn(|context| match future.as_mut().poll(context) {
        std::task::Poll::Ready(value) => std::task::Poll::Ready(Some(value)),
        std::task::Poll::Pending => std::task::Poll::Ready(None),
    })
    .await
}

/// What is told besides answers, next; never anything where nothing is.
async fn fed(feed: &mut Option<Feed>) -> Option<Result<HostFrame>> {
    match feed {
        Some(feed) => feed.next().await,
        None => std::future::pending().await,
    }
}

async fn reply<F: Frames>(
    frames: &mut F,
    feed: &mut Option<Feed>,
    id: Option<u64>,
    reply: Result<Reply>,
) -> Result<()> {
    let answer = reply.map(|reply| match reply {
        Reply::Answer(answer) => answer,
        Reply::Begin(answer, begins) => {
            *feed = Some(begins);
            answer
        }
        Reply::End(answer) => {
            *feed = None;
            answer
        }
    });
    if let Err(error) = &answer
        && error.code == Code::Internal
    {
        tracing::error!(error = error as &dyn std::error::Error, "a host's call failed");
    }
    let Some(id) = id else { return Ok(()) };
    let mut text = Envelope::answer(id, answer.as_ref()).map_err(Error::internal)?;
    if text.len() > MAX_FRAME {
        let refused = Error::with(Code::TooLarge, "the answer does not fit into a frame");
        let refused: Result<&(), _> = Err(&refused);
        text = Envelope::answer(id, refused).map_err(Error::internal)?;
    }
    send(frames, text).await
}

async fn send<F: Frames>(frames: &mut F, text: String) -> Result<()> {
    timeout(WRITE_LIMIT, frames.send(text)).await.map_err(|late| {
        Error::with(Code::AgentUnavailable, "the host does not read").because(late)
    })?
}

fn not_rpc(error: serde_json::Error) -> Error {
    Error::with(Code::InvalidBody, "that is not JSON-RPC 2.0").because(error)
}

#[cfg(test)]
mod tests;
