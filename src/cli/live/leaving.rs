//! Leaving a view: at once, or, where that could end the session for everyone, after a question.

use super::Ended;
use crate::cli::Ctx;

/// What Ctrl-C and `q` do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Leaving {
    /// They end the view.
    AtOnce,
    /// They ask.
    Asked,
    /// They have asked: what is typed next is the answer, and a second Ctrl-C is one.
    Waiting,
}

/// What a line means for the view.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Answer {
    /// It is over.
    Over(Ended),
    /// It goes on.
    GoOn,
}

const QUESTION: &str = "End the session for everyone, or detach? [e]nd, [d]etach, Enter: neither · Ctrl-C again ends it";

impl Leaving {
    /// What can be typed to leave, for the help.
    pub(super) fn keys(self) -> &'static str {
        match self {
            Self::AtOnce => "q            leave",
            Self::Asked | Self::Waiting => {
                "d            detach: go on in the background    q, Ctrl-C   end it, after a question"
            }
        }
    }

    /// Ctrl-C; whether the view is over.
    pub(super) fn interrupted(&mut self, ctx: &Ctx) -> bool {
        if *self != Self::Asked || !ctx.can_ask() {
            return true;
        }
        *self = Self::Waiting;
        ctx.out.tell(QUESTION);
        false
    }

    /// What a line says about leaving, if it does.
    pub(super) fn typed(&mut self, ctx: &Ctx, line: &str) -> Option<Answer> {
        match (*self, line.trim()) {
            (Self::Asked, "q") => {
                self.interrupted(ctx);
                Some(Answer::GoOn)
            }
            (Self::Waiting, "e" | "end" | "q") => Some(Answer::Over(Ended::Interrupted)),
            (Self::Asked | Self::Waiting, "d" | "detach") => Some(Answer::Over(Ended::Left)),
            (Self::AtOnce | Self::Asked, _) => None,
            (Self::Waiting, _) => {
                *self = Self::Asked;
                ctx.out.tell("the session goes on");
                Some(Answer::GoOn)
            }
        }
    }
}
