//! Calls of tools: over HTTP, to a host on its WebSocket, and back.

use std::time::Duration;

use crate::{
    fixture::{History, PEOPLE},
    load::{Run, Tool, drive},
    plan::Plan,
    requests,
    servers::{Role, Server},
    table::{Row, Target},
};

pub(super) fn round_trips(plan: &Plan) -> Vec<Row> {
    let data = History::One.data(plan);
    let (ours, echo) =
        (Server::start(Role::Wardroom, Some(data.path())), Server::start(Role::Echo, None));
    let tool = Tool::register(ours.address);
    let call = requests::tool(&tool.agent);
    let calls = |connections: u64| vec![vec![call.clone()]; connections as usize];
    let (call_one, call_many) = (calls(1), calls(PEOPLE));
    let posts: Vec<_> = (0..PEOPLE).map(|person| vec![requests::post(person)]).collect();
    let ask =
        |requests: &[Vec<Vec<u8>>], time: Duration| -> Run { drive(ours.address, requests, time) };
    let rounds = plan.in_turn(
        |time| (ask(&call_one, time).per_second(), ask(&call_many, time).per_second()),
        |time| {
            let bare = drive(echo.address, &call_many, time).per_second();
            (ask(&posts[..1], time).per_second(), ask(&posts, time).per_second(), bare)
        },
    );
    let row =
        |name, about: String, pairs| Row { name, about, unit: "/s", pairs, target: Target::Told };
    vec![
        row(
            "tools/one",
            "calls of a tool, HTTP to a host's WebSocket and back, 1 connection, against durable POSTs".into(),
            rounds.iter().map(|(a, b)| (a.0, b.0)).collect(),
        ),
        row(
            "tools/many",
            format!("the same over {PEOPLE} connections"),
            rounds.iter().map(|(a, b)| (a.1, b.1)).collect(),
        ),
        row(
            "tools/echo",
            format!("the same over {PEOPLE} connections, against a bare axum echo"),
            rounds.iter().map(|(a, b)| (a.1, b.2)).collect(),
        ),
    ]
}
