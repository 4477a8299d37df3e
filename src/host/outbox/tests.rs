use super::*;
use crate::rpc::{
    Incoming,
    calls::{Delivered, PermissionRequest, Report, TurnState},
};

struct Story {
    outbox: Outbox,
    agent: AgentSessionId,
}

fn story() -> Story {
    Story { outbox: Outbox::new(InstanceId::new()), agent: AgentSessionId::new() }
}

fn error(code: Code) -> RpcError {
    RpcError::from(&Error::new(code))
}

fn null() -> Box<RawValue> {
    RawValue::NULL.to_owned()
}

impl Story {
    fn update(&mut self, json: &str) {
        self.outbox.update(self.agent, RawValue::from_string(json.to_owned()).unwrap());
    }

    fn report(&mut self) -> DispatchId {
        let dispatch_id = DispatchId::new();
        self.outbox.push(HostCall::Report(Report {
            dispatch_id,
            agent_session_id: self.agent,
            instance: self.outbox.instance,
            state: TurnState::Running,
        }));
        dispatch_id
    }

    fn permission(&mut self) -> RequestId {
        let request_id = RequestId::new();
        self.outbox.push(HostCall::Permission(PermissionRequest {
            request_id,
            agent_session_id: self.agent,
            dispatch_id: None,
            tool_call_id: "t".to_owned(),
            tool_call: null(),
            options: Vec::new(),
        }));
        request_id
    }

    /// Sends what can be sent: the ids, and a word for each call.
    fn send(&mut self) -> (Vec<u64>, String) {
        let (mut ids, mut words) = (Vec::new(), Vec::new());
        while let Some(frame) = self.outbox.next() {
            let Incoming::Call { id, call } = Envelope::read::<HostCall>(&frame).unwrap() else {
                panic!("{frame}")
            };
            ids.extend(id);
            words.push(match call {
                HostCall::Update(batch) => format!("{}+{}", batch.first, batch.updates.len()),
                HostCall::Permission(_) => "permission".to_owned(),
                HostCall::Report(_) => "report".to_owned(),
                other => panic!("{other:?}"),
            });
        }
        (ids, words.join(" "))
    }

    /// Sends what can be sent, and acknowledges the last of it.
    fn acknowledged(&mut self) -> String {
        let (ids, words) = self.send();
        if let Some(id) = ids.last() {
            self.outbox.answered(*id, Ok(null()));
        }
        words
    }
}

#[test]
fn events_are_numbered_in_one_row_with_the_updates_around_them() {
    let mut outbox = Outbox::new(InstanceId::new());
    let agent = AgentSessionId::new();
    let update = || RawValue::from_string("{}".to_owned()).unwrap();
    let event = || SessionEvent::StatusUpdate { message: "here".to_owned() };
    outbox.update(agent, update());
    outbox.update(agent, update());
    outbox.event(agent, event());
    outbox.update(agent, update());
    let mut numbers = Vec::new();
    while let Some(frame) = outbox.next() {
        let Ok(Incoming::Call { id: Some(id), call }) = Envelope::read::<HostCall>(&frame) else {
            panic!("{frame}")
        };
        numbers.push(match call {
            HostCall::Update(batch) => (batch.first, batch.updates.len()),
            HostCall::Event(report) => (report.number, 0),
            other => panic!("{other:?}"),
        });
        outbox.answered(id, Ok(null()));
    }
    assert_eq!(numbers, [(1, 2), (3, 0), (4, 1)]);
}

#[test]
fn what_happens_while_a_call_is_open_waits_and_goes_out_together() {
    let mut story = story();
    story.update("1");
    story.update("2");
    story.permission();
    story.update("3");
    assert_eq!(story.acknowledged(), "1+2");
    assert_eq!(story.send().1, "permission 3+1");
    story.update("4");
    story.update("5");
    assert_eq!(story.send().1, "");
    story.outbox.disconnected();
    story.update("6");
    assert_eq!(story.acknowledged(), "permission 3+1", "what was sent does not grow");
    assert_eq!(story.acknowledged(), "4+3");
}

#[test]
fn agent_sessions_do_not_wait_for_each_other() {
    let mut story = story();
    story.update("1");
    story.report();
    let first = std::mem::replace(&mut story.agent, AgentSessionId::new());
    story.update("1");
    story.report();
    let (ids, words) = story.send();
    assert_eq!(words, "1+1 1+1");
    story.outbox.answered(ids[1], Ok(null()));
    assert_eq!(story.send().1, "report");
    assert!(story.outbox.busy.contains(&first));
}

#[test]
fn batches_end_at_their_limits() {
    let mut story = story();
    for _ in 0..=BATCH_UPDATES {
        story.update("0");
    }
    assert_eq!(story.acknowledged(), format!("1+{BATCH_UPDATES}"));
    assert_eq!(story.acknowledged(), format!("{}+1", BATCH_UPDATES + 1));
    let large = format!("\"{}\"", "x".repeat(BATCH_BYTES / 2));
    story.update(&large);
    story.update(&large);
    assert_eq!(story.acknowledged(), "258+1");
    assert_eq!(story.acknowledged(), "259+1");
}

#[test]
fn what_is_not_answered_is_sent_again_in_the_old_order() {
    let mut story = story();
    let dispatch = story.report();
    story.permission();
    story.update("1");
    let (ids, _) = story.send();
    let settled = story.outbox.answered(ids[0], Ok(null()));
    assert_eq!(settled, Settled::Reported(dispatch));
    let (ids, words) = story.send();
    assert_eq!(words, "permission 1+1");
    story.outbox.disconnected();
    assert_eq!(story.outbox.answered(ids[1], Ok(null())), Settled::Done, "too late");
    assert_eq!(story.send().1, "permission 1+1");
}

#[test]
fn a_server_that_is_busy_gets_it_again_and_any_other_refusal_is_final() {
    let mut story = story();
    for code in [Code::Busy, Code::DiskFull, Code::Internal] {
        story.report();
        let (ids, _) = story.send();
        assert_eq!(story.outbox.answered(ids[0], Err(error(code))), Settled::Again);
        let (ids, words) = story.send();
        assert_eq!(words, "report");
        let unknown = Err(error(Code::NotFound));
        assert!(matches!(story.outbox.answered(ids[0], unknown), Settled::Reported(_)));
    }
    assert!(story.outbox.is_idle());
    let plain = |code| RpcError { code, message: String::new(), data: None };
    assert!(may_pass(&plain(-32603)) && !may_pass(&plain(-32601)));
}

#[test]
fn a_decision_comes_back_and_a_refused_request_is_as_good_as_cancelled() {
    let mut story = story();
    let first = story.permission();
    let second = story.permission();
    let (ids, _) = story.send();
    let outcome = Outcome::Selected { option_id: "yes".to_owned() };
    let answer = serde_json::value::to_raw_value(&outcome).unwrap();
    let decided = story.outbox.answered(ids[0], Ok(answer));
    assert_eq!(decided, Settled::Decided(story.agent, first, outcome));
    let refused = story.outbox.answered(ids[1], Err(error(Code::SessionInactive)));
    assert_eq!(refused, Settled::Decided(story.agent, second, Outcome::Cancelled));
}

#[test]
fn only_calls_that_do_not_wait_for_a_person_fill_the_window() {
    let mut story = story();
    for _ in 0..MAX_IN_FLIGHT + 10 {
        story.agent = AgentSessionId::new();
        story.permission();
        story.report();
    }
    let (ids, words) = story.send();
    assert_eq!(words.matches("report").count(), MAX_IN_FLIGHT);
    assert_eq!(words.matches("permission").count(), MAX_IN_FLIGHT + 10);
    story.outbox.answered(ids[1], Ok(null()));
    assert_eq!(story.send().1, "report");
}

#[test]
fn a_request_that_is_taken_back_is_not_sent_again() {
    let mut story = story();
    let unsent = story.permission();
    assert!(!story.outbox.withdraw(unsent));
    let sent = story.permission();
    let (ids, _) = story.send();
    assert_eq!(story.outbox.requests(), [sent]);
    assert!(story.outbox.withdraw(sent));
    assert_eq!(story.outbox.answered(ids[0], Ok(null())), Settled::Done);
    story.outbox.disconnected();
    assert_eq!(story.send().1, "");
}

#[test]
fn an_agent_that_has_too_much_waiting_has_no_room_until_it_is_acknowledged() {
    let mut story = story();
    let large = format!("\"{}\"", "x".repeat(BATCH_BYTES));
    while story.outbox.has_room(story.agent) {
        story.update(&large);
    }
    assert!(story.outbox.agents[&story.agent].bytes < MAX_BYTES + 2 * BATCH_BYTES);
    assert!(story.outbox.has_room(AgentSessionId::new()));
    story.acknowledged();
    assert!(story.outbox.has_room(story.agent));
    while story.acknowledged() != "" {}
    assert_eq!(story.outbox.agents[&story.agent].bytes, 0);

    while story.outbox.has_room(story.agent) {
        let (request_id, agent_session_id) = (RequestId::new(), story.agent);
        story.outbox.push(HostCall::Delivered(Delivered { request_id, agent_session_id }));
    }
    assert_eq!(story.outbox.agents[&story.agent].calls, MAX_CALLS + 1);
}
