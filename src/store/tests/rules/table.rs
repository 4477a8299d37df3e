//! One row for each rule. A rule of the schema without one fails the tests.

use super::Rule;

pub(super) const RULES: &[Rule] = &[
    // People.
    Rule {
        name: "one_host_a_session",
        tries: &["update participants set role = 'host' where display_name = 'Sam'"],
        refusal: "UNIQUE constraint failed: participants.session_id",
    },
    Rule {
        name: "one_seat_a_user",
        tries: &["update participants set user_id = (select id from users where name = 'Hana') where display_name = 'Sam'"],
        refusal: "UNIQUE constraint failed: participants.session_id, participants.user_id",
    },
    // Agent sessions.
    Rule {
        name: "agent_sessions_life",
        tries: &[
            "update agent_sessions set life = 'completed'; update agent_sessions set life = 'active'",
            "update agent_sessions set life = 'aborted'; update agent_sessions set life = 'completed'",
        ],
        refusal: "an ended agent session stays ended",
    },
    Rule {
        name: "agent_sessions_are_not_replaced",
        tries: &[
            "insert or replace into agent_sessions (id, host_id, agent, owner_user_id, life, status, channel, created_at, last_activity_at)
             select id, host_id, agent, owner_user_id, 'active', status, channel, created_at, last_activity_at from agent_sessions limit 1",
            "insert or replace into agent_sessions (n, id, host_id, agent, owner_user_id, life, status, channel, created_at, last_activity_at)
             select n, 'new', host_id, agent, owner_user_id, 'active', status, channel, created_at, last_activity_at from agent_sessions limit 1",
        ],
        refusal: "agent sessions are never replaced",
    },
    Rule {
        name: "agent_sessions_keep_their_keys",
        tries: &[
            "update or replace agent_sessions set n = (select max(n) from agent_sessions) where n = (select min(n) from agent_sessions)",
            "update or replace agent_sessions set id = (select max(id) from agent_sessions) where id = (select min(id) from agent_sessions)",
        ],
        refusal: "the keys of an agent session are never changed",
    },
    // Sessions and their log.
    Rule {
        name: "shared_once",
        tries: &["drop trigger sessions_are_not_replaced;
                  insert into sessions (id, title, host_user_id, agent_session_id, mode, status, created_at, head_chain, floor_chain)
                  select 'new', title, host_user_id, agent_session_id, mode, 'active', created_at, zeroblob(32), zeroblob(32)
                  from sessions where title = 'Fix the tests'"],
        refusal: "UNIQUE constraint failed: sessions.agent_session_id",
    },
    Rule {
        name: "sessions_are_not_replaced",
        tries: &[
            "insert or replace into sessions (id, title, host_user_id, agent_session_id, mode, status, created_at, head_chain, floor_chain)
             select id, title, host_user_id, agent_session_id, mode, 'active', created_at, zeroblob(32), zeroblob(32)
             from sessions where title = 'Closed'",
            "insert or replace into sessions (n, id, title, host_user_id, agent_session_id, mode, status, created_at, head_chain, floor_chain)
             select n, 'new', title, host_user_id, agent_session_id, mode, 'active', created_at, zeroblob(32), zeroblob(32)
             from sessions where title = 'Closed'",
            "insert or replace into sessions (id, title, host_user_id, agent_session_id, mode, status, created_at, head_chain, floor_chain)
             select 'new', title, host_user_id, agent_session_id, mode, 'active', created_at, zeroblob(32), zeroblob(32)
             from sessions where title = 'Fix the tests'",
        ],
        refusal: "sessions are never replaced",
    },
    Rule {
        name: "sessions_keep_what_they_share",
        tries: &[
            "update or replace sessions set n = (select n from sessions where title = 'Closed') where title = 'Expired'",
            "update or replace sessions set id = (select id from sessions where title = 'Closed') where title = 'Expired'",
            "update or replace sessions set agent_session_id = (select agent_session_id from sessions where title = 'Starting')
             where title = 'Fix the tests'",
        ],
        refusal: "what a session shares is never changed",
    },
    Rule {
        name: "sessions_begin_empty",
        tries: &[
            "insert into sessions (id, title, host_user_id, agent_session_id, mode, status, created_at, head_chain, floor_chain, last_seq)
             select 'new', title, host_user_id, agent_session_id, mode, 'active', created_at, zeroblob(32), zeroblob(32), 3
             from sessions where title = 'Closed'",
            "insert into sessions (id, title, host_user_id, agent_session_id, mode, status, created_at, head_chain, floor_chain, closed_at)
             select 'new', title, host_user_id, agent_session_id, mode, 'closed', created_at, zeroblob(32), zeroblob(32), closed_at
             from sessions where title = 'Closed'",
            "insert into sessions (id, title, host_user_id, agent_session_id, mode, status, created_at, head_chain, floor_chain)
             select 'new', title, host_user_id, agent_session_id, mode, 'active', created_at, head_chain, zeroblob(32)
             from sessions where title = 'Closed'",
        ],
        refusal: "a session begins active and without events",
    },
    Rule {
        name: "sessions_stay_ended",
        tries: &[
            "update sessions set status = 'active', closed_at = null where title = 'Closed'",
            "update sessions set status = 'expired' where title = 'Closed'",
            "update sessions set status = 'closed' where title = 'Expired'",
        ],
        refusal: "an ended session stays ended",
    },
    Rule {
        name: "sessions_leave_nothing_open",
        tries: &[
            "update sessions set status = 'closed', closed_at = created_at where title = 'Fix the tests'",
            "update sessions set status = 'expired', closed_at = created_at where title = 'Starting'",
        ],
        refusal: "a session ends with nothing pending and nothing queued",
    },
    Rule {
        name: "sessions_count_events",
        tries: &[
            "update sessions set last_seq = last_seq + 1",
            "update sessions set last_seq = last_seq - 1",
            "update sessions set head_chain = zeroblob(32)",
        ],
        refusal: "the counter of a session moves only with its events",
    },
    Rule {
        name: "sessions_raise_their_floor",
        tries: &[
            "update sessions set floor_seq = last_seq where title = 'Closed'",
            "update sessions set floor_seq = 2, floor_chain = (select chain from events where seq = 3) where title = 'Closed'",
            "update sessions set floor_chain = head_chain where title = 'Closed'",
        ],
        refusal: "the floor of a session moves up, to one of its events",
    },
    Rule {
        name: "events_count",
        tries: &[
            "insert into events select session_id, seq + 1000, at, type, payload, chain from events limit 1",
            "insert or replace into events select * from events limit 1",
        ],
        refusal: "events are numbered without gaps",
    },
    Rule {
        name: "events_are_facts",
        tries: &[
            "update events set payload = '{}' where seq = 1",
            "update events set chain = zeroblob(32) where seq = 1",
            "update events set seq = seq",
        ],
        refusal: "events are never changed",
    },
    Rule {
        name: "events_trim_from_the_front",
        tries: &["delete from events where seq = 1", "delete from events where seq = 2", "delete from events"],
        refusal: "events are trimmed by raising floor_seq of their session",
    },
    Rule {
        // A number that is free, in the place of another event's row.
        name: "events_are_not_replaced",
        tries: &["insert or replace into events (rowid, session_id, seq, at, type, payload, chain)
                  select e.rowid, s.id, s.last_seq + 1, e.at, e.type, e.payload, e.chain
                  from events e, sessions s where e.seq = 1 and s.title = 'Fix the tests' and e.session_id = s.id"],
        refusal: "events are never replaced",
    },
    // Messages.
    Rule {
        name: "messages_stay",
        tries: &["update messages set text = 'never said'", "update messages set participant_id = null"],
        refusal: "messages are never changed",
    },
    Rule {
        name: "messages_are_kept",
        tries: &["delete from messages where text = 'That was it.'"],
        refusal: "messages stay",
    },
    Rule {
        name: "messages_are_not_replaced",
        tries: &[
            "insert or replace into messages select * from messages where text = 'That was it.'",
            "insert or replace into messages (n, id, session_id, kind, text, created_at)
             select n, 'new', session_id, kind, 'never said', created_at from messages where text = 'That was it.'",
        ],
        refusal: "messages are never replaced",
    },
    // Approvals.
    Rule {
        name: "approvals_need_an_active_session",
        tries: &["insert into approvals (id, kind, session_id, action, shown_digest, status, created_at)
                  select 'new', 'action', id, 'late', printf('%064d', 0), 'pending', created_at from sessions where title = 'Closed'"],
        refusal: "an ended session takes no approvals",
    },
    Rule {
        name: "approvals_begin_pending",
        tries: &[
            "insert into approvals (id, kind, session_id, action, shown_digest, status, created_at, resolved_at)
             select 'new', 'permission', id, 'mine', printf('%064d', 0), 'approved', created_at, created_at from sessions",
            "insert into approvals (id, kind, session_id, action, prompt, shown_digest, status, created_at, resolved_at)
             select 'new', 'prompt', id, 'mine', 'x', printf('%064d', 0), 'rejected', created_at, created_at from sessions",
        ],
        refusal: "an approval begins pending; only a direct prompt begins approved",
    },
    Rule {
        name: "approvals_resolve_once",
        tries: &[
            "update approvals set status = 'pending', resolved_at = null where status = 'rejected'",
            "update approvals set status = 'rejected', decided_digest = null where status = 'approved'",
            "update approvals set status = 'approved' where status = 'expired'",
            "update approvals set status = 'withdrawn' where status = 'rejected'",
            "update approvals set resolved_by_participant_id = null where status = 'approved'",
            "update approvals set resolved_by_user_id = null where status = 'approved'",
            "update approvals set resolved_at = created_at where status = 'withdrawn'",
            "update approvals set edited_prompt = 'something else' where status = 'approved'",
            "update approvals set decided_digest = printf('%064d', 0) where status = 'approved'",
            "update approvals set option_id = 'no' where option_id = 'yes'",
            "update approvals set answer = '{}' where answer is not null",
            "update approvals set reason = 'other' where status = 'rejected'",
        ],
        refusal: "an approval is resolved once",
    },
    Rule {
        name: "approvals_keep_their_body",
        tries: &[
            "update approvals set id = 'other' where kind = 'action'",
            "update or replace approvals set n = (select n from approvals where status = 'rejected') where kind = 'action'",
            "update approvals set kind = 'permission' where kind = 'action'",
            "update approvals set session_id = null where kind = 'action'",
            "update approvals set agent_session_id = null where kind = 'permission'",
            "update approvals set participant_id = null where status = 'pending' and kind = 'prompt'",
            "update approvals set agent_id = (select max(id) from agents) where kind = 'action'",
            "update approvals set host_id = null where kind = 'permission'",
            "update approvals set host_instance = 'other' where kind = 'permission'",
            "update approvals set request_id = null where kind = 'permission'",
            "update approvals set dispatch_id = null where kind = 'permission'",
            "update approvals set tool_call_id = 'other' where kind = 'permission'",
            "update approvals set asked_before = id where kind = 'permission' and status = 'pending'",
            "update approvals set action = 'Nothing much' where kind = 'permission'",
            "update approvals set prompt = 'something else' where kind = 'prompt'",
            "update approvals set details = '{}' where kind = 'permission'",
            "update approvals set options = '[]' where kind = 'permission'",
            "update approvals set system_level = 0 where kind = 'action'",
            "update approvals set shown_digest = printf('%064d', 9) where kind = 'permission'",
            "update approvals set created_at = '2027-01-01T00:00:00.000Z' where kind = 'permission'",
        ],
        refusal: "what is asked is never changed",
    },
    Rule {
        name: "approvals_are_kept",
        tries: &["delete from approvals where kind = 'action'"],
        refusal: "approvals stay",
    },
    Rule {
        name: "approvals_are_not_replaced",
        tries: &[
            "insert or replace into approvals (id, kind, session_id, action, shown_digest, status, created_at)
             select id, 'action', session_id, 'another', shown_digest, 'pending', created_at from approvals where status = 'rejected'",
            "insert or replace into approvals (n, id, kind, session_id, action, shown_digest, status, created_at)
             select n, 'new', 'action', session_id, 'another', shown_digest, 'pending', created_at from approvals where kind = 'action'",
            "insert or replace into approvals (id, kind, session_id, action, shown_digest, status, created_at, request_id)
             select 'new', 'action', session_id, 'another', shown_digest, 'pending', created_at, request_id from approvals
             where kind = 'action'",
        ],
        refusal: "approvals are never replaced",
    },
    // Dispatches.
    Rule {
        name: "one_root_an_approval",
        tries: &["drop trigger dispatches_are_not_replaced;
                  insert into dispatches (id, approval_id, session_id, agent_session_id, state, queued_at)
                  select 'new', approval_id, session_id, agent_session_id, 'queued', queued_at from dispatches where state = 'queued'"],
        refusal: "UNIQUE constraint failed: dispatches.approval_id",
    },
    Rule {
        name: "one_in_flight",
        tries: &["drop trigger dispatches_wait_for_the_one_in_flight;
                  update dispatches set state = 'leased' where state = 'queued'
                  and agent_session_id = (select agent_session_id from dispatches where state = 'running')"],
        refusal: "UNIQUE constraint failed: dispatches.agent_session_id",
    },
    Rule {
        name: "dispatches_wait_for_the_one_in_flight",
        tries: &["update or replace dispatches set state = 'leased' where state = 'queued'
                  and agent_session_id = (select agent_session_id from dispatches where state = 'running')"],
        refusal: "one dispatch of an agent session is in flight",
    },
    Rule {
        name: "dispatches_need_an_approval",
        tries: &[
            "insert into dispatches (id, approval_id, session_id, agent_session_id, state, queued_at)
             select 'new', id, session_id, agent_session_id, 'queued', created_at from approvals
             where kind = 'prompt' and status = 'pending'",
            "insert into dispatches (id, approval_id, session_id, agent_session_id, state, queued_at)
             select 'new', id, session_id, agent_session_id, 'queued', created_at from approvals
             where kind = 'prompt' and status = 'rejected'",
            "insert into dispatches (id, approval_id, session_id, agent_session_id, state, queued_at)
             select 'new', id, session_id, agent_session_id, 'queued', created_at from approvals
             where kind = 'permission' and status = 'approved'",
            "insert into dispatches (id, approval_id, session_id, agent_session_id, state, queued_at, retry_of)
             select 'new', approval_id, session_id, (select id from agent_sessions where turns = 0), 'queued', queued_at, id
             from dispatches where state = 'unknown'
             and not exists (select 1 from dispatches later where later.retry_of = dispatches.id)",
        ],
        refusal: "no dispatch without an approval",
    },
    Rule {
        name: "dispatches_begin_queued",
        tries: &["insert into dispatches (id, approval_id, session_id, agent_session_id, state, queued_at, retry_of)
                  select 'new', approval_id, session_id, agent_session_id, 'succeeded', queued_at, id from dispatches
                  where state = 'unknown' and not exists (select 1 from dispatches later where later.retry_of = dispatches.id)"],
        refusal: "a dispatch begins queued, in an active session",
    },
    Rule {
        name: "dispatches_retry_the_unknown",
        tries: &[
            "insert into dispatches (id, approval_id, session_id, agent_session_id, state, queued_at, retry_of)
             select 'new', approval_id, session_id, agent_session_id, 'queued', queued_at, id from dispatches where state = 'succeeded'",
            "insert into dispatches (id, approval_id, session_id, agent_session_id, state, queued_at, retry_of)
             select 'new', d.approval_id, d.session_id, d.agent_session_id, 'queued', d.queued_at, u.id
             from dispatches d, dispatches u where d.state = 'succeeded' and u.state = 'unknown'
             and not exists (select 1 from dispatches later where later.retry_of = u.id)",
        ],
        refusal: "only an unknown dispatch is tried again",
    },
    Rule {
        name: "dispatches_send_what_was_decided",
        tries: &[
            "update dispatches set sent_digest = printf('%064d', 0) where state = 'queued'",
            "update dispatches set sent_digest = null where state = 'unknown'",
        ],
        refusal: "what is sent is what was decided",
    },
    Rule {
        name: "dispatches_keep_what_they_carry",
        tries: &[
            "update dispatches set id = 'other' where state = 'queued'",
            "update or replace dispatches set n = (select n from dispatches where state = 'succeeded') where state = 'queued'",
            "update dispatches set approval_id = (select id from approvals where status = 'rejected')",
            "update dispatches set session_id = (select id from sessions where title = 'Closed')",
            "update dispatches set agent_session_id = (select id from agent_sessions where turns = 0) where state = 'queued'",
            "update dispatches set queued_at = '2027-01-01T00:00:00.000Z'",
            "update dispatches set retry_of = null where retry_of is not null",
        ],
        refusal: "what a dispatch carries is never changed",
    },
    Rule {
        name: "dispatches_move_forward",
        tries: &[
            "update dispatches set state = 'queued' where state = 'running'",
            "update dispatches set state = 'queued' where state = 'unknown'",
            "update dispatches set state = 'running' where state = 'succeeded'",
        ],
        refusal: "a dispatch does not go that way",
    },
    Rule {
        name: "dispatches_are_kept",
        tries: &["delete from dispatches where state = 'queued'"],
        refusal: "dispatches stay",
    },
    Rule {
        name: "dispatches_are_not_replaced",
        tries: &[
            "insert or replace into dispatches (id, approval_id, session_id, agent_session_id, state, queued_at)
             select id, approval_id, session_id, agent_session_id, 'queued', queued_at from dispatches where state = 'succeeded'",
            "insert or replace into dispatches (n, id, approval_id, session_id, agent_session_id, state, queued_at)
             select n, 'new', approval_id, session_id, agent_session_id, 'queued', queued_at from dispatches where state = 'succeeded'",
            "insert or replace into dispatches (id, approval_id, session_id, agent_session_id, state, queued_at)
             select 'new', approval_id, session_id, agent_session_id, 'queued', queued_at from dispatches where state = 'succeeded'",
            "insert or replace into dispatches (id, approval_id, session_id, agent_session_id, state, queued_at, retry_of)
             select 'new', approval_id, session_id, agent_session_id, 'queued', queued_at, retry_of from dispatches
             where retry_of is not null",
        ],
        refusal: "dispatches are never replaced",
    },
    // Facts about hosts.
    Rule {
        name: "host_events_are_facts",
        tries: &["update host_events set kind = 'host.connected'"],
        refusal: "host events are never changed",
    },
    Rule {
        name: "host_events_are_not_replaced",
        tries: &[
            "insert or replace into host_events (seq, id, at, kind, host_id) select seq, 'new', at, 'other', host_id from host_events",
            "insert or replace into host_events (id, at, kind, host_id) select id, at, 'other', host_id from host_events",
        ],
        refusal: "host events are never replaced",
    },
];
