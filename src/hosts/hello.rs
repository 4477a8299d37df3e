//! The first call on a connection, and its answer.

use std::time::Duration;

use tokio::time::timeout;

use futures_util::{SinkExt, StreamExt};

use super::Frames;
use crate::{
    error::{Code, Error, Result},
    rpc::{
        Envelope, Incoming,
        calls::{Hello, HostCall, Welcome},
    },
};

/// How long a connection may take to say hello.
const LIMIT: Duration = Duration::from_secs(5);

/// Who connects, and the id of the call that says so.
///
/// # Errors
/// `INVALID_BODY` when something else comes first, or nothing in time.
pub async fn read_hello<F: Frames>(frames: &mut F) -> Result<(u64, Hello)> {
    let refused = |text: &str| Error::with(Code::InvalidBody, text).hint("begin with host.hello");
    let text = async {
        loop {
            match frames.next().await {
                Some(Ok(None)) => {}
                frame => return frame.map(|frame| frame.map(Option::unwrap_or_default)),
            }
        }
    };
    let frame = timeout(LIMIT, text)
        .await
        .map_err(|late| refused("no hello came in time").because(late))?;
    let frame = frame.ok_or_else(|| refused("the connection ended before hello"))??;
    let read = Envelope::read::<HostCall>(&frame)
        .map_err(|error| refused("not JSON-RPC").because(error))?;
    match read {
        Incoming::Call { id: Some(id), call: HostCall::Hello(hello) } => Ok((id, hello)),
        Incoming::Refused { id: Some(id), error } => {
            let text = error.message.clone();
            frames.send(Envelope::refuse(id, error).map_err(Error::internal)?).await?;
            Err(refused(&text))
        }
        _ => Err(refused("the first call is host.hello")),
    }
}

/// Answers a hello, with a welcome or with the reason why not.
///
/// # Errors
/// What the socket says.
pub async fn answer_hello<F: Frames>(
    frames: &mut F,
    id: u64,
    welcome: Result<&Welcome, &Error>,
) -> Result<()> {
    frames.send(Envelope::answer(id, welcome).map_err(Error::internal)?).await
}
