//! `wardroom sessions`: lists, shows and closes sessions, and steers the lives of their agents.

use std::time::Duration;

use anyhow::Result;
use clap::{Args, Subcommand};
use serde_json::{Value, json};

use super::{
    Ctx,
    api::{Api, typed_rows},
    failure::{Exit, Failure},
    ids::SESSION,
    live::Snapshot,
    lives, restart, safe,
    table::Table,
    time,
};
use crate::domain::{AgentSession, AgentSessionId, Life, Role, Session, SessionStatus};

/// What to do.
#[derive(Debug, Args)]
pub(super) struct SessionsArgs {
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// List sessions: mine, or all as an admin.
    List {
        /// Also those that have ended.
        #[arg(short, long)]
        all: bool,
    },
    /// Show a session and its people.
    Show {
        /// The session [default: the only active one].
        session: Option<String>,
    },
    /// Hold the prompts of a session's agent.
    Pause(lives::PauseArgs),
    /// Go on after a pause.
    Resume(lives::LifeArgs),
    /// End the agent of a session once its queue is empty.
    Complete(lives::EndArgs),
    /// End the agent of a session at once, with its turn and its queue.
    Abort(lives::EndArgs),
    /// Start the agent of a session again.
    Restart(restart::RestartArgs),
    /// End a session; its history stays.
    Close {
        /// The session.
        session: String,
    },
}

/// Does it; lists if nothing is said.
pub(super) async fn run(ctx: &Ctx, args: SessionsArgs) -> Result<()> {
    match args.command.unwrap_or(Command::List { all: false }) {
        Command::List { all } => list(ctx, all).await,
        Command::Show { session } => show(ctx, session.as_deref()).await,
        Command::Pause(args) => lives::pause(ctx, args).await,
        Command::Resume(args) => lives::resume(ctx, args).await,
        Command::Complete(args) => lives::complete(ctx, args).await,
        Command::Abort(args) => lives::abort(ctx, args).await,
        Command::Restart(args) => restart::run(ctx, args).await,
        Command::Close { session } => close(ctx, &session).await,
    }
}

async fn list(ctx: &Ctx, all: bool) -> Result<()> {
    let status = (!all).then_some("active");
    let rows = ctx.api()?.sessions(status).await?;
    let sessions: Vec<Session> = typed_rows(rows.clone())?;
    let mut table = Table::new(["ID", "TITLE", "STATUS", "MODE", "AGE", "LEFT"], 1);
    for it in &sessions {
        table.row([
            SESSION.short(it.id),
            safe::one_line(&it.title),
            word(&it.status),
            word(&it.mode),
            time::age(it.created_at),
            match it.status {
                SessionStatus::Active => time::left(it.expires_at),
                _ => "-".into(),
            },
        ]);
    }
    ctx.out.list(&table, &rows, None)?;
    if sessions.is_empty() {
        ctx.out.hint("no session is active · share an agent: wardroom share · those that ended: wardroom sessions list --all");
    }
    Ok(())
}

async fn show(ctx: &Ctx, session: Option<&str>) -> Result<()> {
    let api = ctx.api_of(session)?;
    let id = api.find_session(session).await?;
    if ctx.out.json {
        let mut shown: Value = api.get(&format!("/api/shared-sessions/{id}")).await?;
        let agent = serde_json::from_value(shown["agentSession"]["id"].clone())?;
        if let Some(own) = own_agent(&api, agent).await? {
            shown["agentSession"]["idleTimeoutSeconds"] = own["idleTimeoutSeconds"].clone();
        }
        return Ok(ctx.out.document(&shown)?);
    }
    let snapshot = Snapshot::load(&api, id).await?;
    let it = &snapshot.session;
    let agent = &snapshot.agent_session;
    let title = ctx.out.paint.bold(&safe::one_line(&it.title));
    ctx.out.line(&format!("{title}  {}", SESSION.short(it.id)))?;
    ctx.out.line(&format!("  id       {}", it.id))?;
    ctx.out.line(&format!("  status   {}, {}", word(&it.status), snapshot.mode()))?;
    ctx.out.line(&format!(
        "  agent    {}, {}",
        safe::one_line(&agent.agent),
        word(&agent.status)
    ))?;
    ctx.out.line(&format!("  life     {}", life(agent)))?;
    let elapsed = time::span(Duration::from_secs(agent.elapsed_seconds));
    ctx.out.line(&format!("  elapsed  {elapsed}, without pauses"))?;
    if let Some(own) = own_agent(&api, agent.id).await? {
        let idle = match own["idleTimeoutSeconds"].as_u64() {
            Some(seconds) => {
                format!("its process ends after {}", time::span(Duration::from_secs(seconds)))
            }
            None => "as long as it likes".to_owned(),
        };
        ctx.out.line(&format!("  idle     {idle}"))?;
    }
    if let Some(folder) = &agent.folder {
        ctx.out.line(&format!("  folder   {}", safe::one_line(folder)))?;
    }
    ctx.out.line(&format!("  events   {}", it.last_seq))?;
    for person in snapshot.participants.iter().filter(|it| it.left_at.is_none()) {
        let decides =
            if person.can_decide && person.role != Role::Host { ", may decide" } else { "" };
        let online = if person.online { ", online" } else { "" };
        let name = safe::one_line(person.name());
        ctx.out.line(&format!("  person   {name}, {}{decides}{online}", word(&person.role)))?;
    }
    Ok(())
}

/// The agent session as its owner sees it; nothing for others.
async fn own_agent(api: &Api, id: AgentSessionId) -> Result<Option<Value>, Failure> {
    match api.get::<Value>(&format!("/api/agent-sessions/{id}")).await {
        Ok(mut answer) => Ok(Some(answer["agentSession"].take())),
        Err(failure) if matches!(failure.exit, Exit::Denied | Exit::NotFound) => Ok(None),
        Err(failure) => Err(failure),
    }
}

/// Where the life of an agent is, since when and why.
fn life(agent: &AgentSession) -> String {
    let word = match agent.life {
        Life::Active if agent.completing => "completed as soon as its queue is empty",
        life => life.word(),
    };
    let Some(change) = &agent.life_change else { return word.to_owned() };
    let why = change.reason.as_deref().map(|it| format!(": {}", safe::one_line(it)));
    format!("{word}, changed {}{}", time::ago(change.at), why.unwrap_or_default())
}

async fn close(ctx: &Ctx, session: &str) -> Result<()> {
    let api = ctx.api_of(Some(session))?;
    let id = api.find_session(Some(session)).await?;
    let answer: Value = api.post(&format!("/api/shared-sessions/{id}/close"), &json!({})).await?;
    if ctx.out.json {
        return Ok(ctx.out.document(&answer)?);
    }
    ctx.out.done(&format!("closed {}; its history stays", SESSION.short(id)));
    Ok(())
}

/// The API's word for something.
fn word(value: &impl serde::Serialize) -> String {
    json!(value).as_str().unwrap_or_default().to_owned()
}
