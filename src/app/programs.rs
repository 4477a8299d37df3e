//! What a program says on a host's connection of the registry, of approvals, events and tools.

use futures_util::{FutureExt, StreamExt, future::BoxFuture, stream};

use super::{App, Caller, HostFollowing, HostItem, Paged, host_access, news::raw, paged::fitting};
use crate::{
    domain::{Asker, HostId, InstanceId, Secret},
    error::{Code, Error, Result},
    hosts::{Feed, Reply},
    rpc::{
        LIST_BYTES,
        calls::{
            AgentPage, ApprovalPage, EventPage, HostCall, ListPage, Notified, OneAgent, Subscribe,
            Subscribed, ToolList,
        },
    },
};

/// How many agents and approvals a snapshot shows.
const SHOWN: i64 = 500;
/// How many bytes of each of the lists in it, so that all fit into a frame.
const SHOWN_BYTES: usize = LIST_BYTES / 2;
/// How many events.
const EVENTS: i64 = 50;

/// A host's connection, as what it says is taken.
#[derive(Clone)]
pub(super) struct Program {
    pub(super) app: App,
    pub(super) caller: Caller,
    pub(super) secret: Option<Secret>,
    pub(super) host: HostId,
    pub(super) instance: InstanceId,
    /// Who asks, when it asks people.
    pub(super) asker: Asker,
}

impl Program {
    /// Takes a call. The first thing it awaits for news of agent sessions is its place in the writer's queue.
    pub(super) fn take(&self, call: HostCall) -> BoxFuture<'static, Result<Reply>> {
        let it = self.clone();
        match call {
            HostCall::Hello(_)
            | HostCall::Update(_)
            | HostCall::Permission(_)
            | HostCall::Question(_)
            | HostCall::Draft(_)
            | HostCall::Event(_)
            | HostCall::Delivered(_)
            | HostCall::Status(_)
            | HostCall::Report(_) => {
                it.app.news(it.host, it.instance, call).map(|it| it.map(Reply::Answer)).boxed()
            }
            call => async move { it.answer(call).await }.boxed(),
        }
    }

    async fn answer(&self, call: HostCall) -> Result<Reply> {
        let (app, host) = (&self.app, self.host);
        let answer = match call {
            HostCall::Subscribe(from) => return self.subscribe(from).await,
            HostCall::Unsubscribe {} => return Ok(Reply::End(raw(&())?)),
            HostCall::Agents(page) => {
                let (cursor, limit) = bounds(&page)?;
                let caller = self.caller_now().await?;
                let Paged { items, next_cursor } = app.agents(&caller, cursor, limit).await?;
                raw(&AgentPage { agents: items, next_cursor: text(next_cursor) })
            }
            HostCall::Approvals(page) => {
                let (cursor, limit) = bounds(&page)?;
                let before = cursor.unwrap_or(i64::MAX);
                let mut reads = app.store.read().await?;
                let now = reads.now();
                let found = reads.actions_of_host(host, before, limit + 1).await?;
                let found = found.into_iter().map(|(at, it)| (at, it.at(now))).collect();
                let Paged { items, next_cursor } = Paged::fit(found, limit, LIST_BYTES);
                raw(&ApprovalPage { approvals: items, next_cursor: text(next_cursor) })
            }
            HostCall::Events(page) => {
                let (cursor, limit) = bounds(&page)?;
                let Paged { items, next_cursor } =
                    app.newest_host_events(&self.caller_now().await?, cursor, limit).await?;
                raw(&EventPage { events: items, next_cursor: text(next_cursor) })
            }
            HostCall::RegisterAgent(new) => {
                raw(&OneAgent { agent: app.register_agent(host, new).await? })
            }
            HostCall::UnregisterAgent(it) => raw(&app.unregister_agent(host, it.agent_id).await?),
            HostCall::SetStatus(new) => {
                raw(&OneAgent { agent: app.set_agent_status(host, new).await? })
            }
            HostCall::Notify(it) => {
                raw(&Notified { sequence: app.notify_of_host(host, it).await? })
            }
            HostCall::RequestApproval(it) => {
                let wait = it.wait;
                let asked = app.ask_of_host(self.asker, it.into()).await?;
                let asked = if wait { app.until_resolved(asked.approval.id).await? } else { asked };
                raw(&asked)
            }
            HostCall::ResolveApproval(it) => raw(&app.resolve_of_host(host, it).await?),
            HostCall::WithdrawApproval(it) => {
                raw(&app.withdraw_of_host(host, it.approval_id).await?)
            }
            HostCall::RegisterTools(it) => {
                raw(&ToolList { tools: app.register_tools(host, it.agent_id, it.tools).await? })
            }
            HostCall::UnregisterTools(it) => {
                let tools = app.unregister_tools(host, it.agent_id, it.names).await?;
                raw(&ToolList { tools })
            }
            HostCall::ListTools(it) => {
                raw(&ToolList { tools: app.tools_of_host(host, it.agent_id).await? })
            }
            _ => Err(Error::with(Code::InvalidBody, "this is said of an agent session")),
        };
        answer.map(Reply::Answer)
    }

    /// Whose program it is, as they are now: connections live long, and an admin may be none any more.
    async fn caller_now(&self) -> Result<Caller> {
        self.caller.as_now(&mut self.app.store.read().await?).await
    }

    /// The snapshot is made after the place was taken from which events are told: what happens meanwhile is in both.
    async fn subscribe(&self, from: Subscribe) -> Result<Reply> {
        let (app, caller) = (&self.app, &self.caller_now().await?);
        let bounds = app.store.read().await?.host_event_bounds().await?;
        let after = from.after.unwrap_or(bounds.1);
        app.check_follows(after).await?;
        let secret = self.secret.clone();
        let following = app.begin_hosts(caller, secret, Some(after), None).await?;
        let mut agents = app.agents(caller, None, SHOWN).await?.items;
        agents.truncate(fitting(agents.iter(), SHOWN_BYTES));
        let mut reads = app.store.read().await?;
        let now = reads.now();
        let asked = reads.pending_actions_of_host(self.host, SHOWN).await?;
        drop(reads);
        let mut approvals: Vec<_> = asked.into_iter().map(|it| it.at(now)).collect();
        approvals.truncate(fitting(approvals.iter(), SHOWN_BYTES));
        let before = Some(bounds.1 + 1);
        let mut events = app.newest_host_events(caller, before, EVENTS).await?.items;
        events.truncate(fitting(events.iter(), SHOWN_BYTES));
        events.reverse();
        let snapshot = Subscribed { agents, approvals, events, sequence: bounds.1 };
        Ok(Reply::Begin(raw(&snapshot)?, feed(following)))
    }
}

/// Events, to the end of what the connection may be told.
fn feed(following: HostFollowing) -> Feed {
    let next = async |mut following: HostFollowing| {
        let told = match following.next().await {
            Ok(Some(HostItem::Frame(frame))) => Ok(frame),
            Ok(Some(HostItem::Reset { .. } | HostItem::End(_)) | None) => return None,
            Err(error) => Err(error),
        };
        Some((told, following))
    };
    stream::unfold(following, next).fuse().boxed()
}

fn bounds(page: &ListPage) -> Result<(Option<i64>, i64)> {
    let limit = page.limit.unwrap_or(50);
    if !(1..=200).contains(&limit) {
        return Err(Error::with(Code::InvalidBody, "limit is 1 to 200"));
    }
    let cursor = page.cursor.as_deref().map(str::parse).transpose();
    let cursor = cursor.map_err(|error| Error::new(Code::InvalidCursor).because(error))?;
    Ok((cursor, limit))
}

fn text(cursor: Option<i64>) -> Option<String> {
    cursor.map(|cursor| cursor.to_string())
}

/// Whose program asks on the connection of a host.
pub(super) fn asker(caller: &Caller, host: HostId, local: bool) -> Result<Asker> {
    let user = caller.user_id().filter(|_| !local);
    Ok(Asker { host: Some(host), user, credential: host_access::credential(caller)? })
}
