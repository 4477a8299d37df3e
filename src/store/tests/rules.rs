//! The rules of the schema, tried by SQL written by hand on a file that holds everything: each refuses what it is for.

mod checks;
mod columns;
mod decisions;
mod sessions;

use std::path::Path;

use decisions::DECISIONS;
use rusqlite::Connection;
use sessions::SESSIONS;
use tempfile::TempDir;

use crate::store::{FILE, migrate};

/// A copy of the fixture, brought to the present schema.
pub(in crate::store) fn fixture() -> (TempDir, Connection) {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/v1.db");
    let dir = TempDir::new().unwrap();
    let path = dir.path().join(FILE);
    std::fs::copy(file, &path).unwrap();
    migrate(&path).unwrap();
    let conn = Connection::open(&path).unwrap();
    conn.pragma_update(None, "foreign_keys", true).unwrap();
    (dir, conn)
}

/// The texts of the first column.
fn texts(conn: &Connection, sql: &str) -> Vec<String> {
    let mut statement = conn.prepare(sql).unwrap();
    let rows = statement.query_map([], |row| row.get(0)).unwrap();
    rows.map(Result::unwrap).collect()
}

/// A rule, SQL that it refuses, and what is said then.
struct Rule {
    /// The name of a trigger or of a unique index.
    name: &'static str,
    /// What somebody may try.
    tries: &'static [&'static str],
    /// A part of what SQLite answers.
    refusal: &'static str,
}

fn rules() -> impl Iterator<Item = &'static Rule> {
    SESSIONS.iter().chain(DECISIONS)
}

#[test]
fn every_rule_refuses_what_it_is_for_and_nothing_else_would() {
    let (_dir, mut conn) = fixture();
    for rule in rules() {
        for sql in rule.tries {
            let transaction = conn.transaction().unwrap();
            let refused = transaction.execute_batch(sql).expect_err(sql).to_string();
            assert!(refused.contains(rule.refusal), "{sql}: {refused}");
            let is_index = rule.refusal.starts_with("UNIQUE");
            let kind = if is_index { "index" } else { "trigger" };
            transaction.execute_batch(&format!("drop {kind} {}", rule.name)).expect(rule.name);
            if let Err(other) = transaction.execute_batch(sql) {
                let other = other.to_string();
                assert!(!other.contains(rule.refusal), "{}: {sql}: still {other}", rule.name);
            }
            transaction.rollback().unwrap();
        }
    }
}

#[test]
fn every_trigger_and_every_partial_unique_index_is_tried() {
    let (_dir, conn) = fixture();
    let mut known = texts(
        &conn,
        "select name from sqlite_schema where type = 'trigger'
         union select name from sqlite_schema
         where type = 'index' and sql like 'create unique index%where%' order by name",
    );
    // It refuses nothing: it is how a log is trimmed.
    known.retain(|name| name != "sessions_trim_events");
    let mut tried: Vec<_> = rules().map(|rule| rule.name).collect();
    tried.sort_unstable();
    assert_eq!(known, tried);
}

#[test]
fn a_log_is_trimmed_from_the_front_by_raising_the_floor_of_its_session() {
    let (_dir, conn) = fixture();
    conn.execute_batch(
        "update sessions set floor_seq = 3, floor_chain = (select chain from events e where e.session_id = sessions.id and seq = 3)
         where title = 'Fix the tests'",
    )
    .unwrap();
    let kept = "select min(seq) || ' of ' || count(*) from events
                where session_id = (select id from sessions where title = 'Fix the tests')";
    let last = "select last_seq from sessions where title = 'Fix the tests'";
    let last: i64 = conn.query_row(last, [], |row| row.get(0)).unwrap();
    assert_eq!(texts(&conn, kept), [format!("4 of {}", last - 3)]);
    let path = conn.path().unwrap().to_owned();
    assert_eq!(crate::store::verify(Path::new(&path)).unwrap(), []);
}
