//! Commands with a person at a terminal: `script` gives them one.

use std::{
    fs,
    io::Write,
    os::unix::fs::PermissionsExt,
    process::{Child, Command, Stdio},
};

use super::world::{Person, World, until};

/// A command in a terminal of its own; what it shows goes to `NAME.tty`.
pub(super) struct Terminal<'a> {
    world: &'a World,
    name: &'static str,
    child: Child,
}

impl<'a> Terminal<'a> {
    fn open(world: &'a World, person: &Person, name: &'static str, words: &[&str]) -> Self {
        let quoted: Vec<_> = words.iter().map(|it| format!("'{it}'")).collect();
        Self::shell(world, person, name, &format!("exec \"$WARDROOM\" {}", quoted.join(" ")))
    }

    /// A line of the shell, for what is to be seen around a command.
    pub(super) fn shell(world: &'a World, person: &Person, name: &'static str, line: &str) -> Self {
        let line = format!("stty cols 100; {line}");
        let mut script = Command::new("script");
        person.environment(&mut script);
        script.env("WARDROOM", env!("CARGO_BIN_EXE_wardroom"));
        script.env("TERM", "xterm").env("SHELL", "/bin/sh").current_dir(person.folder());
        script.args(["--quiet", "--return", "--flush", "--command", &line, "/dev/null"]);
        script
            .stdin(Stdio::piped())
            .stdout(world.log(&format!("{name}.tty")))
            .stderr(Stdio::null());
        Self { world, name, child: script.spawn().unwrap() }
    }

    pub(super) fn types(&mut self, text: &str) {
        self.child.stdin.as_mut().unwrap().write_all(text.as_bytes()).unwrap();
    }

    /// Waits until it shows this.
    pub(super) fn shows(&self, text: &str) -> String {
        until(&format!("{text:?} in {}", self.name), || {
            let shown = self.world.read(&format!("{}.tty", self.name));
            shown.contains(text).then_some(shown)
        })
    }

    pub(super) fn ended(mut self) -> i32 {
        until("the end", || self.child.try_wait().unwrap()).code().unwrap_or(-1)
    }
}

impl Drop for Terminal<'_> {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

const CTRL_C: &str = "\u{3}";

fn active(ana: &Person) -> usize {
    ana.run(&["sessions", "list", "--plain"]).ok().out.lines().count()
}

#[test]
fn ctrl_c_in_share_asks_once_and_the_second_ends_it_for_everyone() {
    let world = World::serving(false);
    let ana = world.admin();
    let mut share = Terminal::open(&world, &ana, "share", &["share", "demo", "--title", "Here"]);
    share.shows("what can be typed");
    share.types(CTRL_C);
    share.shows("End the session for everyone, or detach?");
    share.types("\n");
    share.shows("the session goes on");
    assert_eq!(active(&ana), 1);
    share.types(CTRL_C);
    until("the question again", || {
        (share.shows("detach?").matches("detach?").count() == 2).then_some(())
    });
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
    share.shows("what can be typed");
    share.types("d\n");
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
    let mut login = Terminal::shell(&world, &kim, "login", &line);
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
    share.shows("what can be typed");
    drop(share);
    until("the end of the session", || (active(&ana) == 0).then_some(()));
}

#[test]
fn the_host_decides_in_the_terminal_where_the_session_is_shared() {
    let world = World::serving(false);
    let (ana, kim) = (world.admin(), world.person("kim"));
    let mut share = Terminal::open(&world, &ana, "share", &["share", "demo", "--title", "Here"]);
    let shown = share.shows("what can be typed");
    let link = shown.split("invite").nth(1).unwrap().split_whitespace().next().unwrap().to_owned();
    super::guests::join(&world, &kim, &link);
    let mut waits = world.start(&kim, "waits", &["prompt", &link, "--wait", "ask make"]);
    share.shows("a approve");
    // A card that has just come is not decided by a key that was meant for another.
    until("the approval", || {
        share.types("a\n");
        world.read("share.tty").contains("approved apr_").then_some(())
    });
    share.shows("Run a command?");
    until("the permission", || {
        share.types("a\n");
        world.read("share.tty").contains("allow_once by you").then_some(())
    });
    assert_eq!(waits.ended(), 0);
    share.types("q\n");
    share.types("e\n");
    assert_eq!(share.ended(), 0);
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
