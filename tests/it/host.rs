//! The host process against a server that does what a test says, and real agents.

mod away;
mod endings;
mod failures;
mod hostile;
mod keeper;
mod processes;
mod reconnects;
mod remembered;
mod requests;
pub(crate) mod scripted;
mod server;
mod settings;
mod turns;
mod world;
