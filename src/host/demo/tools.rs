//! What a script can do with tools and people: tool calls, permissions and questions.

use agent_client_protocol::{
    Error,
    v1::schema::{
        CreateElicitationRequest, ElicitationAction, ElicitationFormMode, ElicitationSchema,
        ElicitationSessionScope, PermissionOption, PermissionOptionKind, RequestPermissionOutcome,
        RequestPermissionRequest, SessionUpdate, ToolCall, ToolCallContent, ToolCallId,
        ToolCallStatus, ToolCallUpdate, ToolCallUpdateFields, ToolKind,
    },
};
use serde_json::json;

use super::turn::{Halt, Step, Turn};

/// The agent's own names for the answers to a permission request.
const ALLOW_ONCE: &str = "demo-allow-once";
const ALLOW_ALWAYS: &str = "demo-allow-always";
const REJECT_ONCE: &str = "demo-reject-once";

impl Turn {
    /// Begins a tool call; [`end_tool`](Self::end_tool) must end it before the next one begins.
    pub(super) fn begin_tool(&mut self, title: &str, kind: ToolKind) -> ToolCall {
        let id = ToolCallId::new(self.next_id("call"));
        self.open = Some(id.clone());
        ToolCall::new(id, title).kind(kind)
    }

    /// Changes the tool call.
    pub(super) fn update_tool(&self, fields: ToolCallUpdateFields) -> Result<(), Error> {
        match &self.open {
            Some(id) => {
                let update = ToolCallUpdate::new(id.clone(), fields);
                self.send(SessionUpdate::ToolCallUpdate(update))
            }
            None => Ok(()),
        }
    }

    /// Ends the tool call well.
    pub(super) fn end_tool(&mut self, fields: ToolCallUpdateFields) -> Step {
        self.update_tool(fields.status(ToolCallStatus::Completed))?;
        self.open = None;
        Ok(())
    }

    /// Ends the tool call, if one is open, as failed.
    pub(super) fn abandon_tool(&mut self) -> Result<(), Error> {
        self.update_tool(ToolCallUpdateFields::new().status(ToolCallStatus::Failed))?;
        self.open = None;
        Ok(())
    }

    /// Begins the call of `command` and asks whether it may run; if not, the call has ended.
    pub(super) async fn may_run(&mut self, command: &str) -> Step<bool> {
        let call = self
            .begin_tool(command, ToolKind::Execute)
            .raw_input(json!({ "command": command, "cwd": self.session.cwd }));
        self.send(SessionUpdate::ToolCall(call.clone()))?;
        if !self.session.allows(command) && !self.ask(call, command).await? {
            self.abandon_tool()?;
            return Ok(false);
        }
        self.update_tool(ToolCallUpdateFields::new().status(ToolCallStatus::InProgress))?;
        Ok(true)
    }

    /// Asks for a yes; a client that cannot ask has said no.
    async fn ask(&self, call: ToolCall, command: &str) -> Step<bool> {
        let options = [
            (ALLOW_ONCE, "Allow once", PermissionOptionKind::AllowOnce),
            (ALLOW_ALWAYS, "Always allow this command", PermissionOptionKind::AllowAlways),
            (REJECT_ONCE, "Reject", PermissionOptionKind::RejectOnce),
        ];
        let options = options.map(|(id, name, kind)| PermissionOption::new(id, name, kind)).into();
        let request = RequestPermissionRequest::new(self.session.id.clone(), call.into(), options);
        match self.client.send_request(request).block_task().await.map(|answer| answer.outcome) {
            Ok(RequestPermissionOutcome::Selected(selected)) => match &*selected.option_id.0 {
                ALLOW_ONCE => Ok(true),
                ALLOW_ALWAYS => {
                    self.session.allow(command);
                    Ok(true)
                }
                _ => Ok(false),
            },
            Ok(_) => Err(Halt::Cancelled),
            Err(_refused) => Ok(false),
        }
    }

    /// Shows what a command prints, line by line as it comes, and ends its call.
    pub(super) async fn print(&mut self, output: &str) -> Step {
        let mut shown = String::new();
        for line in output.split_inclusive('\n') {
            shown += line;
            let console = ToolCallContent::from(format!("```console\n{shown}```"));
            self.update_tool(ToolCallUpdateFields::new().content(vec![console]))?;
            self.wait(0.3).await;
        }
        let result = json!({ "exitCode": 0, "output": output });
        self.end_tool(ToolCallUpdateFields::new().raw_output(result))
    }

    /// Asks a question with a form: the answer, in words for the next message.
    pub(super) async fn question(&self, message: &str, form: ElicitationSchema) -> String {
        let scope = ElicitationSessionScope::new(self.session.id.clone());
        let request = CreateElicitationRequest::new(ElicitationFormMode::new(scope, form), message);
        match self.client.send_request(request).block_task().await.map(|answer| answer.action) {
            Ok(ElicitationAction::Accept(accept)) => {
                let fields = accept.content.unwrap_or_default();
                let line = |(name, value)| format!("\n- {name}: {}", json!(value));
                format!("You answered:\n{}", fields.iter().map(line).collect::<String>())
            }
            Ok(ElicitationAction::Decline) => "You declined to answer.".to_owned(),
            Ok(_) => "You dismissed the question.".to_owned(),
            Err(error) => format!("The question could not be asked: {error}"),
        }
    }
}
