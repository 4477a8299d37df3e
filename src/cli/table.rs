//! Lists for people: aligned columns, no borders, as wide as the terminal.

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// Rows under a header; one column gives way when the terminal is narrow, and then the widest of the others.
#[derive(Debug)]
pub(super) struct Table<const N: usize> {
    header: [&'static str; N],
    gives_way: usize,
    rows: Vec<[String; N]>,
}

impl<const N: usize> Table<N> {
    /// An empty table whose column `gives_way` is cut where there is no room.
    pub(super) fn new(header: [&'static str; N], gives_way: usize) -> Self {
        Self { header, gives_way, rows: Vec::new() }
    }

    /// Adds a row.
    pub(super) fn row(&mut self, cells: [String; N]) {
        self.rows.push(cells);
    }

    /// Whether there is no row.
    pub(super) fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// The lines, header first, each at most `width` columns wide if that is possible.
    pub(super) fn lines(&self, width: usize) -> Vec<String> {
        let mut widths = self.header.map(UnicodeWidthStr::width);
        for row in &self.rows {
            for (width, cell) in widths.iter_mut().zip(row) {
                *width = (*width).max(cell.width());
            }
        }
        give_way(&mut widths, self.gives_way, width);
        // Ids and times are short, and of no use when they are cut.
        let others = (0..N).filter(|at| *at != self.gives_way);
        if let Some(widest) = others.max_by_key(|at| widths[*at]) {
            give_way(&mut widths, widest, width);
        }
        let header = self.header.map(str::to_owned);
        std::iter::once(&header).chain(&self.rows).map(|row| line(row, &widths)).collect()
    }

    /// The rows as tab-separated values.
    pub(super) fn plain(&self) -> impl Iterator<Item = String> {
        self.rows.iter().map(|row| row.join("\t"))
    }
}

/// Makes a column narrower, but not unreadable, until the line fits.
fn give_way(widths: &mut [usize], column: usize, room: usize) {
    let all = widths.iter().sum::<usize>() + 2 * (widths.len() - 1);
    let way = &mut widths[column];
    *way = way.saturating_sub(all.saturating_sub(room)).max(12.min(*way));
}

fn line(cells: &[String], widths: &[usize]) -> String {
    let mut line = String::new();
    for (cell, width) in cells.iter().zip(widths) {
        let cell = cut(cell, *width);
        line.push_str(&cell);
        line.extend(std::iter::repeat_n(' ', width.saturating_sub(cell.width()) + 2));
    }
    line.truncate(line.trim_end().len());
    line
}

/// The text in at most `width` columns; what is cut ends in `…`.
pub(super) fn cut(text: &str, width: usize) -> String {
    if text.width() <= width {
        return text.to_owned();
    }
    let mut used = 1;
    let keep = |c: &char| {
        used += c.width().unwrap_or(0);
        used <= width
    };
    text.chars().take_while(keep).chain(['…']).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table() -> Table<3> {
        let mut table = Table::new(["ID", "WHAT", "LEFT"], 1);
        table.row(["apr_7f2c11".into(), "$ cargo test --workspace --locked".into(), "23h".into()]);
        table.row(["apr_7f9aa0".into(), "東京".into(), "5m".into()]);
        table
    }

    #[test]
    fn columns_align_also_with_wide_characters() {
        insta::assert_snapshot!(table().lines(100).join("\n"), @r"
        ID          WHAT                               LEFT
        apr_7f2c11  $ cargo test --workspace --locked  23h
        apr_7f9aa0  東京                               5m
        ");
    }

    #[test]
    fn only_one_column_gives_way_to_a_narrow_terminal() {
        insta::assert_snapshot!(table().lines(36).join("\n"), @r"
        ID          WHAT                LEFT
        apr_7f2c11  $ cargo test --wo…  23h
        apr_7f9aa0  東京                5m
        ");
        let mut inbox = Table::new(["ID", "SESSION", "WHAT"], 2);
        inbox.row(["apr_7f2c11".into(), "Fix flaky checkout test".into(), "$ cargo test".into()]);
        assert!(
            inbox.lines(40).iter().all(|line| line.width() <= 40),
            "then the widest of the others"
        );
        assert!(table().lines(1)[1].contains("$ cargo tes…"), "it stays readable");
    }

    #[test]
    fn plain_is_tab_separated() {
        let lines: Vec<_> = table().plain().collect();
        assert_eq!(lines[1], "apr_7f9aa0\t東京\t5m");
    }
}
