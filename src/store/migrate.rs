//! Bringing the file up to date before it is opened.
//!
//! Every migration is one transaction. They run with foreign keys off, because rebuilding a table would delete its
//! children; that none is missing is looked at before the last word. Nothing here runs while the server does.

use std::path::Path;

use refinery::Runner;
use rusqlite::Connection;

mod embedded {
    refinery::embed_migrations!("migrations");
}

/// Why a file could not be brought up to date.
#[derive(Debug, thiserror::Error)]
pub enum MigrateError {
    /// The file was written by a newer version.
    #[error("the database has schema {found}, and this program knows {known}")]
    TooNew {
        /// The file's schema.
        found: i32,
        /// The newest that this program knows.
        known: i32,
    },
    /// A migration left references to rows that are not there.
    #[error("a migration left {0} references to rows that are not there")]
    BrokenReferences(usize),
    /// A migration failed, or was edited after it ran.
    #[error(transparent)]
    Refinery(#[from] refinery::Error),
    /// The file cannot be read or written.
    #[error(transparent)]
    Sqlite(#[from] rusqlite::Error),
}

/// Brings the file at `path` up to date, creating it as needed. The caller holds the data directory's lock.
///
/// # Errors
/// See [`MigrateError`]; the file stays at the last migration that worked.
pub fn migrate(path: &Path) -> Result<(), MigrateError> {
    migrate_with(path, &embedded::migrations::runner())
}

/// The same with migrations of the caller's: for tests of what the next release will do.
///
/// # Errors
/// As [`migrate`].
pub fn migrate_with(path: &Path, runner: &Runner) -> Result<(), MigrateError> {
    let mut conn = Connection::open(path)?;
    let newest = runner.get_migrations().iter().map(refinery::Migration::version);
    let known = newest.max().unwrap_or_default();
    // First of all: a newer file is not ours to change, and a pragma is a change.
    let found = version(&conn)?;
    if found > i64::from(known) {
        let found = i32::try_from(found).unwrap_or(i32::MAX);
        return Err(MigrateError::TooNew { found, known });
    }
    // Before the first table, or it has no effect.
    conn.pragma_update(None, "auto_vacuum", "incremental")?;
    conn.pragma_update(None, "journal_mode", "wal")?;
    conn.pragma_update(None, "synchronous", "full")?;
    conn.pragma_update(None, "foreign_keys", false)?;
    // Also when there is nothing to do: it refuses a file whose migrations were edited or are not known here.
    runner.run(&mut conn)?;
    if found < i64::from(known) {
        let broken = conn.prepare("pragma foreign_key_check")?.query_map([], |_| Ok(()))?.count();
        if broken > 0 {
            return Err(MigrateError::BrokenReferences(broken));
        }
    }
    conn.close().map_err(|(_, error)| error.into())
}

/// The version of the newest migration that ran; 0 for a new file.
fn version(conn: &Connection) -> Result<i64, rusqlite::Error> {
    let table = "select count(*) from sqlite_schema where name = 'refinery_schema_history'";
    if conn.query_row(table, [], |row| row.get::<_, i64>(0))? == 0 {
        return Ok(0);
    }
    conn.query_row("select coalesce(max(version), 0) from refinery_schema_history", [], |row| {
        row.get(0)
    })
}
