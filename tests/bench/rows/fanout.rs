//! One session to many streams.

use std::time::Duration;

use crate::{
    fixture::History,
    load::{Audience, Connection, Fanout, Publish, deliver, fan_out as fan, runtime},
    plan::Plan,
    requests,
    servers::{
        Role, Server,
        nchan::{DELIVERIES, Nchan},
    },
    table::{Row, Target},
};

/// How many streams are fanned out to.
pub(super) const STREAMS: usize = 1000;
/// How many streams a message is timed over.
const TIMED: usize = 100;
/// How many publish: as many frames can be on their way at once.
const PUBLISHERS: u64 = 32;

/// An event as our stream carries it, for those that cannot make one.
fn event(server: &Server) -> String {
    runtime().block_on(async {
        let mut connection = Connection::open(server.address).await.expect("a connection");
        connection.call(&requests::post(0)).await;
        connection.call(&requests::get(0, "/events?after=0&limit=1")).await;
        let page: serde_json::Value = serde_json::from_slice(connection.body()).expect("events");
        page["events"][0].to_string()
    })
}

/// Comments, each by a person of their own.
pub(super) fn posts() -> Vec<Publish> {
    (0..PUBLISHERS).map(|person| Publish::Post(requests::post(person))).collect()
}

pub(super) fn fan_out(plan: &Plan) -> Vec<Row> {
    let data = History::One.data(plan);
    let ours = Server::start(Role::Wardroom, Some(data.path()));
    let (without, nchan) = (Server::start(Role::PlainSse, None), Nchan::start());
    let posts = posts();
    let published = requests::publish("/publish", &event(&ours));
    let published: Vec<_> = posts.iter().map(|_| Publish::Post(published.clone())).collect();
    let other = |address| {
        let audience = Audience::Streams(requests::open("/stream"));
        Fanout { address, audience, publish: &published, streams: STREAMS }
    };
    let address = ours.address;
    let audience = Audience::Streams(requests::stream(0));
    let ours = Fanout { address, audience, publish: &posts, streams: STREAMS };
    let (without, nchan) = (other(without.address), nchan.as_ref().map(|it| other(it.address)));
    let of_nchan = |time: Duration| nchan.as_ref().map_or(DELIVERIES, |nchan| fan(nchan, time));
    let rounds =
        plan.in_turn(|time| fan(&ours, time), |time| (fan(&without, time), of_nchan(time)));
    let known = if nchan.is_some() { "nginx with nchan" } else { "a constant of nginx with nchan" };
    vec![
        Row {
            name: "fanout/nchan",
            about: format!(
                "deliveries to {STREAMS} streams, closed loop, durable, against {known}"
            ),
            unit: "/s",
            pairs: rounds.iter().map(|(a, (_, nchan))| (*a, *nchan)).collect(),
            target: Target::AtLeast(1.2, 2.5),
        },
        Row {
            name: "fanout/plain",
            about: "the same against an axum stream server that has no database".into(),
            unit: "/s",
            pairs: rounds.iter().map(|(a, (without, _))| (*a, *without)).collect(),
            target: Target::AtLeast(0.7, 0.9),
        },
    ]
}

pub(super) fn delivery(plan: &Plan) -> Vec<Row> {
    let data = History::One.data(plan);
    let server = Server::start(Role::Wardroom, Some(data.path()));
    let (stream, post) = (requests::stream(0), requests::post(0));
    let measure = |time| deliver(server.address, &stream, &post, TIMED, time);
    let times = std::iter::repeat_n(plan.time, plan.pairs);
    measure(plan.time / 4);
    let runs = times.map(measure);
    vec![Row {
        name: "delivery",
        about: format!(
            "p99 from POST to the last of {TIMED} streams, 200 a second, against p99 of the POST"
        ),
        unit: "ms",
        pairs: runs.map(|run| (run.delivered, run.answered)).collect(),
        target: Target::AtMost(3.0, 2.0),
    }]
}
