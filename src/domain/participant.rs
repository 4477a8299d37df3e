//! People in a session, and the invites that bring them.

use std::fmt;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{InviteId, ParticipantId, Role, SessionId, Timestamp, UserId};
use crate::error::{Code, Error, Result};

/// A person in a session.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Participant {
    /// Identifier.
    pub id: ParticipantId,
    /// The session they are in.
    pub shared_session_id: SessionId,
    /// The account's id, or `guest:<participant id>`.
    #[schema(value_type = String)]
    pub user_id: UserRef,
    /// What a guest's program sent as `userId`; a label, never an identity.
    pub label: Option<String>,
    /// What the others see.
    pub display_name: Option<String>,
    /// What they are here.
    pub role: Role,
    /// Whether they may decide approvals though they are not host.
    pub can_decide: bool,
    /// When they came.
    pub joined_at: Timestamp,
    /// Since when they no longer take part.
    pub left_at: Option<Timestamp>,
    /// Why they no longer take part.
    pub left_reason: Option<LeftReason>,
    /// Whether a stream of theirs is open. Known to the running server only, false in events.
    #[serde(default)]
    pub online: bool,
}

/// What the host wants changed about a participant; what is absent stays.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(example = json!({"canDecide": true}))]
pub struct ParticipantChanges {
    /// What they are here: collaborator or viewer.
    pub role: Option<Role>,
    /// Whether they may decide approvals; never about a prompt of their own.
    pub can_decide: Option<bool>,
}

/// Who somebody is across sessions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum UserRef {
    /// A person with an account.
    User(UserId),
    /// A guest, who is nobody outside of this one session.
    Guest(ParticipantId),
}

/// Who did something in a session, by their id: a participant, or a user without a seat there, as an admin may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum Actor {
    /// From a seat.
    Participant(ParticipantId),
    /// From none.
    User(UserId),
}

/// Why somebody no longer takes part.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum LeftReason {
    /// They left.
    Left,
    /// The host removed them.
    Removed,
    /// Their access was revoked.
    Revoked,
    /// The session ended; they may go on reading.
    Ended,
}

/// The right to join with a fixed role. Its secret is shown once, where it is made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Invite {
    /// Identifier, which is no secret.
    pub id: InviteId,
    /// The role of who joins by it.
    pub role: Role,
    /// How often it may be used.
    pub max_uses: i64,
    /// How often it was.
    pub uses: i64,
    /// Not valid from then on.
    pub expires_at: Option<Timestamp>,
    /// Not valid since then.
    pub revoked_at: Option<Timestamp>,
    /// The participant who made it.
    pub created_by: Option<ParticipantId>,
}

impl Participant {
    /// That they still take part.
    ///
    /// # Errors
    /// `PARTICIPANT_INACTIVE` when they left or were removed; an ended session is the session's affair.
    pub fn check_present(&self) -> Result<()> {
        match self.left_reason {
            None | Some(LeftReason::Ended) => Ok(()),
            Some(_) => Err(Error::new(Code::ParticipantInactive).hint("join again by an invite")),
        }
    }

    /// That they take part now, in a session that goes on.
    ///
    /// # Errors
    /// `PARTICIPANT_INACTIVE` when they do not.
    pub fn check_takes_part(&self) -> Result<()> {
        if self.left_at.is_none() {
            return Ok(());
        }
        let text = "this participant no longer takes part";
        Err(Error::with(Code::ParticipantInactive, text)
            .hint("invite them again; they come back as somebody new"))
    }

    /// Changes what they may do, and says whether that is something else then.
    ///
    /// # Errors
    /// `HOST_MUST_HAND_OVER` for the host, who stays what they are, `INVALID_BODY` for a second host and for a viewer who is
    /// to decide.
    pub fn change(&mut self, changes: ParticipantChanges) -> Result<bool> {
        let role = changes.role.unwrap_or(self.role);
        // A viewer never decides, so what was granted before does not come back by itself.
        let kept = self.can_decide && role != Role::Viewer;
        let can_decide = changes.can_decide.unwrap_or(kept);
        if (role, can_decide) == (self.role, self.can_decide) {
            return Ok(false);
        }
        if self.role == Role::Host {
            return Err(Error::with(Code::HostMustHandOver, "the host has every right")
                .hint("hand over first: POST …/host"));
        }
        if role == Role::Host {
            return Err(Error::with(Code::InvalidBody, "nobody becomes host by a change of role")
                .hint("hand over: POST …/host"));
        }
        if role == Role::Viewer && can_decide {
            return Err(Error::with(Code::InvalidBody, "a viewer does not decide")
                .hint("make them a collaborator"));
        }
        (self.role, self.can_decide) = (role, can_decide);
        Ok(true)
    }

    /// What the others call them.
    pub fn name(&self) -> &str {
        self.display_name.as_deref().unwrap_or("somebody")
    }
}

/// The cure for an invite that lets nobody in.
const ASK: &str = "ask the host for a new link";

impl Invite {
    /// That it was not taken back: then it leads nowhere, also for those who take part already.
    ///
    /// # Errors
    /// `INVITE_REVOKED`.
    pub fn check_stands(&self) -> Result<()> {
        match self.revoked_at {
            Some(_) => Err(Error::new(Code::InviteRevoked).hint(ASK)),
            None => Ok(()),
        }
    }

    /// That somebody new may join by it at `now`.
    ///
    /// # Errors
    /// `INVITE_REVOKED`, `INVITE_EXPIRED` or `INVITE_USED_UP`.
    pub fn check(&self, now: Timestamp) -> Result<()> {
        self.check_stands()?;
        if self.expires_at.is_some_and(|end| end <= now) {
            return Err(Error::new(Code::InviteExpired).hint(ASK));
        }
        if self.uses >= self.max_uses {
            return Err(Error::new(Code::InviteUsedUp).hint(ASK));
        }
        Ok(())
    }
}

impl fmt::Display for Actor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Participant(id) => id.fmt(f),
            Self::User(id) => id.fmt(f),
        }
    }
}

impl fmt::Display for UserRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::User(id) => id.fmt(f),
            Self::Guest(id) => write!(f, "guest:{id}"),
        }
    }
}

impl std::str::FromStr for UserRef {
    type Err = uuid::Error;

    fn from_str(s: &str) -> Result<Self, Self::Err> {
        match s.strip_prefix("guest:") {
            Some(id) => id.parse().map(Self::Guest),
            None => s.parse().map(Self::User),
        }
    }
}

impl Serialize for UserRef {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for UserRef {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}
