//! What the keys are for at the moment: commands, a text, or the answer to a question.

use serde_json::{Map, Value};

use super::input::Input;
use crate::{cli::form::Field, domain::Approval};

/// What the keys are for.
#[derive(Debug, Default)]
pub(super) enum Mode {
    /// Each key is a command.
    #[default]
    Commands,
    /// Keys write a text.
    Text(Entry),
    /// One key answers.
    Choice(Choice),
}

/// A question that one key answers.
#[derive(Debug)]
pub(super) enum Choice {
    /// End the session for everyone, or detach? And what the keys were for before.
    Leave(Box<Mode>),
    /// A link for whom?
    Invite,
    /// What may people do?
    People,
    /// Approve the prompt with this text?
    Edited(Box<Approval>, String),
}

/// A text, and what it is for.
#[derive(Debug)]
pub(super) struct Entry {
    /// What it is for.
    pub(super) purpose: Purpose,
    /// The text.
    pub(super) input: Input,
}

/// What a text is for.
#[derive(Debug)]
pub(super) enum Purpose {
    /// A comment.
    Comment,
    /// A prompt.
    Prompt,
    /// Why the card is rejected.
    Reject(Box<Approval>),
    /// What is approved instead of the card's prompt.
    Edit(Box<Approval>),
    /// The answer to the card's question.
    Answer(Box<Form>),
}

/// A question of the agent that is being answered, field by field.
#[derive(Debug)]
pub(super) struct Form {
    /// The question.
    pub(super) question: Approval,
    fields: Vec<Field>,
    values: Map<String, Value>,
    at: usize,
    /// Why the last value was not taken.
    wrong: Option<String>,
}

impl Mode {
    /// Keys write this from now on.
    pub(super) fn text(purpose: Purpose, text: &str) -> Self {
        Self::Text(Entry { purpose, input: Input::new(text) })
    }

    /// The card that is being decided.
    pub(super) fn card(&self) -> Option<&Approval> {
        match self {
            Self::Text(entry) => entry.purpose.card(),
            Self::Choice(Choice::Edited(card, _)) => Some(card),
            Self::Choice(Choice::Leave(before)) => before.card(),
            Self::Commands | Self::Choice(Choice::Invite | Choice::People) => None,
        }
    }

    /// What is asked, safe to print; nothing where keys are commands.
    pub(super) fn asks(&self) -> Option<String> {
        Some(match self {
            Self::Commands => return None,
            Self::Text(entry) => entry.purpose.asks(),
            Self::Choice(Choice::Leave(_)) => {
                "End the session for everyone, or detach? Ctrl-C again ends it".into()
            }
            Self::Choice(Choice::Invite) => "A new link, for whom?".into(),
            Self::Choice(Choice::People) => "What may people do?".into(),
            Self::Choice(Choice::Edited(..)) => "Approve this?".into(),
        })
    }
}

impl Purpose {
    fn card(&self) -> Option<&Approval> {
        match self {
            Self::Comment | Self::Prompt => None,
            Self::Reject(card) | Self::Edit(card) => Some(card),
            Self::Answer(form) => Some(&form.question),
        }
    }

    /// What Enter does.
    pub(super) fn verb(&self) -> &'static str {
        match self {
            Self::Comment | Self::Prompt => "send",
            Self::Reject(_) => "reject",
            Self::Edit(_) => "approve this",
            Self::Answer(form) if form.is_last() => "answer",
            Self::Answer(_) => "next",
        }
    }

    fn asks(&self) -> String {
        match self {
            Self::Comment => "Comment".into(),
            Self::Prompt => "Prompt".into(),
            Self::Reject(_) => "Why not? Nothing typed: no reason".into(),
            Self::Edit(_) => "Approve this instead".into(),
            Self::Answer(form) => form.asks(),
        }
    }
}

impl Form {
    /// The form of a question.
    pub(super) fn new(question: Approval, fields: Vec<Field>) -> Self {
        Self { question, fields, values: Map::new(), at: 0, wrong: None }
    }

    /// Takes a field's value; the whole answer, once it was the last.
    pub(super) fn take(&mut self, typed: &str) -> Option<Value> {
        if let Some(field) = self.fields.get(self.at) {
            match field.read(typed) {
                Ok(Some(value)) => drop(self.values.insert(field.name.clone(), value)),
                Ok(None) => {}
                Err(failure) => {
                    self.wrong = Some(failure.message);
                    return None;
                }
            }
            self.at += 1;
        }
        self.wrong = None;
        (self.at >= self.fields.len()).then(|| Value::Object(self.values.clone()))
    }

    /// Whether it asks for nothing.
    pub(super) fn is_empty(&self) -> bool {
        self.fields.is_empty()
    }

    /// Whether the last value was not taken.
    pub(super) fn is_refused(&self) -> bool {
        self.wrong.is_some()
    }

    fn is_last(&self) -> bool {
        self.at + 1 >= self.fields.len()
    }

    fn asks(&self) -> String {
        let Some(field) = self.fields.get(self.at) else { return String::new() };
        let wrong = self.wrong.as_ref().map(|it| format!("{it} · ")).unwrap_or_default();
        let wrong = crate::cli::safe::one_line(&wrong);
        let gap = if wrong.is_empty() { "" } else { " " };
        format!("{wrong}{gap}{} of {} · {}", self.at + 1, self.fields.len(), field.line())
    }
}
