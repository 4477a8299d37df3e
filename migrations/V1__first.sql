-- The schema of wardroom. Admins read it: every table and column says what it is.
--
-- Ids are UUID v7 in text form, made by the server. Times are text, UTC, always `YYYY-MM-DDTHH:MM:SS.mmmZ`, so that they
-- sort; compare them with strftime('%Y-%m-%dT%H:%M:%fZ', …). `n` is the order of arrival and the cursor of lists.
-- Secrets are stored as SHA-256 only. JSON is text. Triggers make the illegal impossible, also for SQL written by hand.
--
-- `insert or replace` and `update or replace` delete the rows that are in their way, and ask no delete trigger. So where
-- rows have rules, nothing is put in the place of a row that is there, and what is unique about a row never changes.

create table users (
    -- People with an account.
    n             integer primary key,                        -- order of arrival
    id            text not null unique,                       -- the user's id
    name          text not null collate nocase unique,        -- what the others call them; signs in by it
    admin         integer not null default 0 check (admin in (0, 1)), -- 1: may read everything and manage users
    local         integer not null default 0 check (local in (0, 1)), -- 1: made for the person at this machine, not yet named by setup
    password_hash text,                                       -- argon2id; null: no password, signs in by token or link
    created_at    text not null check (length(created_at) = 24), -- when the account was made
    disabled_at   text                                        -- since when this person may no longer sign in
) strict;

create table participants (
    -- People in a session. A row is never reused: who leaves and joins again is a new participant.
    n            integer primary key,                         -- order of joining
    id           text not null unique,                        -- the participant's id
    session_id   text not null references sessions (id),      -- the session
    user_id      text references users (id),                  -- the account; null for a guest
    label        text,                                        -- what a guest's program sent as userId, kept as a label
    display_name text,                                        -- what the others see
    role         text not null check (role in ('host', 'collaborator', 'viewer')), -- what they may do; the mode of the session says more
    can_decide   integer not null default 0 check (can_decide in (0, 1)), -- 1: may decide approvals though not host
    invite_id    text references invites (id),                -- the invite they came by; null for the first host
    joined_at    text not null check (length(joined_at) = 24), -- when they came
    left_at      text,                                        -- since when they no longer take part
    left_reason  text check (left_reason in ('left', 'removed', 'revoked', 'ended')), -- why; ended: may go on reading
    left_seq     integer,                                     -- the event that says so, unless the session ended: the last one that they may read
    check ((left_at is null) = (left_reason is null))
) strict;
create index participants_by_session on participants (session_id, user_id);
create index participants_by_user on participants (user_id, left_at) where user_id is not null;
create unique index one_host_a_session on participants (session_id) where role = 'host' and left_reason is not 'left'
    and left_reason is not 'removed' and left_reason is not 'revoked';
create unique index one_seat_a_user on participants (session_id, user_id) where user_id is not null and left_at is null;

create table tokens (
    -- Bearer tokens: of a user (wr_usr_…) or of one participant (wr_par_…).
    n              integer primary key,                       -- order of arrival
    id             text not null unique,                      -- the token's id, which is no secret
    user_id        text references users (id),                -- whose it is, if a user's
    participant_id text references participants (id),         -- whose it is, if a participant's
    name           text,                                      -- what the user calls it
    scope          text not null check (scope in ('full', 'host', 'read')), -- what it may do; host: run agents, never decide
    hash           blob not null unique check (length(hash) = 32), -- SHA-256 of the secret
    created_at     text not null check (length(created_at) = 24), -- when it was made
    expires_at     text,                                      -- not valid from then on; null: never
    last_used_at   text,                                      -- to five minutes
    revoked_at     text,                                      -- not valid since then
    revoked_by     text references users (id),                -- by whom, if by a person
    check ((user_id is null) <> (participant_id is null))
) strict;
create index tokens_by_user on tokens (user_id) where user_id is not null;
create index tokens_by_participant on tokens (participant_id) where participant_id is not null;

create table logins (
    -- Browsers that are signed in: one cookie each, for an account or for the guest seats of that browser.
    n            integer primary key,                         -- order of arrival
    id           text not null unique,                        -- the login's id, which is no secret
    user_id      text references users (id),                  -- the account; null while it only holds guest seats
    hash         blob not null unique check (length(hash) = 32), -- SHA-256 of the cookie
    device       text,                                        -- the browser, as people would say it
    created_at   text not null check (length(created_at) = 24), -- when the browser signed in
    expires_at   text not null,                               -- not valid from then on
    last_used_at text,                                        -- to five minutes
    revoked_at   text                                         -- not valid since then
) strict;
create index logins_by_user on logins (user_id) where user_id is not null;

create table login_seats (
    -- The guest participants that a login stands for.
    login_id       text not null references logins (id),      -- the browser
    participant_id text not null references participants (id), -- whom it stands for
    primary key (login_id, participant_id)
) strict, without rowid;
create index login_seats_by_participant on login_seats (participant_id);

create table setup_links (
    -- One-time links that sign the admin of this machine in.
    n          integer primary key,                           -- order of arrival
    hash       blob not null unique check (length(hash) = 32), -- SHA-256 of the secret
    created_at text not null check (length(created_at) = 24), -- when it was made
    expires_at text not null,                                 -- not valid from then on
    used_at    text,                                          -- once
    used_by    text references users (id)                     -- who came in by it
) strict;

create table hosts (
    -- Host processes: they run agents and are connected to the server.
    n               integer primary key,                      -- order of arrival
    id              text not null unique,                     -- made once by the host and kept by it
    user_id         text references users (id),               -- whose machine; null: the server's own
    local           integer not null check (local in (0, 1)), -- 1: on the server's machine, over the socket
    name            text not null,                            -- what people call it
    version         text not null,                            -- of its program
    instance        text not null,                            -- its process: agents live and die with it
    connected       integer not null check (connected in (0, 1)), -- 1: now
    since           text not null,                            -- connected, or away, since then
    grace_until     text,                                     -- away: until then its turns may still go on
    created_at      text not null check (length(created_at) = 24) -- when it came for the first time
) strict;
create index hosts_away on hosts (grace_until) where grace_until is not null;

create table host_grants (
    -- What the owner of a host allows others there.
    host_id        text not null references hosts (id),       -- which host
    user_id        text not null references users (id),       -- to whom
    can_decide     integer not null default 0 check (can_decide in (0, 1)), -- 1: may decide approvals of kind action
    can_call_tools integer not null default 0 check (can_call_tools in (0, 1)), -- 1: may call tools
    granted_at     text not null,                             -- since when
    primary key (host_id, user_id)
) strict, without rowid;
create index host_grants_by_user on host_grants (user_id);

create table agents (
    -- What hosts can start (kind acp) and what they registered.
    n            integer primary key,                         -- order of arrival
    id           text not null unique,                        -- the agent's id
    host_id      text not null references hosts (id),         -- whose it is
    name         text not null,                               -- its name there
    kind         text not null,                               -- acp, or what the host calls it
    description  text not null default '',                    -- one line
    folders      text not null default '[]' check (json_valid(folders)), -- JSON list: where its sessions may work
    capabilities text not null default '[]' check (json_valid(capabilities)), -- JSON list
    status       text not null check (status in ('idle', 'running', 'waiting_for_approval', 'paused', 'completed', 'errored', 'stopped')), -- what it is doing
    status_before text check (status_before in ('idle', 'running', 'paused', 'completed', 'errored', 'stopped')), -- what it was doing when it began to wait for a person
    current_task text,                                        -- what it says it does
    project      text,                                        -- what it works on, in its host's word
    pid          integer check (pid > 0),                     -- its process there
    display      text not null default '{}' check (json_valid(display)), -- JSON: label, icon, accent
    metadata     text not null default '{}' check (json_valid(metadata)), -- JSON: what the host adds
    offered      integer not null check (offered in (0, 1)),  -- 0: no longer there
    idle_timeout_ms   integer check (idle_timeout_ms > 0),    -- how long it may be idle before its process is closed; null: for ever
    allow_human_input integer not null default 1 check (allow_human_input in (0, 1)), -- 0: people comment and decide, and do not prompt it
    updated_at   text not null,                               -- when it changed last
    unique (host_id, name)
) strict;

create table tools (
    -- Tools of an agent that people may call.
    n          integer primary key,                           -- order of arrival
    agent_id   text not null references agents (id),          -- whose
    name       text not null,                                 -- its name there
    about      text not null default '{}' check (json_valid(about)), -- JSON: description and schema of its parameters
    timeout_ms integer not null default 60000 check (timeout_ms > 0), -- how long a call may take
    created_at text not null,                                 -- when it was registered
    unique (agent_id, name)
) strict;

create table agent_sessions (
    -- One conversation with one agent at one host.
    n                integer primary key,                     -- order of arrival
    id               text not null unique,                    -- the agent session's id; `hostSessionId` on the wire
    host_id          text not null references hosts (id),     -- where it runs
    agent            text not null,                           -- the agent's name there
    owner_user_id    text not null references users (id),     -- who may share it
    title            text,                                    -- what people call it
    workspace_id     text,                                    -- a label for filtering; grants nothing
    folder           text,                                    -- where the agent works
    life             text not null check (life in ('active', 'paused', 'completed', 'aborted')), -- whether it takes prompts; completed and aborted are final
    status           text not null check (status in ('idle', 'running', 'waiting_for_approval', 'needs_login', 'errored', 'stopped', 'away')), -- what it is doing
    problem          text check (problem in ('needs_login', 'errored')), -- what keeps it from working
    goal_id          text,                                    -- what it works towards, in the caller's words
    channel          text not null check (channel in ('page', 'cli', 'api', 'editor')), -- where it was made
    capabilities     text not null default '[]' check (json_valid(capabilities)), -- JSON list: what the agent can do
    agent_name       text,                                    -- what the agent calls itself
    agent_version    text,                                    -- its version
    acp_session_id   text,                                    -- the agent's own id of the conversation
    turns            integer not null default 0,              -- how many prompts were sent; above 0 it must be resumed, not begun anew
    open_instance    text,                                    -- the host process in which its agent is alive; null: none
    host_known       integer not null default 1 check (host_known in (0, 1)), -- 1: its session was told last that its host is there
    update_instance  text,                                    -- the host process that numbered the newest update
    last_update      integer not null default 0,              -- that number: what comes again is not stored again
    kept_updates     integer not null default 0,              -- how many updates wait in unshared_updates
    kept_bytes       integer not null default 0,              -- how long they are together
    dropped_updates  integer not null default 0,              -- how many older ones there was no room for; told when it is shared
    updates_move     integer not null default 0 check (updates_move in (0, 1)), -- 1: they move into the log of the session that shares it
    waiting_since    text,                                    -- since when its turn waits for a person
    exit_code        integer,                                 -- how its agent ended last; for its owner only
    stderr           text,                                    -- the end of what it wrote then; for its owner only
    agent_output     integer not null default 0 check (agent_output in (0, 1)), -- 1: its owner lets its session see what its process writes
    completing       integer not null default 0 check (completing in (0, 1)), -- 1: completed as soon as its queue is empty
    idle_until       text,                                    -- its agent is closed then, if nothing comes before
    life_reason      text,                                    -- why its life was changed last
    life_by          text,                                    -- by whom: a participant's or user's id
    life_channel     text check (life_channel in ('page', 'cli', 'api', 'editor')), -- from where
    life_at          text,                                    -- when; null: never
    created_at       text not null check (length(created_at) = 24), -- when it was made
    paused_at        text,                                    -- since when it is paused
    paused_ms        integer not null default 0,              -- how long it was paused before
    ended_at         text,                                    -- when it was completed or aborted
    last_activity_at text not null,                           -- when anything happened in it last
    check ((life in ('completed', 'aborted')) = (ended_at is not null)),
    check ((life = 'paused') = (paused_at is not null))
) strict;
create index agent_sessions_idle on agent_sessions (idle_until) where idle_until is not null;
create index agent_sessions_open on agent_sessions (host_id) where open_instance is not null;
create index agent_sessions_moving on agent_sessions (id) where updates_move = 1;
create index agent_sessions_by_owner on agent_sessions (owner_user_id);
create trigger agent_sessions_life before update of life on agent_sessions
when old.life <> new.life and old.life in ('completed', 'aborted')
begin select raise(abort, 'an ended agent session stays ended'); end;
create trigger agent_sessions_are_not_replaced before insert on agent_sessions
when exists (select 1 from agent_sessions where id = new.id or n = new.n)
begin select raise(abort, 'agent sessions are never replaced'); end;
create trigger agent_sessions_keep_their_keys before update of n, id on agent_sessions
when old.n is not new.n or old.id is not new.id
begin select raise(abort, 'the keys of an agent session are never changed'); end;

create table unshared_updates (
    -- What an agent said, and what was told of its agent session, while that was not shared, the newest of it; moves into
    -- the log of the next session that shares it, page by page.
    n                integer primary key,                     -- order of arrival
    agent_session_id text not null references agent_sessions (id), -- whose agent said it
    payload          text not null                            -- JSON: the params of the agent's session/update, or an event {type, …}
) strict;
create index unshared_updates_by_agent_session on unshared_updates (agent_session_id);

create table sessions (
    -- Shared sessions: one agent session shown to people, with mode, participants and log.
    n                integer primary key,                     -- order of arrival
    id               text not null unique,                    -- the session's id
    workspace_id     text,                                    -- a label for filtering; grants nothing
    title            text not null,                           -- what people call it
    host_user_id     text not null,                           -- whose word is last: a user id, or guest:<participant id>
    agent_session_id text not null references agent_sessions (id), -- what is shared; `hostSessionId` on the wire
    mode             text not null check (mode in ('view_only', 'comment_only', 'prompt_with_approval', 'prompt_direct')), -- what collaborators may do
    status           text not null check (status in ('active', 'closed', 'expired')), -- ended ones stay ended
    created_at       text not null check (length(created_at) = 24), -- when it was made
    expires_at       text,                                    -- ends then; null: never
    closed_at        text,                                    -- when it ended
    closed_by        text,                                    -- the participant or user who closed it; null: its time was up
    last_seq         integer not null default 0,              -- the number of its newest event; moved by inserting events only
    head_chain       blob not null check (length(head_chain) = 32), -- the chain up to there
    floor_seq        integer not null default 0,              -- events up to this number were trimmed
    floor_chain      blob not null check (length(floor_chain) = 32), -- the chain up to there
    check ((status = 'active') = (closed_at is null)),
    check (floor_seq <= last_seq)
) strict;
create unique index shared_once on sessions (agent_session_id) where status = 'active';
create index sessions_by_agent_session on sessions (agent_session_id);
create index sessions_to_expire on sessions (expires_at) where status = 'active' and expires_at is not null;
create trigger sessions_are_not_replaced before insert on sessions
when exists (select 1 from sessions where id = new.id or n = new.n
    or (status = 'active' and agent_session_id = new.agent_session_id))
begin select raise(abort, 'sessions are never replaced'); end;
create trigger sessions_keep_what_they_share before update of n, id, agent_session_id on sessions
when old.n is not new.n or old.id is not new.id or old.agent_session_id is not new.agent_session_id
begin select raise(abort, 'what a session shares is never changed'); end;
create trigger sessions_stay_ended before update of status on sessions
when old.status <> 'active' and new.status <> old.status
begin select raise(abort, 'an ended session stays ended'); end;
create trigger sessions_leave_nothing_open before update of status on sessions
when old.status = 'active' and new.status <> 'active' and (
    exists (select 1 from approvals where session_id = new.id and status = 'pending')
    or exists (select 1 from dispatches where session_id = new.id and state in ('queued', 'leased')))
begin select raise(abort, 'a session ends with nothing pending and nothing queued'); end;
create trigger sessions_begin_empty before insert on sessions
when new.status <> 'active' or new.last_seq <> 0 or new.floor_seq <> 0
    or new.head_chain <> zeroblob(32) or new.floor_chain <> zeroblob(32)
begin select raise(abort, 'a session begins active and without events'); end;
create trigger sessions_count_events before update of last_seq, head_chain on sessions
when new.last_seq <> old.last_seq + 1
    or not exists (select 1 from events where session_id = new.id and seq = new.last_seq and chain = new.head_chain)
begin select raise(abort, 'the counter of a session moves only with its events'); end;
create trigger sessions_raise_their_floor before update of floor_seq, floor_chain on sessions
when new.floor_seq <= old.floor_seq
    or not exists (select 1 from events where session_id = new.id and seq = new.floor_seq and chain = new.floor_chain)
begin select raise(abort, 'the floor of a session moves up, to one of its events'); end;
create trigger sessions_trim_events after update of floor_seq on sessions
begin delete from events where session_id = new.id and seq <= new.floor_seq; end;

create table events (
    -- The log of each session: durable, numbered facts. Never changed; trimmed from the front only, by raising
    -- floor_seq and floor_chain of the session.
    session_id text not null references sessions (id),        -- the session
    seq        integer not null check (seq > 0),              -- 1, 2, 3 … in each session, without gaps
    at         text not null check (length(at) = 24),         -- when it happened
    type       text not null,                                 -- the event's public name
    payload    text not null check (json_valid(payload)),     -- JSON, as the API sends it
    chain      blob not null check (length(chain) = 32),      -- SHA-256 over the previous chain and this row
    primary key (session_id, seq)
) strict;
create trigger events_count after insert on events
begin
    update sessions set last_seq = new.seq, head_chain = new.chain where id = new.session_id and last_seq = new.seq - 1;
    select raise(abort, 'events are numbered without gaps') where changes() = 0;
end;
create trigger events_are_facts before update on events
begin select raise(abort, 'events are never changed'); end;
create trigger events_trim_from_the_front before delete on events
when old.seq > (select floor_seq from sessions where id = old.session_id)
begin select raise(abort, 'events are trimmed by raising floor_seq of their session'); end;
create trigger events_are_not_replaced before insert on events
when exists (select 1 from events where rowid = new.rowid)
begin select raise(abort, 'events are never replaced'); end;

create table invites (
    -- Secrets that let someone join with a fixed role.
    n          integer primary key,                           -- order of arrival
    id         text not null unique,                          -- the invite's id, which is no secret
    session_id text not null references sessions (id),        -- the session it leads to
    role       text not null check (role in ('collaborator', 'viewer')), -- the role of who joins by it
    hash       blob not null unique check (length(hash) = 32), -- SHA-256 of the secret
    max_uses   integer not null check (max_uses > 0),         -- how often it may be used
    uses       integer not null default 0 check (uses between 0 and max_uses), -- how often it was
    created_at text not null check (length(created_at) = 24), -- when it was made
    created_by text references participants (id),             -- by whom
    expires_at text,                                          -- not valid from then on
    revoked_at text                                           -- not valid since then
) strict;
create index invites_by_session on invites (session_id);

create table messages (
    -- What people wrote: comments, prompts, and lines by the server. Never changed.
    n              integer primary key,                       -- order of arrival
    id             text not null unique,                      -- the message's id
    session_id     text not null references sessions (id),    -- the session
    participant_id text references participants (id),         -- by whom; null: by the server
    author_user_id text,                                      -- the same as a user id, or guest:<participant id>
    kind           text not null check (kind in ('comment', 'prompt', 'system')), -- for people, for the agent, or a line by the server
    text           text not null check (text <> ''),          -- what it says: text, never HTML
    created_at     text not null check (length(created_at) = 24), -- when it was written
    approval_id    text references approvals (id),            -- for a prompt: the approval it became
    reply_to       text references messages (id),             -- the message it answers
    anchor         text check (anchor is null or json_valid(anchor)) -- JSON: the event or tool call it is about
) strict;
create index messages_by_session on messages (session_id, n);
create index messages_by_approval on messages (approval_id) where approval_id is not null;
create trigger messages_stay before update on messages
begin select raise(abort, 'messages are never changed'); end;
create trigger messages_are_kept before delete on messages
begin select raise(abort, 'messages stay'); end;
create trigger messages_are_not_replaced before insert on messages
when exists (select 1 from messages where id = new.id or n = new.n)
begin select raise(abort, 'messages are never replaced'); end;

create table approvals (
    -- Requests for a human decision. pending → approved | rejected | expired | withdrawn, once.
    n                integer primary key,                     -- order of arrival
    id               text not null unique,                    -- the approval's id
    kind             text not null check (kind in ('prompt', 'permission', 'question', 'action', 'draft')), -- what kind of thing is asked
    session_id       text references sessions (id),           -- the session whose people decide; null: a host's own, or a draft that no session has shared yet
    agent_session_id text references agent_sessions (id),     -- the agent session it is about
    participant_id   text references participants (id),       -- who asks, if a participant
    agent_id         text references agents (id),             -- who asks, if a registered agent
    asked_by_user_id text references users (id),              -- kind action: whose program asks
    asked_by         text,                                    -- kind action: the credential that asked, which never decides
    host_id          text references hosts (id),              -- the host that waits for the answer
    host_instance    text,                                    -- its process that waits
    request_id       text unique,                             -- the asker's id of the request: asked twice, it is the same row
    dispatch_id      text references dispatches (id),         -- the turn in which an agent asks
    tool_call_id     text,                                    -- the agent's id of the tool call it is about
    asked_before     text references approvals (id),          -- an earlier request for the same tool call, asked in vain
    action           text not null,                           -- what is asked, in one line
    prompt           text,                                    -- the text of a prompt
    details          text not null default '{}' check (json_valid(details)), -- JSON: what the asker sent, whole
    options          text not null default '[]' check (json_valid(options)), -- JSON list: the answers that are offered
    system_level     integer not null default 0 check (system_level in (0, 1)), -- kind action: 1: people decide, not the host
    shown_digest     text not null check (length(shown_digest) = 64), -- SHA-256 of what the approver is shown
    status           text not null check (status in ('pending', 'approved', 'rejected', 'expired', 'withdrawn')), -- pending until it is decided or ends undecided, once
    created_at       text not null check (length(created_at) = 24), -- when it was asked
    expires_at       text,                                    -- expires then, and that is never a yes
    edited_prompt    text,                                    -- what the approver made of the prompt; both texts are kept
    decided_digest   text check (length(decided_digest) = 64), -- prompts: SHA-256 of the text that will be sent
    resolved_at      text,                                    -- when it was decided, or ended undecided
    resolved_by_participant_id text references participants (id), -- by whom
    resolved_by_user_id        text references users (id),    -- by whom, if they have an account
    option_id        text,                                    -- which of the options
    answer           text check (answer is null or json_valid(answer)), -- JSON: the answer to a question
    reason           text,                                    -- why, in the words of who decided, or of the server
    delivered_at     text,                                    -- when the decision reached whoever waited for it
    resolve_requested_at text,                                 -- what a host decides: when a person last told it what they would choose
    resolve_requested_by text references users (id),          -- who that was
    resolve_requested_option text,                            -- which of the options
    resolve_requested_reason text,                            -- why
    check ((status = 'pending') = (resolved_at is null)),
    check (kind <> 'prompt' or prompt is not null),
    check (kind <> 'prompt' or (status = 'approved') = (decided_digest is not null))
) strict;
create index approvals_by_session on approvals (session_id, n);
create index approvals_pending on approvals (session_id) where status = 'pending';
create index approvals_pending_by_agent on approvals (agent_session_id) where status = 'pending' and kind <> 'prompt';
create index approvals_pending_by_host on approvals (host_id) where status = 'pending' and kind = 'action';
create index approvals_by_host on approvals (host_id, n) where kind = 'action';
create index approvals_pending_by_asker on approvals (asked_by_user_id) where status = 'pending' and kind = 'action';
create index approvals_pending_by_registered_agent on approvals (agent_id) where status = 'pending' and agent_id is not null;
create index approvals_to_expire on approvals (expires_at) where status = 'pending';
create trigger approvals_need_an_active_session before insert on approvals
when new.status = 'pending' and new.session_id is not null
    and (select status from sessions where id = new.session_id) <> 'active'
begin select raise(abort, 'an ended session takes no approvals'); end;
create trigger approvals_begin_pending before insert on approvals
when new.status <> 'pending' and not (new.kind = 'prompt' and new.status = 'approved')
begin select raise(abort, 'an approval begins pending; only a direct prompt begins approved'); end;
create trigger approvals_resolve_once before update of status, resolved_at, resolved_by_participant_id, resolved_by_user_id,
    option_id, answer, edited_prompt, decided_digest, reason, resolve_requested_at, resolve_requested_by,
    resolve_requested_option, resolve_requested_reason
    on approvals
when old.status <> 'pending'
begin select raise(abort, 'an approval is resolved once'); end;
create trigger approvals_keep_their_body before update on approvals
when old.n is not new.n or old.id is not new.id or old.kind is not new.kind
    or (old.session_id is not new.session_id and not (
        old.session_id is null and old.kind = 'draft' and old.status = 'pending'
        and exists (select 1 from sessions s where s.id = new.session_id and s.status = 'active'
            and s.agent_session_id = old.agent_session_id)))
    or old.prompt is not new.prompt
    or old.action is not new.action or old.details is not new.details or old.options is not new.options
    or old.shown_digest is not new.shown_digest or old.participant_id is not new.participant_id
    or old.agent_session_id is not new.agent_session_id or old.request_id is not new.request_id
    or old.created_at is not new.created_at or old.agent_id is not new.agent_id or old.host_id is not new.host_id
    or old.host_instance is not new.host_instance or old.dispatch_id is not new.dispatch_id
    or old.tool_call_id is not new.tool_call_id or old.asked_before is not new.asked_before
    or old.system_level is not new.system_level or old.asked_by_user_id is not new.asked_by_user_id
    or old.asked_by is not new.asked_by
begin select raise(abort, 'what is asked is never changed'); end;
create trigger approvals_are_kept before delete on approvals
begin select raise(abort, 'approvals stay'); end;
create trigger approvals_are_not_replaced before insert on approvals
when exists (select 1 from approvals where id = new.id or n = new.n or request_id = new.request_id)
begin select raise(abort, 'approvals are never replaced'); end;

create table suggestions (
    -- What people who may not decide say about an approval.
    n              integer primary key,                       -- order of arrival
    id             text not null unique,                      -- the suggestion's id
    approval_id    text not null references approvals (id),   -- about which approval
    participant_id text not null references participants (id), -- who
    action         text not null check (action in ('approve', 'reject')), -- what they would do
    note           text,                                      -- why
    at             text not null check (length(at) = 24)      -- when
) strict;
create index suggestions_by_approval on suggestions (approval_id);

create table dispatches (
    -- Carrying approved prompts to their agents, each at most once.
    n                integer primary key,                     -- first in, first out
    id               text not null unique,                    -- the dispatch's id
    approval_id      text not null references approvals (id), -- what was approved
    session_id       text not null references sessions (id),  -- the session it belongs to
    agent_session_id text not null references agent_sessions (id), -- the agent session it goes to
    state            text not null check (state in ('queued', 'leased', 'sending', 'running', 'succeeded', 'failed', 'cancelled', 'unknown')), -- how far it has come; unknown: nobody can know, a person says
    queued_at        text not null check (length(queued_at) = 24), -- when it was approved, or tried again
    leases           integer not null default 0,              -- how often it was claimed; three times at most
    host_instance    text,                                    -- the host process it was claimed for
    leased_at        text,                                    -- when it was claimed
    sent_at          text,                                    -- when the intent to send was committed
    sent_digest      text check (length(sent_digest) = 64),   -- SHA-256 of the text that was sent
    started_at       text,                                    -- when the host handed it to the agent
    deadline_at      text,                                    -- the turn is cancelled then; waiting for people moves it
    cancel_requested_at text,                                 -- when somebody asked to stop it
    cancel_requested_by text,                                 -- who: a participant's or user's id; null: the server
    ended_at         text,                                    -- when its outcome was stored
    stop_reason      text,                                    -- ACP's, in the agent's word
    error            text,                                    -- why it failed, for everybody in the session
    retry_of         text unique references dispatches (id),  -- the unknown dispatch that it tries again
    check (state not in ('sending', 'running') or (sent_digest is not null and host_instance is not null))
) strict;
create unique index one_root_an_approval on dispatches (approval_id) where retry_of is null;
create unique index one_in_flight on dispatches (agent_session_id) where state in ('leased', 'sending', 'running');
create index dispatches_queued on dispatches (agent_session_id, n) where state = 'queued';
create index dispatches_by_approval on dispatches (approval_id);
create index dispatches_unknown on dispatches (session_id) where state = 'unknown';
create index dispatches_by_session on dispatches (session_id);
create index dispatches_by_deadline on dispatches (deadline_at) where state in ('sending', 'running');
create trigger dispatches_need_an_approval before insert on dispatches
when not exists (select 1 from approvals where id = new.approval_id and kind = 'prompt' and status = 'approved'
    and session_id = new.session_id and agent_session_id = new.agent_session_id)
begin select raise(abort, 'no dispatch without an approval'); end;
create trigger dispatches_begin_queued before insert on dispatches
when new.state <> 'queued' or (select status from sessions where id = new.session_id) is not 'active'
begin select raise(abort, 'a dispatch begins queued, in an active session'); end;
create trigger dispatches_retry_the_unknown before insert on dispatches
when new.retry_of is not null
    and not exists (select 1 from dispatches where id = new.retry_of and state = 'unknown' and approval_id = new.approval_id)
begin select raise(abort, 'only an unknown dispatch is tried again'); end;
create trigger dispatches_keep_what_they_carry before update on dispatches
when old.n is not new.n or old.id is not new.id or old.approval_id is not new.approval_id
    or old.session_id is not new.session_id or old.agent_session_id is not new.agent_session_id
    or old.queued_at is not new.queued_at or old.retry_of is not new.retry_of
begin select raise(abort, 'what a dispatch carries is never changed'); end;
create trigger dispatches_are_kept before delete on dispatches
begin select raise(abort, 'dispatches stay'); end;
create trigger dispatches_are_not_replaced before insert on dispatches
when exists (select 1 from dispatches where id = new.id or n = new.n or retry_of = new.retry_of
    or (new.retry_of is null and retry_of is null and approval_id = new.approval_id))
begin select raise(abort, 'dispatches are never replaced'); end;
create trigger dispatches_wait_for_the_one_in_flight before update of state on dispatches
when old.state not in ('leased', 'sending', 'running') and new.state in ('leased', 'sending', 'running')
    and exists (select 1 from dispatches where agent_session_id = new.agent_session_id
        and state in ('leased', 'sending', 'running'))
begin select raise(abort, 'one dispatch of an agent session is in flight'); end;
create trigger dispatches_send_what_was_decided before update of sent_digest on dispatches
when new.sent_digest is not (select decided_digest from approvals where id = new.approval_id)
begin select raise(abort, 'what is sent is what was decided'); end;
create trigger dispatches_move_forward before update of state on dispatches
when old.state <> new.state and not (
    (old.state = 'queued'  and new.state in ('leased', 'cancelled', 'unknown')) or
    (old.state = 'leased'  and new.state in ('sending', 'queued', 'failed', 'cancelled', 'unknown')) or
    (old.state = 'sending' and new.state in ('running', 'succeeded', 'failed', 'cancelled', 'unknown')) or
    (old.state = 'running' and new.state in ('succeeded', 'failed', 'cancelled', 'unknown')) or
    (old.state = 'unknown' and new.state in ('succeeded', 'failed', 'cancelled')))
begin select raise(abort, 'a dispatch does not go that way'); end;

create table drafts (
    -- Sets of artifacts that are offered for review.
    n                integer primary key,                     -- order of arrival
    id               text not null unique,                    -- the draft's id: offered twice, it is the same draft
    agent_session_id text not null references agent_sessions (id), -- whose agent made it
    summary          text not null,                           -- one line about it
    approval_id      text not null unique references approvals (id), -- the decision it waits for
    created_at       text not null                            -- when it was offered
) strict;
create index drafts_by_agent_session on drafts (agent_session_id);
create trigger drafts_need_an_approval before insert on drafts
when not exists (select 1 from approvals where id = new.approval_id and kind = 'draft' and status = 'pending'
    and agent_session_id = new.agent_session_id)
begin select raise(abort, 'no draft without a pending approval'); end;
create trigger drafts_stay before update on drafts
begin select raise(abort, 'drafts are never changed'); end;
create trigger drafts_are_kept before delete on drafts
begin select raise(abort, 'drafts stay'); end;
create trigger drafts_are_not_replaced before insert on drafts
when exists (select 1 from drafts where id = new.id or n = new.n or approval_id = new.approval_id)
begin select raise(abort, 'drafts are never replaced'); end;

create table artifacts (
    -- What is in a draft, each decided for itself.
    draft_id   text not null references drafts (id),          -- the draft it is in
    place      integer not null,                              -- 1, 2, 3 … in its draft
    uri        text not null,                                 -- what it is
    summary    text not null default '',                      -- one line about it
    diff       text not null default '',                      -- unified
    decision   text check (decision in ('approved', 'rejected', 'discuss')), -- what somebody said about it; null: nothing yet; discuss: still open
    reason     text,                                          -- why
    decided_by text references participants (id),             -- by whom
    decided_at text,                                          -- when
    primary key (draft_id, uri),
    check ((decision is null) = (decided_at is null))
) strict, without rowid;
create trigger artifacts_keep_their_body before update on artifacts
when old.draft_id is not new.draft_id or old.place is not new.place or old.uri is not new.uri
    or old.summary is not new.summary or old.diff is not new.diff
begin select raise(abort, 'what is offered is never changed'); end;
create trigger artifacts_are_decided_once before update on artifacts
when old.decision in ('approved', 'rejected')
begin select raise(abort, 'an artifact is decided once'); end;
create trigger artifacts_wait_for_their_draft before update of decision on artifacts
when (select a.status from drafts d join approvals a on a.id = d.approval_id where d.id = new.draft_id) <> 'pending'
begin select raise(abort, 'the draft of this artifact is decided'); end;
create trigger artifacts_are_kept before delete on artifacts
begin select raise(abort, 'artifacts stay'); end;
create trigger artifacts_are_not_replaced before insert on artifacts
when exists (select 1 from artifacts where draft_id = new.draft_id and (uri = new.uri or place = new.place))
begin select raise(abort, 'artifacts are never replaced'); end;

create table host_events (
    -- Durable, numbered facts about agents and hosts.
    seq      integer primary key autoincrement,               -- 1, 2, 3 …
    id       text not null unique,                            -- the event's id
    at       text not null check (length(at) = 24),           -- when it happened
    kind     text not null,                                   -- such as host.connected
    host_id  text not null references hosts (id),             -- at which host
    agent_id text references agents (id),                     -- to which agent, if to one
    message  text,                                            -- for people
    payload  text not null default '{}' check (json_valid(payload)) -- JSON, for programs
) strict;
create index host_events_by_host on host_events (host_id, seq);
create trigger host_events_are_facts before update on host_events
begin select raise(abort, 'host events are never changed'); end;
create trigger host_events_are_not_replaced before insert on host_events
when exists (select 1 from host_events where seq = new.seq or id = new.id)
begin select raise(abort, 'host events are never replaced'); end;

create table idempotency_keys (
    -- Answers to creating requests, kept for repetitions; those that held a secret are kept without it.
    caller     text not null,                                 -- who asked
    key        text not null,                                 -- the Idempotency-Key header
    route      text not null,                                 -- what was asked
    body_hash  blob not null check (length(body_hash) = 32),  -- SHA-256 of the body
    answer     text not null check (json_valid(answer)),      -- what was answered, as JSON, secrets left out
    created_at text not null,                                 -- when it was answered
    expires_at text not null,                                 -- forgotten then
    primary key (caller, key)
) strict, without rowid;
create index idempotency_keys_to_forget on idempotency_keys (expires_at);

create table server_runs (
    -- Each start of the server, for those who ask when it was down.
    id         text primary key,                              -- the run's id
    version    text not null,                                 -- of the program
    started_at text not null,                                 -- when it was ready
    stopped_at text                                           -- null: running, or it was killed
) strict;

create view v_outcomes as
-- What became of each approved prompt: its newest dispatch. A retry that was taken back, because a late report told the
-- outcome of what it was to try again, is as if it had never been.
select d.* from dispatches d
where not exists (select 1 from dispatches later where later.retry_of = d.id
        and not (later.state = 'cancelled' and later.sent_at is null and d.state <> 'unknown'))
    and not (d.state = 'cancelled' and d.sent_at is null
        and exists (select 1 from dispatches former where former.id = d.retry_of and former.state <> 'unknown'));

create view v_approvals as
-- Who approved what, and what became of it. One row for each approval.
select a.id, a.created_at as asked_at, s.title as session, a.kind,
       coalesce(asker.display_name, ag.agent_name, ag.agent, registered.name, h.name, program.name, 'a program') as asked_by,
       coalesce(a.prompt, a.details ->> '$.toolCall.rawInput.command', a.details ->> '$.toolCall.title', a.action) as title,
       a.edited_prompt as edited_to,
       a.status as outcome, a.option_id as option,
       coalesce(u.name, decider.display_name, case when a.status not in ('pending', 'withdrawn') then 'nobody' end) as decider,
       a.resolved_at as decided_at, a.reason, a.delivered_at,
       d.state as dispatch, d.sent_at, d.ended_at, d.stop_reason, d.error, a.session_id
from approvals a
left join sessions s on s.id = a.session_id
left join participants asker on asker.id = a.participant_id
left join agent_sessions ag on ag.id = a.agent_session_id
left join agents registered on registered.id = a.agent_id
left join hosts h on h.id = a.host_id
left join users program on program.id = a.asked_by_user_id
left join participants decider on decider.id = a.resolved_by_participant_id
left join users u on u.id = a.resolved_by_user_id
left join v_outcomes d on d.approval_id = a.id
order by a.n desc;

create view v_pending as
-- What waits for a person: approvals to decide, and dispatches whose outcome is not known.
select 'approval' as waits, a.kind, s.title as session, coalesce(host.display_name, owner.name) as for_whom,
       coalesce(asker.display_name, ag.agent_name, ag.agent, registered.name, h.name, program.name, 'a program') as asked_by,
       coalesce(a.prompt, a.details ->> '$.toolCall.rawInput.command', a.details ->> '$.toolCall.title', a.action) as title,
       a.created_at as since, a.expires_at, a.id, a.session_id
from approvals a
left join sessions s on s.id = a.session_id
left join participants host on host.session_id = s.id and host.role = 'host' and host.left_at is null
left join participants asker on asker.id = a.participant_id
left join agent_sessions ag on ag.id = a.agent_session_id
left join agents registered on registered.id = a.agent_id
left join hosts h on h.id = a.host_id
left join users program on program.id = a.asked_by_user_id
left join users owner on owner.id = coalesce(h.user_id, a.asked_by_user_id)
where a.status = 'pending'
union all
select 'unknown dispatch', 'prompt', s.title, host.display_name, asker.display_name, coalesce(a.edited_prompt, a.prompt),
       d.ended_at, null, d.id, d.session_id
from dispatches d
join approvals a on a.id = d.approval_id
join sessions s on s.id = d.session_id
left join participants host on host.session_id = s.id and host.role = 'host' and host.left_reason is not 'left'
left join participants asker on asker.id = a.participant_id
where d.state = 'unknown' and not exists (select 1 from dispatches later where later.retry_of = d.id);

create view v_drafts as
-- What was offered for review, and what was said about each artifact. One row for each artifact.
select d.created_at as offered_at, s.title as session, coalesce(g.agent_name, g.agent) as agent, d.summary as draft,
       a.status as outcome, f.uri, f.summary, f.decision, who.display_name as decider, f.decided_at, f.reason,
       length(f.diff) as diff_length, d.id as draft_id, a.id as approval_id, a.session_id
from drafts d
join artifacts f on f.draft_id = d.id
join approvals a on a.id = d.approval_id
join agent_sessions g on g.id = d.agent_session_id
left join sessions s on s.id = a.session_id
left join participants who on who.id = f.decided_by
order by d.n desc, f.place;

create view v_timeline as
-- Everything that happened, in the order in which it happened in each session.
select e.at, s.title as session, e.seq, e.type,
       coalesce(e.payload ->> '$.participant.displayName', who.display_name, e.payload ->> '$.host.name',
                agent.agent_name, agent.agent) as who,
       coalesce(e.payload ->> '$.message.text', e.payload ->> '$.notification.update.content.text',
                e.payload ->> '$.notification.update.title', e.payload ->> '$.approval.editedPrompt',
                e.payload ->> '$.approval.prompt', e.payload ->> '$.approval.details.toolCall.title',
                e.payload ->> '$.approval.action', e.payload ->> '$.dispatch.error',
                e.payload ->> '$.session.title', e.payload ->> '$.agentSession.lifeChange.reason', e.payload ->> '$.artifact.uri',
                e.payload ->> '$.summary', e.payload ->> '$.goalId', e.payload ->> '$.prompt', e.payload ->> '$.content',
                case when e.type = 'status_update' then e.payload ->> '$.message' end, e.payload ->> '$.status') as what,
       coalesce(e.payload ->> '$.approval.status', e.payload ->> '$.dispatch.state', e.payload ->> '$.artifact.decision',
                nullif(e.payload ->> '$.agentSession.life', 'active'), e.payload ->> '$.agentSession.status',
                e.payload ->> '$.notification.update.sessionUpdate') as state,
       e.session_id
from events e
join sessions s on s.id = e.session_id
left join participants who on who.id = coalesce(e.payload ->> '$.approval.resolvedByParticipantId',
                                                e.payload ->> '$.approval.participantId', e.payload ->> '$.by')
left join agent_sessions agent on agent.id = s.agent_session_id and (
    e.type in ('host_session_update', 'agent_session_updated', 'draft_ready', 'waiting_for_input', 'goal_complete',
               'status_update', 'agent_output')
    or e.payload ->> '$.approval.kind' <> 'prompt' or e.payload ->> '$.dispatch.id' is not null)
order by s.n, e.seq;
