//! One row for each rule about people, sessions and agents. A rule of the schema without one fails the tests.

use super::Rule;

pub(super) const SESSIONS: &[Rule] = &[
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
            "update agent_sessions set life = 'completed', paused_at = null, ended_at = created_at;
             update agent_sessions set life = 'active', ended_at = null",
            "update agent_sessions set life = 'aborted', paused_at = null, ended_at = created_at;
             update agent_sessions set life = 'completed'",
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
];
