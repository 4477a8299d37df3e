//! What the agent says and does: its own `session/update`s as lines, safe to print.

use std::collections::HashMap;

use serde_json::Value;

use crate::cli::{paint::Paint, safe, tool::Tool};

/// The agent's speech, line by line as it comes.
pub(super) struct Speech {
    agent: String,
    folder: Option<String>,
    paint: Paint,
    /// What was said of a line that is not complete.
    line: String,
    /// Whether a message has begun and nothing else has come between.
    is_speaking: bool,
    tools: HashMap<String, Tool>,
    plan: String,
    /// What it has used so far, in words.
    usage: Vec<String>,
    /// The call that changed a file last.
    newest_edit: Option<String>,
}

impl Speech {
    /// Nothing was said yet.
    pub(super) fn new(agent: String, folder: Option<String>, paint: Paint) -> Self {
        let (line, plan) = (String::new(), String::new());
        let tools = HashMap::new();
        let (usage, newest_edit) = (Vec::new(), None);
        Self { agent, folder, paint, line, is_speaking: false, tools, plan, usage, newest_edit }
    }

    /// The lines that an update is worth.
    pub(super) fn update(&mut self, clock: &str, notification: &Value) -> Vec<String> {
        let update = &notification["update"];
        match update["sessionUpdate"].as_str().unwrap_or_default() {
            "agent_message_chunk" => {
                let text = update["content"]["text"].as_str().unwrap_or("(not text)");
                self.say(clock, text)
            }
            "tool_call" | "tool_call_update" => {
                let mut lines = self.pause();
                lines.extend(self.tool(clock, update));
                lines
            }
            "plan" => {
                let mut lines = self.pause();
                lines.extend(self.plan(update));
                lines
            }
            "usage_update" => {
                self.usage = usage(update);
                Vec::new()
            }
            _ => Vec::new(),
        }
    }

    /// The rest of what was being said, because something else comes now.
    pub(super) fn pause(&mut self) -> Vec<String> {
        self.is_speaking = false;
        let line = std::mem::take(&mut self.line);
        if line.trim().is_empty() { Vec::new() } else { vec![line] }
    }

    /// What it has used so far: tokens, and money where it says so.
    pub(super) fn usage(&self) -> &[String] {
        &self.usage
    }

    /// The tool call that changed a file last.
    pub(super) fn newest_edit(&self) -> Option<&Tool> {
        self.tools.get(self.newest_edit.as_ref()?)
    }

    fn say(&mut self, clock: &str, text: &str) -> Vec<String> {
        let text = safe::visible(text);
        let text = if self.is_speaking { &*text } else { text.trim_start_matches('\n') };
        if text.is_empty() {
            return Vec::new();
        }
        if !self.is_speaking {
            self.is_speaking = true;
            self.line = format!("{}  {}  ", self.paint.dim(clock), self.paint.bold(&self.agent));
        }
        let mut lines = Vec::new();
        for part in text.split_inclusive('\n') {
            self.line.push_str(part.trim_end_matches('\n'));
            if part.ends_with('\n') {
                lines.push(
                    std::mem::replace(&mut self.line, "       ".into()).trim_end().to_owned(),
                );
            }
        }
        lines
    }

    fn tool(&mut self, clock: &str, update: &Value) -> Option<String> {
        let id = update["toolCallId"].as_str()?;
        let tool = self.tools.entry(id.to_owned()).or_default();
        let before = tool.status.clone();
        tool.update(update);
        if !tool.edits.is_empty() {
            self.newest_edit = Some(id.to_owned());
        }
        if tool.status == before {
            return None;
        }
        let sign = match tool.status.as_str() {
            "completed" => self.paint.green("✓"),
            "failed" => self.paint.red("✗"),
            // What runs may take long, so its beginning is worth a line too.
            "in_progress" if tool.is_execute() => "…".into(),
            _ => return None,
        };
        let (clock, object) = (self.paint.dim(clock), tool.object(self.folder.as_deref()));
        Some(format!("{clock}    {:<6} {object}  {sign}", tool.verb()))
    }

    fn plan(&mut self, update: &Value) -> Option<String> {
        let entries = update["entries"].as_array()?;
        let done = entries.iter().filter(|it| it["status"] == "completed").count();
        let now = entries.iter().find(|it| it["status"] == "in_progress");
        let now = now.and_then(|it| it["content"].as_str()).map(safe::one_line).unwrap_or_default();
        let line = format!("       plan: {done} of {} done  {now}", entries.len());
        let line = self.paint.dim(line.trim_end());
        if line == self.plan {
            return None;
        }
        self.plan.clone_from(&line);
        Some(line)
    }
}

fn usage(update: &Value) -> Vec<String> {
    let thousands = |name: &str| update[name].as_u64().map(|it| it / 1000);
    let mut usage = Vec::new();
    if let (Some(used), Some(size)) = (thousands("used"), thousands("size")) {
        usage.push(format!("{used}k/{size}k"));
    }
    if let Some(amount) = update["cost"]["amount"].as_f64() {
        usage.push(match update["cost"]["currency"].as_str() {
            Some("USD") => format!("${amount:.2}"),
            Some(other) => format!("{amount:.2} {}", safe::one_line(other)),
            None => format!("{amount:.2}"),
        });
    }
    usage
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn speech() -> Speech {
        Speech::new("claude".into(), None, Paint::new(false))
    }

    fn said(text: &str) -> Value {
        json!({ "update": { "sessionUpdate": "agent_message_chunk", "content": { "type": "text", "text": text } } })
    }

    #[test]
    fn a_message_comes_out_line_by_line_however_it_is_cut() {
        let mut speech = speech();
        let mut lines = Vec::new();
        for chunk in ["\nThe test ", "races.\nI will\n", "\n", "await it \u{1b}[2K"] {
            lines.extend(speech.update("10:41", &said(chunk)));
        }
        lines.extend(speech.pause());
        insta::assert_snapshot!(lines.join("\n"), @r"
        10:41  claude  The test races.
               I will

               await it ␛[2K
        ");
    }

    #[test]
    fn a_tool_call_is_one_line_when_it_ends_and_two_when_it_runs_something() {
        let mut speech = speech();
        let mut lines = Vec::new();
        for update in [
            json!({ "sessionUpdate": "tool_call", "toolCallId": "1", "kind": "read", "title": "Read a.rs", "status": "in_progress" }),
            json!({ "sessionUpdate": "tool_call_update", "toolCallId": "1", "status": "completed" }),
            json!({ "sessionUpdate": "tool_call", "toolCallId": "2", "kind": "execute", "title": "t", "rawInput": { "command": "cargo test" } }),
            json!({ "sessionUpdate": "tool_call_update", "toolCallId": "2", "status": "in_progress" }),
            json!({ "sessionUpdate": "tool_call_update", "toolCallId": "2", "status": "in_progress" }),
            json!({ "sessionUpdate": "tool_call_update", "toolCallId": "2", "status": "failed" }),
        ] {
            lines.extend(speech.update("10:41", &json!({ "update": update })));
        }
        insta::assert_snapshot!(lines.join("\n"), @r"
        10:41    read   Read a.rs  ✓
        10:41    run    cargo test  …
        10:41    run    cargo test  ✗
        ");
    }
}
