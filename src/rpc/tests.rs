//! What one side writes, the other reads.

use serde::Serialize;
use serde_json::value::RawValue;

use super::{
    Envelope, Incoming, MAX_DEPTH,
    calls::{
        Accepted, AgentStatus, Delivered, HostCall, Outcome, PermissionRequest, QuestionRequest,
        Report, RequestOption, ServerCall, StatusReport, TurnState, Updates,
    },
    depth,
};
use crate::domain::{AgentSessionId, DispatchId, InstanceId, RequestId};

fn raw(json: &str) -> Box<RawValue> {
    RawValue::from_string(json.to_owned()).unwrap()
}

fn host_calls() -> Vec<HostCall> {
    let agent_session_id = AgentSessionId::new();
    let request_id = RequestId::new();
    let odd = r#"{"sessionId":"s","update":{"sessionUpdate":"new_thing","n":1.50,"n":2}}"#;
    vec![
        HostCall::Update(Updates {
            agent_session_id,
            instance: InstanceId::new(),
            first: 7,
            updates: vec![raw(odd)],
        }),
        HostCall::Permission(PermissionRequest {
            request_id,
            agent_session_id,
            dispatch_id: None,
            tool_call_id: "t".to_owned(),
            tool_call: raw(r#"{"toolCallId":"t"}"#),
            options: vec![RequestOption {
                option_id: "yes".to_owned(),
                name: "Yes".to_owned(),
                kind: "a_kind_of_its_own".to_owned(),
            }],
        }),
        HostCall::Question(QuestionRequest {
            request_id,
            agent_session_id,
            dispatch_id: Some(DispatchId::new()),
            message: "Which?".to_owned(),
            request: raw(r#"{"mode":"form"}"#),
        }),
        HostCall::Delivered(Delivered { request_id, agent_session_id }),
        HostCall::Status(StatusReport {
            agent_session_id,
            status: AgentStatus::Exited { exit_code: Some(3), stderr: "no".to_owned() },
        }),
        HostCall::Report(Report {
            dispatch_id: DispatchId::new(),
            agent_session_id,
            instance: InstanceId::new(),
            state: TurnState::Failed { error: "no".to_owned() },
        }),
    ]
}

#[test]
fn every_call_of_a_host_is_read_as_it_was_written() {
    for call in host_calls() {
        let text = Envelope::call(1, &call).unwrap();
        match Envelope::read::<HostCall>(&text).unwrap() {
            Incoming::Call { id: Some(1), call } => {
                assert_eq!(Envelope::call(1, &call).unwrap(), text);
            }
            other => panic!("{text} was read as {other:?}"),
        }
    }
}

#[test]
fn a_call_whose_parameters_come_first_is_read_too() {
    for call in host_calls() {
        #[derive(Serialize)]
        struct Backwards<'a> {
            params: &'a RawValue,
            method: &'a str,
            id: u64,
            jsonrpc: &'a str,
        }
        let text = Envelope::call(1, &call).unwrap();
        let envelope: Envelope = serde_json::from_str(&text).unwrap();
        let backwards = serde_json::to_string(&Backwards {
            params: envelope.params.as_deref().unwrap(),
            method: envelope.method.as_deref().unwrap(),
            id: 1,
            jsonrpc: "2.0",
        })
        .unwrap();
        let read = Envelope::read::<HostCall>(&backwards).unwrap();
        assert!(matches!(read, Incoming::Call { .. }), "{backwards} was read as {read:?}");
    }
}

#[test]
fn what_cannot_be_understood_is_refused_with_its_id() {
    let unknown = r#"{"jsonrpc":"2.0","id":4,"method":"host.fly","params":{}}"#;
    let Incoming::Refused { id: Some(4), error } = Envelope::read::<ServerCall>(unknown).unwrap()
    else {
        panic!("not refused")
    };
    assert_eq!(error.code, -32601);
    let wrong = r#"{"jsonrpc":"2.0","id":5,"method":"agent.cancel","params":{}}"#;
    let Incoming::Refused { id: Some(5), error } = Envelope::read::<ServerCall>(wrong).unwrap()
    else {
        panic!("not refused")
    };
    assert_eq!(error.code, -32602);
}

#[test]
fn answers_keep_their_shape() {
    let state = TurnState::Succeeded { stop_reason: "a_reason_of_its_own".to_owned() };
    let text = Envelope::answer(2, Ok(&Accepted { state })).unwrap();
    let Incoming::Answer { id: 2, result: Ok(result) } = Envelope::read::<HostCall>(&text).unwrap()
    else {
        panic!("not an answer")
    };
    assert_eq!(result.get(), r#"{"state":"succeeded","stop_reason":"a_reason_of_its_own"}"#);
    let outcome: Outcome =
        serde_json::from_str(r#"{"outcome":"selected","option_id":"x"}"#).unwrap();
    assert_eq!(outcome, Outcome::Selected { option_id: "x".to_owned() });
}

#[test]
fn brackets_in_strings_do_not_nest() {
    assert_eq!(depth(r#"{"a":[1,{"b":"[[[\"{{"}],"c":[]}"#), 3);
    assert_eq!(depth("7"), 0);
}

#[test]
fn a_call_that_nests_too_deep_is_refused_and_names_its_id() {
    let deep = format!("{}{}", "[".repeat(MAX_DEPTH), "]".repeat(MAX_DEPTH));
    let frame =
        format!(r#"{{"jsonrpc":"2.0","id":7,"method":"agent_session.update","params":{deep}}}"#);
    let read = Envelope::read::<HostCall>(&frame).unwrap();
    let Incoming::Refused { id: Some(7), error } = read else { panic!("{read:?}") };
    assert_eq!(error.data.unwrap().code, crate::Code::InvalidBody);
}
