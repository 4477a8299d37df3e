//! `wardroom restart`: starts the agent of a session again, after a crash or a login.

use anyhow::Result;
use clap::Args;
use serde_json::{Value, json};

use super::{Ctx, api::Api, failure::Failure, live::Snapshot, safe};
use crate::domain::AgentSessionId;

/// Whose agent, and how.
#[derive(Debug, Args)]
pub(super) struct RestartArgs {
    /// The session [default: the only active one].
    session: Option<String>,
    /// With a new conversation, where the agent cannot go on with the old one.
    #[arg(long)]
    fresh: bool,
}

/// Starts it.
pub(super) async fn run(ctx: &Ctx, args: RestartArgs) -> Result<()> {
    let api = ctx.api_of(args.session.as_deref())?;
    let session = api.find_session(args.session.as_deref()).await?;
    let shared = Snapshot::load(&api, session).await?.agent_session;
    let answer = agent(&api, shared.id, args.fresh).await?;
    if ctx.out.json {
        return Ok(ctx.out.document(&answer)?);
    }
    let how = if args.fresh { "with a new conversation" } else { "where it was" };
    ctx.out.done(&format!("{} goes on, {how}", safe::one_line(&shared.agent)));
    Ok(())
}

/// Starts an agent again; `fresh`: it knows nothing of what was said.
///
/// # Errors
/// What the API says, such as that the agent still runs.
pub(super) async fn agent(api: &Api, id: AgentSessionId, fresh: bool) -> Result<Value, Failure> {
    api.post(&format!("/api/agent-sessions/{id}/restart"), &json!({ "fresh": fresh })).await
}
