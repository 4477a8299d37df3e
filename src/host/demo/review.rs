//! What the agent tells a wardroom beside the protocol, by the extensions that `host/extension.rs` describes.

use serde_json::{Value, json};

use agent_client_protocol::UntypedMessage;

use super::{
    texts,
    turn::{Step, Turn},
};

/// Offers two artifacts for review, and says so.
pub(super) async fn draft(turn: &mut Turn) -> Step {
    turn.wait(0.5).await;
    let artifacts = json!([
        { "uri": "src/checkout/settle.rs", "summary": "Sorts the ids", "diff": texts::SETTLE_DIFF },
        { "uri": "CHANGELOG.md", "summary": "Says so", "diff": texts::CHANGELOG_DIFF },
    ]);
    let draft = json!({ "summary": "Settle orders in order", "artifacts": artifacts });
    tell(turn, "_wardroom/draft", draft)?;
    turn.say("I have offered a draft for review.").await
}

/// Tells each of the session events once.
pub(super) async fn events(turn: &mut Turn) -> Step {
    for event in [
        json!({ "type": "status_update", "message": "Looking at the checkout" }),
        json!({ "type": "agent_output", "stream": "stderr", "content": "warning: unused import\n" }),
        json!({ "type": "waiting_for_input", "prompt": "Which branch?" }),
        json!({ "type": "goal_complete", "goalId": "settle-in-order" }),
    ] {
        tell(turn, "_wardroom/event", json!({ "event": event }))?;
        turn.wait(0.5).await;
    }
    turn.say("I have told everything.").await
}

fn tell(turn: &Turn, method: &str, mut params: Value) -> Step {
    params["sessionId"] = json!(turn.session.id);
    Ok(turn.client.send_notification(UntypedMessage::new(method, params)?)?)
}
