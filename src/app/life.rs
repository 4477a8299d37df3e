//! The life of agent sessions: paused, resumed, completed, aborted.

use serde::Deserialize;
use utoipa::ToSchema;

use super::{App, Caller, access, requests, status, turns};
use crate::{
    domain::{
        Actor, AgentSession, AgentSessionId, ApprovalKind, ApprovalStatus, Channel, DispatchState,
        Life, LifeChange, Role, SessionStatus, text,
    },
    error::{Code, Error, Result},
    store::{AgentSessionRow, Reads, Seat, Tx},
};

/// The reason of approvals that end because their agent session does.
const ENDED: &str = "agent_session_ended";

/// How the life of an agent session is to go on.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(example = json!({"life": "paused", "reason": "back after lunch"}))]
pub struct ChangeLife {
    /// As what. Completed: as soon as its queue is empty.
    pub life: Life,
    /// With `paused`: whether a running turn is stopped too.
    #[serde(default)]
    pub stop_turn: bool,
    /// Why.
    pub reason: Option<String>,
    /// From where.
    #[serde(default)]
    pub channel: Channel,
}

impl App {
    /// Pauses, resumes, completes or aborts an agent session.
    ///
    /// Its owner may, and the host of the session that shares it. That session goes on: people read, comment and review
    /// drafts in it; prompts that wait for a yes expire when their agent session ends, and so does what its agent asks.
    ///
    /// # Errors
    /// `HOST_SESSION_NOT_FOUND`, `HOST_REQUIRED`, `ILLEGAL_TRANSITION` naming both, `INVALID_BODY`.
    pub async fn change_life(
        &self,
        caller: &Caller,
        id: AgentSessionId,
        change: ChangeLife,
    ) -> Result<AgentSession> {
        if change.stop_turn && change.life != Life::Paused {
            return Err(Error::with(Code::InvalidBody, "stopTurn goes with paused"));
        }
        let reason = match &change.reason {
            Some(reason) if !reason.trim().is_empty() => {
                Some(text::block(reason, text::MAX_COMMENT, Code::InvalidBody)?)
            }
            _ => None,
        };
        let caller = caller.clone();
        self.store
            .write(async move |tx| {
                let (row, by) = steering(tx, &caller, id).await?;
                check_way(&row.agent_session, change.life)?;
                let (channel, at) = (change.channel, tx.now());
                let why = LifeChange { by: Some(by.to_string()), channel, reason, at };
                match change.life {
                    Life::Active => set(tx, &row, Life::Active, false, Some(&why)).await?,
                    Life::Paused => pause(tx, &row, &why, by, change.stop_turn).await?,
                    Life::Completed => complete(tx, &row, &why).await?,
                    Life::Aborted => abort(tx, &row, &why, by).await?,
                }
                Ok(tx.agent_session(id).await?.agent_session)
            })
            .await
    }
}

/// Who steers an agent session: its owner, and the host of the session that shares it now.
///
/// # Errors
/// `HOST_SESSION_NOT_FOUND` for those who may not know of it, `HOST_REQUIRED` for those who may.
async fn steering(
    reads: &mut Reads,
    caller: &Caller,
    id: AgentSessionId,
) -> Result<(AgentSessionRow, Actor)> {
    let row = reads.agent_session(id).await?;
    let seat = seat_in(reads, caller, id).await?.map(|seat| seat.participant);
    let by = match &seat {
        Some(seat) if seat.role == Role::Host => Actor::Participant(seat.id),
        _ if caller.user_id() == Some(row.owner) => Actor::User(row.owner),
        Some(_) => return Err(Code::HostRequired.into()),
        None if caller.is_admin() => return Err(Code::HostRequired.into()),
        None => return Err(Code::HostSessionNotFound.into()),
    };
    caller.check_full(Code::HostRequired)?;
    Ok((row, by))
}

/// The caller's seat in the session that shares an agent session now.
async fn seat_in(reads: &mut Reads, caller: &Caller, id: AgentSessionId) -> Result<Option<Seat>> {
    let Some(session) = reads.session_of_agent(id).await? else { return Ok(None) };
    match access::seat(reads, caller, session).await {
        Ok(seat) => Ok(Some(seat).filter(|it| it.session.status == SessionStatus::Active)),
        Err(error) if matches!(error.code, Code::SessionNotFound | Code::ParticipantInactive) => {
            Ok(None)
        }
        Err(error) => Err(error),
    }
}

fn check_way(it: &AgentSession, next: Life) -> Result<()> {
    if it.completing && next != Life::Aborted {
        let text = format!(
            "an agent session that is being completed does not go from {} to {}",
            it.life.word(),
            next.word()
        );
        return Err(Error::with(Code::IllegalTransition, text).hint("wait for it, or abort it"));
    }
    it.life.check_may_become(next)
}

/// That people may prompt the agent of an agent session.
///
/// # Errors
/// `ILLEGAL_TRANSITION` when it has ended, is about to, or takes no input of people.
pub(super) fn check_takes_prompts(it: &AgentSession) -> Result<()> {
    let refused = |text| Err(Error::with(Code::IllegalTransition, text));
    if it.ended_at.is_some() {
        return refused("the agent session has ended");
    }
    if it.completing {
        return refused("the agent session is being completed");
    }
    if !it.allow_human_input {
        return refused("this agent takes no input of people: comment instead");
    }
    Ok(())
}

/// Stores how a life goes on, and tells its session.
async fn set(
    tx: &mut Tx,
    row: &AgentSessionRow,
    life: Life,
    completing: bool,
    why: Option<&LifeChange>,
) -> Result<()> {
    let it = &row.agent_session;
    let times = if it.life == life { row.times } else { row.times.then(life, tx.now()) };
    tx.set_life(it.id, life, completing, why, times).await?;
    if life == Life::Completed {
        end_requests(tx, it.id).await?;
    }
    status::tell(tx, it.id).await
}

/// Holds the queue; what was claimed goes back into it.
async fn pause(
    tx: &mut Tx,
    row: &AgentSessionRow,
    why: &LifeChange,
    by: Actor,
    stop_turn: bool,
) -> Result<()> {
    if let Some(turn) = tx.dispatch_in_flight(row.agent_session.id).await? {
        if turn.dispatch.state == DispatchState::Leased {
            turns::release(tx, turn.dispatch.id, false).await?;
        } else if stop_turn {
            tx.request_cancel(turn.dispatch.id, Some(by)).await?;
            turns::end_requests(tx, &turn.dispatch, "turn_cancelled").await?;
        }
    }
    set(tx, row, Life::Paused, false, Some(why)).await
}

/// Takes no more prompts, and is over once its queue is empty. What a pause holds is not carried out any more.
async fn complete(tx: &mut Tx, row: &AgentSessionRow, why: &LifeChange) -> Result<()> {
    let it = &row.agent_session;
    expire_prompts(tx, it.id).await?;
    if it.life == Life::Paused {
        cancel_queue(tx, it.id).await?;
    }
    if is_empty(tx, it.id).await? {
        return set(tx, row, Life::Completed, false, Some(why)).await;
    }
    set(tx, row, it.life, true, Some(why)).await
}

/// Completes an agent session that waited for the end of its queue, if that is there.
pub(super) async fn complete_if_done(tx: &mut Tx, id: AgentSessionId) -> Result<()> {
    let row = tx.agent_session(id).await?;
    if row.agent_session.completing && is_empty(tx, id).await? {
        let why = row.agent_session.life_change.clone();
        set(tx, &row, Life::Completed, false, why.as_ref()).await?;
    }
    Ok(())
}

/// Whether nothing is queued and nothing runs.
async fn is_empty(reads: &mut Reads, id: AgentSessionId) -> Result<bool> {
    Ok(reads.dispatch_in_flight(id).await?.is_none() && reads.queued(id).await?.is_empty())
}

/// Stops everything: the queue, the turn, and what waits for people. Its process is closed by `closing`.
async fn abort(tx: &mut Tx, row: &AgentSessionRow, why: &LifeChange, by: Actor) -> Result<()> {
    let id = row.agent_session.id;
    set(tx, row, Life::Aborted, false, Some(why)).await?;
    cancel_queue(tx, id).await?;
    match tx.dispatch_in_flight(id).await? {
        Some(turn) if turn.dispatch.state == DispatchState::Leased => {
            turns::settle(tx, turn.dispatch, DispatchState::Cancelled, None, None).await?;
        }
        Some(turn) => tx.request_cancel(turn.dispatch.id, Some(by)).await?,
        None => {}
    }
    end_requests(tx, id).await?;
    expire_prompts(tx, id).await
}

/// Ends what its agent asks of people: nobody will carry an answer out.
async fn end_requests(tx: &mut Tx, id: AgentSessionId) -> Result<()> {
    let asked = tx.pending_requests(id, None).await?;
    requests::end_all(tx, asked, ApprovalStatus::Expired, ENDED).await
}

/// Cancels what is queued.
async fn cancel_queue(tx: &mut Tx, id: AgentSessionId) -> Result<()> {
    let queued = tx.queued(id).await?.into_iter().map(|row| row.dispatch).collect();
    turns::cancel_all(tx, id, queued).await
}

/// Ends the prompts that wait for a yes: nobody will carry them out. Drafts stay, which need no agent.
async fn expire_prompts(tx: &mut Tx, id: AgentSessionId) -> Result<()> {
    let Some(session) = tx.session_of_agent(id).await? else { return Ok(()) };
    let mut prompts = tx.pending_approvals(session).await?;
    prompts.retain(|it| it.kind == ApprovalKind::Prompt);
    requests::end_all(tx, prompts, ApprovalStatus::Expired, ENDED).await
}
