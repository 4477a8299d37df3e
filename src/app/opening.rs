//! Starting agents at their hosts.

use std::time::Duration;

use super::{App, status};
use crate::{
    domain::{AgentSessionId, AgentSessionStatus, HostId, InstanceId, Opened},
    error::{Code, Error, Result},
    hosts::CallError,
    rpc::calls::{Open, ServerCall},
    store::Notice,
};

/// How long an agent may take to start or resume.
pub(super) const OPEN_LIMIT: Duration = Duration::from_mins(2);

/// Why an agent was not started.
#[derive(Debug)]
pub(super) enum OpenFailed {
    /// Its host is away; nothing is wrong with the agent.
    Away,
    /// There is no room for it yet, or too much of its owner's waits; nothing is wrong with it.
    Full(Error),
    /// Its host says why.
    Refused(Error),
    /// It was started, and that could not be stored.
    NotStored(Error),
}

impl From<OpenFailed> for Error {
    fn from(failed: OpenFailed) -> Self {
        match failed {
            OpenFailed::Away => Self::with(Code::AgentUnavailable, "the host is not connected"),
            OpenFailed::Full(error) | OpenFailed::Refused(error) | OpenFailed::NotStored(error) => {
                error
            }
        }
    }
}

impl App {
    /// Sees to it that the agent is alive in this host process. Does nothing where it is.
    pub(super) async fn open_agent(
        &self,
        id: AgentSessionId,
        host: HostId,
        instance: InstanceId,
        fresh: bool,
    ) -> Result<Opened, OpenFailed> {
        let row = async { self.store.read().await?.agent_session(id).await };
        let row = row.await.map_err(OpenFailed::NotStored)?;
        let it = row.agent_session;
        if it.life.is_over() {
            let error = Error::with(Code::IllegalTransition, "the agent session has ended");
            return Err(OpenFailed::Refused(error));
        }
        // A conversation in which nothing was said yet need not be resumed.
        let resume = row.acp_session_id.filter(|_| !fresh && row.turns > 0);
        let open = Open { agent_session_id: id, agent: it.agent, folder: it.folder, resume };
        let call = ServerCall::Open(open);
        // Whose agent is alive starts nothing, and stands in nobody's line.
        let _place = if row.open_instance == Some(instance) {
            None
        } else {
            let place = self.admission.agent_starts.enter(Some(row.owner)).await;
            Some(place.map_err(OpenFailed::Full)?)
        };
        match self.hosts.call::<Opened>(host, instance, call, OPEN_LIMIT).await {
            Ok(opened) => {
                let known = opened.clone();
                let stored = self.store.write(async move |tx| {
                    tx.agent_opened(id, instance, &known).await?;
                    status::refresh(tx, id).await?;
                    tx.notify(Notice::Dispatch);
                    Ok(())
                });
                stored.await.map_err(OpenFailed::NotStored)?;
                Ok(opened)
            }
            Err(CallError::Away | CallError::Late) => Err(OpenFailed::Away),
            Err(CallError::Refused(error)) => {
                let message = error.message.clone();
                let stored = self.store.write(async move |tx| {
                    let problem = tx.agent_session(id).await?.problem;
                    let problem = problem.or(Some(AgentSessionStatus::Errored));
                    tx.agent_closed(id, problem, Some((None, &message))).await?;
                    status::refresh(tx, id).await
                });
                stored.await.map_err(OpenFailed::NotStored)?;
                Err(OpenFailed::Refused(error))
            }
        }
    }
}
