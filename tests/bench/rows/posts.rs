//! The durable POST of a message: authentication, row, event, chain; FULL.

use std::time::Duration;

use tempfile::TempDir;

use crate::{
    fixture::{History, PEOPLE},
    load::{Run, drive},
    plan::Plan,
    requests,
    servers::{Role, Server},
    table::{Row, Target},
};

/// One connection for each participant of the first session.
fn post(server: &Server) -> impl FnMut(Duration) -> Run {
    let posts: Vec<_> = (0..PEOPLE).map(|person| vec![requests::post(person)]).collect();
    let address = server.address;
    move |time| drive(address, &posts, time)
}

fn wardroom(history: History, plan: &Plan) -> (Server, TempDir) {
    let data = history.data(plan);
    (Server::start(Role::Wardroom, Some(data.path())), data)
}

fn per_second(pairs: &[(Run, Run)]) -> Vec<(f64, f64)> {
    pairs.iter().map(|(a, b)| (a.per_second(), b.per_second())).collect()
}

pub(super) fn against_echo(plan: &Plan) -> Vec<Row> {
    let ((a, _data), b) = (wardroom(History::One, plan), Server::start(Role::Echo, None));
    let pairs = plan.in_turn(post(&a), post(&b));
    vec![Row {
        name: "post/echo",
        about: format!("durable POST, {PEOPLE} connections, against a bare axum echo"),
        unit: "/s",
        pairs: per_second(&pairs),
        target: Target::AtLeast(0.07, 0.2),
    }]
}

pub(super) fn against_one_tx(plan: &Plan) -> Vec<Row> {
    let (a, _data) = wardroom(History::One, plan);
    let data = History::One.data(plan);
    let b = Server::start(Role::OneTx, Some(data.path()));
    let pairs = plan.in_turn(post(&a), post(&b));
    vec![
        Row {
            name: "post/one-tx",
            about: "the same against one transaction per request, pool of one".into(),
            unit: "/s",
            pairs: per_second(&pairs),
            target: Target::AtLeast(3.0, 8.0),
        },
        Row {
            name: "post/p99",
            about: "the 99th of a hundred of both".into(),
            unit: "ms",
            pairs: pairs.iter().map(|(a, b)| (a.p99(), b.p99())).collect(),
            target: Target::AtMost(0.4, 0.2),
        },
    ]
}

pub(super) fn among_sessions(plan: &Plan) -> Vec<Row> {
    let (a, _many) = wardroom(History::Many, plan);
    let (b, _one) = wardroom(History::One, plan);
    let pairs = plan.in_turn(post(&a), post(&b));
    vec![Row {
        name: "post/sessions",
        about: format!(
            "durable POST with {} sessions in the database, against with 1",
            History::sessions(plan)
        ),
        unit: "/s",
        pairs: per_second(&pairs),
        target: Target::AtLeast(0.9, 0.95),
    }]
}
