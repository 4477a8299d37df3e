//! An approval as people decide it in a terminal: everything that will run, nothing cut, every hidden character seen.

use serde_json::{Map, Value};

use super::{form, ids::APPROVAL, paint::Paint, paths, safe, table::cut, time, tool::Tool};
use crate::domain::{
    Approval, ApprovalKind, ApprovalOption, ApprovalStatus, Artifact, ArtifactDecision, Draft,
    OptionKind, Verdict,
};

/// How much of an answer stands beside its key.
const ANSWER: usize = 24;
/// More than this on one line of the inbox may be cut.
const PLAIN: usize = 60;

/// What is asked, on one line, safe to print.
pub(super) fn summary(approval: &Approval) -> String {
    match approval.kind {
        ApprovalKind::Prompt => {
            let author = approval.action.strip_suffix(" wants to send a prompt");
            let text = safe::one_line(approval.prompt.as_deref().unwrap_or_default());
            format!("{}: {text}", safe::one_line(author.unwrap_or("somebody")))
        }
        ApprovalKind::Permission => {
            let tool = tool(approval);
            match &tool.command {
                Some(_) => format!("$ {}", tool.object(None)),
                None if tool.says_nothing() => "the agent did not say what it will do".into(),
                None => format!("{} {}", tool.verb(), tool.object(None)),
            }
        }
        _ => safe::one_line(&approval.action),
    }
}

/// Whether a line of the inbox may not have shown all of it.
pub(super) fn needs_a_look(approval: &Approval) -> bool {
    let hidden = |text: &str| safe::has_hidden(text) || text.contains('\n');
    let tool = tool(approval);
    let texts = [approval.prompt.as_deref(), tool.command.as_deref()];
    summary(approval).chars().count() > PLAIN
        || texts.into_iter().flatten().any(hidden)
        || !tool.edits.is_empty()
        || (approval.kind == ApprovalKind::Permission && tool.command.is_none())
        || approval.kind == ApprovalKind::Draft
}

/// What a permission is asked for.
pub(super) fn tool(approval: &Approval) -> Tool {
    Tool::read(&approval.details["toolCall"])
}

/// The lines of the card. What others wrote stands behind a bar, so that it cannot pass for our own words.
pub(super) fn lines(approval: &Approval, paint: Paint) -> Vec<String> {
    let mut lines = vec![head(approval, paint)];
    let body = body(approval);
    if body.iter().any(|it| safe::has_hidden(it)) {
        lines.push(
            paint.yellow(
                "  ! it holds characters that nobody sees; they are shown as ␛ or ⟨U+202E⟩",
            ),
        );
    }
    lines.extend(body.iter().flat_map(|it| quoted(it)));
    if let Some(edited) = &approval.edited_prompt {
        lines.push("  edited before it was approved:".into());
        lines.extend(quoted(edited));
    }
    if let Some(folder) = tool(approval).folder {
        lines.push(format!("  in {}", safe::one_line(&folder)));
    }
    lines.extend(form::fields(&approval.details).iter().map(|it| format!("  {}", it.line())));
    if approval.status == ApprovalStatus::Pending {
        lines.extend(options(approval));
    }
    for suggestion in &approval.suggestions {
        let word = match suggestion.action {
            Verdict::Approve => "approve",
            Verdict::Reject => "reject",
        };
        let note = suggestion.note.as_deref().map(|it| format!(" “{}”", safe::one_line(it)));
        lines.push(format!("  somebody suggests: {word}{}", note.unwrap_or_default()));
    }
    lines
}

/// A card in few words, safe to print.
#[derive(Debug)]
pub(super) struct Brief {
    /// Its short id.
    pub(super) id: String,
    /// What is asked.
    pub(super) title: String,
    /// What will run, line by line.
    pub(super) body: Vec<String>,
    /// Where.
    pub(super) folder: Option<String>,
    /// Whether it is about changes of files.
    pub(super) has_edits: bool,
    /// Whether there is more to be said of it than this.
    pub(super) is_odd: bool,
}

/// The card in few words.
pub(super) fn brief(approval: &Approval) -> Brief {
    let (texts, tool) = (body(approval), tool(approval));
    let fields = form::fields(&approval.details);
    let fields = fields.iter().map(|it| format!("· {}", it.line()));
    Brief {
        id: APPROVAL.short(approval.id),
        title: title(approval),
        is_odd: texts.iter().any(|it| safe::has_hidden(it)) || !approval.suggestions.is_empty(),
        body: texts.iter().flat_map(|it| marked(it)).chain(fields).collect(),
        folder: tool.folder.map(|it| safe::one_line(&paths::shown(it.as_ref()))),
        has_edits: !tool.edits.is_empty(),
    }
}

fn title(approval: &Approval) -> String {
    match approval.kind {
        ApprovalKind::Question => "The agent asks".into(),
        _ => safe::one_line(&approval.action),
    }
}

fn head(approval: &Approval, paint: Paint) -> String {
    let id = paint.bold(&APPROVAL.short(approval.id));
    let when = match approval.status {
        ApprovalStatus::Pending => {
            let left = approval.expires_at.map(|_| time::left(approval.expires_at));
            let left = left.map(|it| format!(" · {it} left")).unwrap_or_default();
            format!("{}{left}", time::ago(approval.created_at))
        }
        _ => outcome(approval),
    };
    format!("{id}  {}  {}", paint.bold(&title(approval)), paint.dim(&when))
}

/// What it will do, as the asker wrote it.
fn body(approval: &Approval) -> Vec<String> {
    match approval.kind {
        ApprovalKind::Prompt => vec![approval.prompt.clone().unwrap_or_default()],
        ApprovalKind::Question => vec![approval.action.clone()],
        ApprovalKind::Permission => permission(&tool(approval)),
        ApprovalKind::Draft => approval.draft.iter().flat_map(artifacts).collect(),
        ApprovalKind::Action => details(&approval.details),
    }
}

/// Each artifact with its change, and what was said of it.
fn artifacts(draft: &Draft) -> Vec<String> {
    let said = |it: &Artifact| match it.decision {
        None => String::new(),
        Some(ArtifactDecision::Approved) => "  approved".into(),
        Some(ArtifactDecision::Rejected) => "  rejected".into(),
        Some(ArtifactDecision::Discuss) => "  to be discussed".into(),
    };
    let one = |it: &Artifact| {
        let reason = it.reason.as_deref().map(|it| format!(": {}", safe::one_line(it)));
        let head = format!("{}  {}{}", it.uri, it.summary, said(it));
        let head = format!("{}{}", head.trim_end(), reason.unwrap_or_default());
        let diff = match &it.diff {
            Some(diff) => diff.trim_end().to_owned(),
            None => format!("({} bytes, not loaded)", it.diff_bytes),
        };
        [head].into_iter().chain((it.diff_bytes > 0).then_some(diff))
    };
    draft.artifacts.iter().flat_map(one).collect()
}

/// What a program wants people to know: a text alone as it is, nothing where it said nothing.
fn details(details: &Value) -> Vec<String> {
    match (details.as_object().map(Map::len), details["text"].as_str()) {
        (Some(0), _) => Vec::new(),
        (Some(1), Some(text)) => vec![text.to_owned()],
        _ => vec![pretty(details)],
    }
}

fn permission(tool: &Tool) -> Vec<String> {
    if tool.says_nothing() {
        return vec!["The agent did not say what it will do.".into()];
    }
    if let Some(command) = &tool.command {
        return vec![command.clone()];
    }
    let mut body = vec![tool.title()];
    body.extend(tool.paths.iter().map(|path| format!("file {path}")));
    for edit in &tool.edits {
        body.push(format!("change {}", edit.path()));
        body.extend(edit.lines());
    }
    if tool.edits.is_empty() && !tool.input.is_null() {
        body.push(pretty(&tool.input));
    }
    body
}

fn pretty(value: &Value) -> String {
    serde_json::to_string_pretty(value).unwrap_or_default()
}

fn quoted(text: &str) -> Vec<String> {
    marked(text).iter().map(|line| format!("  │ {line}")).collect()
}

/// Its lines, with every hidden character and the spaces at their ends to be seen.
fn marked(text: &str) -> Vec<String> {
    let text = safe::visible(text);
    let line = |line: &str| {
        let seen = line.trim_end_matches(' ');
        format!("{seen}{}", "␠".repeat(line.len() - seen.len()))
    };
    text.split('\n').map(line).collect()
}

fn options(approval: &Approval) -> Vec<String> {
    if approval.kind == ApprovalKind::Action {
        // A program's own words are all that it knows of them.
        return answers_of(approval);
    }
    let line = |it: &ApprovalOption| {
        let warning = match it.kind {
            OptionKind::AllowAlways => "  (the agent will remember this; it cannot be undone here)",
            _ => "",
        };
        format!("  {}  {}{warning}", kind(&it.kind), safe::one_line(&it.label))
    };
    approval.options.iter().map(line).collect()
}

/// Whether it offers answers that a yes and a no would not say: of several nos each is another one.
pub(super) fn has_own_answers(approval: &Approval) -> bool {
    let yes = approval.options.iter().filter(|it| it.kind == OptionKind::AllowOnce).count();
    match approval.kind {
        ApprovalKind::Action => !is_yes_or_no(approval),
        ApprovalKind::Permission => yes == 0 && !approval.options.is_empty(),
        _ => false,
    }
}

/// Whether a program asks for no more than a yes or a no.
fn is_yes_or_no(approval: &Approval) -> bool {
    let labels: Vec<_> = approval.options.iter().map(|it| it.label.to_lowercase()).collect();
    labels == ["approve", "deny"] || labels == ["yes", "no"]
}

/// The answers that it offers, in a few words each, safe to print.
pub(super) fn answers(approval: &Approval) -> Vec<String> {
    let short = |it: &ApprovalOption| cut(&safe::one_line(&it.label), ANSWER);
    approval.options.iter().map(short).collect()
}

fn answers_of(approval: &Approval) -> Vec<String> {
    let answer = |(n, it): (usize, &ApprovalOption)| {
        let yes = if it.kind == OptionKind::AllowOnce { "  (the yes)" } else { "" };
        format!("  {n}  {}{yes}", safe::one_line(&it.label))
    };
    (1..).zip(&approval.options).map(answer).collect()
}

/// ACP's word for an option, or the asker's own.
pub(super) fn kind(kind: &OptionKind) -> String {
    match kind {
        OptionKind::AllowOnce => "allow_once".into(),
        OptionKind::AllowAlways => "allow_always".into(),
        OptionKind::RejectOnce => "reject_once".into(),
        OptionKind::RejectAlways => "reject_always".into(),
        OptionKind::Other(word) => safe::one_line(word),
    }
}

/// How it ended, and when and why, in a few words, safe to print.
pub(super) fn outcome(approval: &Approval) -> String {
    let ago = approval.resolved_at.map(|at| format!(" {}", time::ago(at)));
    format!("{}{}{}", verdict(approval), ago.unwrap_or_default(), reason(approval))
}

/// Why, for the end of a sentence, safe to print.
pub(super) fn reason(approval: &Approval) -> String {
    let reason = approval.reason.as_deref().map(|it| format!(": {}", safe::one_line(it)));
    reason.unwrap_or_default()
}

/// How it ended, in a word or two, safe to print.
pub(super) fn verdict(approval: &Approval) -> String {
    let option = approval.option_id.as_ref();
    let option = option.and_then(|id| approval.options.iter().find(|it| it.id == *id));
    match (approval.status, option) {
        (ApprovalStatus::Pending, _) => "waits".into(),
        (ApprovalStatus::Approved | ApprovalStatus::Rejected, Some(option))
            if approval.kind == ApprovalKind::Action =>
        {
            format!("answered: {}", safe::one_line(&option.label))
        }
        (ApprovalStatus::Approved | ApprovalStatus::Rejected, Some(option)) => kind(&option.kind),
        (ApprovalStatus::Approved, None) if approval.kind == ApprovalKind::Question => {
            "answered".into()
        }
        (ApprovalStatus::Approved, None) => match approval.edited_prompt {
            Some(_) => "approved, edited".into(),
            None => "approved".into(),
        },
        (ApprovalStatus::Rejected, None) => "rejected".into(),
        (ApprovalStatus::Expired, _) => "expired".into(),
        (ApprovalStatus::Withdrawn, _) => "withdrawn".into(),
        (ApprovalStatus::Failed, _) => "approved, but the agent failed".into(),
    }
}
