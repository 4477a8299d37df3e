//! Text that came from people or agents, made safe to print: a terminal is easier to fool than a page.

pub(super) use crate::domain::{has_hidden, visible};

/// Text in which every hidden character is seen, on one line: line feeds and tabs are seen too.
pub(super) fn one_line(text: &str) -> String {
    visible(text.trim()).replace('\n', "⏎").replace('\t', " ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_line_stays_one_line() {
        assert_eq!(one_line(" a\nb\tc \n"), "a⏎b c");
        assert_eq!(one_line("a\u{85}b"), "a⟨U+0085⟩b");
    }
}
