//! The invariants as the design writes them, word for word, and not as the program does.

use rusqlite::Connection;

/// Each returns no row, at any time, after any crash.
const INVARIANTS: &[&str] = &[
    "select s.id from sessions s left join events e on e.session_id = s.id group by s.id
      having count(e.seq) <> s.last_seq - s.floor_seq or coalesce(max(e.seq), s.floor_seq) <> s.last_seq",
    "select a.id from approvals a left join dispatches d on d.approval_id = a.id and d.retry_of is null
      where a.kind = 'prompt' and a.status = 'approved' group by a.id having count(d.id) <> 1",
    "select d.id from dispatches d join approvals a on a.id = d.approval_id where a.status <> 'approved'",
    "select d.id from dispatches d join approvals a on a.id = d.approval_id
      where d.sent_digest is not null and d.sent_digest is not a.decided_digest",
    "select agent_session_id from dispatches where state in ('leased','sending','running') group by 1 having count(*) > 1",
    "select s.id from sessions s where s.status <> 'active' and (
      exists (select 1 from approvals a where a.session_id = s.id and a.status = 'pending') or
      exists (select 1 from dispatches d where d.session_id = s.id and d.state in ('queued','leased')))",
    "select id from invites where uses > max_uses",
    // Nothing that was sent with a key, or by a name, is there twice: the texts of the stories are all unlike.
    "select text from messages where kind <> 'system' group by text having count(*) > 1",
    "select prompt from approvals where kind = 'prompt' group by prompt having count(*) > 1",
    "select action from approvals where kind = 'action' group by action having count(*) > 1",
    "select display_name from participants where role <> 'host' group by session_id, display_name having count(*) > 1",
];

/// The same, for those that read all of the file.
const EXPENSIVE: &[&str] = &[
    "select * from pragma_integrity_check where integrity_check <> 'ok'",
    "select \"table\" from pragma_foreign_key_check",
    // A turn is begun at most once.
    "select payload ->> '$.dispatch.id' from events where type = 'prompt_dispatch_started' group by 1 having count(*) > 1",
];

/// The rows that break one of them; `whole`: also of those that read all of the file.
pub(crate) fn broken(db: &Connection, whole: bool) -> Vec<String> {
    let mut found = Vec::new();
    for sql in INVARIANTS.iter().chain(if whole { EXPENSIVE } else { &[] }) {
        let mut statement = db.prepare(sql).expect("the schema has these names");
        let rows = statement.query_map([], |row| row.get::<_, String>(0)).expect("it runs");
        found.extend(rows.map(|row| format!("{:?} breaks: {sql}", row.expect("a row"))));
    }
    found
}
