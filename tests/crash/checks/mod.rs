//! What must hold: of the file that a killed server left, of the receipts, of what people were promised and saw.

pub(crate) mod invariants;
pub(crate) mod promises;
pub(crate) mod receipts;
pub(crate) mod turns;
pub(crate) mod words;

use std::{fs, path::Path};

use receipts::{Receipts, notes};
use rusqlite::{Connection, OpenFlags};
use wardroom::store;

use crate::{load::Load, world::World};

/// Looks at a world again and again.
#[derive(Debug, Default)]
pub(crate) struct Examiner {
    /// How many promises were looked at before.
    seen: usize,
}

/// How much to look at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Depth {
    /// What is quick: the invariants, what is new among the promises, the receipts.
    Quick,
    /// Everything that holds at any time.
    Whole,
    /// And what holds when nothing is under way; `unknown`: outcomes may have been lost.
    Settled { unknown: bool },
}

impl Examiner {
    /// Looks at the file as a killed server left it; at a copy, so that the next server finds what a crash leaves.
    ///
    /// # Panics
    /// When something is there that must not be.
    pub(crate) fn after_death(&mut self, world: &World, load: &Load, depth: Depth) {
        let copy = world.path("copy.db");
        let from = world.database();
        fs::copy(&from, &copy).expect("the file can be copied");
        let log = |path: &Path| path.with_extension("db-wal");
        if fs::copy(log(&from), log(&copy)).is_err() {
            drop(fs::remove_file(log(&copy)));
        }
        self.look(&copy, world, load, depth);
        for end in ["db", "db-wal", "db-shm"] {
            drop(fs::remove_file(copy.with_extension(end)));
        }
    }

    /// Looks at the file while it is in use.
    ///
    /// # Panics
    /// When something is there that must not be.
    pub(crate) fn alive(&mut self, world: &World, load: &Load, depth: Depth) {
        self.look(&world.database(), world, load, depth);
    }

    fn look(&mut self, file: &Path, world: &World, load: &Load, depth: Depth) {
        let whole = depth != Depth::Quick;
        // First what is told, then the truth: it may have moved on meanwhile, and never back.
        let promises = load.ledger.since(if whole { 0 } else { self.seen });
        let (receipts, notes) = (Receipts::read(&world.receipts()), notes(&world.folders()));
        let histories: Vec<_> =
            load.rooms.iter().map(|room| (&room.id, room.history.chains())).collect();
        let db = open(file);
        let mut found = invariants::broken(&db, whole);
        found.extend(promises::broken(&db, &promises));
        found.extend(turns::doubled(&db, &receipts, &load.ledger));
        found.extend(turns::overdone(&db, &notes));
        if whole {
            for (session, chains) in &histories {
                found.extend(rewritten(&db, session, chains));
            }
            let findings = store::verify(file).expect("the file can be read");
            found.extend(findings.into_iter().map(|it| format!("verify finds {it:?}")));
        }
        if let Depth::Settled { unknown } = depth {
            found.extend(turns::unsettled(&db, &receipts, unknown));
            found.extend(words::garbled(&db));
        }
        self.seen = if whole { promises.len() } else { self.seen + promises.len() };
        assert!(found.is_empty(), "{} things must not be:\n{}", found.len(), found.join("\n"));
    }
}

/// Opens a database for looking; all that is read is of one moment.
pub(crate) fn open(file: &Path) -> Connection {
    let db = Connection::open_with_flags(file, OpenFlags::SQLITE_OPEN_READ_WRITE);
    let db = db.expect("the file opens");
    db.busy_timeout(std::time::Duration::from_secs(10)).expect("it can wait");
    db.execute_batch("pragma query_only = 1; begin").expect("it can be read");
    db
}

/// A number in the database.
pub(crate) fn count(file: &Path, sql: &str) -> i64 {
    open(file).query_row(sql, [], |row| row.get(0)).expect("it runs")
}

/// Where the log of a session is not what its followers saw.
pub(crate) fn rewritten(db: &Connection, session: &str, chains: &[String]) -> Vec<String> {
    let sql =
        "select lower(hex(substr(chain, 1, 8))) from events where session_id = ?1 order by seq";
    let mut statement = db.prepare(sql).expect("the schema has these names");
    let stored = statement.query_map([session], |row| row.get::<_, String>(0)).expect("it runs");
    let stored: Vec<_> = stored.map(|row| row.expect("a row")).collect();
    let same = stored.iter().zip(chains).take_while(|(stored, seen)| stored == seen).count();
    if same == chains.len() {
        return Vec::new();
    }
    vec![format!("{session}: event {} is not what followers saw of {}", same + 1, chains.len())]
}
