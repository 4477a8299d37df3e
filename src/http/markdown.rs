//! Events as Markdown for people.
//!
//! What people and agents wrote stands in fences that are longer than any in it, names and titles are escaped, and
//! characters that nobody sees are shown: whatever is in a transcript, it is still a transcript.

use std::{collections::HashMap, fmt::Write};

use serde_json::Value;

use crate::domain::{SessionId, visible};

/// A message of an agent is cut into pieces of this size, in bytes: its end is not waited for.
const PIECE: usize = 256 * 1024;

/// A transcript that is being written.
#[derive(Default)]
pub(super) struct Markdown {
    session: Option<SessionId>,
    /// What people are called, by their participant's id.
    names: HashMap<String, String>,
    /// What the agent is saying: text that comes in chunks.
    speech: Option<Speech>,
    /// The life of the agent session, as it was told last.
    life: String,
    /// The mode of the session, as it was told last.
    mode: String,
}

struct Speech {
    kind: String,
    message: Value,
    text: String,
}

impl Markdown {
    /// What an event adds.
    pub(super) fn add(&mut self, session: SessionId, event: &[u8]) -> String {
        let Ok(event) = serde_json::from_slice::<Value>(event) else { return String::new() };
        let (kind, it) = (text(&event["type"]), &event["payload"]);
        let mut out = String::new();
        if self.session != Some(session) {
            out += &self.end();
            self.session = Some(session);
        }
        let participant = &it["participant"];
        if let Some(name) = participant["displayName"].as_str() {
            self.names.insert(text(&participant["id"]).to_owned(), name.to_owned());
        }
        if kind == "host_session_update" {
            return out + &self.said(&it["notification"]["update"]);
        }
        let added = self.event(kind, it);
        if let Some(added) = added {
            out += &self.end();
            out += &added;
            out += "\n\n";
        }
        out
    }

    /// What is left to be written.
    pub(super) fn end(&mut self) -> String {
        let Some(Speech { kind, text, .. }) = self.speech.take() else { return String::new() };
        let who =
            if kind == "agent_thought_chunk" { "The agent thought" } else { "The agent said" };
        format!("{who}\n\n{}\n\n", fence("", &text))
    }

    fn event(&mut self, kind: &str, it: &Value) -> Option<String> {
        let (approval, dispatch, by) = (&it["approval"], &it["dispatch"], &it["participant"]);
        let who = self.who(&by["id"]);
        Some(match kind {
            "shared_session_created" => {
                text(&it["session"]["mode"]).clone_into(&mut self.mode);
                format!("# {}", inline(text(&it["session"]["title"])))
            }
            "session_closed" => format!("The session ended: {}.", inline(text(&it["status"]))),
            "participant_joined" => format!("{who} joined."),
            "participant_left" => format!("{who} left."),
            "participant_removed" => format!("{who} was removed."),
            "participant_updated" => {
                let decides = it["participant"]["canDecide"] == Value::Bool(true);
                let decides = if decides { " who may decide" } else { "" };
                format!("{who} is now a {}{decides}.", inline(text(&by["role"])))
            }
            "host_changed" => format!("{who} is host now."),
            "session_updated" => return self.changed(&it["session"]),
            "message_created" => {
                format!("{who} commented\n\n{}", fence("", text(&it["message"]["text"])))
            }
            "prompt_pending_approval" => {
                format!("{who} prompted\n\n{}", fence("", text(&approval["prompt"])))
            }
            "prompt_approved" if !it["message"].is_null() => {
                format!("{who} prompted\n\n{}", fence("", text(&approval["prompt"])))
            }
            "prompt_approved" => match approval["editedPrompt"].as_str() {
                Some(edited) => format!("{who} approved with changes\n\n{}", fence("", edited)),
                None => format!("{who} approved{}", because(&approval["reason"])),
            },
            "prompt_rejected" => format!("{who} rejected{}", because(&approval["reason"])),
            "approval_requested" => asked(approval),
            "approval_resolved" => {
                let who = self.who(&approval["resolvedByParticipantId"]);
                let chosen = approval["optionId"].as_str().or(approval["status"].as_str());
                let chosen = inline(chosen.unwrap_or_default());
                let parts = reviewed(&approval["draft"]);
                format!("{who} decided: {chosen}{}{parts}", because(&approval["reason"]))
            }
            "approval_expired" => format!("Nobody decided: {}.", inline(text(&approval["action"]))),
            "approval_withdrawn" => format!("Taken back: {}.", inline(text(&approval["action"]))),
            "artifact_decided" => {
                let artifact = &it["artifact"];
                let (uri, decision) = (text(&artifact["uri"]), text(&artifact["decision"]));
                let why = because(&artifact["reason"]);
                format!("{who} on {}: {}{why}", inline(uri), inline(decision))
            }
            "prompt_dispatch_completed"
            | "prompt_dispatch_failed"
            | "prompt_dispatch_cancelled"
            | "prompt_dispatch_unknown"
            | "prompt_dispatch_settled" => {
                format!(
                    "The turn: {}{}",
                    inline(text(&dispatch["state"])),
                    because(&dispatch["error"])
                )
            }
            "agent_session_updated" => return self.lived(&it["agentSession"]),
            "updates_dropped" => {
                let count = &it["count"];
                format!("Of what the agent said before, the oldest is not kept: {count} updates.")
            }
            "goal_complete" => format!("The goal is reached: {}.", inline(text(&it["goalId"]))),
            "waiting_for_input" => format!("It waits for\n\n{}", fence("", text(&it["prompt"]))),
            "status_update" => format!("It is at\n\n{}", fence("", text(&it["message"]))),
            "agent_output" => {
                let stream = inline(text(&it["stream"]));
                format!("It wrote to {stream}\n\n{}", fence("", text(&it["content"])))
            }
            _ => return None,
        })
    }

    fn who(&self, id: &Value) -> String {
        let name = id.as_str().and_then(|id| self.names.get(id));
        format!("**{}**", inline(name.map_or("Somebody", String::as_str)))
    }

    fn changed(&mut self, session: &Value) -> Option<String> {
        let mode = text(&session["mode"]);
        let before = std::mem::replace(&mut self.mode, mode.to_owned());
        (before != mode).then(|| format!("The mode is now {}.", inline(&mode.replace('_', " "))))
    }

    fn lived(&mut self, it: &Value) -> Option<String> {
        let life = text(&it["life"]);
        let before = std::mem::replace(&mut self.life, life.to_owned());
        if before == life || (before.is_empty() && life == "active") {
            return None;
        }
        let why = because(&it["lifeChange"]["reason"]);
        Some(format!("The agent session is {}{why}", inline(life)))
    }

    /// Chunks of one message flow together; of tool calls their beginning and their end are told.
    fn said(&mut self, update: &Value) -> String {
        let kind = text(&update["sessionUpdate"]);
        if let ("agent_message_chunk" | "agent_thought_chunk", Some(chunk)) =
            (kind, update["content"]["text"].as_str())
        {
            let message = &update["messageId"];
            let goes_on =
                |it: &Speech| it.kind == kind && it.message == *message && it.text.len() < PIECE;
            let ended =
                if self.speech.as_ref().is_some_and(goes_on) { String::new() } else { self.end() };
            let begin = || {
                let (kind, message) = (kind.to_owned(), message.clone());
                Speech { kind, message, text: String::new() }
            };
            self.speech.get_or_insert_with(begin).text.push_str(chunk);
            return ended;
        }
        let (title, status) = (text(&update["title"]), text(&update["status"]));
        let line = match (kind, status) {
            ("tool_call", _) => format!("Tool: {}", inline(title)),
            ("tool_call_update", "completed" | "failed") => {
                format!("Tool {}: {status}", inline(text(&update["toolCallId"])))
            }
            _ => return String::new(),
        };
        format!("{}{line}\n\n", self.end())
    }
}

/// What an agent asks, or offers for review.
fn asked(approval: &Value) -> String {
    let action = inline(text(&approval["action"]));
    let Some(artifacts) = approval["draft"]["artifacts"].as_array() else {
        let call = &approval["details"]["toolCall"];
        let command = call["rawInput"]["command"].as_str().or(call["title"].as_str());
        let command = command.map(|it| format!("\n\n{}", fence("", it))).unwrap_or_default();
        return format!("The agent asks: {action}{command}");
    };
    let mut out = format!("For review: {action}");
    for artifact in artifacts {
        let (uri, summary) = (text(&artifact["uri"]), text(&artifact["summary"]));
        let diff = fence("diff", text(&artifact["diff"]));
        // Writing to a string does not fail.
        let head = format!("{} {}", inline(uri), inline(summary));
        let _written = write!(out, "\n\n{}\n\n{diff}", head.trim_end());
    }
    out
}

/// What was said of each artifact of a draft.
fn reviewed(draft: &Value) -> String {
    let mut out = String::new();
    for artifact in draft["artifacts"].as_array().into_iter().flatten() {
        let (uri, decision) = (text(&artifact["uri"]), text(&artifact["decision"]));
        let why = because(&artifact["reason"]);
        // Writing to a string does not fail.
        let _written = write!(out, "\n\n{}: {}{why}", inline(uri), inline(decision));
    }
    out
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

fn because(reason: &Value) -> String {
    reason.as_str().map_or_else(|| ".".to_owned(), |it| format!("\n\n{}", fence("", it)))
}

/// Text of several lines, as it is: its fence is longer than any in it.
fn fence(kind: &str, text: &str) -> String {
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(3.max(longest + 1));
    format!("{fence}{kind}\n{}\n{fence}", visible(text.trim_end_matches('\n')))
}

/// Text on a line, in which nothing is markup.
fn inline(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in visible(text.trim()).chars() {
        match c {
            '\n' => out.push('⏎'),
            '\t' => out.push(' '),
            c => {
                if c.is_ascii_punctuation() {
                    out.push('\\');
                }
                out.push(c);
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_text_ends_its_fence_before_its_end() {
        for text in ["", "`", "```", "a\n````\n# b\n", "`````\r\n~~~", "\u{1b}[2J```\u{202e}"] {
            let fenced = fence("", text);
            let mut lines = fenced.lines();
            let open = lines.next().unwrap();
            assert!(open.len() >= 3 && open.bytes().all(|it| it == b'`'), "{fenced}");
            let closing = lines.position(|line| line.trim_start().starts_with(open)).unwrap();
            assert_eq!(closing + 2, fenced.lines().count(), "{fenced}");
            assert!(!fenced.contains(['\u{1b}', '\u{202e}', '\r']), "{fenced}");
        }
    }

    #[test]
    fn nothing_in_a_line_is_markup_and_a_line_stays_one() {
        assert_eq!(inline("# [x](y) <b>&amp; `c`"), r"\# \[x\]\(y\) \<b\>\&amp\; \`c\`");
        assert_eq!(inline(" a\n- b\u{202e} "), "a⏎\\- b⟨U\\+202E⟩");
    }
}
