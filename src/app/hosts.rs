//! Host connections: hello, what a host offers, and what its going away means.

use std::{collections::BTreeSet, convert::Infallible};

use tokio_util::sync::CancellationToken;

use super::{
    App, Caller, Paged,
    programs::{self, Program},
    requests, status, turns,
};
use crate::{
    domain::{
        Agent, ApprovalStatus, DispatchState, EventBody, Host, HostEventBody, HostId, InstanceId,
        Secret, UserId, text,
    },
    error::{Code, Error, Result},
    hosts::{self, Ending, Frames, Place},
    rpc::{
        LIST_BYTES, PROTOCOL_VERSION,
        calls::{Hello, HostCall, ServerCall, Welcome},
    },
    store::{About, Notice, Tx},
};

impl App {
    /// What can be started, by name: at the caller's own hosts and the server's, or everywhere for admins.
    ///
    /// # Errors
    /// `UNAUTHENTICATED` for guests.
    pub async fn agents(
        &self,
        caller: &Caller,
        after: Option<i64>,
        limit: i64,
    ) -> Result<Paged<Agent>> {
        let (user, all) = (caller.user()?.id, caller.is_admin());
        let found = self.store.read().await?.agents(Some(user), all, after, limit + 1).await?;
        Ok(Paged::fit(found, limit, LIST_BYTES))
    }

    /// Whether agents are alive at the server's own host.
    pub async fn has_open_agents(&self) -> bool {
        match self.store.read().await {
            Ok(mut reads) => reads.has_open_agents().await.unwrap_or(true),
            Err(_) => true,
        }
    }

    /// Ends the server's own host and its agents.
    pub async fn end_local_host(&self) {
        let hosts = match self.store.read().await {
            Ok(mut reads) => reads.hosts().await.unwrap_or_default(),
            Err(_) => return,
        };
        for row in hosts.into_iter().filter(|row| row.local && row.host.connected) {
            let call = ServerCall::End { agents: true };
            let limit = std::time::Duration::from_secs(15);
            let ended: Result<(), _> =
                self.hosts.call(row.host.id, row.instance, call, limit).await;
            if let Err(error) = ended {
                tracing::info!(?error, "the local host was not told to end");
            }
        }
    }

    /// Serves a host's connection from its hello to its end; the credential it came by ends it too. Says how it ended.
    ///
    /// # Errors
    /// Why it could not go on; the host has been told where that was possible.
    pub async fn serve_host<F: Frames>(
        &self,
        caller: &Caller,
        secret: Option<Secret>,
        frames: &mut F,
        stop: &CancellationToken,
    ) -> Result<Ending> {
        caller.check_runs_agents()?;
        let (id, hello) = hosts::read_hello(frames).await?;
        let (host, instance) = (hello.host_id, hello.instance);
        let asker = programs::asker(caller, host, hello.local)?;
        // Whoever may not speak for this host must not end its connection either.
        if let Err(refused) = self.check_hello(caller, &hello).await {
            hosts::answer_hello(frames, id, Err(&refused)).await?;
            return Err(refused);
        }
        // First the place: a former connection of this host ends, and its end is not written after our beginning.
        let mut place = self.hosts.connect(host, instance, &hello.open.dispatches);
        let welcomed = self.hello(caller, hello).await;
        let answered = hosts::answer_hello(frames, id, welcomed.as_ref()).await;
        if let Err(error) = welcomed.and(answered) {
            self.host_away(host, place).await;
            return Err(error);
        }
        tracing::info!(%host, %instance, "a host is connected");
        self.wake.dispatcher.notify_one();
        let retold = self.welcome_back(host, instance);
        let (app, caller) = (self.clone(), caller.clone());
        let program = Program { app, caller, secret: secret.clone(), host, instance, asker };
        let handle = move |call: HostCall| program.take(call);
        let served = tokio::select! {
            served = hosts::serve(frames, &mut place, stop, handle) => served,
            error = self.until_invalid(secret.as_ref()) => Err(error),
            never = async { retold.await; std::future::pending::<Infallible>().await } => match never {},
        };
        tracing::info!(%host, %instance, ok = served.is_ok(), "a host is away");
        if !stop.is_cancelled() {
            self.host_away(host, place).await;
        }
        served
    }

    /// That the caller may speak for this host, in a version that is understood.
    async fn check_hello(&self, caller: &Caller, hello: &Hello) -> Result<()> {
        if hello.protocol_version != PROTOCOL_VERSION {
            let text = format!("protocol version {PROTOCOL_VERSION} is spoken here");
            return Err(
                Error::with(Code::InvalidBody, text).hint("use the same version of wardroom")
            );
        }
        if hello.local && !caller.local {
            return Err(Error::with(
                Code::HostRequired,
                "the server's own host comes over its socket",
            ));
        }
        match self.store.read().await?.host(hello.host_id).await {
            Ok(row) if row.local != hello.local || row.host.user_id != owner(caller, hello) => {
                Err(Error::with(Code::HostRequired, "owned by another host")
                    .hint("every host has an id of its own"))
            }
            Err(error) if error.code != Code::NotFound => Err(error),
            _ => Ok(()),
        }
    }

    async fn hello(&self, caller: &Caller, hello: Hello) -> Result<Welcome> {
        let name = text::line(Some(&hello.name), text::MAX_LINE)?;
        let (local, owner) = (hello.local, owner(caller, &hello));
        self.store
            .write(async move |tx| {
                let host = Host {
                    id: hello.host_id,
                    name: name.unwrap_or_else(|| "host".into()),
                    user_id: owner,
                    connected: true,
                    since: tx.now(),
                    version: hello.version.chars().take(64).collect(),
                };
                tx.connect_host(&host, hello.instance, local).await?;
                tx.offer_agents(host.id, &hello.agents).await?;
                let connected = HostEventBody::Connected { instance: hello.instance };
                tx.append_host_event(host.id, &connected, About::default()).await?;
                lose_other_instances(tx, host.id, hello.instance).await?;
                let alive = &hello.open.agent_sessions;
                tx.agents_are_alive(host.id, hello.instance, alive).await?;
                tx.notify(Notice::Dispatch);
                Ok(())
            })
            .await?;
        Ok(Welcome { server: self.run, version: env!("CARGO_PKG_VERSION").into() })
    }

    /// Tells everybody concerned that a host is there, and the host what it may not have heard.
    async fn welcome_back(&self, host: HostId, instance: InstanceId) {
        if let Err(error) = self.tell_again(host, instance).await {
            tracing::error!(%host, %error, "a host was not asked about its turns");
        }
        self.announce(host).await;
    }

    /// Tells the sessions of a host whether it is there, unless they know. A few at a time: there may be thousands.
    pub(super) async fn announce(&self, host: HostId) {
        let mut after = 0;
        loop {
            let told = self.persist("whether a host is there", move || {
                async move |tx: &mut Tx| announce_some(tx, host, after).await
            });
            match told.await.flatten() {
                Some(last) => after = last,
                None => return,
            }
        }
    }

    /// Stores that a host is away, however long that takes: unless it has come back by then.
    async fn host_away(&self, host: HostId, place: Place) {
        let (current, hosts) = (place.end.clone(), self.hosts.clone());
        let (local_grace, remote_grace) = (self.settings.local_grace, self.settings.remote_grace);
        // The way to the host is gone before its absence is written, so that nobody takes it meanwhile.
        drop(place);
        self.persist("a host is away", || {
            let (current, hosts) = (current.clone(), hosts.clone());
            async move |tx: &mut Tx| {
                // On a full disk this may come long after the host has: what is true now counts.
                if current.is_cancelled() || hosts.instance(host).is_some() {
                    return Ok(());
                }
                let row = match tx.host(host).await {
                    // Its first hello was refused: it has never been there.
                    Err(error) if error.code == Code::NotFound => return Ok(()),
                    row => row?,
                };
                let grace = if row.local { local_grace } else { remote_grace };
                let until = tx.now().plus(grace);
                tx.disconnect_host(host, until).await?;
                let away = HostEventBody::Disconnected {};
                tx.append_host_event(host, &away, About::default()).await?;
                Ok(())
            }
        })
        .await;
        self.announce(host).await;
    }
}

/// Whose machine it is; the server's own is nobody's.
fn owner(caller: &Caller, hello: &Hello) -> Option<UserId> {
    if hello.local { None } else { caller.user_id() }
}

/// What other processes of a host had in hand is lost with them: they are not coming back.
pub(super) async fn lose_other_instances(
    tx: &mut Tx,
    host: HostId,
    instance: InstanceId,
) -> Result<()> {
    // What it asked is asked no more: an agent ends with its host.
    let asked = tx.requests_of_other_instances(host, instance).await?;
    let agents: BTreeSet<_> = asked.iter().filter_map(|it| it.agent_session_id).collect();
    requests::end_all(tx, asked, ApprovalStatus::Expired, "agent_gone").await?;
    for row in tx.dispatches_in_flight(Some(host)).await? {
        if row.host_instance == Some(instance) {
            continue;
        }
        match row.dispatch.state {
            DispatchState::Leased => turns::release(tx, row.dispatch.id, true).await?,
            _ => turns::settle(tx, row.dispatch, DispatchState::Unknown, None, None).await?,
        }
    }
    tx.forget_open_agents(host, instance).await?;
    for agent in agents {
        status::refresh(tx, agent).await?;
    }
    Ok(())
}

/// How many sessions are told in one unit of work.
const SOME: i64 = 32;

/// Tells some sessions of a host whether it is there, those after `after`; the last of them, if there may be more.
async fn announce_some(tx: &mut Tx, host: HostId, after: i64) -> Result<Option<i64>> {
    let host = match tx.host(host).await {
        Err(error) if error.code == Code::NotFound => return Ok(None),
        row => row?.host,
    };
    let some = tx.shared_agent_sessions(host.id, after, SOME).await?;
    for (_, session, agent, knows) in &some {
        if *knows != host.connected {
            let host = host.clone();
            let event = if host.connected {
                EventBody::HostConnected { host }
            } else {
                EventBody::HostDisconnected { host }
            };
            tx.append(*session, &event).await?;
            tx.set_host_known(*agent, !knows).await?;
        }
        status::refresh(tx, *agent).await?;
    }
    Ok(some.last().map(|last| last.0))
}
