//! A command line that is wrong: one line of cause, one line of cure.

use clap::{
    Command, CommandFactory,
    error::{ContextKind, ContextValue, ErrorKind},
};

use super::{
    Cli,
    failure::{Exit, Failure},
};

/// What is wrong with it, and what was perhaps meant; nothing where help or the version was asked for.
pub(super) fn wrong(error: &clap::Error, words: &[String]) -> Option<Failure> {
    if matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion) {
        return None;
    }
    let help = format!("{} --help", path(words));
    let hint = match meant(error) {
        Some(meant) => format!("did you mean {meant}? Otherwise: {help}"),
        None => help,
    };
    Some(Failure::new(Exit::Usage, cause(&error.render().to_string())).hint(hint))
}

/// The first paragraph, on one line.
fn cause(text: &str) -> String {
    let text = text.strip_prefix("error: ").unwrap_or(text);
    let lines = text.lines().map(str::trim).take_while(|line| !line.is_empty());
    lines.collect::<Vec<_>>().join(" ")
}

fn meant(error: &clap::Error) -> Option<String> {
    use ContextKind::{SuggestedArg, SuggestedSubcommand, SuggestedValue};
    [SuggestedSubcommand, SuggestedArg, SuggestedValue].into_iter().find_map(|kind| {
        match error.get(kind)? {
            ContextValue::String(word) => Some(word.clone()),
            ContextValue::Strings(words) => words.first().cloned(),
            _ => None,
        }
    })
}

/// The command that was meant, as far as it was typed rightly.
fn path(words: &[String]) -> String {
    let (mut at, mut path) = (Cli::command(), "wardroom".to_owned());
    for word in words {
        let Some(next) = at.find_subcommand(word).filter(|it| !it.is_hide_set()) else { continue };
        path = format!("{path} {}", next.get_name());
        at = Command::clone(next);
    }
    path
}

/// The one of `known` that looks most like what was typed.
pub(super) fn nearest<'a>(
    typed: &str,
    known: impl IntoIterator<Item = &'a str>,
) -> Option<&'a str> {
    let known: Vec<_> = known.into_iter().collect();
    similar::get_close_matches(typed, &known, 1, 0.6).first().copied()
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    fn said(line: &str) -> String {
        let words: Vec<_> = line.split_whitespace().map(str::to_owned).collect();
        let Err(error) = Cli::try_parse_from([&["wardroom".to_owned()][..], &words].concat())
        else {
            return "nothing is wrong".into();
        };
        match wrong(&error, &words) {
            Some(failure) => format!("{}\n  {}", failure.message, failure.hint.unwrap()),
            None => "help".into(),
        }
    }

    #[test]
    fn what_is_wrong_is_said_in_one_line_and_the_cure_in_another() {
        let lines = [
            "inbx",
            "sessions lst",
            "--nope",
            "inbox --jsn",
            "approve",
            "share demo --mode prompt",
            "show a b",
            "token create --expires 5x",
            "host-keepr",
            "inbox --json --plain",
        ];
        let said: Vec<_> = lines.map(|it| format!("{it}: {}", said(it))).into();
        insta::assert_snapshot!(said.join("\n"), @r#"
        inbx: unrecognized subcommand 'inbx'
          did you mean inbox? Otherwise: wardroom --help
        sessions lst: unrecognized subcommand 'lst'
          did you mean list? Otherwise: wardroom sessions --help
        --nope: unexpected argument '--nope' found
          did you mean --no-input? Otherwise: wardroom --help
        inbox --jsn: unexpected argument '--jsn' found
          did you mean --json? Otherwise: wardroom inbox --help
        approve: the following required arguments were not provided: <ID>
          wardroom approve --help
        share demo --mode prompt: invalid value 'prompt' for '--mode <MODE>' [possible values: view-only, comment-only, prompt-with-approval, prompt-direct]
          did you mean prompt-direct? Otherwise: wardroom share --help
        show a b: unexpected argument 'b' found
          wardroom show --help
        token create --expires 5x: invalid value '5x' for '--expires <TIME>': "5x" is not a time span; try 30m, 24h or 7d
          wardroom token create --help
        host-keepr: unrecognized subcommand 'host-keepr'
          did you mean hosts? Otherwise: wardroom --help
        inbox --json --plain: the argument '--json' cannot be used with '--plain'
          wardroom inbox --help
        "#);
    }

    #[test]
    fn no_command_is_serve_with_its_options() {
        let of = |line: &str| {
            let words = ["wardroom"].into_iter().chain(line.split_whitespace());
            Cli::of(&words.map(Into::into).collect::<Vec<_>>())
        };
        for line in ["", "--json", "--listen 127.0.0.1:0", "--data-dir x --no-open"] {
            assert!(
                matches!(of(line).unwrap().command, Some(super::super::Command::Serve(_))),
                "{line}"
            );
        }
        assert!(of("--listem x").is_err() && of("inbox --listen 127.0.0.1:0").is_err());
    }

    #[test]
    fn help_is_not_wrong() {
        assert_eq!(["--help", "share -h", "-V"].map(said), ["help", "help", "help"]);
    }

    #[test]
    fn the_nearest_word_is_near() {
        assert_eq!(nearest("claud", ["claude", "codex"]), Some("claude"));
        assert_eq!(nearest("zzz", ["claude", "codex"]), None);
    }
}
