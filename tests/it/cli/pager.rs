//! Long lists: through the pager at a terminal, as they are anywhere else, and never a failure because of the pager.

use super::{pty::Terminal, world::World};

/// Somebody with a list of eight tokens, on a file that no server holds.
fn world() -> World {
    let world = World::empty();
    for n in 0..8 {
        world.admin().run(&["token", "create", "--name", &format!("number-{n}")]).ok();
    }
    world
}

/// What is on a screen of so many rows after a command, which went well.
fn seen(world: &World, name: &'static str, pager: &str, rows: u16, words: &str) -> String {
    let ana = world.admin().with("WARDROOM_PAGER", pager);
    let line = format!("\"$WARDROOM\" {words}; echo code $?");
    let terminal = Terminal::shell(world, &ana, name, (100, rows), &line);
    let shown = terminal.shows("code ");
    assert_eq!(terminal.ended(), 0);
    assert!(shown.contains("code 0"), "{shown}");
    shown
}

#[test]
fn a_list_longer_than_the_screen_goes_through_the_pager_and_a_shorter_one_does_not() {
    let world = world();
    let pager = "sed 's/^/paged: /'";
    let long = seen(&world, "long", pager, 9, "token list --color never");
    assert!(long.contains("paged: ID") && long.contains("number-0"), "{long}");
    let short = seen(&world, "short", pager, 10, "token list");
    assert!(short.contains("number-0") && !short.contains("paged: "), "{short}");
}

#[test]
fn what_is_for_programs_or_for_nobody_to_wait_at_goes_through_no_pager() {
    let world = world();
    for (name, words) in [
        ("plain", "token list --plain"),
        ("json", "token list --json"),
        ("quiet", "token list --quiet"),
        ("unasked", "token list --no-input"),
        ("pipe", "token list | cat"),
    ] {
        let shown = seen(&world, name, "sed 's/^/paged: /'", 4, words);
        assert!(shown.contains("number-0") && !shown.contains("paged: "), "{words}: {shown}");
    }
}

#[test]
fn a_pager_that_is_missing_unwanted_or_left_early_is_no_failure() {
    let world = world();
    for (name, pager) in [
        ("missing", "no-such-pager -x"),
        ("broken", "X=1 no-such-pager"),
        ("none", ""),
        ("cat", "cat"),
    ] {
        let shown = seen(&world, name, pager, 4, "token list");
        assert!(shown.contains("number-7") && shown.contains("number-0"), "{pager}: {shown}");
    }
    let shown = seen(&world, "early", "head -n 2", 4, "token list");
    assert!(shown.contains("number-7") && !shown.contains("number-0"), "{shown}");
    seen(&world, "failed", "false", 4, "token list");
}

#[test]
fn what_is_shown_in_full_is_paged_too_with_nothing_in_it_that_a_terminal_obeys() {
    let world = World::serving(false);
    let ana = world.admin();
    let shared = ana.share(&["demo", "--title", "Checkout"]);
    let session = shared["session"]["id"].as_str().unwrap();
    let shown = seen(&world, "event", "sed 's/^/paged: /'", 9, &format!("show {session}#1"));
    assert!(shown.contains("paged: ") && shown.contains("shared_session_created"), "{shown}");
    ana.run(&["prompt", session, "ask make\u{202e}"]).ok();
    let asked = ana.waiting("permission");
    let shown = seen(&world, "card", "sed 's/^/paged: /'", 3, &format!("show {asked}"));
    assert!(shown.contains("paged:   │ make⟨U+202E⟩"), "{shown}");
    ana.run(&["sessions", "close", session]).ok();
}
