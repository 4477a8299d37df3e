//! `wardroom stop`: stops the running turn.

use anyhow::Result;
use clap::Args;
use serde_json::{Value, json};

use super::{Ctx, api::Api, failure::Failure, live::Snapshot};
use crate::{
    domain::{DispatchState, SessionId},
    error::Code,
};

/// Where to stop.
#[derive(Debug, Args)]
pub(super) struct StopArgs {
    /// The session [default: the only active one].
    session: Option<String>,
}

/// Stops it.
pub(super) async fn run(ctx: &Ctx, args: StopArgs) -> Result<()> {
    let api = ctx.api_of(args.session.as_deref())?;
    let session = api.find_session(args.session.as_deref()).await?;
    let stopped = turn(&api, session).await?;
    if ctx.out.json {
        return Ok(ctx.out.document(&stopped.unwrap_or_else(|| json!({ "dispatch": null })))?);
    }
    match stopped {
        Some(_) => ctx.out.done("the agent was told to stop"),
        None => ctx.out.say("nothing runs"),
    }
    Ok(())
}

/// Stops the turn that runs, or the one that would be next; answers with it, or with nothing.
///
/// # Errors
/// What the API says.
pub(super) async fn turn(api: &Api, session: SessionId) -> Result<Option<Value>, Failure> {
    let snapshot = Snapshot::load(api, session).await?;
    let turns = || snapshot.approvals.iter().filter_map(|it| it.dispatch.as_ref());
    let running = turns().find(|it| it.state.is_in_flight());
    let queued = || turns().filter(|it| it.state == DispatchState::Queued).min_by_key(|it| it.id);
    let Some(turn) = running.or_else(queued) else { return Ok(None) };
    let path = format!("/api/shared-sessions/{session}/dispatches/{}", turn.id);
    match api.post(&path, &json!({ "action": "cancel" })).await {
        // It has ended by itself meanwhile, which is what was wanted.
        Err(failure) if failure.is(Code::IllegalTransition) => Ok(None),
        told => told.map(Some),
    }
}
