//! What happens to hosts, to many who follow it.

use super::fanout::{STREAMS, posts};
use crate::{
    fixture::History,
    load::{Fanout, Publish, fan_out as fan},
    plan::Plan,
    requests,
    servers::{Role, Server},
    table::{Row, Target},
};

/// How many follow where few do.
const FEW: usize = 100;

pub(super) fn fan_out(plan: &Plan) -> Vec<Row> {
    let data = History::One.data(plan);
    let server = Server::start(Role::Wardroom, Some(data.path()));
    let (posts, address) = (posts(), server.address);
    let notes: Vec<_> = posts.iter().map(|_| Publish::Note).collect();
    let of_hosts = |streams| {
        let stream = requests::host_events();
        Fanout { address, stream, publish: &notes, streams }
    };
    let stream = requests::stream(0);
    let of_session = Fanout { address, stream, publish: &posts, streams: STREAMS };
    let (many, few) = (of_hosts(STREAMS), of_hosts(FEW));
    let rounds =
        plan.in_turn(|time| fan(&many, time), |time| (fan(&of_session, time), fan(&few, time)));
    vec![
        Row {
            name: "hosts/events",
            about: format!(
                "host events to {STREAMS} streams, closed loop, against events of a session to as many"
            ),
            unit: "/s",
            pairs: rounds.iter().map(|(a, (session, _))| (*a, *session)).collect(),
            target: Target::Told,
        },
        Row {
            name: "hosts/subscribers",
            about: format!("the same against {FEW} streams"),
            unit: "/s",
            pairs: rounds.iter().map(|(a, (_, few))| (*a, *few)).collect(),
            target: Target::Told,
        },
    ]
}
