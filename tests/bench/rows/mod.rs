//! The rows: what is measured against what.

mod agents;
mod fanout;
mod host_events;
mod memory;
mod posts;
mod reads;
mod start;
mod tools;

use crate::{plan::Plan, table::Row};

/// What measures a row, or a few rows at once.
type Measure = fn(&Plan) -> Vec<Row>;

/// Every measurement, with the names of the rows that come of it.
pub(crate) const ALL: &[(&[&str], Measure)] = &[
    (&["post/echo"], posts::against_echo),
    (&["post/one-tx", "post/p99"], posts::against_one_tx),
    (&["post/sessions"], posts::among_sessions),
    (&["page"], reads::page),
    (&["snapshot"], reads::snapshot),
    (&["resume"], reads::resume),
    (&["fanout/nchan", "fanout/plain"], fanout::fan_out),
    (&["delivery"], fanout::delivery),
    (&["memory/stream"], memory::idle_stream),
    (&["memory/sessions"], memory::sessions),
    (&["start"], start::ready),
    (&["agents"], agents::streaming),
    (&["hosts/events", "hosts/few", "hosts/sockets"], host_events::fan_out),
    (&["tools/one", "tools/many", "tools/echo"], tools::round_trips),
];
