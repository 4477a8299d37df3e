//! What an agent asks of people: permission, or an answer to a question. Never waited for here.
//!
//! Each request has an id of ours, which stays the same however often the server is asked.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};
use serde_json::{
    Map, Value,
    value::{RawValue, to_raw_value},
};

use super::{
    acp::{Asked, Reply},
    fit,
    post::Post,
    tool_calls::ToolCalls,
};
use crate::{
    domain::{AgentSessionId, DispatchId, RequestId},
    rpc::calls::{Delivered, HostCall, Outcome, PermissionRequest, QuestionRequest, RequestOption},
};

/// How much the options of a request may take as JSON, in bytes; its tool call takes most of the frame.
const OPTIONS: usize = 64 * 1024;

/// The requests of one agent that wait.
pub(super) struct Requests {
    agent: AgentSessionId,
    post: Post,
    open: HashMap<RequestId, Open>,
}

struct Open {
    reply: Reply,
    offered: Offered,
}

/// What an answer may be.
enum Offered {
    /// One of these options.
    Permission(Vec<String>),
    /// A filled form.
    Question,
}

impl Requests {
    pub(super) fn new(agent: AgentSessionId, post: Post) -> Self {
        Self { agent, post, open: HashMap::new() }
    }

    /// Puts a request of the agent to the server, or answers it at once if nobody has to be asked.
    pub(super) fn ask(&mut self, asked: Asked, turn: Option<DispatchId>, calls: &ToolCalls) {
        let Asked { method, params, reply } = asked;
        let request_id = RequestId::new();
        let read = match method.as_str() {
            "session/request_permission" => self.permission(params, request_id, turn, calls),
            "elicitation/create" => self.question(&params, request_id, turn),
            _ => return reply.not_offered(),
        };
        match read {
            Some((call, offered)) => {
                self.open.insert(request_id, Open { reply, offered });
                self.post.push(call);
            }
            None => reply.malformed(),
        }
    }

    fn permission(
        &self,
        params: Value,
        request_id: RequestId,
        dispatch_id: Option<DispatchId>,
        calls: &ToolCalls,
    ) -> Option<(HostCall, Offered)> {
        let params: Permission = serde_json::from_value(params).ok()?;
        let tool_call_id = params.tool_call.get("toolCallId")?.as_str()?.to_owned();
        let tool_call = to_raw_value(&calls.joined(params.tool_call)).ok()?;
        let options: Vec<RequestOption> = params.options.into_iter().map(Into::into).collect();
        let offers = to_raw_value(&options).ok()?.get().len();
        if !fit::is_id(&tool_call_id) || !fits(&tool_call) || offers > OPTIONS {
            return None;
        }
        let offered = options.iter().map(|option| option.option_id.clone()).collect();
        let request = PermissionRequest {
            request_id,
            agent_session_id: self.agent,
            dispatch_id,
            tool_call_id,
            tool_call,
            options,
        };
        Some((HostCall::Permission(request), Offered::Permission(offered)))
    }

    fn question(
        &self,
        params: &Value,
        request_id: RequestId,
        dispatch_id: Option<DispatchId>,
    ) -> Option<(HostCall, Offered)> {
        let form = params.get("mode").and_then(Value::as_str).is_none_or(|mode| mode == "form");
        let message = params.get("message")?.as_str()?.to_owned();
        let request = to_raw_value(params).ok()?;
        let said = to_raw_value(&message).ok()?.get().len();
        if !form || !fits(&request) || request.get().len() + said > fit::LARGEST {
            return None;
        }
        let agent_session_id = self.agent;
        let request =
            QuestionRequest { request_id, agent_session_id, dispatch_id, message, request };
        Some((HostCall::Question(request), Offered::Question))
    }

    /// Gives the agent a decision.
    pub(super) fn decided(&mut self, request_id: RequestId, outcome: Outcome) {
        let Some(open) = self.open.remove(&request_id) else { return };
        open.answer(outcome);
        let agent_session_id = self.agent;
        self.post.push(HostCall::Delivered(Delivered { request_id, agent_session_id }));
    }

    /// Answers everything that waits with "cancelled", and takes it back from the server.
    pub(super) fn cancel(&mut self) {
        for (request_id, open) in self.open.drain() {
            open.answer(Outcome::Cancelled);
            self.post.withdraw(self.agent, request_id);
        }
    }
}

impl Open {
    fn answer(self, outcome: Outcome) {
        match self.offered {
            Offered::Permission(offered) => self.reply.answer(&PermissionAnswer {
                outcome: match outcome {
                    Outcome::Selected { option_id } if offered.contains(&option_id) => {
                        PermissionOutcome::Selected { option_id }
                    }
                    _ => PermissionOutcome::Cancelled,
                },
            }),
            Offered::Question => self.reply.answer(&match outcome {
                Outcome::Answered { answer } => QuestionAnswer::Accept { content: answer },
                Outcome::Declined => QuestionAnswer::Decline,
                Outcome::Selected { .. } | Outcome::Cancelled => QuestionAnswer::Cancel,
            }),
        }
    }
}

fn fits(json: &RawValue) -> bool {
    json.get().len() <= fit::LARGEST && !fit::is_too_deep(json.get())
}

/// `session/request_permission`, as far as it must have a shape.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Permission {
    tool_call: Map<String, Value>,
    options: Vec<OfferedOption>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct OfferedOption {
    option_id: String,
    #[serde(default)]
    name: String,
    #[serde(default)]
    kind: String,
}

impl From<OfferedOption> for RequestOption {
    fn from(option: OfferedOption) -> Self {
        let name = if option.name.is_empty() { option.option_id.clone() } else { option.name };
        Self { option_id: option.option_id, name, kind: option.kind }
    }
}

#[derive(Serialize)]
struct PermissionAnswer {
    outcome: PermissionOutcome,
}

#[derive(Serialize)]
#[serde(tag = "outcome", rename_all = "snake_case", rename_all_fields = "camelCase")]
enum PermissionOutcome {
    Selected { option_id: String },
    Cancelled,
}

#[derive(Serialize)]
#[serde(tag = "action", rename_all = "snake_case")]
enum QuestionAnswer {
    Accept { content: Value },
    Decline,
    Cancel,
}
