//! The dispatcher: carries approved prompts to their agents, and has those closed that must end. The steps and their rules
//! are in `turns`. It also moves on what agents said before they were shared.

use std::{collections::HashSet, time::Duration};

use futures_util::future::join_all;
use tokio::time::sleep;
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use super::{App, closing::Closing, opening::OpenFailed, turns};
use crate::{
    domain::{AgentSessionId, Dispatch, DispatchId, DispatchState, HostId, InstanceId},
    error::{Code, Error, Result},
    hosts::CallError,
    rpc::calls::{Accepted, Prompt, ServerCall, TurnState},
    store::{Tx, is_lost},
};

/// How long a host may take to accept a prompt, which it does at once.
const PROMPT_LIMIT: Duration = Duration::from_secs(30);
/// How long to wait before the disk is tried again.
const PAUSE: Duration = Duration::from_secs(1);

/// A prompt that is claimed for a process of its host.
struct Claim {
    dispatch: DispatchId,
    agent: AgentSessionId,
    host: HostId,
    instance: InstanceId,
}

impl App {
    /// Runs until `stop`. Sleeps until there may be something to do.
    pub async fn run_dispatcher(&self, stop: CancellationToken, tasks: TaskTracker) {
        let (mut cancelled, closing) = (HashSet::new(), Closing::default());
        loop {
            let closed = self.close_ready(&closing, &stop, &tasks).await;
            let dispatched = self.dispatch_ready(&stop, &tasks, &mut cancelled).await;
            let moved = self.move_kept().await;
            if let Err(error) = closed.and(dispatched).and(moved) {
                tracing::warn!(%error, "the dispatcher tries again");
                self.wake.dispatcher.notify_one();
                tokio::select! { () = stop.cancelled() => return, () = sleep(PAUSE) => {} }
            }
            tokio::select! {
                () = stop.cancelled() => return,
                () = self.wake.dispatcher.notified() => {}
            }
        }
    }

    async fn dispatch_ready(
        &self,
        stop: &CancellationToken,
        tasks: &TaskTracker,
        cancelled: &mut HashSet<DispatchId>,
    ) -> Result<()> {
        let in_flight = self.store.read().await?.dispatches_in_flight(None).await?;
        let (mut claimed, mut after) = (Ok(()), 0);
        loop {
            let some = self.store.read().await?.dispatchable(after).await?;
            let Some((last, _)) = some.last() else { break };
            after = *last;
            for claim in join_all(some.into_iter().map(|(_, agent)| self.claim(agent))).await {
                match claim {
                    Ok(Some(claim)) => {
                        let (app, stop) = (self.clone(), stop.clone());
                        let carry = async move { stop.run_until_cancelled(app.carry(claim)).await };
                        tasks.spawn(carry);
                    }
                    Ok(None) => {}
                    Err(error) => claimed = Err(error),
                }
            }
        }
        cancelled.retain(|id| in_flight.iter().any(|row| row.dispatch.id == *id));
        for row in in_flight {
            if row.cancel_requested_at.is_some() && cancelled.insert(row.dispatch.id) {
                let app = self.clone();
                tasks.spawn(async move { app.tell_cancel(&row.dispatch).await });
            }
        }
        claimed
    }

    /// Claims the next prompt of an agent session, if there is one and its host is there.
    async fn claim(&self, agent: AgentSessionId) -> Result<Option<Claim>> {
        let row = self.store.read().await?.agent_session(agent).await?;
        let host = row.agent_session.host_id;
        let Some(instance) = self.hosts.instance(host) else { return Ok(None) };
        if self.is_busy(agent, host).await? {
            return Ok(None);
        }
        let leased =
            self.store.write(async move |tx| turns::lease(tx, agent, instance).await).await?;
        Ok(leased.map(|dispatch| Claim { dispatch: dispatch.id, agent, host, instance }))
    }

    /// Whether an agent still works on a turn that counts as over here, because its host was away for too long.
    async fn is_busy(&self, agent: AgentSessionId, host: HostId) -> Result<bool> {
        for id in self.hosts.open_turns(host) {
            match self.store.read().await?.dispatch(id).await {
                Ok(row) if row.dispatch.agent_session_id == agent => return Ok(true),
                Err(error) if error.code != Code::NotFound => return Err(error),
                _ => {}
            }
        }
        Ok(false)
    }

    /// Carries a claimed prompt as far as its host.
    async fn carry(&self, claim: Claim) {
        let Claim { dispatch, agent, host, instance } = claim;
        if let Err(failed) = self.open_agent(agent, host, instance, false).await {
            // A host that went away or a full disk is not the prompt's fault.
            let counts = matches!(failed, OpenFailed::Refused(_));
            tracing::warn!(%agent, error = %Error::from(failed), "an agent does not start");
            if !counts && self.hosts.instance(host) == Some(instance) {
                sleep(PAUSE).await;
            }
            return self.put_back(&claim, counts).await;
        }
        let limit = self.settings.turn_limit;
        let seal = async move |tx: &mut Tx| turns::seal(tx, dispatch, instance, limit).await;
        match self.store.write(seal).await {
            Ok(Some(prompt)) => self.tell(host, instance, prompt).await,
            Ok(None) => {}
            Err(error) => {
                // Nothing was sent, and nothing will be until it can be stored. Meanwhile nobody else claims it.
                tracing::warn!(%agent, %error, "a prompt was not sent");
                sleep(PAUSE).await;
                self.put_back(&claim, false).await;
            }
        }
    }

    /// Gives a claim up, unless the prompt was claimed anew for another process by now.
    async fn put_back(&self, claim: &Claim, counts: bool) {
        let (id, instance) = (claim.dispatch, claim.instance);
        let unit = || {
            async move |tx: &mut Tx| {
                if tx.dispatch(id).await?.host_instance != Some(instance) {
                    return Ok(());
                }
                turns::release(tx, id, counts).await
            }
        };
        self.persist("a prompt goes back", unit).await;
    }

    /// Hands a prompt whose intent is stored to its host, and stores what the host says. A host that has seen it says so.
    async fn tell(&self, host: HostId, instance: InstanceId, prompt: Prompt) {
        let (id, agent) = (prompt.dispatch_id, prompt.agent_session_id);
        let tell = async || loop {
            let call = ServerCall::Prompt(prompt.clone());
            let told = self.hosts.call::<Accepted>(host, instance, call, PROMPT_LIMIT).await;
            if !matches!(told, Err(CallError::Away | CallError::Late))
                || self.hosts.instance(host) != Some(instance)
            {
                break told;
            }
            // It is there and has not answered: asked again, it says what it knows.
            sleep(PAUSE).await;
        };
        let mut told = tell().await;
        // Its agent has ended by itself since it was started, and has not had the prompt.
        if matches!(&told, Err(CallError::Refused(error)) if error.code == Code::AgentUnavailable)
            && self.open_agent(agent, host, instance, false).await.is_ok()
        {
            told = tell().await;
        }
        let state = match told {
            Ok(accepted) => accepted.state,
            Err(CallError::Refused(error)) => TurnState::Failed { error: error.message },
            // It will be asked again when it is back.
            Err(CallError::Away | CallError::Late) => return,
        };
        self.persist("a host's answer", || {
            let state = state.clone();
            async move |tx: &mut Tx| turns::report(tx, id, host, instance, state).await
        })
        .await;
        self.cancel_if_asked(id).await;
    }

    /// Tells a cancel again that a host may have heard before its prompt, and made nothing of.
    async fn cancel_if_asked(&self, id: DispatchId) {
        let row = async { self.store.read().await?.dispatch(id).await };
        match row.await {
            Ok(row) if row.cancel_requested_at.is_some() && row.dispatch.state.is_in_flight() => {
                self.tell_cancel(&row.dispatch).await;
            }
            Ok(_) => {}
            Err(error) => tracing::warn!(dispatch = %id, %error, "it may have been cancelled"),
        }
    }

    /// Asks a host that came back about every prompt that it was given, or was about to be given. One that was stopped
    /// before the host had it is not given any more: the host has said which it has in hand.
    pub(super) async fn tell_again(&self, host: HostId, instance: InstanceId) -> Result<()> {
        let in_hand = self.hosts.open_turns(host);
        let mut rows = self.store.read().await?.dispatches_in_flight(Some(host)).await?;
        rows.retain(|row| {
            let state = row.dispatch.state;
            let sent = matches!(state, DispatchState::Sending | DispatchState::Running);
            sent && row.host_instance == Some(instance)
        });
        let (stopped, rows): (Vec<_>, Vec<_>) = rows.into_iter().partition(|row| {
            let is_new = row.dispatch.state == DispatchState::Sending;
            is_new && row.cancel_requested_at.is_some() && !in_hand.contains(&row.dispatch.id)
        });
        for row in stopped {
            let id = row.dispatch.id;
            self.store.write(async move |tx| turns::take_back(tx, id, instance).await).await?;
        }
        let told = rows.iter().map(|row| self.ask_about(&row.dispatch, host, instance));
        join_all(told).await.into_iter().collect()
    }

    async fn ask_about(&self, it: &Dispatch, host: HostId, instance: InstanceId) -> Result<()> {
        if let Some(prompt) = self.prompt_again(it).await? {
            self.tell(host, instance, prompt).await;
        }
        Ok(())
    }

    async fn prompt_again(&self, dispatch: &Dispatch) -> Result<Option<Prompt>> {
        let approval = self.store.read().await?.approval(dispatch.approval_id).await?;
        let (Some(text), Some(digest)) = (approval.text_to_send(), approval.decided_digest())
        else {
            return Ok(None);
        };
        let (dispatch_id, agent_session_id) = (dispatch.id, dispatch.agent_session_id);
        Ok(Some(Prompt { dispatch_id, agent_session_id, text: text.to_owned(), digest }))
    }

    async fn tell_cancel(&self, dispatch: &Dispatch) {
        let host = match self.store.read().await {
            Ok(mut reads) => reads.agent_session(dispatch.agent_session_id).await,
            Err(error) => Err(error),
        };
        let Ok(row) = host else { return };
        let host = row.agent_session.host_id;
        let Some(instance) = self.hosts.instance(host) else { return };
        let call = ServerCall::Cancel { dispatch_id: dispatch.id };
        let told: Result<(), _> = self.hosts.call(host, instance, call, PROMPT_LIMIT).await;
        if let Err(error) = told {
            tracing::info!(dispatch = %dispatch.id, ?error, "a host was not told to cancel");
        }
    }

    /// Writes something that must be written, however long the disk is full or fails, or the queue is full.
    pub(super) async fn persist<T, U>(&self, what: &str, unit: impl Fn() -> U) -> Option<T>
    where
        U: AsyncFnOnce(&mut Tx) -> Result<T> + Send + 'static,
        T: Send + 'static,
    {
        loop {
            match self.store.write(unit()).await {
                Ok(value) => return Some(value),
                Err(error)
                    if (matches!(error.code, Code::Busy | Code::DiskFull) || is_lost(&error))
                        && !self.store.has_failed() =>
                {
                    tracing::warn!(%error, what, "not stored yet");
                    sleep(PAUSE).await;
                }
                Err(error) => {
                    tracing::error!(error = &error as &dyn std::error::Error, what, "not stored");
                    return None;
                }
            }
        }
    }
}
