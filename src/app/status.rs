//! What an agent session is doing: worked out anew from the rows whenever one of them changes.

use super::turns;
use crate::{
    domain::{AgentSessionId, AgentSessionStatus, DispatchState, EventBody, SessionStatus},
    error::Result,
    store::Tx,
};

/// Works out the status of an agent session and tells its session if it changed.
pub(super) async fn refresh(tx: &mut Tx, id: AgentSessionId) -> Result<()> {
    if renew(tx, id).await? { announce(tx, id).await } else { Ok(()) }
}

/// Works out the status of an agent session and tells its session how it is now, whatever changed.
pub(super) async fn tell(tx: &mut Tx, id: AgentSessionId) -> Result<()> {
    renew(tx, id).await?;
    announce(tx, id).await
}

/// Works out the status of an agent session; whether it changed.
///
/// Also keeps two clocks: while a turn waits for a person its deadline stands still, and while an agent has nothing to do
/// its own runs.
async fn renew(tx: &mut Tx, id: AgentSessionId) -> Result<bool> {
    let row = tx.agent_session(id).await?;
    let host = tx.host(row.agent_session.host_id).await?;
    let turn = tx.dispatch_in_flight(id).await?;
    let is_asking = !tx.pending_requests(id, None).await?.is_empty();
    let is_running = turn.as_ref().is_some_and(|it| it.dispatch.state != DispatchState::Leased);
    let status = match row.problem {
        _ if row.agent_session.life.is_over() => AgentSessionStatus::Stopped,
        _ if !host.host.connected => AgentSessionStatus::Away,
        Some(problem) => problem,
        None if is_asking => AgentSessionStatus::WaitingForApproval,
        None if is_running => AgentSessionStatus::Running,
        None if row.open_instance == Some(host.instance) => AgentSessionStatus::Idle,
        None => AgentSessionStatus::Stopped,
    };
    let rests = status == AgentSessionStatus::Idle && turn.is_none() && row.can_be_closed();
    let idle_until = match row.idle_timeout {
        Some(time) if rests => row.idle_until.or(Some(tx.now().plus(time))),
        _ => None,
    };
    if idle_until != row.idle_until {
        tx.set_idle_until(id, idle_until).await?;
    }
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
        return Ok(false);
    }
    tx.set_agent_session_status(id, status, waiting_since).await?;
    Ok(status != row.agent_session.status)
}

/// Tells the session that shares an agent session how it is now.
async fn announce(tx: &mut Tx, id: AgentSessionId) -> Result<()> {
    if let Some(session) = tx.session_of_agent(id).await?
        && tx.session(session).await?.status == SessionStatus::Active
    {
        let agent_session = tx.agent_session(id).await?.agent_session;
        tx.append(session, &EventBody::AgentSessionUpdated { agent_session }).await?;
    }
    Ok(())
}
