//! Running agents: the server's own host, a share in the background, agents and hosts that end.

use rustix::process::Signal;

use super::world::{World, until};

#[test]
fn the_demo_starts_a_server_where_none_runs_and_waits_for_its_host() {
    let world = World::empty();
    let ana = world.admin();
    let words = ["demo", "--listen", "127.0.0.1:0", "--speed", "50", "--no-open"];
    let mut demo = world.start(&ana, "demo", &words);
    let said = until("the links", || {
        let said = world.read("demo.out");
        said.contains("The cards come back.").then_some(said)
    });
    for part in ["➜ page", "/setup#wr_set_", "➜ guest", "#wr_inv_", "➜ here", "Invite your phone"]
    {
        assert!(said.contains(part), "{part} is missing in {said}");
    }
    // The scripted teammate joins, comments and prompts.
    ana.waiting("prompt");
    let events = ana.run(&["sessions", "list", "--json"]).json();
    let session = events["data"][0]["id"].as_str().unwrap();
    assert!(
        ana.run(&["sessions", "show", session]).ok().out.contains("Sam (scripted), collaborator")
    );
    // A second one needs no server of its own.
    let again = ana.run(&["demo", "--json"]).json();
    assert!(
        again["pageUrl"].is_string()
            && again["inviteUrl"].is_string()
            && again["session"].is_object()
    );
    // A third one takes the place of both, with nobody in it but its host.
    let alone = ana.run(&["demo", "--no-guest", "--reset", "--json"]).json();
    let list = ana.run(&["sessions", "list", "--json"]).json();
    let active = list["data"].as_array().unwrap();
    assert_eq!((active.len(), &active[0]["id"]), (1, &alone["session"]["id"]));
    demo.signal(Signal::TERM);
    assert_eq!(demo.ended(), 0);
}

#[test]
fn ctrl_c_at_the_server_says_that_agents_go_on() {
    let world = World::empty();
    let ana = world.admin();
    let mut server = world.start(&ana, "server", &["serve", "--listen", "127.0.0.1:0"]);
    until("the server", || ana.run(&["whoami"]).code.eq(&0).then_some(()));
    ana.run(&["demo", "--speed", "50"]).ok();
    server.signal(Signal::INT);
    until("its words", || world.read("server.err").contains("go on for 10 minutes").then_some(()));
    server.signal(Signal::INT);
    assert_eq!(server.ended(), 0);
}

#[test]
fn a_share_in_the_background_prints_only_the_link_if_told_so_and_ends_with_its_session() {
    let world = World::serving(false);
    let ana = world.admin();
    let said = ana.run(&["share", "demo", "--detach", "--quiet", "--title", "Quiet"]).ok();
    assert_eq!((said.out.lines().count(), said.err.as_str()), (1, ""), "{said:?}");
    assert!(said.out.contains("/join/") && said.out.contains("#wr_inv_"));
    let told = ana.run(&["share", "demo", "--detach", "--title", "Loud"]).ok();
    assert!(told.out.contains("➜ invite") && told.out.contains("➜ watch"), "{told:?}");
    assert!(told.err.contains("wardroom sessions close ses_"), "{told:?}");
    for title in ["quiet", "loud"] {
        ana.run(&["prompt", title, "--wait", "echo hello"]).ok();
        ana.run(&["sessions", "close", title]).ok();
    }
    let ended = || ana.run(&["sessions", "list", "--plain"]).ok().out.is_empty().then_some(());
    until("the end of the sessions", ended);
}

#[test]
fn an_account_shares_an_agent_from_another_machine_and_the_agent_sees_no_token() {
    let world = World::serving(false);
    let secret = world.admin().run(&["user", "add", "kim"]).ok().out;
    let kim = world.person("kim").with("WARDROOM_SERVER", world.url());
    let kim = kim.with("WARDROOM_TOKEN", secret.trim());
    let agent =
        format!("env > seen; exec '{}' demo-agent --speed 0", env!("CARGO_BIN_EXE_wardroom"));
    kim.share(&["--title", "Kims", "--", "sh", "-c", &agent]);
    assert_eq!(kim.run(&["prompt", "kims", "--wait", "echo hello"]).ok().out, "hello\n");
    let seen = std::fs::read_to_string(kim.folder().join("seen")).unwrap();
    assert!(seen.contains("HOME=") && !seen.contains("wr_usr_"), "{seen}");
    assert!(world.admin().run(&["sessions"]).ok().out.contains("Kims"), "an admin sees it");
    kim.run(&["sessions", "close", "kims"]).ok();
}

#[test]
fn a_share_without_a_terminal_ends_its_session_when_it_is_told_to_stop() {
    let world = World::serving(false);
    let ana = world.admin();
    let mut share = world.start(&ana, "share", &["share", "demo", "--title", "Here", "-q"]);
    until("the link", || world.read("share.out").contains("#wr_inv_").then_some(()));
    assert_eq!(world.read("share.err"), "");
    share.signal(Signal::INT);
    assert_eq!(share.ended(), 0);
    assert!(ana.run(&["sessions", "list", "--all", "--plain"]).ok().out.contains("closed"));
}

#[test]
fn an_agent_that_crashed_is_started_again_by_command() {
    let world = World::serving(false);
    let ana = world.admin();
    ana.share(&["demo", "--title", "Checkout"]);
    ana.run(&["prompt", "checkout", "--wait", "crash"]).ended(8);
    ana.run(&["restart", "checkout"]).ok();
    assert_eq!(ana.run(&["prompt", "checkout", "--wait", "echo back"]).ok().out, "back\n");
    ana.run(&["restart", "nowhere"]).failed(3, "there is no session");
}

#[test]
fn what_became_unknown_is_listed_shown_and_settled_by_command() {
    let mut world = World::serving(true);
    let ana = world.admin();
    // The host may not be there yet: demo waits for it.
    ana.run(&["demo"]).ok();
    ana.run(&["prompt", "flaky", "hang"]).ok();
    until("a running turn", || {
        let held = ana.run(&["sessions", "show", "flaky"]).ok().out;
        held.contains("running").then_some(())
    });
    // The host dies with its agents; another one takes its place.
    world.kill_host();
    let line = until("an unknown outcome", || {
        let inbox = ana.run(&["inbox", "--plain"]).ok().out;
        let at = inbox.lines().position(|it| it.starts_with("dsp_"))?;
        Some(format!("@{}", at + 1))
    });
    assert!(ana.run(&["show", &line]).ok().out.contains("hang"));
    ana.run(&["approve", &line]).failed(2, "wardroom settle dsp_");
    ana.run(&["settle", &line, "forget"]).failed(2, "possible values: retry, done, drop");
    assert!(ana.run(&["settle", &line, "drop"]).ok().err.contains("dropped"));
    ana.run(&["settle", &line, "done"]).failed(3, "only what the inbox calls unknown");
    world.kill_server();
}

#[test]
fn a_host_says_what_it_waits_for_and_what_it_offers() {
    let mut world = World::empty();
    let ana = world.admin();
    let mut host = world.start(&ana, "host", &["host"]);
    until("its words", || {
        world.read("host.err").contains("waiting for the server of").then_some(())
    });
    world.serve(&["--no-local-host"]);
    until("its server", || world.read("host.err").contains("offers demo").then_some(()));
    world.kill_server();
    until("its absence", || world.read("host.err").contains("the agents work on").then_some(()));
    host.signal(Signal::TERM);
    assert_eq!(host.ended(), 0);
    assert_eq!(
        world.read("host.err").matches("the server is away").count(),
        1,
        "its end is not an absence"
    );
    let mut second = world.start(&world.admin(), "none", &["host", "--agent", "nosuch"]);
    assert_eq!(second.ended(), 2);
}

#[test]
fn a_host_whose_token_a_server_does_not_know_ends_and_says_what_to_do() {
    let world = World::serving(false);
    let kim = world.person("kim").with("WARDROOM_SERVER", world.url());
    kim.run(&["host"]).failed(4, &format!("wardroom login {}", world.url()));
    let made = world.admin().run(&["token", "create", "--scope", "host", "--json"]).json();
    let kim = kim.with("WARDROOM_TOKEN", made["secret"].as_str().unwrap());
    let id = made["token"]["id"].as_str().unwrap();
    let mut host = world.start(&kim, "host", &["host", "--name", "laptop"]);
    until("its server", || world.read("host.err").contains("offers demo").then_some(()));
    world.admin().run(&["token", "revoke", id, "--yes"]).ok();
    assert_eq!(host.ended(), 4);
    assert!(world.read("host.err").contains("hint: log in: wardroom login URL"));
}
