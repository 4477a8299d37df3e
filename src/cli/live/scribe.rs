//! Events as lines, safe to print.

use std::collections::HashMap;

use serde::de::DeserializeOwned;
use serde_json::Value;

use super::{agent::Speech, is_decision, snapshot::Snapshot};
use crate::{
    cli::{api::Event, card, ids::APPROVAL, paint::Paint, safe, time, tool::Tool},
    domain::{AgentSession, Approval, ApprovalStatus, Life, Message, Participant, ParticipantId},
};

/// Turns events into lines; knows who is who.
pub(super) struct Scribe {
    names: HashMap<ParticipantId, String>,
    me: Option<ParticipantId>,
    speech: Speech,
    paint: Paint,
    decisions_only: bool,
}

impl Scribe {
    /// Nothing has happened yet; `decisions_only`: nothing else will be worth a line.
    pub(super) fn new(paint: Paint, snapshot: &Snapshot, decisions_only: bool) -> Self {
        let agent = &snapshot.agent_session;
        let speech = Speech::new(safe::one_line(&agent.agent), agent.folder.clone(), paint);
        let mut scribe = Self { names: HashMap::new(), me: None, speech, paint, decisions_only };
        scribe.know(snapshot);
        scribe
    }

    /// Learns who is there.
    pub(super) fn know(&mut self, snapshot: &Snapshot) {
        self.me = snapshot.me;
        let name = |it: &Participant| (it.id, safe::one_line(it.name()));
        self.names.extend(snapshot.participants.iter().map(name));
    }

    /// What the agent has used so far.
    pub(super) fn usage(&self) -> &[String] {
        self.speech.usage()
    }

    /// The tool call that changed a file last.
    pub(super) fn newest_edit(&self) -> Option<&Tool> {
        self.speech.newest_edit()
    }

    /// The lines that an event is worth.
    pub(super) fn event(&mut self, event: &Event) -> Vec<String> {
        let lines = self.lines(event);
        if self.decisions_only && !is_decision(&event.r#type) {
            // Nor is the rest of what the agent has begun to say.
            self.speech.pause();
            return Vec::new();
        }
        lines
    }

    fn lines(&mut self, event: &Event) -> Vec<String> {
        if let Some(participant) = part::<Participant>(event, "participant") {
            self.names.insert(participant.id, safe::one_line(participant.name()));
        }
        let clock = time::clock(event.timestamp);
        if event.r#type == "host_session_update" {
            return self.speech.update(&clock, &event.payload["notification"]);
        }
        let mut lines = self.speech.pause();
        let (first, rest) = match self.said(event) {
            Some(text) => match text.split_once('\n') {
                Some((first, rest)) => (first.to_owned(), rest.to_owned()),
                None => (text, String::new()),
            },
            None => return lines,
        };
        lines.push(format!("{}  {first}", self.paint.dim(&clock)));
        lines.extend(rest.lines().map(|line| format!("       {line}")));
        lines
    }

    fn said(&self, event: &Event) -> Option<String> {
        let paint = self.paint;
        let who = || self.name(part::<Participant>(event, "participant").map(|it| it.id));
        let text = |name: &str| event.payload[name].as_str().map(safe::one_line);
        let quiet = |text: String| Some(paint.dim(&format!("· {text}")));
        match event.r#type.as_str() {
            "message_created" => {
                let message: Message = part(event, "message")?;
                Some(format!("{}  {}", paint.bold(&who()), safe::visible(&message.text)))
            }
            "prompt_pending_approval" => {
                let (who, approval) = (paint.bold(&who()), approval(event)?);
                let waits =
                    paint.yellow(&format!("◔ waits for a yes, {}", APPROVAL.short(approval.id)));
                let prompt = approval.prompt.unwrap_or_default();
                Some(format!("{who} → prompt  {}\n{waits}", safe::visible(&prompt)))
            }
            "prompt_approved" => Some(self.approved(&approval(event)?, &who(), event)),
            "prompt_rejected" => {
                let approval = approval(event)?;
                let reason = approval.reason.map(|it| format!(": {}", safe::visible(&it)));
                let reason = reason.unwrap_or_default();
                Some(format!(
                    "{} {} rejected {}{reason}",
                    paint.red("✗"),
                    who(),
                    APPROVAL.short(approval.id)
                ))
            }
            "approval_requested" => {
                let approval = approval(event)?;
                let waits = paint.yellow(&format!("◔ {}", APPROVAL.short(approval.id)));
                Some(format!("{waits}  {}", card::summary(&approval)))
            }
            "approval_resolved" | "approval_expired" | "approval_withdrawn" => {
                let approval = approval(event)?;
                let by = approval
                    .resolved_by_participant_id
                    .map(|id| format!(" by {}", self.name(Some(id))));
                let sign = match approval.status {
                    ApprovalStatus::Approved | ApprovalStatus::Failed => paint.green("✓"),
                    _ => paint.red("✗"),
                };
                let (id, verdict) = (APPROVAL.short(approval.id), card::verdict(&approval));
                let (by, reason) = (by.unwrap_or_default(), card::reason(&approval));
                Some(format!("{sign} {id} {verdict}{by}{reason}"))
            }
            "participant_joined" => {
                let role = event.payload["participant"]["role"].as_str().map(safe::one_line);
                quiet(format!("{} joined as {}", who(), role.unwrap_or_default()))
            }
            "participant_left" => quiet(format!("{} left", who())),
            "participant_removed" => quiet(format!("{} was removed", who())),
            "participant_updated" => quiet(format!("the rights of {} changed", who())),
            "host_changed" => quiet(format!("{} is host now", who())),
            "session_updated" => {
                let mode = event.payload["session"]["mode"].as_str().map(safe::one_line);
                quiet(format!("the session changed: {}", mode.unwrap_or_default()))
            }
            "session_closed" => quiet(format!("the session is {}", text("status")?)),
            "host_connected" => quiet("the agent's host is connected".into()),
            "host_disconnected" => {
                Some(paint.yellow("! the agent's host is away; decisions are kept"))
            }
            "agent_session_updated" => match event.payload["agentSession"]["status"].as_str()? {
                "needs_login" => Some(paint.yellow("! the agent wants a login")),
                "errored" => Some(paint.red("✗ the agent cannot work")),
                _ => self.lived(event),
            },
            _ => self.told(event),
        }
    }

    /// How the life of the agent session goes on, if this event is about that.
    fn lived(&self, event: &Event) -> Option<String> {
        let it: AgentSession = part(event, "agentSession")?;
        let is_now = |at| at == event.timestamp;
        let ended = it.ended_at.is_some_and(is_now);
        let change = it.life_change.filter(|it| ended || is_now(it.at))?;
        let did = match it.life {
            _ if it.completing => "is being completed",
            Life::Active => "is resumed",
            other => &format!("is {}", other.word()),
        };
        let who = self.name(change.by.as_deref().and_then(|id| id.parse().ok()));
        let why = change.reason.map(|it| format!(": {}", safe::one_line(&it))).unwrap_or_default();
        Some(self.paint.dim(&format!("· the agent session {did} by {who}{why}")))
    }

    /// What the agent session tells besides, and what is said of its drafts.
    fn told(&self, event: &Event) -> Option<String> {
        let text = |name: &str| event.payload[name].as_str().map(safe::one_line);
        let quiet = |text: String| Some(self.paint.dim(&format!("· {text}")));
        match event.r#type.as_str() {
            "draft_ready" => {
                quiet(format!("it offers {} for review", text("summary").unwrap_or_default()))
            }
            "updates_dropped" => quiet(format!(
                "of what it said before, the oldest is not kept: {} updates",
                event.payload["count"].as_i64()?
            )),
            "artifact_decided" => {
                let artifact = &event.payload["artifact"];
                let word = |name: &str| artifact[name].as_str().map(safe::one_line);
                let why = word("reason").map(|it| format!(": {it}")).unwrap_or_default();
                let (uri, said) = (word("uri")?, word("decision")?);
                let who = self.name(part::<Participant>(event, "participant").map(|it| it.id));
                quiet(format!("{who} on {uri}: {said}{why}"))
            }
            "goal_complete" => quiet(format!("the goal is reached: {}", text("goalId")?)),
            "waiting_for_input" => {
                Some(self.paint.yellow(&format!("◔ it waits for: {}", text("prompt")?)))
            }
            "status_update" => quiet(text("message")?),
            "agent_output" => quiet(format!("{}: {}", text("stream")?, text("content")?)),
            dispatch => self.turn(dispatch.strip_prefix("prompt_dispatch_")?, &event.payload),
        }
    }

    /// What became of a prompt on its way to the agent.
    fn turn(&self, outcome: &str, payload: &Value) -> Option<String> {
        let paint = self.paint;
        match outcome {
            "completed" => {
                let end = format!("{} the turn ended", paint.green("✓"));
                Some([&[end], self.usage()].concat().join(" · "))
            }
            "failed" => {
                let why = payload["error"].as_str().or(payload["dispatch"]["error"].as_str());
                let why = why.map(safe::one_line).unwrap_or_default();
                Some(format!("{} the turn failed: {why}", paint.red("✗")))
            }
            "cancelled" => Some(format!("{} the turn was stopped", paint.red("✗"))),
            "unknown" => Some(paint.yellow(
                "! nobody knows what became of this prompt: its host is gone; retry, mark done or drop it",
            )),
            "settled" if payload["retry"].is_object() => {
                Some(paint.dim("· the prompt is tried again"))
            }
            "settled" => Some(paint.dim("· what became of the prompt is settled")),
            _ => None,
        }
    }

    fn approved(&self, approval: &Approval, who: &str, event: &Event) -> String {
        let who = self.paint.bold(who);
        // A direct prompt brings its message along: nobody had to say yes.
        if !event.payload["message"].is_null() {
            let prompt = approval.prompt.as_deref().unwrap_or_default();
            return format!("{who} → prompt  {}", safe::visible(prompt));
        }
        let (sign, id) = (self.paint.green("✓"), APPROVAL.short(approval.id));
        match &approval.edited_prompt {
            Some(edited) => {
                format!("{sign} {who} approved {id} with changes:\n{}", safe::visible(edited))
            }
            None => format!("{sign} {who} approved {id}"),
        }
    }

    fn name(&self, id: Option<ParticipantId>) -> String {
        match id {
            Some(id) if Some(id) == self.me => "you".into(),
            Some(id) => self.names.get(&id).cloned().unwrap_or_else(|| "somebody".into()),
            None => "somebody".into(),
        }
    }
}

/// A part of an event's payload.
pub(super) fn part<T: DeserializeOwned>(event: &Event, name: &str) -> Option<T> {
    let value: &Value = event.payload.get(name)?;
    serde_json::from_value(value.clone()).ok()
}

/// The approval that an event is about.
pub(super) fn approval(event: &Event) -> Option<Approval> {
    part(event, "approval")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::cli::live::room::tests::{event, snapshot};

    #[test]
    fn between_decisions_nothing_is_said_not_even_half_a_line() {
        let said = json!({ "notification": { "update": {
            "sessionUpdate": "agent_message_chunk", "content": { "type": "text", "text": "I will" } } } });
        let counts = [false, true].map(|decisions_only| {
            let mut scribe = Scribe::new(Paint::new(false), &snapshot(1), decisions_only);
            let mut lines = scribe.event(&event(2, "host_session_update", said.clone()));
            lines.extend(scribe.event(&event(3, "message_created", json!({}))));
            lines.extend(scribe.event(&event(4, "host_session_update", said.clone())));
            lines.extend(scribe.event(&event(5, "approval_resolved", json!({}))));
            lines.len()
        });
        assert_eq!(counts, [2, 0]);
    }
}
