//! Which key does what, and when none does.

use super::*;
use crate::cli::live::{
    action::HELP,
    input::Input,
    mode::{Entry, Purpose},
};

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
        answers: vec!["now".into(), "tonight".into(), "never".into()],
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
    assert_eq!(keys(Asked::Action), of([Some(Action::Approve), None, Some(Action::Reject), None]));
    assert_eq!(keys(Asked::Question), of([Some(Action::Answer), None, Some(Action::Reject), None]));
}

#[test]
fn what_has_answers_of_its_own_is_answered_by_their_numbers() {
    let keys = pressed(&Mode::Commands, &everything(Asked::Choice), "1234are");
    let chosen = |n| Some(Action::Choose(n));
    assert_eq!(keys, [chosen(0), chosen(1), chosen(2), None, None, None, None]);
    let shown: Vec<_> = offered(&Mode::Commands, &everything(Asked::Choice))
        .iter()
        .take(3)
        .map(Key::shown)
        .collect();
    assert_eq!(shown, ["[1] now", "[2] tonight", "[3] never"]);
    assert_eq!(pressed(&Mode::Commands, &everything(Asked::Prompt), "123"), [None; 3]);
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
    let press =
        |mode: &Mode, c| action(mode, &now, KeyEvent::new(KeyCode::Char(c), KeyModifiers::CONTROL));
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
