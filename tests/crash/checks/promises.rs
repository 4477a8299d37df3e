//! Every acknowledged answer is in the database.

use rusqlite::{Connection, OptionalExtension, Row, params};

use crate::load::ledger::Promise;

/// What was promised and is not so.
pub(crate) fn broken(db: &Connection, promises: &[Promise]) -> Vec<String> {
    let is_broken = |promise: &&Promise| !holds(db, promise);
    promises.iter().filter(is_broken).map(|it| format!("promised, and not so: {it:?}")).collect()
}

fn holds(db: &Connection, promise: &Promise) -> bool {
    let text = |sql: &str, id: &str| -> Option<String> {
        let mut statement = db.prepare_cached(sql).expect("the schema has these names");
        statement.query_row(params![id], |row| row.get(0)).optional().expect("it runs")
    };
    match promise {
        Promise::Comment { id, text: said } => {
            text("select text from messages where id = ?1", id).as_ref() == Some(said)
        }
        Promise::Prompt { id, text: said } => {
            let approval = text("select prompt from approvals where id = ?1", id);
            let message = text("select text from messages where approval_id = ?1", id);
            approval.as_ref() == Some(said) && message.as_ref() == Some(said)
        }
        Promise::Decided { id, status, edited, option } => {
            let decision = decision(db, id);
            decision == Some(((*status).to_owned(), edited.clone(), option.clone()))
        }
        Promise::Undecided { id } => {
            let status = decision(db, id).map(|decision| decision.0);
            matches!(status.as_deref(), Some("expired" | "withdrawn"))
        }
        Promise::Withdrawn { id } => {
            decision(db, id).is_some_and(|decision| decision.0 == "withdrawn")
        }
        Promise::Joined { id } => text("select id from participants where id = ?1", id).is_some(),
        Promise::Left { id } => {
            text("select left_reason from participants where id = ?1", id).as_deref()
                == Some("left")
        }
        Promise::Settled { id, state } => {
            text("select state from dispatches where id = ?1", id).as_deref() == Some(*state)
        }
        Promise::Wished { id } => {
            text("select resolve_requested_at from approvals where id = ?1", id).is_some()
        }
        Promise::Answered { action, status, option } => {
            let sql = "select status, option_id from approvals where action = ?1";
            let mut statement = db.prepare_cached(sql).expect("the schema has these names");
            let read = |row: &Row<'_>| Ok((row.get(0)?, row.get(1)?));
            let rows = statement.query_map(params![action], read).expect("it runs");
            let rows: Vec<(String, Option<String>)> = rows.map(|it| it.expect("a row")).collect();
            rows == [((*status).to_owned(), option.clone())]
        }
        Promise::Retried { id } => {
            text("select id from dispatches where retry_of = ?1", id).is_some()
        }
    }
}

/// The status of an approval, the text that was edited in, the option.
fn decision(db: &Connection, id: &str) -> Option<(String, Option<String>, Option<String>)> {
    let sql = "select status, edited_prompt, option_id from approvals where id = ?1";
    let mut statement = db.prepare_cached(sql).expect("the schema has these names");
    let read = |row: &Row<'_>| Ok((row.get(0)?, row.get(1)?, row.get(2)?));
    statement.query_row(params![id], read).optional().expect("it runs")
}
