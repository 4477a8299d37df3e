//! What a tool call of an agent does, as far as the agent says: read from its own JSON, which promises nothing.

use std::path::Path;

use serde_json::Value;
use similar::{ChangeTag, TextDiff};

use super::{paint::Paint, safe};

/// A tool call.
#[derive(Debug, Clone, Default)]
pub(super) struct Tool {
    kind: String,
    title: String,
    /// How it stands, in ACP's word.
    pub(super) status: String,
    /// What will run, where the agent says so.
    pub(super) command: Option<String>,
    /// Where it will run.
    pub(super) folder: Option<String>,
    /// What it touches.
    pub(super) paths: Vec<String>,
    /// What it changes.
    pub(super) edits: Vec<Edit>,
    /// Everything else that it was given.
    pub(super) input: Value,
}

/// A change of a file.
#[derive(Debug, Clone)]
pub(super) struct Edit {
    path: String,
    before: String,
    after: String,
}

impl Tool {
    /// Reads a tool call.
    pub(super) fn read(call: &Value) -> Self {
        let mut tool = Self::default();
        tool.update(call);
        tool
    }

    /// Takes over what an update says; the rest stays.
    pub(super) fn update(&mut self, call: &Value) {
        let text = |value: &Value| value.as_str().map(str::to_owned);
        let take = |name: &str, field: &mut String| {
            if let Some(new) = text(&call[name]) {
                *field = new;
            }
        };
        take("kind", &mut self.kind);
        take("title", &mut self.title);
        take("status", &mut self.status);
        let input = &call["rawInput"];
        if !input.is_null() {
            self.command = command(&input["command"]).or_else(|| command(&input["cmd"]));
            self.folder = text(&input["cwd"]);
            self.input = input.clone();
        }
        if let Some(locations) = call["locations"].as_array() {
            self.paths = locations.iter().filter_map(|it| text(&it["path"])).collect();
        }
        if let Some(content) = call["content"].as_array() {
            let diff = |it: &Value| {
                let path = text(&it["path"])?;
                let before = text(&it["oldText"]).unwrap_or_default();
                Some(Edit { path, before, after: text(&it["newText"])? })
            };
            let edits: Vec<_> =
                content.iter().filter(|it| it["type"] == "diff").filter_map(diff).collect();
            if !edits.is_empty() {
                self.edits = edits;
            }
        }
    }

    /// Whether it runs something.
    pub(super) fn is_execute(&self) -> bool {
        self.kind == "execute"
    }

    /// Whether the agent has said anything about it.
    pub(super) fn says_nothing(&self) -> bool {
        self.title.trim().is_empty()
            && self.command.is_none()
            && self.paths.is_empty()
            && self.edits.is_empty()
            && self.input.is_null()
    }

    /// What it does, in one word of ours.
    pub(super) fn verb(&self) -> &'static str {
        match self.kind.as_str() {
            "execute" => "run",
            "read" => "read",
            "edit" => "edit",
            "delete" => "delete",
            "move" => "move",
            "search" => "search",
            "fetch" => "fetch",
            "think" => "think",
            _ => "tool",
        }
    }

    /// What it does it to, on one line, safe to print; paths below `folder` without it.
    pub(super) fn object(&self, folder: Option<&str>) -> String {
        if let Some(command) = &self.command {
            return safe::one_line(command);
        }
        match (self.edits.as_slice(), self.paths.as_slice()) {
            ([], [path]) => safe::one_line(shorter(path, folder)),
            ([edit], _) => {
                let (added, removed) = edit.counts();
                format!("{}  +{added} −{removed}", safe::one_line(shorter(&edit.path, folder)))
            }
            _ => safe::one_line(&self.title),
        }
    }

    /// The agent's own title, on one line, safe to print.
    pub(super) fn title(&self) -> String {
        safe::one_line(&self.title)
    }
}

impl Edit {
    /// Its path, on one line, safe to print.
    pub(super) fn path(&self) -> String {
        safe::one_line(&self.path)
    }

    fn counts(&self) -> (usize, usize) {
        let diff = TextDiff::from_lines(&self.before, &self.after);
        let count = |tag| diff.iter_all_changes().filter(|it| it.tag() == tag).count();
        (count(ChangeTag::Insert), count(ChangeTag::Delete))
    }

    /// The lines that change, as [`diff`] gives them.
    pub(super) fn lines(&self) -> Vec<String> {
        diff(&self.before, &self.after)
    }
}

/// What differs between two texts, line by line, with three lines around; not yet safe to print.
pub(super) fn diff(before: &str, after: &str) -> Vec<String> {
    let diff = TextDiff::from_lines(before, after);
    let unified = diff.unified_diff().context_radius(3).to_string();
    unified.lines().map(str::to_owned).collect()
}

/// A line of a [`diff`], safe to print.
pub(super) fn painted(line: &str, paint: Paint) -> String {
    let line = safe::visible(line);
    match line.as_bytes().first() {
        Some(b'+') => paint.green(&line),
        Some(b'-') => paint.red(&line),
        _ => paint.dim(&line),
    }
}

/// A path below `folder` without it.
fn shorter<'a>(path: &'a str, folder: Option<&str>) -> &'a str {
    let below = folder.and_then(|it| Path::new(path).strip_prefix(it).ok()).and_then(Path::to_str);
    below.filter(|it| !it.is_empty()).unwrap_or(path)
}

/// Agents write a command as one text, or as a program and its arguments.
fn command(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Array(words) => {
            let quoted = |word: &Value| {
                let word = word.as_str()?;
                let plain = |c: char| c.is_ascii_alphanumeric() || "-_./=:,@%+".contains(c);
                let is_plain = !word.is_empty() && word.chars().all(plain);
                Some(if is_plain {
                    word.to_owned()
                } else {
                    format!("'{}'", word.replace('\'', r"'\''"))
                })
            };
            let words: Option<Vec<_>> = words.iter().map(quoted).collect();
            words.map(|it| it.join(" ")).filter(|it| !it.is_empty())
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_command_is_shown_as_it_will_run() {
        let run = |input: Value| {
            Tool::read(&json!({ "kind": "execute", "rawInput": input })).object(None)
        };
        assert_eq!(run(json!({ "command": "cargo test" })), "cargo test");
        assert_eq!(
            run(json!({ "command": ["bash", "-lc", "echo 'hi'"] })),
            r"bash -lc 'echo '\''hi'\'''"
        );
        assert_eq!(run(json!({ "command": "ls\u{1b}[2K\nrm" })), "ls␛[2K⏎rm");
    }

    #[test]
    fn an_update_changes_only_what_it_says() {
        let mut tool =
            Tool::read(&json!({ "kind": "edit", "title": "Edit a.rs", "status": "pending" }));
        tool.update(&json!({ "status": "completed", "content": [
            { "type": "diff", "path": "/x/a.rs", "oldText": "a\nb\n", "newText": "a\nc\nd\n" }
        ] }));
        assert_eq!((tool.verb(), tool.object(Some("/x")).as_str()), ("edit", "a.rs  +2 −1"));
        assert_eq!(tool.status, "completed");
    }

    #[test]
    fn an_agent_that_says_nothing_is_seen_to_say_nothing() {
        assert!(Tool::read(&json!({ "toolCallId": "call-1" })).says_nothing());
        assert!(!Tool::read(&json!({ "title": "Look" })).says_nothing());
    }
}
