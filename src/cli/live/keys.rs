//! What each key does now. The list that the footer shows is the list that works.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use super::mode::{Choice, Mode};
use crate::domain::Role;

/// What the keys do, for people.
pub(crate) const HELP: &str = "\
In the live view of watch, join and share a key acts at once, without Enter, on the card that the footer shows.
A key that comes within 0.4 s of a new card is not taken: it was meant for the one before.

a        approve the prompt; allow once what the agent wants to do; answer its question, field by field
A        allow it always: the agent remembers that, and it cannot be undone here (hosts only)
r        reject, with a reason; Enter with none is a rejection without one
e        change the prompt, then approve it; several lines open $EDITOR
n        show the next card
v        print the card whole; what does not fit into the footer is printed by itself when it comes
c, p     write a comment, a prompt; Enter sends, Esc does not, a pasted line end stays in the text
d        print the change of the card, or the newest one of a file
s        stop the turn that runs
R, N     start the agent again: where it was, or with a new conversation
?        this help
q        leave; in share it asks, as Ctrl-C does
Ctrl-C   leave; in share it asks whether to end the session for everyone or to detach, and the second one ends it
Ctrl-Z   suspend; fg comes back
Ctrl-L   draw the footer again

In share there are besides:
space    print the collaborators' link as a QR code
y        copy it to the clipboard, also as Ctrl-Y, where the terminal lets programs do that (OSC 52)
i        make another link, for one person, as collaborator or viewer
o        open the session in the browser
D        detach: the session goes on in the background

While writing: arrows, Home, End, Backspace, Delete, Ctrl-A, Ctrl-E, Ctrl-U, Ctrl-K, Ctrl-W; Ctrl-J is a line end.";

/// What a key asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Action {
    /// Say yes to the card, this time.
    Approve,
    /// Say yes to it for ever.
    AllowAlways,
    /// Answer the question that it is.
    Answer,
    /// Say no to it.
    Reject,
    /// Change its prompt, then say yes.
    Edit,
    /// Show the next card.
    Next,
    /// Print the card whole.
    Whole,
    /// Write a comment.
    Comment,
    /// Write a prompt.
    Prompt,
    /// Print the newest change of a file.
    Diff,
    /// Stop the turn.
    Stop,
    /// Start the agent again where it was.
    Restart,
    /// Start the agent again with a new conversation.
    Fresh,
    /// Print the link to join as a picture.
    Qr,
    /// Copy the link to join.
    Copy,
    /// Open the session in the browser.
    Open,
    /// Make another link to join.
    Invite,
    /// Make one for this role.
    InviteAs(Role),
    /// Approve the card with the text that an editor left.
    ApproveEdited,
    /// Let the session go on in the background.
    Detach,
    /// End the session for everyone.
    End,
    /// Print what the keys do.
    Help,
    /// Leave the view, or ask how.
    Leave,
    /// Ctrl-C.
    Interrupt,
    /// Ctrl-Z.
    Suspend,
    /// Draw everything anew.
    Redraw,
    /// Edit the text that is being typed.
    Type(KeyEvent),
    /// Send the text.
    Send,
    /// Leave the text, or the question.
    Back,
}

/// A key that does something now, and the word for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Key {
    /// What is pressed.
    pub(super) code: KeyCode,
    /// What it is called in the footer.
    pub(super) label: &'static str,
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
                Choice::Leave(_) => vec![
                    letter('e', "end for everyone", Action::End),
                    letter('d', "detach", Action::Detach),
                ],
                Choice::Invite => vec![
                    letter('c', "collaborator", Action::InviteAs(Role::Collaborator)),
                    letter('v', "viewer", Action::InviteAs(Role::Viewer)),
                ],
                Choice::Edited(..) => vec![letter('y', "approve this", Action::ApproveEdited)],
            };
            keys.push(key(KeyCode::Esc, "neither", Action::Back));
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
    let mut offer = |is: bool, code, label, action| {
        if is {
            keys.push(key(code, label, action));
        }
    };
    let asked = now.card.filter(|_| !now.deciding);
    let always = matches!(asked, Some(Asked::Permission { always: true }));
    let is_prompt = asked == Some(Asked::Prompt);
    let is_question = asked == Some(Asked::Question);
    let is_permission = matches!(asked, Some(Asked::Permission { .. }));
    offer(is_prompt, Char('a'), "approve", Action::Approve);
    offer(is_permission, Char('a'), "allow once", Action::Approve);
    offer(is_question, Char('a'), "answer", Action::Answer);
    offer(is_question, Char('r'), "decline", Action::Reject);
    offer(is_prompt || is_permission, Char('r'), "reject", Action::Reject);
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
    offer(now.shares, Char('o'), "open", Action::Open);
    offer(now.shares, Char('D'), "detach", Action::Detach);
    offer(true, Char('?'), "help", Action::Help);
    keys
}

fn letter(letter: char, label: &'static str, action: Action) -> Key {
    key(KeyCode::Char(letter), label, action)
}

fn key(code: KeyCode, label: &'static str, action: Action) -> Key {
    Key { code, label, action }
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
mod tests {
    use super::{
        super::mode::{Entry, Purpose},
        *,
    };
    use crate::cli::live::input::Input;

    fn pressed(mode: &Mode, now: &Now, keys: &str) -> Vec<Option<Action>> {
        let press = |c| action(mode, now, KeyEvent::new(KeyCode::Char(c), KeyModifiers::NONE));
        keys.chars().map(press).collect()
    }

    fn everything(card: Asked) -> Now {
        Now {
            card: Some(card),
            waiting: 2,
            deciding: false,
            comments: true,
            prompts: true,
            stops: true,
            diffs: true,
            restarts: Some(true),
            shares: true,
        }
    }

    #[test]
    fn the_keys_of_a_card_are_those_of_its_kind() {
        let keys = |card| pressed(&Mode::Commands, &everything(card), "aAre");
        let of = |actions: [Option<Action>; 4]| actions.to_vec();
        assert_eq!(
            keys(Asked::Prompt),
            of([Some(Action::Approve), None, Some(Action::Reject), Some(Action::Edit)])
        );
        assert_eq!(
            keys(Asked::Permission { always: true }),
            of([Some(Action::Approve), Some(Action::AllowAlways), Some(Action::Reject), None])
        );
        assert_eq!(keys(Asked::Permission { always: false })[1], None);
        assert_eq!(
            keys(Asked::Question),
            of([Some(Action::Answer), None, Some(Action::Reject), None])
        );
    }

    #[test]
    fn without_a_card_or_while_a_decision_is_on_its_way_nothing_is_decided() {
        let on_its_way = Now { deciding: true, ..everything(Asked::Prompt) };
        for now in [Now::default(), on_its_way] {
            assert_eq!(pressed(&Mode::Commands, &now, "aAre"), [None; 4]);
        }
    }

    #[test]
    fn while_a_text_is_typed_every_letter_is_one() {
        let entry = Entry { purpose: Purpose::Comment, input: Input::default() };
        let (mode, now) = (Mode::Text(entry), everything(Asked::Prompt));
        for typed in pressed(&mode, &now, "aAreqsDR?") {
            assert!(matches!(typed, Some(Action::Type(_))), "{typed:?}");
        }
        let press = |code| action(&mode, &now, KeyEvent::new(code, KeyModifiers::NONE));
        assert_eq!(press(KeyCode::Enter), Some(Action::Send));
        assert_eq!(press(KeyCode::Esc), Some(Action::Back));
    }

    #[test]
    fn a_question_takes_its_answers_and_nothing_else() {
        let mode = Mode::Choice(Choice::Leave(Box::default()));
        let now = everything(Asked::Prompt);
        assert_eq!(
            pressed(&mode, &now, "edaqc"),
            [Some(Action::End), Some(Action::Detach), None, None, None]
        );
    }

    #[test]
    fn control_keys_work_everywhere_and_a_letter_with_control_is_no_letter() {
        let now = everything(Asked::Prompt);
        let text = Mode::text(Purpose::Prompt, "");
        let press = |mode: &Mode, c| {
            action(mode, &now, KeyEvent::new(KeyCode::Char(c), KeyModifiers::CONTROL))
        };
        for mode in [&Mode::Commands, &text] {
            assert_eq!(press(mode, 'c'), Some(Action::Interrupt));
            assert_eq!(press(mode, 'z'), Some(Action::Suspend));
            assert_eq!(press(mode, 'y'), Some(Action::Copy));
        }
        assert_eq!(press(&Mode::Commands, 'a'), None);
    }

    #[test]
    fn the_help_knows_every_key() {
        for card in [Asked::Prompt, Asked::Permission { always: true }, Asked::Question] {
            for key in offered(&Mode::Commands, &everything(card)) {
                let name = match key.code {
                    KeyCode::Char(' ') => "space".to_owned(),
                    code => code.to_string(),
                };
                let is_named = |line: &str| {
                    let names = line.split("  ").next().unwrap_or_default();
                    names.split(", ").any(|it| it == name)
                };
                assert!(HELP.lines().any(is_named), "{name} is not explained");
            }
        }
    }
}
