//! What people do about an approval that waits, short of deciding it.

use serde::Deserialize;
use utoipa::ToSchema;

use super::{
    App, Caller, access,
    approvals::{check_may_decide, find},
};
use crate::{
    domain::{Action, Approval, ApprovalId, EventBody, Lifetime, SessionId, Verdict},
    error::Result,
};

/// What somebody would do about an approval.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewSuggestion {
    /// Yes or no.
    pub action: Verdict,
    /// Why, at most 2 KiB.
    pub note: Option<String>,
}

impl App {
    /// Says what the caller would do about an approval that waits; it replaces what they said before. To say the same
    /// again is nothing.
    ///
    /// # Errors
    /// `SESSION_NOT_FOUND`, `APPROVAL_NOT_FOUND`, `COMMENT_NOT_ALLOWED`, `SESSION_INACTIVE`, `RATE_LIMITED`, and those of [`Approval::suggest`].
    pub async fn suggest(
        &self,
        caller: &Caller,
        session: SessionId,
        id: ApprovalId,
        new: NewSuggestion,
    ) -> Result<Approval> {
        let (caller, rates) = (caller.clone(), self.rates.clone());
        self.store
            .write(async move |tx| {
                let (seat, mut approval) =
                    find(tx, &caller, Some(session), id, Action::Suggest).await?;
                access::permit(&seat, &caller, Action::Suggest, tx.now())?;
                let (who, note) = (seat.participant.id, new.note.as_deref());
                if let Some(suggestion) = approval.suggest(who, new.action, note, tx.now())? {
                    rates.suggestions.check((session, seat.participant.user_id), tx.now())?;
                    tx.put_suggestion(id, &suggestion).await?;
                    let event = EventBody::ApprovalSuggested { approval: approval.outline() };
                    tx.append(session, &event).await?;
                }
                Ok(approval)
            })
            .await
    }

    /// Gives an approval more time: anybody may who may decide it.
    ///
    /// # Errors
    /// `APPROVAL_NOT_FOUND`, `DECISION_NOT_ALLOWED`, `SESSION_INACTIVE`, `RATE_LIMITED`, and those of [`Approval::extend`].
    pub async fn extend_approval(
        &self,
        caller: &Caller,
        id: ApprovalId,
        life: Lifetime,
    ) -> Result<Approval> {
        let (caller, endless) = (caller.clone(), self.settings.endless_sessions);
        let rates = self.rates.clone();
        self.store
            .write(async move |tx| {
                let (seat, mut approval) = find(tx, &caller, None, id, Action::Decide).await?;
                check_may_decide(tx, &seat, &caller, &approval).await?;
                access::permit(&seat, &caller, Action::Decide, tx.now())?;
                approval.extend(life, seat.session.expires_at, tx.now(), endless)?;
                rates.extensions.check((seat.session.id, seat.participant.user_id), tx.now())?;
                tx.extend_approval(&approval).await?;
                let event = EventBody::ApprovalExtended { approval: approval.outline() };
                tx.append(seat.session.id, &event).await?;
                Ok(approval)
            })
            .await
    }
}
