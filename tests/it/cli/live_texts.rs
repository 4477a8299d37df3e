//! Writing in the live view, and what it prints when it is asked.

use super::{
    pty::{ENTER, ESC, Terminal},
    world::World,
};

#[test]
fn comments_and_prompts_are_sent_by_enter_and_never_by_a_pasted_line_end() {
    let world = World::serving(false);
    let ana = world.admin();
    let session = ana.share(&["demo"])["session"]["id"].as_str().unwrap().to_owned();
    let mut watch = Terminal::open(&world, &ana, "watch", &["watch", &session]);
    watch.sees("● live");
    watch.pastes("aqs");
    watch.sees("pasted text is taken while you write");
    watch.types("c");
    watch.sees("Comment");
    watch.pastes("one\rtwo\r");
    let screen = watch.sees("> one⏎two⏎");
    assert!(!screen.contains("you  one"), "{screen}");
    watch.types("three");
    watch.types(ENTER);
    watch.sees("you  one");
    watch.sees("       three");
}

#[test]
fn a_text_that_is_left_by_esc_goes_nowhere() {
    let world = World::serving(false);
    let ana = world.admin();
    let session = ana.share(&["demo"])["session"]["id"].as_str().unwrap().to_owned();
    let mut watch = Terminal::open(&world, &ana, "watch", &["watch", &session]);
    watch.sees("● live");
    watch.types("p");
    watch.sees("Prompt");
    watch.types("echo gone");
    watch.sees("> echo gone");
    watch.types(ESC);
    watch.sees("[p]rompt");
    watch.types("p");
    watch.sees("[Enter] send");
    watch.types("echo hello");
    watch.types(ENTER);
    let screen = watch.sees("demo  hello");
    assert!(!screen.contains("gone"), "{screen}");
}

#[test]
fn the_newest_change_the_whole_card_and_the_help_are_printed_when_asked_for() {
    let world = World::serving(false);
    let ana = world.admin();
    let session = ana.share(&["demo"])["session"]["id"].as_str().unwrap().to_owned();
    let mut watch = Terminal::open(&world, &ana, "watch", &["watch", &session]);
    watch.sees("● live");
    ana.run(&["prompt", &session, "--wait", "diff"]).ok();
    watch.sees("[d]iff");
    watch.types("d");
    let screen = watch.sees("+    settled.sort_unstable();");
    assert!(screen.contains("-    let mut settled = Vec::new();"), "{screen}");
    watch.types("v");
    watch.sees("nothing waits for you");
    ana.run(&["prompt", &session, "ask make"]).ok();
    watch.sees("[a] allow once");
    watch.types("v");
    watch.sees("allow_always  Always allow");
    watch.types("?");
    watch.sees("Ctrl-Z   suspend; fg comes back");
}

#[test]
fn whoever_shares_can_pass_the_link_on_in_every_way() {
    let world = World::serving(false);
    let ana = world.admin();
    let mut share = Terminal::open(&world, &ana, "share", &["share", "demo", "--title", "Here"]);
    share.sees("● live");
    share.types(" ");
    let screen = share.sees("▀▀▀▀▀▀▀");
    assert!(screen.contains("this computer only"), "{screen}");
    share.types("y");
    share.sees("in the clipboard, if this terminal lets programs");
    assert!(share.written().contains("\u{1b}]52;c;"));
    share.types("i");
    share.sees("A new link, for whom?");
    share.types("v");
    let screen = share.sees("viewer, one person, 24 h");
    let link = screen.split("➜ ").last().unwrap().split("   viewer").next().unwrap();
    let link: String = link.split_whitespace().collect();
    let kim = world.person("kim");
    super::guests::join(&world, &kim, &link);
    share.sees("Kim joined as viewer");
    share.types("m");
    share.sees("What may people do?");
    share.types("2");
    share.sees("the session changed: comment_only");
}
