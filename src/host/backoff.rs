//! How long to wait before the server is tried again.

use std::time::Duration;

const FIRST: Duration = Duration::from_millis(100);
const LONGEST: Duration = Duration::from_secs(5);

/// Waits that double, each shortened by chance, so that many hosts do not come back at once.
pub(super) struct Backoff {
    next: Duration,
}

impl Backoff {
    pub(super) fn new() -> Self {
        Self { next: FIRST }
    }

    /// The wait before the next try: between half and the whole of a span that doubles.
    pub(super) fn next(&mut self) -> Duration {
        let span = self.next;
        self.next = (span * 2).min(LONGEST);
        let chance = getrandom::u32().unwrap_or(u32::MAX);
        span / 2 + span.mul_f64(f64::from(chance) / f64::from(u32::MAX)) / 2
    }

    /// Starts again from the shortest wait.
    pub(super) fn reset(&mut self) {
        self.next = FIRST;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_to_their_longest_and_start_again() {
        let mut backoff = Backoff::new();
        for _ in 0..10 {
            let span = backoff.next;
            let wait = backoff.next();
            assert!(wait >= span / 2 && wait <= span);
        }
        assert_eq!(backoff.next, LONGEST);
        backoff.reset();
        assert!(backoff.next() <= FIRST);
    }
}
