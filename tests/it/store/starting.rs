//! What keeps a server from starting on a data directory, in one line and an exit code.

use std::path::Path;

use rusqlite::Connection;
use tempfile::TempDir;
use wardroom::{
    config::Config,
    domain::Clock,
    server::{Server, StartError},
    store,
};

async fn start(data_dir: &Path) -> Result<Server, StartError> {
    let config = Config {
        listen: vec!["127.0.0.1:0".parse().unwrap()],
        local_host: false,
        ..Config::of(data_dir.to_owned()).expect("defaults hold")
    };
    Server::start(config, Clock::System).await
}

/// Why no server starts: its exit code, and its line without the path.
async fn refused(data_dir: &Path) -> (u8, String) {
    let error = start(data_dir).await.expect_err("a server has started");
    (error.exit_code(), error.to_string().replace(&data_dir.display().to_string(), "<dir>"))
}

#[tokio::test]
async fn a_second_server_on_the_same_directory_is_told_who_holds_it() {
    let dir = TempDir::new().unwrap();
    let first = start(dir.path()).await.unwrap();
    let holder = format!("another server holds <dir>: process {}", std::process::id());
    assert_eq!(refused(dir.path()).await, (75, holder.clone()));
    assert_eq!(refused(dir.path()).await, (75, holder), "and it is still so");
    first.stop().await;
    start(dir.path()).await.unwrap().stop().await;
    assert_eq!(store::verify(&dir.path().join(store::FILE)).unwrap(), []);
}

#[tokio::test]
async fn a_file_that_durability_cannot_trust_is_a_matter_of_configuration() {
    let dir = TempDir::new().unwrap();
    let file = Connection::open(dir.path().join(store::FILE)).unwrap();
    file.execute_batch("create table theirs (x)").unwrap();
    drop(file);
    let reason = "the database cannot be opened: pragma auto_vacuum is 0, and not 2";
    assert_eq!(refused(dir.path()).await, (78, reason.to_owned()));
}

#[tokio::test]
async fn a_file_of_a_newer_version_is_left_as_it_is() {
    let dir = TempDir::new().unwrap();
    let path = dir.path().join(store::FILE);
    store::migrate(&path).unwrap();
    let newer = "insert into refinery_schema_history (version, name, applied_on, checksum)
                 values (99, 'later', '2027-01-01T00:00:00Z', '0')";
    Connection::open(&path).unwrap().execute(newer, []).unwrap();
    let before = std::fs::read(&path).unwrap();
    let (code, text) = refused(dir.path()).await;
    assert_eq!(code, 78);
    let reason = "the database cannot be used: the database has schema 99, and this program knows ";
    assert!(text.starts_with(reason), "{text}");
    assert_eq!(std::fs::read(&path).unwrap(), before);
}

#[tokio::test]
async fn what_is_no_database_is_never_replaced_by_an_empty_one() {
    let dir = TempDir::new().unwrap();
    let path = dir.path().join(store::FILE);
    let theirs = "These are the times that try men's souls. ".repeat(200);
    std::fs::write(&path, &theirs).unwrap();
    let (code, text) = refused(dir.path()).await;
    let reason = "the database cannot be used: file is not a database";
    assert_eq!((code, text.as_str()), (74, reason));
    assert_eq!(std::fs::read_to_string(&path).unwrap(), theirs);
}
