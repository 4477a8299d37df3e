//! Deciding by single keys in the live view.

use super::{
    pty::{ENTER, ESC, Terminal},
    world::{Person, Running, World, until},
};

/// A guest has joined what `share` shares, and asked for something.
fn asked(world: &World, share: &Terminal, kim: &Person, prompt: &str) -> Running {
    let shown = share.sees("● live");
    let link = shown.split("invite").nth(1).unwrap().split("watch").next().unwrap();
    let link = link.split("collaborator").next().unwrap();
    let link: String = link.split_whitespace().filter(|it| *it != "➜").collect();
    super::guests::join(world, kim, &link);
    world.start(kim, "waits", &["prompt", &link, "--wait", prompt])
}

#[test]
fn one_key_approves_what_the_footer_shows() {
    let world = World::serving(false);
    let (ana, kim) = (world.admin(), world.person("kim"));
    let mut share = Terminal::open(&world, &ana, "share", &["share", "demo", "--title", "Here"]);
    let mut waits = asked(&world, &share, &kim, "ask make");
    let screen = share.sees("[a]pprove");
    assert!(screen.contains("Kim wants to send a prompt") && screen.contains("  │ ask make"));
    share.decides("a");
    let screen = share.sees("[a] allow once");
    assert!(
        screen.contains("✓ you approved apr_") && screen.contains("Run a command?"),
        "{screen}"
    );
    share.decides("a");
    share.sees("allow_once by you");
    assert_eq!(waits.ended(), 0);
    share.types("q");
    share.sees("[e]nd  [d]etach  [Esc] neither");
    share.types("e");
    assert_eq!(share.ended(), 0);
}

#[test]
fn a_key_that_comes_with_the_card_decides_nothing() {
    let world = World::serving(false);
    let ana = world.admin();
    let mut share = Terminal::open(&world, &ana, "share", &["share", "demo", "--title", "Here"]);
    share.sees("● live");
    ana.run(&["prompt", "here", "ask make"]).ok();
    share.sees("[a] allow once");
    for _ in 0..3 {
        share.types("a");
    }
    share.sees("the card has just changed");
    assert_eq!(ana.waiting("permission").len(), 36, "it still waits");
    share.decides("a");
    share.sees("allow_once by you");
}

#[test]
fn a_rejection_takes_the_typed_reason_along_and_esc_takes_it_back() {
    let world = World::serving(false);
    let (ana, kim) = (world.admin(), world.person("kim"));
    let mut share = Terminal::open(&world, &ana, "share", &["share", "demo", "--title", "Here"]);
    let mut waits = asked(&world, &share, &kim, "rm -rf build");
    share.sees("[r]eject");
    share.decides("r");
    share.sees("Why not?");
    share.types("never");
    share.sees("> never");
    share.types(ESC);
    share.sees("[a]pprove");
    ana.waiting("prompt");
    share.decides("r");
    share.sees("Why not?");
    share.types("not on a Friday");
    share.types(ENTER);
    share.sees("you rejected apr_");
    assert_eq!(waits.ended(), 9);
    assert!(world.read("waits.err").contains("rejected just now: not on a Friday"));
}

#[test]
fn a_prompt_is_changed_in_the_footer_before_it_is_approved() {
    let world = World::serving(false);
    let (ana, kim) = (world.admin(), world.person("kim"));
    let mut share = Terminal::open(&world, &ana, "share", &["share", "demo", "--title", "Here"]);
    let mut waits = asked(&world, &share, &kim, "echo well done");
    share.sees("[e]dit");
    share.decides("e");
    share.sees("> echo well done");
    share.types("\u{17}\u{17}badly done");
    share.sees("> echo badly done");
    share.types(ENTER);
    share.sees("with changes:");
    assert_eq!(waits.ended(), 0);
    assert_eq!(world.read("waits.out"), "badly done\n");
}

#[test]
fn a_prompt_of_several_lines_is_changed_in_the_persons_own_editor() {
    let world = World::serving(false);
    let (ana, kim) = (world.admin().with("EDITOR", "sed -i s/well/badly/"), world.person("kim"));
    let mut share = Terminal::open(&world, &ana, "share", &["share", "demo", "--title", "Here"]);
    let mut waits = asked(&world, &share, &kim, "echo well\ndone");
    share.sees("[e]dit");
    share.decides("e");
    let screen = share.sees("Approve this?");
    assert!(screen.contains("-echo well") && screen.contains("+echo badly"), "{screen}");
    share.types("y");
    assert_eq!(waits.ended(), 0);
    assert_eq!(world.read("waits.out"), "badly\ndone\n");
}

#[test]
fn a_question_is_answered_field_by_field() {
    let world = World::serving(false);
    let ana = world.admin();
    let session = ana.share(&["demo"])["session"]["id"].as_str().unwrap().to_owned();
    let mut watch = Terminal::open(&world, &ana, "watch", &["watch", &session]);
    watch.sees("● live");
    let mut waits = world.start(&ana, "waits", &["prompt", &session, "--wait", "form"]);
    watch.sees("[a]nswer");
    watch.decides("a");
    let answers = [
        ("note", "quick"),
        ("release", "no"),
        ("retries", ""),
        ("suite", "unit"),
        ("systems", "linux"),
    ];
    for (name, value) in answers {
        watch.sees_when(name, |screen| {
            screen.lines().any(|line| line.contains(" of 5 · ") && line.contains(name))
        });
        if name == "suite" {
            watch.types("all of it");
            watch.types(ENTER);
            watch.sees("suite does not take \"all of it\"");
            watch.types("\u{15}");
        }
        watch.types(value);
        watch.types(ENTER);
    }
    assert_eq!(waits.ended(), 0);
    watch.sees("answered");
    let said = world.read("waits.out");
    for part in ["unit", "linux", "quick", "1"] {
        assert!(said.contains(part), "{part} is missing in {said}");
    }
}

#[test]
fn a_draft_that_waits_when_the_view_begins_is_loaded_before_it_is_decided() {
    let world = World::serving(false);
    let ana = world.admin();
    let session = ana.share(&["demo"])["session"]["id"].as_str().unwrap().to_owned();
    ana.run(&["prompt", &session, "-w", "draft"]).ok();
    ana.waiting("draft");
    let mut watch = Terminal::open(&world, &ana, "watch", &["watch", &session]);
    let screen = watch.sees("│ +    settled.sort_unstable();");
    assert!(!screen.contains("not loaded"), "{screen}");
    watch.sees("[a]");
    watch.decides("a");
    watch.sees("approved by you");
}

#[test]
fn what_somebody_else_has_decided_is_gone_and_a_reason_that_was_being_typed_goes_nowhere() {
    let world = World::serving(false);
    let ana = world.admin();
    let session = ana.share(&["demo"])["session"]["id"].as_str().unwrap().to_owned();
    let mut watch = Terminal::open(&world, &ana, "watch", &["watch", &session]);
    watch.sees("● live");
    ana.run(&["prompt", &session, "ask make"]).ok();
    watch.sees("[r]eject");
    let asked = ana.waiting("permission");
    watch.decides("r");
    watch.sees("Why not?");
    ana.run(&["approve", &asked]).ok();
    watch.sees("this does not wait any more");
    watch.types("aaa");
    watch.sees("> aaa");
    watch.types(ENTER);
    watch.sees("nothing was sent");
}

#[test]
fn an_agent_that_has_crashed_is_started_again_by_one_key() {
    let world = World::serving(false);
    let ana = world.admin();
    let session = ana.share(&["demo"])["session"]["id"].as_str().unwrap().to_owned();
    let mut watch = Terminal::open(&world, &ana, "watch", &["watch", &session]);
    watch.sees("● live");
    ana.run(&["prompt", &session, "crash"]).ok();
    watch.sees("the turn failed");
    let screen = watch.sees("[R] restart and resume");
    assert!(screen.contains("[N] new conversation"), "{screen}");
    watch.types("R");
    watch.sees("the agent goes on, where it was");
    watch.sees_when("no trouble", |screen| !screen.contains("[R]"));
    until("an answer", || {
        let said = ana.run(&["prompt", &session, "--wait", "echo hello"]);
        (said.code == 0 && said.out == "hello\n").then_some(())
    });
}
