//! The host's process ends, and another one takes its place.

use rustix::process::Signal;

use super::machines::Machines;
use crate::cli::world::{World, until};

#[test]
fn a_host_that_is_started_again_says_of_its_turn_that_nobody_knows_and_goes_on_with_the_queue() {
    let world = World::serving(false);
    let kim = Machines::of(&world, "kim", "50");
    let (mut host, id) = kim.host(&world, "laptop");
    let session = kim.share(&id);
    kim.phone.run(&["prompt", &session, "hang"]).ok();
    until("a prompt that has arrived", || (kim.received() == ["hang"]).then_some(()));
    kim.phone.run(&["prompt", &session, "echo after it"]).ok();
    host.signal(Signal::KILL);
    host.ended();
    kim.until_status(&session, "away");
    assert_eq!(kim.received(), ["hang"]);

    let (_host, again) = kim.host(&world, "laptop");
    assert_eq!(again, id, "it is the same host, in another process");
    let line = until("an unknown outcome", || {
        let inbox = kim.phone.run(&["inbox", "--plain"]).ok().out;
        inbox.lines().find(|it| it.starts_with("dsp_")).map(str::to_owned)
    });
    until("the next prompt", || (kim.received() == ["hang", "echo after it"]).then_some(()));
    kim.until_status(&session, "idle");
    let dispatch = line.split('\t').next().unwrap();
    kim.phone.run(&["settle", dispatch, "drop"]).ok();
    let history = kim.history(&world, &session);
    assert_eq!(history.words(), "after it");
    assert_eq!(history.count("prompt_dispatch_unknown"), 1);
    assert_eq!(history.count("prompt_dispatch_completed"), 1);
}

#[test]
fn a_host_that_sleeps_and_wakes_goes_on_where_it_was() {
    let world = World::serving(false);
    let kim = Machines::of(&world, "kim", "25");
    let (host, id) = kim.host(&world, "laptop");
    let session = kim.share(&id);
    let words = ["prompt", &session, "--wait", "slow 60"];
    let mut turn = world.start(&kim.phone, "turn", &words);
    kim.until_more(&session);
    // The lid is closed: the process stands still, and by the time it wakes its connection is long gone.
    host.signal(Signal::STOP);
    kim.network.goes_down();
    kim.until_status(&session, "away");
    kim.network.comes_back();
    host.signal(Signal::CONT);
    assert_eq!(turn.ended(), 0, "{}", world.read("turn.err"));
    let history = kim.history(&world, &session);
    let expected = (1..=60).map(|n| format!("{n} of 60\n")).collect::<Vec<_>>().concat();
    assert_eq!(history.words(), expected);
    assert_eq!(history.count("prompt_dispatch_unknown"), 0);
}
