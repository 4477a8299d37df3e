//! `wardroom user`: accounts.

use anyhow::Result;
use clap::{Args, Subcommand};
use serde_json::{Value, json};

use super::{Ctx, api::typed_rows, ids::USER, offline, safe, table::Table, time};
use crate::domain::User;

/// What to do.
#[derive(Debug, Args)]
pub(super) struct UserArgs {
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Add an account; its first token is printed, this once.
    Add {
        /// What the others call them.
        name: String,
        /// Let them read everything and manage users.
        #[arg(long)]
        admin: bool,
    },
    /// List accounts.
    List,
}

/// Does it; lists if nothing is said.
pub(super) async fn run(ctx: &Ctx, args: UserArgs) -> Result<()> {
    match args.command.unwrap_or(Command::List) {
        Command::Add { name, admin } => add(ctx, name, admin).await,
        Command::List => list(ctx).await,
    }
}

async fn add(ctx: &Ctx, name: String, admin: bool) -> Result<()> {
    let answer: Value = match offline::open(ctx, true).await? {
        Some(file) => file.add_user(name, admin).await?,
        None => ctx.api()?.post("/api/users", &json!({ "name": name, "admin": admin })).await?,
    };
    if ctx.out.json {
        return Ok(ctx.out.document(&answer)?);
    }
    let name = answer["user"]["name"].as_str().map(safe::one_line).unwrap_or_default();
    let admin = if answer["user"]["admin"] == true { ", admin" } else { "" };
    ctx.out.done(&format!("added {name}{admin}; this is their token, shown this once"));
    ctx.out.line(answer["token"].as_str().unwrap_or_default())?;
    let url = address(ctx).await.unwrap_or_else(|| "URL".into());
    ctx.out.hint(&format!("they use it with: wardroom login {}", safe::one_line(&url)));
    Ok(())
}

/// Where people reach the server, where one runs.
async fn address(ctx: &Ctx) -> Option<String> {
    let version: Value = ctx.api().ok()?.get("/api/version").await.ok()?;
    version["baseUrl"].as_str().map(str::to_owned)
}

async fn list(ctx: &Ctx) -> Result<()> {
    let rows = match offline::open(ctx, false).await? {
        Some(file) => file.users().await?,
        None => ctx.api()?.users().await?,
    };
    let users: Vec<User> = typed_rows(rows.clone())?;
    let mut table = Table::new(["ID", "NAME", "ADMIN", "AGE", "STATUS"], 1);
    for user in &users {
        table.row([
            USER.short(user.id),
            safe::one_line(&user.name),
            if user.admin { "yes" } else { "no" }.into(),
            time::age(user.created_at),
            if user.disabled_at.is_some() { "disabled" } else { "active" }.into(),
        ]);
    }
    Ok(ctx.out.list(&table, &rows, None)?)
}
