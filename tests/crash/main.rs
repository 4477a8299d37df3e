//! The proof that nothing is lost and nothing is done twice: real servers, hosts and agents, killed with SIGKILL while
//! people work.
//!
//! ```text
//! WARDROOM_CRASH_SERVER_KILLS=2000 cargo nextest run --ignore-default-filter --test crash --no-capture server
//! ```
//! The other settings are named where they are read; `tests/crash/run` builds what the counter-proof needs besides.
//! A world that broke a rule is kept, and where it is stands in the output.

mod both_kills;
mod checks;
mod dice;
mod host_kills;
mod load;
mod machines;
mod programs;
mod races;
mod server_kills;
mod settings;
mod stops;
mod streams;
mod two_hosts;
mod world;
