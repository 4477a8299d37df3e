//! The first exchanges with an agent: who are you, and a conversation, new or old.

use std::{path::Path, time::Duration};

use tokio::time::timeout;

use super::{
    acp::{Acp, Known, Refusal},
    ending::Login,
    failure,
    remembered::Remembered,
    tap::Heard,
};
use crate::{Error, Result};

/// How long an agent may take to introduce itself.
const INTRODUCTION: Duration = Duration::from_secs(10);
/// The same where the command may have to download the agent first.
const DOWNLOAD: Duration = Duration::from_mins(2);
/// How long it may take to begin a conversation or to take up an old one.
const SESSION: Duration = Duration::from_mins(1);
/// How many pages of old conversations are read at most: an agent may name a next one for ever.
const PAGES: usize = 20;
/// Programs that download what they run.
const DOWNLOADERS: [&str; 5] = ["npx", "bunx", "pnpx", "uvx", "pipx"];

/// Why there is no conversation.
#[derive(Debug)]
pub(super) enum NotOpened {
    /// The agent wants a login; what to say about it, and how that is done.
    NeedsLogin(Error, Box<Login>),
    /// The agent has closed its pipes.
    Gone,
    /// Something else.
    Failed(Error),
}

/// A conversation that has begun.
pub(super) struct Begun {
    /// The agent's own id of it.
    pub(super) acp_session: String,
    /// What is known of the agent.
    pub(super) known: Known,
}

/// What a conversation is to be like.
#[derive(Debug, Clone, Default)]
pub(super) struct Wanted<'a> {
    /// The old conversation to take up; absent: a new one.
    pub(super) resume: Option<&'a str>,
    /// Whether the settings rule out taking up old ones.
    pub(super) never_resume: bool,
    /// The mode to put the agent into.
    pub(super) mode: Option<&'a str>,
}

/// Introduces us to an agent and begins the wanted conversation, new or old, in the wanted mode.
///
/// An old conversation is never silently replaced by a new one.
pub(super) async fn begin(
    acp: &Acp,
    heard: &Heard,
    program: &str,
    folder: &Path,
    wanted: &Wanted<'_>,
) -> Result<Begun, NotOpened> {
    let known = introduce(acp, heard, program, wanted.never_resume).await?;
    let begun = converse(acp, heard, program, folder, wanted.resume, known).await?;
    if let Some(mode) = wanted.mode {
        let set = in_time(program, "session/set_mode", acp.set_mode(&begun.acp_session, mode));
        if let Err(refusal) = set.await? {
            return Err(refused(program, "session/set_mode", refusal, Some(&begun.known)));
        }
    }
    Ok(begun)
}

/// Introduces us to an agent; what it can do, as far as it may by its settings.
async fn introduce(
    acp: &Acp,
    heard: &Heard,
    program: &str,
    never_resume: bool,
) -> Result<Known, NotOpened> {
    let patience = if downloads(program) { DOWNLOAD } else { INTRODUCTION };
    let Ok(known) = timeout(patience, acp.initialize()).await else {
        let noise = heard.lock().noise.clone();
        return Err(NotOpened::Failed(failure::silent(program, noise.as_deref())));
    };
    let mut known = known.map_err(|refusal| refused(program, "initialize", refusal, None))?;
    if never_resume {
        known.capabilities.retain(|it| it != "resume" && it != "load");
    }
    Ok(known)
}

/// Introduces us to an agent and asks which conversations about a folder it remembers; nothing where it cannot say.
pub(super) async fn remembered(
    acp: &Acp,
    heard: &Heard,
    program: &str,
    folder: &Path,
    never_resume: bool,
) -> Result<Option<Vec<Remembered>>, NotOpened> {
    let known = introduce(acp, heard, program, never_resume).await?;
    if !known.can("resume") && !known.can("load") {
        return Err(NotOpened::Failed(failure::never_resumes(program)));
    }
    if !known.can("list") {
        return Ok(None);
    }
    let (mut all, mut cursor) = (Vec::new(), None);
    for _ in 0..PAGES {
        let page = in_time(program, "session/list", acp.list(folder, cursor)).await?;
        let (some, next) =
            page.map_err(|refusal| refused(program, "session/list", refusal, Some(&known)))?;
        all.extend(some);
        cursor = next;
        if cursor.is_none() {
            break;
        }
    }
    Ok(Some(all))
}

async fn converse(
    acp: &Acp,
    heard: &Heard,
    program: &str,
    folder: &Path,
    resume: Option<&str>,
    known: Known,
) -> Result<Begun, NotOpened> {
    let Some(old) = resume else {
        let answer = in_time(program, "session/new", acp.new_session(folder)).await?;
        return match answer {
            Ok(acp_session) => Ok(Begun { acp_session, known }),
            Err(refusal) => Err(refused(program, "session/new", refusal, Some(&known))),
        };
    };
    let answer = if known.can("resume") {
        in_time(program, "session/resume", acp.resume(old, folder)).await?
    } else if known.can("load") {
        heard.lock().replaying = true;
        in_time(program, "session/load", acp.load(old, folder)).await?
    } else {
        return Err(NotOpened::Failed(failure::cannot_resume(program, None)));
    };
    match answer {
        Ok(()) => Ok(Begun { acp_session: old.to_owned(), known }),
        Err(Refusal::Said(why)) => {
            Err(NotOpened::Failed(failure::cannot_resume(program, Some(&why))))
        }
        Err(refusal) => Err(refused(program, "the old conversation", refusal, Some(&known))),
    }
}

async fn in_time<T>(
    program: &str,
    method: &str,
    answer: impl Future<Output = T>,
) -> Result<T, NotOpened> {
    match timeout(SESSION, answer).await {
        Ok(answer) => Ok(answer),
        Err(_) => Err(NotOpened::Failed(failure::slow(program, method))),
    }
}

fn refused(program: &str, method: &str, refusal: Refusal, known: Option<&Known>) -> NotOpened {
    match refusal {
        Refusal::NeedsLogin => {
            let known = known.cloned().unwrap_or_default();
            let login = known.login.clone().unwrap_or_default();
            NotOpened::NeedsLogin(failure::needs_login(program, &known), Box::new(login))
        }
        Refusal::Gone => NotOpened::Gone,
        Refusal::Said(_) => NotOpened::Failed(failure::refused(program, method, refusal)),
    }
}

fn downloads(program: &str) -> bool {
    let name = Path::new(program).file_name().and_then(|name| name.to_str());
    name.is_some_and(|name| DOWNLOADERS.contains(&name))
}

#[cfg(test)]
mod tests;
