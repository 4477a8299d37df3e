//! `wardroom settle`: says what became of a prompt when nobody can know, because the agent's host is gone.

use anyhow::Result;
use clap::{Args, ValueEnum};
use serde_json::{Value, json};

use super::{Ctx, ids::DISPATCH};
use crate::domain::{Dispatch, DispatchAction};

/// What to settle, and how.
#[derive(Debug, Args)]
pub(super) struct SettleArgs {
    /// The dispatch, as the inbox names it.
    id: String,
    /// What to do about it.
    action: Wanted,
}

/// What to do about it.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum Wanted {
    /// Send the prompt again.
    Retry,
    /// It was done.
    Done,
    /// Forget it.
    Drop,
}

/// Settles it.
pub(super) async fn run(ctx: &Ctx, args: SettleArgs) -> Result<()> {
    let api = ctx.api()?;
    let mut named: Vec<Dispatch> = api.unknown_dispatches().await?;
    named.retain(|it| DISPATCH.names(&args.id, it.id));
    let turn = DISPATCH.pick(&args.id, named, |it| DISPATCH.short(it.id))?;
    let action = match args.action {
        Wanted::Retry => DispatchAction::Retry,
        Wanted::Done => DispatchAction::MarkDone,
        Wanted::Drop => DispatchAction::Drop,
    };
    let path = format!("/api/shared-sessions/{}/dispatches/{}", turn.shared_session_id, turn.id);
    let answer: Value = api.post(&path, &json!({ "action": action })).await?;
    if ctx.out.json {
        return Ok(ctx.out.document(&answer)?);
    }
    ctx.out.done(match args.action {
        Wanted::Retry => "the prompt is on its way to the agent again",
        Wanted::Done => "marked as done",
        Wanted::Drop => "dropped",
    });
    Ok(())
}
