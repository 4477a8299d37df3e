//! One binary for all integration tests.

mod cli;
mod crash_points;
mod demo_agent;
mod formats;
mod host;
mod layers;
mod matrix;
mod model;
mod store;
mod stories;
mod world;
