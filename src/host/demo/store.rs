//! The files that conversations live in: one for each, append-only, JSON lines.
//!
//! The first line says where it belongs; every other line is an update as it was sent, so that loading is replaying.

use std::{
    env,
    fs::{self, DirBuilder, File, OpenOptions},
    io::{self, BufRead, BufReader, Write},
    os::unix::fs::{DirBuilderExt, OpenOptionsExt},
    path::{Path, PathBuf},
};

use agent_client_protocol::v1::schema::{ContentBlock, SessionId, SessionInfo, SessionUpdate};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::domain::Timestamp;

/// The folder of conversations.
pub(super) struct Store {
    dir: PathBuf,
}

/// The file of one conversation, open for appending.
pub(super) struct Log(File);

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Header {
    session_id: SessionId,
    cwd: PathBuf,
}

impl Store {
    /// Opens the folder and makes it if it is missing; only its owner can read it.
    pub(super) fn open(dir: Option<PathBuf>) -> io::Result<Self> {
        let dir = dir.unwrap_or_else(default_dir);
        DirBuilder::new().recursive(true).mode(0o700).create(&dir)?;
        Ok(Self { dir })
    }

    /// Begins a conversation.
    pub(super) fn create(&self, cwd: &Path) -> io::Result<(SessionId, Log)> {
        let session_id = SessionId::new(Uuid::now_v7().to_string());
        let path = self.path(&session_id)?;
        let log = Log(OpenOptions::new().append(true).create_new(true).mode(0o600).open(path)?);
        log.append(&Header { session_id: session_id.clone(), cwd: cwd.to_owned() })?;
        Ok((session_id, log))
    }

    /// Goes on with a conversation: its file, and what happened so far.
    ///
    /// # Errors
    /// [`io::ErrorKind::NotFound`] if there is none.
    pub(super) fn reopen(&self, id: &SessionId) -> io::Result<(Log, Vec<SessionUpdate>)> {
        let path = self.path(id)?;
        let log = Log(OpenOptions::new().append(true).open(&path)?);
        Ok((log, updates(lines(&path)?).collect()))
    }

    /// Every conversation, the newest first.
    pub(super) fn list(&self) -> io::Result<Vec<SessionInfo>> {
        let entries = fs::read_dir(&self.dir)?;
        let mut sessions: Vec<_> = entries.filter_map(|entry| info(&entry.ok()?.path())).collect();
        sessions.sort_by(|a, b| b.session_id.0.cmp(&a.session_id.0));
        Ok(sessions)
    }

    /// An id that is not one of ours names no file: it comes from outside.
    fn path(&self, id: &SessionId) -> io::Result<PathBuf> {
        let id: Uuid = id.0.parse().map_err(|_invalid| io::ErrorKind::NotFound)?;
        Ok(self.dir.join(format!("{id}.jsonl")))
    }
}

impl Log {
    /// Appends a line.
    pub(super) fn append(&self, value: &impl Serialize) -> io::Result<()> {
        let mut line = serde_json::to_vec(value)?;
        line.push(b'\n');
        (&self.0).write_all(&line)
    }
}

fn default_dir() -> PathBuf {
    match env::var_os("XDG_STATE_HOME").map(PathBuf::from) {
        Some(dir) if dir.is_absolute() => dir.join("wardroom-demo"),
        _ => env::temp_dir().join(format!("wardroom-demo-{}", rustix::process::getuid())),
    }
}

fn lines(path: &Path) -> io::Result<impl Iterator<Item = String>> {
    Ok(BufReader::new(File::open(path)?).lines().map_while(Result::ok))
}

/// The updates among lines; the header, and a line that a crash cut short, are none.
fn updates(lines: impl Iterator<Item = String>) -> impl Iterator<Item = SessionUpdate> {
    lines.filter_map(|line| serde_json::from_str(&line).ok())
}

fn info(path: &Path) -> Option<SessionInfo> {
    let mut lines = lines(path).ok()?;
    let Header { session_id, cwd } = serde_json::from_str(&lines.next()?).ok()?;
    let title = updates(lines).find_map(|update| match update {
        SessionUpdate::UserMessageChunk(chunk) => match chunk.content {
            ContentBlock::Text(text) => text.text.lines().next().map(str::to_owned),
            _ => None,
        },
        _ => None,
    });
    let changed: DateTime<Utc> = fs::metadata(path).and_then(|file| file.modified()).ok()?.into();
    let changed = Timestamp::from_millis(changed.timestamp_millis());
    Some(SessionInfo::new(session_id, cwd).title(title).updated_at(changed.to_string()))
}
