//! What SQLite's result codes mean for a unit, for its group, and for the writer.

use std::{error::Error as StdError, fmt};

use futures_util::FutureExt;
use sqlx::error::{DatabaseError, ErrorKind};

use super::Home;
use crate::{
    error::{Code, Error},
    store::{connection::Lost, unit::Notice},
};

// Result codes, as SQLite's manual lists them.
const BUSY: i32 = 5;
const IOERR: i32 = 10;
const CORRUPT: i32 = 11;
const FULL: i32 = 13;
const CANTOPEN: i32 = 14;
const CONSTRAINT: i32 = 19;
const NOTADB: i32 = 26;
const CORRUPT_VTAB: i32 = 267;
const IOERR_WRITE: i32 = 778;
const CONSTRAINT_FOREIGNKEY: i32 = 787;
const IOERR_FSYNC: i32 = 1034;

/// An error with a result code, as SQLite would give it.
#[derive(Debug)]
struct Failure(String);

fn failure(code: i32) -> Error {
    sqlx::Error::Database(Box::new(Failure(code.to_string()))).into()
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "result code {}", self.0)
    }
}

impl StdError for Failure {}

impl DatabaseError for Failure {
    fn message(&self) -> &'static str {
        "on purpose"
    }

    fn code(&self) -> Option<std::borrow::Cow<'_, str>> {
        Some(self.0.as_str().into())
    }

    fn as_error(&self) -> &(dyn StdError + Send + Sync + 'static) {
        self
    }

    fn as_error_mut(&mut self) -> &mut (dyn StdError + Send + Sync + 'static) {
        self
    }

    fn into_error(self: Box<Self>) -> Box<dyn StdError + Send + Sync + 'static> {
        self
    }

    fn kind(&self) -> ErrorKind {
        ErrorKind::Other
    }
}

#[test]
fn what_the_disk_does_loses_the_group_and_what_the_unit_does_does_not() {
    for (code, lost, told) in [
        (FULL, Some(Lost::DiskFull), Code::DiskFull),
        (IOERR, Some(Lost::DiskFailed), Code::Internal),
        (IOERR_WRITE, Some(Lost::DiskFailed), Code::Internal),
        (IOERR_FSYNC, Some(Lost::FlushFailed), Code::Internal),
        (CORRUPT, Some(Lost::DiskFailed), Code::Internal),
        (CORRUPT_VTAB, Some(Lost::DiskFailed), Code::Internal),
        (CANTOPEN, Some(Lost::DiskFailed), Code::Internal),
        (NOTADB, Some(Lost::DiskFailed), Code::Internal),
        (BUSY, None, Code::Internal),
        (CONSTRAINT, None, Code::Internal),
        (CONSTRAINT_FOREIGNKEY, None, Code::Internal),
    ] {
        let error = failure(code);
        assert_eq!((Lost::of(&error), error.code), (lost, told), "{code}");
    }
    let busy = Error::from(sqlx::Error::PoolTimedOut);
    assert_eq!((busy.code, busy.retry_after), (Code::Busy, Some(1)), "nobody reads for ever");
}

/// Runs a unit that fails with this result code behind one that appends; gives how both ended.
async fn behind_one(home: &Home, code: i32) -> [Code; 2] {
    let gate = home.hold().await;
    let mut first = home.append(1);
    let mut second = Box::pin(home.store.write::<(), _>(async move |_| Err(failure(code))));
    assert!((&mut first).now_or_never().is_none());
    assert!((&mut second).now_or_never().is_none());
    drop(gate);
    [first.await.unwrap_err().code, second.await.unwrap_err().code]
}

#[tokio::test]
async fn after_a_read_or_write_error_the_writer_begins_anew_with_another_connection() {
    let home = Home::new().await;
    for code in [IOERR, CORRUPT, NOTADB] {
        assert_eq!(behind_one(&home, code).await, [Code::Internal; 2]);
        assert!(home.told().is_empty());
        let doubt = home.told.lock().unwrap().drain(..).any(|it| matches!(it, Notice::Doubt));
        assert!(doubt, "followers look into the table");
        assert!(!home.store.has_failed());
    }
    home.check(0);
    assert_eq!(home.append(1).await.unwrap(), 1);
    home.check(1);
}

#[tokio::test]
async fn after_a_flush_that_failed_nothing_more_is_written_and_reading_goes_on() {
    let home = Home::new().await;
    home.append(1).await.unwrap();
    let failed = home.store.write::<(), _>(async |_| Err(failure(IOERR_FSYNC))).await;
    assert_eq!(failed.unwrap_err().code, Code::Internal);
    home.store.ended().await;
    assert!(home.store.has_failed(), "what is on the disk cannot be known any more");
    assert_eq!(home.append(2).await.unwrap_err().code, Code::Busy);
    let mut reads = home.store.read().await.unwrap();
    assert_eq!(reads.head(home.session).await.unwrap().0, 1);
    home.check(1);
}
