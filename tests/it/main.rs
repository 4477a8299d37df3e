//! One binary for all integration tests.

mod cli;
mod demo_agent;
mod host;
mod layers;
mod matrix;
mod stories;
#[expect(dead_code, reason = "stories of streams will use the rest")]
mod world;
