//! A text that is being typed: the keys that edit it, and how it is seen.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use unicode_segmentation::UnicodeSegmentation;

use super::fit;
use crate::cli::safe;

/// A text and the place in it where the next character goes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Input {
    text: String,
    /// In bytes, between two characters as people count them.
    at: usize,
}

/// A text as it is seen.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Seen {
    /// Its rows, safe to print.
    pub(super) rows: Vec<String>,
    /// The row and the byte of it where the next character goes.
    pub(super) cursor: (usize, usize),
}

impl Input {
    /// A text to be changed, from its end.
    pub(super) fn new(text: &str) -> Self {
        Self { text: text.to_owned(), at: text.len() }
    }

    /// What was typed.
    pub(super) fn text(&self) -> &str {
        &self.text
    }

    /// Puts in what was pasted. Terminals say a line end as a carriage return, and none of them sends anything.
    pub(super) fn paste(&mut self, text: &str) {
        self.insert(&text.replace("\r\n", "\n").replace('\r', "\n"));
    }

    /// Does what an editing key says; other keys change nothing.
    pub(super) fn key(&mut self, key: KeyEvent) {
        let control = key.modifiers.contains(KeyModifiers::CONTROL);
        match key.code {
            KeyCode::Left => self.at = self.before(),
            KeyCode::Right => self.at = self.after(),
            KeyCode::Home => self.at = 0,
            KeyCode::End => self.at = self.text.len(),
            KeyCode::Backspace => self.remove(self.before(), self.at),
            KeyCode::Delete => self.remove(self.at, self.after()),
            // Enter alone sends.
            KeyCode::Enter => self.insert("\n"),
            KeyCode::Char('j') if control => self.insert("\n"),
            KeyCode::Char('a') if control => self.at = 0,
            KeyCode::Char('e') if control => self.at = self.text.len(),
            KeyCode::Char('u') if control => self.remove(0, self.at),
            KeyCode::Char('k') if control => self.remove(self.at, self.text.len()),
            KeyCode::Char('w') if control => self.remove(self.word(), self.at),
            KeyCode::Char(c) if !control && !key.modifiers.contains(KeyModifiers::ALT) => {
                self.insert(c.encode_utf8(&mut [0; 4]));
            }
            _ => {}
        }
    }

    /// How it is seen in so many columns; hidden characters are seen, too.
    pub(super) fn seen(&self, columns: usize) -> Seen {
        let columns = columns.max(2);
        let (mut rows, mut cursor, mut used) = (vec![String::new()], (0, 0), 0);
        for (at, part) in self.text.grapheme_indices(true).chain([(self.text.len(), "")]) {
            let part = shown(part);
            // A place is kept for the cursor behind the last character.
            let more = fit::width(&part).max(1);
            if used + more > columns {
                rows.push(String::new());
                used = 0;
            }
            used += more;
            let last = rows.len() - 1;
            if at == self.at {
                cursor = (last, rows[last].len());
            }
            rows[last].push_str(&part);
        }
        Seen { rows, cursor }
    }

    fn insert(&mut self, text: &str) {
        self.text.insert_str(self.at, text);
        self.at += text.len();
    }

    fn remove(&mut self, from: usize, to: usize) {
        self.text.replace_range(from..to, "");
        self.at = from;
    }

    fn before(&self) -> usize {
        self.text[..self.at].grapheme_indices(true).next_back().map_or(0, |it| it.0)
    }

    fn after(&self) -> usize {
        self.text[self.at..].graphemes(true).next().map_or(self.at, |it| self.at + it.len())
    }

    /// Where the word before the cursor begins.
    fn word(&self) -> usize {
        let before = self.text[..self.at].trim_end();
        before
            .rfind(char::is_whitespace)
            .map_or(0, |at| at + before[at..].chars().next().map_or(1, char::len_utf8))
    }
}

/// One character of it, visible and on one line.
fn shown(part: &str) -> String {
    safe::visible(part).replace('\n', "⏎").replace('\t', " ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn press(input: &mut Input, keys: &[KeyCode]) {
        for key in keys {
            input.key(KeyEvent::new(*key, KeyModifiers::NONE));
        }
    }

    fn control(input: &mut Input, c: char) {
        input.key(KeyEvent::new(KeyCode::Char(c), KeyModifiers::CONTROL));
    }

    #[test]
    fn a_text_is_edited_character_by_character_as_people_count_them() {
        use KeyCode::{Backspace, Char, Delete, End, Home, Left, Right};
        let mut input = Input::new("né👩‍💻x");
        press(&mut input, &[Left, Backspace, Left, Char('o'), End, Char('!')]);
        assert_eq!(input.text(), "noéx!");
        press(&mut input, &[Home, Delete, Right, Right, Right, Right, Right, Backspace]);
        assert_eq!(input.text(), "oéx");
        press(&mut input, &[Home, Backspace, Left]);
        assert_eq!(input.text(), "oéx", "before the beginning there is nothing");
    }

    #[test]
    fn words_and_lines_are_removed_at_once() {
        let mut input = Input::new("run the  whole suite ");
        control(&mut input, 'w');
        assert_eq!(input.text(), "run the  whole ");
        control(&mut input, 'w');
        assert_eq!(input.text(), "run the  ");
        control(&mut input, 'u');
        assert_eq!(input.text(), "");
        control(&mut input, 'w');
        control(&mut input, 'c');
        assert_eq!(input, Input::default(), "what is no editing key changes nothing");
        control(&mut input, 'j');
        assert_eq!(input.text(), "\n");
    }

    #[test]
    fn a_pasted_line_end_is_a_character_like_others() {
        let mut input = Input::new("ab");
        press(&mut input, &[KeyCode::Left]);
        input.paste("1\r\n2\r3\u{1b}[A");
        assert_eq!(input.text(), "a1\n2\n3\u{1b}[Ab");
        assert_eq!(input.seen(40).rows, ["a1⏎2⏎3␛[Ab"]);
    }

    #[test]
    fn the_cursor_is_seen_on_its_row_also_behind_a_full_one() {
        let seen = |text: &str, left: usize| {
            let mut input = Input::new(text);
            press(&mut input, &vec![KeyCode::Left; left]);
            let Seen { rows, cursor } = input.seen(4);
            (rows.join("|"), cursor)
        };
        assert_eq!(seen("", 0), (String::new(), (0, 0)));
        assert_eq!(seen("abc", 0), ("abc".into(), (0, 3)));
        assert_eq!(seen("abcd", 0), ("abcd|".into(), (1, 0)));
        assert_eq!(seen("abcdef", 1), ("abcd|ef".into(), (1, 1)));
        assert_eq!(seen("東京タ", 1), ("東京|タ".into(), (1, 0)));
    }
}
