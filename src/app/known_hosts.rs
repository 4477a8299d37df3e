//! Hosts as somebody knows them: whose they are, and what the caller may there.

use std::collections::HashMap;

use serde::Serialize;
use utoipa::ToSchema;

use super::{App, Caller, host_access};
use crate::{
    domain::Host,
    error::{Code, Result},
};

/// A host as the caller knows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct KnownHost {
    /// The host.
    #[serde(flatten)]
    pub host: Host,
    /// The name of its owner; nobody's at the server's own.
    pub owner_name: Option<String>,
    /// What the caller may there.
    pub may: HostRights,
}

/// What somebody may at a host.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[expect(clippy::struct_excessive_bools, reason = "each is a right of its own")]
pub struct HostRights {
    /// To say what others may there.
    pub grant: bool,
    /// To start its agents.
    pub start_agents: bool,
    /// To decide what programs there ask.
    pub decide: bool,
    /// To call tools of its agents.
    pub call_tools: bool,
}

impl App {
    /// Hosts that the caller may know of.
    ///
    /// # Errors
    /// `UNAUTHENTICATED` for guests.
    pub async fn hosts(&self, caller: &Caller) -> Result<Vec<KnownHost>> {
        let user = caller.user()?.id;
        let mut reads = self.store.read().await?;
        let rows = if caller.is_admin() {
            reads.hosts().await?
        } else {
            reads.hosts_known_to(user).await?
        };
        let (full, runs) = (caller.check_full(Code::HostRequired), caller.check_runs_agents());
        let (full, runs) = (full.is_ok(), runs.is_ok());
        let (mut names, mut known) = (HashMap::new(), Vec::with_capacity(rows.len()));
        for row in rows {
            let at = host_access::at_host(&mut reads, caller, row.host.id).await?;
            let owner = row.host.user_id;
            if let Some(owner) = owner
                && !names.contains_key(&owner)
            {
                names.insert(owner, reads.user(owner).await?.map(|user| user.name));
            }
            let may = HostRights {
                grant: full && at.owns(),
                start_agents: runs && (row.local || owner == Some(user)),
                decide: full && at.decides(),
                call_tools: full && at.calls_tools(),
            };
            let owner_name = owner.and_then(|owner| names.get(&owner).cloned().flatten());
            known.push(KnownHost { host: row.host, owner_name, may });
        }
        Ok(known)
    }
}
