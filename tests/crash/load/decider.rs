//! The host of a session: decides what waits in the inbox, and says what to do about what nobody knows.

use serde_json::{Value, json};

use super::{Person, ledger::Promise};
use crate::world::api::Call;

/// Decides until it is enough.
pub(super) async fn work(mut me: Person) {
    let host = me.room.host.clone();
    while !me.is_done() {
        let (inbox, _) = me.api.settle(&Call::get("/api/approvals", &host)).await;
        assert_eq!(inbox.status, 200, "{inbox:?}");
        // Somebody may be host of several rooms, and here they are at one of them.
        let is_here = |it: &&Value| it["sharedSessionId"] == me.room.id.as_str();
        let unknown: Vec<_> = inbox.list("/dispatches").iter().filter(is_here).collect();
        let waiting: Vec<_> = inbox.list("/approvals").iter().filter(is_here).collect();
        for dispatch in unknown {
            settle(&mut me, &host, text(dispatch, "id")).await;
        }
        let (newest, mut crowded) = me.room.approvals(&me.api, &host).await;
        for approval in waiting {
            let is_prompt = approval["kind"] == "prompt";
            // Some wait a little, so that there are always some that wait when the server dies.
            if me.dice.percent(25) || (is_prompt && crowded) {
                continue;
            }
            decide(&mut me, &host, approval).await;
            crowded |= is_prompt && me.dice.percent(30);
        }
        if me.dice.percent(3) {
            cancel(&mut me, &host, &newest).await;
        }
        if me.dice.percent(5) {
            restart(&mut me, &host).await;
        }
        me.rest(10, 50).await;
    }
}

async fn decide(me: &mut Person, host: &str, approval: &Value) {
    let id = text(approval, "id").to_owned();
    let yes = me.dice.percent(80);
    let (action, status) = if yes { ("approve", "approved") } else { ("reject", "rejected") };
    let mut body = json!({ "action": action, "digest": approval["digest"] });
    let (mut edited, mut option) = (None, None);
    match text(approval, "kind") {
        "prompt" if yes && me.dice.percent(25) => {
            let text = format!("{} edited", text(approval, "prompt"));
            body["editedPrompt"] = json!(text);
            edited = Some(text);
        }
        "permission" => {
            let kind = if yes { "allow_once" } else { "reject_once" };
            let options = approval["options"].as_array().expect("it has options");
            let offered = options.iter().find(|it| it["kind"] == kind).expect("it is offered");
            body["optionId"] = offered["id"].clone();
            option = Some(text(offered, "id").to_owned());
        }
        "question" if yes => body["answer"] = json!({ "title": "So be it", "suite": "unit" }),
        _ => {}
    }
    let call = Call::post(&format!("/api/approvals/{id}"), host, body);
    let (answer, again) = me.api.settle(&call).await;
    match answer.status {
        200 => me.ledger.note(Promise::Decided { id, status, edited, option }, again),
        // Nobody else decides: if it is decided, that was us, and the same again is a yes.
        409 if answer.code() == "APPROVAL_ALREADY_RESOLVED" => {
            me.ledger.note(Promise::Undecided { id }, again);
        }
        _ => panic!("{call:?} was answered {answer:?}"),
    }
}

/// Tries again what nobody knows the outcome of, or declares it done, or drops it.
async fn settle(me: &mut Person, host: &str, id: &str) {
    let (action, state) =
        [("retry", ""), ("mark_done", "succeeded"), ("drop", "cancelled")][me.dice.below(3)];
    if action == "retry" {
        me.ledger.will_retry(id);
    }
    let path = me.room.path(&format!("dispatches/{id}"));
    let (answer, again) =
        me.api.settle(&Call::post(&path, host, json!({ "action": action }))).await;
    let id = id.to_owned();
    match answer.status {
        200 if action == "retry" => me.ledger.note(Promise::Retried { id }, again),
        200 => me.ledger.note(Promise::Settled { id, state }, again),
        // It was done already: by us, if the answer was lost.
        _ => assert_eq!(answer.code(), "DISPATCH_NOT_UNKNOWN", "{answer:?}"),
    }
}

/// Stops a turn, wherever it is.
async fn cancel(me: &mut Person, host: &str, newest: &[Value]) {
    let is_running = |approval: &&Value| approval["dispatch"]["state"] == "running";
    if let Some(running) = newest.iter().find(is_running) {
        let path = me.room.path(&format!("dispatches/{}", text(&running["dispatch"], "id")));
        let (answer, _) =
            me.api.settle(&Call::post(&path, host, json!({ "action": "cancel" }))).await;
        assert!(matches!(answer.status, 200 | 409), "{answer:?}");
    }
}

/// Starts an agent again that has a problem, which holds its queue.
async fn restart(me: &mut Person, host: &str) {
    let path = format!("/api/agent-sessions/{}", me.room.agent_session);
    let (answer, _) = me.api.settle(&Call::get(&path, host)).await;
    if answer.text("/agentSession/status") == "errored" {
        let call = Call::post(&format!("{path}/restart"), host, json!({}));
        let (answer, _) = me.api.settle(&call).await;
        assert!(matches!(answer.status, 200 | 409), "{answer:?}");
        me.ledger.restarted.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
    }
}

fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value[name].as_str().unwrap_or_else(|| panic!("no text {name} in {value}"))
}
