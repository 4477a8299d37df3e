//! `wardroom share --detach`: the same in the background, in a process of its own.

use std::{
    env,
    ffi::OsString,
    fs::{self, File},
    process::Stdio,
};

use anyhow::{Context, Result};
use serde_json::Value;
use tokio::{
    io::{AsyncBufReadExt, BufReader},
    process::Command,
};

use crate::{
    cli::{
        Ctx, credentials,
        failure::{Exit, Failure},
        ids::SESSION,
        paths,
    },
    domain::SessionId,
};

/// Set for the process in the background.
const DETACHED: &str = "WARDROOM_DETACHED";

/// Starts the same command in the background and prints its links.
///
/// # Errors
/// What the process in the background says when it ends before it has shared anything.
pub(super) async fn run(ctx: &Ctx) -> Result<()> {
    let dir = paths::config_dir().join("hosts");
    credentials::make_dir(&dir)?;
    let log = dir.join("share.log");
    let stderr = File::options().create(true).append(true).open(&log)?;
    let before = stderr.metadata()?.len();
    let mut child = Command::new(env::current_exe()?)
        .args(arguments(env::args_os().skip(1)))
        .env(DETACHED, "1")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(stderr)
        .spawn()
        .context("cannot start in the background")?;
    let stdout = child.stdout.take().context("the process in the background has no stdout")?;
    let mut first = String::new();
    BufReader::new(stdout).read_line(&mut first).await?;
    let Ok(shared) = serde_json::from_str::<Value>(&first) else {
        let code = child.wait().await?;
        let said = fs::read(&log)?;
        let said =
            String::from_utf8_lossy(&said[usize::try_from(before)?.min(said.len())..]).into_owned();
        // Its own words have been made safe, and say what is wrong.
        ctx.out.tell(said.trim_end());
        let text = format!("it ended in the background with {code}");
        return Err(Failure::new(exit(code.code()), text).into());
    };
    if ctx.out.json {
        return Ok(ctx.out.document(&shared)?);
    }
    let link = |name: &str| shared[name].as_str().unwrap_or_default().to_owned();
    if ctx.global.quiet {
        return Ok(ctx.out.line(&link("inviteUrl"))?);
    }
    ctx.out.line(&format!("  ➜ invite    {}", link("inviteUrl")))?;
    ctx.out.line(&format!("  ➜ watch     {}", link("watchUrl")))?;
    let id = shared["session"]["id"].as_str().and_then(|it| it.parse::<SessionId>().ok());
    let id = id.map(|it| SESSION.short(it)).unwrap_or_default();
    ctx.out.done(&format!(
        "in the background · see it: wardroom watch {id} · end it: wardroom sessions close {id}"
    ));
    Ok(())
}

/// In the background: no terminal, and nothing that happens to it, is ours.
pub(super) fn leave_terminal() {
    if env::var_os(DETACHED).is_some() {
        let _leads_one_already = rustix::process::setsid();
    }
}

/// The same command, but in the foreground and in JSON; what belongs to the agent stays as it is.
fn arguments(typed: impl Iterator<Item = OsString>) -> Vec<OsString> {
    let typed: Vec<_> = typed.collect();
    let agents = typed.iter().position(|it| it == "--").unwrap_or(typed.len());
    let (ours, theirs) = typed.split_at(agents);
    let ours = ours.iter().filter(|it| *it != "--detach" && *it != "--json").cloned();
    ours.chain(["--json".into()]).chain(theirs.iter().cloned()).collect()
}

fn exit(code: Option<i32>) -> Exit {
    let known = [
        Exit::Usage,
        Exit::NotFound,
        Exit::Denied,
        Exit::Conflict,
        Exit::Expired,
        Exit::Unreachable,
        Exit::Agent,
        Exit::Configuration,
    ];
    known.into_iter().find(|it| Some(*it as i32) == code).unwrap_or(Exit::Failure)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_command_runs_in_the_background() {
        let typed = ["-q", "share", "--detach", "--", "agent", "--detach"];
        let again = arguments(typed.into_iter().map(OsString::from));
        assert_eq!(again, ["-q", "share", "--json", "--", "agent", "--detach"]);
    }
}
