//! Why an agent could not be started, in words for people: one line of cause, one line of cure.
//!
//! Neither holds what the agent wrote to stderr: that is for the host's owner alone.

use std::{io, path::Path, process::ExitStatus};

use super::acp::{Known, Refusal};
use crate::{Code, Error};

/// How much of a line is shown.
const SHOWN: usize = 200;

fn failed(message: String, hint: &str) -> Error {
    Error::with(Code::AgentUnavailable, message).hint(hint)
}

/// The process could not be started.
pub(super) fn not_started(program: &str, error: io::Error) -> Error {
    let failed = match error.kind() {
        io::ErrorKind::NotFound => {
            failed(format!("{program} is not installed"), "install it, or correct its command")
        }
        _ => failed(format!("{program} cannot be started: {error}"), "correct its command"),
    };
    failed.because(error)
}

/// It runs and does not answer.
pub(super) fn silent(program: &str, noise: Option<&str>) -> Error {
    match noise {
        Some(line) => failed(
            format!("{program} printed text where JSON is expected: {}", shown(line)),
            &flag(program),
        ),
        None => {
            failed(format!("{program} started but does not speak ACP on stdout"), &flag(program))
        }
    }
}

fn flag(program: &str) -> String {
    format!("does its command need a flag? Many do: {program} --acp")
}

/// It has ended before it was ready.
pub(super) fn ended_early(program: &str, status: Option<ExitStatus>, noise: Option<&str>) -> Error {
    let how = ended(status);
    let printed = noise.map(|line| format!("; it printed: {}", shown(line))).unwrap_or_default();
    failed(format!("{program} ended before it was ready ({how}){printed}"), "see the host's log")
}

/// It did not answer one of the first requests in time.
pub(super) fn slow(program: &str, method: &str) -> Error {
    failed(format!("{program} did not answer {method} in time"), "try again, or see the host's log")
}

/// It wants a login.
pub(super) fn needs_login(program: &str, known: &Known) -> Error {
    failed(login(program, known), "log in on the host's machine, then try again")
}

/// What to say when an agent wants a login.
pub(super) fn login(program: &str, known: &Known) -> String {
    let name = if known.name.is_empty() { program } else { &known.name };
    match &known.login {
        Some(how) => format!("{name} needs a login. {}", how.words),
        None => format!("{name} needs a login"),
    }
}

/// It cannot take up its old conversation.
pub(super) fn cannot_resume(program: &str, why: Option<&str>) -> Error {
    let why = why.map(|why| format!(": {}", shown(why))).unwrap_or_default();
    failed(
        format!("{program} cannot take up this conversation again{why}"),
        "restart it with a fresh conversation",
    )
}

/// It takes up no old conversation at all.
pub(super) fn never_resumes(program: &str) -> Error {
    failed(
        format!("{program} does not take up old conversations"),
        "share it with a new one: leave --resume out",
    )
}

/// It refused for a reason of its own.
pub(super) fn refused(program: &str, method: &str, refusal: Refusal) -> Error {
    match refusal {
        Refusal::Said(why) => {
            failed(format!("{program} refused {method}: {}", shown(&why)), "see the host's log")
        }
        Refusal::Gone | Refusal::NeedsLogin => ended_early(program, None, None),
    }
}

/// How a process ended, for people.
pub(super) fn ended(status: Option<ExitStatus>) -> String {
    use std::os::unix::process::ExitStatusExt;

    match status.map(|status| (status.code(), status.signal())) {
        Some((Some(code), _)) => format!("exit code {code}"),
        Some((None, Some(signal))) => format!("signal {signal}"),
        _ => "for an unknown reason".to_owned(),
    }
}

/// What people call a program: its name without the folder.
pub(super) fn name(program: &str) -> String {
    let name = Path::new(program).file_name();
    name.map_or_else(|| program.to_owned(), |name| name.to_string_lossy().into_owned())
}

/// The words of an agent for everybody in the session: where its files are is not for them.
pub(super) fn without_paths(text: &str, folder: &Path) -> String {
    let folder = folder.to_string_lossy();
    let text = shown(text).replace(&*folder, ".");
    match std::env::home_dir() {
        Some(home) if home.components().count() > 1 => text.replace(&*home.to_string_lossy(), "~"),
        _ => text,
    }
}

/// The first line of a text, of bounded length and without control characters.
pub(super) fn shown(text: &str) -> String {
    let line = text.trim().lines().next().unwrap_or_default();
    line.chars().filter(|c| !c.is_control()).take(SHOWN).collect()
}
