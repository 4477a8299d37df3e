//! A person at a terminal: `script` gives them one, and `vt100` is the screen that they look at.

use std::{
    cell::RefCell,
    fs,
    io::Write,
    num::NonZero,
    path::PathBuf,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use rustix::process::{Pid, Signal, kill_process};
use vt100::Parser;

use super::world::{Person, World, until, until_or};

/// Ctrl-C.
pub(super) const CTRL_C: &str = "\u{3}";
/// Ctrl-Z.
pub(super) const CTRL_Z: &str = "\u{1a}";
/// The key that leaves things.
pub(super) const ESC: &str = "\u{1b}";
/// The key that sends things.
pub(super) const ENTER: &str = "\r";

/// A command in a terminal of its own; what it shows goes to `NAME.tty`.
pub(super) struct Terminal {
    name: &'static str,
    tty: PathBuf,
    child: Child,
    screen: RefCell<(Parser, usize)>,
}

impl Terminal {
    /// A command of ours, on 100 columns and 30 rows.
    pub(super) fn open(world: &World, person: &Person, name: &'static str, words: &[&str]) -> Self {
        Self::sized(world, person, name, (100, 30), words)
    }

    /// The same on so many columns and rows.
    pub(super) fn sized(
        world: &World,
        person: &Person,
        name: &'static str,
        size: (u16, u16),
        words: &[&str],
    ) -> Self {
        let quoted: Vec<_> = words.iter().map(|it| format!("'{it}'")).collect();
        Self::shell(world, person, name, size, &format!("exec \"$WARDROOM\" {}", quoted.join(" ")))
    }

    /// A line of the shell, for what is to be seen around a command.
    pub(super) fn shell(
        world: &World,
        person: &Person,
        name: &'static str,
        (columns, rows): (u16, u16),
        line: &str,
    ) -> Self {
        let begin =
            format!("stty cols {columns} rows {rows}; tty > {name}.where; echo $$ > {name}.pid");
        let line = format!("cd \"$HOME\"; {begin}; cd \"$FOLDER\"; {line}");
        let mut script = Command::new("script");
        person.environment(&mut script);
        script.env("WARDROOM", env!("CARGO_BIN_EXE_wardroom")).env("FOLDER", person.folder());
        script.env("TERM", "xterm").env("SHELL", "/bin/sh").current_dir(person.folder());
        script.args(["--quiet", "--return", "--flush", "--command", &line, "/dev/null"]);
        script
            .stdin(Stdio::piped())
            .stdout(world.log(&format!("{name}.tty")))
            .stderr(Stdio::null());
        let screen = RefCell::new((Parser::new(cells(rows), cells(columns), 0), 0));
        Self {
            name,
            tty: world.path(&format!("{name}.tty")),
            child: script.spawn().unwrap(),
            screen,
        }
    }

    /// Presses keys.
    pub(super) fn types(&mut self, text: &str) {
        self.child.stdin.as_mut().unwrap().write_all(text.as_bytes()).unwrap();
    }

    /// Pastes, as terminals do where programs ask for it.
    pub(super) fn pastes(&mut self, text: &str) {
        self.types(&format!("\u{1b}[200~{text}\u{1b}[201~"));
    }

    /// Presses a key that decides, once the card that was just seen has been there for long enough.
    pub(super) fn decides(&mut self, key: &str) {
        let seen = Instant::now();
        until("a settled card", || (seen.elapsed() > Duration::from_millis(450)).then_some(()));
        self.types(key);
    }

    /// Everything that it has ever written, once that holds this.
    pub(super) fn shows(&self, text: &str) -> String {
        until(&format!("{text:?} in {}", self.name), || {
            let shown = self.written();
            shown.contains(text).then_some(shown)
        })
    }

    /// What the person looks at, once they see this.
    pub(super) fn sees(&self, text: &str) -> String {
        self.sees_when(text, |screen| screen.contains(text))
    }

    /// What the person looks at, once it is so.
    pub(super) fn sees_when(&self, what: &str, is: impl Fn(&str) -> bool) -> String {
        let now = || self.screen(vt100::Screen::contents);
        until_or(
            || Some(now()).filter(|screen| is(screen)),
            || format!("{what:?} on the screen of {}:\n{}", self.name, now()),
        )
    }

    /// The screen as it is now.
    pub(super) fn screen<T>(&self, look: impl FnOnce(&vt100::Screen) -> T) -> T {
        let mut screen = self.screen.borrow_mut();
        let (parser, read) = &mut *screen;
        let written = fs::read(&self.tty).unwrap();
        parser.process(&written[*read..]);
        *read = written.len();
        look(parser.screen())
    }

    /// Its window has another size now.
    pub(super) fn resize(&self, person: &Person, columns: u16, rows: u16) {
        self.screen(|_| ());
        self.screen.borrow_mut().0.screen_mut().set_size(cells(rows), cells(columns));
        let (columns, rows) = (columns.to_string(), rows.to_string());
        let stty = Command::new("stty")
            .args(["-F", &self.noted(person, "where"), "cols", &columns, "rows", &rows])
            .status();
        assert!(stty.unwrap().success());
    }

    /// Sends a signal to the command, or to the shell around it.
    pub(super) fn signal(&self, person: &Person, signal: Signal) {
        let pid = self.noted(person, "pid").parse().unwrap();
        kill_process(Pid::from_raw(pid).unwrap(), signal).unwrap();
        if signal == Signal::CONT {
            // `script` stops together with what it runs.
            kill_process(Pid::from_raw(self.child.id().cast_signed()).unwrap(), signal).unwrap();
        }
    }

    /// Waits for its end; the exit code.
    pub(super) fn ended(mut self) -> i32 {
        until("the end", || self.child.try_wait().unwrap()).code().unwrap_or(-1)
    }

    /// Everything that it has ever written.
    pub(super) fn written(&self) -> String {
        let written = fs::read(&self.tty).unwrap();
        String::from_utf8_lossy(&written).into_owned()
    }

    fn noted(&self, person: &Person, what: &str) -> String {
        let path = person.home.join(format!("{}.{what}", self.name));
        until(what, || {
            let text = fs::read_to_string(&path).ok()?;
            text.ends_with('\n').then(|| text.trim().to_owned())
        })
    }
}

fn cells(number: u16) -> NonZero<u16> {
    NonZero::new(number).unwrap()
}

impl Drop for Terminal {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}
