//! `ask`: a script or a hook asks people, and its exit code says what they answered.

use super::world::{Person, World, until};

/// Somebody whose scripts ask, and the same person by a token that asked nothing.
fn ana(world: &World) -> (Person, Person) {
    let asks = world.admin();
    let made = asks.run(&["token", "create", "--name", "decides", "--json"]).json();
    let secret = made["secret"].as_str().unwrap().to_owned();
    let decides = world.person("decides").with("WARDROOM_SERVER", world.url());
    (asks, decides.with("WARDROOM_TOKEN", secret))
}

#[test]
fn a_script_goes_on_when_somebody_says_yes() {
    let world = World::serving(false);
    let (asks, decides) = ana(&world);
    let words =
        ["ask", "Deploy to production?", "-o", "yes", "-o", "no", "--details", "main, 3 files"];
    let mut waits = world.start(&asks, "waits", &words);
    let id = decides.waiting("action");
    let shown = decides.run(&["show", &id]).ok();
    assert!(
        shown.out.contains("Deploy to production?") && shown.out.contains("main, 3 files"),
        "{shown:?}"
    );
    asks.run(&["approve", &id]).failed(4, "what asked does not decide");
    decides.run(&["approve", &id]).ok();
    assert_eq!(waits.ended(), 0, "{}", world.read("waits.err"));
    assert_eq!(world.read("waits.out"), "yes\n");
}

#[test]
fn a_script_stops_when_somebody_says_no_and_says_why() {
    let world = World::serving(false);
    let (asks, decides) = ana(&world);
    let mut waits =
        world.start(&asks, "waits", &["ask", "Push?", "--option", "yes", "--option", "no"]);
    decides.run(&["reject", &decides.waiting("action"), "--reason", "it is Friday"]).ok();
    assert_eq!(waits.ended(), 9);
    assert_eq!(world.read("waits.out"), "no\n");
    assert!(world.read("waits.err").contains("the answer is no: it is Friday"));
}

#[test]
fn a_script_that_nobody_answers_in_time_stops_too() {
    let world = World::serving(false);
    let (asks, _) = ana(&world);
    asks.run(&["ask", "Push?", "--timeout", "300ms"]).failed(6, "nobody answered");
}

#[test]
fn a_script_waits_through_the_death_of_the_server() {
    let mut world = World::serving(false);
    let (asks, decides) = ana(&world);
    let mut waits = world.start(&asks, "waits", &["ask", "Push?"]);
    let id = decides.waiting("action");
    world.kill_server();
    world.serve(&["--no-local-host"]);
    decides.run(&["approve", &id]).ok();
    assert_eq!(waits.ended(), 0, "{}", world.read("waits.err"));
    assert_eq!(world.read("waits.out"), "approve\n");
}

#[test]
fn what_is_asked_again_by_its_name_is_the_same_question() {
    let world = World::serving(false);
    let (asks, decides) = ana(&world);
    let ask = ["ask", "Push?", "--request-id", "push-1", "--no-wait"];
    let first = asks.run(&ask).ok();
    assert_eq!(asks.run(&ask).ok().out, first.out);
    let words = ["ask", "Push?", "--request-id", "push-1"];
    let mut waits = world.start(&asks, "waits", &words);
    decides.run(&["approve", first.out.trim()]).ok();
    assert_eq!(waits.ended(), 0, "{}", world.read("waits.err"));
}

#[test]
fn a_script_that_is_interrupted_takes_its_question_back() {
    let world = World::serving(false);
    let (asks, decides) = ana(&world);
    let mut waits = world.start(&asks, "waits", &["ask", "Push?"]);
    decides.waiting("action");
    waits.signal(rustix::process::Signal::INT);
    assert_eq!(waits.ended(), 130);
    until("an empty inbox", || {
        let inbox = decides.run(&["inbox", "--json"]).json();
        inbox["data"].as_array().unwrap().is_empty().then_some(())
    });
}

#[test]
fn hosts_are_listed_and_others_are_let_do_what_their_owner_says() {
    let mut world = World::empty();
    world.serve(&[]);
    let (ana, _) = ana(&world);
    ana.run(&["user", "add", "kim"]).ok();
    let host = until("the server's own host", || {
        let hosts = ana.run(&["hosts", "--json"]).json();
        Some(hosts["data"].get(0)?["id"].as_str()?.to_owned())
    });
    let said = ana.run(&["hosts", "grant", &host, "kim", "--decide"]).ok();
    assert!(said.out.contains("kim"), "{said:?}");
    ana.run(&["hosts", "grants", "nowhere"]).failed(3, "there is no host nowhere");
    let taken = ana.run(&["hosts", "grant", &host, "kim"]).ok();
    assert!(!taken.out.contains("kim"), "{taken:?}");
}
