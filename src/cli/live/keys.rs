//! What each key does now. The list that the footer shows is the list that works.

use std::borrow::Cow;

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use super::{
    action::Action,
    mode::{Choice, Mode},
};
use crate::domain::{self, Role};

/// A key that does something now, and the word for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Key {
    /// What is pressed.
    pub(super) code: KeyCode,
    /// What it is called in the footer.
    pub(super) label: Cow<'static, str>,
    /// What it asks for.
    pub(super) action: Action,
}

/// What could be done now.
#[derive(Debug, Clone, Default)]
#[expect(clippy::struct_excessive_bools, reason = "each decides about a key of its own")]
pub(super) struct Now {
    /// The card that the person may decide.
    pub(super) card: Option<Asked>,
    /// How many cards wait.
    pub(super) waiting: usize,
    /// Whether a decision is on its way.
    pub(super) deciding: bool,
    /// Whether they may comment.
    pub(super) comments: bool,
    /// Whether they may prompt.
    pub(super) prompts: bool,
    /// Whether they may stop the turn that runs.
    pub(super) stops: bool,
    /// Whether any change of a file was seen.
    pub(super) diffs: bool,
    /// Whether they may start the agent again, which does not work; and whether it can go on where it was.
    pub(super) restarts: Option<bool>,
    /// The card's own answers, safe to print, where a yes and a no do not say them.
    pub(super) answers: Vec<String>,
    /// Whether the session ends with this view.
    pub(super) shares: bool,
}

/// What a card asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Asked {
    /// A yes to a prompt.
    Prompt,
    /// A yes to something that the agent wants to do.
    Permission {
        /// Whether yes may be for ever.
        always: bool,
    },
    /// An answer.
    Question,
    /// A yes to something that a program wants to do.
    Action,
    /// One of its own answers.
    Choice,
}

/// The keys that do something in this mode, the most important ones first.
pub(super) fn offered(mode: &Mode, now: &Now) -> Vec<Key> {
    match mode {
        Mode::Commands => commands(now),
        Mode::Text(entry) => vec![
            key(KeyCode::Enter, entry.purpose.verb(), Action::Send),
            key(KeyCode::Esc, "back", Action::Back),
        ],
        Mode::Choice(choice) => {
            let mut keys = match choice {
                Choice::Leave(_) => {
                    vec![letter('e', "end", Action::End), letter('d', "detach", Action::Detach)]
                }
                Choice::Invite => vec![
                    letter('c', "collaborator", Action::InviteAs(Role::Collaborator)),
                    letter('v', "viewer", Action::InviteAs(Role::Viewer)),
                ],
                Choice::People => [
                    ('1', "watch", domain::Mode::ViewOnly),
                    ('2', "comment", domain::Mode::CommentOnly),
                    ('3', "prompt after a yes", domain::Mode::PromptWithApproval),
                    ('4', "prompt at once", domain::Mode::PromptDirect),
                ]
                .map(|(code, label, mode)| letter(code, label, Action::ChangeTo(mode)))
                .to_vec(),
                Choice::Edited(..) => vec![letter('y', "approve this", Action::ApproveEdited)],
            };
            let neither = if matches!(choice, Choice::Leave(_)) { "neither" } else { "back" };
            keys.push(key(KeyCode::Esc, neither, Action::Back));
            keys
        }
    }
}

/// What a key asks for in this mode.
pub(super) fn action(mode: &Mode, now: &Now, pressed: KeyEvent) -> Option<Action> {
    let control = pressed.modifiers.contains(KeyModifiers::CONTROL);
    match pressed.code {
        KeyCode::Char('c') if control => return Some(Action::Interrupt),
        KeyCode::Char('z') if control => return Some(Action::Suspend),
        KeyCode::Char('l') if control => return Some(Action::Redraw),
        KeyCode::Char('y') if control && now.shares => return Some(Action::Copy),
        _ => {}
    }
    // A question is no place where a key means something else: it is answered, or left.
    let known = offered(mode, now);
    let plain = !pressed.modifiers.intersects(KeyModifiers::CONTROL | KeyModifiers::ALT);
    let known = known.iter().find(|it| it.code == pressed.code).filter(|_| plain);
    match (mode, known) {
        (_, Some(key)) => Some(key.action),
        (Mode::Text(_), None) => Some(Action::Type(pressed)),
        (Mode::Commands, None) if plain => match pressed.code {
            KeyCode::Char('q') => Some(Action::Leave),
            KeyCode::Char('v') => Some(Action::Whole),
            _ => None,
        },
        _ => None,
    }
}

fn commands(now: &Now) -> Vec<Key> {
    use KeyCode::Char;
    let mut keys = Vec::new();
    let asked = now.card.filter(|_| !now.deciding);
    if asked == Some(Asked::Choice) {
        let answers = ('1'..='9').zip(&now.answers).enumerate();
        keys.extend(answers.map(|(n, (c, it))| key(Char(c), it.clone(), Action::Choose(n))));
    }
    let mut offer = |is: bool, code, label, action| {
        if is {
            keys.push(key(code, label, action));
        }
    };
    let always = matches!(asked, Some(Asked::Permission { always: true }));
    let is_prompt = asked == Some(Asked::Prompt);
    let is_action = asked == Some(Asked::Action);
    let is_question = asked == Some(Asked::Question);
    let is_permission = matches!(asked, Some(Asked::Permission { .. }));
    offer(is_prompt || is_action, Char('a'), "approve", Action::Approve);
    offer(is_permission, Char('a'), "allow once", Action::Approve);
    offer(is_question, Char('a'), "answer", Action::Answer);
    offer(is_question, Char('r'), "decline", Action::Reject);
    let is_refusable = is_prompt || is_action || is_permission;
    offer(is_refusable, Char('r'), "reject", Action::Reject);
    offer(is_prompt, Char('e'), "edit", Action::Edit);
    offer(always, Char('A'), "allow always", Action::AllowAlways);
    offer(now.waiting > 1, Char('n'), "next", Action::Next);
    offer(now.restarts == Some(true), Char('R'), "restart and resume", Action::Restart);
    offer(now.restarts.is_some(), Char('N'), "new conversation", Action::Fresh);
    offer(now.comments, Char('c'), "comment", Action::Comment);
    offer(now.prompts, Char('p'), "prompt", Action::Prompt);
    offer(now.diffs, Char('d'), "diff", Action::Diff);
    offer(now.stops, Char('s'), "stop", Action::Stop);
    offer(now.shares, Char(' '), "QR", Action::Qr);
    offer(now.shares, Char('y'), "copy link", Action::Copy);
    offer(now.shares, Char('i'), "invite", Action::Invite);
    offer(now.shares, Char('m'), "mode", Action::Change);
    offer(now.shares, Char('o'), "open", Action::Open);
    offer(now.shares, Char('D'), "detach", Action::Detach);
    offer(true, Char('?'), "help", Action::Help);
    keys
}

fn letter(letter: char, label: &'static str, action: Action) -> Key {
    key(KeyCode::Char(letter), label, action)
}

fn key(code: KeyCode, label: impl Into<Cow<'static, str>>, action: Action) -> Key {
    Key { code, label: label.into(), action }
}

impl Key {
    /// How it stands in the footer: `[a] approve`, `[c]omment`.
    pub(super) fn shown(&self) -> String {
        match self.code {
            KeyCode::Char(' ') => format!("[space] {}", self.label),
            KeyCode::Char('?') => "[?]".into(),
            KeyCode::Char(c) => match self.label.strip_prefix(c) {
                Some(rest) if !self.label.contains(' ') => format!("[{c}]{rest}"),
                _ => format!("[{c}] {}", self.label),
            },
            code => format!("[{code}] {}", self.label),
        }
    }
}

#[cfg(test)]
mod tests;
