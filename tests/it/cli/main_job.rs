//! The main job of the product, by commands alone, with the server killed where it hurts.

use serde_json::Value;

use super::world::{World, until};

#[test]
fn a_guests_prompt_is_edited_approved_and_carried_out_once_through_two_kills_of_the_server() {
    let mut world = World::serving(false);
    let (ana, kim) = (world.admin(), world.person("kim"));
    ana.run(&["healthcheck"]).ok();
    let shared = ana.share(&["demo", "--title", "Fix the flaky checkout test"]);
    let (session, link) =
        (shared["session"]["id"].as_str().unwrap(), shared["inviteUrl"].as_str().unwrap());
    let mut watch = world.start(&ana, "watch", &["watch", session, "--json", "--since", "0"]);

    // A guest joins and proposes; the host's server dies before anybody has looked.
    super::guests::join(&world, &kim, link);
    let proposed = "ask make the suite";
    let mut waits = world.start(&kim, "waits", &["prompt", link, "--wait", proposed]);
    ana.waiting("prompt");
    world.kill_server();
    ana.run(&["inbox"]).failed(7, "no server runs on");
    world.serve(&["--no-local-host"]);

    // The card is still there; the host changes a word and says yes.
    assert!(ana.run(&["inbox"]).ok().out.contains("Kim: ask make the suite"));
    let editor = world.admin().with("EDITOR", "sed -i 's/suite/whole suite/'");
    let approved = editor.run(&["approve", "@1", "--edit"]).ok();
    assert!(
        approved.err.contains("(edited, 1 line) as ana · on its way to the agent"),
        "{approved:?}"
    );

    // The agent asks; the server dies again; the agent waits in its own process.
    let asked = ana.waiting("permission");
    assert!(ana.run(&["show", &asked]).ok().out.contains("make the whole suite"));
    world.kill_server();
    world.serve(&["--no-local-host"]);
    ana.run(&["approve", &asked, "--option", "allow_once"]).ok();
    assert_eq!(waits.ended(), 0, "{}", world.read("waits.err"));

    assert!(ana.run(&["stop", session]).ok().err.contains("nothing runs"));
    let listed = ana.run(&["sessions"]).ok().out;
    assert!(
        listed.contains("Fix the flaky checkout test") && listed.contains("active"),
        "{listed}"
    );
    ana.run(&["sessions", "close", session]).ok();
    assert_eq!(watch.ended(), 0);
    each_event_once(&world.read("watch.out"));
    let verified = ana.run(&["verify"]).ok();
    assert!(verified.err.contains("everything holds"), "{verified:?}");
    until("the end of the share", || {
        ana.run(&["sessions", "list", "--plain"]).ok().out.is_empty().then_some(())
    });
}

/// Every event came, in order, none twice; and the prompt went to the agent once.
fn each_event_once(lines: &str) {
    let events: Vec<Value> = lines.lines().map(|it| serde_json::from_str(it).unwrap()).collect();
    let seqs: Vec<_> = events.iter().map(|it| it["seq"].as_u64().unwrap()).collect();
    assert_eq!(seqs, (1..=events.len() as u64).collect::<Vec<_>>());
    let count = |kind: &str| events.iter().filter(|it| it["type"] == kind).count();
    for kind in [
        "prompt_pending_approval",
        "prompt_approved",
        "prompt_dispatch_started",
        "prompt_dispatch_completed",
        "approval_requested",
        "approval_resolved",
        "session_closed",
    ] {
        assert_eq!(count(kind), 1, "{kind} in {lines}");
    }
}
