//! What somebody may have done to a file, and what is found then.

use std::path::Path;

use super::{CHAIN, INVARIANTS, KEYS, SHOWN, WHOLE, verify};
use crate::store::tests::rules::fixture;

/// What is done to a file without its triggers and partial unique indexes, and every invariant that it breaks.
const CORRUPTIONS: &[(&str, &[&str])] = &[
    (
        "update events set payload = replace(payload, 'refunds', 'retunds') where payload like '%refunds%'",
        &[CHAIN],
    ),
    ("update events set at = '2026-01-01T00:00:00.001Z' where seq = 1", &[CHAIN]),
    ("update events set type = 'participant_left' where seq = 2", &[CHAIN]),
    ("update events set chain = zeroblob(32) where seq = 4", &[CHAIN]),
    ("update sessions set head_chain = zeroblob(32) where title = 'Closed'", &[CHAIN]),
    ("update sessions set floor_chain = randomblob(32) where title = 'Closed'", &[CHAIN]),
    ("delete from events where seq = 3", &["the events of a session have no gap and end at its counter", CHAIN]),
    (
        "delete from events where session_id = (select id from sessions where title = 'Closed') and seq = 4",
        &["the events of a session have no gap and end at its counter", CHAIN],
    ),
    (
        "update sessions set last_seq = last_seq + 1 where title = 'Closed'",
        &["the events of a session have no gap and end at its counter"],
    ),
    (
        "update sessions set floor_seq = 1 where title = 'Closed'",
        &["the events of a session have no gap and end at its counter"],
    ),
    ("delete from dispatches where state = 'queued'", &["an approved prompt has one root dispatch"]),
    (
        "insert into dispatches (id, approval_id, session_id, agent_session_id, state, queued_at)
         select 'new', approval_id, session_id, agent_session_id, 'failed', queued_at from dispatches where state = 'succeeded'",
        &["an approved prompt has one root dispatch"],
    ),
    (
        "update approvals set status = 'rejected', decided_digest = null where id = (select approval_id from dispatches
         where state = 'queued' and sent_digest is null limit 1)",
        &["no dispatch without an approval"],
    ),
    (
        "update dispatches set sent_digest = printf('%064d', 7) where state = 'succeeded'",
        &["what was sent is what was decided"],
    ),
    (
        "update approvals set decided_digest = printf('%064d', 7) where id = (select approval_id from dispatches where state = 'running')",
        &["what was sent is what was decided"],
    ),
    (
        "update dispatches set state = 'leased' where state = 'queued'",
        &["at most one dispatch is in flight for an agent session"],
    ),
    (
        "update sessions set status = 'closed', closed_at = created_at where title = 'Fix the tests'",
        &["an ended session has nothing pending or queued"],
    ),
    (
        "update sessions set status = 'expired', closed_at = created_at where title = 'Starting'",
        &["an ended session has nothing pending or queued"],
    ),
    (
        "update agent_sessions set life = 'aborted', paused_at = null, ended_at = created_at
         where id = (select agent_session_id from sessions where title = 'Fix the tests')",
        &[
            "an agent session that is over has nothing queued",
            "an agent session that is over asks nothing",
        ],
    ),
    (
        "update agent_sessions set life = 'completed', paused_at = null, ended_at = created_at where life = 'paused';
         update approvals set agent_session_id = (select id from agent_sessions where life = 'completed')
         where kind = 'permission' and status = 'pending'",
        &["an agent session that is over asks nothing"],
    ),
    ("update agent_sessions set completing = 1 where life = 'paused'", &["what is being completed has something to complete"]),
    (
        "update agent_sessions set completing = 1, life = 'completed', paused_at = null, ended_at = created_at where life = 'paused'",
        &["what is being completed has something to complete"],
    ),
    (
        "delete from artifacts; delete from drafts where summary = 'A letter'",
        &[
            "an approval of kind draft has one draft, and no other has one",
            "a draft has artifacts, and their places have no gap",
            SHOWN,
        ],
    ),
    (
        "update artifacts set decision = 'approved' where uri = 'two.md'",
        &["a decided draft is what was said about its artifacts"],
    ),
    (
        "update artifacts set decision = 'discuss' where uri = 'one.md'",
        &["a decided draft is what was said about its artifacts"],
    ),
    ("update artifacts set diff = '+3' where uri = 'one.md'", &[SHOWN]),
    (
        "delete from artifacts where uri = 'file:///letter.md'",
        &["a draft has artifacts, and their places have no gap", SHOWN],
    ),
    ("update artifacts set place = 3 where uri = 'two.md'", &["a draft has artifacts, and their places have no gap"]),
    ("update artifacts set place = place - 1 where uri like '%.md'", &["a draft has artifacts, and their places have no gap"]),
    (
        "delete from messages where text = 'wait for Hana'",
        &["a prompt has one message, with its text"],
    ),
    (
        "insert into messages select null, 'again', session_id, participant_id, author_user_id, kind, text, created_at,
         approval_id, null, null from messages where text = 'wait for Hana'",
        &["a prompt has one message, with its text"],
    ),
    (
        "update messages set text = 'run nothing' where text = 'run the whole suite'",
        &["a prompt has one message, with its text"],
    ),
    (
        "insert into suggestions select null, 'again', approval_id, participant_id, 'reject', null, at from suggestions",
        &["a person says one thing about an approval"],
    ),
    (
        "pragma ignore_check_constraints = on; update invites set uses = max_uses + 1",
        &["an invite is not used more often than it may be"],
    ),
    (
        "update participants set role = 'host' where display_name = 'Sam'",
        &["a session has one host", "a session names its host"],
    ),
    ("update sessions set host_user_id = 'guest:nobody' where title = 'Closed'", &["a session names its host"]),
    (
        "update participants set user_id = null where role = 'host' and display_name = 'Hana'",
        &["a session names its host"],
    ),
    (
        "update agents set status = 'waiting_for_approval', status_before = 'idle' where n = 1",
        &["an agent waits for a person as long as something that it asked is pending"],
    ),
    (
        "update approvals set agent_id = (select id from agents where n = 1) where kind = 'action'",
        &["an agent waits for a person as long as something that it asked is pending"],
    ),
    ("update agents set status_before = 'idle' where n = 1", &["what an agent did before is known while it waits"]),
    (
        "update approvals set agent_id = (select id from agents where n = 1) where kind = 'action';
         update agents set status = 'waiting_for_approval' where n = 1",
        &["what an agent did before is known while it waits"],
    ),
    (
        "update agents set kind = 'script', offered = 0, status = 'stopped' where n = 1",
        &["an agent that is gone has no tools"],
    ),
    (
        "update approvals set status = 'approved', resolved_at = created_at, option_id = 'yes' where kind = 'action'",
        &["what a program asked is decided by one of its options"],
    ),
    (
        r#"update approvals set status = 'approved', resolved_at = created_at, option_id = 'no', options =
         '[{"id":"yes","kind":"allow_once"},{"id":"no","kind":"reject_once"}]' where kind = 'action'"#,
        &["what a program asked is decided by one of its options"],
    ),
    (
        "update approvals set status = 'expired', resolved_at = created_at, option_id = 'yes' where kind = 'action'",
        &["what a program asked is decided by one of its options"],
    ),
    (
        "update approvals set resolve_requested_at = created_at where kind = 'action'",
        &["what somebody would choose is one of the options, and of what a host decides"],
    ),
    (
        r#"update approvals set resolve_requested_at = created_at, resolve_requested_option = 'no', system_level = 0,
         options = '[{"id":"yes","kind":"allow_once"}]' where kind = 'action'"#,
        &["what somebody would choose is one of the options, and of what a host decides"],
    ),
    (
        r#"update approvals set resolve_requested_at = created_at, resolve_requested_option = 'yes', system_level = 1,
         options = '[{"id":"yes","kind":"allow_once"}]' where kind = 'action'"#,
        &["what somebody would choose is one of the options, and of what a host decides"],
    ),
    ("delete from host_events where seq = 7", &["host events are numbered without a gap, up to the counter"]),
    (
        "delete from host_events where seq = (select max(seq) from host_events)",
        &["host events are numbered without a gap, up to the counter"],
    ),
    (
        "update host_events set kind = 'approval.requested', payload = json_object('approval', json_object('id',
             (select id from approvals where kind = 'action'))) where seq in (1, 2)",
        &["what a program asked is told once, and its end as it was"],
    ),
    (
        "update host_events set kind = 'approval.resolved', payload = json_object('approval', json_object('id',
             (select id from approvals where kind = 'action'), 'status', 'approved')) where seq = 1",
        &["what a program asked is told once, and its end as it was"],
    ),
    ("update host_grants set can_decide = 0", &["a grant allows something"]),
    (
        "update hosts set grace_until = since where connected = 1",
        &["a host that is connected is not on its way out"],
    ),
    ("update users set admin = 0", &["somebody may sign in as admin"]),
    ("update users set disabled_at = created_at where admin = 1", &["somebody may sign in as admin"]),
    ("update participants set role = 'viewer' where display_name = 'Tess'", &["a session has one host"]),
    (
        "update participants set left_at = joined_at, left_reason = 'removed' where role = 'host'",
        &["a session has one host"],
    ),
    ("delete from users where name = 'Theo'", &[KEYS]),
    ("update participants set invite_id = 'none' where display_name = 'Sam'", &[KEYS]),
    (
        "pragma writable_schema = on; update sqlite_schema set sql = replace(sql, '(session_id, n)', '(session_id, kind)')
         where name = 'messages_by_session'",
        &[WHOLE],
    ),
];

#[test]
fn every_corruption_is_found_and_named() {
    for (sql, broken) in CORRUPTIONS {
        let (_dir, conn) = fixture();
        let path = Path::new(conn.path().unwrap()).to_owned();
        assert_eq!(verify(&path).unwrap(), [], "it was whole");
        let rules =
            "select 'drop ' || type || ' ' || name from sqlite_schema where type = 'trigger'
                     or (type = 'index' and sql like 'create unique index%where%')";
        let drops: Vec<String> = conn
            .prepare(rules)
            .unwrap()
            .query_map([], |row| row.get(0))
            .unwrap()
            .map(Result::unwrap)
            .collect();
        conn.execute_batch(&drops.join(";")).unwrap();
        conn.pragma_update(None, "foreign_keys", false).unwrap();
        conn.execute_batch(sql).unwrap();
        drop(conn);
        let mut found: Vec<_> = verify(&path).unwrap().into_iter().map(|it| it.invariant).collect();
        found.dedup();
        assert_eq!(found, *broken, "{sql}");
    }
}

#[test]
fn every_invariant_has_a_corruption_that_breaks_it() {
    let known = INVARIANTS.iter().map(|it| it.0).chain([CHAIN, KEYS, SHOWN, WHOLE]);
    for invariant in known {
        assert!(CORRUPTIONS.iter().any(|(_, broken)| broken.contains(&invariant)), "{invariant}");
    }
}

#[test]
fn a_flipped_bit_in_the_file_is_found() {
    let (_dir, conn) = fixture();
    let path = Path::new(conn.path().unwrap()).to_owned();
    conn.execute_batch("pragma wal_checkpoint(truncate)").unwrap();
    drop(conn);
    let mut bytes = std::fs::read(&path).unwrap();
    let words = b"Does this cover refunds?\",\"createdAt";
    let at = bytes.windows(words.len()).position(|it| it == words).unwrap();
    bytes[at] ^= 1;
    std::fs::write(&path, bytes).unwrap();
    let found = verify(&path).unwrap();
    assert!(found.iter().any(|it| it.invariant == CHAIN), "{found:?}");
}
