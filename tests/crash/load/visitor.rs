//! Somebody who joins, says a word, and leaves; and comes again as somebody else.

use serde_json::json;

use super::{Person, ledger::Promise};
use crate::world::api::Call;

/// Comes and goes until it is enough.
pub(super) async fn work(mut me: Person) {
    let room = me.room.clone();
    for n in 0.. {
        if me.is_done() {
            return;
        }
        let name = format!("{}-{n}", me.name);
        let (id, token) = room.join(&me.api, &name).await;
        me.ledger.note(Promise::Joined { id: id.clone() }, false);
        let text = format!("hello from {name}");
        let hello = Call::post(&room.path("messages"), &token, json!({ "text": text })).key(&name);
        let (answer, again) = me.api.settle(&hello).await;
        assert_eq!(answer.status, 201, "{answer:?}");
        me.ledger.note(Promise::Comment { id: answer.text("/message/id"), text }, again);
        let (answer, again) =
            me.api.settle(&Call::post(&room.path("leave"), &token, json!({}))).await;
        match answer.status {
            200 => me.ledger.note(Promise::Left { id }, again),
            // They had left, and the answer was lost: their token is nobody's now.
            _ => assert!(again, "{answer:?}"),
        }
        me.rest(50, 400).await;
    }
}
