//! Guests: a link is all they have, and all they need.

use rustix::process::Signal;

use super::world::{Person, World, until};

/// Joins by link, and leaves the live view; the seat stays.
pub(super) fn join(world: &World, guest: &Person, link: &str) {
    let mut view = world.start(guest, "join", &["join", link, "--name", "Kim"]);
    let seated = || {
        let said = world.read("join.err");
        (said.contains("joined as Kim") && said.contains("ses_")).then_some(())
    };
    until("a seat and its view", seated);
    view.signal(Signal::INT);
    assert_eq!(view.ended(), 130, "{}", world.read("join.err"));
}

#[test]
fn who_has_joined_by_link_goes_on_by_link_as_the_same_person() {
    let world = World::serving(false);
    let (ana, kim) = (world.admin(), world.person("kim"));
    let link =
        ana.share(&["demo", "--title", "Checkout"])["inviteUrl"].as_str().unwrap().to_owned();
    kim.run(&["comment", &link, "hello"]).failed(4, "wardroom join");
    kim.run(&["join", &link]).failed(2, "--name NAME");
    join(&world, &kim, &link);
    kim.run(&["comment", &link, "Does", "this", "cover", "refunds?"]).ok();
    kim.run(&["prompt", &link, "fix it"]).ok();
    assert!(kim.run(&["sessions", "show", &link]).ok().out.contains("Kim, collaborator"));
    kim.run(&["sessions", "close", &link]).failed(4, "HOST_REQUIRED");
    kim.run(&["inbox"]).failed(7, "no server runs on");
    let people = ana.run(&["sessions", "show", "checkout"]).ok().out;
    assert_eq!(people.matches("person").count(), 2, "nobody came twice: {people}");
}

#[test]
fn a_link_that_is_wrong_or_used_up_lets_nobody_in() {
    let world = World::serving(false);
    let (ana, kim) = (world.admin(), world.person("kim"));
    let shared = ana.share(&["demo", "--uses", "1"]);
    let link = shared["inviteUrl"].as_str().unwrap();
    kim.run(&["join", &link[..link.len() - 3], "--name", "Kim"]).failed(2, "not a link to join");
    let other =
        link.replace(shared["session"]["id"].as_str().unwrap(), &uuid::Uuid::now_v7().to_string());
    kim.run(&["join", &other, "--name", "Kim"]).failed(4, "INVALID_INVITE_TOKEN");
    join(&world, &kim, link);
    world.person("sam").run(&["join", link, "--name", "Sam"]).failed(4, "INVITE_USED_UP");
}

#[test]
fn a_viewer_is_told_what_viewers_may_not() {
    let world = World::serving(false);
    let (ana, kim) = (world.admin(), world.person("kim"));
    let link = ana.share(&["demo"])["watchUrl"].as_str().unwrap().to_owned();
    join(&world, &kim, &link);
    assert!(!world.read("join.err").contains("send prompts"));
    kim.run(&["prompt", &link, "hello"]).failed(4, "PROMPT_NOT_ALLOWED");
    kim.run(&["comment", &link, "hello"]).failed(4, "COMMENT_NOT_ALLOWED");
}
