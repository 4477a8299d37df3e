//! `prompt --wait`: a script goes on when the turn has ended well, and learns why not.

use super::world::{Person, World, until};

/// A session of ana's, and kim who has joined it by link.
fn shared(world: &World) -> (Person, Person, String) {
    let (ana, kim) = (world.admin(), world.person("kim"));
    let link =
        ana.share(&["demo", "--title", "Checkout"])["inviteUrl"].as_str().unwrap().to_owned();
    super::guests::join(world, &kim, &link);
    (ana, kim, link)
}

#[test]
fn a_prompt_that_was_carried_out_ends_with_0_and_the_agents_words_alone_on_stdout() {
    let world = World::serving(false);
    let (ana, kim, link) = shared(&world);
    let mut waits =
        world.start(&kim, "waits", &["prompt", &link, "--wait", "echo", "well", "done"]);
    ana.run(&["approve", &ana.waiting("prompt")]).ok();
    assert_eq!(waits.ended(), 0);
    assert_eq!(world.read("waits.out"), "well done\n");
    assert!(world.read("waits.err").contains("waits for the host's yes"));
    let said = ana.run(&["prompt", "checkout", "-w", "--json", "echo", "again"]).json();
    assert_eq!(said["approval"]["dispatch"]["state"], "succeeded");
}

#[test]
fn a_prompt_that_was_rejected_ends_with_9_and_the_reason() {
    let world = World::serving(false);
    let (ana, kim, link) = shared(&world);
    let mut waits = world.start(&kim, "waits", &["prompt", &link, "rm -r .", "--wait"]);
    ana.run(&["reject", &ana.waiting("prompt"), "--reason", "not on my machine"]).ok();
    assert_eq!(waits.ended(), 9);
    assert!(world.read("waits.err").contains("not on my machine"));
    assert_eq!(world.read("waits.out"), "");
}

#[test]
fn a_prompt_that_nobody_decided_in_time_ends_with_6() {
    let world = World::serving(false);
    let (ana, kim, link) = shared(&world);
    let mut waits = world.start(&kim, "waits", &["prompt", &link, "--wait", "hello"]);
    ana.waiting("prompt");
    ana.run(&["sessions", "close", "checkout"]).ok();
    assert_eq!(waits.ended(), 6, "{}", world.read("waits.err"));
}

#[test]
fn a_turn_that_is_stopped_ends_with_1() {
    let world = World::serving(false);
    let (ana, _, _) = shared(&world);
    let mut waits = world.start(&ana, "waits", &["prompt", "checkout", "--wait", "hang"]);
    until("a running turn", || {
        (ana.run(&["stop", "checkout"]).ok().err.contains("told to stop")).then_some(())
    });
    assert_eq!(waits.ended(), 1);
    assert!(world.read("waits.err").contains("the turn was stopped"));
    assert!(ana.run(&["stop", "checkout"]).ok().err.contains("nothing runs"));
}

#[test]
fn a_rejection_tells_the_agent_why_when_it_is_told_to() {
    let world = World::serving(false);
    let (ana, _, _) = shared(&world);
    let mut turn = world.start(&ana, "turn", &["prompt", "checkout", "--wait", "ask make"]);
    let asked = ana.waiting("permission");
    ana.run(&["reject", &asked, "--tell-agent"]).failed(2, "there is nothing to tell the agent");
    let mut watch = world.start(&ana, "watch", &["watch", "checkout", "--json"]);
    let said = ana.run(&["reject", &asked, "--tell-agent", "--reason", "echo use nextest"]).ok();
    assert!(said.err.contains("as ana · the agent is told why"), "{said:?}");
    until("what the agent makes of it", || {
        world.read("watch.out").contains("\"text\":\"use nextest\"").then_some(())
    });
    turn.ended();
    ana.run(&["sessions", "close", "checkout"]).ok();
    watch.ended();
}
