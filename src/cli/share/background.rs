//! A share in a process of its own: `--detach`, and what a terminal attends to, which can so let go of it.

use std::{env, ffi::OsString, fs::File, io, process::Stdio};

use anyhow::{Context, Result};
use rustix::stdio::dup2_stderr;
use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader},
    process::{Child, ChildStderr, ChildStdin, Command},
    sync::mpsc,
};

use super::{begin::Shared, login::NeedsLogin};
use crate::cli::{
    Ctx, credentials,
    failure::{Exit, Failure},
    ids::SESSION,
    live::Sharing,
    paths, safe,
};

/// Set for the process in the background: how it began.
const BACKGROUND: &str = "WARDROOM_BACKGROUND";
/// Set for the process in the background: the conversation that was chosen.
const CONVERSATION: &str = "WARDROOM_CONVERSATION";
/// What it is told on stdin when nobody attends to it any more; without this the end of stdin is its end.
const ALONE: &[u8] = b"alone\n";

/// How a process in the background begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum How {
    /// Nobody attends to it: it ends with the session.
    Alone,
    /// A terminal attends to it: it ends with that too, however that ends.
    Attended,
}

/// What became of a start.
pub(super) enum Started {
    /// It is shared.
    Shared(Box<Background>),
    /// Nothing is: its agent wants a login first.
    NeedsLogin(NeedsLogin),
}

/// A share that runs in the background.
pub(super) struct Background {
    /// What it has shared.
    pub(super) shared: Shared,
    /// What the view of it needs: the link, and what the process says.
    pub(super) sharing: Sharing,
    /// The process.
    pub(super) child: Child,
    /// While this is open somebody attends to it. It is not the child's: to wait for a child closes what it reads.
    attention: Option<ChildStdin>,
}

impl Background {
    /// Starts the same command in the background; `conversation`: the one that was chosen to be taken up.
    ///
    /// # Errors
    /// What the process says when it ends before it has shared anything.
    pub(super) async fn start(ctx: &Ctx, how: How, conversation: Option<&str>) -> Result<Started> {
        let (name, stdin) = match how {
            How::Alone => ("alone", Stdio::null()),
            How::Attended => ("attended", Stdio::piped()),
        };
        let mut child = Command::new(env::current_exe()?)
            .args(arguments(env::args_os().skip(1)))
            .env(BACKGROUND, name)
            .envs(conversation.map(|id| (CONVERSATION, id)))
            .stdin(stdin)
            .stdout(Stdio::piped())
            // Its words go through us: a view would else not know what is on the terminal.
            .stderr(Stdio::piped())
            .spawn()
            .context("cannot start in the background")?;
        let stdout = child.stdout.take().context("the process in the background has no stdout")?;
        let (mut first, mut words) = (String::new(), lines(child.stderr.take()));
        {
            let mut stdout = BufReader::new(stdout);
            let read = stdout.read_line(&mut first);
            tokio::pin!(read);
            loop {
                tokio::select! {
                    read = &mut read => {
                        read?;
                        break;
                    }
                    Some(line) = words.recv() => ctx.out.tell(&safe::visible(&line)),
                }
            }
        }
        if let Ok(shared) = serde_json::from_str::<Shared>(&first) {
            let attention = child.stdin.take();
            let sharing = Sharing { link: shared.invite_url.clone(), words };
            return Ok(Started::Shared(Box::new(Self { shared, sharing, child, attention })));
        }
        tell(ctx, &mut words).await;
        let code = child.wait().await?;
        if let Ok(login) = serde_json::from_str(&first) {
            return Ok(Started::NeedsLogin(login));
        }
        // It has said why.
        Err(Failure::new(exit(code.code()), "").into())
    }

    /// Lets go of it: it ends with the session from now on.
    pub(super) async fn let_go(mut self) -> io::Result<Shared> {
        if let Some(attention) = &mut self.attention {
            attention.write_all(ALONE).await?;
            attention.flush().await?;
        }
        Ok(self.shared)
    }

    /// Ends it, tells its last words, and waits until it has ended.
    pub(super) async fn end(mut self, ctx: &Ctx) -> io::Result<()> {
        drop(self.attention.take());
        tell(ctx, &mut self.sharing.words).await;
        self.child.wait().await.map(drop)
    }
}

/// The lines that a process says, as they come.
fn lines(said: Option<ChildStderr>) -> mpsc::Receiver<String> {
    let (out, lines) = mpsc::channel(64);
    if let Some(said) = said {
        tokio::spawn(async move {
            let mut said = BufReader::new(said).lines();
            while let Ok(Some(line)) = said.next_line().await {
                if out.send(line).await.is_err() {
                    return;
                }
            }
        });
    }
    lines
}

/// Tells the rest of what a process says.
async fn tell(ctx: &Ctx, words: &mut mpsc::Receiver<String>) {
    while let Some(line) = words.recv().await {
        ctx.out.tell(&safe::visible(&line));
    }
}

impl Shared {
    /// Says that it goes on, and how to see and end it.
    pub(super) fn tell_background(&self, ctx: &Ctx) {
        let id = SESSION.short(self.session.id);
        ctx.out.done(&format!(
            "in the background · see it: wardroom watch {id} · end it: wardroom sessions close {id}"
        ));
    }
}

/// How this process began, if it is one in the background; no terminal, and nothing that happens to one, is ours then.
pub(super) fn how() -> Option<How> {
    let how = match env::var(BACKGROUND).ok()?.as_str() {
        "attended" => How::Attended,
        _ => How::Alone,
    };
    let _leads_one_already = rustix::process::setsid();
    Some(how)
}

/// Waits until who attended to this process is gone without having let go of it.
pub(super) async fn abandoned(how: Option<How>) {
    if how == Some(How::Attended) {
        let mut said = Vec::new();
        let read = tokio::io::stdin().read_to_end(&mut said).await;
        if read.is_err() || said != ALONE {
            return;
        }
    }
    if how.is_some() {
        // The terminal belongs to somebody else now.
        match open_log().map(dup2_stderr) {
            Ok(Ok(())) => {}
            failed => tracing::debug!(?failed, "the log cannot be written"),
        }
    }
    std::future::pending::<()>().await;
}

/// Where processes in the background say what nobody hears.
fn open_log() -> io::Result<File> {
    let path = paths::config_dir().join("hosts").join("share.log");
    if let Some(dir) = path.parent() {
        credentials::make_dir(dir)?;
    }
    File::options().create(true).append(true).open(path)
}

/// The same command, but in the foreground and in JSON; what belongs to the agent stays as it is.
fn arguments(typed: impl Iterator<Item = OsString>) -> Vec<OsString> {
    let typed: Vec<_> = typed.collect();
    let agents = typed.iter().position(|it| it == "--").unwrap_or(typed.len());
    let (ours, theirs) = typed.split_at(agents);
    let is_of_this_one =
        |it: &OsString| ["--detach", "--json", "--plain"].iter().any(|own| it == own);
    let ours = ours.iter().filter(|it| !is_of_this_one(it)).cloned();
    ours.chain(["--json".into()]).chain(theirs.iter().cloned()).collect()
}

/// The conversation that was chosen before this went into the background.
pub(super) fn conversation() -> Option<String> {
    env::var(CONVERSATION).ok().filter(|_| how().is_some())
}

fn exit(code: Option<i32>) -> Exit {
    let known = [
        Exit::Usage,
        Exit::NotFound,
        Exit::Denied,
        Exit::Conflict,
        Exit::Expired,
        Exit::Unreachable,
        Exit::Agent,
        Exit::Configuration,
    ];
    known.into_iter().find(|it| Some(*it as i32) == code).unwrap_or(Exit::Failure)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_command_runs_in_the_background() {
        let typed = ["-q", "--plain", "share", "--detach", "--", "agent", "--detach"];
        let again = arguments(typed.into_iter().map(OsString::from));
        assert_eq!(again, ["-q", "share", "--json", "--", "agent", "--detach"]);
    }
}
