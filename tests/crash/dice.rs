//! Chance with a seed: splitmix64.

use std::time::Duration;

use crate::settings;

/// A source of chance; each person of a story has their own.
#[derive(Debug, Clone)]
pub(crate) struct Dice(u64);

impl Dice {
    /// The dice of somebody, for the seed of this run.
    pub(crate) fn of(who: &str) -> Self {
        let name = who.bytes().fold(settings::seed(), |all, byte| {
            all.wrapping_mul(0x0000_0100_0000_01b3) ^ u64::from(byte)
        });
        Self(name)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below `end`, which is not 0.
    pub(crate) fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.next() >> 33).unwrap_or(0) % end
    }

    /// Whether something of this many percent happens.
    pub(crate) fn percent(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    /// A duration between two numbers of milliseconds.
    pub(crate) fn millis(&mut self, from: usize, to: usize) -> Duration {
        let millis = from + self.below(to - from + 1);
        Duration::from_millis(u64::try_from(millis).unwrap_or(0))
    }
}
