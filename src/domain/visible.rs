//! Text that came from people or agents, with everything in it seen: terminals and readers of documents are easily fooled.
//!
//! Characters that move the cursor, change the direction of text or cannot be seen are shown and not obeyed.
//! Nothing is left out.

use std::{borrow::Cow, fmt::Write};

/// Text of several lines in which every hidden character is seen; line feeds and tabs stay.
///
/// Control characters become their pictures (`␛`), everything else its code point (`⟨U+202E⟩`).
pub fn visible(text: &str) -> Cow<'_, str> {
    if !has_hidden(text) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        match c {
            '\n' | '\t' => out.push(c),
            '\u{7f}' => out.push('␡'),
            '\0'..='\u{1f}' => out.extend(char::from_u32(0x2400 + u32::from(c))),
            c if is_hidden(c) => {
                // Writing to a string does not fail.
                let _written = write!(out, "⟨U+{:04X}⟩", u32::from(c));
            }
            c => out.push(c),
        }
    }
    Cow::Owned(out)
}

/// Whether the text holds anything that people would not see.
pub fn has_hidden(text: &str) -> bool {
    text.chars().any(|c| is_hidden(c) && !matches!(c, '\n' | '\t'))
}

fn is_hidden(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
            | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{fe00}'..='\u{fe0e}' | '\u{feff}' | '\u{ffa0}'
            | '\u{fff0}'..='\u{fffb}' | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}'
            | '\u{e0000}'..='\u{e0fff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_terminal_would_obey_is_shown_instead() {
        assert_eq!(visible("\u{1b}[31mred\u{1b}[0m\u{7}"), "␛[31mred␛[0m␇");
        assert_eq!(visible("rm -rf /\rls -l"), "rm -rf /␍ls -l");
        assert_eq!(visible("no\u{8}\u{8}yes\u{7f}"), "no␈␈yes␡");
        assert_eq!(visible("\u{9b}31m"), "⟨U+009B⟩31m");
        assert_eq!(visible("a\0b"), "a␀b");
    }

    #[test]
    fn what_hides_or_turns_text_is_shown() {
        assert_eq!(visible("invoice_\u{202e}fdp.exe"), "invoice_⟨U+202E⟩fdp.exe");
        assert_eq!(visible("ad\u{200b}min"), "ad⟨U+200B⟩min");
        assert_eq!(visible("\u{2067}allow\u{2069}"), "⟨U+2067⟩allow⟨U+2069⟩");
        assert_eq!(visible("a\u{e0061}b"), "a⟨U+E0061⟩b");
        assert_eq!(visible("a\u{2028}b\u{feff}"), "a⟨U+2028⟩b⟨U+FEFF⟩");
    }

    #[test]
    fn ordinary_text_of_any_script_is_left_as_it_is() {
        for text in ["two\nlines\tand a tab", "Zoë 東京 שלום مرحبا ✔️ 🚢", ""] {
            assert!(matches!(visible(text), Cow::Borrowed(same) if same == text));
        }
    }
}
