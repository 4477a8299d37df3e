//! `wardroom token`: one's own tokens.

use anyhow::Result;
use clap::{Args, Subcommand, ValueEnum};
use serde_json::{Value, json};

use super::{Ctx, api::typed_rows, ids::TOKEN, offline, safe, table::Table, time};
use crate::domain::{Scope, Token};

/// What to do.
#[derive(Debug, Args)]
pub(super) struct TokenArgs {
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Make a token; it is printed, this once.
    Create {
        /// What to call it, such as the machine it is for.
        #[arg(long, value_name = "NAME")]
        name: Option<String>,
        /// What it may do.
        #[arg(long, value_name = "SCOPE", default_value = "full")]
        scope: Wanted,
        /// How long it lives, such as 30d [default: for ever].
        #[arg(long, value_name = "TIME", value_parser = time::minutes)]
        expires: Option<i64>,
    },
    /// List tokens, without their secrets.
    List,
    /// End a token; what uses it ends too.
    Revoke {
        /// The token, as the list names it.
        id: String,
    },
}

/// What a token may do.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum Wanted {
    /// Everything its owner may.
    Full,
    /// Run agents and ask for approvals; never decide.
    Host,
    /// Read.
    Read,
}

/// Does it; lists if nothing is said.
pub(super) async fn run(ctx: &Ctx, args: TokenArgs) -> Result<()> {
    match args.command.unwrap_or(Command::List) {
        Command::Create { name, scope, expires } => create(ctx, name, scope, expires).await,
        Command::List => list(ctx).await,
        Command::Revoke { id } => revoke(ctx, &id).await,
    }
}

async fn create(
    ctx: &Ctx,
    name: Option<String>,
    scope: Wanted,
    expires: Option<i64>,
) -> Result<()> {
    let scope = match scope {
        Wanted::Full => Scope::Full,
        Wanted::Host => Scope::Host,
        Wanted::Read => Scope::Read,
    };
    let body = json!({ "name": name, "scope": scope, "expiresInMinutes": expires });
    let answer: Value = match offline::open(ctx, true).await? {
        Some(file) => file.create_token(body).await?,
        None => ctx.api()?.post("/api/tokens", &body).await?,
    };
    if ctx.out.json {
        return Ok(ctx.out.document(&answer)?);
    }
    ctx.out.done("made a token; it is shown this once");
    Ok(ctx.out.line(answer["secret"].as_str().unwrap_or_default())?)
}

async fn tokens(ctx: &Ctx) -> Result<Vec<Value>> {
    Ok(match offline::open(ctx, false).await? {
        Some(file) => file.tokens().await?,
        None => ctx.api()?.tokens().await?,
    })
}

async fn list(ctx: &Ctx) -> Result<()> {
    let rows = tokens(ctx).await?;
    let mut table = Table::new(["ID", "NAME", "SCOPE", "AGE", "USED", "LEFT", "STATUS"], 1);
    for token in typed_rows::<Token>(rows.clone())? {
        table.row([
            TOKEN.short(token.id),
            safe::one_line(token.name.as_deref().unwrap_or("-")),
            json!(token.scope).as_str().unwrap_or_default().into(),
            time::age(token.created_at),
            token.last_used_at.map_or_else(|| "never".into(), time::age),
            time::left(token.expires_at),
            if token.revoked_at.is_some() { "revoked" } else { "valid" }.into(),
        ]);
    }
    Ok(ctx.out.list(&table, &rows, None)?)
}

async fn revoke(ctx: &Ctx, typed: &str) -> Result<()> {
    let mut named: Vec<Token> = typed_rows(tokens(ctx).await?)?;
    named.retain(|it| TOKEN.names(typed, it.id));
    let token = TOKEN.pick(typed, named, |it| TOKEN.short(it.id))?;
    match offline::open(ctx, false).await? {
        Some(file) => file.revoke_token(token.id).await?,
        None => drop(ctx.api()?.delete(&format!("/api/tokens/{}", token.id)).await?),
    }
    ctx.out.done(&format!("revoked {}", TOKEN.short(token.id)));
    Ok(())
}
