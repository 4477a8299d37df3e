//! `wardroom watch`: follows a session.

use anyhow::Result;
use clap::Args;

use super::{
    Ctx,
    api::{Api, Item, follow, is_worth_a_word},
    failure::{Exit, Failure},
    live::{self, Ended, Wanted},
};
use crate::domain::{Seq, SessionId};

/// What to follow.
#[derive(Debug, Args)]
#[command(before_help = "\
Examples:
  wardroom watch                           the only active session; keys decide, comment and prompt
  wardroom watch checkout --since 0        from its beginning
  wardroom watch checkout --decisions-only only what is asked of people, and what they decide
  wardroom watch checkout | tee log        plain lines
  wardroom watch checkout --json | jq -r 'select(.type==\"message_created\") | .payload.message.text'")]
#[command(after_help = "What the keys do at a terminal: wardroom help keys")]
pub(super) struct WatchArgs {
    /// The session: an id, the end of one, part of its title, or a link [default: the only active one].
    session: Option<String>,
    /// Begin after this event; 0 is the beginning [default: the newest few, with --json what comes next].
    #[arg(long, value_name = "NUMBER")]
    since: Option<Seq>,
    /// Show only prompts that wait, approvals that are asked for, and what became of them.
    #[arg(long)]
    decisions_only: bool,
}

/// Follows it until it ends.
pub(super) async fn run(ctx: &Ctx, args: WatchArgs) -> Result<()> {
    let api = ctx.api_of(args.session.as_deref())?;
    let session = api.find_session(args.session.as_deref()).await?;
    let wanted = Wanted { since: args.since, decisions_only: args.decisions_only, is_told: false };
    if ctx.out.json {
        return events(ctx, api, session, wanted).await;
    }
    match live::run(ctx, &api, session, wanted).await? {
        Ended::Interrupted => Err(Failure::new(Exit::Interrupted, "").into()),
        Ended::Session | Ended::Left => Ok(()),
    }
}

/// Each event as the API writes it, a line each.
async fn events(ctx: &Ctx, api: Api, session: SessionId, wanted: Wanted) -> Result<()> {
    let from = wanted.since.map(|it| it.to_string());
    let mut items = follow(api, live::stream(session), from);
    while let Some(item) = items.recv().await {
        match item {
            Item::Event(event, _) if wanted.decisions_only && !live::is_decision(&event.r#type) => {
            }
            Item::Event(_, json) => ctx.out.raw(&json)?,
            Item::Open | Item::Inbox(_) => {}
            Item::Lost(try_) if !is_worth_a_word(try_) => {}
            Item::Lost(try_) => ctx.out.say(&format!("◌ reconnecting ({try_})")),
            Item::Back => ctx.out.say("✓ connected again"),
            Item::Reset(reason) => {
                let text = format!("the server cannot go on from there: {reason}");
                return Err(Failure::new(Exit::Conflict, text)
                    .hint("begin again: --since 0")
                    .into());
            }
            Item::End(reason) if matches!(&*reason, "closed" | "expired" | "left") => return Ok(()),
            Item::End(reason) => {
                return Err(
                    Failure::new(Exit::Denied, format!("the stream ended: {reason}")).into()
                );
            }
            Item::Failed(failure) => return Err(failure.into()),
        }
    }
    Ok(())
}
