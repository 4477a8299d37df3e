//! The footer as it is seen, in several sizes.

use super::*;
use crate::cli::live::{
    keys::{self, Asked, Now},
    mode::{Mode, Purpose},
};

const LONG: &str = "cargo test --workspace --locked --no-fail-fast -- --test-threads 1 --include-ignored settles_in_order";

fn brief(body: &str) -> Brief {
    Brief {
        id: "apr_7f2c11".into(),
        title: "Run a command?".into(),
        body: body.lines().map(str::to_owned).collect(),
        folder: Some("~/shop".into()),
        has_edits: false,
        is_odd: false,
    }
}

/// The footer of a host, with a card.
fn drawn(card: Option<&Brief>, mode: &Mode, columns: usize, rows: usize) -> Frame {
    let asked = card.map(|_| Asked::Permission { always: true });
    let now = Now {
        card: asked,
        waiting: if asked.is_some() { 2 } else { 0 },
        comments: true,
        prompts: true,
        stops: true,
        diffs: true,
        shares: false,
        ..Now::default()
    };
    let usage = ["53k/200k".to_owned(), "$0.05".to_owned()];
    let footer = Footer {
        card: card.map(|it| (it, "23h".into(), 2)),
        is_deciding: false,
        trouble: None,
        asks: mode.asks(),
        input: match mode {
            Mode::Text(entry) => Some(&entry.input),
            _ => None,
        },
        keys: keys::offered(mode, &now),
        line: Line::Live,
        people: ["Ana", "Sam", "Kim"].map(str::to_owned).to_vec(),
        usage: &usage,
        server: "wardroom.example",
    };
    let frame = footer.draw(columns, rows, Paint::new(false));
    for row in &frame.rows {
        assert!(width(&unmarked(row)) < columns.max(2), "{columns}x{rows}: {row:?}");
    }
    assert!(frame.rows.len() <= (rows / 3).max(LEAST), "{columns}x{rows}: {frame:#?}");
    frame
}

fn unmarked(text: &str) -> String {
    text.replace("\u{1b}[7m", "").replace("\u{1b}[27m", "")
}

/// As it is seen; where the next character goes stands between brackets.
fn seen(frame: &Frame) -> String {
    frame.rows.join("\n").replace("\u{1b}[7m", "⟦").replace("\u{1b}[27m", "⟧")
}

#[test]
fn a_card_is_there_in_full_with_its_keys_and_the_state_of_things() {
    let frame = drawn(Some(&brief("cargo test --workspace --locked")), &Mode::Commands, 96, 30);
    assert!(frame.is_whole);
    insta::assert_snapshot!(seen(&frame), @r"
    ───────────────────────────────────────────────────────────────────────────────────────────────
     apr_7f2c11  Run a command?  in ~/shop                                              23h  1 of 2
      │ cargo test --workspace --locked
     [a] allow once  [r]eject  [A] allow always  [n]ext  [c]omment  [p]rompt  [d]iff  [s]top  [?]
     ● live   Ana, Sam, Kim  53k/200k  $0.05                                       wardroom.example
    ");
}

#[test]
fn without_a_card_it_is_three_rows() {
    insta::assert_snapshot!(seen(&drawn(None, &Mode::Commands, 60, 24)), @r"
    ───────────────────────────────────────────────────────────
     [c]omment  [p]rompt  [d]iff  [s]top  [?]
     ● live   Ana, Sam, Kim  53k/200k  $0.05   wardroom.example
    ");
}

#[test]
fn on_forty_columns_and_fifteen_rows_a_long_card_begins_and_says_where_the_rest_is() {
    let frame = drawn(Some(&brief(LONG)), &Mode::Commands, 40, 15);
    assert!(!frame.is_whole, "it must be printed above");
    insta::assert_snapshot!(seen(&frame), @r"
    ───────────────────────────────────────
     apr_7f2c11  Run a comman…  23h  1 of 2
      │ cargo test --worksp… [v] shows all
     [a] allow once  [r]eject  [n]ext  [?]
     ● live   Ana, Sam, +1  53k/200k  $0.05
    ");
}

#[test]
fn a_long_card_is_whole_where_there_is_room_for_it() {
    let frame = drawn(Some(&brief(LONG)), &Mode::Commands, 60, 30);
    assert!(frame.is_whole);
    insta::assert_snapshot!(seen(&frame), @r"
    ───────────────────────────────────────────────────────────
     apr_7f2c11  Run a command?  in ~/shop          23h  1 of 2
      │ cargo test --workspace --locked --no-fail-fast -- --tes
      ┊ t-threads 1 --include-ignored settles_in_order
     [a] allow once  [r]eject  [A] allow always  [n]ext
     [c]omment  [p]rompt  [d]iff  [s]top  [?]
     ● live   Ana, Sam, Kim  53k/200k  $0.05   wardroom.example
    ");
}

#[test]
fn a_text_is_typed_below_its_card() {
    let mode = Mode::text(Purpose::Comment, "does this cover refunds?");
    insta::assert_snapshot!(seen(&drawn(Some(&brief("cargo test")), &mode, 60, 30)), @r"
    ───────────────────────────────────────────────────────────
     apr_7f2c11  Run a command?  in ~/shop          23h  1 of 2
      │ cargo test
     Comment
     > does this cover refunds?⟦ ⟧
     [Enter] send  [Esc] back
     ● live   Ana, Sam, Kim  53k/200k  $0.05   wardroom.example
    ");
}

#[test]
fn a_long_text_shows_the_rows_around_the_cursor() {
    let mode = Mode::text(Purpose::Prompt, &"all of the suite, please; ".repeat(12));
    insta::assert_snapshot!(seen(&drawn(None, &mode, 40, 15)), @r"
    ───────────────────────────────────────
     Prompt
       l of the suite, please; ⟦ ⟧
     [Enter] send  [Esc] back
     ● live   Ana, Sam, +1  53k/200k  $0.05
    ");
}

#[test]
fn what_hides_something_is_never_whole() {
    let odd = Brief { is_odd: true, ..brief("rm -r ⟨U+202E⟩x") };
    assert!(!drawn(Some(&odd), &Mode::Commands, 100, 40).is_whole);
}

#[test]
fn it_fits_whatever_the_terminal_is() {
    for (columns, rows) in (10..120).flat_map(|it| [(it, 3), (it, 9), (it, 12), (it, 15), (it, 60)])
    {
        for mode in [Mode::Commands, Mode::text(Purpose::Prompt, LONG)] {
            drawn(Some(&brief(LONG)), &mode, columns, rows);
            drawn(None, &mode, columns, rows);
        }
    }
}

#[test]
fn trouble_and_a_broken_line_are_said() {
    let footer = Footer {
        card: None,
        is_deciding: false,
        trouble: Some("✗ claude has stopped and cannot work".into()),
        asks: None,
        input: None,
        keys: keys::offered(&Mode::Commands, &Now { restarts: Some(true), ..Now::default() }),
        line: Line::Lost(3),
        people: vec!["Ana".into()],
        usage: &[],
        server: "wardroom.example",
    };
    insta::assert_snapshot!(seen(&footer.draw(60, 15, Paint::new(false))), @r"
    ───────────────────────────────────────────────────────────
     ✗ claude has stopped and cannot work
     [R] restart and resume  [N] new conversation  [?]
     ◌ reconnecting (3)   Ana                  wardroom.example
    ");
}

#[test]
fn as_many_people_are_named_as_there_is_room_for() {
    let names = ["Ana", "Sam", "Kim"].map(str::to_owned);
    let shown = [20, 12, 9, 6, 3].map(|room| people(&names, room));
    assert_eq!(shown, ["Ana, Sam, Kim", "Ana, Sam, +1", "Ana, +2", "3 here", ""]);
}
