//! What happens to hosts, to many who follow it.

use super::fanout::{STREAMS, posts};
use crate::{
    fixture::History,
    load::{Audience, Fanout, Publish, fan_out as fan},
    plan::Plan,
    requests,
    servers::{Role, Server},
    table::{Row, Target},
};

/// How many follow where few do.
const FEW: usize = 100;

pub(super) fn fan_out(plan: &Plan) -> Vec<Row> {
    // Those who subscribe are hosts, and their coming and going is told: to nobody else where they have a server of their own.
    let (data, other) = (History::One.data(plan), History::One.data(plan));
    let server = Server::start(Role::Wardroom, Some(data.path()));
    let sockets = Server::start(Role::Wardroom, Some(other.path()));
    let (posts, address) = (posts(), server.address);
    let notes: Vec<_> = posts.iter().map(|_| Publish::Note).collect();
    let of_hosts = |streams| {
        let audience = Audience::Streams(requests::host_events());
        Fanout { address, audience, publish: &notes, streams }
    };
    let audience = Audience::Streams(requests::stream(0));
    let of_session = Fanout { address, audience, publish: &posts, streams: STREAMS };
    let (address, audience) = (sockets.address, Audience::Hosts);
    let to_sockets = Fanout { address, audience, publish: &notes, streams: STREAMS };
    let (many, few) = (of_hosts(STREAMS), of_hosts(FEW));
    let rounds = plan.in_turn(
        |time| (fan(&many, time), fan(&to_sockets, time)),
        |time| (fan(&of_session, time), fan(&few, time)),
    );
    let row = |name, about, pairs| Row { name, about, unit: "/s", pairs, target: Target::Told };
    vec![
        row(
            "hosts/events",
            format!(
                "host events to {STREAMS} streams, closed loop, against events of a session to as many"
            ),
            rounds.iter().map(|((many, _), (session, _))| (*many, *session)).collect(),
        ),
        row(
            "hosts/few",
            format!("the same against {FEW} streams"),
            rounds.iter().map(|((many, _), (_, few))| (*many, *few)).collect(),
        ),
        row(
            "hosts/sockets",
            format!(
                "host events to {STREAMS} hosts that have subscribed, against events of a session to as many streams"
            ),
            rounds.iter().map(|((_, sockets), (session, _))| (*sockets, *session)).collect(),
        ),
    ]
}
