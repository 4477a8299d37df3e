//! What programs ask of people: may this be done, yes or no, or which of several answers.

use std::{collections::HashSet, time::Duration};

use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest, Sha256};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    AgentId, Approval, ApprovalId, ApprovalKind, ApprovalOption, ApprovalStatus, DEFAULT_LIFE,
    HostId, LoginId, OptionKind, RequestId, Timestamp, TokenId, UserId, shown_digest, text,
};
use crate::error::{Code, Error, Result};

/// How many answers a program may offer.
const MAX_OPTIONS: usize = 20;
/// How much a program may send along, in bytes of JSON.
const MAX_DETAILS: usize = 64 * 1024;
/// The longest an answer may be waited for.
const MAX_TIME: Duration = Duration::from_hours(24 * 365);
/// The longest name that a program gives its request, in bytes.
const MAX_REQUEST: usize = 128;

/// Something that a program asks of people.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(example = json!({"action": "Deploy to production?", "options": ["yes", "no"], "timeoutMs": 600_000}))]
pub struct NewAction {
    /// The program's own name for the request: asked again by it, it is the same approval. 1 to 128 characters.
    #[serde(default)]
    #[schema(max_length = 128)]
    pub request_id: Option<String>,
    /// The registered agent that asks.
    #[serde(default)]
    pub agent_id: Option<AgentId>,
    /// What is asked, in one line.
    pub action: String,
    /// What people should know before they answer: any JSON.
    #[serde(default)]
    pub details: Value,
    /// The answers that are offered; absent: `approve` and `deny`.
    #[serde(default)]
    #[schema(max_items = 20)]
    pub options: Option<Vec<String>>,
    /// Which of them is the yes; absent: the first.
    #[serde(default)]
    pub approve_option: Option<String>,
    /// Whether people decide, and not the host that asks. What is asked without a host is always for people.
    #[serde(default)]
    pub system_level: bool,
    /// How long the answer is waited for, in milliseconds; absent: 24 hours. Then it is `expired`, which is never a yes.
    #[serde(default)]
    #[schema(minimum = 1)]
    pub timeout_ms: Option<u64>,
}

/// By what somebody asks or decides: what asked never decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Credential {
    /// The socket of the data directory.
    Socket,
    /// A token.
    Token(TokenId),
    /// A browser that is signed in.
    Login(LoginId),
}

impl Credential {
    /// How it is stored.
    pub fn text(self) -> String {
        match self {
            Self::Socket => "socket".into(),
            Self::Token(id) => format!("token:{id}"),
            Self::Login(id) => format!("login:{id}"),
        }
    }
}

/// Who asks.
#[derive(Debug, Clone, Copy)]
pub struct Asker {
    /// The host whose program it is, if it came by a host's connection.
    pub host: Option<HostId>,
    /// Whose program it is; nobody's at the server's own host and over the socket.
    pub user: Option<UserId>,
    /// By what.
    pub credential: Credential,
}

/// That a person told a host what they would choose: only the host decides what belongs to it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ResolveRequest {
    /// When.
    pub at: Timestamp,
    /// Who.
    pub by_user_id: Option<UserId>,
    /// Which of the options.
    pub option_id: String,
    /// Why.
    pub reason: Option<String>,
}

/// What asking came to, as the program that asked is told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum Resolution {
    /// Nobody has said anything yet.
    Pending,
    /// Yes.
    Approved {
        /// Which of the options.
        option: String,
        /// Why.
        reason: Option<String>,
    },
    /// No, or another of the options.
    Denied {
        /// Which of the options, if one was chosen.
        option: Option<String>,
        /// Why.
        reason: Option<String>,
    },
    /// Nobody answered in time, or what asked was taken back or is gone.
    TimedOut {
        /// Why: `deadline`, `withdrawn`, `agent_gone`.
        reason: Option<String>,
    },
}

impl NewAction {
    /// The approval that this becomes at `now`.
    ///
    /// # Errors
    /// `INVALID_BODY` without an action, for options that cannot be told apart or a time that cannot be waited; `INVALID_OPTION`
    /// where the yes is none of them; `TOO_LARGE`, `TEXT_NOT_ALLOWED`.
    pub fn approval(self, asker: Asker, now: Timestamp) -> Result<Approval> {
        let invalid = |text: &str| Error::with(Code::InvalidBody, text);
        let action = text::line(Some(&self.action), text::MAX_LINE)?;
        let action = action.ok_or_else(|| invalid("say what is asked: action"))?;
        let options = offered(self.options, self.approve_option.as_deref())?;
        let details =
            if self.details.is_null() { Value::Object(<_>::default()) } else { self.details };
        if details.to_string().len() > MAX_DETAILS {
            let text = format!("at most {} KiB of details", MAX_DETAILS / 1024);
            return Err(Error::with(Code::TooLarge, text));
        }
        let time = self.timeout_ms.map_or(DEFAULT_LIFE, Duration::from_millis);
        if time.is_zero() || time > MAX_TIME {
            return Err(invalid("timeoutMs is 1 to a year"));
        }
        let request_id = match self.request_id {
            Some(text) => Some(request_id(asker, &text)?),
            None => None,
        };
        let digest = shown_digest(ApprovalKind::Action, &action, &options, &details);
        Ok(Approval {
            id: ApprovalId::new(),
            kind: ApprovalKind::Action,
            shared_session_id: None,
            agent_session_id: None,
            participant_id: None,
            agent_id: self.agent_id,
            host_id: asker.host,
            asked_by_user_id: asker.user,
            system_level: self.system_level || asker.host.is_none(),
            resolve_request: None,
            action,
            prompt: None,
            edited_prompt: None,
            details,
            options,
            digest: digest.map_err(Error::internal)?,
            status: ApprovalStatus::Pending,
            created_at: now,
            expires_at: Some(now.plus(time)),
            resolved_at: None,
            resolved_by_participant_id: None,
            resolved_by_user_id: None,
            option_id: None,
            answer: None,
            reason: None,
            delivered_at: None,
            suggestions: Vec::new(),
            dispatch: None,
            draft: None,
            error_message: None,
            request_id,
        })
    }
}

/// The id that the request of this asker has, however it calls it: two askers never share one.
///
/// # Errors
/// `INVALID_BODY` for an empty or a long name.
pub fn request_id(asker: Asker, name: &str) -> Result<RequestId> {
    if name.is_empty() || name.len() > MAX_REQUEST {
        return Err(Error::with(Code::InvalidBody, "requestId has 1 to 128 characters"));
    }
    let whose = match asker {
        Asker { host: Some(host), .. } => format!("host:{host}"),
        Asker { user: Some(user), .. } => format!("user:{user}"),
        Asker { credential, .. } => credential.text(),
    };
    let mut sha = Sha256::new();
    for part in ["action request", &whose, name] {
        sha.update((part.len() as u64).to_be_bytes());
        sha.update(part);
    }
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&sha.finalize()[..16]);
    Ok(RequestId::from(Uuid::new_v8(bytes)))
}

/// What may be answered: the yes is `allow_once`, everything else is a no.
fn offered(options: Option<Vec<String>>, yes: Option<&str>) -> Result<Vec<ApprovalOption>> {
    let options = options.unwrap_or_else(|| vec!["approve".into(), "deny".into()]);
    let mut seen = HashSet::new();
    let mut offered = Vec::with_capacity(options.len());
    if options.is_empty() || options.len() > MAX_OPTIONS {
        return Err(Error::with(Code::InvalidBody, format!("offer 1 to {MAX_OPTIONS} options")));
    }
    for option in options {
        let line = text::line(Some(&option), text::MAX_NAME)?;
        let Some(id) = line.filter(|line| seen.insert(line.clone())) else {
            let text = "the options cannot be told apart";
            return Err(Error::with(Code::InvalidBody, text));
        };
        let kind = match yes {
            Some(yes) if yes == id => OptionKind::AllowOnce,
            None if offered.is_empty() => OptionKind::AllowOnce,
            _ => OptionKind::RejectOnce,
        };
        offered.push(ApprovalOption { label: id.clone(), id, kind });
    }
    if offered.iter().all(|it| it.kind != OptionKind::AllowOnce) {
        return Err(Error::with(Code::InvalidOption, "the approve option is none of the options"));
    }
    Ok(offered)
}

impl Approval {
    /// What the program that asked is told.
    pub fn resolution(&self) -> Resolution {
        let (option, reason) = (self.option_id.clone(), self.reason.clone());
        match self.status {
            ApprovalStatus::Pending => Resolution::Pending,
            ApprovalStatus::Approved | ApprovalStatus::Failed => {
                Resolution::Approved { option: option.unwrap_or_default(), reason }
            }
            ApprovalStatus::Rejected => Resolution::Denied { option, reason },
            ApprovalStatus::Expired | ApprovalStatus::Withdrawn => Resolution::TimedOut { reason },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asker(host: Option<HostId>) -> Asker {
        Asker { host, user: None, credential: Credential::Socket }
    }

    fn kinds(options: &[&str], yes: Option<&str>) -> Result<Vec<OptionKind>> {
        let options = options.iter().map(ToString::to_string).collect();
        Ok(offered(Some(options), yes)?.into_iter().map(|it| it.kind).collect())
    }

    #[test]
    fn one_answer_is_the_yes_and_every_other_is_a_no() {
        use OptionKind::{AllowOnce, RejectOnce};
        assert_eq!(kinds(&["yes", "no"], None).unwrap(), [AllowOnce, RejectOnce]);
        assert_eq!(
            kinds(&["a", "b", "c"], Some("b")).unwrap(),
            [RejectOnce, AllowOnce, RejectOnce]
        );
        assert_eq!(kinds(&["a"], Some("b")).unwrap_err().code, Code::InvalidOption);
        assert_eq!(kinds(&["a", "a"], None).unwrap_err().code, Code::InvalidBody);
        assert_eq!(kinds(&[], None).unwrap_err().code, Code::InvalidBody);
    }

    #[test]
    fn a_request_has_the_same_id_for_its_asker_and_another_one_for_everybody_else() {
        let (one, other) = (asker(Some(HostId::new())), asker(Some(HostId::new())));
        assert_eq!(request_id(one, "deploy").unwrap(), request_id(one, "deploy").unwrap());
        assert_ne!(request_id(one, "deploy").unwrap(), request_id(other, "deploy").unwrap());
        assert_ne!(request_id(one, "deploy").unwrap(), request_id(one, "deploy 2").unwrap());
        assert!(request_id(one, "").is_err());
    }
}
