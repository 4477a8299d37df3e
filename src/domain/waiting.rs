//! What people do about an approval that waits, short of deciding it: say what they would do, and give it more time.

use super::{Approval, Lifetime, ParticipantId, Suggestion, Timestamp, Verdict, text};
use crate::error::{Code, Error, Result};

/// The longest note of a suggestion, in bytes: every event of the approval carries it again.
const MAX_NOTE: usize = 2 * 1024;
/// How many may say something about one approval.
const MAX_SUGGESTIONS: usize = 50;

impl Approval {
    /// Says at `now` what somebody would do; what they said before it replaces. Nothing is given out if they said just that.
    ///
    /// # Errors
    /// `APPROVAL_ALREADY_RESOLVED` with the row, `TOO_LARGE`, `TEXT_NOT_ALLOWED`, `RATE_LIMITED` when too many have spoken.
    pub fn suggest(
        &mut self,
        participant_id: ParticipantId,
        action: Verdict,
        note: Option<&str>,
        now: Timestamp,
    ) -> Result<Option<Suggestion>> {
        let note = match note {
            Some(note) if !note.trim().is_empty() => {
                Some(text::block(note, MAX_NOTE, Code::InvalidBody)?)
            }
            _ => None,
        };
        self.check_pending(now)?;
        let same = |it: &Suggestion| it.action == action && it.note == note;
        if self.suggestions.iter().any(|it| it.participant_id == participant_id && same(it)) {
            return Ok(None);
        }
        self.suggestions.retain(|it| it.participant_id != participant_id);
        if self.suggestions.len() >= MAX_SUGGESTIONS {
            let text = format!("{MAX_SUGGESTIONS} people have said what they would do already");
            return Err(Error::with(Code::RateLimited, text)
                .hint("wait for the host to decide")
                .retry_after(30));
        }
        let suggestion = Suggestion { participant_id, action, note, at: now };
        self.suggestions.push(suggestion.clone());
        Ok(Some(suggestion))
    }

    /// Gives it more time at `now`, but never more than its session has; `endless`: whether that may be for ever.
    ///
    /// # Errors
    /// `APPROVAL_ALREADY_RESOLVED` with the row, `INVALID_EXPIRY`, also for an end that is not later than the present one.
    pub fn extend(
        &mut self,
        life: Lifetime,
        session_end: Option<Timestamp>,
        now: Timestamp,
        endless: bool,
    ) -> Result<()> {
        self.check_pending(now)?;
        let wished = life.end(now, endless)?;
        let end = match (wished, session_end) {
            (Some(wished), Some(last)) => Some(wished.min(last)),
            (wished, last) => wished.or(last),
        };
        let is_later = match (self.expires_at, end) {
            (Some(before), Some(end)) => end > before,
            (before, end) => before.is_some() && end.is_none(),
        };
        if !is_later {
            let text = "that is no more time than it has";
            return Err(Error::with(Code::InvalidExpiry, text)
                .hint("an approval ends with its session at the latest: extend that first"));
        }
        self.expires_at = end;
        Ok(())
    }
}
