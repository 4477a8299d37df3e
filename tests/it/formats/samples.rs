//! One of everything, with every field filled, and with as few as can be.

use std::{fmt::Debug, str::FromStr};

use serde_json::{json, value::RawValue};
use wardroom::domain::{
    Agent, AgentSession, AgentSessionStatus, AgentState, Anchor, Approval, ApprovalKind,
    ApprovalOption, ApprovalStatus, Artifact, ArtifactDecision, Channel, Dispatch, DispatchState,
    Display, Draft, Host, Invite, LeftReason, Life, LifeChange, Message, MessageKind, Mode,
    OptionKind, Participant, ResolveRequest, Role, Session, SessionStatus, Suggestion, Timestamp,
    UserRef, Verdict,
};

/// An id that is always the same.
pub(super) fn id<T: FromStr<Err: Debug>>(n: u8) -> T {
    format!("01890000-0000-7000-8000-0000000000{n:02x}").parse().unwrap()
}

/// A time that is always the same.
pub(super) fn at(second: i64) -> Timestamp {
    Timestamp::from_millis(1_767_225_600_000 + 1000 * second)
}

pub(super) fn raw(json: &str) -> Box<RawValue> {
    RawValue::from_string(json.to_owned()).unwrap()
}

pub(super) fn session() -> Session {
    Session {
        id: id(1),
        workspace_id: Some("acme".to_owned()),
        title: "Fix the tests".to_owned(),
        host_user_id: "01890000-0000-7000-8000-000000000002".to_owned(),
        host_session_id: id(3),
        mode: Mode::PromptWithApproval,
        approval_required: true,
        created_at: at(1),
        expires_at: Some(at(2)),
        closed_at: Some(at(3)),
        status: SessionStatus::Closed,
        last_seq: 4,
    }
}

pub(super) fn bare_session() -> Session {
    let (workspace_id, expires_at, closed_at) = (None, None, None);
    Session { workspace_id, expires_at, closed_at, status: SessionStatus::Active, ..session() }
}

pub(super) fn participant() -> Participant {
    Participant {
        id: id(4),
        shared_session_id: id(1),
        user_id: UserRef::Guest(id(4)),
        label: Some("sam@example.com".to_owned()),
        display_name: Some("Sam".to_owned()),
        role: Role::Collaborator,
        can_decide: true,
        joined_at: at(1),
        left_at: Some(at(2)),
        left_reason: Some(LeftReason::Removed),
        online: false,
    }
}

pub(super) fn bare_participant() -> Participant {
    Participant {
        user_id: UserRef::User(id(2)),
        label: None,
        display_name: None,
        role: Role::Host,
        left_at: None,
        left_reason: None,
        ..participant()
    }
}

pub(super) fn invite() -> Invite {
    Invite {
        id: id(5),
        role: Role::Viewer,
        max_uses: 20,
        uses: 1,
        expires_at: Some(at(2)),
        revoked_at: Some(at(3)),
        created_by: Some(id(4)),
    }
}

pub(super) fn bare_invite() -> Invite {
    Invite { expires_at: None, revoked_at: None, created_by: None, ..invite() }
}

pub(super) fn message() -> Message {
    Message {
        id: id(6),
        shared_session_id: id(1),
        participant_id: Some(id(4)),
        author_user_id: Some(UserRef::Guest(id(4))),
        kind: MessageKind::Comment,
        text: "Does this \"cover\"\n<b>refunds</b>? 👋".to_owned(),
        created_at: at(1),
        approval_id: Some(id(7)),
        reply_to: Some(id(8)),
        anchor: Some(Anchor::ToolCall {
            tool_call_id: "call-1".to_owned(),
            path: Some("src/a.rs".to_owned()),
            line: Some(3),
        }),
    }
}

pub(super) fn bare_message() -> Message {
    Message {
        participant_id: None,
        author_user_id: None,
        kind: MessageKind::System,
        approval_id: None,
        reply_to: None,
        anchor: None,
        ..message()
    }
}

pub(super) fn approval() -> Approval {
    let option = |id: &str, kind| ApprovalOption { id: id.to_owned(), label: id.to_owned(), kind };
    Approval {
        id: id(7),
        kind: ApprovalKind::Prompt,
        shared_session_id: Some(id(1)),
        agent_session_id: Some(id(3)),
        participant_id: Some(id(4)),
        agent_id: Some(id(9)),
        host_id: Some(id(15)),
        asked_by_user_id: Some(id(2)),
        system_level: true,
        resolve_request: Some(ResolveRequest {
            at: at(2),
            by_user_id: Some(id(2)),
            option_id: "yes".to_owned(),
            reason: Some("it is late".to_owned()),
        }),
        action: "Sam wants to send a prompt".to_owned(),
        prompt: Some("run the tests".to_owned()),
        edited_prompt: Some("run the fast tests".to_owned()),
        details: json!({"toolCall": {"title": "cargo test"}}),
        options: vec![
            option("yes", OptionKind::AllowOnce),
            option("ever", OptionKind::AllowAlways),
            option("no", OptionKind::RejectOnce),
            option("never", OptionKind::RejectAlways),
            option("maybe", OptionKind::Other("perhaps".to_owned())),
        ],
        digest: "d".repeat(64),
        status: ApprovalStatus::Failed,
        created_at: at(1),
        expires_at: Some(at(2)),
        resolved_at: Some(at(3)),
        resolved_by_participant_id: Some(id(10)),
        resolved_by_user_id: Some(id(2)),
        option_id: Some("yes".to_owned()),
        answer: Some(json!({"colour": "blue"})),
        reason: Some("the others take an hour".to_owned()),
        delivered_at: Some(at(4)),
        suggestions: vec![Suggestion {
            participant_id: id(11),
            action: Verdict::Reject,
            note: Some("too long".to_owned()),
            at: at(2),
        }],
        dispatch: Some(dispatch()),
        draft: Some(draft()),
        error_message: Some("no network".to_owned()),
        request_id: Some(id(12)),
    }
}

pub(super) fn bare_approval() -> Approval {
    Approval {
        kind: ApprovalKind::Permission,
        shared_session_id: None,
        agent_session_id: None,
        participant_id: None,
        agent_id: None,
        host_id: None,
        asked_by_user_id: None,
        system_level: false,
        resolve_request: None,
        prompt: None,
        edited_prompt: None,
        details: json!({}),
        options: Vec::new(),
        status: ApprovalStatus::Pending,
        expires_at: None,
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
        ..approval()
    }
}

pub(super) fn artifact() -> Artifact {
    Artifact {
        uri: "src/a.rs".to_owned(),
        summary: "Sorts them".to_owned(),
        diff: Some("-old\n+new\n".to_owned()),
        diff_bytes: 10,
        decision: Some(ArtifactDecision::Rejected),
        reason: Some("too clever".to_owned()),
        decided_by: Some(id(4)),
        decided_at: Some(at(3)),
    }
}

pub(super) fn bare_artifact() -> Artifact {
    Artifact {
        diff: None,
        decision: None,
        reason: None,
        decided_by: None,
        decided_at: None,
        ..artifact()
    }
}

pub(super) fn draft() -> Draft {
    Draft {
        id: id(16),
        agent_session_id: id(3),
        summary: "Sort the orders".to_owned(),
        artifacts: vec![artifact(), bare_artifact()],
        approval_id: id(7),
    }
}

pub(super) fn dispatch() -> Dispatch {
    Dispatch {
        id: id(13),
        approval_id: id(7),
        shared_session_id: id(1),
        agent_session_id: id(3),
        state: DispatchState::Failed,
        queued_at: at(3),
        sent_at: Some(at(4)),
        started_at: Some(at(5)),
        ended_at: Some(at(6)),
        stop_reason: Some("end_turn".to_owned()),
        error: Some("no network".to_owned()),
        retry_of: Some(id(14)),
    }
}

pub(super) fn bare_dispatch() -> Dispatch {
    Dispatch {
        state: DispatchState::Queued,
        sent_at: None,
        started_at: None,
        ended_at: None,
        stop_reason: None,
        error: None,
        retry_of: None,
        ..dispatch()
    }
}

pub(super) fn agent_session() -> AgentSession {
    AgentSession {
        id: id(3),
        agent: "claude".to_owned(),
        host_id: id(15),
        title: Some("Fix the tests".to_owned()),
        folder: Some("/work".to_owned()),
        life: Life::Completed,
        completing: true,
        life_change: Some(LifeChange {
            by: Some("01890000-0000-7000-8000-000000000004".to_owned()),
            channel: Channel::Page,
            reason: Some("done for today".to_owned()),
            at: at(2),
        }),
        allow_human_input: true,
        agent_output: true,
        status: AgentSessionStatus::WaitingForApproval,
        goal_id: Some("goal-1".to_owned()),
        channel: Channel::Cli,
        capabilities: vec!["resume".to_owned()],
        agent_name: Some("Claude".to_owned()),
        agent_version: Some("1".to_owned()),
        created_at: at(1),
        ended_at: Some(at(2)),
        elapsed_seconds: 1,
        last_activity_at: at(2),
    }
}

pub(super) fn bare_agent_session() -> AgentSession {
    AgentSession {
        title: None,
        folder: None,
        life: Life::Active,
        completing: false,
        life_change: None,
        allow_human_input: false,
        agent_output: false,
        goal_id: None,
        capabilities: Vec::new(),
        agent_name: None,
        agent_version: None,
        ended_at: None,
        ..agent_session()
    }
}

pub(super) fn host() -> Host {
    Host {
        id: id(15),
        name: "laptop".to_owned(),
        user_id: Some(id(2)),
        connected: true,
        since: at(1),
        version: "1".to_owned(),
    }
}

pub(super) fn bare_host() -> Host {
    Host { user_id: None, connected: false, ..host() }
}

pub(super) fn agent() -> Agent {
    Agent {
        id: id(9),
        name: "deployer".to_owned(),
        kind: "script".to_owned(),
        host_id: id(15),
        description: "It deploys".to_owned(),
        capabilities: vec!["deploy".to_owned()],
        status: AgentState::Running,
        current_task: Some("deploying".to_owned()),
        project: Some("shop".to_owned()),
        pid: Some(812),
        display: Display {
            label: Some("Deployer".to_owned()),
            icon: Some("rocket".to_owned()),
            accent: Some("teal".to_owned()),
        },
        updated_at: at(2),
        metadata: json!({"branch": "main"}),
    }
}
