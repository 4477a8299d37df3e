//! Every exit code of the manual, each by what really leads to it.

use std::fs;

use super::world::World;

#[test]
fn what_is_called_wrongly_ends_with_2() {
    let world = World::serving(false);
    let ana = world.admin();
    ana.run(&["inbx"]).failed(2, "did you mean inbox?");
    ana.run(&["approve"]).failed(2, "<ID>");
    ana.run(&["share", "claud"]).failed(2, "did you mean claude?");
    ana.run(&["prompt", "checkout", "--wiat"]).failed(2, "--wait");
    ana.run(&["join", "https://wardroom.example/elsewhere"]).failed(2, "not a link to join");
    ana.run(&["watch", "-s", "ftp://x"]).failed(2, "not the address of a server");
    // Before any agent is started.
    ana.run(&["share", "demo", "--uses", "0"]).failed(2, "--uses");
    ana.run(&["share", "demo", "--expires", "500d"]).failed(2, "more than a year");
    ana.run(&["approve", "@1"]).failed(2, "no inbox was listed");
    ana.run(&["user", "add", " "]).failed(2, "the name is empty");
}

#[test]
fn an_id_that_names_several_things_ends_with_2_and_the_candidates() {
    let world = World::serving(false);
    let ana = world.admin();
    ana.share(&["demo", "--title", "Checkout, first"]);
    ana.share(&["demo", "--title", "Checkout, second"]);
    let said = ana.run(&["sessions", "show", "checkout"]).failed(2, "names 2 sessions");
    assert!(said.err.contains("Checkout, first") && said.err.contains("Checkout, second"));
    ana.run(&["watch"]).failed(2, "2 sessions are active");
}

#[test]
fn what_is_not_there_ends_with_3() {
    let world = World::serving(false);
    let ana = world.admin();
    ana.run(&["show", "apr_000000"]).failed(3, "hint: what waits for you: wardroom inbox");
    ana.run(&["prompt", "nowhere", "hello"]).failed(3, "sessions list --all");
    ana.run(&["watch"]).failed(3, "no session is active");
    ana.run(&["token", "revoke", "tok_000000"]).failed(3, "there is no token");
    ana.run(&["settle", "dsp_000000", "drop"]).failed(3, "there is no dispatch");
    ana.run(&["verify", "nothing.db"]).failed(3, "there is no database");
}

#[test]
fn who_may_not_or_is_not_known_ends_with_4() {
    let world = World::serving(false);
    let (ana, kim) = (world.admin(), world.person("kim").with("WARDROOM_SERVER", world.url()));
    let session = ana.share(&["demo"])["session"]["id"].as_str().unwrap().to_owned();
    kim.run(&["inbox"]).failed(4, "wardroom login");
    kim.run(&["host"]).failed(4, "wardroom login");
    let kim = kim.with("WARDROOM_TOKEN", "wr_usr_nonsense");
    kim.run(&["inbox"]).failed(4, "not a token of wardroom");
    let read = ana.run(&["token", "create", "--scope", "read"]).ok().out;
    let reader = world.person("reader").with("WARDROOM_SERVER", world.url());
    let reader = reader.with("WARDROOM_TOKEN", read.trim());
    reader.run(&["prompt", &session, "hello"]).failed(4, "PROMPT_NOT_ALLOWED");
    assert!(reader.run(&["whoami"]).ok().out.contains("(scope read)"));
    let token = ana.run(&["token", "list", "--plain"]).ok().first();
    ana.run(&["token", "revoke", &token]).ok();
    reader.run(&["whoami"]).failed(4, "UNAUTHENTICATED");
}

#[test]
fn what_is_over_ends_with_5_and_says_who_was_first() {
    let world = World::serving(false);
    let ana = world.admin();
    ana.share(&["demo", "--title", "Checkout"]);
    ana.run(&["prompt", "checkout", "ask make"]).ok();
    let asked = ana.waiting("permission");
    ana.run(&["approve", &asked]).ok();
    ana.run(&["approve", &asked]).ok();
    ana.run(&["reject", &asked]).failed(5, "ana approved this");
    ana.run(&["sessions", "close", "checkout"]).ok();
    ana.run(&["prompt", "checkout", "hello"]).failed(5, "SESSION_INACTIVE");
    ana.run(&["comment", "checkout", "hello"]).failed(5, "SESSION_INACTIVE");
}

#[test]
fn what_nobody_decided_in_time_ends_with_6() {
    let world = World::serving(false);
    let ana = world.admin();
    ana.share(&["demo", "--title", "Checkout"]);
    ana.run(&["prompt", "checkout", "ask make"]).ok();
    let asked = ana.waiting("permission");
    ana.run(&["sessions", "close", "checkout"]).ok();
    ana.run(&["approve", &asked]).failed(6, "nothing ran");
}

#[test]
fn where_no_server_answers_it_ends_with_7() {
    let world = World::empty();
    let ana = world.admin();
    ana.run(&["inbox"]).failed(7, "no server runs on");
    ana.run(&["inbox", "-s", "http://127.0.0.1:1"]).failed(7, "cannot reach http://127.0.0.1:1");
    ana.run(&["demo", "-s", "http://127.0.0.1:1"]).failed(7, "cannot reach http://127.0.0.1:1");
    // Containers know no other code of a health check.
    ana.run(&["healthcheck", "http://127.0.0.1:1"]).failed(1, "cannot reach");
}

#[test]
fn an_agent_that_fails_ends_with_8() {
    let world = World::serving(false);
    let ana = world.admin();
    ana.run(&["share", "--", "no-such-agent"]).failed(8, "no-such-agent is not installed");
    ana.run(&["share", "--", "false"]).failed(8, "ended before it was ready");
    ana.run(&["share", "--detach", "--", "false"]).failed(8, "ended before it was ready");
    ana.share(&["demo", "--title", "Checkout"]);
    ana.run(&["prompt", "checkout", "--wait", "fail"]).ended(8);
    ana.run(&["prompt", "checkout", "--wait", "auth"]).ended(8);
}

#[test]
fn a_server_that_cannot_start_says_so_with_74_75_or_78() {
    let world = World::serving(false);
    let ana = world.admin();
    let held = ana.run(&["serve", "--listen", "127.0.0.1:0"]).failed(75, "another server holds");
    assert!(held.err.contains("process "), "it says who: {held:?}");
    let config = ana.home.join("config.toml");
    fs::write(&config, "colour = \"red\"\n").unwrap();
    let wrong = ["serve", "--data-dir", "other", "--config", config.to_str().unwrap()];
    ana.run(&wrong).failed(78, "there is no key colour");
    ana.run(&["serve", "--data-dir", "other", "--listen", "192.0.2.1:0"]).failed(78, "--base-url");
    fs::write(ana.home.join("garbage.db"), "this is no database, and never was".repeat(99))
        .unwrap();
    let garbage = ana.home.join("garbage.db");
    ana.run(&["verify", garbage.to_str().unwrap()]).failed(74, "cannot be read");
}
