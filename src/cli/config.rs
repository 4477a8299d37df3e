//! `wardroom config`: what is set, by whom, whether it holds, and a file to begin with.

use std::{fs::File, io::Write, os::unix::fs::OpenOptionsExt, path::PathBuf};

use anyhow::{Context, Result};
use clap::{Args, Subcommand};
use serde_json::{Map, Value, json};

use super::{
    Ctx, configured,
    failure::{Exit, Failure},
    paths,
};
use crate::config::{Config, Values, template};

/// What to do with the configuration.
#[derive(Debug, Args)]
pub(super) struct ConfigArgs {
    #[command(subcommand)]
    command: Option<Sub>,
}

#[derive(Debug, Subcommand)]
enum Sub {
    /// Show every key and what holds for it; this is what `config` alone does.
    Show {
        /// Say also where each value comes from.
        #[arg(long)]
        origin: bool,
    },
    /// Say whether the configuration holds; exit code 78 when it does not.
    Check {
        /// Look at this file alone, and not at the environment.
        file: Option<PathBuf>,
    },
    /// Write a file in which everything is explained and commented out.
    Init {
        /// Write over a file that is there.
        #[arg(long)]
        force: bool,
    },
    /// Print which files are read, the one that wins last.
    Path,
}

/// Does it.
pub(super) fn run(ctx: &Ctx, args: &ConfigArgs) -> Result<()> {
    match args.command.as_ref().unwrap_or(&Sub::Show { origin: false }) {
        Sub::Show { origin } => show(ctx, *origin),
        Sub::Check { file } => check(ctx, file.as_ref()),
        Sub::Init { force } => init(ctx, *force),
        Sub::Path => {
            let mut files = configured::files(&ctx.global);
            if files.is_empty() {
                ctx.out.say("there is no file yet: wardroom config init");
                files.push(configured::own_file());
            }
            files.iter().try_for_each(|it| Ok(ctx.out.line(&it.display().to_string())?))
        }
    }
}

fn show(ctx: &Ctx, origin: bool) -> Result<()> {
    let values = configured::values(&ctx.global)?;
    if ctx.out.json {
        let key = |(key, value, origin): (&crate::config::Key, &toml::Value, &_)| {
            let origin = format!("{origin}");
            let told = json!({ "value": value, "origin": origin, "default": key.default });
            (key.name.to_owned(), told)
        };
        let mut all: Map<String, Value> = values.all().map(key).collect();
        for (name, (agent, file)) in &values.agents {
            let told = json!({ "value": { "command": agent.command }, "origin": file });
            all.insert(format!("agents.{name}"), told);
        }
        return Ok(ctx.out.document(&all)?);
    }
    let row = |line: String, from: &dyn std::fmt::Display| {
        ctx.out.line(&if origin { format!("{line:<52} # {from}") } else { line })
    };
    for (key, value, from) in values.all() {
        row(format!("{} = {value}", key.name), from)?;
    }
    for (name, (agent, file)) in &values.agents {
        row(format!("agents.{name}.command = {:?}", agent.command), &file.display())?;
    }
    Ok(())
}

fn check(ctx: &Ctx, file: Option<&PathBuf>) -> Result<()> {
    let values = match file {
        Some(file) => {
            let mut values = Values::defaults()?;
            values.file(file)?;
            values
        }
        None => configured::values(&ctx.global)?,
    };
    Config::new(&values, paths::data_dir(&ctx.global))?.check()?;
    let empty = values.agents.iter().find(|it| it.1.0.command.is_empty());
    if let Some((name, (_, file))) = empty {
        let text = format!("agents.{name}.command (from {}): it is empty", file.display());
        return Err(Failure::new(Exit::Configuration, text).into());
    }
    ctx.out.done("the configuration holds");
    Ok(())
}

fn init(ctx: &Ctx, force: bool) -> Result<()> {
    let path = ctx.global.config.clone().unwrap_or_else(configured::own_file);
    if let Some(dir) = path.parent() {
        std::fs::create_dir_all(dir).with_context(|| dir.display().to_string())?;
    }
    let mut options = File::options();
    options.write(true).mode(0o600);
    if force {
        options.create(true).truncate(true)
    } else {
        options.create_new(true)
    };
    let mut file = options.open(&path).map_err(|error| {
        let failure = Failure::new(Exit::Failure, format!("{}: {error}", path.display()));
        if error.kind() == std::io::ErrorKind::AlreadyExists {
            failure.hint("look at it with wardroom config show; --force writes over it")
        } else {
            failure
        }
    })?;
    file.write_all(template().as_bytes())?;
    ctx.out.done(&format!("wrote {}", paths::shown(&path)));
    Ok(())
}
