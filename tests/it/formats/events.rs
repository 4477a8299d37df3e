//! The payload of every event of a session and of every host event, their frames and positions.

use serde_json::json;
use wardroom::domain::{
    Actor, AgentState, Event, EventBody, Frame, GENESIS, HostEvent, HostEventBody, OutputStream,
    Position, SessionStatus, link,
};

use super::samples::{
    agent, agent_session, approval, artifact, at, bare_agent_session, bare_approval, bare_dispatch,
    bare_host, bare_invite, bare_message, bare_participant, bare_session, dispatch, host, id,
    invite, message, participant, raw, session,
};

/// A sample of each variant of an enum. A variant without one does not compile.
macro_rules! samples {
    ($name:ident: $enum:ident { $($variant:ident { $($field:ident: $value:expr),* }),* $(,)? }) => {
        pub(super) fn $name() -> Vec<$enum> {
            let all = vec![$($enum::$variant { $($field: $value),* }),*];
            for it in &all {
                match it { $($enum::$variant { .. })|* => {} }
            }
            all
        }
    };
}

samples! { events: EventBody {
    SharedSessionCreated { session: session() },
    SessionUpdated { session: session() },
    SessionClosed { status: SessionStatus::Closed, by: Some(Actor::Participant(id(4))) },
    ParticipantJoined { participant: participant() },
    ParticipantLeft { participant: participant() },
    ParticipantUpdated { participant: participant() },
    ParticipantRemoved { participant: participant() },
    HostChanged { participant: participant() },
    InviteCreated { invite: invite() },
    InviteRevoked { invite: invite() },
    MessageCreated { message: message(), participant: participant() },
    PromptPendingApproval { approval: approval(), message: message(), participant: participant() },
    PromptApproved { approval: approval(), participant: participant(), message: Some(message()) },
    PromptRejected { approval: approval(), participant: participant() },
    ApprovalRequested { approval: approval() },
    ApprovalResolved { approval: approval() },
    ApprovalExpired { approval: approval() },
    ApprovalWithdrawn { approval: approval() },
    ApprovalSuggested { approval: approval() },
    ApprovalExtended { approval: approval() },
    PromptDispatchStarted { approval_id: id(7), dispatch: dispatch() },
    PromptDispatchCompleted { approval_id: id(7), dispatch: dispatch() },
    PromptDispatchFailed { approval_id: id(7), dispatch: dispatch(), error: Some("no".to_owned()) },
    PromptDispatchCancelled { approval_id: id(7), dispatch: dispatch() },
    PromptDispatchUnknown { approval_id: id(7), dispatch: dispatch() },
    PromptDispatchSettled { approval_id: id(7), dispatch: dispatch(), retry: Some(dispatch()) },
    HostSessionUpdate { notification: raw(r#"{"sessionId":"s","update":{"new":1.50,"new":2}}"#) },
    UpdatesDropped { count: 3 },
    AgentSessionUpdated { agent_session: agent_session() },
    DraftReady { draft_id: id(16), summary: "Sort the orders".to_owned(), artifact_count: 2 },
    ArtifactDecided {
        draft_id: id(16), approval_id: id(7), artifact: artifact(), participant: participant()
    },
    AgentOutput { stream: OutputStream::Stderr, content: "warning: \u{1b}[33munused".to_owned() },
    GoalComplete { goal_id: "goal-1".to_owned() },
    WaitingForInput { prompt: "Which branch?".to_owned() },
    StatusUpdate { message: "Looking around".to_owned() },
    HostConnected { host: host() },
    HostDisconnected { host: host() },
} }

samples! { host_events: HostEventBody {
    Connected { instance: id(16) },
    Disconnected {},
    Notification { kind: "deploy.began".to_owned(), payload: json!({"to": "production"}) },
    AgentRegistered { agent: agent() },
    AgentUnregistered { agent: agent() },
    AgentStatusChanged { agent: agent(), former: AgentState::Idle, payload: json!(null) },
    ApprovalRequested { approval: approval() },
    ApprovalResolved { approval: approval() },
    ApprovalResolveRequested { approval: approval() },
} }

/// The events with as little in them as can be.
pub(super) fn bare_events() -> Vec<EventBody> {
    vec![
        EventBody::SharedSessionCreated { session: bare_session() },
        EventBody::SessionClosed { status: SessionStatus::Expired, by: None },
        EventBody::ParticipantJoined { participant: bare_participant() },
        EventBody::InviteCreated { invite: bare_invite() },
        EventBody::MessageCreated { message: bare_message(), participant: bare_participant() },
        EventBody::PromptApproved {
            approval: bare_approval(),
            participant: bare_participant(),
            message: None,
        },
        EventBody::PromptDispatchFailed {
            approval_id: id(7),
            dispatch: bare_dispatch(),
            error: None,
        },
        EventBody::AgentSessionUpdated { agent_session: bare_agent_session() },
        EventBody::HostDisconnected { host: bare_host() },
    ]
}

fn lines(bodies: &[EventBody]) -> String {
    let line =
        |body: &EventBody| format!("{} {}", body.kind(), serde_json::to_string(body).unwrap());
    bodies.iter().map(line).collect::<Vec<_>>().join("\n")
}

#[test]
fn every_event_has_its_payload() {
    let events = events();
    let mut kinds: Vec<_> = events.iter().map(EventBody::kind).collect();
    kinds.sort_unstable();
    kinds.dedup();
    assert_eq!(kinds.len(), events.len(), "each has a name of its own");
    insta::assert_snapshot!(lines(&events));
}

#[test]
fn the_page_about_the_api_names_every_event_and_what_it_carries() {
    let page = include_str!("../../../docs/api.md");
    for event in events() {
        let name = format!("`{}`", event.kind());
        let row = page.lines().find(|line| line.starts_with("| `") && line.contains(&name));
        let row = row.unwrap_or_else(|| panic!("{name} is not documented"));
        let words: Vec<_> = row.split(|it: char| !it.is_alphanumeric()).collect();
        let payload = serde_json::to_value(&event).unwrap();
        for field in payload.as_object().unwrap().keys() {
            assert!(words.contains(&field.as_str()), "{field} of {name} is not documented");
        }
    }
}

#[test]
fn what_is_absent_is_null_and_not_left_out() {
    insta::assert_snapshot!(lines(&bare_events()));
}

pub(super) fn host_event(n: usize, body: &HostEventBody) -> HostEvent {
    HostEvent {
        seq: i64::try_from(n).unwrap() + 1,
        id: id(17),
        timestamp: at(1),
        kind: body.kind().to_owned(),
        host_id: id(15),
        agent_id: Some(id(9)),
        message: Some("for people".to_owned()),
        payload: serde_json::to_value(body).unwrap(),
    }
}

#[test]
fn every_host_event_has_its_payload() {
    let lines = host_events().into_iter().enumerate().map(|(n, body)| {
        let event = host_event(n, &body);
        assert_eq!(serde_json::from_value::<HostEvent>(json!(event)).unwrap(), event);
        serde_json::to_string(&event).unwrap()
    });
    insta::assert_snapshot!(lines.collect::<Vec<_>>().join("\n"));
}

#[test]
fn a_frame_is_the_position_and_one_line_of_json() {
    let body = EventBody::HostSessionUpdate { notification: raw(r#"{"text":"two\nlines"}"#) };
    let (payload, timestamp) = (serde_json::to_string(&body).unwrap(), at(1).to_string());
    let chain = link(&GENESIS, 1, &timestamp, body.kind(), &payload);
    let event = Event {
        seq: 1,
        r#type: body.kind(),
        shared_session_id: id(1),
        timestamp: &timestamp,
        payload: &raw(&payload),
    };
    let frame = Frame::encode(&event, chain).unwrap();
    insta::assert_snapshot!(std::str::from_utf8(&frame.bytes).unwrap());
    let position = Position::new(1, &chain);
    assert!(frame.bytes.starts_with(format!("id: {position}\n").as_bytes()));
    assert_eq!(position.to_string().parse::<Position>().unwrap(), position);
    assert_eq!("7".parse::<Position>().unwrap().to_string(), "7");
}
