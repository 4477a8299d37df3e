//! The live view of a session: what happens, line by line, and what the person at the terminal says to it.
//!
//! A line printer with a footer and not a full-screen program: scrolling back, copying and pipes keep working. Where
//! nobody sits at a terminal it prints plain lines.
//!
//! ```text
//! scribe, agent      events and what the agent says, as lines       room   who is there, the agent, the line to the server
//! asks               what programs ask beside the session           desk   what waits, one card at a time
//! view, picture      what comes in, and what is seen of it
//! acts, deciding     what a key does                                keys, action, mode, input   what a key means now
//! footer, fit        the footer: a pure picture in columns and rows
//! screen, signals    the terminal, which gets its old state back    jobs   requests that are on their way
//! ```

mod action;
mod acts;
mod agent;
mod asks;
mod deciding;
mod desk;
mod fit;
mod footer;
mod input;
mod jobs;
mod keys;
mod mode;
mod picture;
mod plain;
mod room;
mod screen;
mod scribe;
mod sharing;
mod signals;
mod snapshot;
mod view;

use anyhow::Result;

pub(crate) use self::{
    action::HELP as KEYS,
    sharing::Sharing,
    snapshot::{Snapshot, mode_word},
};
use super::{
    Ctx,
    api::{Api, Item, follow},
    failure::{Exit, Failure},
    ids::SESSION,
    paint::Paint,
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

/// What is to be shown.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Wanted {
    /// What happened after this event; else the newest few.
    pub(crate) since: Option<Seq>,
    /// Only what is asked of people, and what they decide.
    pub(crate) decisions_only: bool,
    /// Whether people were told already which session it is.
    pub(crate) is_told: bool,
}

impl Wanted {
    fn after(&self, snapshot: &Snapshot) -> Seq {
        self.since.unwrap_or_else(|| snapshot.head().saturating_sub(BEFORE).max(0))
    }
}

/// Shows a session until it ends; where somebody sits at a terminal, their keys decide, comment and prompt.
///
/// # Errors
/// What the API says, and the loss of the right to watch.
pub(crate) async fn run(ctx: &Ctx, api: &Api, id: SessionId, wanted: Wanted) -> Result<Ended> {
    if ctx.has_screen() {
        view::run(ctx, api, id, &wanted, None).await
    } else {
        plain::run(ctx, api, id, &wanted).await
    }
}

/// As [`run`] at a terminal, for the one who shares the session and whose leaving may end it for everyone.
///
/// # Errors
/// As [`run`].
pub(crate) async fn attend(
    ctx: &Ctx,
    api: &Api,
    id: SessionId,
    sharing: &mut Sharing,
) -> Result<Ended> {
    let wanted = Wanted { is_told: true, ..Wanted::default() };
    view::run(ctx, api, id, &wanted, Some(sharing)).await
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

/// Whether an event of this type is about something that is asked of people: a prompt that waits, an approval that is
/// asked for, and what became of them.
pub(crate) fn is_decision(event: &str) -> bool {
    matches!(event, "prompt_pending_approval" | "prompt_approved" | "prompt_rejected")
        || event.starts_with("approval_")
}

/// What a session is, in one line.
fn begin(paint: Paint, snapshot: &Snapshot) -> String {
    let title = paint.bold(&safe::one_line(&snapshot.session.title));
    let (people, id) = (snapshot.people().join(", "), SESSION.short(snapshot.session.id));
    let left = match snapshot.session.expires_at {
        Some(_) if snapshot.session.status == SessionStatus::Active => {
            format!(" · ends in {}", time::left(snapshot.session.expires_at))
        }
        _ => String::new(),
    };
    let mode = snapshot.mode();
    format!("{title}  {id} · {mode}{left} · {people}")
}

fn reset(reason: &str) -> String {
    let reason = safe::one_line(reason);
    format!("! the server's log is not the one we saw ({reason}); on from its end")
}

fn caught_up(events: Seq) -> String {
    match events {
        0 => "✓ caught up: nothing had happened".into(),
        1 => "✓ caught up 1 event".into(),
        many => format!("✓ caught up {many} events"),
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
