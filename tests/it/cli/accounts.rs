//! Accounts and tokens: beside a running server, on the file when none runs; secrets are printed once.

use std::{fs, os::unix::fs::PermissionsExt};

use super::world::{Person, World};

/// A secret of an account.
fn is_secret(text: &str) -> bool {
    text.starts_with("wr_usr_") && text.len() == 56
}

fn accounts_and_tokens_go_well(ana: &Person) {
    let kim = ana.run(&["user", "add", "kim", "--json"]).json();
    let keys: Vec<_> = kim.as_object().unwrap().keys().collect();
    assert_eq!(keys, ["user", "token"], "the shape that scripts rely on");
    assert_eq!((&kim["user"]["name"], &kim["user"]["admin"]), (&"kim".into(), &false.into()));
    let secret = kim["token"].as_str().unwrap();
    assert!(is_secret(secret));
    ana.run(&["user", "add", "kim"]).failed(2, "somebody has that name already");

    let made = ana.run(&["user", "add", "sam", "--admin"]).ok();
    assert!(is_secret(made.out.trim_end()), "stdout is the token and nothing else: {made:?}");
    let token = ana.run(&["token", "create", "--name", "ci", "--scope", "read"]).ok();
    assert!(is_secret(token.out.trim_end()), "{token:?}");
    let host =
        ana.run(&["token", "create", "--scope", "host", "--expires", "30d", "--json"]).json();
    assert!(is_secret(host["secret"].as_str().unwrap()));

    let users = ana.run(&["user", "list", "--plain"]).ok().out;
    let names: Vec<_> = users.lines().map(|it| it.split('\t').nth(1).unwrap()).collect();
    assert_eq!(names, ["ana", "kim", "sam"]);
    let tokens = ana.run(&["token", "list"]).ok().out;
    assert!(tokens.contains("ci") && tokens.contains("read") && tokens.contains("30d"), "{tokens}");
    for list in
        [&["token", "list", "--json"][..], &["user", "list", "--json"], &["token"], &["user"]]
    {
        assert!(!ana.run(list).ok().out.contains("wr_"), "a secret is shown once: {list:?}");
    }
    let ci = ana.run(&["token", "list", "--plain"]).ok();
    let ci = ci.out.lines().find(|it| it.contains("\tci\t")).unwrap().split('\t').next().unwrap();
    ana.run(&["token", "revoke", ci]).ok();
    let after = ana.run(&["token", "list"]).ok().out;
    assert!(after.lines().any(|it| it.contains("ci") && it.contains("revoked")), "{after}");
    ana.run(&["token", "revoke", ci]).failed(3, "revoked already");
}

#[test]
fn accounts_and_tokens_are_made_listed_and_ended_beside_a_running_server() {
    accounts_and_tokens_go_well(&World::serving(false).admin());
}

#[test]
fn accounts_and_tokens_are_made_listed_and_ended_where_no_server_has_run_yet() {
    let world = World::empty();
    accounts_and_tokens_go_well(&world.admin());
    let file = world.data().join("wardroom.db").metadata().unwrap();
    assert_eq!(file.permissions().mode() & 0o777, 0o600, "what is in there is for nobody else");
}

#[test]
fn the_person_at_this_machine_may_add_an_account_of_their_own_name() {
    let world = World::empty();
    let ana = world.admin();
    ana.run(&["user", "add", "ana"]).failed(2, "add --admin");
    let added = ana.run(&["user", "add", "ana", "--admin", "--json"]).json();
    assert_eq!((&added["user"]["name"], &added["user"]["admin"]), (&"ana".into(), &true.into()));
    ana.run(&["user", "add", "ana", "--admin"]).failed(2, "somebody has that name already");
    assert_eq!(ana.run(&["user", "list", "--plain"]).ok().out.lines().count(), 1);
}

#[test]
fn login_keeps_a_token_for_its_owner_alone() {
    let world = World::serving(false);
    let secret = world.admin().run(&["user", "add", "kim"]).ok().out;
    let kim = world.person("kim");
    let file = kim.home.join("token");
    fs::write(&file, &secret).unwrap();
    let said = kim.run(&["login", &world.url(), "--token-file", file.to_str().unwrap()]).ok();
    assert_eq!(said.out, "");
    assert!(said.err.contains("as kim"), "{said:?}");
    let kept = kim.home.join(".config/wardroom/credentials.json");
    assert_eq!(kept.metadata().unwrap().permissions().mode() & 0o777, 0o600);
    assert!(kim.run(&["whoami"]).ok().out.starts_with("kim at http://127.0.0.1"));
    kim.run(&["user", "add", "x"]).failed(4, "only an admin");
    kim.run(&["logout"]).ok();
    kim.run(&["whoami"]).failed(7, "no server runs on");
    assert!(!fs::read_to_string(kept).unwrap().contains("wr_usr_"), "what is forgotten is gone");
}

#[test]
fn no_secret_is_logged_or_seen_in_the_arguments_of_a_process() {
    let world = World::empty();
    let ana = world.admin().with("WARDROOM_LOG_LEVEL", "trace");
    let mut server = world.start(&ana, "server", &["serve", "--listen", "127.0.0.1:0"]);
    super::world::until("the server", || ana.run(&["whoami"]).code.eq(&0).then_some(()));
    let secrets = [
        ana.run(&["user", "add", "kim"]).ok().out,
        ana.run(&["token", "create"]).ok().out,
        ana.share(&["demo"])["inviteUrl"].as_str().unwrap().split('#').nth(1).unwrap().to_owned(),
    ];
    let token = secrets[1].trim().to_owned();
    let kim = world.person("kim").with("WARDROOM_TOKEN", token).with("WARDROOM_LOG_LEVEL", "trace");
    let url = world
        .read("server.err")
        .lines()
        .find_map(|it| Some(it.split("Open     ").nth(1)?.split('/').nth(2)?.to_owned()));
    let seen = kim.run(&["whoami", "-vv", "-s", &url.unwrap()]).ok().err;
    let log = world.read("server.err") + &seen;
    assert!(log.contains("TRACE"), "everything is logged");
    for secret in secrets {
        let secret = secret.trim();
        assert!(secret.starts_with("wr_") && !log.contains(secret), "{secret} is in the log");
        assert!(!arguments().contains(secret), "{secret} is in the arguments of a process");
    }
    server.signal(rustix::process::Signal::TERM);
    assert_eq!(server.ended(), 0);
}

/// The arguments of every process that this one may look at.
fn arguments() -> String {
    let processes = fs::read_dir("/proc").unwrap().flatten();
    let read = |it: fs::DirEntry| fs::read(it.path().join("cmdline")).ok();
    processes.filter_map(read).map(|it| String::from_utf8_lossy(&it).into_owned()).collect()
}
