//! One agent session from the start of its process to its end.

use std::{
    path::PathBuf,
    process::ExitStatus,
    sync::{Arc, OnceLock},
    time::Duration,
};

use tokio::{
    process::{ChildStdin, ChildStdout},
    sync::{mpsc, watch},
    time::sleep,
};
use tokio_util::sync::CancellationToken;

use super::{
    AgentSettings, acp,
    conversation::{Command, Conversation, Ending},
    ending::AgentEnd,
    failure, folder,
    keeper::Keeper,
    opening::{Begun, NotOpened, Wanted},
    post::Post,
    process::Process,
    requests::Requests,
    tap::{Heard, tap},
};
use crate::{
    Code, Error, Result,
    rpc::calls::{AgentStatus, Open, Opened, TurnState},
};

/// How long the last words to an agent may take to leave.
const FAREWELL: Duration = Duration::from_secs(1);
/// How many requests an agent may put in a row before the first is looked at.
const ASKED: usize = 64;

/// How far the start of an agent has come.
#[derive(Clone)]
pub(super) enum Opening {
    /// It is being started.
    Pending,
    /// It is there.
    Open(Opened),
    /// It could not be started.
    Failed(Arc<Error>),
    /// It has ended, and is being put away.
    Ended,
}

/// An agent session.
pub(super) struct Agent {
    pub(super) open: Open,
    pub(super) settings: AgentSettings,
    pub(super) post: Post,
    pub(super) keeper: Keeper,
    pub(super) ended: mpsc::UnboundedSender<AgentEnd>,
    pub(super) commands: mpsc::UnboundedReceiver<Command>,
    pub(super) opening: watch::Sender<Opening>,
    pub(super) stop: CancellationToken,
}

struct Started {
    folder: PathBuf,
    process: Process,
    stdin: ChildStdin,
    stdout: ChildStdout,
}

impl Agent {
    /// Starts the agent, holds its conversation, ends it, and reports how.
    pub(super) async fn run(self) {
        match self.start() {
            Ok(started) => self.live(started).await,
            Err(error) => self.failed(error),
        }
    }

    fn start(&self) -> Result<Started> {
        let Open { agent, agent_session_id, .. } = &self.open;
        let AgentSettings { folders, command, env, .. } = &self.settings;
        let folder =
            folder::choose(self.open.folder.as_deref(), folders, agent, *agent_session_id)?;
        let (process, stdin, stdout) =
            Process::start(agent, command, env, &folder, &self.keeper)
                .map_err(|error| failure::not_started(&failure::name(self.program()), error))?;
        Ok(Started { folder, process, stdin, stdout })
    }

    async fn live(self, started: Started) {
        let Started { folder, mut process, stdin, stdout } = started;
        let program = failure::name(self.program());
        let Self { open, settings, post, commands, opening, stop, ended, .. } = self;
        let agent = open.agent_session_id;
        let heard = Heard::default();
        let (asks, asked) = mpsc::channel(ASKED);
        let requests = Requests::new(agent, post.clone());
        let lines = tap(stdout, agent, post.clone(), heard.clone());
        let mut conversation = Conversation {
            agent,
            program,
            post,
            heard: heard.clone(),
            asked,
            commands,
            requests,
            turn: None,
            stop,
            folder,
        };

        let (ending, talked) = (OnceLock::new(), CancellationToken::new());
        let shown = conversation.folder.to_string_lossy().into_owned();
        let connection = acp::connect(stdin, lines, heard, asks, async |acp| {
            let opened = |begun: &Begun| {
                opening.send_replace(Opening::Open(describe(begun, &shown)));
            };
            let wanted = Wanted {
                resume: open.resume.as_deref(),
                never_resume: settings.never_resume,
                mode: settings.mode.as_deref(),
            };
            let end = conversation.hold(acp, &mut process, &wanted, opened).await;
            ending.get_or_init(|| end);
            talked.cancel();
        });
        tokio::select! {
            result = connection => if let Err(error) = result {
                tracing::debug!(?error, agent = open.agent, "the connection to an agent failed");
            },
            () = async { talked.cancelled().await; sleep(FAREWELL).await } => {}
        }
        let ending = ending.into_inner().unwrap_or(Ending::Over);
        let fault = conversation.heard.lock().fault;
        opening.send_if_modified(|opening| {
            let was_open = matches!(opening, Opening::Open(_));
            if was_open {
                *opening = Opening::Ended;
            }
            was_open
        });
        let status = if fault.is_some() || matches!(ending, Ending::Deaf) {
            process.kill().await
        } else {
            process.stop().await
        };
        let stderr = process.stderr().await;
        tracing::info!(agent = open.agent, ?ending, ?status, "an agent has ended");
        if !matches!(ending, Ending::Stopped) {
            let (agent, how) = (open.agent.clone(), failure::ended(status));
            let end = AgentEnd { agent, how, stderr: stderr.clone(), login: ending.login() };
            // Where nobody listens it is in the log all the same.
            let _nobody_listens = ended.send(end);
        }

        if matches!(*opening.borrow(), Opening::Pending) {
            let error = why_not(&ending, status, &conversation);
            if let Ending::NotOpened(NotOpened::NeedsLogin(error, _)) = &ending {
                let message = error.message.clone();
                conversation.status(AgentStatus::NeedsLogin { message });
            }
            opening.send_replace(Opening::Failed(Arc::new(error)));
        }
        // Before the report of its turn: that makes room for the next prompt, which must not find a dead agent alive.
        if !matches!(ending, Ending::Stopped | Ending::NotOpened(NotOpened::NeedsLogin(..))) {
            let exit_code = status.and_then(|status| status.code());
            conversation.status(AgentStatus::Exited { exit_code, stderr });
        }
        conversation.over(&ending, status, fault);
    }

    fn failed(&self, error: Error) {
        tracing::warn!(%error, agent = self.open.agent, "an agent cannot be started");
        self.opening.send_replace(Opening::Failed(Arc::new(error)));
    }

    fn program(&self) -> &str {
        self.settings.command.first().map_or("the agent", String::as_str)
    }
}

impl Conversation {
    /// Reports what was left open when the agent ended.
    fn over(&mut self, ending: &Ending, status: Option<ExitStatus>, fault: Option<&str>) {
        let cancelled = self.turn.as_ref().is_some_and(super::conversation::Turn::is_cancelled);
        let state = match (ending, fault) {
            (Ending::Stopped | Ending::Deaf, _) => killed(),
            (_, Some(fault)) => TurnState::Failed { error: fault.to_owned() },
            _ if cancelled => killed(),
            _ => {
                TurnState::Failed { error: format!("the agent ended ({})", failure::ended(status)) }
            }
        };
        self.end_turn(state);
        self.commands.close();
        while let Ok(command) = self.commands.try_recv() {
            if let Command::Prompt(dispatch_id, _) = command {
                let error = "the agent ended before it had the prompt".to_owned();
                self.post.end_turn(dispatch_id, TurnState::Failed { error });
            }
        }
    }
}

fn killed() -> TurnState {
    TurnState::Cancelled { stop_reason: "killed".to_owned() }
}

fn describe(begun: &Begun, folder: &str) -> Opened {
    Opened {
        acp_session_id: begun.acp_session.clone(),
        folder: folder.to_owned(),
        agent_name: begun.known.name.clone(),
        agent_version: begun.known.version.clone(),
        capabilities: begun.known.capabilities.clone(),
    }
}

fn why_not(ending: &Ending, status: Option<ExitStatus>, conversation: &Conversation) -> Error {
    let program = &conversation.program;
    match ending {
        Ending::NotOpened(NotOpened::Failed(error) | NotOpened::NeedsLogin(error, _)) => {
            let copy = Error::with(error.code, &error.message);
            error.hint.iter().fold(copy, Error::hint)
        }
        Ending::Stopped => Error::with(Code::AgentUnavailable, "the agent was ended"),
        _ => {
            let noise = conversation.heard.lock().noise.clone();
            failure::ended_early(program, status, noise.as_deref())
        }
    }
}
