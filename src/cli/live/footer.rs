//! The footer: what waits, what can be pressed, how things are. A pure picture of its parts in so many columns and rows.

use std::iter;

use unicode_segmentation::UnicodeSegmentation;

use super::{
    fit::{Style, cut, row, width, wrap},
    input::Input,
    keys::Key,
    room::Line,
};
use crate::cli::{card::Brief, paint::Paint};

/// The least height that says anything.
const LEAST: usize = 3;
/// The most rows that a text takes while it is typed.
const TYPED: usize = 4;
/// What stands where a card is cut, while keys are commands.
const MORE: &str = "… [v] shows all";

/// What it shows.
pub(super) struct Footer<'a> {
    /// The card, for how long it waits yet, and how many wait.
    pub(super) card: Option<(&'a Brief, String, usize)>,
    /// Whether the decision of the card is on its way.
    pub(super) is_deciding: bool,
    /// What keeps the agent from working.
    pub(super) trouble: Option<String>,
    /// What is asked of the person.
    pub(super) asks: Option<String>,
    /// What they type.
    pub(super) input: Option<&'a Input>,
    /// What can be pressed.
    pub(super) keys: Vec<Key>,
    /// How the line to the server is.
    pub(super) line: Line,
    /// Who is there.
    pub(super) people: Vec<String>,
    /// What the agent has used.
    pub(super) usage: &'a [String],
    /// Where the server is.
    pub(super) server: &'a str,
}

/// Its rows.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Frame {
    /// From the top.
    pub(super) rows: Vec<String>,
    /// Whether all of the card is there.
    pub(super) is_whole: bool,
}

impl Footer<'_> {
    /// Draws it: at most a third of the height, and no row is too wide.
    pub(super) fn draw(&self, columns: usize, height: usize, paint: Paint) -> Frame {
        // In the last column some terminals go on to the next row.
        let columns = columns.saturating_sub(1).max(1);
        let mut left = (height / 3).max(LEAST);
        let mut frame = Frame { rows: Vec::new(), is_whole: self.card.is_none() };
        let state = self.state(columns, paint);
        // A row is kept for the rule, where that leaves room to ask and to answer.
        let room = if left > 4 { left - 3 } else { left - 2 };
        let asked = self.asked(columns, room, paint);
        left -= 2 + asked.len();
        let card = if self.card.is_some() && asked.is_empty() { 2 } else { 0 };
        if let Some(trouble) = self.trouble.as_ref().filter(|_| left > card) {
            frame.rows.push(row(&[(Style::Red, " "), (Style::Red, trouble)], "", columns, paint));
            left -= 1;
        }
        let rule = left > card;
        left -= usize::from(rule);
        if let Some((card, time, of)) = &self.card {
            let when = if self.is_deciding { "deciding …" } else { time };
            let place = if *of > 1 { format!("  1 of {of}") } else { String::new() };
            let when = format!("{when}{place}");
            let (rows, is_whole) = self.card(card, &when, columns, left, paint);
            left -= rows.len();
            frame.rows.extend(rows);
            frame.is_whole = is_whole || !asked.is_empty();
        }
        if rule {
            frame.rows.insert(0, paint.dim(&"─".repeat(columns)));
        }
        frame.rows.extend(asked);
        frame.rows.extend(self.keys(columns, 1 + left.min(1), paint));
        frame.rows.push(state);
        frame
    }

    /// The card in at most so many rows, and whether that is all of it.
    fn card(
        &self,
        card: &Brief,
        when: &str,
        columns: usize,
        rows: usize,
        paint: Paint,
    ) -> (Vec<String>, bool) {
        if rows == 0 {
            return (Vec::new(), false);
        }
        let folder = card.folder.as_ref().map(|it| format!("  in {it}")).unwrap_or_default();
        let left = [
            (Style::Plain, " "),
            (Style::Bold, &*card.id),
            (Style::Plain, "  "),
            (Style::Yellow, &card.title),
            (Style::Dim, &folder),
        ];
        let mut lines = vec![row(&left, when, columns, paint)];
        let room = columns.saturating_sub(4).max(2);
        let body: Vec<_> = card.body.iter().flat_map(|it| signed(it, room)).take(rows).collect();
        let is_whole = body.len() < rows && !card.is_odd;
        let shown = body.len().min(rows - 1);
        for (at, (sign, text)) in body.iter().take(shown).enumerate() {
            let is_cut = !is_whole && at + 1 == shown;
            let more = if self.asks.is_none() { MORE } else { "…" };
            let text = if is_cut { &*beginning(text, more, room) } else { text };
            lines.push(format!("  {} {text}", paint.dim(sign)));
        }
        (lines, is_whole)
    }

    /// What is asked of the person and what they type, in at most so many rows.
    fn asked(&self, columns: usize, rows: usize, paint: Paint) -> Vec<String> {
        let Some(asks) = &self.asks else { return Vec::new() };
        let typed = match self.input {
            Some(input) => typed(input, columns, rows.saturating_sub(1).clamp(1, TYPED), paint),
            None => Vec::new(),
        };
        let room = columns.saturating_sub(1).max(2);
        let most = rows.saturating_sub(typed.len());
        let mut asked: Vec<String> =
            wrap(asks, room).take(most + 1).map(|it| format!(" {}", paint.yellow(it))).collect();
        if asked.len() > most {
            asked.truncate(most);
            let shown: usize = wrap(asks, room).take(most.saturating_sub(1)).map(str::len).sum();
            if let Some(last) = asked.last_mut() {
                *last = format!(" {}", paint.yellow(&cut(&asks[shown..], room)));
            }
        }
        asked.extend(typed);
        asked
    }

    /// The keys, as many as there is room for, and always the one that explains the others.
    fn keys(&self, columns: usize, rows: usize, paint: Paint) -> Vec<String> {
        let mut keys: Vec<String> = self.keys.iter().map(Key::shown).collect();
        let last = keys.pop().unwrap_or_default();
        let mut lines = vec![String::new()];
        let fits = |line: &str, more: usize| width(line) + more <= columns + 1;
        for key in keys {
            let is_last_row = lines.len() == rows;
            let more = 2 + width(&key) + if is_last_row { 2 + width(&last) } else { 0 };
            let at = lines.len() - 1;
            if fits(&lines[at], more) || (lines[at].is_empty() && !is_last_row) {
                lines[at].push_str("  ");
                lines[at].push_str(&key);
            } else if !is_last_row {
                lines.push(format!("  {key}"));
            }
        }
        let at = lines.len() - 1;
        lines[at].push_str("  ");
        lines[at].push_str(&last);
        lines.iter().map(|it| paint.dim(&cut(&it[1..], columns))).collect()
    }

    fn state(&self, columns: usize, paint: Paint) -> String {
        let (style, line) = match self.line {
            Line::Connecting => (Style::Dim, "○ connecting".to_owned()),
            Line::Live => (Style::Plain, "● live".to_owned()),
            Line::Lost(tries) => (Style::Yellow, format!("◌ reconnecting ({tries})")),
        };
        let usage = self.usage.join("  ");
        let usage = if usage.is_empty() { usage } else { format!("  {usage}") };
        let room = columns.saturating_sub(width(&line) + width(&usage) + 4);
        let people = people(&self.people, room);
        let gap = if people.is_empty() { "" } else { "   " };
        let parts = [
            (Style::Plain, " "),
            (style, &*line),
            (Style::Plain, gap),
            (Style::Plain, &people),
            (Style::Dim, &usage),
        ];
        let used: usize = parts.iter().map(|it| width(it.1)).sum();
        // Who wants to know where the server is has typed it.
        let server = if used + 2 + width(self.server) <= columns { self.server } else { "" };
        row(&parts, server, columns, paint)
    }
}

/// The rows of a line. Where it goes on is seen: a line end could be the end of a command.
fn signed(line: &str, columns: usize) -> impl Iterator<Item = (&'static str, &str)> {
    iter::zip(iter::once("│").chain(iter::repeat("┊")), wrap(line, columns))
}

/// The beginning of a row of a card, and how to see the rest.
fn beginning(text: &str, more: &str, columns: usize) -> String {
    let mut shown = cut(text, columns.saturating_sub(width(more)));
    if shown.ends_with('…') {
        shown.pop();
    }
    cut(&format!("{shown}{more}"), columns)
}

/// As many names as there is room for; how many more there are.
fn people(names: &[String], room: usize) -> String {
    for shown in (0..=names.len()).rev() {
        let more = match names.len() - shown {
            0 => String::new(),
            more if shown == 0 => format!("{more} here"),
            more => format!(", +{more}"),
        };
        let text = format!("{}{more}", names[..shown].join(", "));
        if width(&text) <= room {
            return text;
        }
    }
    String::new()
}

/// The rows around the place where the next character goes, which is marked.
fn typed(input: &Input, columns: usize, rows: usize, paint: Paint) -> Vec<String> {
    let seen = input.seen(columns.saturating_sub(3));
    let (at, byte) = seen.cursor;
    let first = (at + 1).saturating_sub(rows);
    let shown = seen.rows.iter().enumerate().skip(first).take(rows);
    shown
        .map(|(n, text)| {
            let sign = if n == 0 { ">" } else { " " };
            let text = if n == at { marked(text, byte) } else { text.clone() };
            format!(" {} {text}", paint.dim(sign))
        })
        .collect()
}

fn marked(text: &str, byte: usize) -> String {
    let (before, rest) = text.split_at(byte);
    let under = rest.graphemes(true).next().unwrap_or(" ");
    let after = &rest[under.len().min(rest.len())..];
    format!("{before}{}{after}", Paint::cursor(under))
}

#[cfg(test)]
mod tests;
