//! `wardroom watch`: follows a session.

use anyhow::Result;
use clap::Args;

use super::{
    Ctx,
    api::{Api, Item, follow},
    failure::{Exit, Failure},
    live::{self, Ended},
};
use crate::domain::{Seq, SessionId};

/// What to follow.
#[derive(Debug, Args)]
pub(super) struct WatchArgs {
    /// The session: an id, the end of one, part of its title, or a link [default: the only active one].
    session: Option<String>,
    /// Begin after this event; 0 is the beginning [default: the newest few, with --json what comes next].
    #[arg(long, value_name = "NUMBER")]
    since: Option<Seq>,
}

/// Follows it until it ends.
pub(super) async fn run(ctx: &Ctx, args: WatchArgs) -> Result<()> {
    let api = ctx.api_of(args.session.as_deref())?;
    let session = api.find_session(args.session.as_deref()).await?;
    if ctx.out.json {
        return events(ctx, api, session, args.since).await;
    }
    match live::run(ctx, &api, session, args.since).await? {
        Ended::Interrupted => Err(Failure::new(Exit::Interrupted, "").into()),
        Ended::Session | Ended::Left => Ok(()),
    }
}

/// Each event as the API writes it, a line each.
async fn events(ctx: &Ctx, api: Api, session: SessionId, since: Option<Seq>) -> Result<()> {
    let from = since.map(|it| it.to_string());
    let mut items = follow(api, live::stream(session), from);
    while let Some(item) = items.recv().await {
        match item {
            Item::Event(_, json) => ctx.out.raw(&json)?,
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
