//! How long the agent takes and how it cuts its text: the one place that waits, and the one source of variation.

use std::time::Duration;

use tokio::{task::yield_now, time::sleep};

use super::Options;

/// Waits and small choices, the same for the same seed and turn.
pub(super) struct Pace {
    speed: f64,
    state: u64,
}

impl Pace {
    pub(super) fn new(options: &Options, turn: u32) -> Self {
        let mut pace = Self { speed: options.speed, state: options.seed };
        pace.state = pace.next() ^ u64::from(turn);
        pace
    }

    /// Waits about this many seconds of script time; at speed 0 it only lets others run.
    pub(super) async fn wait(&mut self, seconds: f64) {
        let jitter = [0.8, 0.9, 1.0, 1.1, 1.2][self.below(5)];
        if self.speed == 0.0 {
            return yield_now().await;
        }
        let time = Duration::try_from_secs_f64(seconds * jitter / self.speed);
        sleep(time.unwrap_or(Duration::MAX)).await;
    }

    /// A number below `end`, which is not 0.
    pub(super) fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.next() >> 33).unwrap_or(0) % end
    }

    /// The next number of the generator splitmix64.
    fn next(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.state;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }
}

/// Reads the value of `--speed`.
pub(super) fn speed(text: &str) -> Result<f64, String> {
    match text.parse() {
        Ok(speed) if speed == 0.0 || (0.001..=1e6).contains(&speed) => Ok(speed),
        _ => Err("a speed is 0, or a number from 0.001 to 1000000".to_owned()),
    }
}
