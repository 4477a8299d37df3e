//! What the owner of a host allows others there.

use serde::Deserialize;
use utoipa::ToSchema;

use super::{App, Caller, host_access};
use crate::{
    domain::{HostGrant, HostId, text},
    error::{Code, Error, Result},
    store::Notice,
};

/// What somebody is to be allowed at a host.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(example = json!({"name": "sam", "canDecide": true}))]
pub struct NewGrant {
    /// The name of their account.
    pub name: String,
    /// Whether they may decide what programs there ask.
    #[serde(default)]
    pub can_decide: bool,
    /// Whether they may call tools there.
    #[serde(default)]
    pub can_call_tools: bool,
}

impl App {
    /// What the owner of a host allows others there, by name; to the owner, and to admins.
    ///
    /// # Errors
    /// `NOT_FOUND`; `HOST_REQUIRED` for others who know of the host.
    pub async fn host_grants(&self, caller: &Caller, host: HostId) -> Result<Vec<HostGrant>> {
        let mut reads = self.store.read().await?;
        let at = host_access::seen(&mut reads, caller, host).await?;
        if !at.owns() && !caller.is_admin() {
            return Err(not_the_owner());
        }
        reads.grants(host).await
    }

    /// Allows somebody something at a host of the caller's; nothing takes back what they were allowed.
    ///
    /// # Errors
    /// `NOT_FOUND` for a host that the caller may not know of and for a name that nobody has; `HOST_REQUIRED` for another's host.
    pub async fn grant_at_host(
        &self,
        caller: &Caller,
        host: HostId,
        new: NewGrant,
    ) -> Result<Vec<HostGrant>> {
        let name = text::line(Some(&new.name), text::MAX_NAME)?.unwrap_or_default();
        let caller = caller.clone();
        self.store
            .write(async move |tx| {
                let at = host_access::seen(tx, &caller, host).await?;
                if !at.owns() {
                    return Err(not_the_owner());
                }
                caller.check_full(Code::HostRequired)?;
                // Something is given to who is there; taken back it is from anybody.
                let gives = new.can_decide || new.can_call_tools;
                let user = tx.user_named(&name).await?;
                let user = user.filter(|user| !gives || user.disabled_at.is_none());
                let user = user.ok_or_else(|| {
                    Error::with(Code::NotFound, "nobody has an account of that name")
                        .hint("an admin makes accounts: wardroom user add NAME")
                })?;
                tx.put_grant(&HostGrant {
                    host_id: host,
                    user_id: user.id,
                    name,
                    can_decide: new.can_decide,
                    can_call_tools: new.can_call_tools,
                    granted_at: tx.now(),
                })
                .await?;
                tx.notify(Notice::Access);
                tx.notify(Notice::Unshared);
                tx.grants(host).await
            })
            .await
    }
}

fn not_the_owner() -> Error {
    Error::with(Code::HostRequired, "only the owner of a host says what others may there")
}
