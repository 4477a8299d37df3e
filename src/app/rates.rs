//! How often somebody may do what everybody else is told of: each thing in a window of its own.

use std::{
    sync::{Mutex, PoisonError},
    time::Duration,
};

use crate::{
    domain::{SessionId, SlidingWindow, Timestamp, UserRef},
    error::{Error, Result},
};

/// How many suggestions somebody may change in a minute, and how often they may give approvals more time.
const CHANGES_A_MINUTE: u32 = 20;

/// Who does something in which session, from whichever seat.
pub(super) type Who = (SessionId, UserRef);

/// What has a rate.
#[derive(Debug)]
pub(super) struct Rates {
    pub(super) prompts: Rate,
    pub(super) suggestions: Rate,
    pub(super) extensions: Rate,
}

/// How often each person has done something of late.
#[derive(Debug)]
pub(super) struct Rate {
    what: &'static str,
    window: Mutex<SlidingWindow<Who>>,
}

impl Rates {
    pub(super) fn new(prompts_a_minute: u32) -> Self {
        Self {
            prompts: Rate::new("prompts", prompts_a_minute),
            suggestions: Rate::new("suggestions", CHANGES_A_MINUTE),
            extensions: Rate::new("extensions", CHANGES_A_MINUTE),
        }
    }
}

impl Rate {
    fn new(what: &'static str, a_minute: u32) -> Self {
        let window = SlidingWindow::new(a_minute, Duration::from_mins(1));
        Self { what, window: Mutex::new(window) }
    }

    /// That somebody has not done this too often of late; what is noted is a try.
    ///
    /// # Errors
    /// `RATE_LIMITED`.
    pub(super) fn check(&self, who: Who, now: Timestamp) -> Result<()> {
        let mut window = self.window.lock().unwrap_or_else(PoisonError::into_inner);
        let noted = window.enter(who, now);
        noted.map_err(|wait| {
            Error::too_often(&format!("too many {} in one minute", self.what), wait)
        })
    }
}
