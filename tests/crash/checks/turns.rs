//! What reached the agents, held against what the database says of it.

use std::collections::{HashMap, HashSet};

use rusqlite::Connection;

use super::receipts::Receipts;
use crate::load::ledger::Ledger;

/// A dispatch.
#[derive(Debug)]
struct Attempt {
    id: String,
    state: String,
    /// Its intent was stored.
    sent: bool,
}

/// The attempts to carry each text that was approved.
fn carried(db: &Connection) -> HashMap<String, Vec<Attempt>> {
    let sql = "select coalesce(a.edited_prompt, a.prompt), d.id, d.state, d.sent_digest is not null
               from dispatches d join approvals a on a.id = d.approval_id order by d.n";
    let mut statement = db.prepare(sql).expect("the schema has these names");
    let mut all: HashMap<String, Vec<Attempt>> = HashMap::new();
    let mut rows = statement.query([]).expect("it runs");
    while let Some(row) = rows.next().expect("a row") {
        let attempt = Attempt {
            id: row.get(1).expect("an id"),
            state: row.get(2).expect("a state"),
            sent: row.get(3).expect("a truth"),
        };
        all.entry(row.get(0).expect("a text")).or_default().push(attempt);
    }
    all
}

/// At any time: nothing was received whose intent is not stored, nothing more often than it was sent, nothing was sent
/// again that nobody asked to send again. The receipts were read before the database.
pub(crate) fn doubled(db: &Connection, receipts: &Receipts, ledger: &Ledger) -> Vec<String> {
    let all = carried(db);
    let mut found = Vec::new();
    for (text, count) in receipts.texts() {
        let attempts = all.get(text).map_or(&[][..], Vec::as_slice);
        let sent = attempts.iter().filter(|attempt| attempt.sent).count();
        if count > sent {
            found
                .push(format!("{text:?} was received {count} times and sent {sent}: {attempts:?}"));
        }
    }
    let mut statement = db
        .prepare("select retry_of from dispatches where retry_of is not null")
        .expect("the schema has these names");
    let retried = statement.query_map([], |row| row.get::<_, String>(0)).expect("it runs");
    for retried in retried.map(|row| row.expect("a row")) {
        if !ledger.retry_was_asked_for(&retried) {
            found.push(format!("{retried} was tried again and nobody asked for it"));
        }
    }
    found
}

/// When nothing is under way any more: everything approved has ended, and what was sent was received, once.
pub(crate) fn unsettled(db: &Connection, receipts: &Receipts, may_be_unknown: bool) -> Vec<String> {
    let sql =
        "select payload ->> '$.dispatch.id' from events where type = 'prompt_dispatch_unknown'";
    let mut statement = db.prepare(sql).expect("the schema has these names");
    let unknown = statement.query_map([], |row| row.get(0)).expect("it runs");
    let unknown: HashSet<String> = unknown.map(|row| row.expect("a row")).collect();
    let mut found = Vec::new();
    if !may_be_unknown && !unknown.is_empty() {
        found.push(format!("the outcome of {} turns was unknown", unknown.len()));
    }
    for (text, attempts) in carried(db) {
        let ran = |attempt: &&Attempt| attempt.ran() && !unknown.contains(&attempt.id);
        let (ran, count) = (attempts.iter().filter(ran).count(), receipts.of(&text));
        if count < ran {
            found.push(format!("{text:?} was received {count} times and not {ran}: {attempts:?}"));
        }
        if !attempts.iter().all(Attempt::has_ended) {
            found.push(format!("{text:?} did not end: {attempts:?}"));
        }
    }
    found
}

impl Attempt {
    fn has_ended(&self) -> bool {
        match &*self.state {
            "succeeded" | "failed" => self.sent,
            // An unknown one that nobody tried again would still wait.
            "cancelled" | "unknown" => true,
            _ => false,
        }
    }

    /// What was cancelled may have been so before the agent heard of it.
    fn ran(&self) -> bool {
        self.sent && matches!(&*self.state, "succeeded" | "failed")
    }
}

/// What agents did and were not allowed to do, or not as often: a note for each yes, and never more.
pub(crate) fn overdone(db: &Connection, notes: &HashMap<String, usize>) -> Vec<String> {
    let sql = "select details ->> '$.toolCall.rawInput.command', count(*) from approvals
               where kind = 'permission' and status = 'approved' group by 1";
    let mut statement = db.prepare(sql).expect("the schema has these names");
    let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).expect("it runs");
    let allowed: HashMap<String, i64> = rows.map(|row| row.expect("a row")).collect();
    let is_over = |(command, count): &(&String, &usize)| {
        let allowed = allowed.get(*command).copied().unwrap_or(0);
        usize::try_from(allowed).unwrap_or(0) < **count
    };
    let text =
        |(command, count)| format!("{command:?} was run {count} times without as many yeses");
    notes.iter().filter(is_over).map(text).collect()
}
