//! The demo agent: a real ACP agent on stdio that follows a script. It is what people see first, what the tests talk to
//! and where load comes from.
//!
//! It is not a model and not a shell: it needs no key and no network, starts no command, and the only files it touches are
//! `src/checkout/settle.rs` and `wardroom-demo.txt` in the session's folder. What it says depends on the prompt, the seed
//! and the answers it gets, never on the machine; only session ids and times differ from run to run.
//!
//! ```text
//! agent     the requests of the protocol          session   one open conversation
//! turn      what a script can do: say, plan, wait sessions  all of them
//! tools     … call tools and ask people           store     the files they live in
//! words     the first word of a prompt            receipts  proof of every prompt that arrived
//! script    fix the flaky test                    pace      how long it takes
//! review    drafts and events for a wardroom
//! texts     what it says
//! ```

mod agent;
mod pace;
mod receipts;
mod review;
mod script;
mod session;
mod sessions;
mod store;
mod texts;
mod tools;
mod turn;
mod words;

use std::{
    future, io,
    path::PathBuf,
    sync::{Arc, atomic::Ordering},
    time::Duration,
};

use agent_client_protocol::{
    Agent, Error, Lines, on_receive_notification, on_receive_request,
    v1::schema::{CancelNotification, ClientRequest, InitializeRequest},
};
use futures_util::{SinkExt, TryStreamExt};
use tokio::{
    io::{stdin, stdout},
    select,
    time::sleep,
};
use tokio_util::{
    codec::{FramedRead, FramedWrite, LinesCodec},
    sync::CancellationToken,
};

/// The longest line it reads, in bytes.
const MAX_LINE: usize = 16 * 1024 * 1024;

/// How long it goes on writing after stdin has closed.
const FAREWELL: Duration = Duration::from_secs(1);

/// How the demo agent behaves.
#[derive(Debug, Clone, clap::Args)]
pub struct Options {
    /// Append a JSON line to FILE for each prompt, the moment it arrives.
    #[arg(long, value_name = "FILE", env = "WARDROOM_DEMO_RECEIPTS")]
    pub receipts: Option<PathBuf>,
    /// Choose another variation of the same script.
    #[arg(long, value_name = "NUMBER", default_value_t = 1)]
    pub seed: u64,
    /// Go this many times as fast; 0 waits for nothing but people.
    #[arg(long, value_name = "FACTOR", env = "WARDROOM_DEMO_SPEED", default_value = "1")]
    #[arg(value_parser = pace::speed)]
    pub speed: f64,
    /// Keep conversations in DIR [default: $XDG_STATE_HOME/wardroom-demo, else a temporary folder].
    #[arg(long, value_name = "DIR")]
    pub state_dir: Option<PathBuf>,
}

/// Serves one client on stdin and stdout until stdin closes.
///
/// # Errors
/// The state folder or the receipts cannot be opened, or the connection breaks.
pub async fn run(options: Options) -> Result<(), Error> {
    let agent = Arc::new(agent::DemoAgent::new(options).map_err(Error::into_internal_error)?);
    let (on_initialize, on_request, on_cancel) = (agent.clone(), agent.clone(), agent.clone());
    let closed = CancellationToken::new();
    let close = closed.clone();

    let connection = Agent
        .v1()
        .name("wardroom-demo")
        .on_receive_request(
            async move |request: InitializeRequest, responder, _client| {
                responder.respond(on_initialize.initialize(&request))
            },
            on_receive_request!(),
        )
        .on_receive_request(
            async move |request: ClientRequest, responder, client| {
                on_request.answer(request, responder, &client)
            },
            on_receive_request!(),
        )
        .on_receive_notification(
            async move |cancel: CancelNotification, _client| {
                on_cancel.cancel(&cancel.session_id);
                Ok(())
            },
            on_receive_notification!(),
        )
        .on_close(async move |_client| {
            close.cancel();
            Ok(())
        })
        .connect_to(stdio());

    let ended = select! {
        ended = connection => ended,
        () = async { closed.cancelled().await; sleep(FAREWELL).await } => Ok(()),
    };
    if agent.deaf.load(Ordering::Relaxed) {
        future::pending::<()>().await;
    }
    if closed.is_cancelled() { Ok(()) } else { ended }
}

fn stdio() -> Lines<
    impl futures_util::Sink<String, Error = io::Error> + Send + 'static,
    impl futures_util::Stream<Item = io::Result<String>> + Send + 'static,
> {
    let read = FramedRead::new(stdin(), LinesCodec::new_with_max_length(MAX_LINE));
    let write = FramedWrite::new(stdout(), LinesCodec::new());
    Lines::new(
        SinkExt::<String>::sink_map_err(write, io::Error::other),
        read.map_err(io::Error::other),
    )
}
