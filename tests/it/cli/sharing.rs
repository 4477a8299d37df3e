//! What `share` says and asks: what was checked, the links, and what is wrong with an agent, each with its cure.

use std::{fs, os::unix::fs::PermissionsExt, process::Command};

use super::{
    pty::{ENTER, Terminal},
    world::{Person, World, until},
};
use crate::host::scripted;

/// A program in the folder that people share from.
fn program(ana: &Person, name: &str, script: &str) -> String {
    let path = ana.folder().join(name);
    fs::write(&path, format!("#!/bin/sh\n{script}\n")).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o700)).unwrap();
    path.to_str().unwrap().to_owned()
}

/// An agent that works only after somebody has logged in, by its own command or by hand, as its `how` says.
fn locked(ana: &Person, how: &str) -> String {
    let agent = std::env::current_exe().unwrap();
    let words = scripted::ARGUMENTS.join(" ");
    let agent = agent.display();
    program(
        ana,
        "locked",
        &format!(
            "[ \"$1\" = --login ] && {{ echo \"logging in\"; exec touch logged-in; }}\n\
             exec env {}={how} '{agent}' {words}",
            scripted::NAME
        ),
    )
}

#[test]
fn a_share_says_what_it_has_checked_and_who_may_join_by_which_link() {
    let world = World::serving(false);
    let ana = world.admin();
    let mut git = Command::new("git");
    git.args(["init", "-q", "-b", "trunk"]).current_dir(ana.folder());
    assert!(git.status().unwrap().success());
    fs::write(ana.folder().join("new"), "").unwrap();
    let said = ana.run(&["share", "demo", "--detach", "--title", "Shop", "--uses", "5"]).ok();
    let checked = [
        &format!("✓ server    {}  (already running)", world.url())[..],
        "✓ agent     Demo agent ",
        " · ACP v1 · can load, resume, list, close",
        "✓ folder    ",
        "  (git trunk, 1 file changed)",
        "! reach     these links work on this computer only; for others: wardroom serve --lan",
        "✓ in the background · see it: wardroom watch ses_",
    ];
    for part in checked {
        assert!(said.err.contains(part), "{part:?} is missing in {said:?}");
    }
    let lines: Vec<_> = said.out.lines().filter(|it| !it.is_empty()).collect();
    assert!(lines[0].starts_with("  Shop  ses_"), "{said:?}");
    assert!(lines[0].ends_with(" · prompt_with_approval · ends in 24h"), "{said:?}");
    assert!(lines[1].starts_with("  ➜ invite    http://"), "{said:?}");
    assert!(lines[1].ends_with("   collaborator, 5 uses"), "{said:?}");
    assert!(lines[2].ends_with("   view only, 5 uses"), "{said:?}");
}

#[test]
fn an_agent_that_does_not_start_is_told_with_what_it_wrote_last() {
    let world = World::serving(false);
    let ana = world.admin();
    let dies = program(&ana, "dies", "echo 'error: no such mode' >&2; exit 2");
    let said = ana.run(&["share", "--", &dies]);
    let said = said.failed(8, "error: dies ended before it was ready (exit code 2)");
    assert!(said.err.contains("hint: it wrote last:\n  │ error: no such mode\n"), "{said:?}");
    let noisy = program(&ana, "noisy", "echo Welcome; echo no terminal >&2; cat > /dev/null");
    let said = ana.run(&["share", "--detach", "--", &noisy]);
    let said = said.failed(8, "noisy printed text where JSON is expected: Welcome");
    assert!(said.err.contains("Many do: noisy --acp"), "{said:?}");
    assert!(said.err.contains("  │ no terminal\n"), "{said:?}");
    ana.run(&["share", "--", "./nowhere"]).failed(8, "./nowhere is not installed");
    let bare = world.person("ben").with("PATH", ana.folder()).run(&["share", "claude"]);
    let bare = bare.failed(8, "claude-agent-acp is not installed");
    let install = "install it: npm i -g @agentclientprotocol/claude-agent-acp   (needs node 22 or newer; no node found)";
    assert!(bare.err.contains(install), "{bare:?}");
}

#[test]
fn an_agent_that_ends_while_it_is_shared_is_told_to_its_owner_alone_with_its_last_words() {
    let world = World::serving(false);
    let ana = world.admin();
    let mut share = world.start(&ana, "share", &["share", "demo", "--title", "Here", "--plain"]);
    until("the link", || world.read("share.out").contains("➜ watch").then_some(()));
    ana.run(&["prompt", "here", "--wait", "crash"]).ended(8);
    let said = until("its last words", || {
        let said = world.read("share.err");
        said.contains("  │ wardroom-demo: exit code 3").then_some(said)
    });
    assert!(said.contains("✗ demo has ended (exit code 3); it wrote last:\n"), "{said}");
    let log = ana.run(&["sessions", "close", "here"]).ok();
    assert!(!log.out.contains("asked to crash"));
    assert_eq!(share.ended(), 0);
    let events = ana.run(&["watch", "here", "--since", "0", "--json"]).ok().out;
    assert!(!events.contains("asked to crash"), "guests are not told: {events}");
}

#[test]
fn what_a_share_in_the_background_has_to_say_is_in_a_log() {
    let world = World::serving(false);
    let ana = world.admin();
    ana.share(&["demo", "--title", "Here"]);
    ana.run(&["prompt", "here", "--wait", "crash"]).ended(8);
    until("its last words", || {
        let log = fs::read_to_string(ana.home.join(".config/wardroom/hosts/share.log")).ok()?;
        log.contains("✗ demo has ended (exit code 3)").then_some(())
    });
    ana.run(&["sessions", "close", "here"]).ok();
}

#[test]
fn an_agent_that_wants_a_login_is_logged_in_from_here_and_shared_then() {
    let world = World::serving(false);
    let ana = world.admin();
    let agent = locked(&ana, "terminal-login");
    let refused = ana.run(&["share", "--", &agent]);
    let refused = refused.failed(8, "scripted needs a login. Shell: run the agent with --login");
    assert!(refused.err.contains(&format!("hint: run: {agent} --login; then share again")));
    let words = ["share", "--title", "Here", "--", &agent];
    let mut share = Terminal::open(&world, &ana, "share", &words);
    let screen = share.sees("Run it here? [Y/n]");
    assert!(screen.contains("! scripted needs a login."), "{screen}");
    assert!(!ana.folder().join("logged-in").exists(), "nothing is run unasked");
    share.types(ENTER);
    share.shows("logging in");
    share.sees("● live");
    ana.run(&["prompt", "here", "--wait", "hello"]).ok();
    ana.run(&["sessions", "close", "here"]).ok();
    assert_eq!(share.ended(), 0);
}

#[test]
fn an_agent_that_is_logged_in_to_elsewhere_is_tried_again_by_enter() {
    let world = World::serving(false);
    let ana = world.admin();
    let agent = locked(&ana, "own-login");
    let words = ["share", "--title", "Here", "--", &agent];
    let mut share = Terminal::open(&world, &ana, "share", &words);
    let screen = share.sees("then press Enter to try again");
    assert!(screen.contains("Shell: Run: agent /login"), "{screen}");
    share.types(ENTER);
    let asked = || (share.written().matches("press Enter").count() == 2).then_some(());
    until("the question again", asked);
    fs::write(ana.folder().join("logged-in"), "").unwrap();
    share.types(ENTER);
    share.sees("● live");
    ana.run(&["sessions", "close", "here"]).ok();
    assert_eq!(share.ended(), 0);
}

#[test]
fn what_a_program_asks_is_answered_in_the_footer_by_its_own_answers() {
    let world = World::serving(false);
    let ana = world.admin();
    let hook = ana.run(&["token", "create", "--scope", "host", "--json"]).json();
    let hook = world.person("hook").with("WARDROOM_TOKEN", hook["secret"].as_str().unwrap());
    let hook = hook.with("WARDROOM_SERVER", world.url());
    let mut share = Terminal::open(&world, &ana, "share", &["share", "demo", "--title", "Here"]);
    share.sees("● live");
    let words = ["ask", "Deploy?", "-o", "production", "-o", "staging only", "-o", "no"];
    let mut asks =
        world.start(&hook, "asks", &[&words[..], &["-d", "commit \u{202e}0dbc4f"]].concat());
    let screen = share.sees("[2] staging only");
    assert!(
        screen.contains("[1] production") && screen.contains("│ commit ⟨U+202E⟩0dbc4f"),
        "{screen}"
    );
    share.decides("2");
    share.sees("✗ apr_");
    assert_eq!(asks.ended(), 9);
    let screen = share.sees_when("no card", |screen| !screen.contains("[1] production"));
    assert!(screen.contains("answered: staging"), "{screen}");

    let mut asks = world.start(&hook, "again", &["ask", "Push?"]);
    share.sees("[a]pprove  [r]eject");
    share.decides("a");
    share.sees("answered: approve");
    assert_eq!(asks.ended(), 0);
    // What is taken back is gone.
    let mut asks = world.start(&hook, "third", &["ask", "Pull?"]);
    share.sees("[a]pprove");
    asks.signal(rustix::process::Signal::INT);
    assert_eq!(asks.ended(), 130);
    share.sees_when("no card", |screen| !screen.contains("[a]pprove"));
    ana.run(&["sessions", "close", "here"]).ok();
    assert_eq!(share.ended(), 0);
}
