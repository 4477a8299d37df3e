//! `wardroom hosts`: which there are, and what their owners allow others.

use anyhow::Result;
use clap::{Args, Subcommand};
use serde_json::{Value, json};

use super::{
    Ctx,
    api::{Api, typed_rows},
    failure::Exit,
    ids::HOST,
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
        /// The host: its id, or its name where no other has it.
        host: String,
    },
    /// Let somebody decide what programs there ask, or call tools there; neither takes back both.
    Grant {
        /// The host: its id, or its name where no other has it.
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
    let mut table = Table::new(["ID", "NAME", "STATE", "SINCE", "VERSION"], 1);
    for host in typed_rows::<Host>(rows.clone())? {
        table.row([
            HOST.short(host.id),
            safe::one_line(&host.name),
            if host.connected { "connected" } else { "away" }.into(),
            time::age(host.since),
            safe::one_line(&host.version),
        ]);
    }
    Ok(ctx.out.list(&table, &rows, None)?)
}

/// The host that is meant.
async fn find(api: &Api, typed: &str) -> Result<Host> {
    let all: Vec<Host> = typed_rows(hosts(api).await?)?;
    let (named, others): (Vec<_>, Vec<_>) = all.into_iter().partition(|it| it.name == typed);
    let named = if named.is_empty() {
        others.into_iter().filter(|it| HOST.names(typed, it.id)).collect()
    } else {
        named
    };
    let describe = |it: &Host| {
        let state = if it.connected { "connected" } else { "away" };
        format!(
            "{}  {}  {state} {}",
            HOST.short(it.id),
            safe::one_line(&it.name),
            time::age(it.since)
        )
    };
    let picked = HOST.pick(&safe::one_line(typed), named, describe);
    Ok(picked.map_err(|failure| match failure.exit {
        Exit::NotFound => failure.hint("list them: wardroom hosts"),
        _ => failure,
    })?)
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
