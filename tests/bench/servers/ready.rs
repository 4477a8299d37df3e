//! How long a server takes from its start to its first answer.

use std::{path::Path, time::Instant};

use super::{Role, Server};
use crate::{
    load::{Connection, runtime},
    requests,
};

/// Starts the real server on a data directory; how many milliseconds until it says that it is ready.
pub(crate) fn ready_after(data: &Path) -> f64 {
    let begun = Instant::now();
    let server = Server::start(Role::Wardroom, Some(data));
    runtime().block_on(async {
        let mut connection = Connection::open(server.address).await.expect("a connection");
        connection.call(&requests::open("/readyz")).await;
    });
    begun.elapsed().as_secs_f64() * 1000.0
}
