//! The one place that prints: data on stdout, words for people on stderr.
//!
//! What people or agents wrote must have gone through [`safe`] before it comes here.

use std::{
    env,
    fs::File,
    io::{self, IsTerminal, Write},
};

use rustix::{stdio::dup2_stdout, termios::tcgetwinsize};
use serde::Serialize;
use serde_json::{Value, json};
use unicode_width::UnicodeWidthStr;

use super::{
    failure::Failure,
    global::{Colour, Global},
    pager,
    paint::Paint,
    safe,
    table::Table,
};

/// How wide text is where no terminal says.
const WIDTH: usize = 100;

/// What is printed, and how.
#[derive(Debug, Clone)]
#[expect(clippy::struct_excessive_bools, reason = "each is a choice of its own")]
pub(super) struct Output {
    /// Colours for stdout.
    pub(super) paint: Paint,
    /// Colours for stderr.
    pub(super) words: Paint,
    /// Whether data is JSON.
    pub(super) json: bool,
    plain: bool,
    quiet: bool,
    ascii: bool,
    /// Whether what is longer than the screen goes through a pager.
    pages: bool,
}

impl Output {
    /// As the options and the terminal want it.
    pub(super) fn new(global: &Global) -> Self {
        let is_set = |name| env::var_os(name).is_some_and(|it| !it.is_empty());
        let coloured = |terminal: bool| match global.color {
            Colour::Always => true,
            Colour::Never => false,
            Colour::Auto => {
                terminal && !is_set("NO_COLOR") && env::var("TERM").as_deref() != Ok("dumb")
            }
        };
        let locale = ["LC_ALL", "LC_CTYPE", "LANG"]
            .into_iter()
            .find_map(|it| env::var(it).ok().filter(|it| !it.is_empty()));
        Self {
            paint: Paint::new(coloured(io::stdout().is_terminal())),
            words: Paint::new(coloured(io::stderr().is_terminal())),
            json: global.json,
            pages: io::stdout().is_terminal()
                && !(global.json || global.plain || global.quiet || global.no_input),
            plain: global.plain,
            quiet: global.quiet,
            // Without a locale nothing is known, and almost everything reads UTF-8.
            ascii: locale.is_some_and(|it| !it.to_lowercase().replace('-', "").contains("utf8")),
        }
    }

    /// A line of data.
    pub(super) fn line(&self, text: &str) -> io::Result<()> {
        writeln!(io::stdout().lock(), "{}", self.signs(text))
    }

    /// A line of data after which no more will come, so that whoever reads it need not wait for our end.
    pub(super) fn last_line(&self, text: &str) -> io::Result<()> {
        self.line(text)?;
        Ok(dup2_stdout(File::options().write(true).open("/dev/null")?)?)
    }

    /// A piece of data without a line end, at once.
    pub(super) fn piece(&self, text: &str) -> io::Result<()> {
        let mut out = io::stdout().lock();
        write!(out, "{}", self.signs(text))?;
        out.flush()
    }

    /// JSON that is written already, on a line of its own.
    #[expect(clippy::unused_self, reason = "all printing is asked of the same thing")]
    pub(super) fn raw(&self, json: &str) -> io::Result<()> {
        writeln!(io::stdout().lock(), "{json}")
    }

    /// One document.
    #[expect(clippy::unused_self, reason = "all printing is asked of the same thing")]
    pub(super) fn document(&self, value: &impl Serialize) -> io::Result<()> {
        writeln!(io::stdout().lock(), "{}", serde_json::to_string(value)?)
    }

    /// A list: a table, tab-separated lines, or a document of rows.
    pub(super) fn list<const N: usize>(
        &self,
        table: &Table<N>,
        rows: &[Value],
        next: Option<&str>,
    ) -> io::Result<()> {
        if self.json {
            return self.document(&json!({ "v": 1, "data": rows, "next": next }));
        }
        if self.plain {
            return table.plain().try_for_each(|line| self.line(&line));
        }
        if table.is_empty() {
            return Ok(());
        }
        let mut lines = table.lines(width());
        if let Some(header) = lines.first_mut() {
            *header = self.paint.dim(header);
        }
        self.pages(&lines)
    }

    /// Lines that belong together: through a pager where a person reads them and they are more than a screen holds.
    pub(super) fn pages(&self, lines: &[String]) -> io::Result<()> {
        let text: String = lines.iter().map(|line| self.signs(line) + "\n").collect();
        if self.pages && is_longer_than_the_screen(&text) && pager::show(&text) {
            return Ok(());
        }
        io::stdout().lock().write_all(text.as_bytes())
    }

    /// A word for people, unless they want none.
    pub(super) fn say(&self, text: &str) {
        if !self.quiet {
            self.tell(text);
        }
    }

    /// That something went well.
    pub(super) fn done(&self, text: &str) {
        self.say(&format!("{} {text}", self.words.green("✓")));
    }

    /// What one could do next; nothing where a program reads.
    pub(super) fn hint(&self, text: &str) {
        if !self.json && !self.plain {
            self.say(&self.words.dim(&format!("hint: {text}")));
        }
    }

    /// Why a command failed, with the cure and what finds it in the log.
    pub(super) fn failure(&self, failure: &Failure) {
        for line in self.failure_lines(failure) {
            self.tell(&line);
        }
    }

    /// The lines of [`Self::failure`].
    pub(super) fn failure_lines(&self, failure: &Failure) -> Vec<String> {
        let message = safe::visible(&failure.message);
        let mut lines = vec![format!("{} {message}", self.words.red("error:"))];
        if let Some(hint) = &failure.hint {
            lines.push(format!("{} {}", self.words.bold("hint:"), safe::visible(hint)));
        }
        if let Some(refusal) = &failure.refusal {
            let id = refusal.request_id.as_ref().map(|it| format!(", {it}")).unwrap_or_default();
            let text = safe::one_line(&format!("({}{id})", refusal.code));
            lines.push(self.words.dim(&text));
        }
        lines
    }

    /// A word for people that is not to be missed.
    pub(super) fn tell(&self, text: &str) {
        // Where nobody reads, nobody misses it.
        let _unread = writeln!(io::stderr().lock(), "{}", self.signs(text));
    }

    /// A question on stderr, without a line end.
    pub(super) fn question(&self, text: &str) {
        let mut out = io::stderr().lock();
        let _unread = write!(out, "{} ", self.signs(text)).and_then(|()| out.flush());
    }

    /// Our own signs in ASCII, where the terminal reads nothing else.
    pub(super) fn signs(&self, text: &str) -> String {
        if !self.ascii {
            return text.to_owned();
        }
        let sign = |c| match c {
            '✓' => "+",
            '✗' => "x",
            '◔' | '◌' => "?",
            '●' => "*",
            '○' => "o",
            '│' | '┊' => "|",
            '➜' | '→' => ">",
            '…' => "...",
            '·' | '−' | '─' => "-",
            '“' | '”' => "\"",
            '⏎' => "\\n",
            _ => "",
        };
        let mut out = String::new();
        for c in text.chars() {
            match sign(c) {
                "" => out.push(c),
                ascii => out.push_str(ascii),
            }
        }
        out
    }
}

/// Whether a terminal would scroll some of it away before it asks for the next command.
fn is_longer_than_the_screen(text: &str) -> bool {
    let rows = tcgetwinsize(io::stdout()).map_or(0, |it| usize::from(it.ws_row));
    let taken = text.lines().map(|line| line.width().div_ceil(width()).max(1));
    rows > 0 && taken.sum::<usize>() >= rows
}

/// How many columns the terminal has.
pub(super) fn width() -> usize {
    let size = tcgetwinsize(io::stdout()).ok().map(|it| usize::from(it.ws_col));
    let said = || env::var("COLUMNS").ok()?.parse().ok();
    size.filter(|it| *it > 0).or_else(said).unwrap_or(WIDTH)
}
