//! What somebody may at a host: see what happens there, decide what is asked there, call tools there.

use std::{
    collections::{HashMap, HashSet},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use super::Caller;
use crate::{
    domain::{Credential, HostId, UserId},
    error::{Code, Error, Result},
    store::Reads,
};

/// What a caller may at a host.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum AtHost {
    /// Nothing: not even know of it.
    Nothing,
    /// To see what happens there, and more.
    Guest {
        /// Whether they may decide what is asked there.
        decides: bool,
        /// Whether they may call tools there.
        calls_tools: bool,
    },
    /// Everything: it is theirs; the server's own is its admins'.
    Owner,
}

impl AtHost {
    /// Whether it is theirs.
    pub(super) fn owns(self) -> bool {
        self == Self::Owner
    }

    /// Whether they know of what happens there.
    pub(super) fn sees(self) -> bool {
        self != Self::Nothing
    }

    /// Whether they may decide what is asked there.
    pub(super) fn decides(self) -> bool {
        matches!(self, Self::Owner | Self::Guest { decides: true, .. })
    }

    /// Whether they may call tools there.
    pub(super) fn calls_tools(self) -> bool {
        matches!(self, Self::Owner | Self::Guest { calls_tools: true, .. })
    }
}

/// What a caller may at a host: everything at their own, what its owner granted them at another's; admins see all and
/// decide all, and call no tools of others.
///
/// # Errors
/// `NOT_FOUND` where there is no such host.
pub(super) async fn at_host(reads: &mut Reads, caller: &Caller, host: HostId) -> Result<AtHost> {
    let row = reads.host(host).await?;
    let Some(user) = caller.user_id() else { return Ok(AtHost::Nothing) };
    let is_own = match row.host.user_id {
        Some(owner) => owner == user,
        None => caller.is_admin(),
    };
    if is_own {
        return Ok(AtHost::Owner);
    }
    Ok(match (reads.grant(host, user).await?, caller.is_admin()) {
        (None, false) => AtHost::Nothing,
        (granted, is_admin) => {
            let (decides, calls_tools) = granted.unwrap_or_default();
            AtHost::Guest { decides: decides || is_admin, calls_tools }
        }
    })
}

/// The same for what must not be known of otherwise.
///
/// # Errors
/// `NOT_FOUND`, also for a host that the caller may not know of.
pub(super) async fn seen(reads: &mut Reads, caller: &Caller, host: HostId) -> Result<AtHost> {
    let at = at_host(reads, caller, host).await?;
    if at.sees() { Ok(at) } else { Err(Code::NotFound.into()) }
}

/// By what a caller asks or decides.
pub(super) fn credential(caller: &Caller) -> Result<Credential> {
    match (caller.local, caller.token, caller.login) {
        (true, ..) => Ok(Credential::Socket),
        (_, Some(token), _) => Ok(Credential::Token(token)),
        (_, _, Some(login)) => Ok(Credential::Login(login)),
        _ => Err(Error::new(Code::Unauthenticated)),
    }
}

/// Who sees what happens at the hosts: looked up once for all who follow, and not once for each of them. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub(super) struct Seers(Arc<Mutex<Looked>>);

#[derive(Debug, Default)]
struct Looked {
    hosts: HashMap<HostId, Arc<SeersOfHost>>,
    /// The number of access when they were looked up.
    access: u64,
}

/// Who sees what happens at a host, besides admins.
#[derive(Debug)]
struct SeersOfHost {
    local: bool,
    owner: Option<UserId>,
    granted: HashSet<UserId>,
}

impl Seers {
    /// Those of a host, if they were looked up at this number of access.
    fn known(&self, host: HostId, access: u64) -> Option<Arc<SeersOfHost>> {
        let looked = self.lock();
        if looked.access == access { looked.hosts.get(&host).cloned() } else { None }
    }

    /// Those of a host; `access` is the number from before `reads` was begun.
    async fn look(&self, reads: &mut Reads, host: HostId, access: u64) -> Result<Arc<SeersOfHost>> {
        // Somebody else may have looked while this one waited for a reader.
        if let Some(known) = self.known(host, access) {
            return Ok(known);
        }
        let row = reads.host(host).await?;
        let granted = reads.grants(host).await?.into_iter().map(|it| it.user_id).collect();
        let found = Arc::new(SeersOfHost { local: row.local, owner: row.host.user_id, granted });
        let mut looked = self.lock();
        if looked.access < access {
            *looked = Looked { hosts: HashMap::new(), access };
        }
        if looked.access == access {
            looked.hosts.insert(host, found.clone());
        }
        Ok(found)
    }

    fn lock(&self) -> MutexGuard<'_, Looked> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl SeersOfHost {
    fn include(&self, caller: &Caller) -> bool {
        let is_theirs = |user| self.owner == Some(user) || self.granted.contains(&user);
        caller.user_id().is_some_and(|user| is_theirs(user) || caller.is_admin())
    }
}

/// Which host events a caller is told; what was looked up is remembered until it may have changed.
#[derive(Debug)]
pub(super) struct Sight {
    seers: Seers,
    /// Whether they see what happens there.
    hosts: HashMap<HostId, bool>,
    /// Whether they are told that it is there though they see nothing else, by the number of people then.
    presence: HashMap<HostId, (bool, u64)>,
    /// The number of access when they were looked up.
    access: u64,
}

/// A host event, as far as it matters for who is told.
#[derive(Debug, Clone, Copy)]
pub(super) struct Fact {
    /// Where it happened.
    pub(super) host: HostId,
    /// Whether it only says whether that host is there.
    pub(super) is_presence: bool,
    /// The number of people when it is told.
    pub(super) people: u64,
}

impl Sight {
    /// Nothing has been looked up yet, at this number of access.
    pub(super) fn new(seers: Seers, access: u64) -> Self {
        Self { seers, hosts: HashMap::new(), presence: HashMap::new(), access }
    }

    /// Whether what was looked up counts still.
    pub(super) fn is_fresh(&self, access: u64) -> bool {
        self.access == access
    }

    /// Forgets what was looked up before this number of access.
    pub(super) fn refresh(&mut self, access: u64) {
        *self = Self::new(self.seers.clone(), access);
    }

    /// Whether the caller is told of this event, if that is known without a look: a thousand who follow must not be a
    /// thousand looks for each event.
    pub(super) fn knows(&mut self, caller: &Caller, fact: Fact) -> Option<bool> {
        if !self.hosts.contains_key(&fact.host)
            && let Some(seers) = self.seers.known(fact.host, self.access)
        {
            self.hosts.insert(fact.host, seers.include(caller));
        }
        match self.hosts.get(&fact.host) {
            Some(false) if fact.is_presence => {
                let known = self.presence.get(&fact.host);
                known.filter(|(_, people)| *people == fact.people).map(|(told, _)| *told)
            }
            known => known.copied(),
        }
    }

    /// Whether the caller is told of this event. That a host is there is told to more: where the server's own is, and where
    /// a session runs that they take part in, which may begin at any time.
    pub(super) async fn look(
        &mut self,
        reads: &mut Reads,
        caller: &Caller,
        fact: Fact,
    ) -> Result<bool> {
        let host = fact.host;
        let those = self.seers.look(reads, host, self.access).await?;
        let sees = those.include(caller);
        self.hosts.insert(host, sees);
        if sees || !fact.is_presence {
            return Ok(sees);
        }
        let Some(user) = caller.user_id() else { return Ok(false) };
        let told = those.local || reads.shares_with(host, user).await?;
        self.presence.insert(host, (told, fact.people));
        Ok(told)
    }
}
