//! `wardroom help exit-codes`, `env`, `config`, `roles` and `keys`: made from what holds, so that it stays true.

use std::collections::BTreeMap;

use clap::{Arg, Command};

use crate::{
    cli::{first_admin::VARIABLES, live},
    config::{KEYS, template},
    domain::{Action, Mode, Right, Role, right},
};

/// What there is to read about.
pub(super) const NAMES: &[&str] = &["exit-codes", "env", "config", "roles", "keys"];

const EXIT_CODES: &str = "\
 0  ok
 1  failure, in none of the ways below; healthcheck: the server is not ready; verify: something was found
 2  usage: called wrongly, or an id that names several things
 3  not found
 4  not allowed, or not logged in
 5  conflict: decided already, or the session has ended
 6  expired, or timed out
 7  the server cannot be reached
 8  the agent failed, is not installed, or wants a login
 9  rejected: somebody said no (prompt --wait)
70  the storage failed
74  the database is damaged
75  another process holds the data directory
78  the configuration is wrong, or the database is newer than this program
130 interrupted";

const CONFIG: &str = "\
Flags win over the environment, and that over the file: the one that --config names, else
$XDG_CONFIG_HOME/wardroom/config.toml over /etc/wardroom/config.toml. A key that is not known is an error (78).
wardroom config init writes this file, config show --origin says what holds and why, config check whether it holds.
";

/// What is said about a topic.
pub(super) fn text(topic: &str, cli: &Command) -> String {
    match topic {
        "exit-codes" => EXIT_CODES.into(),
        "env" => env(cli),
        "config" => format!("{CONFIG}\n{}", template().trim_end()),
        "keys" => live::KEYS.into(),
        _ => roles(),
    }
}

/// Every variable that is read, from the options themselves.
fn env(cli: &Command) -> String {
    let mut all = BTreeMap::from([
        ("WARDROOM_TOKEN".to_owned(), "the user token itself".to_owned()),
        ("VISUAL, EDITOR".into(), "what approve --edit and the key e open".into()),
        ("NO_COLOR".into(), "set to anything: no colours".into()),
        (
            "WARDROOM_PAGER, PAGER".into(),
            "what shows lists longer than the screen; empty for none".into(),
        ),
    ]);
    all.extend(VARIABLES.map(|(name, what)| (name.to_owned(), what.to_owned())));
    all.extend(
        KEYS.iter().map(|key| (key.variable(), format!("the configuration's {}", key.name))),
    );
    let mut take = |command: &str, arg: &Arg| {
        if let Some(name) = arg.get_env() {
            let flag = arg.get_long().unwrap_or_default();
            let name = name.to_string_lossy().into_owned();
            all.entry(name).or_insert_with(|| format!("{command} --{flag}"));
        }
    };
    cli.get_arguments().for_each(|arg| take("every command:", arg));
    for command in cli.get_subcommands().filter(|it| !it.is_hide_set()) {
        command.get_arguments().for_each(|arg| take(command.get_name(), arg));
    }
    let lines: Vec<_> = all.iter().map(|(name, what)| format!("{name:<39} {what}")).collect();
    lines.join("\n")
}

/// Who may do what, by the rule that the server goes by.
fn roles() -> String {
    const ACTIONS: [(&str, Action); 7] = [
        ("watch, read history", Action::Watch),
        ("comment", Action::Comment),
        ("prompt", Action::Prompt),
        ("suggest a decision", Action::Suggest),
        ("decide", Action::Decide),
        ("stop the running turn", Action::StopTurn),
        ("invite, remove, close", Action::Manage),
    ];
    const MODES: [Mode; 4] =
        [Mode::ViewOnly, Mode::CommentOnly, Mode::PromptWithApproval, Mode::PromptDirect];
    let word = |role, mode, action| match right(role, mode, false, action) {
        Right::Yes => "yes",
        Right::AfterApproval => "after a yes",
        Right::Own => "of own prompt",
        Right::No => "-",
    };
    let mut lines = vec![
        "The host shares the agent and holds the last word; collaborators and viewers join by invite.".to_owned(),
        "What a collaborator may do depends on the session's mode; whom the host lets decide, decides too.\n".into(),
        format!(
            "{:<23}{:<6}{:<11}{:<14}{:<22}{:<15}viewer",
            "", "host", "view_only", "comment_only", "prompt_with_approval", "prompt_direct"
        ),
    ];
    for (name, action) in ACTIONS {
        let [a, b, c, d] = MODES.map(|mode| word(Role::Collaborator, mode, action));
        let host = word(Role::Host, MODES[0], action);
        let viewer = word(Role::Viewer, MODES[0], action);
        lines.push(format!("{name:<23}{host:<6}{a:<11}{b:<14}{c:<22}{d:<15}{viewer}"));
    }
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;
    use crate::cli::Cli;

    #[test]
    fn roles_and_variables_are_those_of_the_code() {
        insta::assert_snapshot!(roles(), @r#"
        The host shares the agent and holds the last word; collaborators and viewers join by invite.
        What a collaborator may do depends on the session's mode; whom the host lets decide, decides too.

                               host  view_only  comment_only  prompt_with_approval  prompt_direct  viewer
        watch, read history    yes   yes        yes           yes                   yes            yes
        comment                yes   -          yes           yes                   yes            -
        prompt                 yes   -          -             after a yes           yes            -
        suggest a decision     yes   -          yes           yes                   yes            -
        decide                 yes   -          -             -                     -              -
        stop the running turn  yes   -          -             -                     of own prompt  -
        invite, remove, close  yes   -          -             -                     -              -
        "#);
        insta::assert_snapshot!("variables", env(&Cli::command()));
    }
}
