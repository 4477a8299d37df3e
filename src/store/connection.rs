//! The writing connection: how it is opened, what must hold of it, what its errors mean.

use std::{
    error::Error as StdError,
    fmt,
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering::Relaxed},
    },
    time::Duration,
};

use sqlx::{
    ConnectOptions, Connection, SqliteConnection,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous},
};

use super::{
    Handle, Reads,
    unit::{Notice, Tx},
};
use crate::{
    domain::Timestamp,
    error::{Code, Error, Result},
};

/// The oldest SQLite that is safe: older ones can lose a write-ahead log that is being reset.
const OLDEST: (u32, u32, u32) = (3, 51, 3);

/// How every connection to the file at `path` is opened.
pub(super) fn options(path: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(path)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .pragma("trusted_schema", "0")
        .pragma("cell_size_check", "1")
        .pragma("journal_size_limit", "67108864")
        .pragma("temp_store", "memory")
        .busy_timeout(Duration::from_secs(5))
        // Larger than the number of different statements, or each use prepares again.
        .statement_cache_capacity(1024)
}

/// Opens the writing connection, and looks whether it is what was asked for.
pub(super) async fn open(options: &SqliteConnectOptions) -> Result<Tx, sqlx::Error> {
    let mut conn = options.connect().await?;
    assert_settings(&mut conn).await?;
    // A full disk may make SQLite roll back by itself, in the middle of a unit. If the unit then
    // carries on, each of its statements would commit alone: only the writer's own COMMIT may.
    let may_commit = Arc::new(AtomicBool::new(false));
    let allowed = may_commit.clone();
    conn.lock_handle().await?.set_commit_hook(move || allowed.load(Relaxed));
    Ok(Tx {
        reads: Reads::new(Handle::Writer(conn), Timestamp::from_millis(0)),
        notices: Vec::new(),
        messages: Vec::new(),
        events: Vec::new(),
        may_commit,
    })
}

/// What must hold of the connection, or a power cut may lose what was acknowledged.
pub(super) const SETTINGS: &[(&str, &str)] = &[
    ("pragma journal_mode", "wal"),
    ("pragma synchronous", "2"),
    ("pragma foreign_keys", "1"),
    ("pragma trusted_schema", "0"),
    ("pragma cell_size_check", "1"),
    ("pragma journal_size_limit", "67108864"),
    ("pragma auto_vacuum", "2"),
];

async fn assert_settings(conn: &mut SqliteConnection) -> Result<(), sqlx::Error> {
    let wrong = |text: String| sqlx::Error::Configuration(text.into());
    for &(pragma, value) in SETTINGS {
        let row: String = setting(conn, pragma).await?;
        if row != value {
            return Err(wrong(format!("{pragma} is {row}, and not {value}")));
        }
    }
    check_version(&setting(conn, "select sqlite_version()").await?).map_err(wrong)
}

/// That this version of SQLite is safe, or why it is not.
pub(super) fn check_version(version: &str) -> Result<(), String> {
    let mut parts = version.split('.').map(|part| part.parse().unwrap_or(0));
    let mut part = || parts.next().unwrap_or(0);
    if (part(), part(), part()) < OLDEST {
        return Err(format!("SQLite {version} is too old: 3.51.3 or newer is needed"));
    }
    Ok(())
}

pub(super) async fn setting(
    conn: &mut SqliteConnection,
    sql: &'static str,
) -> Result<String, sqlx::Error> {
    use sqlx::{Row, TypeInfo, ValueRef};
    let row = sqlx::query(sql).fetch_one(conn).await?;
    let value = row.try_get_raw(0)?;
    match value.type_info().name() {
        "INTEGER" => Ok(row.try_get::<i64, _>(0)?.to_string()),
        _ => row.try_get(0),
    }
}

impl Tx {
    /// Runs a statement of the writer's own, prepared once for the connection.
    pub(super) async fn execute(&mut self, sql: &'static str) -> Result<(), sqlx::Error> {
        sqlx::query(sql).execute(self.conn()).await?;
        Ok(())
    }

    /// Writes the group's messages and events, commits, and hands over what is to be told.
    pub(super) async fn commit(&mut self) -> Result<Vec<Notice>, Lost> {
        self.flush_messages().await?;
        self.flush_events().await?;
        self.may_commit.store(true, Relaxed);
        self.execute("commit").await?;
        self.may_commit.store(false, Relaxed);
        self.messages.clear();
        self.events.clear();
        self.reads.heads.clear();
        Ok(std::mem::take(&mut self.notices))
    }

    pub(super) async fn close(self) -> Result<(), sqlx::Error> {
        match self.into_conn() {
            Some(conn) => conn.close().await,
            None => Ok(()),
        }
    }
}

/// Why a database was not opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// A setting, or SQLite itself, is not what durability needs.
    #[error("{0}")]
    Unsafe(String),
    /// The file cannot be used.
    #[error("{0}")]
    Failed(String),
}

impl From<sqlx::Error> for OpenError {
    fn from(error: sqlx::Error) -> Self {
        match error {
            sqlx::Error::Configuration(reason) => Self::Unsafe(reason.to_string()),
            error => Self::Failed(error.to_string()),
        }
    }
}

/// Why a whole group was not stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Lost {
    /// The disk is full.
    DiskFull,
    /// The disk or the file on it does not do what it should.
    DiskFailed,
    /// A flush failed: what is on the disk cannot be known any more, and trying again would only hide it.
    FlushFailed,
    /// SQLite refused the transaction around the units, for a reason that is not the disk.
    NotCommitted,
}

impl Lost {
    /// What SQLite's result code says about the disk, if it does.
    fn from_sqlx(error: &sqlx::Error) -> Option<Self> {
        const IOERR: i32 = 10;
        const CORRUPT: i32 = 11;
        const FULL: i32 = 13;
        const CANTOPEN: i32 = 14;
        const NOTADB: i32 = 26;
        const IOERR_FSYNC: i32 = IOERR | (4 << 8);
        match error {
            sqlx::Error::WorkerCrashed => Some(Self::DiskFailed),
            sqlx::Error::Database(error) => {
                let code: i32 = error.code()?.parse().ok()?;
                match (code, code & 0xff) {
                    (IOERR_FSYNC, _) => Some(Self::FlushFailed),
                    (_, FULL) => Some(Self::DiskFull),
                    (_, IOERR | CORRUPT | CANTOPEN | NOTADB) => Some(Self::DiskFailed),
                    _ => None,
                }
            }
            _ => None,
        }
    }

    /// What a unit's error says about the disk, if it does.
    pub(super) fn of(error: &Error) -> Option<Self> {
        let mut source: Option<&(dyn StdError + 'static)> = Some(error);
        while let Some(error) = source {
            if let Some(error) = error.downcast_ref::<sqlx::Error>() {
                return Self::from_sqlx(error);
            }
            source = error.source();
        }
        None
    }
}

impl StdError for Lost {}

/// Whether a unit was lost with its whole group, for no reason of its own: it may be tried again.
pub fn is_lost(error: &Error) -> bool {
    let mut source: Option<&(dyn StdError + 'static)> = Some(error);
    while let Some(error) = source {
        if error.is::<Lost>() {
            return true;
        }
        source = error.source();
    }
    false
}

impl fmt::Display for Lost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::DiskFull => "the disk is full",
            Self::DiskFailed => "the disk or the database file failed",
            Self::FlushFailed => "a flush to the disk failed",
            Self::NotCommitted => "SQLite refused the transaction",
        })
    }
}

/// For the writer's own statements: any error loses the group.
impl From<sqlx::Error> for Lost {
    fn from(error: sqlx::Error) -> Self {
        tracing::error!(%error, "SQLite refused the writer");
        Self::from_sqlx(&error).unwrap_or(Self::NotCommitted)
    }
}

impl From<Lost> for Error {
    fn from(lost: Lost) -> Self {
        match lost {
            Lost::DiskFull => Self::new(Code::DiskFull).hint("free some space; nothing was stored"),
            Lost::DiskFailed | Lost::FlushFailed | Lost::NotCommitted => Self::internal(lost),
        }
    }
}

/// For the statements of a unit and of readers.
impl From<sqlx::Error> for Error {
    fn from(error: sqlx::Error) -> Self {
        match Lost::from_sqlx(&error) {
            Some(Lost::DiskFull) => Self::from(Lost::DiskFull).because(error),
            _ => match error {
                sqlx::Error::PoolTimedOut => {
                    Self::with(Code::Busy, "too many are reading").retry_after(1).because(error)
                }
                error => Self::internal(error),
            },
        }
    }
}
