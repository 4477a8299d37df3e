//! What people write.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{ApprovalId, MessageId, ParticipantId, Seq, SessionId, Timestamp, UserRef};

/// What a person wrote, or a line by the server.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Message {
    /// Identifier.
    pub id: MessageId,
    /// The session it belongs to.
    pub shared_session_id: SessionId,
    /// Who wrote it; absent for a line by the server.
    pub participant_id: Option<ParticipantId>,
    /// The same person across sessions.
    #[schema(value_type = Option<String>)]
    pub author_user_id: Option<UserRef>,
    /// What it is.
    pub kind: MessageKind,
    /// What it says: text, never HTML.
    pub text: String,
    /// When it was written.
    pub created_at: Timestamp,
    /// The approval that a prompt became.
    pub approval_id: Option<ApprovalId>,
    /// The message it answers.
    pub reply_to: Option<MessageId>,
    /// What it is about.
    pub anchor: Option<Anchor>,
}

/// What a message is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum MessageKind {
    /// For people.
    Comment,
    /// For the agent.
    Prompt,
    /// By the server: who joined, left or was removed, what somebody may do now, another mode, another host. No
    /// `message_created` tells of it: the event of the change does.
    System,
}

/// What a message is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(untagged, deny_unknown_fields, rename_all = "camelCase")]
#[schema(example = json!({"seq": 17}))]
pub enum Anchor {
    /// An event.
    #[serde(rename_all = "camelCase")]
    Event {
        /// Its number.
        #[schema(value_type = i64, minimum = 1)]
        seq: Seq,
    },
    /// A tool call, or a line of what it touches.
    #[serde(rename_all = "camelCase")]
    ToolCall {
        /// The agent's id of the call.
        tool_call_id: String,
        /// The file.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        path: Option<String>,
        /// The line, from 1.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        line: Option<u32>,
    },
}
