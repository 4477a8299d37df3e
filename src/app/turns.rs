//! The steps of a dispatch, each a part of a unit of work.

use std::time::Duration;

use super::{life, requests, status};
use crate::{
    domain::{
        AgentSessionId, ApprovalStatus, Dispatch, DispatchId, DispatchState, EventBody, HostId,
        InstanceId, MAX_LEASES, decided_digest,
    },
    error::{Error, Result},
    rpc::calls::{Prompt, TurnState},
    store::{DispatchRow, Notice, Tx},
};

/// Claims the next dispatch of an agent session for a connected host process; `None` when there is none to claim.
pub(super) async fn lease(
    tx: &mut Tx,
    agent: AgentSessionId,
    instance: InstanceId,
) -> Result<Option<Dispatch>> {
    let Some(row) = tx.next_dispatch(agent).await? else { return Ok(None) };
    if row.leases >= MAX_LEASES {
        let error = "the agent could not be started, three times".to_owned();
        let mut leased = row.dispatch;
        step(tx, &mut leased, DispatchState::Leased).await?;
        settle(tx, leased, DispatchState::Failed, None, Some(error)).await?;
        return Ok(None);
    }
    let mut dispatch = row.dispatch;
    tx.lease_dispatch(dispatch.id, instance).await?;
    step(tx, &mut dispatch, DispatchState::Leased).await?;
    Ok(Some(dispatch))
}

/// Puts a claimed dispatch back into its queue; `counts`: whether that was one of its tries.
pub(super) async fn release(tx: &mut Tx, id: DispatchId, counts: bool) -> Result<()> {
    let row = tx.dispatch(id).await?;
    let mut dispatch = row.dispatch;
    if dispatch.state == DispatchState::Leased {
        step(tx, &mut dispatch, DispatchState::Queued).await?;
        if !counts {
            tx.forgive_lease(id).await?;
        }
        tx.notify(Notice::Dispatch);
    }
    Ok(())
}

/// Stores the intent to send, before the host is told. `None` when the dispatch is not claimed for that process any more.
///
/// The text is read again and hashed again: if it is not what was decided, nothing is sent.
pub(super) async fn seal(
    tx: &mut Tx,
    id: DispatchId,
    instance: InstanceId,
    limit: Duration,
) -> Result<Option<Prompt>> {
    let row = tx.dispatch(id).await?;
    let mut dispatch = row.dispatch;
    if dispatch.state != DispatchState::Leased || row.host_instance != Some(instance) {
        return Ok(None);
    }
    let approval = tx.approval(dispatch.approval_id).await?;
    let text = approval.text_to_send().unwrap_or_default().to_owned();
    let digest = decided_digest(&text);
    if approval.decided_digest().as_ref() != Some(&digest) {
        let error = "what is stored is not what was decided".to_owned();
        settle(tx, dispatch, DispatchState::Failed, None, Some(error)).await?;
        return Ok(None);
    }
    // The trigger compares it with what was stored at the decision.
    let deadline = tx.now().plus(limit);
    tx.seal_dispatch(id, &digest, deadline).await?;
    step(tx, &mut dispatch, DispatchState::Sending).await?;
    tx.count_turn(dispatch.agent_session_id).await?;
    let (approval_id, agent_session_id) = (dispatch.approval_id, dispatch.agent_session_id);
    let session = dispatch.shared_session_id;
    tx.append(session, &EventBody::PromptDispatchStarted { approval_id, dispatch }).await?;
    status::refresh(tx, agent_session_id).await?;
    Ok(Some(Prompt { dispatch_id: id, agent_session_id, text, digest }))
}

/// Stops a dispatch whose intent is stored and that its host process never had.
pub(super) async fn take_back(tx: &mut Tx, id: DispatchId, instance: InstanceId) -> Result<()> {
    let row = tx.dispatch(id).await?;
    if row.dispatch.state == DispatchState::Sending && row.host_instance == Some(instance) {
        settle(tx, row.dispatch, DispatchState::Cancelled, None, None).await?;
    }
    Ok(())
}

/// Stores what a host process says of a dispatch that it was given. What cannot be true any more is dropped.
pub(super) async fn report(
    tx: &mut Tx,
    id: DispatchId,
    host: HostId,
    instance: InstanceId,
    state: TurnState,
) -> Result<()> {
    let row = tx.dispatch(id).await?;
    // What is another host's is not there.
    tx.update_cursor(row.dispatch.agent_session_id, host).await?;
    let mut dispatch = row.dispatch;
    let from = dispatch.state;
    let is_open =
        matches!(from, DispatchState::Sending | DispatchState::Running | DispatchState::Unknown);
    if row.host_instance != Some(instance) || !is_open {
        tracing::info!(dispatch = %id, ?from, ?state, "a report that comes too late was dropped");
        return Ok(());
    }
    if from == DispatchState::Unknown && state != TurnState::Running {
        take_back_retry(tx, id).await?;
    }
    match state {
        TurnState::Running if from == DispatchState::Sending => {
            step(tx, &mut dispatch, DispatchState::Running).await
        }
        TurnState::Running => Ok(()),
        TurnState::Succeeded { stop_reason } => {
            settle(tx, dispatch, DispatchState::Succeeded, Some(stop_reason), None).await
        }
        TurnState::Cancelled { stop_reason } => {
            settle(tx, dispatch, DispatchState::Cancelled, Some(stop_reason), None).await
        }
        TurnState::Failed { error } => {
            settle(tx, dispatch, DispatchState::Failed, None, Some(error)).await
        }
    }
}

/// Cancels the retry of a dispatch whose outcome is known after all, unless it was sent by now: people decided to try
/// again because they did not know, and an agent is not to hear twice what it has carried out.
async fn take_back_retry(tx: &mut Tx, original: DispatchId) -> Result<()> {
    let Some(retry) = tx.retry_of(original).await? else { return Ok(()) };
    let retry = tx.dispatch(retry).await?.dispatch;
    if !retry.is_unsent() {
        return Ok(());
    }
    let why = "what it tries again has ended after all".to_owned();
    settle(tx, retry, DispatchState::Cancelled, None, Some(why)).await
}

/// Ends a dispatch, and with it what its turn still asks; tells its session.
pub(super) async fn settle(
    tx: &mut Tx,
    mut dispatch: Dispatch,
    state: DispatchState,
    stop_reason: Option<String>,
    error: Option<String>,
) -> Result<()> {
    let was_unknown = dispatch.state == DispatchState::Unknown;
    dispatch.stop_reason = stop_reason;
    dispatch.error.clone_from(&error);
    step(tx, &mut dispatch, state).await?;
    let (session, agent) = (dispatch.shared_session_id, dispatch.agent_session_id);
    if state != DispatchState::Unknown {
        // Whose outcome nobody knows may still be waiting for an answer at a host that is only away.
        end_requests(tx, &dispatch, "turn_ended").await?;
    }
    let approval_id = dispatch.approval_id;
    let event = match state {
        _ if was_unknown => EventBody::PromptDispatchSettled { approval_id, dispatch, retry: None },
        DispatchState::Succeeded => EventBody::PromptDispatchCompleted { approval_id, dispatch },
        DispatchState::Failed => EventBody::PromptDispatchFailed { approval_id, dispatch, error },
        DispatchState::Unknown => EventBody::PromptDispatchUnknown { approval_id, dispatch },
        _ => EventBody::PromptDispatchCancelled { approval_id, dispatch },
    };
    tx.append(session, &event).await?;
    status::refresh(tx, agent).await?;
    // Boxed: completing ends what is queued, which comes back here.
    Box::pin(life::complete_if_done(tx, agent)).await
}

/// Cancels what is queued or claimed of an agent session, in one statement; tells its session. None of it was sent, and so
/// none of it asks for anything.
pub(super) async fn cancel_all(
    tx: &mut Tx,
    agent: AgentSessionId,
    mut waiting: Vec<Dispatch>,
) -> Result<()> {
    if waiting.is_empty() {
        return Ok(());
    }
    for dispatch in &mut waiting {
        dispatch.become_(DispatchState::Cancelled, tx.now())?;
    }
    let ids: Vec<_> = waiting.iter().map(|it| it.id).collect();
    if !tx.cancel_dispatches(&ids).await? {
        return Err(Error::internal("a dispatch is not queued any more"));
    }
    for dispatch in waiting {
        let (session, approval_id) = (dispatch.shared_session_id, dispatch.approval_id);
        tx.append(session, &EventBody::PromptDispatchCancelled { approval_id, dispatch }).await?;
    }
    status::refresh(tx, agent).await?;
    Box::pin(life::complete_if_done(tx, agent)).await
}

/// Asks for the end of a turn whose time is up, if it is so still.
pub(super) async fn time_out(tx: &mut Tx, id: DispatchId) -> Result<()> {
    let row = tx.dispatch(id).await?;
    if row.deadline_at.is_some_and(|at| at <= tx.now()) && row.dispatch.state.is_in_flight() {
        tx.request_cancel(id, None).await?;
    }
    Ok(())
}

/// Ends what a turn still asks of people.
pub(super) async fn end_requests(tx: &mut Tx, turn: &Dispatch, reason: &str) -> Result<()> {
    let asked = tx.pending_requests(turn.agent_session_id, Some(turn.id)).await?;
    requests::end_all(tx, asked, ApprovalStatus::Expired, reason).await
}

/// Moves the deadline of a turn that waited for a person.
pub(super) async fn extend(tx: &mut Tx, turn: &DispatchRow, by: Duration) -> Result<()> {
    match turn.deadline_at {
        Some(at) => tx.set_dispatch_deadline(turn.dispatch.id, at.plus(by)).await,
        None => Ok(()),
    }
}

async fn step(tx: &mut Tx, dispatch: &mut Dispatch, next: DispatchState) -> Result<()> {
    let from = dispatch.state;
    dispatch.become_(next, tx.now())?;
    if tx.move_dispatch(dispatch, from).await? {
        return Ok(());
    }
    Err(Error::internal(format!("dispatch {} is not {from:?} any more", dispatch.id)))
}
