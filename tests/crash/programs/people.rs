//! The owner of a machine: decides what programs ask, and calls their tools.

use std::sync::atomic::Ordering::Relaxed;

use serde_json::{Value, json};

use super::Worker;
use crate::{load::ledger::Promise, world::api::Call};

/// Decides until it is enough.
pub(super) async fn decide(mut me: Worker) {
    let place = me.place.clone();
    while !me.is_done() {
        let inbox = Call::get("/api/approvals?limit=200", &place.owner);
        let (inbox, _) = place.api.settle(&inbox).await;
        assert_eq!(inbox.status, 200, "{inbox:?}");
        for approval in inbox.list("/approvals").iter().filter(|it| it["kind"] == "action") {
            // Some wait a little, so that there are always some that wait when something dies.
            if me.dice.percent(60) {
                answer(&mut me, approval).await;
            }
        }
        me.rest(20, 80).await;
    }
}

async fn answer(me: &mut Worker, approval: &Value) {
    let yes = me.dice.percent(70);
    let (action, status, option) =
        if yes { ("approve", "approved", "approve") } else { ("reject", "rejected", "deny") };
    let id = approval["id"].as_str().expect("an id").to_owned();
    let body = json!({ "action": action, "optionId": option, "digest": approval["digest"] });
    let call = Call::post(&format!("/api/approvals/{id}"), &me.place.owner, body);
    let (answer, again) = me.place.api.settle(&call).await;
    if approval["systemLevel"] == true {
        // Nobody else decides: if it is decided, that was us, and the same again is a yes.
        assert_eq!(answer.status, 200, "{call:?} was answered {answer:?}");
        let (edited, option) = (None, Some(option.to_owned()));
        me.place.ledger.note(Promise::Decided { id, status, edited, option }, again);
        return;
    }
    // Its host decides: it has heard, or finds it when it is back, or has decided.
    match (answer.status, answer.code()) {
        (200 | 202, _) | (409, "AGENT_UNAVAILABLE") => {
            me.place.counts.passed_on.fetch_add(usize::from(answer.status != 409), Relaxed);
            me.place.ledger.note(Promise::Wished { id }, again);
        }
        (409, "APPROVAL_ALREADY_RESOLVED") => {}
        _ => panic!("{call:?} was answered {answer:?}"),
    }
}

/// Calls tools until it is enough: each answer is that of its call.
pub(super) async fn call_tools(mut me: Worker) {
    let place = me.place.clone();
    for n in 0.. {
        if me.is_done() {
            return;
        }
        let agent = place.agents[me.dice.below(place.agents.len())];
        let parameters = json!({ "n": n, "of": place.name });
        let path = format!("/api/agents/{agent}/tools/echo");
        let call = Call::post(&path, &place.owner, json!({ "parameters": parameters }));
        match place.api.once(&call).await {
            Ok(answer) if answer.status == 200 => {
                assert_eq!(answer.body["output"], parameters, "the answer to another call");
                place.counts.tool_calls.fetch_add(1, Relaxed);
            }
            // It is not registered yet, its host is away, or there is no room.
            Ok(answer) => {
                assert!(matches!(answer.status, 404 | 409 | 429 | 503), "{call:?}: {answer:?}");
                place.counts.tools_away.fetch_add(1, Relaxed);
            }
            Err(error) => {
                assert!(!error.is_timeout(), "{call:?} was not answered: {error}");
                place.counts.tools_away.fetch_add(1, Relaxed);
            }
        }
        me.rest(10, 100).await;
    }
}
