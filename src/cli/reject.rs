//! `wardroom reject`: says no.

use std::{fs, path::PathBuf};

use anyhow::{Context, Result};
use clap::Args;

use super::{
    Ctx,
    decide::{self, Choice},
    failure::{Exit, Failure},
    ids::APPROVAL,
};
use crate::domain::Verdict;

/// What to reject, and why.
#[derive(Debug, Args)]
pub(super) struct RejectArgs {
    /// The approval, as the inbox names it.
    id: String,
    /// Say why.
    #[arg(short, long, value_name = "TEXT")]
    reason: Option<String>,
    /// Say why in a file.
    #[arg(short = 'F', long, value_name = "FILE", conflicts_with = "reason")]
    file: Option<PathBuf>,
    /// Choose this option, by kind or label, such as `reject_always` [default: `reject_once`].
    #[arg(short, long, value_name = "OPTION")]
    option: Option<String>,
    /// Send the reason to the agent too, as the next prompt; for those who may prompt directly.
    #[arg(long)]
    tell_agent: bool,
}

/// Rejects it.
pub(super) async fn run(ctx: &Ctx, args: RejectArgs) -> Result<()> {
    let reason = match args.file {
        Some(path) => Some(
            fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?,
        ),
        None => args.reason,
    };
    if args.tell_agent && reason.as_deref().is_none_or(|it| it.trim().is_empty()) {
        let failure = Failure::new(Exit::Usage, "there is nothing to tell the agent");
        return Err(failure.hint("say why: --reason TEXT, or -F FILE").into());
    }
    let api = ctx.api()?;
    let approval = api.find_approval(&args.id).await?;
    let option = args.option.map(|it| decide::option(&approval, &it, Verdict::Reject));
    let (option_id, tell_agent) = (option.transpose()?, args.tell_agent);
    let choice = Choice { option_id, reason, tell_agent, ..Choice::default() };
    let answer = decide::decide(&api, &approval, Verdict::Reject, &choice).await?;
    if ctx.out.json {
        return Ok(ctx.out.document(&answer)?);
    }
    let whom = decide::as_whom(&api, &answer).await;
    let next = if tell_agent { " · the agent is told why" } else { "" };
    ctx.out.done(&format!("rejected {}{whom}{next}", APPROVAL.short(approval.id)));
    Ok(())
}
