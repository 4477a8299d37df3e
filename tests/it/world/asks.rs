//! What agents ask of people, and offer them.

use serde_json::json;
use wardroom::{
    domain::{AgentSessionId, DraftId, NewArtifact, RequestId},
    rpc::calls::{DraftOffer, HostCall, PermissionRequest, Prompt, QuestionRequest, RequestOption},
};

use super::host::raw;

/// May the agent run the tests? Asked in a turn.
pub(crate) fn permission(prompt: &Prompt) -> PermissionRequest {
    let option = |option_id: &str, kind: &str| RequestOption {
        option_id: option_id.to_owned(),
        name: kind.to_owned(),
        kind: kind.to_owned(),
    };
    let call = json!({"toolCallId": "call-1", "kind": "execute", "title": "cargo test"});
    PermissionRequest {
        request_id: RequestId::new(),
        agent_session_id: prompt.agent_session_id,
        dispatch_id: Some(prompt.dispatch_id),
        tool_call_id: "call-1".to_owned(),
        tool_call: raw(&call),
        options: vec![
            option("yes", "allow_once"),
            option("ever", "allow_always"),
            option("no", "reject_once"),
        ],
    }
}

/// Which colour? Asked in a turn.
pub(crate) fn question(prompt: &Prompt) -> QuestionRequest {
    QuestionRequest {
        request_id: RequestId::new(),
        agent_session_id: prompt.agent_session_id,
        dispatch_id: Some(prompt.dispatch_id),
        message: "Which colour?".to_owned(),
        request: raw(&json!({"message": "Which colour?"})),
    }
}

/// An agent offers a draft of two artifacts.
pub(crate) fn letter(agent_session_id: AgentSessionId, summary: &str) -> HostCall {
    let artifact = |uri: &str| NewArtifact {
        uri: uri.to_owned(),
        summary: String::new(),
        diff: format!("+{uri}"),
    };
    let (draft_id, summary) = (DraftId::new(), summary.to_owned());
    let artifacts = vec![artifact("a.md"), artifact("b.md")];
    HostCall::Draft(DraftOffer { draft_id, agent_session_id, summary, artifacts })
}
