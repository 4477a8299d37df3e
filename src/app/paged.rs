//! Pages of lists: bounded in rows, and where rows may be large in bytes.

use serde::Serialize;

/// A page of a list.
#[derive(Debug, Clone)]
pub struct Paged<T> {
    /// What is on it.
    pub items: Vec<T>,
    /// Where the next one begins, if there is one.
    pub next_cursor: Option<i64>,
}

impl<T> Paged<T> {
    /// The first `limit` of rows of which one more was asked for.
    pub(super) fn cut(mut rows: Vec<(i64, T)>, limit: i64) -> Self {
        let limit = usize::try_from(limit).unwrap_or(0);
        let more = rows.len() > limit;
        rows.truncate(limit);
        let next_cursor = rows.last().map(|row| row.0).filter(|_| more);
        Self { items: rows.into_iter().map(|row| row.1).collect(), next_cursor }
    }

    /// The same of rows of which not all were looked at; `rest`: where the others begin.
    pub(super) fn of((rows, rest): (Vec<(i64, T)>, Option<i64>), limit: i64) -> Self {
        let page = Self::cut(rows, limit);
        Self { next_cursor: page.next_cursor.or(rest), ..page }
    }

    /// The same page of other things.
    pub fn map<U>(self, f: impl FnMut(T) -> U) -> Paged<U> {
        Paged { items: self.items.into_iter().map(f).collect(), next_cursor: self.next_cursor }
    }
}

impl<T: Serialize> Paged<T> {
    /// The first `limit` of rows of which one more was asked for, and none any more that does not fit into so many bytes of
    /// JSON; the first always does.
    pub(super) fn fit(rows: Vec<(i64, T)>, limit: i64, bytes: usize) -> Self {
        let fitting = fitting(rows.iter().map(|row| &row.1), bytes);
        Self::cut(rows, limit.min(i64::try_from(fitting).unwrap_or(limit)))
    }
}

/// How many of these fit into so many bytes of JSON: the first always does.
pub(super) fn fitting<'a, T: Serialize + 'a>(
    items: impl Iterator<Item = &'a T>,
    bytes: usize,
) -> usize {
    let sizes = items.map(|it| serde_json::to_string(it).map_or(0, |json| json.len()));
    let sums = sizes.scan(0, |sum, size| {
        *sum += size;
        Some(*sum)
    });
    sums.enumerate().take_while(|(n, sum)| *n == 0 || *sum <= bytes).count()
}
