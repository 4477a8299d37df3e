//! What an agent remembers: its old conversations, listed by a process of it that lives no longer than that.
//!
//! No server is asked: whose machine it is may see what its own agents remember, and nobody else may.

use std::{path::Path, sync::OnceLock, time::Duration};

use tokio::{sync::mpsc, time::sleep};
use tokio_util::sync::CancellationToken;

use super::{
    AgentSettings, acp, failure,
    keeper::Keeper,
    opening::{self, NotOpened},
    post::Post,
    process::Process,
    tap::{Heard, tap},
};
use crate::{
    Result,
    domain::{AgentSessionId, InstanceId},
    error::Error,
};

/// How long the last words to an agent may take to leave.
const FAREWELL: Duration = Duration::from_secs(1);

/// An old conversation, as its agent describes it; cleaned, so that it is safe to show.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Remembered {
    /// The agent's own id of it.
    pub id: String,
    /// What it is about.
    pub title: Option<String>,
    /// When something was said in it last, as the agent writes it.
    pub updated_at: Option<String>,
}

/// The conversations about a folder that an agent remembers and can take up again, in its own order; nothing where it
/// cannot say. `keeper` is the command that ends the agent's process should this one be killed.
///
/// # Errors
/// `AGENT_UNAVAILABLE` where the agent does not start, takes up no old conversations, or wants a login.
pub async fn remembered(
    name: &str,
    settings: &AgentSettings,
    folder: &Path,
    keeper: &[String],
) -> Result<Option<Vec<Remembered>>> {
    let program = failure::name(settings.command.first().map_or("the agent", String::as_str));
    let keeper = Keeper::start(keeper).map_err(Error::internal)?;
    let (mut process, stdin, stdout) =
        Process::start(name, &settings.command, &settings.env, folder, &keeper)
            .map_err(|error| failure::not_started(&program, error))?;
    let (heard, post) = (Heard::default(), Post::new(InstanceId::new()));
    let lines = tap(stdout, AgentSessionId::new(), post, heard.clone());
    // Nothing that it asks is answered: it is asked only what it remembers.
    let (asks, _) = mpsc::channel(1);
    let (listed, talked) = (OnceLock::new(), CancellationToken::new());
    let connection = acp::connect(stdin, lines, heard.clone(), asks, async |acp| {
        let list = opening::remembered(&acp, &heard, &program, folder, settings.never_resume);
        let list = tokio::select! {
            list = list => list,
            () = acp.closed() => Err(NotOpened::Gone),
        };
        listed.get_or_init(|| list);
        talked.cancel();
    });
    tokio::select! {
        result = connection => if let Err(error) = result {
            tracing::debug!(?error, agent = name, "the connection to an agent failed");
        },
        () = async { talked.cancelled().await; sleep(FAREWELL).await } => {}
    }
    let status = process.stop().await;
    match listed.into_inner().unwrap_or(Err(NotOpened::Gone)) {
        Ok(list) => Ok(list),
        Err(NotOpened::NeedsLogin(error, _) | NotOpened::Failed(error)) => Err(error),
        Err(NotOpened::Gone) => {
            let noise = heard.lock().noise.clone();
            Err(failure::ended_early(&program, status, noise.as_deref()))
        }
    }
}
