//! No query walks through a table that grows with history: SQLite's own plans of all of them, looked through.

use std::{fs, path::Path};

use rusqlite::Connection;
use serde_json::Value;
use wardroom::store;

/// What a plan may walk through: what is small or bounded by what is open, and what a query was given.
const SHORT: [&str; 12] = [
    "INDEX agent_sessions_moving",
    "INDEX agent_sessions_open",
    "INDEX approvals_to_expire",
    "INDEX dispatches_queued",
    "INDEX one_in_flight",
    "VIRTUAL TABLE",
    "(subquery-",
    "SCAN users",
    "SCAN hosts",
    "SCAN agents",
    "SCAN setup_links",
    "SCAN sqlite_sequence",
];

/// How a plan says that it sorts what it found.
const SORTS: &str = "USE TEMP B-TREE FOR ORDER BY";

/// What may be sorted, since it is never long: by where it comes from, in the words of its query.
const FEW: [&str; 14] = [
    // What was asked for by its ids.
    "in (select value from json_each($1))",
    // What is open: it waits, it runs, or nobody knows its outcome.
    "a.status = 'pending'",
    "d.state in ('leased', 'sending', 'running')",
    "d.state = 'unknown'",
    // What belongs to one thing, of which there is a limit.
    "from artifacts where draft_id = $1",
    "from participants where session_id = $1 and user_id = $2",
    "select n from participants where session_id = $1",
    "from sessions where agent_session_id = $1",
    "from login_seats l",
    "from logins where (user_id = $1",
    "from invites",
    "from agents",
    "from hosts",
    "from users",
];

/// Every query of the program, as its cache names them.
fn queries() -> Vec<String> {
    let files = fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join(".sqlx")).unwrap();
    let read = |path: &Path| -> Value { serde_json::from_slice(&fs::read(path).unwrap()).unwrap() };
    files.map(|file| read(&file.unwrap().path())["query"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn no_query_walks_through_or_sorts_a_table_that_grows_with_history() {
    let home = tempfile::tempdir().unwrap();
    let file = home.path().join(store::FILE);
    store::migrate(&file).unwrap();
    let conn = Connection::open(file).unwrap();
    // A plan also names the walks that foreign keys take only where a constraint was put off, which none is.
    conn.pragma_update(None, "foreign_keys", false).unwrap();
    let queries = queries();
    assert!(queries.len() > 100, "the cache of queries is not there");
    let (mut long, mut sorted) = (Vec::new(), Vec::new());
    for query in queries {
        let mut plan = conn.prepare(&format!("explain query plan {query}")).unwrap();
        let mut steps = plan.raw_query();
        while let Some(step) = steps.next().unwrap() {
            let step: String = step.get(3).unwrap();
            if step.starts_with("SCAN") && !SHORT.iter().any(|short| step.contains(short)) {
                long.push(format!("{step}: {query}"));
            }
            if step.contains(SORTS) && !FEW.iter().any(|few| query.contains(few)) {
                sorted.push(query.clone());
            }
        }
    }
    assert!(long.is_empty(), "{}", long.join("\n\n"));
    assert!(sorted.is_empty(), "a list is read in the order of an index:\n{}", sorted.join("\n\n"));
}
