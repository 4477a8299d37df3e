//! How often something may happen: a sliding window for each key.

use std::{
    collections::{HashMap, VecDeque},
    hash::Hash,
    time::Duration,
};

use super::Timestamp;

/// How many keys are kept in mind. Only what happened within the window counts, so few are needed.
const KEYS: usize = 10_000;

/// Counts what happened to each key within the last `span`, and says when there is room again.
///
/// Exact, as every time is kept: `most` is small. What was noted may be rules of any kind; often only failures are.
#[derive(Debug)]
pub struct SlidingWindow<K> {
    most: usize,
    span: Duration,
    seen: HashMap<K, VecDeque<Timestamp>>,
}

impl<K: Eq + Hash> SlidingWindow<K> {
    /// At most `most` within `span`; 0: as many as there are.
    pub fn new(most: u32, span: Duration) -> Self {
        Self { most: most as usize, span, seen: HashMap::new() }
    }

    /// How long until there is room for one more; `None` when there is.
    pub fn wait(&self, key: &K, now: Timestamp) -> Option<Duration> {
        let times = self.seen.get(key)?;
        // Where the clock went back, what is to come does not count.
        let from = times.iter().position(|at| *at <= now && now.since(*at) < self.span)?;
        let full_since = times.len().checked_sub(self.most).filter(|first| *first >= from)?;
        Some(self.span.saturating_sub(now.since(times[full_since])))
    }

    /// Notes that it happens, if there is room; else gives how long until there is. Whoever comes while it happens finds it
    /// noted already.
    pub fn enter(&mut self, key: K, now: Timestamp) -> Result<(), Duration> {
        if let Some(wait) = self.wait(&key, now) {
            return Err(wait);
        }
        self.note(key, now);
        Ok(())
    }

    /// Takes back what was noted at `at`, as it does not count after all.
    pub fn take_back(&mut self, key: &K, at: Timestamp) {
        let Some(times) = self.seen.get_mut(key) else { return };
        if let Some(place) = times.iter().rposition(|it| *it == at) {
            times.remove(place);
        }
        if times.is_empty() {
            self.seen.remove(key);
        }
    }

    /// Notes that it happened.
    pub fn note(&mut self, key: K, now: Timestamp) {
        if self.most == 0 {
            return;
        }
        if self.seen.len() >= KEYS {
            let span = self.span;
            self.seen.retain(|_, times| times.back().is_some_and(|at| now.since(*at) < span));
        }
        if self.seen.len() >= KEYS {
            // So many keys at once are somebody's work: what is forgotten is theirs.
            self.seen.clear();
        }
        let times = self.seen.entry(key).or_default();
        times.retain(|at| *at <= now);
        if times.len() >= self.most {
            times.pop_front();
        }
        times.push_back(now);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn room_comes_back_when_the_oldest_leaves_the_window() {
        let at = |seconds: i64| Timestamp::from_millis(seconds * 1000);
        let mut window = SlidingWindow::new(2, Duration::from_mins(1));
        assert_eq!(window.wait(&"a", at(0)), None);
        window.note("a", at(0));
        assert_eq!(window.wait(&"a", at(20)), None);
        window.note("a", at(20));
        assert_eq!(window.wait(&"a", at(30)), Some(Duration::from_secs(30)));
        assert_eq!(window.wait(&"b", at(30)), None, "each key has its own");
        assert_eq!(window.wait(&"a", at(60)), None);
        window.note("a", at(60));
        assert_eq!(window.wait(&"a", at(61)), Some(Duration::from_secs(19)));
        assert_eq!(window.wait(&"a", at(200)), None);
    }

    #[test]
    fn what_is_taken_back_leaves_room_for_another_and_for_no_more() {
        let at = |seconds: i64| Timestamp::from_millis(seconds * 1000);
        let mut window = SlidingWindow::new(2, Duration::from_mins(1));
        assert_eq!(window.enter("a", at(0)), Ok(()));
        assert_eq!(window.enter("a", at(10)), Ok(()));
        assert_eq!(window.enter("a", at(20)), Err(Duration::from_secs(40)));
        window.take_back(&"a", at(0));
        window.take_back(&"a", at(5));
        assert_eq!(window.enter("a", at(20)), Ok(()), "what was never noted takes nothing away");
        assert_eq!(
            window.enter("a", at(21)),
            Err(Duration::from_secs(49)),
            "the one of 10 s stays"
        );
        window.take_back(&"a", at(10));
        window.take_back(&"a", at(20));
        window.take_back(&"a", at(20));
        assert!(window.seen.is_empty(), "nothing is kept of who has failed at nothing");
    }

    #[test]
    fn a_clock_that_goes_back_locks_nobody_out() {
        let at = |seconds: i64| Timestamp::from_millis(seconds * 1000);
        let mut window = SlidingWindow::new(2, Duration::from_mins(1));
        window.note("a", at(5000));
        window.note("a", at(5001));
        assert_eq!(window.wait(&"a", at(1000)), None);
        window.note("a", at(1000));
        assert_eq!(window.wait(&"a", at(1001)), None);
        window.note("a", at(1001));
        assert_eq!(window.wait(&"a", at(1002)), Some(Duration::from_secs(58)));
    }

    #[test]
    fn nothing_is_limited_by_zero_and_memory_is() {
        let now = Timestamp::from_millis(0);
        let mut window = SlidingWindow::new(0, Duration::from_mins(1));
        window.note(1, now);
        assert_eq!(window.wait(&1, now), None);
        let mut window = SlidingWindow::new(1, Duration::from_mins(1));
        (0..3 * KEYS).for_each(|key| window.note(key, now));
        assert!(window.seen.len() <= KEYS);
    }
}
