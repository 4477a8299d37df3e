//! An agent that wants a login first: how that is done, offered to be done here, and then the share is tried again.

use std::{
    collections::BTreeMap,
    process::{Command, ExitStatus},
};

use anyhow::{Context, Result};
use serde::{Deserialize, Serialize};
use tokio::task::spawn_blocking;

use crate::{
    cli::{
        Ctx,
        failure::{Exit, Failure},
        safe,
    },
    host::{AgentEnd, AgentSettings},
};

/// What an agent lacks, as the process in the background tells it to who started it.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct NeedsLogin {
    /// One sentence for people, in the agent's words.
    #[serde(rename = "needsLogin")]
    why: String,
    /// What logs in at a terminal, as argv; empty where the agent names nothing.
    command: Vec<String>,
    /// What that sees of the environment besides ours.
    env: BTreeMap<String, String>,
}

impl NeedsLogin {
    /// What an agent lacks that has ended so.
    pub(super) fn of(settings: &AgentSettings, end: Option<&AgentEnd>, why: &str) -> Option<Self> {
        let login = end?.login.clone()?;
        let command = match login.args {
            Some(args) => [settings.command.clone(), args].concat(),
            None => Vec::new(),
        };
        // The agent's own settings, and what it asks for on top of them.
        let own = settings
            .env
            .iter()
            .filter(|(name, value)| std::env::var(name).ok().as_ref() != Some(*value));
        let mut env: BTreeMap<_, _> = own.map(|(k, v)| (k.clone(), v.clone())).collect();
        env.extend(login.env);
        Some(Self { why: why.to_owned(), command, env })
    }

    /// Why nothing was shared, where nobody can be asked.
    pub(super) fn failure(&self) -> Failure {
        let how = match self.command.as_slice() {
            [] => "log in to it".to_owned(),
            command => format!("run: {}", shown(command)),
        };
        Failure::new(Exit::Agent, &self.why).hint(format!("{how}; then share again"))
    }

    /// Has the person log in; then it is worth another try.
    ///
    /// # Errors
    /// Exit code 8 where nobody can be asked.
    pub(super) async fn ask(self, ctx: &Ctx) -> Result<()> {
        if !ctx.can_ask() {
            return Err(self.failure().into());
        }
        ctx.out.tell(&format!("! {}", safe::one_line(&self.why)));
        if !self.command.is_empty() {
            ctx.out.tell(&format!("  Run: {}", shown(&self.command)));
            let answer = asked(ctx, "Run it here? [Y/n]").await?;
            if matches!(answer.to_lowercase().as_str(), "" | "y" | "yes") {
                let status = spawn_blocking(move || self.run()).await??;
                if !status.success() {
                    ctx.out.tell(&format!("! it ended with {status}"));
                }
                return Ok(());
            }
        }
        asked(ctx, "Log in to it, then press Enter to try again (Ctrl-C gives up).").await.map(drop)
    }

    fn run(&self) -> Result<ExitStatus> {
        let (program, args) = self.command.split_first().context("there is no command")?;
        let run = Command::new(program).args(args).envs(&self.env).status();
        run.with_context(|| format!("cannot run {program}"))
    }
}

async fn asked(ctx: &Ctx, question: &'static str) -> Result<String> {
    let ctx = ctx.clone();
    spawn_blocking(move || ctx.ask(question, "log in to the agent, then share again")).await?
}

/// A command as somebody would type it, safe to print.
fn shown(command: &[String]) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./:=@%+,~".contains(c);
    let word = |it: &String| {
        if !it.is_empty() && it.chars().all(plain) {
            it.clone()
        } else {
            format!("'{}'", it.replace('\'', r"'\''"))
        }
    };
    safe::one_line(&command.iter().map(word).collect::<Vec<_>>().join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::host::Login;

    #[test]
    fn the_login_is_the_agents_own_command_with_what_it_adds() {
        let settings = AgentSettings {
            command: vec!["opencode".into(), "acp".into()],
            env: BTreeMap::from([("OWN".into(), "1".into())]),
            ..AgentSettings::default()
        };
        let end = |args: Option<&[&str]>| AgentEnd {
            agent: "opencode".into(),
            how: String::new(),
            stderr: String::new(),
            login: Some(Login {
                args: args.map(|it| it.iter().map(ToString::to_string).collect()),
                ..Login::default()
            }),
        };
        let needs = |args| NeedsLogin::of(&settings, Some(&end(args)), "It needs a login").unwrap();
        let own = needs(Some(&["--login", "it's me"]));
        assert_eq!(own.env["OWN"], "1");
        let hint = own.failure().hint.unwrap();
        assert_eq!(hint, r"run: opencode acp --login 'it'\''s me'; then share again");
        assert_eq!(needs(None).failure().hint.unwrap(), "log in to it; then share again");
        assert!(NeedsLogin::of(&settings, None, "").is_none());
    }
}
