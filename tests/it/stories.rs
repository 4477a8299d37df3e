//! What people, agents and hosts do to a server, over its own API and a real file.

mod credentials;
mod deciding;
mod demo;
mod dispatching;
mod ending;
mod every_request;
mod host_connections;
mod hostile_hosts;
mod idempotency;
mod identity;
mod inbox;
mod invites;
mod joining;
mod knowing;
mod leaving;
mod long_lists;
mod main_job;
mod messages;
mod page;
mod positions;
mod prompts;
mod rights;
mod sessions;
mod streams;
mod sweeping;
mod unknown_outcomes;
