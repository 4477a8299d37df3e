//! Typed identifiers: an id of one kind cannot be passed for another.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Declares a typed identifier: a UUID v7, so identifiers sort by the time they were made.
macro_rules! id {
    ($($(#[$doc:meta])+ $name:ident;)*) => {$(
        $(#[$doc])+
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[derive(utoipa::ToSchema)]
        #[serde(transparent)]
        #[schema(value_type = Uuid)]
        pub struct $name(Uuid);

        impl $name {
            /// A fresh identifier.
            #[expect(clippy::new_without_default, reason = "every call is different")]
            pub fn new() -> Self {
                Self(Uuid::now_v7())
            }

            /// The last six hex digits: what people see and type.
            pub fn short(self) -> String {
                let full = self.0.simple().to_string();
                full[26..].to_owned()
            }
        }

        impl From<Uuid> for $name {
            fn from(id: Uuid) -> Self {
                Self(id)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = uuid::Error;

            fn from_str(s: &str) -> Result<Self, Self::Err> {
                s.parse().map(Self)
            }
        }
    )*};
}

id! {
    /// Identifies a [`User`](super::User): a person with an account.
    UserId;
    /// Identifies a user's token.
    TokenId;
    /// Identifies a login: one browser, signed in.
    LoginId;
    /// Identifies a shared [`Session`](super::Session).
    SessionId;
    /// Identifies a [`Participant`](super::Participant).
    ParticipantId;
    /// Identifies an [`Invite`](super::Invite).
    InviteId;
    /// Identifies a [`Message`](super::Message).
    MessageId;
    /// Identifies an [`Approval`](super::Approval).
    ApprovalId;
    /// Identifies a suggestion on an approval.
    SuggestionId;
    /// Identifies a [`Dispatch`](super::Dispatch).
    DispatchId;
    /// Identifies a [`Draft`](super::Draft).
    DraftId;
    /// Identifies an [`AgentSession`](super::AgentSession).
    AgentSessionId;
    /// Identifies an [`Agent`](super::Agent) in the registry.
    AgentId;
    /// Identifies a [`Host`](super::Host): made once by the host and stored with it.
    HostId;
    /// Identifies one process of a host, or one run of the server: new at each start.
    InstanceId;
    /// Identifies a request that an agent makes of people; made by the host.
    RequestId;
    /// Identifies one call of a tool.
    ActionId;
    /// Identifies a [`HostEvent`](super::HostEvent).
    HostEventId;
}
