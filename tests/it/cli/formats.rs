//! What programs read: JSON is a stable contract, stdout is data and stderr is words.

use serde_json::Value;

use super::{said::timeless, world::World};
use crate::world::masked;

#[test]
fn the_documents_of_accounts_and_checks() {
    let world = World::serving(false);
    let ana = world.admin();
    let documents = [
        ana.run(&["user", "add", "kim", "--json"]).masked(),
        ana.run(&["user", "list", "--json"]).masked(),
        ana.run(&["token", "create", "--name", "ci", "--scope", "read", "--json"]).masked(),
        ana.run(&["token", "list", "--json"]).masked(),
        ana.run(&["whoami", "--json"]).masked(),
        ana.run(&["healthcheck", "--json"]).masked(),
        ana.run(&["verify", "--json"]).masked(),
        ana.run(&["inbox", "--json"]).masked(),
        ana.run(&["version", "--json"]).masked(),
    ];
    let documents = documents.join("\n");
    insta::assert_snapshot!(documents);
}

#[test]
fn the_documents_of_a_session() {
    let world = World::serving(false);
    let ana = world.admin();
    let shared = ana.share(&["demo", "--title", "Checkout"]);
    let session = shared["session"]["id"].as_str().unwrap();
    let prompt = ana.run(&["prompt", session, "ask make", "--json"]).masked();
    let asked = ana.waiting("permission");
    let documents = [
        masked(&timeless(shared.clone())),
        ana.run(&["sessions", "list", "--json"]).masked(),
        prompt,
        ana.run(&["comment", session, "hello", "--json"]).masked(),
        ana.run(&["inbox", "--json"]).masked(),
        ana.run(&["show", &asked, "--json"]).masked(),
        ana.run(&["approve", &asked, "--json"]).masked(),
        ana.run(&["show", &format!("{session}#1"), "--json"]).masked(),
        ana.run(&["sessions", "close", session, "--json"]).masked(),
    ];
    let folder = ana.folder().to_str().unwrap();
    let documents = documents.join("\n").replace(folder, "<folder>");
    insta::assert_snapshot!(documents);
}

#[test]
fn a_stream_is_a_line_for_each_event_as_the_api_writes_it() {
    let world = World::serving(false);
    let ana = world.admin();
    let shared = ana.share(&["demo", "--title", "Checkout"]);
    let session = shared["session"]["id"].as_str().unwrap();
    ana.run(&["comment", session, "hello"]).ok();
    ana.run(&["sessions", "close", session]).ok();
    let said = ana.run(&["watch", session, "--since", "0", "--json"]).ok();
    assert_eq!(said.err, "");
    let events: Vec<Value> = said.out.lines().map(|it| serde_json::from_str(it).unwrap()).collect();
    let seqs: Vec<_> = events.iter().map(|it| it["seq"].as_u64().unwrap()).collect();
    assert_eq!(seqs, (1..=events.len() as u64).collect::<Vec<_>>());
    for event in &events {
        let keys: Vec<_> = event.as_object().unwrap().keys().map(String::as_str).collect();
        assert_eq!(keys, ["seq", "type", "sharedSessionId", "timestamp", "payload"]);
    }
    assert!(events.iter().any(|it| it["type"] == "message_created"));
}

#[test]
fn data_goes_to_stdout_and_words_to_stderr() {
    let world = World::serving(false);
    let ana = world.admin();
    ana.share(&["demo", "--title", "Checkout"]);
    ana.run(&["prompt", "checkout", "ask make"]).ok();
    let asked = ana.waiting("permission");
    let table = ana.run(&["inbox"]).ok();
    assert!(
        table.out.starts_with("ID ")
            && table.out.contains("Checkout")
            && table.out.contains("$ make")
    );
    assert!(table.err.starts_with("hint: wardroom show apr_"), "{table:?}");
    let plain = ana.run(&["inbox", "--plain"]).ok();
    assert_eq!((plain.out.matches('\t').count(), plain.err.as_str()), (5, ""), "{plain:?}");
    let quiet = ana.run(&["approve", &asked, "--quiet"]).ok();
    assert_eq!((quiet.out.as_str(), quiet.err.as_str()), ("", ""));
    let all = ana.run(&["inbox", "--all"]).ok();
    assert!(all.out.contains("STATUS") && all.out.contains("allow_once "), "{all:?}");
    assert!(ana.run(&["show", "@1"]).ok().out.contains("allow_once"), "the line of the list");
    let done = ana.run(&["stop", "checkout"]).ok();
    assert_eq!(done.out, "");
    let empty = ana.run(&["inbox"]).ok();
    assert_eq!((empty.out.as_str(), empty.err.as_str()), ("", "hint: nothing waits for you\n"));
}

#[test]
fn colours_and_signs_are_for_terminals_that_show_them() {
    let world = World::serving(false);
    let ana = world.admin();
    assert!(!ana.run(&["inbox"]).ok().err.contains('\u{1b}'), "a pipe is no terminal");
    assert!(ana.run(&["inbox", "--color", "always"]).ok().err.contains('\u{1b}'));
    let ascii = world.admin().with("LC_ALL", "C").run(&["share", "demo", "--detach"]).ok();
    assert!(ascii.out.is_ascii() && ascii.err.is_ascii(), "{ascii:?}");
}
