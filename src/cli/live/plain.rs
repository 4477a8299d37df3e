//! A session as plain lines, for pipes, files and whoever wants no more: nothing is typed.

use anyhow::Result;

use super::{
    Ended, Wanted, begin, caught_up, ended, reset, room::Room, scribe::Scribe, signals::Signals,
    snapshot::Snapshot, stream,
};
use crate::{
    cli::{
        Ctx,
        api::{Api, Item, follow, is_worth_a_word},
    },
    domain::SessionId,
};

/// Prints what happens until it ends.
pub(super) async fn run(ctx: &Ctx, api: &Api, id: SessionId, wanted: &Wanted) -> Result<Ended> {
    let snapshot = Snapshot::load(api, id).await?;
    let after = wanted.after(&snapshot);
    let mut items = follow(api.clone(), stream(id), Some(after.to_string()));
    let mut scribe = Scribe::new(ctx.out.paint, &snapshot, wanted.decisions_only);
    let mut signals = Signals::new()?;
    if !wanted.is_told {
        ctx.out.say(&begin(ctx.out.words, &snapshot));
    }
    let mut room = Room::new(snapshot, after);
    loop {
        let item = tokio::select! {
            item = items.recv() => item,
            _ = signals.next() => return Ok(Ended::Interrupted),
        };
        match item {
            Some(Item::Event(event, _)) => {
                room.learn(&event);
                scribe.event(&event).iter().try_for_each(|line| ctx.out.line(line))?;
            }
            Some(Item::Open | Item::Inbox(_)) => {}
            Some(Item::Lost(tries)) => {
                room.lost(tries);
                if is_worth_a_word(tries) {
                    ctx.out.tell(&format!("◌ reconnecting ({tries})"));
                }
            }
            Some(Item::Back) => {
                ctx.out.tell("✓ connected again");
                if let Ok(now) = Snapshot::load(api, id).await {
                    room.found(now.head());
                }
            }
            Some(Item::Reset(reason)) => {
                ctx.out.tell(&reset(&reason));
                let now = Snapshot::load(api, id).await?;
                scribe.know(&now);
                room.reset(now);
            }
            Some(Item::End(reason)) => return ended(ctx, &reason),
            Some(Item::Failed(failure)) => return Err(failure.into()),
            None => return Ok(Ended::Session),
        }
        if let Some(events) = room.caught_up() {
            ctx.out.tell(&caught_up(events));
        }
    }
}
