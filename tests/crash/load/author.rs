//! Somebody who comments, prompts, and sometimes takes a prompt back.

use serde_json::json;

use super::{Person, ledger::Promise};
use crate::world::api::{Answer, Call};

/// Writes until it is enough. Every text is unlike any other.
pub(super) async fn work(mut me: Person) {
    let room = me.room.clone();
    let (id, token) = room.join(&me.api, &me.name).await;
    me.ledger.note(Promise::Joined { id }, false);
    for n in 0.. {
        if me.is_done() {
            return;
        }
        let key = format!("{}-{n}", me.name);
        if me.dice.percent(40) {
            comment(&mut me, &token, &key).await;
        } else {
            prompt(&mut me, &token, &key).await;
        }
        me.rest(5, 60).await;
    }
}

async fn comment(me: &mut Person, token: &str, key: &str) {
    let text = format!("comment {key}");
    let call = Call::post(&me.room.path("messages"), token, json!({ "text": text })).key(key);
    let (answer, again) = me.api.settle(&call).await;
    assert_eq!(answer.status, 201, "{answer:?}");
    let id = answer.text("/message/id");
    me.ledger.note(Promise::Comment { id: id.clone(), text }, again);
    repeat(me, &call, "/message/id", &answer).await;
}

async fn prompt(me: &mut Person, token: &str, key: &str) {
    if me.room.approvals(&me.api, token).await.1 {
        return;
    }
    let text = text(me, key);
    let call = Call::post(&me.room.path("prompts"), token, json!({ "prompt": text })).key(key);
    let (mut answer, mut again) = me.api.settle(&call).await;
    while answer.status == 429 && !me.is_done() {
        me.rest(20, 100).await;
        let (next, repeated) = me.api.settle(&call).await;
        (answer, again) = (next, again || repeated);
    }
    if answer.status == 429 {
        return;
    }
    assert!(matches!(answer.status, 200 | 202), "{answer:?}");
    let id = answer.text("/approval/id");
    me.ledger.note(Promise::Prompt { id: id.clone(), text }, again);
    repeat(me, &call, "/approval/id", &answer).await;
    if me.dice.percent(5) {
        let call = Call::delete(&me.room.path(&format!("approvals/{id}")), token);
        let (answer, again) = me.api.settle(&call).await;
        if answer.status == 200 {
            me.ledger.note(Promise::Withdrawn { id }, again);
        }
    }
}

/// What the demo agent makes turns of all kinds of.
fn text(me: &mut Person, key: &str) -> String {
    match me.dice.below(20) {
        0..8 => {
            let words = ["and so on"; 12][..=me.dice.below(12)].join(" ");
            format!("echo {key} {words}")
        }
        8..15 => format!("ask {key}"),
        15 => format!("plan {key}"),
        16 => format!("diff {key}"),
        17 => format!("fail {key}"),
        18 => format!("form {key}"),
        _ => format!("Fix the flaky test {key}"),
    }
}

/// Sometimes sends the same once more: it is the same answer, and says so.
async fn repeat(me: &mut Person, call: &Call, pointer: &str, first: &Answer) {
    if me.dice.percent(10) {
        let (answer, _) = me.api.settle(call).await;
        let same = answer.text(pointer) == first.text(pointer) && answer.replayed;
        assert!(same, "{call:?} was answered {first:?} and then {answer:?}");
        me.ledger.replayed.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
    }
}
