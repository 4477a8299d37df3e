//! What is left behind when the program panics: a report in a file, and a line that says where it is. Nothing is sent
//! anywhere.
//!
//! Only a panic that ends the program is told of. Tasks, handlers and units of work are caught where they run, answered
//! there, and leave a line in the log.

use std::{
    backtrace::Backtrace,
    env, fs,
    fs::{DirBuilder, OpenOptions},
    io::{self, IsTerminal, Write},
    os::unix::fs::{DirBuilderExt, OpenOptionsExt},
    panic::{self, AssertUnwindSafe, PanicHookInfo},
    path::{Path, PathBuf},
    process::ExitCode,
    sync::{Arc, Mutex, PoisonError},
    thread,
};

use crate::domain::{Clock, Timestamp};

/// Where panics are noted, and where the report goes if one of them ends the program.
#[derive(Debug)]
pub struct Crash {
    dir: PathBuf,
    last: Arc<Mutex<Option<Panic>>>,
}

/// What is known of a panic.
#[derive(Debug)]
struct Panic {
    message: String,
    place: String,
    thread: String,
    backtrace: String,
}

/// Notes every panic from now on instead of printing it; the reports go into `dir`.
///
/// To be called on the thread that then calls [`Crash::guard`].
pub fn hook(dir: PathBuf) -> Crash {
    let last = Arc::new(Mutex::new(None));
    let (noted, main) = (last.clone(), thread::current().id());
    panic::set_hook(Box::new(move |info| {
        let panic = Panic::of(info);
        if thread::current().id() != main {
            // The message may hold what people wrote.
            tracing::error!(place = panic.place, thread = panic.thread, "a task panicked");
        }
        *noted.lock().unwrap_or_else(PoisonError::into_inner) = Some(panic);
    }));
    Crash { dir, last }
}

impl Crash {
    /// Runs the program. A panic that ends it, here or by taking something with it that it cannot do without, leaves a
    /// report; the exit code is then 1.
    pub fn guard(&self, program: impl FnOnce() -> ExitCode) -> ExitCode {
        let ended = panic::catch_unwind(AssertUnwindSafe(program));
        let last = self.last.lock().unwrap_or_else(PoisonError::into_inner).take();
        match (ended, last) {
            (Ok(code), None) => code,
            (Ok(code), Some(_)) if code != ExitCode::FAILURE => code,
            (Err(_), None) => ExitCode::FAILURE,
            (_, Some(panic)) => {
                self.tell(&panic);
                ExitCode::FAILURE
            }
        }
    }

    fn tell(&self, panic: &Panic) {
        let now = Clock::System.now();
        let report = panic.report(&env::args().collect::<Vec<_>>(), now);
        let hint = match self.write(&report, now) {
            Ok(path) => {
                format!("a report is in {}; nothing was sent anywhere", path.display())
            }
            Err(error) => {
                format!("no report could be written ({error}); nothing was sent anywhere")
            }
        };
        let what = panic.message.lines().next().unwrap_or_default();
        let text = format!("error: wardroom has crashed: {what}, at {}\nhint: {hint}", panic.place);
        // Where nobody reads, nobody misses it.
        let _unread = writeln!(io::stderr().lock(), "{text}");
    }

    /// Writes a report where only this user reads it: into the directory of reports, or else that of temporary files.
    fn write(&self, report: &str, now: Timestamp) -> io::Result<PathBuf> {
        let id = std::process::id();
        let name = format!("crash-{}-{id}.txt", now.to_string().replace(':', "-"));
        write_into(&self.dir, &name, report)
            .or_else(|_| write_into(&env::temp_dir(), &format!("wardroom-{name}"), report))
    }
}

fn write_into(dir: &Path, name: &str, report: &str) -> io::Result<PathBuf> {
    DirBuilder::new().recursive(true).mode(0o700).create(dir)?;
    let path = dir.join(name);
    // One that is there is somebody else's.
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&path)?;
    file.write_all(report.as_bytes())?;
    Ok(fs::canonicalize(&path).unwrap_or(path))
}

impl Panic {
    fn of(info: &PanicHookInfo<'_>) -> Self {
        let payload = info.payload();
        let message = payload.downcast_ref::<String>().map(String::as_str);
        let message = message.or_else(|| payload.downcast_ref::<&str>().copied());
        Self {
            message: without_secrets(message.unwrap_or("a panic without a text")),
            place: info.location().map_or_else(|| "an unknown place".into(), ToString::to_string),
            thread: thread::current().name().unwrap_or("without a name").to_owned(),
            backtrace: Backtrace::force_capture().to_string(),
        }
    }

    fn report(&self, words: &[String], now: Timestamp) -> String {
        let Self { message, place, thread, backtrace } = self;
        let (version, command) = (env!("CARGO_PKG_VERSION"), command(words));
        let kernel = rustix::system::uname();
        let kernel = kernel.release().to_string_lossy();
        let (os, arch) = (env::consts::OS, env::consts::ARCH);
        let yes = |is: bool| if is { "a terminal" } else { "none" };
        let (stdin, stdout) = (yes(io::stdin().is_terminal()), yes(io::stdout().is_terminal()));
        let stderr = yes(io::stderr().is_terminal());
        let term = env::var("TERM").unwrap_or_default();
        format!(
            "wardroom {version} has crashed. This report was sent nowhere.\n\n\
             what      {message}\n\
             where     {place}, in the thread {thread}\n\
             when      {now}\n\
             command   {command}\n\
             system    {os} {kernel}, {arch}\n\
             terminal  {term}; stdin is {stdin}, stdout is {stdout}, stderr is {stderr}\n\n\
             backtrace\n{backtrace}\n"
        )
    }
}

/// The command with its options, without what they were given: ids, links, tokens and texts are nobody's business.
fn command(words: &[String]) -> String {
    let mut shown = vec!["wardroom"];
    let is_name = |word: &str| word.bytes().all(|it| it.is_ascii_lowercase() || it == b'-');
    let mut has_command = false;
    for word in words.iter().skip(1) {
        let option = word.split('=').next().unwrap_or_default();
        shown.push(match word.as_bytes() {
            [b'-', b'-', _, ..] if is_name(option) => option,
            [b'-', letter, ..] if letter.is_ascii_alphabetic() => &word[..2],
            _ if !has_command && is_name(word) => {
                has_command = true;
                word
            }
            _ => "…",
        });
    }
    shown.join(" ")
}

/// The text without anything that looks like a secret of ours.
fn without_secrets(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("wr_") {
        let (before, secret) = rest.split_at(at);
        let end = secret.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_'));
        out.push_str(before);
        out.push_str("wr_…");
        rest = &secret[end.unwrap_or(secret.len())..];
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests;
