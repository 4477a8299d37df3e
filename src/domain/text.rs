//! Rules for text that people write: trimmed, bounded, and without characters that hide what it says.

use unicode_segmentation::UnicodeSegmentation;

use crate::error::{Code, Error, Result};

/// The longest comment, in bytes.
pub const MAX_COMMENT: usize = 64 * 1024;
/// The longest prompt, in bytes.
pub const MAX_PROMPT: usize = 256 * 1024;
/// The longest title or label, in graphemes.
pub const MAX_LINE: usize = 256;
/// The longest display name, in graphemes.
pub const MAX_NAME: usize = 64;

/// Text of several lines: trimmed, not empty, at most `limit` bytes.
///
/// # Errors
/// `empty` when nothing is left, `TOO_LARGE` beyond the limit, `TEXT_NOT_ALLOWED` for control or tag characters.
pub fn block(text: &str, limit: usize, empty: Code) -> Result<String> {
    let text = text.trim();
    if text.is_empty() {
        return Err(empty.into());
    }
    if text.len() > limit {
        return Err(Error::with(Code::TooLarge, format!("at most {} KiB of text", limit / 1024)));
    }
    let text = text.replace("\r\n", "\n");
    // A carriage return alone would write over what stands before it on a terminal.
    if text.chars().any(|c| is_forbidden(c) && !matches!(c, '\n' | '\t')) {
        return Err(refused());
    }
    Ok(text)
}

/// One line of at most `limit` graphemes, such as a title; `None` when nothing is left of it.
///
/// # Errors
/// `TOO_LARGE` beyond the limit, `TEXT_NOT_ALLOWED` for control, tag or direction characters.
pub fn line(text: Option<&str>, limit: usize) -> Result<Option<String>> {
    let Some(text) = text.map(str::trim).filter(|text| !text.is_empty()) else { return Ok(None) };
    if text.graphemes(true).count() > limit || text.len() > limit * 32 {
        return Err(Error::with(Code::TooLarge, format!("at most {limit} characters")));
    }
    if text.chars().any(|c| is_forbidden(c) || is_direction(c)) {
        return Err(refused());
    }
    Ok(Some(text.to_owned()))
}

fn refused() -> Error {
    Error::new(Code::TextNotAllowed).hint("remove control, tag and direction characters")
}

/// Control characters, and the tag block in which text can be hidden from people.
fn is_forbidden(c: char) -> bool {
    c.is_control() || ('\u{e0000}'..='\u{e007f}').contains(&c)
}

/// Characters that change the direction of what follows, break the line, or that nobody sees.
fn is_direction(c: char) -> bool {
    matches!(
            c,
    '\u{ad}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{180e}' | '\u{200b}' | '\u{200e}' | '\u{200f}'
                | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{2800}' | '\u{3164}' | '\u{feff}' | '\u{ffa0}'
                | '\u{fff9}'..='\u{fffb}'
        )
}
