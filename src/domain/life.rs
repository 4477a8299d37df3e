//! The life of an agent session: `active → paused | completed | aborted`, `paused → active | completed | aborted`.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Channel, Timestamp};
use crate::error::{Code, Error, Result};

/// Where an agent session is in its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Life {
    /// It takes prompts.
    Active,
    /// Its queue is held.
    Paused,
    /// It was closed in order.
    Completed,
    /// It was stopped.
    Aborted,
}

/// Who changed a life last, from where and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct LifeChange {
    /// A participant's or user's id.
    pub by: Option<String>,
    /// From where.
    pub channel: Channel,
    /// Why, in their words.
    pub reason: Option<String>,
    /// When.
    pub at: Timestamp,
}

/// The times of a life: what its elapsed time is worked out from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LifeTimes {
    /// Since when it is paused.
    pub paused_at: Option<Timestamp>,
    /// How long it was paused before, in milliseconds.
    pub paused_ms: i64,
    /// When it was completed or aborted.
    pub ended_at: Option<Timestamp>,
}

impl Life {
    /// Whether nothing comes after it.
    pub fn is_over(self) -> bool {
        matches!(self, Self::Completed | Self::Aborted)
    }

    /// Whether there is an arrow from `self` to `next`.
    pub fn may_become(self, next: Self) -> bool {
        !self.is_over() && next != self
    }

    /// That it may go on as `next`.
    ///
    /// # Errors
    /// `ILLEGAL_TRANSITION` naming both.
    pub fn check_may_become(self, next: Self) -> Result<()> {
        if self.may_become(next) {
            return Ok(());
        }
        let text = format!("an agent session does not go from {} to {}", self.word(), next.word());
        Err(Error::with(Code::IllegalTransition, text))
    }

    /// The word on the wire.
    pub fn word(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Paused => "paused",
            Self::Completed => "completed",
            Self::Aborted => "aborted",
        }
    }
}

impl LifeTimes {
    /// The times of a life that goes on as `next` at `now`.
    #[must_use]
    pub fn then(self, next: Life, now: Timestamp) -> Self {
        let pause = self.paused_at.map_or(0, |at| now.since(at).as_millis());
        let paused_ms = self.paused_ms.saturating_add(i64::try_from(pause).unwrap_or(i64::MAX));
        Self {
            paused_at: (next == Life::Paused).then_some(now),
            paused_ms,
            ended_at: next.is_over().then_some(now),
        }
    }

    /// How long a life has lasted that began at `from`, in seconds: pauses do not count, and it stops at the end.
    pub fn elapsed(self, from: Timestamp, now: Timestamp) -> u64 {
        let until = self.ended_at.or(self.paused_at).unwrap_or(now);
        let paused = u128::try_from(self.paused_ms).unwrap_or(0);
        let elapsed = until.since(from).as_millis().saturating_sub(paused) / 1000;
        u64::try_from(elapsed).unwrap_or(u64::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: [Life; 4] = [Life::Active, Life::Paused, Life::Completed, Life::Aborted];

    #[test]
    fn a_life_goes_the_ways_that_are_written_and_no_others_and_the_refusal_names_both() {
        let mut ways = Vec::new();
        for from in ALL {
            for to in ALL {
                match from.check_may_become(to) {
                    Ok(()) => ways.push(format!("{} {}", from.word(), to.word())),
                    Err(error) => {
                        assert_eq!(error.code, Code::IllegalTransition);
                        let both = format!("from {} to {}", from.word(), to.word());
                        assert!(error.message.ends_with(&both), "{error}");
                    }
                }
            }
        }
        let expected = [
            "active paused",
            "active completed",
            "active aborted",
            "paused active",
            "paused completed",
            "paused aborted",
        ];
        assert_eq!(ways, expected);
    }

    #[test]
    fn pauses_do_not_count_and_the_end_stops_the_clock() {
        let at = |second: i64| Timestamp::from_millis(1000 * second);
        let begun = LifeTimes { paused_at: None, paused_ms: 0, ended_at: None };
        assert_eq!(begun.elapsed(at(0), at(10)), 10);
        let paused = begun.then(Life::Paused, at(10));
        assert_eq!(paused.elapsed(at(0), at(90)), 10);
        let resumed = paused.then(Life::Active, at(100));
        assert_eq!(resumed.elapsed(at(0), at(105)), 15);
        let paused = resumed.then(Life::Paused, at(110));
        let ended = paused.then(Life::Aborted, at(150));
        assert_eq!(ended.elapsed(at(0), at(9999)), 20, "it ended in a pause");
    }
}
