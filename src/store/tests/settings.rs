//! How a database must be opened, and that it is not opened otherwise.

use std::sync::Arc;

use rusqlite::Connection;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};
use tempfile::TempDir;

use super::Home;
use crate::{
    domain::Clock,
    store::{
        FILE, OpenError, Store,
        connection::{self, SETTINGS, check_version},
        migrate,
    },
};

type Change = fn(SqliteConnectOptions) -> SqliteConnectOptions;

/// One wrong value for each setting that an option can change, and the reason that is given.
const WRONG: &[(Change, &str)] = &[
    (
        |options| options.journal_mode(SqliteJournalMode::Delete),
        "pragma journal_mode is delete, and not wal",
    ),
    (
        |options| options.synchronous(SqliteSynchronous::Normal),
        "pragma synchronous is 1, and not 2",
    ),
    (|options| options.foreign_keys(false), "pragma foreign_keys is 0, and not 1"),
    (|options| options.pragma("trusted_schema", "1"), "pragma trusted_schema is 1, and not 0"),
    (|options| options.pragma("cell_size_check", "0"), "pragma cell_size_check is 0, and not 1"),
    (
        |options| options.pragma("journal_size_limit", "-1"),
        "pragma journal_size_limit is -1, and not 67108864",
    ),
];

#[tokio::test]
async fn a_store_has_the_settings_that_durability_needs() {
    let home = Home::new().await;
    let found = home.store.write(async |tx| {
        let mut found = Vec::new();
        for &(pragma, _) in SETTINGS {
            found.push((pragma, connection::setting(tx.conn(), pragma).await?));
        }
        found.push(("SQLite", connection::setting(tx.conn(), "select sqlite_version()").await?));
        Ok(found)
    });
    let mut found = found.await.unwrap();
    let (_, version) = found.pop().unwrap();
    check_version(&version).unwrap();
    let text: Vec<_> = found.iter().map(|(pragma, value)| format!("{pragma} = {value}")).collect();
    insta::assert_snapshot!(text.join("\n"), @"
    pragma journal_mode = wal
    pragma synchronous = 2
    pragma foreign_keys = 1
    pragma trusted_schema = 0
    pragma cell_size_check = 1
    pragma journal_size_limit = 67108864
    pragma auto_vacuum = 2
    ");
}

#[tokio::test]
async fn each_wrong_setting_is_refused_with_one_line_of_reason() {
    let mut covered = Vec::new();
    for (change, reason) in WRONG {
        let dir = TempDir::new().unwrap();
        let path = dir.path().join(FILE);
        migrate(&path).unwrap();
        assert_eq!(refusal(change(connection::options(&path))).await, *reason);
        covered.push(*reason);
    }
    // This one cannot be chosen when a file is opened: another program has made it.
    let dir = TempDir::new().unwrap();
    let path = dir.path().join(FILE);
    Connection::open(&path).unwrap().execute_batch("create table theirs (x)").unwrap();
    migrate(&path).unwrap();
    let reason = "pragma auto_vacuum is 0, and not 2";
    assert_eq!(refusal(connection::options(&path)).await, reason);
    covered.push(reason);
    for (pragma, _) in SETTINGS {
        assert!(covered.iter().any(|reason| reason.starts_with(pragma)), "{pragma} is not tried");
    }
}

/// Why a store is not opened with these options.
async fn refusal(options: SqliteConnectOptions) -> String {
    let opened = Store::open_with(options, Clock::System, Arc::new(|_| {})).await;
    let Err(OpenError::Unsafe(reason)) = opened else { panic!("{opened:?}") };
    reason
}

#[test]
fn a_version_of_sqlite_that_can_lose_its_log_is_refused() {
    for version in ["3.51.3", "3.51.10", "3.52.0", "4.0.0"] {
        check_version(version).unwrap();
    }
    for version in ["3.51.2", "3.50.9", "3.9.0", "2.8.17", "", "unknown"] {
        let reason = check_version(version).unwrap_err();
        assert_eq!(reason, format!("SQLite {version} is too old: 3.51.3 or newer is needed"));
    }
}
