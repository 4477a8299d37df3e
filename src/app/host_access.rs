//! What somebody may at a host: see what happens there, decide what is asked there, call tools there.

use std::collections::HashMap;

use super::Caller;
use crate::{
    domain::{Credential, HostFrame, HostId},
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

/// Which host events a caller is told; what was looked up is remembered until access changes.
#[derive(Debug)]
pub(super) struct Sight {
    hosts: HashMap<HostId, bool>,
    /// The number of access when they were looked up.
    access: u64,
}

impl Sight {
    /// Nothing has been looked up yet, at this number of access.
    pub(super) fn new(access: u64) -> Self {
        Self { hosts: HashMap::new(), access }
    }

    /// Whether what was looked up counts still; forgets it otherwise.
    pub(super) fn refresh(&mut self, access: u64) -> bool {
        let is_fresh = self.access == access;
        if !is_fresh {
            self.hosts.clear();
            self.access = access;
        }
        is_fresh
    }

    /// Whether the caller is told of this event, if that is known without a look.
    pub(super) fn knows(&self, frame: &HostFrame) -> Option<bool> {
        match self.hosts.get(&frame.host) {
            Some(false) if frame.is_presence => None,
            known => known.copied(),
        }
    }

    /// Whether the caller is told of this event. That a host is there is told to more: where the server's own is, and where
    /// a session runs that they take part in, which may begin at any time.
    pub(super) async fn look(
        &mut self,
        reads: &mut Reads,
        caller: &Caller,
        frame: &HostFrame,
    ) -> Result<bool> {
        let sees = at_host(reads, caller, frame.host).await?.sees();
        self.hosts.insert(frame.host, sees);
        if sees || !frame.is_presence {
            return Ok(sees);
        }
        let Some(user) = caller.user_id() else { return Ok(false) };
        Ok(reads.host(frame.host).await?.local || reads.shares_with(frame.host, user).await?)
    }
}
