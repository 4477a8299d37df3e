//! `wardroom sessions`: lists, shows and closes sessions.

use anyhow::Result;
use clap::{Args, Subcommand};
use serde_json::{Value, json};

use super::{Ctx, api::typed_rows, ids::SESSION, live::Snapshot, safe, table::Table, time};
use crate::domain::{Role, Session, SessionStatus};

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
        let shown: Value = api.get(&format!("/api/shared-sessions/{id}")).await?;
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
