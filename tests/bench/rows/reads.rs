//! Reads of a session with a long history against those of one with a short one, from the same server.

use tempfile::TempDir;

use crate::{
    fixture::History,
    load::{Connection, drive, resumes, runtime},
    plan::Plan,
    requests,
    servers::{Role, Server},
    table::{Row, Target},
};

/// How many connections read.
const READERS: usize = 16;
/// How many messages a page has.
const PAGE: u64 = 50;
/// How many events a client missed.
const MISSED: u64 = 100;

fn server(plan: &Plan) -> (Server, TempDir) {
    let data = History::Long.data(plan);
    (Server::start(Role::Wardroom, Some(data.path())), data)
}

/// Each connection goes through these requests again and again.
fn compare(plan: &Plan, server: &Server, a: &[Vec<u8>], b: &[Vec<u8>]) -> Vec<(f64, f64)> {
    let (a, b) = (vec![a.to_vec(); READERS], vec![b.to_vec(); READERS]);
    plan.in_turn(
        |time| drive(server.address, &a, time).per_second(),
        |time| drive(server.address, &b, time).per_second(),
    )
}

/// The newest page, and one from the middle.
fn pages(server: &Server, session: u64, messages: u64) -> Vec<Vec<u8>> {
    let newest = requests::get(session, &format!("/messages?order=desc&limit={PAGE}"));
    let middle = messages / 2;
    // Cursors are the server's own: page through to the middle, as a client would.
    let cursor = runtime().block_on(async {
        let mut connection = Connection::open(server.address).await.expect("a connection");
        let (mut cursor, mut seen) = (String::new(), 0);
        while seen < middle {
            let limit = (middle - seen).min(500);
            let page = format!("/messages?limit={limit}{cursor}");
            connection.call(&requests::get(session, &page)).await;
            let page: serde_json::Value =
                serde_json::from_slice(connection.body()).expect("a page");
            cursor = format!("&cursor={}", page["nextCursor"].as_str().expect("more"));
            seen += limit;
        }
        cursor
    });
    let middle = requests::get(session, &format!("/messages?limit={PAGE}{cursor}"));
    vec![newest, middle]
}

pub(super) fn page(plan: &Plan) -> Vec<Row> {
    let (server, _data) = server(plan);
    let (long, (short, _)) = (History::long(plan), History::short());
    let (a, b) = (pages(&server, 0, long), pages(&server, 1, short));
    vec![Row {
        name: "page",
        about: format!("GET a page of {PAGE} messages, {long} in the session against {short}"),
        unit: "/s",
        pairs: compare(plan, &server, &a, &b),
        target: Target::AtLeast(0.9, 0.95),
    }]
}

pub(super) fn snapshot(plan: &Plan) -> Vec<Row> {
    let (server, _data) = server(plan);
    let (a, b) = ([requests::get(0, "")], [requests::get(1, "")]);
    vec![Row {
        name: "snapshot",
        about: format!(
            "GET session, {} events in it against {}",
            History::long(plan),
            History::short().1
        ),
        unit: "/s",
        pairs: compare(plan, &server, &a, &b),
        target: Target::AtLeast(0.9, 0.95),
    }]
}

pub(super) fn resume(plan: &Plan) -> Vec<Row> {
    let (server, _data) = server(plan);
    let (long, short) = (History::long(plan), History::short().1);
    let (a, b) = (requests::resume(0, long - MISSED), requests::resume(1, short - MISSED));
    let pairs = plan.in_turn(
        |time| resumes(server.address, &a, MISSED, time),
        |time| resumes(server.address, &b, MISSED, time),
    );
    vec![Row {
        name: "resume",
        about: format!(
            "open a stream, read {MISSED} missed events, go; {long} events against {short}"
        ),
        unit: "/s",
        pairs,
        target: Target::AtLeast(0.9, 0.95),
    }]
}
