//! What the server says for itself among what people write.

use std::fmt;

use super::{Message, MessageId, MessageKind, Mode, Participant, Role, SessionId, Timestamp};

/// What happened to a session or to those in it.
#[derive(Debug, Clone, Copy)]
pub enum Line<'a> {
    /// Somebody came.
    Joined(&'a Participant),
    /// Somebody left.
    Left(&'a Participant),
    /// The host sent somebody out.
    Removed(&'a Participant),
    /// Somebody is or may do something else now.
    Changed(&'a Participant),
    /// Collaborators may do something else now.
    Mode(Mode),
    /// Somebody else is host now.
    HandedOver {
        /// Who is host now.
        to: &'a Participant,
        /// Who was.
        from: &'a Participant,
    },
}

impl fmt::Display for Line<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Joined(who) => write!(f, "{} joined as {}.", who.name(), who.role.word()),
            Self::Left(who) => write!(f, "{} left.", who.name()),
            Self::Removed(who) => write!(f, "{} was removed.", who.name()),
            Self::Changed(who) => {
                let decides = who.can_decide && who.role != Role::Host;
                let decides = if decides { " who may decide" } else { "" };
                write!(f, "{} is now a {}{decides}.", who.name(), who.role.word())
            }
            Self::Mode(mode) => write!(f, "The mode is now {}.", mode.word()),
            Self::HandedOver { to, from } => {
                write!(f, "{} handed over to {}, who is host now.", from.name(), to.name())
            }
        }
    }
}

impl Message {
    /// A line by the server.
    pub fn system(session: SessionId, line: Line<'_>, now: Timestamp) -> Self {
        Self {
            id: MessageId::new(),
            shared_session_id: session,
            participant_id: None,
            author_user_id: None,
            kind: MessageKind::System,
            text: line.to_string(),
            created_at: now,
            approval_id: None,
            reply_to: None,
            anchor: None,
        }
    }
}
