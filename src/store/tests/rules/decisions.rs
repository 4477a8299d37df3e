//! One row for each rule about approvals, dispatches, drafts and facts about hosts.

use super::Rule;

pub(super) const DECISIONS: &[Rule] = &[
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
    // Drafts.
    Rule {
        name: "drafts_need_an_approval",
        tries: &[
            "insert into drafts (id, agent_session_id, summary, approval_id, created_at)
             select 'new', agent_session_id, 'mine', id, created_at from approvals where kind = 'action'",
        ],
        refusal: "no draft without a pending approval",
    },
    Rule {
        name: "drafts_stay",
        tries: &["update drafts set summary = 'Another letter'"],
        refusal: "drafts are never changed",
    },
    Rule {
        name: "drafts_are_kept",
        tries: &["delete from drafts where summary = 'A letter'"],
        refusal: "drafts stay",
    },
    Rule {
        name: "drafts_are_not_replaced",
        tries: &["insert or replace into drafts select * from drafts where summary = 'A letter'"],
        refusal: "drafts are never replaced",
    },
    Rule {
        name: "artifacts_keep_their_body",
        tries: &[
            "update artifacts set draft_id = (select id from drafts where summary = 'A list') where decision = 'discuss'",
            "update artifacts set place = 7 where decision = 'discuss'",
            "update artifacts set uri = 'other' where decision = 'discuss'",
            "update artifacts set summary = 'other' where decision = 'discuss'",
            "update artifacts set diff = '+other' where decision = 'discuss'",
        ],
        refusal: "what is offered is never changed",
    },
    Rule {
        name: "artifacts_are_decided_once",
        tries: &[
            "drop trigger artifacts_wait_for_their_draft; update artifacts set decision = 'rejected' where uri = 'one.md'",
            "update artifacts set reason = 'another' where uri = 'two.md'",
        ],
        refusal: "an artifact is decided once",
    },
    Rule {
        name: "artifacts_wait_for_their_draft",
        tries: &["drop trigger approvals_resolve_once;
                  update approvals set status = 'expired', resolved_at = created_at where kind = 'draft' and status = 'pending';
                  update artifacts set decision = 'approved' where decision = 'discuss'"],
        refusal: "the draft of this artifact is decided",
    },
    Rule {
        name: "artifacts_are_kept",
        tries: &["delete from artifacts where decision = 'discuss'"],
        refusal: "artifacts stay",
    },
    Rule {
        name: "artifacts_are_not_replaced",
        tries: &[
            "insert or replace into artifacts select * from artifacts where decision = 'discuss'",
            "insert into artifacts (draft_id, place, uri) select draft_id, place, 'new' from artifacts where decision = 'discuss'",
        ],
        refusal: "artifacts are never replaced",
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
