//! `wardroom settle`: says what became of a prompt when nobody can know, because the agent's host is gone.

use anyhow::Result;
use clap::{Args, ValueEnum};
use serde_json::{Value, json};

use super::Ctx;
use crate::domain::DispatchAction;

/// What to settle, and how.
#[derive(Debug, Args)]
#[command(
    after_help = "What is unknown is listed by: wardroom inbox. What was asked is shown by: wardroom show ID"
)]
pub(super) struct SettleArgs {
    /// The prompt whose outcome is unknown, as the inbox names it.
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
    let turn = api.find_dispatch(&args.id).await?;
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
