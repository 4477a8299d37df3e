//! What a run measures, how long and how often.

use std::time::Duration;

/// The settings of a run.
#[derive(Debug)]
pub(crate) struct Plan {
    /// How many pairs of A and B.
    pub(crate) pairs: usize,
    /// How long each of them is measured.
    pub(crate) time: Duration,
    /// A smoke run: history is a tenth as long.
    pub(crate) quick: bool,
    filter: Option<String>,
}

impl Plan {
    /// From the words of the command line; cargo adds `--bench`, which says nothing new.
    pub(crate) fn read(words: &[String]) -> Self {
        let quick = words.iter().any(|word| word == "--quick");
        let filter = words.iter().find(|word| !word.starts_with("--")).cloned();
        let (pairs, time) = if quick { (1, 1000) } else { (5, 3000) };
        Self { pairs, time: Duration::from_millis(time), quick, filter }
    }

    /// Whether a row of this name was asked for.
    pub(crate) fn wants(&self, name: &str) -> bool {
        self.filter.as_deref().is_none_or(|filter| name.contains(filter))
    }

    /// A length of history, a tenth of it in a smoke run.
    pub(crate) fn history(&self, full: u64) -> u64 {
        if self.quick { full / 10 } else { full }
    }

    /// Measures A and B in turn, after a shorter run of each that does not count.
    pub(crate) fn in_turn<A, B>(
        &self,
        mut a: impl FnMut(Duration) -> A,
        mut b: impl FnMut(Duration) -> B,
    ) -> Vec<(A, B)> {
        drop((a(self.time / 4), b(self.time / 4)));
        (0..self.pairs).map(|_| (a(self.time), b(self.time))).collect()
    }
}
