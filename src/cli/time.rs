//! Time as people read and type it.

use std::time::Duration;

use chrono::{DateTime, Local};

use crate::domain::{Clock, Timestamp};

/// The longest span that anything here may last, in minutes.
const YEAR: i64 = 365 * 24 * 60;

/// Now.
pub(super) fn now() -> Timestamp {
    Clock::System.now()
}

/// A span in its largest whole unit: `4s`, `2m`, `23h`, `5d`.
pub(super) fn span(span: Duration) -> String {
    match span.as_secs() {
        seconds @ 0..60 => format!("{seconds}s"),
        seconds @ 60..3_600 => format!("{}m", seconds / 60),
        seconds @ 3_600..172_800 => format!("{}h", seconds / 3_600),
        seconds => format!("{}d", seconds / 86_400),
    }
}

/// How long ago something happened.
pub(super) fn age(at: Timestamp) -> String {
    span(now().since(at))
}

/// How long ago something happened, as a part of a sentence.
pub(super) fn ago(at: Timestamp) -> String {
    match now().since(at) {
        short if short.as_secs() == 0 => "just now".into(),
        long => format!("{} ago", span(long)),
    }
}

/// How much time is left until a deadline.
pub(super) fn left(until: Option<Timestamp>) -> String {
    match until {
        None => "-".into(),
        Some(end) if end <= now() => "over".into(),
        // To people "24 h" is still there a second later.
        Some(end) => match end.since(now()) {
            left if left.as_secs() >= 3_600 => span(left + Duration::from_secs(30)),
            left => span(left),
        },
    }
}

/// The time of day, here.
pub(super) fn clock(at: Timestamp) -> String {
    let at = DateTime::from_timestamp_millis(at.millis()).unwrap_or_default();
    at.with_timezone(&Local).format("%H:%M").to_string()
}

/// Reads a span such as `90m`, `24h`, `7d` or `90` (minutes), as minutes.
///
/// # Errors
/// What is wrong with it.
pub(super) fn minutes(text: &str) -> Result<i64, String> {
    let wrong = || format!("{text:?} is not a time span; try 30m, 24h or 7d");
    let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let number: i64 = digits.parse().map_err(|_not_a_number| wrong())?;
    let unit = match &text[digits.len()..] {
        "" | "m" | "min" => 1,
        "h" => 60,
        "d" => 24 * 60,
        "w" => 7 * 24 * 60,
        _ => return Err(wrong()),
    };
    match number.checked_mul(unit).ok_or_else(wrong)? {
        ..1 => Err(wrong()),
        minutes @ 1..=YEAR => Ok(minutes),
        _ => Err(format!("{text:?} is more than a year")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_are_short() {
        let short = |seconds| span(Duration::from_secs(seconds));
        assert_eq!([0, 59, 60, 3_599].map(short), ["0s", "59s", "1m", "59m"]);
        assert_eq!([3_600, 86_400, 172_800].map(short), ["1h", "24h", "2d"]);
    }

    #[test]
    fn spans_are_read_in_minutes() {
        assert_eq!(
            ["90", "45m", "24h", "7d", "1w"].map(minutes),
            [Ok(90), Ok(45), Ok(1_440), Ok(10_080), Ok(10_080)]
        );
        for wrong in ["", "h", "-1h", "0", "1y", "1h30", "366d", "99999999999999999d"] {
            assert!(minutes(wrong).is_err(), "{wrong}");
        }
    }
}
