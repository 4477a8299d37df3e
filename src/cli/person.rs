//! Asking the person at the terminal, where there is one.

use std::{
    env, fs,
    io::{self, IsTerminal, Read},
    path::PathBuf,
    process::{Command, Stdio},
};

use anyhow::Context;
use rustix::termios::{LocalModes, OptionalActions, Termios, tcgetattr, tcsetattr};
use tokio::{
    signal::unix::{SignalKind, signal},
    task::spawn_blocking,
};

use super::{
    Ctx,
    failure::{Exit, Failure},
    global::Global,
};

impl Ctx {
    /// Whether somebody sits there who can be asked.
    pub(super) fn can_ask(&self) -> bool {
        !self.global.no_input && io::stdin().is_terminal() && io::stderr().is_terminal()
    }

    /// Whether somebody sits at a terminal that shows what we print there, and wants to be shown more than lines.
    pub(super) fn has_screen(&self) -> bool {
        let Global { json, plain, quiet, no_input, .. } = self.global;
        let is_dumb = env::var("TERM").is_ok_and(|it| it == "dumb");
        let wants_lines = json || plain || quiet || no_input || is_dumb;
        io::stdin().is_terminal() && io::stdout().is_terminal() && !wants_lines
    }

    /// One line.
    ///
    /// # Errors
    /// A usage error that says `instead` where nobody can be asked.
    pub(super) fn ask(&self, question: &str, instead: &str) -> anyhow::Result<String> {
        if !self.can_ask() {
            return Err(Failure::new(Exit::Usage, instead).into());
        }
        self.out.question(question);
        let mut line = String::new();
        if io::stdin().read_line(&mut line)? == 0 {
            self.out.tell("");
            return Err(Failure::new(Exit::Interrupted, "nothing was answered").into());
        }
        Ok(line.trim().to_owned())
    }

    /// One line that is not shown: from the terminal, or all of stdin where it is a file or pipe.
    pub(super) async fn ask_secret(&self, question: &str, instead: &str) -> anyhow::Result<String> {
        if !io::stdin().is_terminal() {
            let mut text = String::new();
            io::stdin().take(4096).read_to_string(&mut text)?;
            return Ok(text.trim().to_owned());
        }
        let (mut interrupt, not_shown) = (signal(SignalKind::interrupt())?, NotShown::begin());
        let (ctx, question, instead) = (self.clone(), question.to_owned(), instead.to_owned());
        let line = tokio::select! {
            line = spawn_blocking(move || ctx.ask(&question, &instead)) => line?,
            // Whoever gives up wants to see again what they type.
            _ = interrupt.recv() => {
                Err(Failure::new(Exit::Interrupted, "nothing was answered").into())
            }
        };
        drop(not_shown);
        self.out.tell("");
        line
    }

    /// Yes or no; `--yes` is a yes, and where nobody can be asked it is a no with a cure.
    pub(super) fn confirm(&self, question: &str) -> anyhow::Result<bool> {
        if self.global.yes {
            return Ok(true);
        }
        let answer = self.ask(&format!("{question} [y/N]"), "this needs a yes: add --yes")?;
        Ok(matches!(answer.to_lowercase().as_str(), "y" | "yes"))
    }

    /// The text as the person's own editor leaves it.
    pub(super) fn edit(text: &str) -> anyhow::Result<String> {
        let editor = ["VISUAL", "EDITOR"].into_iter().find_map(|it| env::var(it).ok());
        let editor = editor.filter(|it| !it.trim().is_empty()).unwrap_or_else(|| "vi".into());
        let draft = Draft::new(text)?;
        // The variable may hold arguments; the file is handed over as one, whatever its name.
        let status = Command::new("sh")
            .args(["-c", &format!("{editor} \"$1\""), "sh"])
            .arg(&draft.path)
            .stdin(Stdio::inherit())
            .status()
            .context("cannot start the editor")?;
        if !status.success() {
            let text = format!("{editor} ended with {status}; nothing was decided");
            return Err(Failure::new(Exit::Failure, text).into());
        }
        Ok(fs::read_to_string(&draft.path)?)
    }
}

/// A file for the editor; gone when it is dropped.
struct Draft {
    path: PathBuf,
}

impl Draft {
    fn new(text: &str) -> io::Result<Self> {
        let path = env::temp_dir().join(format!("wardroom-{}.md", uuid::Uuid::now_v7()));
        super::credentials::write(&path, text.as_bytes())?;
        Ok(Self { path })
    }
}

impl Drop for Draft {
    fn drop(&mut self) {
        let _gone = fs::remove_file(&self.path);
    }
}

/// While it lives the terminal does not show what is typed.
struct NotShown(Option<Termios>);

impl NotShown {
    fn begin() -> Self {
        let before = tcgetattr(io::stdin()).ok();
        if let Some(mut quiet) = before.clone() {
            quiet.local_modes.remove(LocalModes::ECHO);
            let _no_terminal = tcsetattr(io::stdin(), OptionalActions::Flush, &quiet);
        }
        Self(before)
    }
}

impl Drop for NotShown {
    fn drop(&mut self) {
        if let Some(before) = &self.0 {
            let _no_terminal = tcsetattr(io::stdin(), OptionalActions::Flush, before);
        }
    }
}
