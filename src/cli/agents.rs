//! Agents by the names that people know them by, and whether they are installed.

use std::{
    collections::BTreeMap,
    env,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use anyhow::Result;

use super::{
    Ctx, configured,
    failure::{Exit, Failure},
    safe, typed,
};
use crate::{
    config::{AgentConfig, Resume},
    host::AgentSettings,
};

/// The name under which the demo agent is always there.
pub(super) const DEMO: &str = "demo";

/// A well-known agent: the ways to start it, the best first, and how to get it.
struct Known {
    name: &'static str,
    commands: &'static [&'static [&'static str]],
    install: &'static str,
    /// The oldest node that runs it, if it is known to need one.
    node: Option<u32>,
}

/// Checked 2026-11.
const KNOWN: &[Known] = &[
    Known {
        name: "claude",
        commands: &[
            &["claude-agent-acp"],
            &["claude-code-acp"],
            &["npx", "-y", "@agentclientprotocol/claude-agent-acp"],
        ],
        install: "npm i -g @agentclientprotocol/claude-agent-acp",
        node: Some(22),
    },
    Known {
        name: "codex",
        commands: &[&["codex-acp"], &["npx", "-y", "@agentclientprotocol/codex-acp"]],
        install: "npm i -g @agentclientprotocol/codex-acp",
        node: None,
    },
    // Without the flag it hangs and says nothing.
    Known {
        name: "gemini",
        commands: &[&["gemini", "--acp"]],
        install: "npm i -g @google/gemini-cli",
        node: None,
    },
    Known {
        name: "opencode",
        commands: &[&["opencode", "acp"]],
        install: "npm i -g opencode-ai",
        node: None,
    },
    Known {
        name: "cursor",
        commands: &[&["cursor-agent", "acp"]],
        install: "see cursor.com/cli",
        node: None,
    },
    Known {
        name: "copilot",
        commands: &[&["copilot", "--acp", "--stdio"]],
        install: "npm i -g @github/copilot",
        node: None,
    },
    Known {
        name: "goose",
        commands: &[&["goose", "acp"]],
        install: "see block.github.io/goose",
        node: None,
    },
    Known {
        name: "qwen",
        commands: &[&["qwen", "--acp"]],
        install: "npm i -g @qwen-code/qwen-code",
        node: None,
    },
];

/// The agents of the configuration file, and the demo agent.
///
/// # Errors
/// What is wrong with the file.
pub(super) fn configured(ctx: &Ctx) -> Result<BTreeMap<String, AgentSettings>> {
    let values = configured::values(&ctx.global)?;
    let mut agents = BTreeMap::from([(DEMO.to_owned(), demo()?)]);
    // One that is turned off is offered to nobody, not even the demo agent.
    for (name, (agent, _)) in values.agents {
        if agent.enabled {
            agents.insert(name, settings(agent));
        } else {
            agents.remove(&name);
        }
    }
    Ok(agents)
}

/// The agent that somebody names: of the configuration file, well known, or the demo agent.
///
/// # Errors
/// A usage error for a name that is not known; exit code 8, with the cure, for one that is not installed.
pub(super) fn named(ctx: &Ctx, name: &str) -> Result<AgentSettings> {
    if configured::values(&ctx.global)?.agents.get(name).is_some_and(|it| !it.0.enabled) {
        let text = format!("the agent {name:?} is turned off");
        return Err(Failure::new(Exit::Usage, text)
            .hint("enabled = true in the configuration")
            .into());
    }
    let configured = configured(ctx)?;
    if let Some(agent) = configured.get(name) {
        check(&agent.command, None)?;
        return Ok(agent.clone());
    }
    let Some(known) = KNOWN.iter().find(|it| it.name == name) else {
        let names = KNOWN.iter().map(|it| it.name).chain(configured.keys().map(String::as_str));
        let names: Vec<_> = names.collect();
        let text = format!("there is no agent {name:?}");
        let near = typed::nearest(name, names.iter().copied());
        let near = near.map(|it| format!("did you mean {it}? ")).unwrap_or_default();
        let all = names.join(", ");
        let hint = format!("{near}known are: {all} · any other: wardroom share -- COMMAND");
        return Err(Failure::new(Exit::Usage, text).hint(hint).into());
    };
    let installed = known.commands.iter().find(|it| find(it[0]).is_some());
    let command = installed.or(known.commands.first()).copied().unwrap_or_default();
    let command: Vec<_> = command.iter().map(ToString::to_string).collect();
    check(&command, Some(known))?;
    Ok(AgentSettings { command, ..AgentSettings::default() })
}

/// The agent that a command line starts.
///
/// # Errors
/// Exit code 8 when there is no such program.
pub(super) fn command(words: &[String]) -> Result<AgentSettings> {
    check(words, None)?;
    Ok(AgentSettings { command: words.to_vec(), ..AgentSettings::default() })
}

fn demo() -> Result<AgentSettings> {
    let program = env::current_exe()?.to_string_lossy().into_owned();
    let own = |(name, _): &(String, String)| name.starts_with("WARDROOM_DEMO_");
    Ok(AgentSettings {
        description: "a scripted agent: no key, no network".into(),
        command: vec![program, "demo-agent".into()],
        env: env::vars().filter(own).collect(),
        ..AgentSettings::default()
    })
}

fn settings(agent: AgentConfig) -> AgentSettings {
    let AgentConfig { description, command, env, folders, mode, .. } = agent;
    AgentSettings {
        description,
        command,
        env,
        folders,
        mode,
        idle_timeout: agent.idle_timeout,
        no_human_input: !agent.allow_human_input,
        never_resume: agent.resume == Resume::Never,
    }
}

fn check(command: &[String], known: Option<&Known>) -> Result<(), Failure> {
    let program = command.first().map_or("", String::as_str);
    if find(program).is_some() {
        return Ok(());
    }
    let failure = Failure::new(Exit::Agent, format!("{program} is not installed"));
    Err(match known {
        Some(Known { install, node, .. }) => {
            let needs = node.map(|it| needs_node(it, node_version().as_deref()));
            failure.hint(format!("install it: {install}{}", needs.unwrap_or_default()))
        }
        None => failure.hint("is it spelled right, and in PATH?"),
    })
}

/// What an agent needs of node, and what there is.
fn needs_node(least: u32, found: Option<&str>) -> String {
    let found = found.map_or_else(|| "no node found".into(), |it| format!("found {it}"));
    format!("   (needs node {least} or newer; {found})")
}

/// The version of the node that is installed.
fn node_version() -> Option<String> {
    let said = Command::new(find("node")?).arg("--version").stdin(Stdio::null()).output().ok()?;
    let version = String::from_utf8(said.stdout).ok()?;
    Some(safe::one_line(version.trim().trim_start_matches('v'))).filter(|it| !it.is_empty())
}

/// Where a program is, as a shell would find it.
pub(super) fn find(program: &str) -> Option<PathBuf> {
    if program.contains('/') {
        return Some(PathBuf::from(program)).filter(|it| is_program(it));
    }
    let path = env::var_os("PATH")?;
    env::split_paths(&path).map(|dir| dir.join(program)).find(|it| is_program(it))
}

fn is_program(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    path.metadata().is_ok_and(|it| it.is_file() && it.permissions().mode() & 0o111 != 0)
}
