//! What the host of a session changes about it, and about those who take part.

use super::{App, Caller, access, lines, requests, sessions::check_host, turns};
use crate::{
    domain::{
        Action, Approval, ApprovalStatus, DispatchState, EventBody, Invite, LeftReason, Line,
        Participant, ParticipantChanges, ParticipantId, Role, Session, SessionChanges, SessionId,
    },
    error::{Code, Error, Result},
    store::{DispatchRow, Seat, Tx},
};

impl App {
    /// Changes mode, title or expiry of a session. What waits in it stays, whatever the mode is now.
    ///
    /// # Errors
    /// `SESSION_NOT_FOUND`, `HOST_REQUIRED`, `SESSION_INACTIVE`, and those of [`Session::change`].
    pub async fn update_session(
        &self,
        caller: &Caller,
        id: SessionId,
        changes: SessionChanges,
    ) -> Result<Session> {
        let (caller, endless) = (caller.clone(), self.settings.endless_sessions);
        self.store
            .write(async move |tx| {
                let mut session = hosted(tx, &caller, id).await?.session;
                let before = session.mode;
                if session.change(&changes, tx.now(), endless)? {
                    tx.update_session(&session).await?;
                    session.last_seq += 1;
                    tx.append(id, &EventBody::SessionUpdated { session: session.clone() }).await?;
                    if session.mode != before {
                        lines::write(tx, id, Line::Mode(session.mode))?;
                    }
                }
                Ok(session)
            })
            .await
    }

    /// Changes what somebody is and may do. What they asked for before stays.
    ///
    /// # Errors
    /// `SESSION_NOT_FOUND`, `HOST_REQUIRED`, `SESSION_INACTIVE`, `PARTICIPANT_NOT_FOUND`, `PARTICIPANT_INACTIVE`, and those of
    /// [`Participant::change`].
    pub async fn update_participant(
        &self,
        caller: &Caller,
        id: SessionId,
        participant: ParticipantId,
        changes: ParticipantChanges,
    ) -> Result<Participant> {
        let caller = caller.clone();
        self.store
            .write(async move |tx| {
                hosted(tx, &caller, id).await?;
                let mut participant = tx.participant(id, participant).await?;
                participant.check_takes_part()?;
                if participant.change(changes)? {
                    tx.update_participant(&participant).await?;
                    let event = EventBody::ParticipantUpdated { participant: participant.clone() };
                    tx.append(id, &event).await?;
                    lines::write(tx, id, Line::Changed(&participant))?;
                }
                Ok(participant)
            })
            .await
    }

    /// Sends somebody out: their streams end, their pending prompts are withdrawn, what of theirs waits for the agent is
    /// cancelled, and the invites that they came by or made lead nobody in any more.
    ///
    /// # Errors
    /// `SESSION_NOT_FOUND`, `HOST_REQUIRED`, `SESSION_INACTIVE`, `PARTICIPANT_NOT_FOUND`, `PARTICIPANT_INACTIVE` for who left by
    /// themselves, `HOST_MUST_HAND_OVER` for the host.
    pub async fn remove_participant(
        &self,
        caller: &Caller,
        id: SessionId,
        participant: ParticipantId,
    ) -> Result<Participant> {
        let caller = caller.clone();
        self.store
            .write(async move |tx| {
                hosted(tx, &caller, id).await?;
                let mut participant = tx.participant(id, participant).await?;
                if participant.left_reason == Some(LeftReason::Removed) {
                    return Ok(participant);
                }
                participant.check_takes_part()?;
                if participant.role == Role::Host {
                    return Err(Error::new(Code::HostMustHandOver)
                        .hint("hand over first: POST …/host, or close the session"));
                }
                tx.leave(&mut participant, LeftReason::Removed).await?;
                // First, because it is the last event that they are told.
                tx.append(id, &EventBody::ParticipantRemoved { participant: participant.clone() })
                    .await?;
                lines::write(tx, id, Line::Removed(&participant))?;
                take_back_prompts_of(tx, id, participant.id).await?;
                revoke_invites_of(tx, id, participant.id).await?;
                Ok(participant)
            })
            .await
    }

    /// Makes somebody else host; the former one stays as a collaborator. The agent session stays its owner's.
    ///
    /// # Errors
    /// `SESSION_NOT_FOUND`, `HOST_REQUIRED`, `SESSION_INACTIVE`, `PARTICIPANT_NOT_FOUND`, `PARTICIPANT_INACTIVE`.
    pub async fn hand_over(
        &self,
        caller: &Caller,
        id: SessionId,
        to: ParticipantId,
    ) -> Result<Session> {
        let caller = caller.clone();
        self.store
            .write(async move |tx| {
                let seat = hosted(tx, &caller, id).await?;
                let heir = tx.participant(id, to).await?;
                heir.check_takes_part()?;
                if heir.id == seat.participant.id {
                    return Ok(seat.session);
                }
                // In this order: a session never has two hosts.
                let former = seat.participant;
                let former = Participant { role: Role::Collaborator, can_decide: false, ..former };
                let heir = Participant { role: Role::Host, can_decide: true, ..heir };
                tx.update_participant(&former).await?;
                tx.update_participant(&heir).await?;
                tx.set_host(id, heir.user_id).await?;
                lines::write(tx, id, Line::HandedOver { to: &heir, from: &former })?;
                tx.append(id, &EventBody::ParticipantUpdated { participant: former }).await?;
                tx.append(id, &EventBody::HostChanged { participant: heir }).await?;
                tx.session(id).await
            })
            .await
    }
}

/// The seat of a caller who is host of an active session.
async fn hosted(tx: &mut Tx, caller: &Caller, id: SessionId) -> Result<Seat> {
    let seat = access::seat_to(tx, caller, id, Action::Manage).await?;
    check_host(&seat, caller, tx)?;
    Ok(seat)
}

/// What somebody asked, from whichever seat, and what of it has not gone to the agent. A turn that runs goes on: the host
/// stops it, if they wish.
async fn take_back_prompts_of(
    tx: &mut Tx,
    id: SessionId,
    participant: ParticipantId,
) -> Result<()> {
    let seats = tx.seats_of_same_person(participant).await?;
    let is_theirs = |it: &Approval| it.participant_id.is_some_and(|author| seats.contains(&author));
    let mut own = tx.pending_approvals(id).await?;
    own.retain(is_theirs);
    requests::end_all(tx, own, ApprovalStatus::Withdrawn, "author_removed").await?;
    for DispatchRow { dispatch, .. } in tx.open_dispatches(id).await? {
        let waits = matches!(dispatch.state, DispatchState::Queued | DispatchState::Leased);
        if waits && is_theirs(&tx.approval(dispatch.approval_id).await?) {
            let why = "its author was removed".to_owned();
            turns::settle(tx, dispatch, DispatchState::Cancelled, None, Some(why)).await?;
        }
    }
    Ok(())
}

/// The invites that somebody came by, whenever they did, and those that they made while they were host: they know the
/// secret of each.
async fn revoke_invites_of(tx: &mut Tx, id: SessionId, participant: ParticipantId) -> Result<()> {
    let mut known = Vec::new();
    for seat in tx.seats_of_same_person(participant).await? {
        known.extend(tx.invites_made_by(seat).await?);
        known.extend(tx.invite_of(seat).await?);
    }
    for invite in known {
        let found = tx.invite(id, invite).await?;
        if found.revoked_at.is_none() {
            tx.revoke_invite(invite).await?;
            let invite = Invite { revoked_at: Some(tx.now()), ..found };
            tx.append(id, &EventBody::InviteRevoked { invite }).await?;
        }
    }
    Ok(())
}
