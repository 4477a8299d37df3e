//! Rows as the domain has them. Macros, because every query has a row type of its own.

/// A session of a row with its columns; `$last_seq` is the number of its newest event.
macro_rules! session {
    ($row:expr, $last_seq:expr) => {
        crate::domain::Session {
            id: $row.id,
            workspace_id: $row.workspace_id,
            title: $row.title,
            host_user_id: $row.host_user_id,
            host_session_id: $row.agent_session_id,
            mode: $row.mode,
            approval_required: $row.mode.approval_required(),
            created_at: $row.created_at,
            expires_at: $row.expires_at,
            closed_at: $row.closed_at,
            status: $row.status,
            last_seq: $last_seq,
        }
    };
}

/// A participant of a row with its columns.
macro_rules! participant {
    ($row:expr, $id:expr, $session:expr) => {
        crate::domain::Participant {
            id: $id,
            shared_session_id: $session,
            user_id: $row.user_id.map_or(UserRef::Guest($id), UserRef::User),
            label: $row.label,
            display_name: $row.display_name,
            role: $row.role,
            can_decide: $row.can_decide,
            joined_at: $row.joined_at,
            left_at: $row.left_at,
            left_reason: $row.left_reason,
            online: false,
        }
    };
}

pub(super) use participant;
pub(super) use session;
