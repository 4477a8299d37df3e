//! Text in so many columns: measured, cut and wrapped. What is given here is safe to print and holds no line feed.

use std::iter;

use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

use crate::cli::paint::Paint;

/// How a part of a row looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Style {
    /// As text.
    Plain,
    /// It matters less.
    Dim,
    /// It matters more.
    Bold,
    /// It waits for somebody.
    Yellow,
    /// It went wrong.
    Red,
}

impl Style {
    /// The text in this style.
    pub(super) fn on(self, text: &str, paint: Paint) -> String {
        match self {
            _ if text.is_empty() => String::new(),
            Self::Plain => text.to_owned(),
            Self::Dim => paint.dim(text),
            Self::Bold => paint.bold(text),
            Self::Yellow => paint.yellow(text),
            Self::Red => paint.red(text),
        }
    }
}

/// How many columns it takes.
pub(super) fn width(text: &str) -> usize {
    text.graphemes(true).map(UnicodeWidthStr::width).sum()
}

/// As much of it as fits, with a … where that is not all.
pub(super) fn cut(text: &str, columns: usize) -> String {
    if width(text) <= columns {
        return text.to_owned();
    }
    let mut cut = beginning(text, columns.saturating_sub(1)).to_owned();
    if columns > 0 {
        cut.push('…');
    }
    cut
}

/// All of it, on as many rows as it takes and at least one; they are made as they are asked for.
pub(super) fn wrap(text: &str, columns: usize) -> impl Iterator<Item = &str> {
    let mut rest = Some(text);
    iter::from_fn(move || {
        let text = rest.take()?;
        let row = beginning(text, columns.max(2));
        rest = Some(&text[row.len()..]).filter(|it| !it.is_empty());
        Some(row)
    })
}

/// The longest beginning that fits, and at least one character of what is wider than everything.
fn beginning(text: &str, columns: usize) -> &str {
    let (mut taken, mut end) = (0, 0);
    for part in text.graphemes(true) {
        taken += part.width();
        if taken > columns && (end > 0 || columns < 2) {
            break;
        }
        end += part.len();
    }
    &text[..end]
}

/// One row: parts from the left, the last of which is cut where it must be, and a note at the right end where that
/// still fits.
pub(super) fn row(left: &[(Style, &str)], right: &str, columns: usize, paint: Paint) -> String {
    let wanted: usize = left.iter().map(|it| width(it.1)).sum();
    let right_width = width(right);
    // What the left side says matters more; but a note may push it a little.
    let is_noted = right_width > 0 && right_width + 2 + wanted.min(columns / 2) <= columns;
    let mut room = if is_noted { columns - right_width - 2 } else { columns };
    let all = room;
    let mut out = String::new();
    for (style, text) in left {
        let text = cut(text, room);
        room -= width(&text).min(room);
        out.push_str(&style.on(&text, paint));
    }
    if is_noted {
        let used = all - room;
        out.push_str(&" ".repeat(columns - right_width - used));
        out.push_str(&Style::Dim.on(right, paint));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_does_not_fit_is_cut_with_a_sign_and_wide_characters_count_twice() {
        assert_eq!(cut("cargo test", 10), "cargo test");
        assert_eq!(cut("cargo test", 9), "cargo te…");
        assert_eq!(cut("東京タワー", 10), "東京タワー");
        assert_eq!(cut("東京タワー", 8), "東京タ…");
        assert_eq!((cut("ab", 1), cut("ab", 0)), ("…".into(), String::new()));
    }

    #[test]
    fn wrapped_text_is_whole_and_no_row_is_too_wide() {
        let text = "cargo test --workspace 東京 👩‍💻 --locked";
        for columns in [2, 3, 7, 40] {
            let rows: Vec<_> = wrap(text, columns).collect();
            assert_eq!(rows.concat(), text);
            assert!(rows.iter().all(|it| width(it) <= columns), "{columns}: {rows:?}");
        }
        assert_eq!(wrap("", 10).collect::<Vec<_>>(), [""]);
        assert_eq!(wrap("東京", 1).collect::<String>(), "東京", "even where nothing fits it ends");
    }

    #[test]
    fn a_row_has_its_note_at_the_right_end_as_long_as_there_is_room() {
        let row = |columns| {
            row(
                &[(Style::Bold, " apr_1  "), (Style::Plain, "Run a command?")],
                "23h",
                columns,
                Paint::new(false),
            )
        };
        assert_eq!(row(30), " apr_1  Run a command?     23h");
        assert_eq!(row(24), " apr_1  Run a comm…  23h");
        assert_eq!(row(8), " apr_1  ");
        for columns in 0..40 {
            assert!(width(&row(columns)) <= columns, "{columns}: {:?}", row(columns));
        }
    }
}
