//! The invariants of the database as SQL, and its chains: what must hold at any time, after any crash.

use std::path::Path;

use rusqlite::{Connection, OpenFlags, params};

use crate::domain::{AgentSessionId, ApprovalId, Artifact, Chain, Draft, DraftId, hex, link};

/// Something that must not be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// Which invariant.
    pub invariant: &'static str,
    /// Which row breaks it.
    pub row: String,
}

const CHAIN: &str = "the chain of events is unbroken";
const SHOWN: &str = "a draft holds what its reviewers were shown";
const KEYS: &str = "references lead somewhere";
const WHOLE: &str = "the file is whole";

/// Each returns the rows that break it: none, ever.
const INVARIANTS: &[(&str, &str)] = &[
    (
        "the events of a session have no gap and end at its counter",
        "select s.id from sessions s left join events e on e.session_id = s.id group by s.id
         having count(e.seq) <> s.last_seq - s.floor_seq or coalesce(max(e.seq), s.floor_seq) <> s.last_seq",
    ),
    (
        "an approved prompt has one root dispatch",
        "select a.id from approvals a left join dispatches d on d.approval_id = a.id and d.retry_of is null
         where a.kind = 'prompt' and a.status = 'approved' group by a.id having count(d.id) <> 1",
    ),
    (
        "no dispatch without an approval",
        "select d.id from dispatches d join approvals a on a.id = d.approval_id where a.status <> 'approved'",
    ),
    (
        "what was sent is what was decided",
        "select d.id from dispatches d join approvals a on a.id = d.approval_id
         where d.sent_digest is not null and d.sent_digest is not a.decided_digest",
    ),
    (
        "at most one dispatch is in flight for an agent session",
        "select agent_session_id from dispatches where state in ('leased', 'sending', 'running')
         group by 1 having count(*) > 1",
    ),
    (
        "an ended session has nothing pending or queued",
        "select s.id from sessions s where s.status <> 'active' and (
         exists (select 1 from approvals a where a.session_id = s.id and a.status = 'pending') or
         exists (select 1 from dispatches d where d.session_id = s.id and d.state in ('queued', 'leased')))",
    ),
    (
        "an agent session that is over has nothing queued",
        "select g.id from agent_sessions g where g.life in ('completed', 'aborted')
         and exists (select 1 from dispatches d where d.agent_session_id = g.id and d.state in ('queued', 'leased'))",
    ),
    (
        "an approval of kind draft has one draft, and no other has one",
        "select a.id from approvals a left join drafts d on d.approval_id = a.id group by a.id
         having count(d.id) <> (a.kind = 'draft')",
    ),
    (
        "a decided draft is what was said about its artifacts",
        "select a.id from approvals a join drafts d on d.approval_id = a.id join artifacts f on f.draft_id = d.id
         where a.status in ('approved', 'rejected') group by a.id
         having sum(coalesce(f.decision, 'discuss') = 'discuss') > 0
             or (a.status = 'approved') <> (sum(f.decision = 'rejected') = 0)",
    ),
    (
        "a draft has artifacts, and their places have no gap",
        "select d.id from drafts d left join artifacts f on f.draft_id = d.id group by d.id
         having count(f.uri) = 0 or min(f.place) <> 1 or max(f.place) <> count(f.uri)
             or count(distinct f.place) <> count(f.uri)",
    ),
    (
        "a prompt has one message, with its text",
        "select a.id from approvals a left join messages m on m.approval_id = a.id and m.kind = 'prompt'
             and m.session_id = a.session_id and m.text = a.prompt
         where a.kind = 'prompt' group by a.id having count(m.id) <> 1",
    ),
    (
        "a person says one thing about an approval",
        "select approval_id from suggestions group by approval_id, participant_id having count(*) > 1",
    ),
    (
        "an agent session that is over asks nothing",
        "select a.id from approvals a join agent_sessions g on g.id = a.agent_session_id
         where a.status = 'pending' and a.kind <> 'draft' and g.life in ('completed', 'aborted')",
    ),
    (
        "what is being completed has something to complete",
        "select g.id from agent_sessions g where g.completing = 1 and (g.life in ('completed', 'aborted')
         or not exists (select 1 from dispatches d where d.agent_session_id = g.id
             and d.state in ('queued', 'leased', 'sending', 'running')))",
    ),
    ("an invite is not used more often than it may be", "select id from invites where uses > max_uses"),
    (
        "a session has one host",
        "select id from sessions s where (select count(*) from participants p where p.session_id = s.id
         and p.role = 'host' and coalesce(p.left_reason, 'ended') = 'ended') <> 1",
    ),
    (
        "a session names its host",
        "select s.id from sessions s join participants p on p.session_id = s.id and p.role = 'host'
             and coalesce(p.left_reason, 'ended') = 'ended'
         where s.host_user_id <> coalesce(p.user_id, 'guest:' || p.id)",
    ),
    (
        "an agent waits for a person as long as something that it asked is pending",
        "select g.id from agents g where (g.status = 'waiting_for_approval') <> exists (
             select 1 from approvals a where a.agent_id = g.id and a.status = 'pending')",
    ),
    (
        "what an agent did before is known while it waits",
        "select id from agents where (status = 'waiting_for_approval') <> (status_before is not null)",
    ),
    (
        "an agent that is gone has no tools",
        "select g.id from agents g where g.offered = 0 and g.kind <> 'acp'
         and exists (select 1 from tools t where t.agent_id = g.id)",
    ),
    (
        "what a program asked is decided by one of its options",
        "select a.id from approvals a left join json_each(a.options) o on o.value ->> 'id' = a.option_id
         where a.kind = 'action' and (
             (a.status = 'approved' and o.value ->> 'kind' is not 'allow_once') or
             (a.status = 'rejected' and a.option_id is not null and o.value ->> 'kind' is not 'reject_once') or
             (a.status not in ('approved', 'rejected') and a.option_id is not null))",
    ),
    (
        "what somebody would choose is one of the options, and of what a host decides",
        "select a.id from approvals a where (a.resolve_requested_at is null) <> (a.resolve_requested_option is null)
             or (a.resolve_requested_at is null and coalesce(a.resolve_requested_by, a.resolve_requested_reason) is not null)
             or (a.resolve_requested_at is not null and (a.kind <> 'action' or a.system_level = 1 or a.host_id is null
                 or not exists (select 1 from json_each(a.options) where value ->> 'id' = a.resolve_requested_option)))",
    ),
    (
        "host events are numbered without a gap, up to the counter",
        "select 'host_events' from (select count(*) as count, min(seq) as first, max(seq) as last from host_events)
         where count > 0 and (last - first + 1 <> count
             or last <> (select seq from sqlite_sequence where name = 'host_events'))",
    ),
    (
        "what a program asked is told once, and its end as it was",
        "select e.payload ->> '$.approval.id' as approval from host_events e
             left join approvals a on a.id = e.payload ->> '$.approval.id'
         where e.kind in ('approval.requested', 'approval.resolved') group by approval, e.kind
         having count(*) > 1 or a.id is null
             or (e.kind = 'approval.resolved' and a.status is not e.payload ->> '$.approval.status')",
    ),
    (
        "a grant allows something",
        "select host_id || ' ' || user_id from host_grants where can_decide = 0 and can_call_tools = 0",
    ),
    (
        "a host that is connected is not on its way out",
        "select id from hosts where connected = 1 and grace_until is not null",
    ),
    (
        "somebody may sign in as admin",
        "select 'users' where exists (select 1 from users)
         and not exists (select 1 from users where admin = 1 and disabled_at is null)",
    ),
];

/// Looks through the database file at `path`, which may be in use.
///
/// # Errors
/// What SQLite says when it cannot be read at all.
pub fn verify(path: &Path) -> Result<Vec<Finding>, rusqlite::Error> {
    let conn = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
    conn.busy_timeout(std::time::Duration::from_secs(10))?;
    let mut findings = Vec::new();
    for (invariant, sql) in INVARIANTS {
        let mut statement = conn.prepare(sql)?;
        let rows = statement.query_map([], |row| row.get::<_, String>(0))?;
        for row in rows {
            findings.push(Finding { invariant, row: row? });
        }
    }
    let integrity: String = conn.query_row("pragma integrity_check", [], |row| row.get(0))?;
    if integrity != "ok" {
        findings.push(Finding { invariant: WHOLE, row: integrity });
    }
    let mut keys = conn.prepare("pragma foreign_key_check")?;
    let broken = keys.query_map([], |row| {
        Ok(format!("{} {:?}", row.get::<_, String>(0)?, row.get::<_, Option<i64>>(1)?))
    })?;
    for row in broken {
        findings.push(Finding { invariant: KEYS, row: row? });
    }
    check_chains(&conn, &mut findings)?;
    check_drafts(&conn, &mut findings)?;
    Ok(findings)
}

fn check_chains(conn: &Connection, findings: &mut Vec<Finding>) -> Result<(), rusqlite::Error> {
    let mut sessions = conn.prepare("select id, floor_chain, head_chain from sessions")?;
    let sessions = sessions.query_map([], |row| {
        Ok((row.get::<_, String>(0)?, row.get::<_, Chain>(1)?, row.get::<_, Chain>(2)?))
    })?;
    let sql = "select seq, at, type, payload, chain from events where session_id = ?1 order by seq";
    let mut events = conn.prepare(sql)?;
    for session in sessions {
        let (id, floor, head) = session?;
        let mut chain = floor;
        let mut rows = events.query(params![id])?;
        while let Some(row) = rows.next()? {
            let seq: i64 = row.get(0)?;
            let (at, kind, payload): (String, String, String) =
                (row.get(1)?, row.get(2)?, row.get(3)?);
            let stored: Chain = row.get(4)?;
            chain = link(&chain, seq, &at, &kind, &payload);
            if chain != stored {
                findings.push(Finding { invariant: CHAIN, row: format!("{id} event {seq}") });
                chain = stored;
            }
        }
        if chain != head {
            let row = format!("{id}: its head is {} and not {}", hex(&head), hex(&chain));
            findings.push(Finding { invariant: CHAIN, row });
        }
    }
    Ok(())
}

/// What was digested for the reviewers, digested again.
fn check_drafts(conn: &Connection, findings: &mut Vec<Finding>) -> Result<(), rusqlite::Error> {
    let mut drafts = conn.prepare(
        "select d.id, d.summary, a.shown_digest from drafts d join approvals a on a.id = d.approval_id",
    )?;
    let sql = "select uri, summary, diff from artifacts where draft_id = ?1 order by place";
    let mut artifacts = conn.prepare(sql)?;
    let mut rows = drafts.query([])?;
    while let Some(row) = rows.next()? {
        let (row_id, summary, digest): (String, String, String) =
            (row.get(0)?, row.get(1)?, row.get(2)?);
        let artifacts = artifacts.query_map([&row_id], |row| {
            let (uri, summary, diff): (_, _, String) = (row.get(0)?, row.get(1)?, row.get(2)?);
            let (decision, reason, decided_by, decided_at) = (None, None, None, None);
            let (diff_bytes, diff) = (diff.len(), Some(diff));
            Ok(Artifact {
                uri,
                summary,
                diff,
                diff_bytes,
                decision,
                reason,
                decided_by,
                decided_at,
            })
        })?;
        let artifacts = artifacts.collect::<Result<_, _>>()?;
        // Whose it is does not count.
        let (id, agent_session_id, approval_id) =
            (DraftId::new(), AgentSessionId::new(), ApprovalId::new());
        let draft = Draft { id, agent_session_id, summary, artifacts, approval_id };
        if draft.digest().ok() != Some(digest) {
            findings.push(Finding { invariant: SHOWN, row: row_id });
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;
