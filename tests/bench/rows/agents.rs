//! Many agents that stream at once.

use crate::{
    fixture::{AGENTS, HOSTS, History, PEOPLE},
    load::{BATCH, drive, speak},
    plan::Plan,
    requests,
    servers::{Role, Server},
    table::{Row, Target},
};

pub(super) fn streaming(plan: &Plan) -> Vec<Row> {
    let (agents, one) = (History::Agents.data(plan), History::One.data(plan));
    let a = Server::start(Role::Wardroom, Some(agents.path()));
    let b = Server::start(Role::Wardroom, Some(one.path()));
    let posts: Vec<_> = (0..PEOPLE).map(|person| vec![requests::post(person)]).collect();
    let pairs = plan
        .in_turn(|time| speak(a.address, time), |time| drive(b.address, &posts, time).per_second());
    vec![Row {
        name: "agents",
        about: format!(
            "updates of {AGENTS} agents at {HOSTS} hosts, {BATCH} a batch, stored and delivered to a stream each, against \
             durable POSTs, {PEOPLE} connections"
        ),
        unit: "/s",
        pairs,
        target: Target::Project(2.0),
    }]
}
