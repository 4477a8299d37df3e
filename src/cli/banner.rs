//! What a server says when its doors are open.

use anyhow::Result;
use serde_json::json;

use super::{
    Ctx, configured,
    failure::{Exit, Failure},
    first_admin::FirstAdmin,
    open, paths,
    serve::{self, Ready, ServeArgs},
};
use crate::{
    config::{Config, ConfigError},
    server::StartError,
};

/// Serves until a signal, and says where.
///
/// # Errors
/// Why it did not start or go on, with the exit code that says so.
pub(super) async fn serve(ctx: &Ctx, args: ServeArgs) -> Result<()> {
    let opens = !args.no_open;
    let greet = async |ready: Ready| {
        let opened = match &ready.setup_link {
            Some(link) if opens => open::page(ctx, link),
            _ => false,
        };
        if let Err(error) = greet(ctx, &ready, opened) {
            tracing::debug!(%error, "nobody reads the greeting");
        }
    };
    serve_and(ctx, args, greet).await
}

/// Serves until a signal, and does `then` as soon as the doors are open.
///
/// # Errors
/// Why it did not start or go on, with the exit code that says so.
pub(super) async fn serve_and(
    ctx: &Ctx,
    args: ServeArgs,
    then: impl AsyncFnOnce(Ready),
) -> Result<()> {
    // What the server writes is for nobody else.
    rustix::process::umask(rustix::fs::Mode::from_raw_mode(0o077));
    let config = config(ctx, &args).map_err(|error| failure(&error.into()))?;
    let alone = || {
        ctx.out.tell(
            "agents still work: they go on for 10 minutes without the server · Ctrl-C again ends them at once",
        );
    };
    let admin = FirstAdmin::named()?;
    serve::run(config, admin, then, alone).await.map_err(|error| failure(&error).into())
}

fn config(ctx: &Ctx, args: &ServeArgs) -> Result<Config, ConfigError> {
    let mut values = configured::values(&ctx.global)?;
    args.lay_over(&mut values);
    let config = Config::new(&values, paths::data_dir(&ctx.global))?;
    let (file, local_host) = (ctx.global.config.clone(), !args.no_local_host);
    Ok(Config { file, local_host, ..config })
}

fn greet(ctx: &Ctx, ready: &Ready, opened: bool) -> std::io::Result<()> {
    let Ready { url, addresses, setup_link, data_dir, is_new } = ready;
    if ctx.out.json {
        return ctx.out.document(&json!({
            "url": url, "addresses": addresses, "setupLink": setup_link, "dataDir": data_dir, "isNew": is_new,
        }));
    }
    let (version, words) = (env!("CARGO_PKG_VERSION"), ctx.out.words);
    let row = |name: &str, what: &str, note: &str| {
        let note = if note.is_empty() { String::new() } else { format!("   {}", words.dim(note)) };
        ctx.out.tell(&format!("  ➜  {name:<8} {what}{note}"));
    };
    ctx.out.tell(&format!(
        "{} {version}  shared sessions for coding agents\n",
        words.bold("wardroom")
    ));
    match setup_link {
        Some(link) if opened => row("Open", link, "one time, valid 30 min (opening your browser)"),
        Some(link) => row("Open", link, "one time, valid 30 min"),
        None => row("Open", url, ""),
    }
    row("Data", &paths::shown(data_dir), if *is_new { "new" } else { "" });
    row("Try it", "wardroom demo", "or the button on the page");
    row("Share", "wardroom share claude | codex | gemini | opencode | -- COMMAND", "");
    ctx.out.tell(&format!("     {}\n", words.dim("Ctrl-C stops. Approvals and history stay.")));
    Ok(())
}

fn failure(error: &StartError) -> Failure {
    let exit = match error.exit_code() {
        70 => Exit::Storage,
        74 => Exit::Damaged,
        75 => Exit::Held,
        78 => Exit::Configuration,
        _ => Exit::Failure,
    };
    let hint = match error {
        StartError::Held(..) => Some("use the one that runs, or another directory: --data-dir DIR"),
        StartError::Config(ConfigError::Exposed(_)) => {
            Some("say --base-url https://… behind TLS, --lan for the local network, or --insecure")
        }
        StartError::Listen(..) => Some("choose another: --listen 127.0.0.1:0"),
        _ => None,
    };
    let failure = Failure::new(exit, error.to_string());
    match hint {
        Some(hint) => failure.hint(hint),
        None => failure,
    }
}
