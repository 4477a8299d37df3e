//! `wardroom prompt`: asks the agent of a session, and waits for the end if told so.

use std::io::{self, IsTerminal, Read};

use anyhow::Result;
use clap::Args;
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::sync::mpsc;

use super::{
    Ctx,
    api::{Event, Item, follow},
    card,
    failure::{Exit, Failure},
    ids::APPROVAL,
    live::{self, Snapshot},
    safe,
};
use crate::domain::{Approval, ApprovalStatus, Dispatch, DispatchState};

/// What to ask, and where.
#[derive(Debug, Args)]
pub(super) struct PromptArgs {
    /// The session: an id, the end of one, part of its title, or a link.
    session: String,
    /// What to ask; `-` or nothing reads stdin.
    text: Vec<String>,
    /// Wait for the end of the turn and print what the agent says: exit 9 if it was rejected, 6 if it expired, 8 if the agent failed.
    #[arg(short, long)]
    wait: bool,
}

#[derive(Deserialize)]
struct Sent {
    approval: Approval,
}

/// Sends it.
pub(super) async fn run(ctx: &Ctx, args: PromptArgs) -> Result<()> {
    let api = ctx.api_of(Some(&args.session))?;
    let session = api.find_session(Some(&args.session)).await?;
    let body = json!({ "prompt": text(ctx, &args.text)? });
    // The stream begins before the prompt is sent, so that nothing of its turn is missed.
    let before = if args.wait { Some(Snapshot::load(&api, session).await?) } else { None };
    let answer: Value = api.post(&format!("/api/shared-sessions/{session}/prompts"), &body).await?;
    let Sent { approval } = serde_json::from_value(answer.clone())?;
    let id = APPROVAL.short(approval.id);
    match approval.status {
        ApprovalStatus::Pending => ctx.out.say(&format!("◔ {id} waits for the host's yes")),
        _ => ctx.out.done(&format!("{id} is on its way to the agent")),
    }
    let Some(before) = before else {
        if ctx.out.json {
            ctx.out.document(&answer)?;
        }
        return Ok(());
    };
    let events = follow(api.clone(), live::stream(session), Some(before.as_of().to_owned()));
    let end = wait(ctx, &approval, events).await;
    if ctx.out.json {
        let shown: Value = api.get(&format!("/api/approvals/{}", approval.id)).await?;
        ctx.out.document(&shown)?;
    }
    end
}

/// What was typed, or else what stdin holds.
pub(super) fn text(ctx: &Ctx, words: &[String]) -> Result<String> {
    let typed = words.join(" ");
    if !matches!(typed.as_str(), "" | "-") {
        return Ok(typed);
    }
    if typed.is_empty() && io::stdin().is_terminal() {
        return ctx.ask(">", "say the text, or - to read it from stdin");
    }
    let mut text = String::new();
    io::stdin().read_to_string(&mut text)?;
    Ok(text)
}

async fn wait(ctx: &Ctx, approval: &Approval, mut events: mpsc::Receiver<Item>) -> Result<()> {
    let mut is_running = false;
    while let Some(item) = events.recv().await {
        let event = match item {
            Item::Event(event, _) => event,
            Item::Failed(failure) => return Err(failure.into()),
            Item::End(reason) => {
                return Err(
                    Failure::new(Exit::Conflict, format!("the session ended: {reason}")).into()
                );
            }
            _ => continue,
        };
        let is_ours = event.payload["approvalId"] == approval.id.to_string()
            || event.payload["approval"]["id"] == approval.id.to_string();
        match event.r#type.as_str() {
            "host_session_update" if is_running && !ctx.out.json => say(ctx, &event)?,
            _ if !is_ours => {}
            "prompt_dispatch_started" => is_running = true,
            "prompt_dispatch_completed"
            | "prompt_dispatch_failed"
            | "prompt_dispatch_cancelled"
            | "prompt_dispatch_unknown" => return ended(ctx, &event),
            "prompt_rejected" | "approval_expired" | "approval_withdrawn" => {
                return Err(refused(&event).into());
            }
            "prompt_approved" => ctx.out.say("✓ approved"),
            _ => {}
        }
    }
    Err(Failure::new(Exit::Failure, "the stream ended").into())
}

fn say(ctx: &Ctx, event: &Event) -> Result<()> {
    let update = &event.payload["notification"]["update"];
    if update["sessionUpdate"] == "agent_message_chunk"
        && let Some(text) = update["content"]["text"].as_str()
    {
        ctx.out.piece(&safe::visible(text))?;
    }
    Ok(())
}

fn ended(ctx: &Ctx, event: &Event) -> Result<()> {
    if !ctx.out.json {
        ctx.out.line("")?;
    }
    let dispatch: Dispatch = serde_json::from_value(event.payload["dispatch"].clone())?;
    let why = dispatch.error.unwrap_or_default();
    Err(match dispatch.state {
        DispatchState::Succeeded => return Ok(()),
        DispatchState::Cancelled => Failure::new(Exit::Failure, "the turn was stopped"),
        DispatchState::Unknown => Failure::new(
            Exit::Agent,
            "nobody knows what became of the prompt: the agent's host is gone",
        ),
        _ => Failure::new(Exit::Agent, format!("the agent failed: {why}")),
    }
    .into())
}

fn refused(event: &Event) -> Failure {
    let approval = serde_json::from_value::<Approval>(event.payload["approval"].clone()).ok();
    let outcome = approval.as_ref().map(card::outcome).unwrap_or_default();
    let exit = match approval.map(|it| it.status) {
        Some(ApprovalStatus::Expired) => Exit::Expired,
        _ => Exit::Rejected,
    };
    Failure::new(exit, outcome)
}
