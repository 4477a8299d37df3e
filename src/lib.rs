//! **wardroom** is the team server for shared coding-agent sessions.
//!
//! A host shares a running agent, anything that speaks the Agent Client Protocol (ACP). Teammates join by invite,
//! watch it work, comment, and send prompts that the host approves. Whatever needs a person's yes waits as a row, is
//! decided once by a named person, and survives the end of any process. This page is the map.
//!
//! # Bird's eye
//!
//! ```text
//!   browser, curl, command line                         agents (ACP subprocesses)
//!            │ HTTP, SSE                                        │ stdio
//!          http ──────► app ◄── news ── hosts ◄── WebSocket ──► host   (a process of its own)
//!            │           │ units of work
//!          live ◄─────  store  ──► one SQLite file
//!               frames after COMMIT
//! ```
//!
//! Every change is a unit of work: a closure that loads, decides, saves and appends its event. One writer runs the
//! units that wait in one transaction, commits, tells the followers, and only then answers. Events are rows; the
//! streams are caches of their end. A prompt becomes a dispatch, whose intent is stored before the host is told.
//!
//! # Map
//!
//! | room | what lives there | what it may name |
//! |---|---|---|
//! | [`domain`] | words and rules: no I/O, nothing async, time and randomness are given | |
//! | [`error`] | one error type, one exhaustive list of stable codes | |
//! | [`store`] | all SQL: the writer, the readers, a file for each family of tables | domain |
//! | [`live`] | following a session, an inbox or the hosts; who waits, who watches, who types | store, domain |
//! | [`rpc`] | JSON-RPC envelopes, and the calls between host and server | domain |
//! | [`hosts`] | the server's end of host connections | rpc, domain |
//! | [`host`] | the host process: agents, their protocol, what is not acknowledged; the demo agent | rpc, domain |
//! | [`app`] | the use cases, the dispatcher, recovery, the sweeper | domain, store, live, hosts, rpc |
//! | [`http`] | routes: extract, one use case, answer | app, live, domain, rpc |
//! | [`server`] | the composition root: starting, stopping, the doors, the local host | all of it |
//! | [`config`], [`lock`], [`crash`] | what can be set; who holds a data directory; what a panic leaves behind | domain |
//! | [`cli`] | the command line | the API; `server` to serve |
//!
//! The page is plain ES modules in `src/ui`, embedded by `http/ui.rs` without a build step. `app.js` finds the view of an
//! address; `lib` are functions, `model` is what is known and what it means (plain code over signals), `components` and
//! `views` draw it, `elements/stream_text.js` is the one thing that draws by itself. `vendor` is made by
//! `tests/browser/vendor/make.js`; types are checked by `tsc` against those of `openapi.json`.
//!
//! Follow one prompt: `http/messages.rs` → `app/prompts.rs` → `domain/session.rs` ([`domain::right`]) → `store` →
//! COMMIT → `live`. Its approval: `http/approvals.rs` → `app/approvals.rs` → `domain/decision.rs`. Its way to the agent:
//! `app/dispatch.rs` (the loop), `app/turns.rs` (the steps), `hosts`, `host`. What the agent says: `host/tap.rs` →
//! `app/news.rs`; what it offers for review and tells besides: `host/extension.rs` → `app/drafts.rs`, `app/session_events.rs`.
//! What programs on a host's connection say of agents of their own, of approvals, events and tools: `app/programs.rs` →
//! `app/registry.rs`, `app/actions.rs`, `app/host_events.rs`, `app/tools.rs`; who may what at a host: `app/host_access.rs`;
//! what people are told of a host and of who asks: `app/known_hosts.rs`, `app/action_facts.rs`.
//! An agent session is paused, resumed, completed and aborted in `app/life.rs`; `app/closing.rs` ends its agent, also one
//! that was idle for too long.
//!
//! # What never happens
//!
//! - Nothing but `app` writes, and nothing in a unit of work is awaited but its transaction.
//! - No SQL outside `store`, no status code outside `http`, no JSON-RPC outside `rpc`, `hosts`, `host` and the way in,
//!   `http/connect.rs`.
//! - No event without its change, no change without its event: one transaction.
//! - No follower hears of what was not committed; no caller is answered before the followers were told.
//! - No prompt is handed to an agent whose intent is not stored; none is handed over twice, not even after a crash.
//! - No deadline ever becomes a yes.
//! - No secret is stored by the server, logged, or put into the path or query of a URL; only its SHA-256 is kept.
//! - No wall clock: time comes from [`domain::Clock`].
//! - No unsafe code.
//!
//! # Ten decisions
//!
//! **Why one writer?** SQLite has one anyway. Gathering what waits into one transaction makes durable writes (`FULL`)
//! as fast as careless ones, and the order of commits is the order of events.
//!
//! **Why a thread of its own for it?** Units are async closures whose futures are not `Send`; and waking a sleeping
//! thread costs more than most statements, so the writer looks again before it sleeps.
//!
//! **Why are messages and events gathered until the end of a group?** They are most of what is written. One statement
//! inserts them all, a trigger moves the counters, and nothing in a unit reads them.
//!
//! **Why not exactly-once?** ACP gives a client no key by which an agent could tell a repeated prompt. So a prompt
//! reaches an agent at most once, and where nobody can know the outcome, a dispatch is `unknown` and a person decides.
//!
//! **Why do agents run in another process?** So that the server can be killed and started again while they work; and
//! so that an agent never shares a process, or on another machine a disk, with the database.
//!
//! **Why does the host number what it says?** What is not acknowledged is sent again after a reconnect; the number is
//! stored in the transaction of the events, so nothing doubles.
//!
//! **Why a chain of hashes?** A client's position names the history it saw. After the restore of an older backup, other
//! events may stand at the same numbers, and only the chain can tell.
//!
//! **Why text for ids and times?** Admins read the file. Both sort, and both mean the same in every tool.
//!
//! **Why triggers?** The rules that must never break hold also for SQL written by hand, and for our own mistakes.
//!
//! **Why one error type?** A code is a promise to programs. Two exhaustive matches turn it into a status and into a
//! JSON-RPC error; the source is for the log and goes nowhere else.

#![warn(clippy::unwrap_used, reason = "a server answers, it does not panic")]

pub mod app;
pub mod cli;
pub mod config;
pub mod crash;
pub mod domain;
pub mod error;
pub mod host;
pub mod hosts;
pub mod http;
pub mod live;
pub mod lock;
pub mod rpc;
pub mod server;
pub mod store;

pub use error::{Code, Error, Result};
