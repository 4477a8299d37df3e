//! Files of every schema there was: each opens, is whole, and is read through the API of today.

use std::{
    fs,
    path::{Path, PathBuf},
};

use rusqlite::{Connection, types::ValueRef};
use serde_json::{Value, json};

use crate::world::{Caller, World};

/// The fixtures, by their schema.
fn fixtures() -> Vec<PathBuf> {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures");
    let files = fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().path());
    let mut files: Vec<_> =
        files.filter(|path| path.extension().is_some_and(|it| it == "db")).collect();
    files.sort();
    files
}

#[test]
fn the_present_schema_has_a_fixture() {
    let migrations = Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations");
    let newest = fs::read_dir(migrations).unwrap().filter_map(|entry| {
        let name = entry.unwrap().file_name().into_string().unwrap();
        name.strip_prefix('V')?.split_once("__")?.0.parse::<u32>().ok()
    });
    let newest = format!("v{}.db", newest.max().unwrap());
    assert!(
        fixtures().iter().any(|path| path.ends_with(&newest)),
        "tests/fixtures has no {newest}"
    );
}

#[tokio::test]
async fn every_old_file_opens_recovers_is_whole_and_is_read_through_the_api() {
    for file in fixtures() {
        let world = World::of_file(&file).await;
        world.verify().await;
        let mut told = Vec::new();
        let list = world.get(&Caller::Local, "/api/shared-sessions").await.ok(200);
        for session in list["sessions"].as_array().unwrap().iter().rev() {
            told.push(read(&world, session).await);
        }
        let name = file.file_stem().unwrap().to_str().unwrap();
        insta::assert_snapshot!(format!("{name}_through_the_api"), told.join("\n"));

        // And life goes on in it.
        let eve = world.user("Eve").await;
        let mut room = world.room_of(&eve, json!({"mode": "prompt_direct"})).await;
        world.prompt(&room, &eve, "hello").await;
        let prompt = room.laptop.accepts().await;
        room.laptop.succeeds(&prompt).await;
        world.verify().await;
    }
}

/// Everything that the API says of a session, in a few lines.
async fn read(world: &World, session: &Value) -> String {
    let path = format!("/api/shared-sessions/{}", session["id"].as_str().unwrap());
    let get = async |rest: &str| world.get(&Caller::Local, &format!("{path}{rest}")).await.ok(200);
    let shown = get("").await;
    let listed = session.as_object().unwrap();
    for (name, value) in listed.iter().filter(|(name, _)| *name != "now") {
        assert_eq!(shown["session"][name], *value, "{name}");
    }
    // A list says of a session that goes on how its agent is, too.
    let is_over = session["status"] != "active";
    assert!(
        is_over && session["now"].is_null()
            || session["now"]["agentSession"] == shown["agentSession"]
    );
    let mut lines = vec![format!(
        "{} {} {} up to {}, {}",
        session["title"],
        session["mode"],
        session["status"],
        session["lastSeq"],
        shown["agentSession"]["status"],
    )];
    let list = async |rest: &str, what: &str| -> Vec<Value> {
        get(rest).await[what].as_array().unwrap().clone()
    };
    for it in list("/participants", "participants").await {
        lines.push(format!("  {} {} {}", it["displayName"], it["role"], it["leftReason"]));
    }
    for it in list("/messages", "messages").await {
        lines.push(format!("  {}: {}", it["kind"], it["text"]));
    }
    let mut approvals = list("/approvals?limit=200", "approvals").await;
    approvals.reverse();
    for it in approvals {
        let what = it["prompt"].as_str().unwrap_or(it["action"].as_str().unwrap());
        lines.push(format!(
            "  {} {what:?} {} {} {}",
            it["kind"], it["status"], it["reason"], it["dispatch"]["state"]
        ));
    }
    let events = list("/events?limit=500", "events").await;
    let seqs: Vec<_> = events.iter().map(|it| it["seq"].as_i64().unwrap()).collect();
    assert_eq!(seqs, (1..=session["lastSeq"].as_i64().unwrap()).collect::<Vec<_>>());
    lines.join("\n").replace('"', "")
}

#[test]
fn the_views_are_read_without_a_join() {
    let newest = fixtures().pop().unwrap();
    let file = Connection::open_with_flags(newest, rusqlite::OpenFlags::SQLITE_OPEN_READ_ONLY);
    let file = file.unwrap();
    for view in ["v_pending", "v_approvals", "v_timeline"] {
        insta::assert_snapshot!(view, table(&file, &format!("select * from {view}")));
    }
}

/// What a query gives, without ids, as text.
fn table(file: &Connection, sql: &str) -> String {
    let mut statement = file.prepare(sql).unwrap();
    let names: Vec<_> = statement.column_names().into_iter().map(str::to_owned).collect();
    let mut lines = vec![names.join(" | ")];
    let mut rows = statement.query([]).unwrap();
    while let Some(row) = rows.next().unwrap() {
        let cell = |n| match row.get_ref(n).unwrap() {
            ValueRef::Null => "-".to_owned(),
            ValueRef::Integer(number) => number.to_string(),
            ValueRef::Text(text) => match std::str::from_utf8(text).unwrap() {
                id if id.len() == 36 && id.parse::<uuid::Uuid>().is_ok() => "<id>".to_owned(),
                other => other.to_owned(),
            },
            other => panic!("a view shows {other:?}"),
        };
        lines.push((0..names.len()).map(cell).collect::<Vec<_>>().join(" | "));
    }
    lines.join("\n")
}
