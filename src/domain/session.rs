//! The shared session, its modes and roles, and the permission matrix.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{AgentSessionId, Seq, SessionId, Timestamp, text};
use crate::error::{Code, Error, Result};

/// How long a session, an approval or an invite lives when nobody says otherwise.
pub const DEFAULT_LIFE: Duration = Duration::from_hours(24);

/// One agent session shown to people, with mode, participants and log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Session {
    /// Identifier.
    pub id: SessionId,
    /// A label for filtering; it grants nothing.
    pub workspace_id: Option<String>,
    /// What people call it.
    pub title: String,
    /// Whose word is last: a user id, or `guest:<participant id>`.
    pub host_user_id: String,
    /// The agent session that is shared.
    pub host_session_id: AgentSessionId,
    /// What collaborators may do.
    pub mode: Mode,
    /// Whether prompts of collaborators wait for a yes: follows from the mode.
    pub approval_required: bool,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it ends by itself; absent: never.
    pub expires_at: Option<Timestamp>,
    /// When it ended.
    pub closed_at: Option<Timestamp>,
    /// Where it is in its life.
    pub status: SessionStatus,
    /// The number of its newest event.
    #[schema(value_type = i64)]
    pub last_seq: Seq,
}

/// What collaborators may do in a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// Watch.
    ViewOnly,
    /// Watch and comment.
    CommentOnly,
    /// Also send prompts, which wait for the host.
    PromptWithApproval,
    /// Also send prompts, which go to the agent at once.
    PromptDirect,
}

/// What its host wants changed about a session; what is absent stays.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(example = json!({"mode": "comment_only"}))]
pub struct SessionChanges {
    /// What collaborators may do from now on. What waits already stays for the host to decide.
    pub mode: Option<Mode>,
    /// What people call it.
    pub title: Option<String>,
    /// How long it lives from now on.
    #[serde(default)]
    #[schema(value_type = Option<i64>, minimum = 0, maximum = 525_600)]
    pub expires_in_minutes: Lifetime,
}

/// What a participant is in a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Shares the agent and has the last word.
    Host,
    /// Does what the mode allows.
    Collaborator,
    /// Watches.
    Viewer,
}

impl Mode {
    /// Its name, for people.
    pub fn word(self) -> &'static str {
        match self {
            Self::ViewOnly => "view only",
            Self::CommentOnly => "comment only",
            Self::PromptWithApproval => "prompt with approval",
            Self::PromptDirect => "prompt direct",
        }
    }
}

impl Role {
    /// Its name, for people.
    pub fn word(self) -> &'static str {
        match self {
            Self::Host => "host",
            Self::Collaborator => "collaborator",
            Self::Viewer => "viewer",
        }
    }
}

/// Where a session is in its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SessionStatus {
    /// It takes prompts, comments and people.
    Active,
    /// Somebody closed it; readable for those who took part.
    Closed,
    /// Its time was up; readable for those who took part.
    Expired,
}

/// What somebody may want to do in a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Action {
    /// Watch and read the history.
    Watch,
    /// Write a comment.
    Comment,
    /// Send a prompt.
    Prompt,
    /// Say what one thinks of an approval.
    Suggest,
    /// Decide an approval.
    Decide,
    /// Take back one's own pending prompt.
    Withdraw,
    /// Stop the running turn.
    StopTurn,
    /// Invite, remove, change the mode, close, hand over.
    Manage,
}

/// What the matrix says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Right {
    /// At once.
    Yes,
    /// What one did oneself: the turn of one's own prompt, one's own pending prompt.
    Own,
    /// When the host, or who `canDecide`, has approved.
    AfterApproval,
    /// Not at all.
    No,
}

/// The permission matrix of an active session: what a role may do in a mode.
///
/// `can_decide` is what the host granted this one participant.
pub fn right(role: Role, mode: Mode, can_decide: bool, action: Action) -> Right {
    use Action::{Comment, Decide, Manage, Prompt, StopTurn, Suggest, Watch, Withdraw};
    use Mode::{CommentOnly, PromptDirect, PromptWithApproval, ViewOnly};
    match (role, action, mode) {
        // A prompt that waits from before a change of mode or role may always be taken back.
        (_, Withdraw, _) | (Role::Collaborator, StopTurn, PromptDirect) => Right::Own,
        (_, Watch, _)
        | (Role::Host, _, _)
        | (
            Role::Collaborator,
            Comment | Suggest,
            CommentOnly | PromptWithApproval | PromptDirect,
        )
        | (Role::Collaborator, Prompt, PromptDirect) => Right::Yes,
        (Role::Collaborator, Prompt, PromptWithApproval) => Right::AfterApproval,
        (Role::Collaborator, Decide, _) if can_decide => Right::Yes,
        (Role::Collaborator, Comment | Suggest | Prompt, ViewOnly)
        | (Role::Collaborator, Prompt, CommentOnly)
        | (Role::Collaborator, StopTurn, ViewOnly | CommentOnly | PromptWithApproval)
        | (Role::Collaborator | Role::Viewer, Decide | Manage, _)
        | (Role::Viewer, Comment | Suggest | Prompt | StopTurn, _) => Right::No,
    }
}

impl Mode {
    /// Whether prompts of collaborators wait for a yes.
    pub fn approval_required(self) -> bool {
        self == Self::PromptWithApproval
    }
}

impl Role {
    /// The role of someone invited as `self` who asks for `wished`: less is fine, more is not.
    ///
    /// # Errors
    /// `INVALID_BODY` when `wished` is more than the invite gives.
    pub fn narrowed(self, wished: Option<Self>) -> Result<Self> {
        match (self, wished) {
            (_, None) => Ok(self),
            (_, Some(wished)) if wished == self => Ok(self),
            (Self::Collaborator, Some(Self::Viewer)) => Ok(Self::Viewer),
            _ => Err(Error::with(Code::InvalidBody, "the invite does not give that role")
                .hint("leave role out, or ask for viewer")),
        }
    }
}

impl Session {
    /// The session as it is at `now`: one whose time has passed is expired, swept or not.
    #[must_use]
    pub fn at(mut self, now: Timestamp) -> Self {
        if self.is_due(now) {
            self.status = SessionStatus::Expired;
            self.closed_at = self.expires_at;
        }
        self
    }

    /// Whether its time has passed and nobody has written so yet.
    pub fn is_due(&self, now: Timestamp) -> bool {
        self.status == SessionStatus::Active && self.expires_at.is_some_and(|end| end <= now)
    }

    /// When something in it ends by itself that begins at `now`: in 24 hours, and never after the session.
    pub fn deadline(&self, now: Timestamp) -> Timestamp {
        let wished = now.plus(DEFAULT_LIFE);
        self.expires_at.map_or(wished, |end| end.min(wished))
    }

    /// Changes it at `now`, and says whether it is another one then; `endless`: whether it may live for ever.
    ///
    /// # Errors
    /// `INVALID_BODY` for an empty title, `TOO_LARGE`, `TEXT_NOT_ALLOWED`, `INVALID_EXPIRY`.
    pub fn change(
        &mut self,
        changes: &SessionChanges,
        now: Timestamp,
        endless: bool,
    ) -> Result<bool> {
        let before = self.clone();
        if let Some(mode) = changes.mode {
            self.mode = mode;
            self.approval_required = mode.approval_required();
        }
        if let Some(title) = &changes.title {
            self.title = text::line(Some(title), text::MAX_LINE)?
                .ok_or_else(|| Error::with(Code::InvalidBody, "the title is empty"))?;
        }
        if changes.expires_in_minutes != Lifetime::Default {
            self.expires_at = changes.expires_in_minutes.end(now, endless)?;
        }
        Ok(*self != before)
    }

    /// That it takes writes at `now`.
    ///
    /// # Errors
    /// `SESSION_INACTIVE` when it has ended, or its time has passed.
    pub fn check_active(&self, now: Timestamp) -> Result<()> {
        if self.status == SessionStatus::Active && !self.is_due(now) {
            return Ok(());
        }
        Err(Error::new(Code::SessionInactive).hint("it stays readable; share the agent again"))
    }
}

/// How long somebody wants something to live, as requests say it: absent, `null`, or minutes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Lifetime {
    /// They do not say: [`DEFAULT_LIFE`] for what is made, as before for what is changed.
    #[default]
    Default,
    /// For ever.
    Never,
    /// This many minutes.
    Minutes(i64),
}

impl Lifetime {
    /// The same, where `minutes` are meant when nobody says anything.
    #[must_use]
    pub fn or_minutes(self, minutes: u32) -> Self {
        if self == Self::Default { Self::Minutes(minutes.into()) } else { self }
    }

    /// When something ends that begins at `now`; `endless`: whether it may live for ever.
    ///
    /// # Errors
    /// `INVALID_EXPIRY` outside of 1 to 525600 minutes.
    pub fn end(self, now: Timestamp, endless: bool) -> Result<Option<Timestamp>> {
        match self {
            Self::Default => Ok(Some(now.plus(DEFAULT_LIFE))),
            Self::Never | Self::Minutes(0) if endless => Ok(None),
            Self::Minutes(minutes @ 1..=525_600) => {
                Ok(Some(now.plus(Duration::from_secs(minutes.unsigned_abs() * 60))))
            }
            _ => Err(Error::new(Code::InvalidExpiry)
                .hint("one minute to one year; leave it out for 24 hours")),
        }
    }
}

impl<'de> Deserialize<'de> for Lifetime {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Option::deserialize(deserializer)?.map_or(Self::Never, Self::Minutes))
    }
}
