//! `wardroom show`: one decision or one event, in full.

use anyhow::Result;
use clap::Args;
use serde_json::{Value, json};

use super::{
    Ctx,
    api::Api,
    card,
    failure::{Exit, Failure},
    ids::DISPATCH,
    last, safe,
};
use crate::{
    domain::{Approval, Seq},
    error::Code,
};

/// What to show.
#[derive(Debug, Args)]
pub(super) struct ShowArgs {
    /// An approval, a prompt whose outcome is unknown, or an event as SESSION#NUMBER.
    id: String,
}

/// Shows it.
pub(super) async fn run(ctx: &Ctx, args: &ShowArgs) -> Result<()> {
    if let Some((session, number)) = args.id.split_once('#')
        && let Ok(number) = number.trim_start_matches('e').parse()
    {
        return event(ctx, session, number).await;
    }
    let api = ctx.api()?;
    let approval = find(&api, &args.id).await?;
    if ctx.out.json {
        let shown: Value = api.get(&format!("/api/approvals/{}", approval.id)).await?;
        return Ok(ctx.out.document(&shown)?);
    }
    let mut lines = card::lines(&approval, ctx.out.paint);
    if let Some(dispatch) = &approval.dispatch {
        let state = json!(dispatch.state);
        let why = dispatch.error.as_deref().map(|it| format!(": {}", safe::one_line(it)));
        lines.push(format!(
            "  to the agent: {}{}",
            state.as_str().unwrap_or_default(),
            why.unwrap_or_default()
        ));
    }
    if ctx.global.verbose > 0 {
        let all = serde_json::to_string_pretty(&approval.details)?;
        lines.push(safe::visible(&format!("everything that was sent:\n{all}")).into_owned());
    }
    Ok(ctx.out.pages(&lines)?)
}

/// The approval that is meant; of a prompt whose outcome is unknown, the one that sent it.
async fn find(api: &Api, typed: &str) -> Result<Approval, Failure> {
    let is_dispatch = match last::line(typed)? {
        Some((kind, _)) => kind == DISPATCH,
        None => typed.starts_with(DISPATCH.prefix()),
    };
    if is_dispatch {
        let turn = api.find_dispatch(typed).await?;
        return api.approval(turn.approval_id).await;
    }
    api.find_approval(typed).await
}

async fn event(ctx: &Ctx, session: &str, number: Seq) -> Result<()> {
    let api = ctx.api()?;
    let session = api.find_session(Some(session)).await?;
    let after = number.saturating_sub(1);
    let path = format!("/api/shared-sessions/{session}/events?after={after}&limit=1");
    let page = match api.get::<Value>(&path).await {
        Err(failure) if failure.is(Code::InvalidCursor) => Value::Null,
        page => page?,
    };
    let event = page["events"].get(0).filter(|it| it["seq"] == number).ok_or_else(|| {
        Failure::new(Exit::NotFound, format!("the session has no event {number}"))
    })?;
    if ctx.out.json {
        return Ok(ctx.out.document(event)?);
    }
    Ok(ctx.out.pages(&[safe::visible(&serde_json::to_string_pretty(event)?).into_owned()])?)
}
