//! Opening a page in the browser of the person at the terminal.

use std::{
    env,
    io::{self, IsTerminal},
    process::Stdio,
};

use tokio::process::Command;

use super::{Ctx, credentials, paths};

/// Opens it, where somebody sits at a desktop who can see it; whether it was tried.
///
/// The link may hold a secret, and every process of the machine can read an argument: so what is opened is a file that
/// only its owner reads, and that leads on.
pub(super) fn page(ctx: &Ctx, link: &str) -> bool {
    if !io::stderr().is_terminal() || ctx.out.json || ctx.global.quiet || ctx.global.no_input {
        return false;
    }
    let is_set = |name| env::var_os(name).is_some_and(|it| !it.is_empty());
    let program = if cfg!(target_os = "macos") {
        "open"
    } else if is_set("DISPLAY") || is_set("WAYLAND_DISPLAY") {
        "xdg-open"
    } else {
        return false;
    };
    // A server on another machine names its own address.
    if link.contains(['"', '<', '>', '&']) {
        return false;
    }
    let file = paths::config_dir().join("open.html");
    let text = format!("<!doctype html><meta http-equiv=refresh content=\"0; url={link}\">\n");
    if let Err(error) = credentials::write(&file, text.as_bytes()) {
        tracing::debug!(%error, "no page is opened");
        return false;
    }
    let mut command = Command::new(program);
    command.arg(&file).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    command.spawn().is_ok()
}
