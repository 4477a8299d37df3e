//! What every command takes, wherever it stands on the line.

use std::path::PathBuf;

use clap::{ArgAction, Args, ValueEnum};

/// The options of every command.
#[derive(Debug, Clone, Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is an option of its own")]
#[command(next_help_heading = "Everywhere")]
pub(super) struct Global {
    /// Talk to the server at URL [default: where you are logged in, else the one of the data directory].
    #[arg(
        short,
        long,
        global = true,
        value_name = "URL",
        env = "WARDROOM_SERVER",
        hide_env_values = true
    )]
    pub(super) server: Option<String>,
    /// Where the token is.
    #[arg(help = "Read the user token from FILE; WARDROOM_TOKEN holds the token itself")]
    #[arg(
        long,
        global = true,
        value_name = "FILE",
        env = "WARDROOM_TOKEN_FILE",
        hide_env_values = true
    )]
    pub(super) token_file: Option<PathBuf>,
    /// Where the database is.
    #[arg(help = "Where the database is [default: $XDG_DATA_HOME/wardroom]")]
    #[arg(
        long,
        global = true,
        value_name = "DIR",
        env = "WARDROOM_DATA_DIR",
        hide_env_values = true
    )]
    pub(super) data_dir: Option<PathBuf>,
    /// Where the configuration is.
    #[arg(
        help = "Read the configuration from FILE [default: $XDG_CONFIG_HOME/wardroom/config.toml, else /etc/wardroom/config.toml]"
    )]
    #[arg(
        long,
        global = true,
        value_name = "FILE",
        env = "WARDROOM_CONFIG",
        hide_env_values = true
    )]
    pub(super) config: Option<PathBuf>,
    /// Print JSON: one document, or one line for each event.
    #[arg(long, global = true)]
    pub(super) json: bool,
    /// Print tab-separated lines without a header.
    #[arg(long, global = true, conflicts_with = "json")]
    pub(super) plain: bool,
    /// Whether to use colours.
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto")]
    #[arg(hide_possible_values = true, help = "Use colours: auto, always or never")]
    pub(super) color: Colour,
    /// Never ask; fail where an answer is needed.
    #[arg(long, global = true)]
    pub(super) no_input: bool,
    /// Say yes to what would be asked.
    #[arg(short, long, global = true)]
    pub(super) yes: bool,
    /// Print only what was asked for.
    #[arg(short, long, global = true)]
    pub(super) quiet: bool,
    /// Say more; twice says everything.
    #[arg(short, long, global = true, action = ArgAction::Count)]
    pub(super) verbose: u8,
    /// How to log.
    #[arg(long, global = true, value_name = "FORMAT", hide_possible_values = true)]
    #[arg(help = "Log as auto, text or json [env: WARDROOM_LOG_FORMAT]")]
    pub(super) log_format: Option<LogFormat>,
    /// What to log.
    #[arg(long, global = true, value_name = "LEVEL")]
    #[arg(help = "Log this much, such as debug or wardroom=debug,warn [env: WARDROOM_LOG_LEVEL]")]
    pub(super) log_level: Option<String>,
    /// Print help.
    #[arg(short, long, global = true, action = ArgAction::HelpShort)]
    help: Option<bool>,
}

/// How the log is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum LogFormat {
    /// As text, in colours on a terminal.
    Auto,
    /// As text.
    Text,
    /// As one JSON object a line.
    Json,
}

/// When to use colours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Colour {
    /// On a terminal, unless `NO_COLOR` is set.
    Auto,
    /// Also into a pipe.
    Always,
    /// Not at all.
    Never,
}
