//! `wardroom help exit-codes`, `env`, `config` and `roles`: made from what holds, so that it stays true.

use std::collections::BTreeMap;

use clap::{Arg, Command};

use crate::domain::{Action, Mode, Right, Role, right};

/// What there is to read about.
pub(super) const NAMES: &[&str] = &["exit-codes", "env", "config", "roles"];

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

const CONFIG: &str = r#"Flags win over the environment, and that over the file: the one that --config names, else
$XDG_CONFIG_HOME/wardroom/config.toml, else /etc/wardroom/config.toml. A key that is not known is an error (78).

listen = ["127.0.0.1:7717"]            # where the server listens
base_url = "https://wardroom.example"  # where people reach it
allowed_hosts = ["wardroom.lan"]       # more names under which it answers

[sessions]
endless = true                         # they may live for ever: expiresInMinutes of 0 or null; false if absent

[agents.review]                        # an agent that the server's own host can start: wardroom share review
description = "Reviews pull requests"
command = ["claude-agent-acp"]
env = { CLAUDE_CONFIG_DIR = "/srv/claude" }
folders = ["/srv/checkouts"]           # where it may work; the first by default
mode = "plan"                          # the mode that it is put into at the start, by its own id of it
idle_timeout = "300s"                  # its process is closed after that, and started again where it was; never if absent
allow_human_input = true               # false: people comment and decide, and do not prompt it
resume = "auto"                        # "never": an old conversation is not taken up again
enabled = true                         # false: it is not offered"#;

/// What is said about a topic.
pub(super) fn text(topic: &str, cli: &Command) -> String {
    match topic {
        "exit-codes" => EXIT_CODES.into(),
        "env" => env(cli),
        "config" => CONFIG.into(),
        _ => roles(),
    }
}

/// Every variable that is read, from the options themselves.
fn env(cli: &Command) -> String {
    let mut all = BTreeMap::from([
        ("WARDROOM_TOKEN".to_owned(), "the user token itself".to_owned()),
        ("WARDROOM_LOG".into(), "what is logged, such as debug or wardroom=debug".into()),
        ("VISUAL, EDITOR".into(), "what approve --edit opens".into()),
        ("NO_COLOR".into(), "set to anything: no colours".into()),
    ]);
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
    let lines: Vec<_> = all.iter().map(|(name, what)| format!("{name:<23} {what}")).collect();
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
    use crate::{cli::Cli, config::File};

    #[test]
    fn the_configuration_that_is_shown_is_one() {
        let file = CONFIG.split_once("\n\n").unwrap().1;
        let file = toml::from_str::<File>(file).unwrap();
        assert!(file.agents.contains_key("review") && file.sessions.endless);
    }

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
        insta::assert_snapshot!(env(&Cli::command()), @r#"
        NO_COLOR                set to anything: no colours
        VISUAL, EDITOR          what approve --edit opens
        WARDROOM_ALLOWED_HOSTS  serve --allowed-host
        WARDROOM_BASE_URL       serve --base-url
        WARDROOM_CONFIG         every command: --config
        WARDROOM_DATA_DIR       every command: --data-dir
        WARDROOM_INSECURE       serve --insecure
        WARDROOM_LAN            serve --lan
        WARDROOM_LISTEN         serve --listen
        WARDROOM_LOG            what is logged, such as debug or wardroom=debug
        WARDROOM_NO_LOCAL_HOST  serve --no-local-host
        WARDROOM_NO_OPEN        serve --no-open
        WARDROOM_SERVER         every command: --server
        WARDROOM_TOKEN          the user token itself
        WARDROOM_TOKEN_FILE     every command: --token-file
        "#);
    }
}
