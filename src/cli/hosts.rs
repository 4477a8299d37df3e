//! `wardroom hosts`: which there are, and what their owners allow others.

use anyhow::Result;
use clap::{Args, Subcommand};
use serde_json::{Value, json};

use super::{
    Ctx,
    api::{Api, typed_rows},
    failure::{Exit, Failure},
    safe,
    table::Table,
    time,
};
use crate::domain::{Host, HostGrant};

/// What to do.
#[derive(Debug, Args)]
pub(super) struct HostsArgs {
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// List the hosts that you may know of.
    List,
    /// Show what others may at a host of yours.
    Grants {
        /// The host: its name, or its id.
        host: String,
    },
    /// Let somebody decide what programs there ask, or call tools there; neither takes back both.
    Grant {
        /// The host: its name, or its id.
        host: String,
        /// The name of their account.
        name: String,
        /// They may decide what programs there ask.
        #[arg(long)]
        decide: bool,
        /// They may call tools there.
        #[arg(long)]
        tools: bool,
    },
}

/// Does it; lists if nothing is said.
pub(super) async fn run(ctx: &Ctx, args: HostsArgs) -> Result<()> {
    let api = ctx.api()?;
    match args.command.unwrap_or(Command::List) {
        Command::List => list(ctx, &api).await,
        Command::Grants { host } => {
            let host = find(&api, &host).await?;
            let answer: Value = api.get(&format!("/api/hosts/{}/grants", host.id)).await?;
            show(ctx, &answer)
        }
        Command::Grant { host, name, decide, tools } => {
            let host = find(&api, &host).await?;
            let body = json!({ "name": name, "canDecide": decide, "canCallTools": tools });
            let answer: Value = api.post(&format!("/api/hosts/{}/grants", host.id), &body).await?;
            show(ctx, &answer)
        }
    }
}

async fn hosts(api: &Api) -> Result<Vec<Value>> {
    let mut answer: Value = api.get("/api/hosts").await?;
    Ok(serde_json::from_value(answer["hosts"].take())?)
}

async fn list(ctx: &Ctx, api: &Api) -> Result<()> {
    let rows = hosts(api).await?;
    let mut table = Table::new(["NAME", "STATE", "SINCE", "VERSION", "ID"], 0);
    for host in typed_rows::<Host>(rows.clone())? {
        table.row([
            safe::one_line(&host.name),
            if host.connected { "connected" } else { "away" }.into(),
            time::age(host.since),
            safe::one_line(&host.version),
            host.id.to_string(),
        ]);
    }
    Ok(ctx.out.list(&table, &rows, None)?)
}

/// The host that is meant.
async fn find(api: &Api, typed: &str) -> Result<Host> {
    let mut named: Vec<Host> = typed_rows(hosts(api).await?)?;
    named.retain(|it| it.name == typed || it.id.to_string() == typed);
    match (named.pop(), named.is_empty()) {
        (Some(host), true) => Ok(host),
        (None, _) => Err(Failure::new(Exit::NotFound, format!("there is no host {typed}"))
            .hint("list them: wardroom hosts")
            .into()),
        (Some(_), false) => {
            Err(Failure::new(Exit::Usage, format!("several hosts are called {typed}"))
                .hint("name it by its id: wardroom hosts")
                .into())
        }
    }
}

fn show(ctx: &Ctx, answer: &Value) -> Result<()> {
    let rows = answer["grants"].as_array().cloned().unwrap_or_default();
    let mut table = Table::new(["NAME", "DECIDES", "CALLS TOOLS", "SINCE"], 0);
    let word = |may: bool| if may { "yes" } else { "no" }.to_owned();
    for it in typed_rows::<HostGrant>(rows.clone())? {
        let since = time::age(it.granted_at);
        table.row([safe::one_line(&it.name), word(it.can_decide), word(it.can_call_tools), since]);
    }
    Ok(ctx.out.list(&table, &rows, None)?)
}
