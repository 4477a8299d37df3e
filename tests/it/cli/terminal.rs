//! Commands with a person at a terminal.

use std::{fs, os::unix::fs::PermissionsExt};

use super::{
    pty::{CTRL_C, ESC, Terminal},
    world::{Person, World, until},
};

fn active(ana: &Person) -> usize {
    ana.run(&["sessions", "list", "--plain"]).ok().out.lines().count()
}

#[test]
fn ctrl_c_in_share_asks_once_and_the_second_ends_it_for_everyone() {
    let world = World::serving(false);
    let ana = world.admin();
    let mut share = Terminal::open(&world, &ana, "share", &["share", "demo", "--title", "Here"]);
    share.sees("● live");
    share.types("c");
    share.sees("Comment");
    share.types("half of it");
    share.types(CTRL_C);
    share.sees("End the session for everyone, or detach?");
    share.types(ESC);
    share.sees("> half of it");
    assert_eq!(active(&ana), 1, "and what was being typed is still there");
    share.types(CTRL_C);
    share.sees("End the session for everyone, or detach?");
    share.types(CTRL_C);
    share.shows("the session is closed; its history stays");
    assert_eq!(share.ended(), 0);
    assert_eq!(active(&ana), 0);
}

#[test]
fn a_share_that_is_detached_goes_on_in_the_background() {
    let world = World::serving(false);
    let ana = world.admin();
    let mut share = Terminal::open(&world, &ana, "share", &["share", "demo", "--title", "Here"]);
    share.sees("[D] detach");
    share.types("D");
    share.shows("in the background");
    assert_eq!(share.ended(), 0);
    assert_eq!(ana.run(&["prompt", "here", "--wait", "echo still here"]).ok().out, "still here\n");
    ana.run(&["sessions", "close", "here"]).ok();
}

#[test]
fn the_page_is_opened_by_a_file_and_its_secret_is_no_argument() {
    let world = World::empty();
    let bin = world.data().parent().unwrap().join("bin");
    fs::create_dir(&bin).unwrap();
    fs::write(bin.join("xdg-open"), "#!/bin/sh\necho \"$@\" >> \"$HOME/opened\"\n").unwrap();
    fs::set_permissions(bin.join("xdg-open"), fs::Permissions::from_mode(0o700)).unwrap();
    let path = format!("{}:{}", bin.display(), std::env::var("PATH").unwrap());
    let ana = world.admin().with("PATH", path).with("DISPLAY", ":1");
    let listen = ["--listen", "127.0.0.1:0", "--no-local-host"];
    let mut not =
        Terminal::open(&world, &ana, "not", &[&["serve", "--no-open"], &listen[..]].concat());
    not.shows("one time, valid 30 min");
    not.types(CTRL_C);
    assert_eq!(not.ended(), 0);
    let mut serve = Terminal::open(&world, &ana, "serve", &[&["serve"], &listen[..]].concat());
    let shown = serve.shows("(opening your browser)");
    let opened = until("a page", || {
        fs::read_to_string(ana.home.join("opened")).ok().filter(|it| it.ends_with('\n'))
    });
    assert_eq!(opened.lines().count(), 1, "not where it was told not to");
    let page = fs::read_to_string(opened.trim()).unwrap();
    let secret = shown.split("/setup#").nth(1).unwrap().split_whitespace().next().unwrap();
    assert!(page.contains(secret) && !opened.contains("wr_set_"), "{opened} leads to {page}");
    serve.types(CTRL_C);
    assert_eq!(serve.ended(), 0);
}

#[test]
fn a_token_is_not_shown_while_it_is_typed_and_ctrl_c_leaves_the_terminal_as_it_was() {
    let world = World::serving(false);
    let (secret, url) = (world.admin().run(&["user", "add", "kim"]).ok().out, world.url());
    let kim = world.person("kim");
    let login = format!("\"$WARDROOM\" login {url}");
    let line = format!("trap : INT; {login}; echo code $?; stty -a; {login}");
    let mut login = Terminal::shell(&world, &kim, "login", (100, 30), &line);
    login.shows("Token:");
    login.types(CTRL_C);
    let shown = login.shows("iexten");
    let after = shown.split("code 130").nth(1);
    assert!(after.is_some_and(|it| it.contains(" echo ")), "{shown}");
    let again = || (login.shows("Token:").matches("Token:").count() == 2).then_some(());
    until("the second question", again);
    login.types(&secret);
    let shown = login.shows("as kim");
    assert!(!shown.contains("wr_usr_"), "{shown}");
    assert_eq!(login.ended(), 0);
}

#[test]
fn a_share_ends_with_its_terminal() {
    let world = World::serving(false);
    let ana = world.admin();
    let share = Terminal::open(&world, &ana, "share", &["share", "demo", "--title", "Here"]);
    share.sees("● live");
    drop(share);
    until("the end of the session", || (active(&ana) == 0).then_some(()));
}

#[test]
fn an_edit_is_shown_and_asked_about_once() {
    let world = World::serving(false);
    let (ana, kim) = (world.admin(), world.person("kim"));
    let link =
        ana.share(&["demo", "--title", "Checkout"])["inviteUrl"].as_str().unwrap().to_owned();
    super::guests::join(&world, &kim, &link);
    kim.run(&["prompt", &link, "echo well done"]).ok();
    let asked = ana.waiting("prompt");
    let ana = ana.with("EDITOR", "sed -i s/well/badly/");
    let mut approve = Terminal::open(&world, &ana, "approve", &["approve", "@1", "--edit"]);
    approve.shows("Approve this?");
    approve.types("n\n");
    assert_eq!(approve.ended(), 130);
    assert!(world.read("approve.tty").contains("nothing was decided"));
    let mut again = Terminal::open(&world, &ana, "again", &["approve", &asked, "--edit"]);
    let shown = again.shows("Approve this?");
    assert!(shown.contains("\u{1b}[32m+echo badly done"), "the change is coloured: {shown}");
    again.types("y\n");
    again.shows("(edited, 1 line) as ana");
    assert_eq!(again.ended(), 0);
    assert!(!shown.is_empty());
}
