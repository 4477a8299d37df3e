//! `wardroom share`: runs an agent here and shares it.
//!
//! The agent runs in a host of its own, beside the person who shares it: its credentials and the code it works on never
//! leave the machine. Where a person sits at a terminal the host is a process in the background (`background`) that ends
//! with the terminal, unless it is let go; else it is this process.

mod background;
mod begin;
mod ended;
mod folder;
mod login;
mod resume;

use std::{collections::BTreeMap, env, path::PathBuf, time::Duration};

use anyhow::{Context, Result};
use clap::{Args, ValueEnum, value_parser};
use serde_json::{Value, json};
use tokio::{
    signal::unix::{SignalKind, signal},
    time::timeout,
};

use self::{
    background::{Background, How, Started},
    begin::{Beginning, Shared, begin},
    login::NeedsLogin,
};
use super::{
    Ctx, agents,
    api::{Api, Place},
    failure::{Exit, Failure},
    hosting::{self, Identity, News, Running},
    live::{self, Ended, Wanted},
    safe, time,
};
use crate::{domain::Mode, host::AgentSettings};

/// How long the view of a session may take to hear of an end that its host has heard of.
const LAST_WORDS: Duration = Duration::from_secs(3);

/// What to share, and how.
#[derive(Debug, Args)]
#[command(before_help = "\
Examples:
  wardroom share claude                    also codex, gemini, opencode, cursor, copilot, goose, qwen
  wardroom share demo                      a scripted agent: no key, no network
  wardroom share -- my-agent --acp         anything that speaks ACP on stdin and stdout
  wardroom share claude -q | pbcopy        only the link
  wardroom share claude --detach           in the background
  wardroom share claude --resume           go on with an old conversation: choose from a list")]
#[command(after_help = "What the keys do at a terminal: wardroom help keys")]
pub(super) struct ShareArgs {
    /// An agent: a well-known one, demo, or one of the configuration file.
    #[arg(required_unless_present = "command", conflicts_with = "command")]
    agent: Option<String>,
    /// Anything that speaks the Agent Client Protocol on stdin and stdout.
    #[arg(last = true, value_name = "COMMAND")]
    command: Vec<String>,
    /// What those who join may do.
    #[arg(long, value_name = "MODE", default_value = "prompt-with-approval")]
    mode: May,
    /// What people call the session [default: the agent and the folder].
    #[arg(long, value_name = "TEXT")]
    title: Option<String>,
    /// When the session ends by itself, such as 8h or 7d.
    #[arg(long, value_name = "TIME", default_value = "24h", value_parser = time::minutes)]
    expires: i64,
    /// How many people may join by each link.
    #[arg(long, value_name = "NUMBER", default_value_t = 20)]
    #[arg(value_parser = value_parser!(u32).range(1..=10_000))]
    uses: u32,
    /// Go on with an old conversation of the agent about this folder: by its id, the beginning or end of one, or from a list.
    #[arg(long, value_name = "ID", num_args = 0..=1)]
    #[expect(clippy::option_option, reason = "absent, without an id, with one")]
    resume: Option<Option<String>>,
    /// Go on in the background; the end of the session ends it.
    #[arg(long)]
    detach: bool,
    /// Leave the session open when this ends; without its agent, prompts wait.
    #[arg(long)]
    keep: bool,
    /// What people call this host [default: the name of the machine].
    #[arg(long, value_name = "NAME")]
    name: Option<String>,
}

/// What those who join may do.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum May {
    /// Watch.
    #[value(alias = "view_only")]
    ViewOnly,
    /// Watch and comment.
    #[value(alias = "comment_only")]
    CommentOnly,
    /// Also send prompts, which wait for you.
    #[value(alias = "prompt_with_approval")]
    PromptWithApproval,
    /// Also send prompts, which go to the agent at once.
    #[value(alias = "prompt_direct")]
    PromptDirect,
}

impl May {
    fn mode(self) -> Mode {
        match self {
            Self::ViewOnly => Mode::ViewOnly,
            Self::CommentOnly => Mode::CommentOnly,
            Self::PromptWithApproval => Mode::PromptWithApproval,
            Self::PromptDirect => Mode::PromptDirect,
        }
    }
}

/// Shares until the session ends or somebody ends it here.
pub(super) async fn run(ctx: &Ctx, args: ShareArgs) -> Result<()> {
    let how = background::how();
    let conversation = match &args.resume {
        None => None,
        Some(typed) => Some(resume::choose(ctx, &args, typed.as_deref()).await?),
    };
    match how {
        None if args.detach => {
            let background = start(ctx, How::Alone, conversation.as_deref()).await?;
            background.shared.show(ctx)?;
            background.shared.tell_background(ctx);
            return Ok(());
        }
        None if ctx.has_screen() => return attend(ctx, conversation.as_deref()).await,
        _ => {}
    }
    let (agent, settings, folder) = chosen(ctx, &args)?;
    let api = ctx.api()?;
    let base = server(ctx, &api).await?;

    let identity = Identity::own(&api.target().place)?;
    let offered = BTreeMap::from([(agent.clone(), settings.clone())]);
    let mut host = hosting::start(&identity, api.target(), args.name.clone(), offered, None)?;
    host.hello(api.target()).await?;
    let beginning = Beginning { agent, folder, host: identity.id, base, conversation };
    let ended = match begin(ctx, &api, &args, &beginning).await {
        Ok(shared) => {
            let abandoned = background::abandoned(how);
            go_on(ctx, &api, &args, &shared, &mut host, abandoned).await
        }
        Err(error) => {
            let last = host.agent_end();
            let failure = ended::explained(error, last.as_ref());
            match NeedsLogin::of(&settings, last.as_ref(), &failure.message) {
                // Whoever started this one asks, and starts another.
                Some(login) if how.is_some() => {
                    ctx.out.document(&login)?;
                    Err(Failure::new(Exit::Agent, "").into())
                }
                Some(login) => Err(login.failure().into()),
                None => Err(failure.into()),
            }
        }
    };
    end(ctx, host).await;
    ended
}

/// Where people reach the server; the first line of what is checked.
async fn server(ctx: &Ctx, api: &Api) -> Result<String> {
    let version: Value = api.get("/api/version").await?;
    let base = version["baseUrl"].as_str().unwrap_or(api.target().place.base()).to_owned();
    let whose = match &api.target().place {
        Place::Socket(_) => "already running".to_owned(),
        Place::Url(_) => {
            let me: Value = api.get("/api/me").await?;
            format!("as {}", me["user"]["name"].as_str().unwrap_or("a guest"))
        }
    };
    ctx.out.done(&format!("server    {}  ({})", safe::one_line(&base), safe::one_line(&whose)));
    Ok(base)
}

/// Starts a share in the background; an agent that wants a login is started again after it.
async fn start(ctx: &Ctx, how: How, conversation: Option<&str>) -> Result<Background> {
    loop {
        match Background::start(ctx, how, conversation).await? {
            Started::Shared(background) => return Ok(*background),
            Started::NeedsLogin(login) => login.ask(ctx).await?,
        }
    }
}

/// The agent that is meant, by name, and where it works: here.
fn chosen(ctx: &Ctx, args: &ShareArgs) -> Result<(String, AgentSettings, PathBuf)> {
    let (name, settings) = if let Some(name) = &args.agent {
        (name.clone(), agents::named(ctx, name)?)
    } else {
        let program = args.command.first().map(PathBuf::from).unwrap_or_default();
        let name = program.file_name().and_then(|it| it.to_str()).unwrap_or("agent").to_owned();
        (name, agents::command(&args.command)?)
    };
    let folder = env::current_dir().context("there is no current folder")?;
    let (env, folders) = (environment(settings.env), vec![folder.clone()]);
    Ok((name, AgentSettings { env, folders, ..settings }, folder))
}

/// The agent is the person's own and sees what it would see if they had started it; but never our secrets.
fn environment(own: BTreeMap<String, String>) -> BTreeMap<String, String> {
    let ours = |(name, _): &(String, String)| name.starts_with("WARDROOM_");
    let mut all: BTreeMap<_, _> = env::vars().filter(|it| !ours(it)).collect();
    all.extend(own);
    all
}

/// Shares in the background, and attends to it from this terminal until it ends or is let go.
async fn attend(ctx: &Ctx, conversation: Option<&str>) -> Result<()> {
    let mut background = start(ctx, How::Attended, conversation).await?;
    background.shared.show(ctx)?;
    let (api, id) = (ctx.api()?, background.shared.session.id);
    let ended = {
        let view = live::attend(ctx, &api, id, &mut background.sharing);
        tokio::pin!(view);
        tokio::select! {
            ended = &mut view => ended,
            // It ends with the session, of which the view is about to hear as well.
            code = background.child.wait() => match timeout(LAST_WORDS, &mut view).await {
                Ok(ended) => ended,
                Err(_silent) => {
                    let text = format!("the agent's host has ended: {}", code?);
                    Err(Failure::new(Exit::Agent, text).into())
                }
            },
        }
    };
    if matches!(ended, Ok(Ended::Left)) {
        background.let_go().await?.tell_background(ctx);
        return Ok(());
    }
    background.end(ctx).await?;
    ended.map(drop)
}

/// Goes on until it ends, and closes the session if it was ended here.
async fn go_on(
    ctx: &Ctx,
    api: &Api,
    args: &ShareArgs,
    shared: &Shared,
    host: &mut Running,
    abandoned: impl Future<Output = ()>,
) -> Result<()> {
    shared.show(ctx)?;
    let ended = watch(ctx, api, shared, host, abandoned).await;
    if !args.keep && !matches!(ended, Ok(Ended::Session)) {
        let path = format!("/api/shared-sessions/{}/close", shared.session.id);
        match api.post::<Value>(&path, &json!({})).await {
            Ok(_) => ctx.out.say("the session is closed; its history stays"),
            Err(failure) => ctx.out.failure(&failure),
        }
    }
    ended.map(drop)
}

async fn watch(
    ctx: &Ctx,
    api: &Api,
    shared: &Shared,
    host: &mut Running,
    abandoned: impl Future<Output = ()>,
) -> Result<Ended> {
    let (mut interrupt, mut terminate) =
        (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
    let view = async {
        if ctx.out.json || ctx.global.quiet {
            // Nothing is shown, but the end of the session is still the end.
            live::until_end(api, shared.session.id).await
        } else {
            let wanted = Wanted { is_told: true, ..Wanted::default() };
            live::run(ctx, api, shared.session.id, wanted).await
        }
    };
    tokio::pin!(view, abandoned);
    loop {
        tokio::select! {
            ended = &mut view => return ended,
            () = &mut abandoned => return Ok(Ended::Interrupted),
            news = host.news() => match news? {
                News::Connected => ctx.out.say("✓ the server is back"),
                News::Away => ctx.out.say("◌ the server is away; the agent works on"),
                News::AgentEnded(end) => ended::tell(ctx, &end),
                News::Ended(_) => {
                    let text = "the server has ended this host";
                    return Err(Failure::new(Exit::Conflict, text).into());
                }
            },
            _ = interrupt.recv() => return Ok(Ended::Interrupted),
            _ = terminate.recv() => return Ok(Ended::Interrupted),
        }
    }
}

/// Ends the agent, and the host with it.
async fn end(ctx: &Ctx, mut host: Running) {
    host.stop();
    loop {
        match host.news().await {
            Ok(News::Ended(_)) => return,
            Ok(_) => {}
            Err(error) => {
                return ctx
                    .out
                    .say(&format!("the host ended: {}", safe::visible(&error.to_string())));
            }
        }
    }
}
