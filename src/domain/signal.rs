//! What is live and lossy: never stored, without a number, gone when nobody listens.

use bytes::Bytes;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::ParticipantId;

/// What somebody does at the moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Presence {
    /// Looks at the session.
    Watching,
    /// Writes something.
    Typing,
    /// Has the session open, and looks elsewhere.
    Idle,
}

/// A signal as it goes over the wire, encoded once however many follow. Cheap to clone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signal {
    /// Its line of the stream and the empty line: no id, so that it moves no position.
    pub bytes: Bytes,
}

/// The frames of signals.
#[derive(Debug, Serialize, ToSchema)]
#[serde(
    tag = "type",
    content = "payload",
    rename_all = "snake_case",
    rename_all_fields = "camelCase"
)]
pub enum SignalBody {
    /// Somebody does this now.
    #[schema(rename_all = "camelCase")]
    Presence {
        /// Who.
        participant_id: ParticipantId,
        /// What.
        state: Presence,
    },
}

impl Signal {
    /// That a participant does this now.
    pub fn presence(participant_id: ParticipantId, state: Presence) -> serde_json::Result<Self> {
        let json = serde_json::to_string(&SignalBody::Presence { participant_id, state })?;
        Ok(Self { bytes: Bytes::from(format!("data: {json}\n\n")) })
    }
}
