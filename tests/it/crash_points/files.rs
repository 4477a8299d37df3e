//! C21 and C22: the server stops in order, and migrations are cut off.

use std::{fs, path::Path, thread};

use refinery::{Migration, Runner};
use rusqlite::Connection;
use serde_json::json;
use tempfile::TempDir;
use wardroom::{
    Code,
    config::Config,
    domain::Clock,
    server::{Server, StartError},
    store::{self, MigrateError},
};

use crate::world::{World, work};

fn config(dir: &Path) -> Config {
    Config {
        listen: vec!["127.0.0.1:0".parse().unwrap()],
        local_host: false,
        ..Config::of(dir.to_owned()).expect("defaults hold")
    }
}

fn look(file: &Path, sql: &str) -> i64 {
    let conn = Connection::open(file).unwrap();
    conn.query_row(sql, [], |row| row.get(0)).unwrap()
}

#[tokio::test]
async fn c21_a_server_that_stops_writes_what_is_queued_and_leaves_one_whole_file() {
    let world = World::new().await;
    let room = world.room("comment_only").await;
    let by = world.known(&room.hana).await;
    let held = world.hold().await;
    for n in 0..200 {
        let (app, by, id) = (world.app().clone(), by.clone(), room.session());
        let comment = serde_json::from_value(json!({"text": n.to_string()})).unwrap();
        world.queue(work(async move { app.post_message(&by, id, comment, None).await })).await;
    }
    tokio::join!(world.store().close(), async { held.release() });
    let late = world.store().write(async |_| Ok(())).await.unwrap_err();
    assert_eq!((late.code, late.message.as_str()), (Code::Busy, "the server is stopping"));
    assert_eq!(world.look::<i64>("select count(*) from messages"), 200);
    let log = world.file().with_extension("db-wal");
    assert_eq!(fs::metadata(log).map_or(0, |it| it.len()), 0, "the log is folded into the file");
    assert_eq!(store::verify(&world.file()).unwrap(), []);
}

#[tokio::test]
async fn c21_a_server_that_stops_notes_it_and_gives_its_directory_to_the_next() {
    let home = TempDir::new().unwrap();
    for run in 1..=2 {
        let server = Server::start(config(home.path()), Clock::System).await.unwrap();
        let held = Server::start(config(home.path()), Clock::System).await.unwrap_err();
        assert_eq!(held.exit_code(), 75, "{held}");
        server.stop().await;
        let file = home.path().join(store::FILE);
        let ended = "select count(*) from server_runs where stopped_at is not null";
        assert_eq!(look(&file, ended), run);
        assert!(!home.path().join(wardroom::config::SOCKET).exists());
    }
}

/// A file as this release makes it, and where it is.
fn file() -> (TempDir, std::path::PathBuf) {
    let home = TempDir::new().unwrap();
    let file = home.path().join(store::FILE);
    store::migrate(&file).unwrap();
    (home, file)
}

/// The migrations of this release and some of the next.
fn next_release(more: &[(&str, &str)]) -> Runner {
    let first = include_str!("../../../migrations/V1__first.sql");
    let mut migrations = vec![Migration::unapplied("V1__first", first).unwrap()];
    migrations.extend(more.iter().map(|(name, sql)| Migration::unapplied(name, sql).unwrap()));
    Runner::new(&migrations)
}

const SMALL: (&str, &str) = ("V2__small", "create table small (n integer) strict;");
/// Too large for the page cache: SQLite writes pages into its log long before the COMMIT.
const LARGE: (&str, &str) = (
    "V3__large",
    "create table large (n integer, text text) strict;
     insert into large with recursive numbers (n) as (select 1 union all select n + 1 from numbers where n < 200000)
     select n, hex(zeroblob(50)) from numbers;
     create index large_by_text on large (text, n);",
);

#[test]
fn c22_a_migration_that_is_cut_off_was_not_there_and_the_next_start_goes_on() {
    let (home, file) = file();
    let log = file.with_extension("db-wal");
    let migration = thread::spawn({
        let file = file.clone();
        move || store::migrate_with(&file, &next_release(&[SMALL, LARGE]))
    });
    // A kill is a copy of what the file system has, in the middle of the large one.
    while fs::metadata(&log).map_or(0, |it| it.len()) < 1 << 20 {
        thread::yield_now();
    }
    let killed = home.path().join("killed.db");
    fs::copy(&file, &killed).unwrap();
    fs::copy(&log, killed.with_extension("db-wal")).unwrap();
    assert!(!migration.is_finished(), "that was the middle");
    let ran = "select max(version) from refinery_schema_history";
    let large = "select count(*) from sqlite_schema where name like 'large%'";
    assert_eq!((look(&killed, ran), look(&killed, large)), (2, 0), "one is whole, one not there");
    store::migrate_with(&killed, &next_release(&[SMALL, LARGE])).unwrap();
    assert_eq!((look(&killed, ran), look(&killed, large)), (3, 2));
    assert_eq!(look(&killed, "select count(*) from large"), 200_000);
    assert_eq!(store::verify(&killed).unwrap(), []);
    migration.join().unwrap().unwrap();
}

#[test]
fn c22_a_migration_that_fails_half_way_leaves_the_file_at_the_one_before() {
    let (_home, file) = file();
    let broken =
        ("V3__broken", "create table half (n integer) strict; insert into nowhere values (1);");
    let failed = store::migrate_with(&file, &next_release(&[SMALL, broken])).unwrap_err();
    assert!(matches!(failed, MigrateError::Refinery(_)), "{failed}");
    let half = "select count(*) from sqlite_schema where name = 'half'";
    let ran = "select max(version) from refinery_schema_history";
    assert_eq!((look(&file, ran), look(&file, half)), (2, 0));
    let mended = ("V3__broken", "create table half (n integer) strict;");
    store::migrate_with(&file, &next_release(&[SMALL, mended])).unwrap();
    assert_eq!((look(&file, ran), look(&file, half)), (3, 1));
}

#[tokio::test]
async fn c22_a_program_older_than_the_schema_refuses_with_78_and_changes_nothing() {
    let (home, file) = file();
    store::migrate_with(&file, &next_release(&[SMALL])).unwrap();
    let before = fs::read(&file).unwrap();
    let refused = Server::start(config(home.path()), Clock::System).await.unwrap_err();
    let newer = matches!(refused, StartError::Migrate(MigrateError::TooNew { found: 2, known: 1 }));
    assert!(newer && refused.exit_code() == 78, "{refused}");
    assert!(fs::read(&file).unwrap() == before, "not a byte has changed");
}
