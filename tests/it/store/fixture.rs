//! The database of the present schema that later versions must still read: how it is made, and that it can be.

mod history;

use std::{fs, path::Path};

use rusqlite::Connection;
use tempfile::TempDir;
use wardroom::store;

use crate::world::{World, secrets};

/// Set it, and the fixture of the newest schema is made anew.
const MAKE: &str = "WARDROOM_MAKE_FIXTURE";

#[tokio::test]
async fn a_small_history_fills_every_table_with_every_word_and_no_secret() {
    let world = World::new().await;
    let open = history::tell(&world).await;
    let dir = TempDir::new().unwrap();
    let made = dir.path().join("made.db");
    let file = Connection::open(world.file()).unwrap();
    // Small pages: most tables and indexes hold a few rows only.
    file.execute_batch("pragma page_size = 512").unwrap();
    file.execute("vacuum into ?1", [made.to_str().unwrap()]).unwrap();
    drop(open);
    let file = Connection::open(&made).unwrap();

    assert_eq!(store::verify(&made).unwrap(), []);
    let bytes = fs::read(&made).unwrap();
    assert!(bytes.len() < 288 * 1024, "{} bytes", bytes.len());
    assert_eq!(secrets(&bytes), 0);
    assert_eq!(secrets(world.ada.secret().as_bytes()), 1, "one would have been found");
    assert_eq!(empty_tables(&file), [""; 0]);
    assert_eq!(missing_words(&file), [""; 0]);
    if std::env::var_os(MAKE).is_some() {
        let version: i64 = one(&file, "select max(version) from refinery_schema_history");
        let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures");
        fs::copy(&made, fixtures.join(format!("v{version}.db"))).unwrap();
    }
}

fn one<T: rusqlite::types::FromSql>(file: &Connection, sql: &str) -> T {
    file.query_row(sql, [], |row| row.get(0)).unwrap()
}

fn texts(file: &Connection, sql: &str) -> Vec<String> {
    let mut statement = file.prepare(sql).unwrap();
    let rows = statement.query_map([], |row| row.get(0)).unwrap();
    rows.map(Result::unwrap).collect()
}

fn empty_tables(file: &Connection) -> Vec<String> {
    let tables = texts(file, "select name from sqlite_schema where type = 'table'");
    let is_empty =
        |table: &String| one::<i64>(file, &format!("select count(*) from \"{table}\"")) == 0;
    tables.into_iter().filter(is_empty).collect()
}

/// The words of the state machines, as the schema lists them, that no row has.
fn missing_words(file: &Connection) -> Vec<String> {
    let mut missing = Vec::new();
    for (table, column) in [
        ("sessions", "status"),
        ("approvals", "kind"),
        ("approvals", "status"),
        ("dispatches", "state"),
        ("participants", "role"),
        ("tokens", "scope"),
    ] {
        let sql: String =
            one(file, &format!("select sql from sqlite_schema where name = '{table}'"));
        let (_, list) = sql.split_once(&format!("check ({column} in (")).unwrap();
        let (list, _) = list.split_once("))").unwrap();
        let known = texts(file, &format!("select distinct {column} from {table}"));
        for word in list.split(", ").map(|word| word.trim_matches('\'')) {
            if !known.iter().any(|it| it == word) {
                missing.push(format!("{table}.{column} {word}"));
            }
        }
    }
    missing
}
