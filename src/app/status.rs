//! What an agent session is doing: worked out anew from the rows whenever one of them changes.

use super::turns;
use crate::{
    domain::{AgentSessionId, AgentSessionStatus, DispatchState, EventBody, Life, SessionStatus},
    error::Result,
    store::Tx,
};

/// Works out the status of an agent session and tells its session if it changed.
///
/// Also keeps the turn's clock: while it waits for a person its deadline stands still.
pub(super) async fn refresh(tx: &mut Tx, id: AgentSessionId) -> Result<()> {
    let row = tx.agent_session(id).await?;
    let host = tx.host(row.agent_session.host_id).await?;
    let turn = tx.dispatch_in_flight(id).await?;
    let is_asking = !tx.pending_requests(id, None).await?.is_empty();
    let is_running = turn.as_ref().is_some_and(|it| it.dispatch.state != DispatchState::Leased);
    let status = match row.problem {
        _ if !matches!(row.agent_session.life, Life::Active | Life::Paused) => {
            AgentSessionStatus::Stopped
        }
        _ if !host.host.connected => AgentSessionStatus::Away,
        Some(problem) => problem,
        None if is_asking => AgentSessionStatus::WaitingForApproval,
        None if is_running => AgentSessionStatus::Running,
        None if row.open_instance == Some(host.instance) => AgentSessionStatus::Idle,
        None => AgentSessionStatus::Stopped,
    };
    let waiting_since = match row.waiting_since {
        since if is_asking && is_running => since.or(Some(tx.now())),
        Some(since) => {
            if let Some(turn) = turn {
                turns::extend(tx, &turn, tx.now().since(since)).await?;
            }
            None
        }
        None => None,
    };
    if status == row.agent_session.status && waiting_since == row.waiting_since {
        return Ok(());
    }
    tx.set_agent_session_status(id, status, waiting_since).await?;
    if status != row.agent_session.status {
        announce(tx, id).await?;
    }
    Ok(())
}

/// Tells the session that shares an agent session how it is now.
pub(super) async fn announce(tx: &mut Tx, id: AgentSessionId) -> Result<()> {
    if let Some(session) = tx.session_of_agent(id).await?
        && tx.session(session).await?.status == SessionStatus::Active
    {
        let agent_session = tx.agent_session(id).await?.agent_session;
        tx.append(session, &EventBody::AgentSessionUpdated { agent_session }).await?;
    }
    Ok(())
}
