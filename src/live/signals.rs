//! How often somebody may signal: once a second, so that typing costs nobody anything.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use crate::domain::{ParticipantId, Timestamp};

/// What there is between two signals of a person at least.
const GAP: Duration = Duration::from_secs(1);
/// How many people are remembered before those are forgotten whose gap is over.
const MANY: usize = 1024;

#[derive(Debug, Clone, Default)]
pub(super) struct Signals(Arc<Mutex<HashMap<ParticipantId, Timestamp>>>);

impl Signals {
    /// Whether a person may signal at `now`; if so, not again for a second. A clock that was set back keeps nobody silent.
    pub(super) fn admit(&self, who: ParticipantId, now: Timestamp) -> bool {
        let mut last = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let is_over = |then: &Timestamp| *then > now || now.since(*then) >= GAP;
        if last.get(&who).is_some_and(|then| !is_over(then)) {
            return false;
        }
        if last.len() >= MANY {
            last.retain(|_, then| !is_over(then));
        }
        last.insert(who, now);
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_are_forgotten_whose_gap_is_over() {
        let signals = Signals::default();
        let at = |seconds: i64| Timestamp::from_millis(seconds * 1000);
        for n in 0..MANY {
            assert!(signals.admit(ParticipantId::new(), at(0)), "{n}");
        }
        let one = ParticipantId::new();
        assert!(signals.admit(one, at(1)) && !signals.admit(one, at(1)));
        assert_eq!(signals.0.lock().unwrap().len(), 1);
        assert!(signals.admit(one, at(0)), "the clock was set back");
    }
}
