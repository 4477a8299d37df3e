//! What people should know of something that a program asks before they decide: who asks, where, and who may decide.

use serde::Serialize;
use utoipa::ToSchema;

use super::{App, Caller, action_decisions, host_access};
use crate::{
    domain::{Agent, Approval, ApprovalKind, Host, UserId},
    error::{Code, Result},
    store::Reads,
};

/// What there is to know of something that a program asks, besides what it says itself.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ActionFacts {
    /// The agent that asks, if one that is registered still.
    pub agent: Option<Agent>,
    /// Where it asks from; absent: over HTTP.
    pub host: Option<Host>,
    /// The name of whose program asks.
    pub asked_by: Option<String>,
    /// The names of who may decide besides admins, as far as the caller may know them.
    pub deciders: Vec<String>,
    /// Why the caller may not decide; absent: they may.
    pub refused: Option<String>,
    /// The name of who decided, if they have an account.
    pub resolved_by: Option<String>,
    /// The name of who told the host what they would choose.
    pub requested_by: Option<String>,
}

impl App {
    /// What there is to know of something that a program asks; nothing of any other kind of approval.
    ///
    /// # Errors
    /// What reading says.
    pub async fn action_facts(
        &self,
        caller: &Caller,
        approval: &Approval,
    ) -> Result<Option<ActionFacts>> {
        if approval.kind != ApprovalKind::Action {
            return Ok(None);
        }
        let mut reads = self.store.read().await?;
        let reads = &mut reads;
        let agent = match approval.agent_id {
            Some(id) => reads.agent(id).await.ok(),
            None => None,
        };
        let host = match approval.host_id.or(agent.as_ref().map(|agent| agent.host_id)) {
            Some(id) => Some(reads.host(id).await?.host),
            None => None,
        };
        let refused = match action_decisions::check_decides(reads, caller, approval).await {
            Ok(()) => None,
            Err(error) if error.code == Code::DecisionNotAllowed => Some(error.message),
            Err(error) => return Err(error),
        };
        let wish = approval.resolve_request.as_ref();
        Ok(Some(ActionFacts {
            asked_by: name(reads, approval.asked_by_user_id).await?,
            deciders: deciders(reads, caller, approval).await?,
            refused,
            resolved_by: name(reads, approval.resolved_by_user_id).await?,
            requested_by: name(reads, wish.and_then(|wish| wish.by_user_id)).await?,
            agent,
            host,
        }))
    }
}

/// Whose program it is, and at a host whom its owner lets decide: that is told to the owner, to admins, and to each of
/// themselves.
async fn deciders(reads: &mut Reads, caller: &Caller, approval: &Approval) -> Result<Vec<String>> {
    let Some(id) = approval.host_id else {
        return Ok(name(reads, approval.asked_by_user_id).await?.into_iter().collect());
    };
    let owner = reads.host(id).await?.host.user_id;
    let mut names: Vec<_> = name(reads, owner).await?.into_iter().collect();
    let at = host_access::at_host(reads, caller, id).await?;
    let all = at.owns() || caller.is_admin();
    let grants = reads.grants(id).await?.into_iter().filter(|it| it.can_decide);
    let told = grants.filter(|it| all || Some(it.user_id) == caller.user_id());
    names.extend(told.map(|it| it.name));
    Ok(names)
}

async fn name(reads: &mut Reads, user: Option<UserId>) -> Result<Option<String>> {
    let Some(user) = user else { return Ok(None) };
    Ok(reads.user(user).await?.map(|user| user.name))
}
