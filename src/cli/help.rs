//! What `--help` says besides the options, and `wardroom help TOPIC`.

mod topics;

use anyhow::Result;
use clap::{Args, Command, CommandFactory};

use super::{
    Cli, Ctx,
    failure::{Exit, Failure},
    typed,
};

/// Examples first: most people want one of these.
pub(super) const EXAMPLES: &str = "\
Team server for shared coding-agent sessions.

  wardroom                          start the server on this machine
  wardroom demo                     see how it goes: no key, no network
  wardroom share claude             share an agent that runs here
  wardroom join 'LINK'              take part in somebody's session
  wardroom inbox                    what waits for your decision
  wardroom approve @1               say yes to the first line of it
  wardroom prompt checkout 'run the tests' --wait && ./deploy.sh
  wardroom ask 'Deploy?' -o yes -o no && ./deploy.sh";

/// Under the options.
pub(super) const MORE: &str = "\
Exit codes:
  0 ok         4 not allowed, or not logged in      8 the agent failed, or wants a login
  1 failure    5 conflict: decided or closed        9 rejected
  2 usage      6 expired                           70 the storage failed    75 held by another
  3 not found  7 the server cannot be reached      74 the database is bad   78 configuration

An id may be the end of one, or @1 for the first line of the last inbox; a session also part of its title, or a link.
Data goes to stdout, words to stderr. More: wardroom help exit-codes | env | config | roles | keys
No telemetry: nothing is sent anywhere but to the server you name; a crash leaves a report on this machine.";

/// The order of the parts.
pub(super) const TEMPLATE: &str = "{before-help}{usage-heading} {usage}\n\n{all-args}{after-help}";

/// What to explain.
#[derive(Debug, Args)]
pub(super) struct HelpArgs {
    /// exit-codes, env, config, roles, keys, or a command.
    about: Vec<String>,
}

/// Explains it.
pub(super) fn run(ctx: &Ctx, args: &HelpArgs) -> Result<()> {
    let mut at = Cli::command();
    at.build();
    let text = match args.about.as_slice() {
        [] => at.render_help().to_string(),
        [topic] if topics::NAMES.contains(&topic.as_str()) => topics::text(topic, &at),
        words => command(at, words)?.render_help().to_string(),
    };
    Ok(ctx.out.line(text.trim_end())?)
}

fn command(mut at: Command, words: &[String]) -> Result<Command, Failure> {
    for word in words {
        let Some(next) = at.find_subcommand(word).cloned() else {
            let known = at.get_subcommands().filter(|it| !it.is_hide_set()).map(Command::get_name);
            let known: Vec<_> = known.chain(topics::NAMES.iter().copied()).collect();
            let text = format!("there is no help about {word:?}");
            return Err(Failure::new(Exit::Usage, text).hint(match typed::nearest(word, known) {
                Some(near) => format!("did you mean {near}? Otherwise: wardroom --help"),
                None => {
                    format!("there is help about {}, and every command", topics::NAMES.join(", "))
                }
            }));
        };
        at = next;
    }
    Ok(at)
}
