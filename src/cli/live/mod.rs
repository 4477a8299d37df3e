//! The live view of a session: what happens, line by line, and what the person at the terminal says to it.
//!
//! A line printer and not a full-screen program: scrolling back, copying and pipes keep working.

mod agent;
mod desk;
mod keys;
mod leaving;
mod scribe;
mod snapshot;

use std::future;

use anyhow::Result;
use tokio::{
    signal::unix::{SignalKind, signal},
    sync::mpsc,
};

pub(crate) use self::snapshot::Snapshot;
use self::{
    desk::Desk,
    leaving::{Answer, Leaving},
    scribe::Scribe,
};
use super::{
    Ctx,
    api::{Api, Event, Item, follow},
    failure::{Exit, Failure},
    ids::SESSION,
    safe, time,
};
use crate::domain::{Seq, SessionId, SessionStatus};

/// How many events before now are shown.
const BEFORE: Seq = 40;

/// How a view ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ended {
    /// The session was closed, or its time was up.
    Session,
    /// The person left the view; the session goes on.
    Left,
    /// Ctrl-C.
    Interrupted,
}

/// Shows a session until it ends; what is typed decides, comments and prompts, where somebody can type.
///
/// # Errors
/// What the API says, and the loss of the right to watch.
pub(crate) async fn run(ctx: &Ctx, api: &Api, id: SessionId, since: Option<Seq>) -> Result<Ended> {
    view(ctx, api, id, since, Leaving::AtOnce).await
}

/// As [`run`], for the one whose leaving may end the session for everyone.
///
/// # Errors
/// As [`run`].
pub(crate) async fn attend(ctx: &Ctx, api: &Api, id: SessionId) -> Result<Ended> {
    view(ctx, api, id, None, Leaving::Asked).await
}

async fn view(
    ctx: &Ctx,
    api: &Api,
    id: SessionId,
    since: Option<Seq>,
    mut leaving: Leaving,
) -> Result<Ended> {
    let snapshot = Snapshot::load(api, id).await?;
    let after = since.unwrap_or_else(|| snapshot.head().saturating_sub(BEFORE).max(0));
    let mut items = follow(api.clone(), stream(id), Some(after.to_string()));
    let mut scribe = Scribe::new(ctx.out.paint, &snapshot);
    let mut desk = Desk::new(api, &snapshot, leaving.keys());
    let mut typed = ctx.can_ask().then(keys::lines);
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    head(ctx, &snapshot, after);
    if snapshot.head() <= after {
        desk.open(ctx);
    }
    loop {
        tokio::select! {
            item = items.recv() => match item {
                Some(Item::Event(event, _)) => {
                    for line in scribe.event(&event) {
                        ctx.out.line(&line)?;
                    }
                    settle(ctx, &mut desk, &event, snapshot.head());
                }
                Some(Item::Lost(try_)) => ctx.out.tell(&format!("◌ reconnecting ({try_})")),
                Some(Item::Back) => ctx.out.tell("✓ connected again"),
                Some(Item::Reset(reason)) => {
                    ctx.out.tell(&format!("! the server's log is not the one we saw ({reason}); on from its end"));
                    let now = Snapshot::load(api, id).await?;
                    scribe.know(&now);
                    desk.know(&now);
                }
                Some(Item::End(reason)) => return ended(ctx, &reason),
                Some(Item::Failed(failure)) => return Err(failure.into()),
                None => return Ok(Ended::Session),
            },
            line = next(&mut typed) => match line {
                Some(line) => match leaving.typed(ctx, &line) {
                    Some(Answer::Over(ended)) => return Ok(ended),
                    Some(Answer::GoOn) => {}
                    None => if desk.obey(ctx, &line).await { return Ok(Ended::Left) },
                },
                None => typed = None,
            },
            _ = interrupt.recv() => if leaving.interrupted(ctx) { return Ok(Ended::Interrupted) },
            _ = terminate.recv() => return Ok(Ended::Interrupted),
        }
    }
}

/// Waits for the end of a session without showing anything.
///
/// # Errors
/// As [`run`].
pub(crate) async fn until_end(api: &Api, id: SessionId) -> Result<Ended> {
    let mut items = follow(api.clone(), stream(id), None);
    while let Some(item) = items.recv().await {
        match item {
            Item::End(_) => return Ok(Ended::Session),
            Item::Failed(failure) => return Err(failure.into()),
            _ => {}
        }
    }
    Ok(Ended::Session)
}

/// The path of a session's stream.
pub(crate) fn stream(id: SessionId) -> String {
    format!("/api/shared-sessions/{id}/stream")
}

/// What is history changes nothing on the desk; at its end the desk opens.
fn settle(ctx: &Ctx, desk: &mut Desk, event: &Event, head: Seq) {
    if event.seq > head {
        desk.event(ctx, event);
    } else if event.seq == head {
        desk.open(ctx);
    }
}

/// The next line; never, where nobody types.
async fn next(typed: &mut Option<mpsc::Receiver<String>>) -> Option<String> {
    match typed {
        Some(lines) => lines.recv().await,
        None => future::pending().await,
    }
}

fn head(ctx: &Ctx, snapshot: &Snapshot, after: Seq) {
    let title = safe::one_line(&snapshot.session.title);
    let people = snapshot.people().join(", ");
    let (title, id) = (ctx.out.words.bold(&title), SESSION.short(snapshot.session.id));
    let left = match snapshot.session.expires_at {
        Some(_) if snapshot.session.status == SessionStatus::Active => {
            format!(" · ends in {}", time::left(snapshot.session.expires_at))
        }
        _ => String::new(),
    };
    ctx.out.say(&format!("{title}  {id} · {}{left} · {people}", snapshot.mode()));
    if after > 0 && ctx.global.verbose > 0 {
        ctx.out.say(&ctx.out.words.dim(&format!("(from event {after}; all of it: --since 0)")));
    }
}

fn ended(ctx: &Ctx, reason: &str) -> Result<Ended> {
    let lost = |text: &str| Err(Failure::new(Exit::Denied, text).into());
    match reason {
        "closed" | "expired" => {
            ctx.out.say(&format!("the session is {reason}; its history stays"));
            Ok(Ended::Session)
        }
        "left" => Ok(Ended::Left),
        "removed" => lost("the host has ended your access"),
        "revoked" => lost("your access was revoked"),
        "expired_login" => lost("your token has expired"),
        other => lost(&format!("the stream ended: {other}")),
    }
}
