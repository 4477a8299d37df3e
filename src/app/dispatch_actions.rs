//! What people do about dispatches: cancel, retry, mark done, drop.

use super::{App, Caller, Key, Once, access, life, once, status, turns};
use crate::{
    domain::{
        Action, Actor, Dispatch, DispatchAction, DispatchId, DispatchState, EventBody, Right, Role,
        SessionId,
    },
    error::{Code, Error, Result},
    store::{Seat, Tx},
};

impl App {
    /// Acts on a dispatch of a session.
    ///
    /// # Errors
    /// `SESSION_NOT_FOUND`, `NOT_FOUND`, `HOST_REQUIRED`, `SESSION_INACTIVE` for a retry after the end, `ILLEGAL_TRANSITION` for the
    /// cancelling of what has ended and for a retry in an agent session that takes no prompts, `DISPATCH_NOT_UNKNOWN` for the other actions on what is known.
    pub async fn act_on_dispatch(
        &self,
        caller: &Caller,
        session: SessionId,
        id: DispatchId,
        action: DispatchAction,
        key: Option<Key>,
    ) -> Result<Once<Dispatch>> {
        let caller = caller.clone();
        self.store
            .write(async move |tx| {
                let seat = access::seat_to(tx, &caller, session, Action::Manage).await?;
                let row = tx.dispatch(id).await?;
                if row.dispatch.shared_session_id != session {
                    return Err(Code::NotFound.into());
                }
                if let Some(dispatch) = once::before(tx, key.as_ref()).await? {
                    return Ok(Once::again(dispatch));
                }
                caller.check_full(Code::HostRequired)?;
                let dispatch = match action {
                    DispatchAction::Cancel => cancel(tx, &seat, &caller, row.dispatch).await?,
                    DispatchAction::Retry => retry(tx, &seat, &caller, row.dispatch).await?,
                    DispatchAction::MarkDone => {
                        resolve(tx, &seat, row.dispatch, DispatchState::Succeeded).await?
                    }
                    DispatchAction::Drop => {
                        resolve(tx, &seat, row.dispatch, DispatchState::Cancelled).await?
                    }
                };
                once::keep(tx, key.as_ref(), &dispatch).await?;
                Ok(Once::fresh(dispatch))
            })
            .await
    }
}

/// The host stops any turn; who may prompt directly stops the turn of their own prompt.
async fn cancel(tx: &mut Tx, seat: &Seat, caller: &Caller, dispatch: Dispatch) -> Result<Dispatch> {
    if access::permit(seat, caller, Action::StopTurn, tx.now())? == Right::Own {
        let approval = tx.approval(dispatch.approval_id).await?;
        if !access::is_author(tx, seat, &approval).await? {
            return Err(Code::HostRequired.into());
        }
    }
    let id = dispatch.id;
    match dispatch.state {
        DispatchState::Queued | DispatchState::Leased => {
            turns::settle(tx, dispatch, DispatchState::Cancelled, None, None).await?;
        }
        DispatchState::Sending | DispatchState::Running => {
            tx.request_cancel(id, Some(Actor::Participant(seat.participant.id))).await?;
            turns::end_requests(tx, &dispatch, "turn_cancelled").await?;
            status::refresh(tx, dispatch.agent_session_id).await?;
        }
        DispatchState::Cancelled => {}
        _ => return Err(Error::with(Code::IllegalTransition, "it has ended already")),
    }
    Ok(tx.dispatch(id).await?.dispatch)
}

/// Sends the prompt again, as a new dispatch; the unknown one stays as it is.
async fn retry(tx: &mut Tx, seat: &Seat, caller: &Caller, unknown: Dispatch) -> Result<Dispatch> {
    access::permit(seat, caller, Action::Manage, tx.now())?;
    check_unknown(tx, &unknown).await?;
    life::check_takes_prompts(&tx.agent_session(unknown.agent_session_id).await?.agent_session)?;
    let (approval, session, agent) =
        (unknown.approval_id, unknown.shared_session_id, unknown.agent_session_id);
    let again = Dispatch {
        retry_of: Some(unknown.id),
        ..Dispatch::queued(approval, session, agent, tx.now())
    };
    tx.insert_dispatch(&again).await?;
    let (approval_id, retry) = (approval, Some(again.clone()));
    let event = EventBody::PromptDispatchSettled { approval_id, dispatch: unknown, retry };
    tx.append(session, &event).await?;
    Ok(again)
}

/// Says what became of a dispatch that nobody knows about; also after the session has ended.
async fn resolve(
    tx: &mut Tx,
    seat: &Seat,
    unknown: Dispatch,
    state: DispatchState,
) -> Result<Dispatch> {
    if seat.participant.role != Role::Host {
        return Err(Code::HostRequired.into());
    }
    check_unknown(tx, &unknown).await?;
    let id = unknown.id;
    turns::settle(tx, unknown, state, None, None).await?;
    Ok(tx.dispatch(id).await?.dispatch)
}

async fn check_unknown(tx: &mut Tx, dispatch: &Dispatch) -> Result<()> {
    if dispatch.state != DispatchState::Unknown {
        return Err(Code::DispatchNotUnknown.into());
    }
    match tx.retry_of(dispatch.id).await? {
        Some(retry) => Err(Error::with(Code::DispatchNotUnknown, "it is tried again already")
            .hint(format!("see dispatch {retry}"))),
        None => Ok(()),
    }
}
