//! What the server process holds in memory.

use std::{path::Path, thread::sleep, time::Duration};

use futures_util::future::try_join_all;

use crate::{
    fixture::History,
    load::{Streaming, runtime},
    plan::Plan,
    requests,
    servers::{Role, Server},
    table::{Row, Target},
};

/// How many streams are idle.
const IDLE: usize = 2000;
/// How long what was freed may take to be given back.
const SETTLE: Duration = Duration::from_millis(300);

/// A fresh server each time: what one run allocated must not serve the next.
pub(super) fn idle_stream(plan: &Plan) -> Vec<Row> {
    let data = History::One.data(plan);
    let measure = || {
        let server = Server::start(Role::Wardroom, Some(data.path()));
        let request = requests::stream(0);
        runtime().block_on(async {
            let open = async |count: usize| {
                let streams = (0..count).map(|_| Streaming::open(server.address, &request));
                try_join_all(streams).await.expect("streams")
            };
            let mut streams = open(50).await;
            sleep(SETTLE);
            let before = server.resident();
            for _ in 0..IDLE / 50 {
                streams.extend(open(50).await);
            }
            sleep(SETTLE);
            (server.resident() - before) / IDLE as f64 / 1024.0
        })
    };
    vec![Row {
        name: "memory/stream",
        about: format!("resident KiB of the server for each of {IDLE} idle streams (B is 1)"),
        unit: "KiB",
        pairs: (0..plan.pairs).map(|_| (measure(), 1.0)).collect(),
        target: Target::AtMost(24.0, 12.0),
    }]
}

/// Nobody is connected; the server has started and settled.
pub(super) fn sessions(plan: &Plan) -> Vec<Row> {
    let (many, empty) = (History::Many.data(plan), History::Empty.data(plan));
    let measure = |data: &Path| {
        let server = Server::start(Role::Wardroom, Some(data));
        sleep(SETTLE);
        server.resident() / 1024.0 / 1024.0
    };
    let pairs = plan.in_turn(|_| measure(many.path()), |_| measure(empty.path()));
    vec![Row {
        name: "memory/sessions",
        about: format!(
            "resident with {} sessions, none live, against an empty database",
            History::sessions(plan)
        ),
        unit: "MiB",
        pairs,
        target: Target::AtMost(1.2, 1.1),
    }]
}
