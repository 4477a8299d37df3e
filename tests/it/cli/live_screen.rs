//! The terminal of the live view: its size, its state, and who may draw on it.

use rustix::process::Signal;

use super::{
    pty::{CTRL_Z, Terminal},
    world::World,
};

/// The last rows that hold anything.
fn bottom(screen: &str, rows: usize) -> Vec<&str> {
    let lines: Vec<_> = screen.trim_end().lines().collect();
    lines[lines.len().saturating_sub(rows)..].to_vec()
}

#[test]
fn a_narrow_terminal_shows_a_long_card_whole_above_the_footer() {
    let world = World::serving(false);
    let ana = world.admin();
    let session = ana.share(&["demo"])["session"]["id"].as_str().unwrap().to_owned();
    let watch = Terminal::sized(&world, &ana, "watch", (40, 15), &["watch", &session]);
    watch.sees("● live");
    let command = "cargo test --workspace --locked --no-fail-fast -- --test-threads 1";
    ana.run(&["prompt", &session, &format!("ask {command}")]).ok();
    let screen = watch.sees("[v] shows all");
    assert!(watch.written().contains(&format!("  │ {command}\r\n")), "whole: {screen}");
    let footer = bottom(&screen, 5);
    assert!(footer[0].starts_with("────") && footer[1].starts_with(" apr_"), "{screen}");
    assert!(footer[2].contains("│ cargo test") && footer[2].ends_with("… [v] shows all"));
    assert!(footer[3].contains("[a] allow once") && footer[3].contains("[?]"), "{screen}");
    assert!(footer[4].contains("● live"), "{screen}");
}

#[test]
fn a_window_that_changes_its_size_has_one_footer_and_the_card_still_whole() {
    let world = World::serving(false);
    let ana = world.admin();
    let session = ana.share(&["demo"])["session"]["id"].as_str().unwrap().to_owned();
    let mut watch = Terminal::open(&world, &ana, "watch", &["watch", &session]);
    watch.sees("● live");
    let command = "cargo test --workspace --locked --no-fail-fast";
    ana.run(&["prompt", &session, &format!("ask {command}")]).ok();
    watch.sees(&format!("  │ {command}"));
    watch.resize(&ana, 40, 15);
    let screen = watch.sees_when("one narrow footer", |screen| {
        screen.contains("[v] shows all") && screen.matches("● live").count() == 1
    });
    assert_eq!(bottom(&screen, 5)[0], "─".repeat(39), "{screen}");
    watch.resize(&ana, 100, 30);
    let screen = watch.sees_when("one wide footer", |screen| {
        screen.contains("[c]omment") && screen.matches("● live").count() == 1
    });
    assert!(!screen.contains("shows all"), "{screen}");
    watch.types("q");
    assert_eq!(watch.ended(), 0);
}

#[test]
fn what_others_write_moves_no_cursor_and_is_no_footer() {
    let world = World::serving(false);
    let ana = world.admin();
    let session = ana.share(&["demo"])["session"]["id"].as_str().unwrap().to_owned();
    let watch = Terminal::open(&world, &ana, "watch", &["watch", &session]);
    watch.sees("● live");
    let before = watch.screen(|it| it.cursor_position().1);
    ana.run(&["prompt", &session, "--wait", "bidi"]).ok();
    let fake =
        "done\n────────────\n apr_000000  Run a command?\n [a] allow once\n ● live   Ana, Sam";
    ana.run(&["comment", &session, fake]).ok();
    let screen = watch.sees("● live   Ana, Sam");
    let footer = bottom(&screen, 3);
    assert!(footer[0].starts_with("────") && footer[2].starts_with(" ● live   ana"), "{screen}");
    assert_eq!(watch.screen(|it| it.cursor_position().1), before);
    let raw = watch.written();
    for obeyed in ["\u{1b}[2K", "\u{1b}]0;owned", "\u{1b}]8;", "\u{9b}31m", "\u{202e}", "\u{8}"] {
        assert!(!raw.contains(obeyed), "{obeyed:?} reached the terminal");
    }
    for line in ["────────────", " apr_000000", " [a] allow once", " ● live   Ana, Sam"]
    {
        assert!(
            screen.contains(&format!("       {line}")),
            "{line} stands behind a margin: {screen}"
        );
    }
}

#[test]
fn the_terminal_is_as_it_was_after_q_and_after_a_signal() {
    let world = World::serving(false);
    let ana = world.admin();
    let session = ana.share(&["demo"])["session"]["id"].as_str().unwrap().to_owned();
    let around = |end: &str| {
        format!(
            "before=$(stty -g); {end}; code=$?; after=$(stty -g); echo code $code; \
             [ \"$before\" = \"$after\" ] && echo as it was || echo changed"
        )
    };
    let line = around(&format!("\"$WARDROOM\" watch {session}"));
    let mut left = Terminal::shell(&world, &ana, "left", (100, 30), &line);
    left.sees("● live");
    assert!(left.screen(|it| it.hide_cursor() && it.bracketed_paste()), "the view has it");
    left.types("q");
    let screen = left.sees("as it was");
    assert!(screen.contains("code 0") && !screen.contains("● live"), "{screen}");
    assert!(left.screen(|it| !it.hide_cursor() && !it.bracketed_paste()));
    assert_eq!(left.ended(), 0);

    for (name, signal) in [("term", Signal::TERM), ("hup", Signal::HUP), ("int", Signal::INT)] {
        let line = around(&format!(
            "sh -c 'echo $$ > \"$HOME/{name}.pid\"; exec \"$WARDROOM\" watch {session}'"
        ));
        let killed = Terminal::shell(&world, &ana, name, (100, 30), &line);
        killed.sees("● live");
        killed.signal(&ana, signal);
        let screen = killed.sees("as it was");
        assert!(screen.contains("code 130") && !screen.contains("● live"), "{name}: {screen}");
        assert!(killed.screen(|it| !it.hide_cursor() && !it.bracketed_paste()));
    }
}

#[test]
fn ctrl_z_gives_the_terminal_to_the_shell_and_fg_comes_back() {
    let world = World::serving(false);
    let ana = world.admin();
    let session = ana.share(&["demo"])["session"]["id"].as_str().unwrap().to_owned();
    let line = format!(
        "set -m; before=$(stty -g); \"$WARDROOM\" watch {session}; \
         [ \"$before\" = \"$(stty -g)\" ] && echo the shell has it; read go; fg; echo code $?"
    );
    let mut watch = Terminal::shell(&world, &ana, "watch", (100, 30), &line);
    watch.sees("● live");
    watch.types(CTRL_Z);
    let screen = watch.sees("the shell has it");
    assert!(!screen.contains("● live"), "{screen}");
    watch.types("\n");
    watch.sees("● live");
    watch.types("q");
    watch.sees("code 0");
}

#[test]
fn where_the_output_goes_elsewhere_lines_are_plain_and_nothing_is_typed() {
    let world = World::serving(false);
    let ana = world.admin();
    let session =
        ana.share(&["demo", "--title", "Here"])["session"]["id"].as_str().unwrap().to_owned();
    let line = format!("\"$WARDROOM\" watch {session} | cat > \"$HOME/lines\"; echo over");
    let mut watch = Terminal::shell(&world, &ana, "watch", (100, 30), &line);
    watch.shows("Here");
    ana.run(&["prompt", &session, "--wait", "echo hello"]).ok();
    watch.types("a\nq\n");
    ana.run(&["comment", &session, "the last one"]).ok();
    let lines = super::world::until("the comment", || {
        let lines = std::fs::read_to_string(ana.home.join("lines")).ok()?;
        lines.contains("the last one").then_some(lines)
    });
    assert!(!lines.contains('\u{1b}') && lines.contains("demo  hello"), "{lines}");
    ana.run(&["sessions", "close", &session]).ok();
    let shown = watch.shows("over");
    assert!(!shown.contains("\u{1b}[?2004h") && !shown.contains("● live"), "{shown}");
}
