//! One binary for all integration tests.

mod crash_points;
mod demo_agent;
mod formats;
mod host;
mod layers;
mod matrix;
mod store;
mod stories;
#[expect(dead_code, reason = "stories of streams will use the rest")]
mod world;
