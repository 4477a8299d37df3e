//! From the start of the process to the first answer that it is ready.

use crate::{
    fixture::History,
    plan::Plan,
    servers::ready_after,
    table::{Row, Target},
};

pub(super) fn ready(plan: &Plan) -> Vec<Row> {
    let (many, empty) = (History::Many.data(plan), History::Empty.data(plan));
    let sessions = History::sessions(plan);
    let events = sessions * 100;
    vec![Row {
        name: "start",
        about: format!(
            "start to ready: {sessions} sessions, {events} events, {sessions} queued dispatches, against nothing"
        ),
        unit: "ms",
        pairs: plan.in_turn(|_| ready_after(many.path()), |_| ready_after(empty.path())),
        target: Target::AtMost(3.0, 2.0),
    }]
}
