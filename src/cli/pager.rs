//! What is longer than the screen goes through the person's own pager.
//!
//! A pager is a comfort: one that is missing, fails or is left early is no failure of the command.

use std::{
    env,
    ffi::OsString,
    io::Write,
    process::{Command, Stdio},
};

use tokio::signal::unix::{SignalKind, signal};

use super::agents;

/// What a shell ends with that did not find the program, or could not run it.
const NOT_RUN: [i32; 2] = [126, 127];

/// Shows a text through the pager; false if there is none, so that nobody has seen the text.
pub(super) fn show(text: &str) -> bool {
    let Some(pager) = pager() else { return false };
    // Ctrl-C is the pager's: it may stop a search with it. Only a runtime can take signals, and commands have one.
    let _taken = signal(SignalKind::interrupt());
    let mut command = Command::new("sh");
    command.arg("-c").arg(pager).stdin(Stdio::piped());
    if env::var_os("LESS").is_none() {
        // Colours as they are, no screen of its own, and an end where the text ends.
        command.env("LESS", "FRX");
    }
    let Ok(mut child) = command.spawn() else { return false };
    if let Some(mut stdin) = child.stdin.take() {
        // Whoever has seen enough closes it before the end.
        let _unread = stdin.write_all(text.as_bytes());
    }
    child.wait().is_ok_and(|ended| !ended.code().is_some_and(|it| NOT_RUN.contains(&it)))
}

/// The pager that is wanted, as a line of the shell.
fn pager() -> Option<OsString> {
    let wanted = ["WARDROOM_PAGER", "PAGER"].into_iter().find_map(env::var_os);
    let Some(wanted) = wanted else { return agents::find("less").map(|_| "less -FRX".into()) };
    // Empty, or cat, is how people say that they want none.
    let words = wanted.to_string_lossy();
    let program = words.split_whitespace().next().filter(|it| *it != "cat")?;
    let is_missing = !program.contains(['=', '$', '(']) && agents::find(program).is_none();
    (!is_missing).then_some(wanted.clone())
}
