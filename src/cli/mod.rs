//! The command line: one file for each command; talks to the API, over HTTP or the socket of the data directory.
//!
//! ```text
//! api          requests, streams, and what people mean by half an id     global    the options of every command
//! live         the view of a session                                     output    the one place that prints
//! card, decide an approval: shown in full, decided by its digest         safe      what others wrote, made safe to print
//! typed        what is wrong with a command line                         last      what @1 means
//! hosting      a host in this process                                    failure   exit codes
//! ```
//! It never touches the database, with two exceptions: `verify`, and accounts and tokens of a database that no server
//! holds (`offline`). Nothing is decided here: the server does that.

mod agents;
mod answer;
mod api;
mod approve;
mod ask;
mod banner;
mod card;
mod comment;
mod config;
mod configured;
mod credentials;
mod decide;
mod demo;
mod failure;
mod first_admin;
mod form;
mod global;
mod healthcheck;
mod help;
mod host;
mod hosting;
mod hosts;
mod ids;
mod inbox;
mod join;
mod last;
mod links;
mod live;
mod lives;
mod login;
mod offline;
mod open;
mod output;
mod pager;
mod paint;
mod paths;
mod person;
mod prompt;
mod reject;
mod restart;
mod safe;
pub mod serve;
mod sessions;
mod settle;
mod share;
mod show;
mod stop;
mod table;
mod time;
mod token;
mod tool;
mod typed;
mod user;
mod verify;
mod version;
mod watch;

use std::{ffi::OsString, io, path::PathBuf, process::ExitCode};

use anyhow::Result;
use clap::{Parser, Subcommand, ValueEnum, error::ErrorKind};

pub use self::global::LogFormat;
use self::{
    api::{Api, Target},
    failure::Failure,
    global::Global,
    links::JoinLink,
    output::Output,
};
use crate::{config::Values, host::demo as demo_agent};

/// The command line as it was typed.
#[derive(Debug, Parser)]
#[command(name = "wardroom", version, disable_help_subcommand = true, disable_help_flag = true)]
#[command(before_help = help::EXAMPLES, after_help = help::MORE, help_template = help::TEMPLATE)]
pub struct Cli {
    #[command(flatten)]
    global: Global,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run the server; this is what `wardroom` alone does.
    Serve(serve::ServeArgs),
    /// See a session with a scripted agent and teammate.
    Demo(demo::DemoArgs),
    /// Share an agent that runs here.
    Share(share::ShareArgs),
    /// Take part in a session by its link.
    Join(join::JoinArgs),
    /// Follow a session.
    Watch(watch::WatchArgs),
    /// List what waits for your decision.
    Inbox(inbox::InboxArgs),
    /// Show one decision or event, in full.
    Show(show::ShowArgs),
    /// Say yes.
    Approve(approve::ApproveArgs),
    /// Say no.
    Reject(reject::RejectArgs),
    /// Answer a question of an agent.
    Answer(answer::AnswerArgs),
    /// Ask people something, as a program, and wait for the answer.
    Ask(ask::AskArgs),
    /// Say what became of a prompt when nobody can know.
    Settle(settle::SettleArgs),
    /// Ask the agent of a session.
    Prompt(prompt::PromptArgs),
    /// Say something to the people of a session.
    Comment(comment::CommentArgs),
    /// Stop the running turn of a session.
    Stop(stop::StopArgs),
    /// Start the agent of a session again.
    Restart(restart::RestartArgs),
    /// List, show, pause and close sessions.
    Sessions(sessions::SessionsArgs),
    /// Keep the token of a server: from then on commands go there.
    #[command(before_help = "\
Examples:
  wardroom login wardroom.example          asks for the token and does not show it
  wardroom login < token                   from a file or a pipe")]
    #[command(
        after_help = "An admin makes the account and its token, at the server: wardroom user add NAME"
    )]
    Login(login::LoginArgs),
    /// Forget the token of a server.
    Logout(login::LoginArgs),
    /// Say who you are, and where.
    Whoami,
    /// Manage accounts.
    User(user::UserArgs),
    /// Manage your tokens.
    Token(token::TokenArgs),
    /// Run agents for a server.
    Host(host::HostArgs),
    /// List the hosts of a server, and say what others may at yours.
    Hosts(hosts::HostsArgs),
    /// Show, check and begin the configuration.
    Config(config::ConfigArgs),
    /// Look through a database for what must not be.
    Verify(verify::VerifyArgs),
    /// Ask a server whether it is ready.
    Healthcheck(healthcheck::HealthcheckArgs),
    /// Print the version.
    Version,
    /// Explain exit codes, variables, the configuration, roles, keys, or a command.
    Help(help::HelpArgs),
    /// Be a scripted coding agent that speaks ACP on stdin and stdout.
    #[command(hide = true)]
    DemoAgent(demo_agent::Options),
    /// End the agents of a host that was killed.
    #[command(hide = true)]
    HostKeeper,
}

/// What every command has at hand.
#[derive(Debug, Clone)]
pub struct Ctx {
    global: Global,
    out: Output,
}

impl Ctx {
    /// The API of the server that is meant.
    fn api(&self) -> Result<Api> {
        Ok(Api::new(Target::choose(&self.global)?)?)
    }

    /// The API of the server where `session` is: a link to one where this person has a seat is enough to know who they
    /// are there, too.
    fn api_of(&self, session: Option<&str>) -> Result<Api> {
        let Some(Ok(link)) = session.map(JoinLink::read) else { return self.api() };
        match link.seat(&self.global)? {
            Some(target) => Ok(Api::new(target)?),
            None => self.api(),
        }
    }
}

impl Cli {
    /// Reads the command line; ends the process where it is wrong or asks for help.
    pub fn read() -> Self {
        let typed: Vec<_> = std::env::args_os().collect();
        match Self::of(&typed) {
            Ok(cli) => cli,
            Err(error) => refuse(&error, &typed),
        }
    }

    /// `wardroom` is `wardroom serve`, with its options and whatever the environment says to them.
    fn of(typed: &[OsString]) -> Result<Self, clap::Error> {
        let (program, options) = typed.split_at(typed.len().min(1));
        let serve = || Self::try_parse_from([program, &["serve".into()], options].concat());
        match Self::try_parse_from(typed) {
            Ok(cli) if cli.command.is_none() => serve(),
            Err(error) if error.kind() == ErrorKind::UnknownArgument => match serve() {
                Ok(cli) => Ok(cli),
                Err(_) => Err(error),
            },
            done => done,
        }
    }

    /// How the log is written, and what of it: as flags, the environment or the configuration say.
    ///
    /// What is wrong with the configuration is said by the command that needs it.
    pub fn log(&self) -> (LogFormat, String) {
        let values = configured::values(&self.global).or_else(|_| Values::defaults());
        let configured = |key| values.as_ref().ok().and_then(|it| it.get::<String>(key).ok());
        let level = self.global.log_level.clone().or_else(|| configured("log_level"));
        let level = level.filter(|level| !level.is_empty() && self.global.verbose == 0);
        let format =
            configured("log_format").and_then(|word| LogFormat::from_str(&word, true).ok());
        let format = self.global.log_format.or(format).unwrap_or(LogFormat::Auto);
        (format, level.unwrap_or_else(|| self.usual_log_level().to_owned()))
    }

    /// What is logged when nobody says otherwise: everything of interest by servers and hosts, else only trouble.
    fn usual_log_level(&self) -> &'static str {
        let runs_long = matches!(self.command, Some(Command::Serve(_) | Command::Host(_)));
        match (self.global.verbose, runs_long) {
            (0, false) => "error",
            // To the protocol's library every request that is not offered is worth a warning.
            (0, true) => "wardroom=info,agent_client_protocol=error,warn",
            // What the agent itself says on stderr.
            (1, false) => "wardroom::agent=info,warn",
            (1, true) => "wardroom=debug,info",
            _ => "trace",
        }
    }

    /// Where the reports of crashes go.
    pub fn crash_dir(&self) -> PathBuf {
        paths::data_dir(&self.global).join("crash")
    }

    /// Runs the command; its failure is told, and is the exit code.
    pub async fn run(self) -> ExitCode {
        let ctx = Ctx { out: Output::new(&self.global), global: self.global };
        let Err(error) = ctx.run(self.command).await else { return ExitCode::SUCCESS };
        if error
            .downcast_ref::<io::Error>()
            .is_some_and(|it| it.kind() == io::ErrorKind::BrokenPipe)
        {
            return ExitCode::SUCCESS; // whoever reads has read enough
        }
        let failure = Failure::from(error);
        if !failure.message.is_empty() {
            ctx.out.failure(&failure);
        }
        ExitCode::from(failure.exit as u8)
    }
}

/// Says what is wrong with the command line, or helps, and ends the process.
fn refuse(error: &clap::Error, typed: &[OsString]) -> ! {
    let words: Vec<_> = typed.iter().skip(1).map(|it| it.to_string_lossy().into_owned()).collect();
    let Some(failure) = typed::wrong(error, &words) else { error.exit() };
    // What was asked for is not known; how to say so is.
    if let Ok(plain) = Cli::try_parse_from(["wardroom", "version"]) {
        Output::new(&plain.global).failure(&failure);
    }
    std::process::exit(failure.exit as i32)
}

impl Ctx {
    async fn run(&self, command: Option<Command>) -> Result<()> {
        match command.unwrap_or(Command::Version) {
            Command::Serve(args) => banner::serve(self, args).await,
            Command::Demo(args) => demo::run(self, args).await,
            Command::Share(args) => share::run(self, args).await,
            Command::Join(args) => join::run(self, args).await,
            Command::Watch(args) => watch::run(self, args).await,
            Command::Inbox(args) => inbox::run(self, &args).await,
            Command::Show(args) => show::run(self, &args).await,
            Command::Approve(args) => approve::run(self, args).await,
            Command::Reject(args) => reject::run(self, args).await,
            Command::Answer(args) => answer::run(self, args).await,
            Command::Ask(args) => ask::run(self, args).await,
            Command::Settle(args) => settle::run(self, args).await,
            Command::Prompt(args) => prompt::run(self, args).await,
            Command::Comment(args) => comment::run(self, args).await,
            Command::Stop(args) => stop::run(self, args).await,
            Command::Restart(args) => restart::run(self, args).await,
            Command::Sessions(args) => sessions::run(self, args).await,
            Command::Login(args) => login::login(self, args).await,
            Command::Logout(args) => login::logout(self, &args),
            Command::Whoami => login::whoami(self).await,
            Command::User(args) => user::run(self, args).await,
            Command::Token(args) => token::run(self, args).await,
            Command::Host(args) => host::run(self, args).await,
            Command::Hosts(args) => hosts::run(self, args).await,
            Command::Config(args) => config::run(self, &args),
            Command::Verify(args) => verify::run(self, args),
            Command::Healthcheck(args) => healthcheck::run(self, args).await,
            Command::Version => version::run(self),
            Command::Help(args) => help::run(self, &args),
            Command::HostKeeper => Ok(crate::host::be_keeper()?),
            Command::DemoAgent(options) => Ok(demo_agent::run(options).await?),
        }
    }
}
