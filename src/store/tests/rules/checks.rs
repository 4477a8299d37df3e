//! Every CHECK of every table, as the schema has it: a value that it is there to refuse is refused by it.

use rusqlite::Connection;

use super::{fixture, texts};
use crate::domain::DispatchState;

/// What breaks a check that is not of a common form: `table: expression`, and an assignment.
const OWN: &[(&str, &str)] = &[
    (
        "participants: (left_at is null) = (left_reason is null)",
        "left_at = joined_at, left_reason = null",
    ),
    (
        "tokens: (user_id is null) <> (participant_id is null)",
        "user_id = null, participant_id = null",
    ),
    ("tools: timeout_ms > 0", "timeout_ms = 0"),
    ("agents: idle_timeout_ms > 0", "idle_timeout_ms = 0"),
    ("agents: pid > 0", "pid = 0"),
    (
        "agent_sessions: (life in ('completed', 'aborted')) = (ended_at is not null)",
        "life = 'completed', paused_at = null, ended_at = null",
    ),
    (
        "agent_sessions: (life = 'paused') = (paused_at is not null)",
        "life = 'active', paused_at = created_at",
    ),
    (
        "artifacts: (decision is null) = (decided_at is null)",
        "decision = null, decided_at = '2026'",
    ),
    (
        "sessions: (status = 'active') = (closed_at is null)",
        "status = 'active', closed_at = created_at",
    ),
    ("sessions: floor_seq <= last_seq", "floor_seq = last_seq + 1"),
    ("events: seq > 0", "seq = 0"),
    ("invites: max_uses > 0", "max_uses = 0, uses = 0"),
    ("invites: uses between 0 and max_uses", "uses = max_uses + 1"),
    ("invites: uses between 0 and max_uses", "uses = -1"),
    ("messages: text <> ''", "text = ''"),
    (
        "approvals: (status = 'pending') = (resolved_at is null)",
        "status = 'pending', resolved_at = created_at",
    ),
    ("approvals: kind <> 'prompt' or prompt is not null", "kind = 'prompt', prompt = null"),
    (
        "approvals: kind <> 'prompt' or (status = 'approved') = (decided_digest is not null)",
        "kind = 'prompt', prompt = 'x', status = 'approved', resolved_at = created_at, decided_digest = null",
    ),
    (
        "dispatches: state not in ('sending', 'running') or (sent_digest is not null and host_instance is not null)",
        "state = 'sending', sent_digest = null",
    ),
    (
        "dispatches: state not in ('sending', 'running') or (sent_digest is not null and host_instance is not null)",
        "state = 'running', host_instance = null",
    ),
];

/// Assignments that break the check: its own, or one for its form.
fn breaking(name: &str, expression: &str) -> Vec<String> {
    let own: Vec<_> = OWN.iter().filter(|(it, _)| *it == name).map(|it| it.1.to_owned()).collect();
    if !own.is_empty() {
        return own;
    }
    let inside = |prefix: &str| {
        // What may be absent says so.
        let (_, present) = expression.split_once(" is null or ").unwrap_or(("", expression));
        let rest = present.strip_prefix(prefix)?;
        rest.split_once(')').map(|(column, _)| column.to_owned())
    };
    if let Some(column) = inside("json_valid(") {
        vec![format!("{column} = '{{'")]
    } else if let Some(column) = inside("length(") {
        vec![format!("{column} = 'short'"), format!("{column} = x'00'")]
    } else if let Some((column, list)) = expression.split_once(" in (") {
        let bad = if list.starts_with('\'') { "'nonsense'" } else { "2" };
        vec![format!("{column} = {bad}")]
    } else {
        panic!("{name} is not tried")
    }
}

#[test]
fn every_check_refuses_what_it_is_for() {
    let (_dir, mut conn) = fixture();
    without_triggers(&conn);
    let mut tried = 0;
    for table in texts(&conn, "select name from sqlite_schema where type = 'table'") {
        let sql = format!("select sql from sqlite_schema where name = '{table}'");
        for expression in checks(&texts(&conn, &sql)[0]) {
            let name = format!("{table}: {expression}");
            let refused = breaking(&name, &expression).into_iter().any(|assignment| {
                let transaction = conn.transaction().unwrap();
                let sql = format!("update {table} set {assignment}");
                let refused = transaction.execute(&sql, []).expect_err(&sql).to_string();
                refused == format!("CHECK constraint failed: {expression}")
            });
            assert!(refused, "{name}");
            tried += 1;
        }
    }
    assert!(tried > 60, "{tried} checks were found");
    for (name, _) in OWN {
        let (table, expression) = name.split_once(": ").unwrap();
        let sql = format!("select sql from sqlite_schema where name = '{table}'");
        assert!(checks(&texts(&conn, &sql)[0]).iter().any(|it| it == expression), "{name} is gone");
    }
}

#[test]
fn a_dispatch_goes_the_ways_of_the_state_machine_and_no_others() {
    let (_dir, mut conn) = fixture();
    let word =
        |state: DispatchState| serde_json::to_value(state).unwrap().as_str().unwrap().to_owned();
    let arrows: String =
        texts(&conn, "select sql from sqlite_schema where name = 'dispatches_move_forward'")
            .remove(0);
    for from in DispatchState::ALL {
        for to in DispatchState::ALL {
            let transaction = conn.transaction().unwrap();
            // Any row will do, put into the state without the rule, and moved under it.
            transaction
                .execute_batch(
                    "drop trigger dispatches_move_forward; drop index one_in_flight;
                     drop trigger dispatches_wait_for_the_one_in_flight",
                )
                .unwrap();
            let put =
                format!("update dispatches set state = '{}' where state = 'succeeded'", word(from));
            assert_eq!(transaction.execute(&put, []).unwrap(), 1);
            transaction.execute_batch(&arrows).unwrap();
            let moved = format!(
                "update dispatches set state = '{}' where stop_reason = 'end_turn'",
                word(to)
            );
            let moved = transaction.execute(&moved, []);
            assert_eq!(
                moved.is_ok(),
                from == to || from.may_become(to),
                "{from:?} → {to:?}: {moved:?}"
            );
        }
    }
}

/// The expressions of the checks in a table's SQL.
fn checks(sql: &str) -> Vec<String> {
    let code: Vec<_> = sql.lines().map(|line| line.split("--").next().unwrap()).collect();
    let code = code.join("\n");
    let mut found = Vec::new();
    for (at, word) in code.match_indices("check (") {
        let rest = &code[at + word.len()..];
        let mut depth = 1;
        let end = rest.find(|c: char| {
            depth += i32::from(c == '(') - i32::from(c == ')');
            depth == 0
        });
        found.push(rest[..end.unwrap()].to_owned());
    }
    found
}

fn without_triggers(conn: &Connection) {
    for name in texts(conn, "select name from sqlite_schema where type = 'trigger'") {
        conn.execute_batch(&format!("drop trigger {name}")).unwrap();
    }
}
