//! A script that asks over HTTP and waits: by the same name, until it has its answer.

use serde_json::json;

use super::Worker;
use crate::world::api::Call;

/// Asks one thing after another until it is enough.
pub(super) async fn work(mut me: Worker) {
    let place = me.place.clone();
    for n in 0.. {
        if me.is_done() {
            return;
        }
        let name = format!("{}-script-{n}", place.name);
        let action = format!("Publish {name}?");
        let agent = me.dice.percent(50).then(|| place.agents[0]);
        let body = json!({ "requestId": name, "action": action, "agentId": agent });
        loop {
            let call = Call::post("/api/approvals?wait=2s", &place.token, body.clone());
            let (answer, _) = place.api.settle(&call).await;
            match answer.status {
                200 | 201 if place.answered(&action, &answer.body["resolution"]) => break,
                404 if me.is_done() => return,
                // So much at once is refused; its agent is registered a moment later.
                200 | 201 | 404 | 429 => {}
                _ => panic!("{call:?} was answered {answer:?}"),
            }
            place.counts.asked_again.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
            me.rest(5, 50).await;
        }
        me.rest(20, 200).await;
    }
}
