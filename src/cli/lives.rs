//! The life of a session's agent: `wardroom sessions pause`, `resume`, `complete` and `abort`.

use anyhow::Result;
use clap::Args;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Ctx, ids::SESSION, live::Snapshot, safe};
use crate::domain::{AgentSession, AgentSessionStatus, Channel, Life};

/// Whose agent, and why.
#[derive(Debug, Args)]
pub(super) struct LifeArgs {
    /// The session [default: the only active one].
    session: Option<String>,
    /// Why, for everybody in the session.
    #[arg(long, value_name = "TEXT")]
    reason: Option<String>,
}

/// The same, and whether a running turn is stopped.
#[derive(Debug, Args)]
pub(super) struct PauseArgs {
    #[command(flatten)]
    which: LifeArgs,
    /// Stop the running turn too.
    #[arg(long)]
    stop_turn: bool,
}

/// The same for what cannot be taken back: nobody means it by saying nothing.
#[derive(Debug, Args)]
pub(super) struct EndArgs {
    /// The session.
    session: String,
    /// Why, for everybody in the session.
    #[arg(long, value_name = "TEXT")]
    reason: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Change {
    life: Life,
    #[serde(skip_serializing_if = "Option::is_none")]
    stop_turn: Option<bool>,
    reason: Option<String>,
    channel: Channel,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Changed {
    agent_session: AgentSession,
}

/// Holds the queue.
pub(super) async fn pause(ctx: &Ctx, args: PauseArgs) -> Result<()> {
    let PauseArgs { which, stop_turn } = args;
    change(ctx, which, Life::Paused, Some(stop_turn)).await
}

/// Goes on with the queue.
pub(super) async fn resume(ctx: &Ctx, args: LifeArgs) -> Result<()> {
    change(ctx, args, Life::Active, None).await
}

/// Ends the agent once its queue is empty.
pub(super) async fn complete(ctx: &Ctx, args: EndArgs) -> Result<()> {
    change(ctx, args.into(), Life::Completed, None).await
}

/// Ends the agent, its turn and its queue at once.
pub(super) async fn abort(ctx: &Ctx, args: EndArgs) -> Result<()> {
    change(ctx, args.into(), Life::Aborted, None).await
}

impl From<EndArgs> for LifeArgs {
    fn from(args: EndArgs) -> Self {
        Self { session: Some(args.session), reason: args.reason }
    }
}

async fn change(ctx: &Ctx, args: LifeArgs, life: Life, stop_turn: Option<bool>) -> Result<()> {
    let api = ctx.api_of(args.session.as_deref())?;
    let session = api.find_session(args.session.as_deref()).await?;
    let agent = Snapshot::load(&api, session).await?.agent_session;
    let body = Change { life, stop_turn, reason: args.reason, channel: Channel::Cli };
    let answer: Value = api.patch(&format!("/api/agent-sessions/{}", agent.id), &body).await?;
    if ctx.out.json {
        return Ok(ctx.out.document(&answer)?);
    }
    let Changed { agent_session: it } = serde_json::from_value(answer)?;
    let (name, id) = (safe::one_line(&it.agent), SESSION.short(session));
    match life {
        Life::Active => ctx.out.done(&format!("{name} goes on; what was queued is sent")),
        Life::Paused => {
            ctx.out.done(&format!("{name} is paused; prompts wait in its queue"));
            // A turn that was told to stop has not ended yet either.
            if it.status == AgentSessionStatus::Running && stop_turn == Some(false) {
                ctx.out.say("its running turn goes on to its end");
                ctx.out.hint(&format!("stop that too: wardroom stop {id}"));
            }
            ctx.out.hint(&format!("go on: wardroom sessions resume {id}"));
        }
        Life::Completed if it.completing => {
            ctx.out.done(&format!("{name} is completed as soon as its queue is empty"));
            ctx.out.hint(&format!("do not wait for that: wardroom sessions abort {id}"));
        }
        Life::Completed | Life::Aborted => {
            ctx.out.done(&format!("{name} is {}; the session stays open to read", life.word()));
            ctx.out.hint(&format!("end that too: wardroom sessions close {id}"));
        }
    }
    Ok(())
}
