//! A server process over a fresh directory, and people with homes of their own. Whatever a story starts ends with it.

use std::{
    fs::{self, File},
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread::sleep,
    time::{Duration, Instant},
};

use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;
use tempfile::TempDir;
use wardroom::lock::DataLock;

use super::said::Said;

/// How long anything may take: the machine may be busy.
pub(super) const PATIENCE: Duration = Duration::from_secs(30);

/// A place where servers can run.
pub(super) struct World {
    dir: TempDir,
    server: Option<Child>,
    /// Where the server is, once one has run: the next one comes back there.
    address: Option<String>,
}

impl World {
    /// No server runs, and there is no database.
    pub(super) fn empty() -> Self {
        let dir = tempfile::tempdir().unwrap();
        fs::create_dir(dir.path().join("folder")).unwrap();
        Self { dir, server: None, address: None }
    }

    /// A server runs; its own host too, if `host`.
    pub(super) fn serving(host: bool) -> Self {
        let mut world = Self::empty();
        world.serve(if host { &[] } else { &["--no-local-host"] });
        world
    }

    /// Starts a server, at the address of the one before.
    pub(super) fn serve(&mut self, options: &[&str]) {
        let listen = self.address.clone().unwrap_or_else(|| "127.0.0.1:0".into());
        let mut server = self.admin().command(&["serve", "--json", "--listen", &listen]);
        server.args(options).stdout(Stdio::piped()).stderr(self.log("server.log"));
        let mut server = server.spawn().unwrap();
        let mut first = String::new();
        BufReader::new(server.stdout.take().unwrap()).read_line(&mut first).unwrap();
        self.server = Some(server);
        let ready: Value = serde_json::from_str(&first).expect("the server has started");
        self.address = Some(ready["addresses"][0].as_str().unwrap().to_owned());
    }

    /// `kill -9`.
    pub(super) fn kill_server(&mut self) {
        let mut server = self.server.take().unwrap();
        server.kill().unwrap();
        server.wait().unwrap();
    }

    /// Tells the server to stop, and waits until it has; its exit code.
    pub(super) fn stop_server(&mut self) -> i32 {
        let mut server = Running(self.server.take().unwrap());
        server.signal(Signal::TERM);
        server.ended()
    }

    /// `kill -9` for the server's own host; its keeper ends the agents.
    pub(super) fn kill_host(&self) {
        end(&self.data().join("host.lock"), Signal::KILL);
    }

    /// Where the server is.
    pub(super) fn url(&self) -> String {
        format!("http://{}", self.address.as_ref().unwrap())
    }

    /// The person at the server's machine.
    pub(super) fn admin(&self) -> Person {
        let person = self.person("ana");
        person.with("WARDROOM_DATA_DIR", self.data())
    }

    /// Somebody with a home of their own who knows nothing of the server.
    pub(super) fn person(&self, name: &str) -> Person {
        let home = self.dir.path().join(name);
        fs::create_dir_all(&home).unwrap();
        let folder = self.dir.path().join("folder");
        Person { name: name.into(), home, folder, env: Vec::new() }
    }

    pub(super) fn data(&self) -> PathBuf {
        self.dir.path().join("data")
    }

    /// What a log holds.
    pub(super) fn read(&self, name: &str) -> String {
        fs::read_to_string(self.dir.path().join(name)).unwrap_or_default()
    }

    /// Where a log is.
    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    /// A file to write a log into.
    pub(super) fn log(&self, name: &str) -> File {
        File::options().create(true).append(true).open(self.dir.path().join(name)).unwrap()
    }

    /// Starts a command that goes on; its words go to `NAME.out` and `NAME.err`.
    pub(super) fn start(&self, person: &Person, name: &str, words: &[&str]) -> Running {
        let (out, err) = (self.log(&format!("{name}.out")), self.log(&format!("{name}.err")));
        let child = person.command(words).stdout(out).stderr(err).spawn().unwrap();
        Running(child)
    }
}

impl Drop for World {
    fn drop(&mut self) {
        if let Some(mut server) = self.server.take() {
            server.kill().ok();
            server.wait().ok();
        }
        let hosts = locks(self.dir.path());
        for (lock, signal) in hosts
            .iter()
            .map(|it| (it, Signal::TERM))
            .chain(hosts.iter().map(|it| (it, Signal::KILL)))
        {
            end(lock, signal);
        }
    }
}

/// Ends the process that holds a lock, and waits until it has.
fn end(lock: &Path, signal: Signal) {
    let holder = fs::read_to_string(lock).unwrap_or_default();
    let pid = holder.trim().rsplit(' ').next().and_then(|pid| pid.parse().ok());
    let Some(pid) = pid.and_then(Pid::from_raw) else { return };
    let until = Instant::now() + PATIENCE / 3;
    if DataLock::is_held(lock) {
        kill_process(pid, signal).ok();
    }
    while DataLock::is_held(lock) && Instant::now() < until {
        sleep(Duration::from_millis(20));
    }
}

/// The lock files of hosts below a folder.
fn locks(dir: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(dir).into_iter().flatten().flatten().map(|it| it.path());
    entries
        .flat_map(|path| match path.extension().and_then(|it| it.to_str()) {
            _ if path.is_dir() => locks(&path),
            Some("lock") => vec![path],
            _ => Vec::new(),
        })
        .collect()
}

/// A command that goes on; it ends with the story.
pub(super) struct Running(pub(super) Child);

impl Running {
    /// Sends a signal.
    pub(super) fn signal(&self, signal: Signal) {
        kill_process(Pid::from_raw(self.0.id().cast_signed()).unwrap(), signal).unwrap();
    }

    /// Waits for its end; the exit code.
    pub(super) fn ended(&mut self) -> i32 {
        until("the end of a command", || self.0.try_wait().unwrap()).code().unwrap_or(-1)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.0.kill().ok();
        self.0.wait().ok();
    }
}

/// Somebody who types commands.
pub(super) struct Person {
    name: String,
    /// Where their files are.
    pub(super) home: PathBuf,
    folder: PathBuf,
    env: Vec<(String, PathBuf)>,
}

impl Person {
    /// The same with a variable of the environment.
    pub(super) fn with(mut self, name: &str, value: impl Into<PathBuf>) -> Self {
        self.env.push((name.into(), value.into()));
        self
    }

    /// Where they work.
    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }

    /// A command that is not started yet; nobody sits at its terminal, because it has none.
    pub(super) fn command(&self, words: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_wardroom"));
        command.args(words).current_dir(&self.folder).stdin(Stdio::null());
        self.environment(&mut command);
        command
    }

    /// Nothing of ours but what the story says: whoever runs the tests may have a server of their own.
    pub(super) fn environment(&self, command: &mut Command) {
        command.env_clear().env("HOME", &self.home).env("USER", &self.name).env("LANG", "C.UTF-8");
        command.env("PATH", std::env::var_os("PATH").unwrap());
        command.env("WARDROOM_DEMO_SPEED", "50").envs(self.env.iter().map(|(k, v)| (k, v)));
    }

    /// Types a command, and waits for its end.
    pub(super) fn run(&self, words: &[&str]) -> Said {
        Said::new(words.join(" "), self.command(words).output().unwrap())
    }

    /// Shares an agent in the background; the session and its links.
    pub(super) fn share(&self, words: &[&str]) -> Value {
        self.run(&[&["share", "--detach", "--json"], words].concat()).json()
    }

    /// The first thing that waits for this person, once there is one of that kind; its id.
    pub(super) fn waiting(&self, kind: &str) -> String {
        until(&format!("a {kind} in the inbox"), || {
            let inbox = self.run(&["inbox", "--json"]).json();
            let found = inbox["data"].as_array().unwrap().iter().find(|it| it["kind"] == kind)?;
            Some(found["id"].as_str().unwrap().to_owned())
        })
    }
}

/// Asks again until there is an answer. Processes that are not ours tell nobody when they are ready.
pub(super) fn until<T>(what: &str, ask: impl FnMut() -> Option<T>) -> T {
    until_or(ask, || what.to_owned())
}

/// The same, where it is worth telling what there was instead.
pub(super) fn until_or<T>(mut ask: impl FnMut() -> Option<T>, what: impl Fn() -> String) -> T {
    let limit = Instant::now() + PATIENCE;
    loop {
        if let Some(answer) = ask() {
            return answer;
        }
        assert!(Instant::now() < limit, "no sign of {}", what());
        sleep(Duration::from_millis(40));
    }
}
