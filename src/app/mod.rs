//! The use cases: one public method for each thing one can ask, and the only callers of [`Store::write`].
//!
//! Every command has one rhythm: load, decide (pure, in the domain), save, append, done. Nothing but the
//! [`Tx`](crate::store::Tx) is awaited inside a unit of work.

mod access;
mod action_decisions;
mod action_facts;
mod actions;
mod admission;
mod agent_sessions;
mod approvals;
mod closing;
mod demo;
mod devices;
mod dispatch;
mod dispatch_actions;
mod drafts;
mod follow;
mod grants;
mod hashing;
mod host_access;
mod host_events;
mod hosting;
mod hosts;
mod identity;
mod inbox;
mod inbox_part;
mod input;
mod invites;
mod joining;
mod known_hosts;
mod life;
mod lines;
mod messages;
mod news;
mod once;
mod opening;
mod paged;
mod passwords;
mod programs;
mod prompts;
mod rates;
mod recovery;
mod registry;
mod requests;
mod session_events;
mod session_now;
mod sessions;
mod signals;
mod status;
mod sweep;
mod tokens;
mod tools;
mod transcript;
mod turns;
mod users;
mod waiting;

use std::{sync::Arc, time::Duration};

pub use access::Caller;
pub use action_facts::ActionFacts;
pub use agent_sessions::{AgentSessionDetails, NewAgentSession};
pub use approvals::Inbox;
pub use demo::{Demo, NewDemo};
pub use follow::{Following, ResetReason, StreamEnd, StreamItem};
pub use grants::NewGrant;
pub use host_events::{HostFollowing, HostItem};
pub use identity::{Browser, Me, NewUser, SignedIn};
pub use inbox::{InboxChange, InboxFollowing, InboxItem};
pub use inbox_part::InboxPart;
pub use input::{Input, Taken};
pub use invites::{IssuedInvite, NewInvite};
pub use joining::{JoinRequest, Joined, Preview};
pub use known_hosts::{HostRights, KnownHost};
pub use life::ChangeLife;
pub use messages::NewMessage;
pub use once::{Key, Once};
pub use paged::Paged;
pub use passwords::KnownPassword;
pub use session_now::{Listed, SessionNow};
pub use sessions::{NewSession, OpenedSession, Snapshot};
pub use tokens::NewToken;
use tokio::sync::Notify;
pub use tools::{AdmissionState, ToolAnswer};
pub use transcript::{Download, Told};
pub use users::UserChanges;
pub use waiting::NewSuggestion;

pub use crate::hosts::Ending;
pub use crate::store::{ApprovalFilter, SeatOf, SessionFilter, Space};
use crate::{
    domain::{InstanceId, Timestamp},
    hosts::Hosts,
    live::Live,
    store::Store,
};

/// What can be set about the use cases.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Whether sessions may live for ever.
    pub endless_sessions: bool,
    /// How long a session lives of which nobody says it, in minutes: at most a year.
    pub session_minutes: u32,
    /// How long turns may go on while the server's own host is away.
    pub local_grace: Duration,
    /// How long turns may go on while another host is away.
    pub remote_grace: Duration,
    /// How long a turn may take, not counting the time it waits for people.
    pub turn_limit: Duration,
    /// How many prompts of one author may wait in a session, for a yes or for the agent.
    pub pending_of_author: i64,
    /// How many approvals, and prompts for the agent, may wait in a session.
    pub pending_of_session: i64,
    /// How much programs of one host, or of one person, may have asked that waits.
    pub pending_of_program: i64,
    /// How many prompts somebody may send in a minute.
    pub prompts_a_minute: u32,
    /// How many may take part in a session at once, and how many of those who take or took part are listed.
    pub participants_of_session: i64,
    /// How many days host events are kept.
    pub host_event_days: u32,
    /// How many host events are kept at most.
    pub host_events: i64,
    /// How many agents may be started at once.
    pub agent_starts: usize,
    /// How many calls of tools may be open at once.
    pub tool_calls: usize,
    /// The name of the person at this machine, until setup says another.
    pub local_name: String,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            endless_sessions: false,
            session_minutes: 24 * 60,
            local_grace: Duration::from_secs(30),
            remote_grace: Duration::from_mins(10),
            turn_limit: crate::domain::TURN_LIMIT,
            pending_of_author: 5,
            pending_of_session: 50,
            pending_of_program: 1000,
            prompts_a_minute: 20,
            participants_of_session: 1000,
            host_event_days: 30,
            host_events: 100_000,
            agent_starts: 2 * std::thread::available_parallelism().map_or(1, usize::from),
            tool_calls: 64,
            local_name: "admin".into(),
        }
    }
}

/// The application, without any transport. Cheap to clone.
#[derive(Debug, Clone)]
pub struct App {
    store: Store,
    live: Live,
    hosts: Hosts,
    settings: Arc<Settings>,
    /// This run of the server.
    run: InstanceId,
    wake: Wake,
    hashing: hashing::Hashing,
    /// Who has done what how often of late.
    rates: Arc<rates::Rates>,
    /// Who may start agents and call tools now, and who waits for it.
    admission: admission::Admission,
    /// Who sees what happens at the hosts.
    seers: host_access::Seers,
}

/// What background work sleeps on.
#[derive(Debug, Clone, Default)]
pub struct Wake {
    /// A dispatch may have become possible.
    pub dispatcher: Arc<Notify>,
    /// There is a new deadline.
    pub sweeper: Arc<Notify>,
}

impl App {
    /// An application over `store`, whose sink feeds `live` and `wake`.
    pub fn new(store: Store, live: Live, settings: Settings, wake: Wake) -> Self {
        let (hosts, run) = (Hosts::default(), InstanceId::new());
        let hashing = hashing::Hashing::default();
        let rates = Arc::new(rates::Rates::new(settings.prompts_a_minute));
        let admission = admission::Admission::new(settings.agent_starts, settings.tool_calls);
        let (settings, seers) = (Arc::new(settings), host_access::Seers::default());
        Self { store, live, hosts, settings, run, wake, hashing, rates, admission, seers }
    }

    /// The time.
    pub fn now(&self) -> Timestamp {
        self.store.now()
    }

    /// How many streams are open.
    pub fn streams(&self) -> usize {
        self.live.watchers().count()
    }

    /// That the writer answers: one unit that does nothing.
    ///
    /// # Errors
    /// What keeps it from writing.
    pub async fn check_writer(&self) -> crate::Result<()> {
        self.store.write(async |_| Ok(())).await
    }
}
