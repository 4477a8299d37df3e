//! The network breaks, and nobody else does.

use serde_json::Value;

use super::machines::Machines;
use crate::cli::{
    network::Network,
    world::{World, until},
};

#[test]
fn a_line_that_breaks_in_the_middle_of_a_turn_loses_no_word_and_doubles_none() {
    let world = World::serving(false);
    let kim = Machines::of(&world, "kim", "25");
    let (_host, id) = kim.host(&world, "laptop");
    let session = kim.share(&id);
    let words = ["prompt", &session, "--wait", "slow 150"];
    let mut turn = world.start(&kim.phone, "turn", &words);
    for _ in 0..3 {
        kim.until_more(&session);
        kim.network.lose();
        until("words that nobody hears", || (kim.network.lost() > 0).then_some(()));
        kim.network.cut();
    }
    kim.until_more(&session);
    kim.network.goes_down();
    kim.until_status(&session, "away");
    kim.network.comes_back();
    assert_eq!(turn.ended(), 0, "{}", world.read("turn.err"));
    let history = kim.history(&world, &session);
    let expected = (1..=150).map(|n| format!("{n} of 150\n")).collect::<Vec<_>>().concat();
    assert_eq!(history.words(), expected);
    assert_eq!(history.count("prompt_dispatch_completed"), 1);
    assert!(history.count("host_disconnected") >= 1 && history.count("host_connected") >= 1);
}

#[test]
fn what_is_decided_while_the_host_is_away_is_waiting_for_it_when_it_is_back() {
    let mut world = World::serving(false);
    let kim = Machines::of(&world, "kim", "50");
    let (_host, id) = kim.host(&world, "laptop");
    let session = kim.share(&id);
    let mut turn = world.start(&kim.phone, "turn", &["prompt", &session, "--wait", "ask make"]);
    let asked = kim.phone.waiting("permission");
    kim.network.goes_down();
    kim.until_status(&session, "away");
    world.kill_server();
    world.serve(&["--no-local-host"]);
    kim.until_status(&session, "away");
    assert_eq!(kim.phone.waiting("permission"), asked, "it is still open");
    kim.phone.run(&["approve", &asked]).ok();
    let shown = kim.phone.run(&["show", &asked, "--json"]).json();
    assert_eq!(shown["approval"]["status"], "approved");
    assert_eq!(shown["approval"]["deliveredAt"], Value::Null, "{shown}");
    kim.network.comes_back();
    assert_eq!(turn.ended(), 0, "{}", world.read("turn.err"));
    let shown = kim.phone.run(&["show", &asked, "--json"]).json();
    assert!(shown["approval"]["deliveredAt"].is_string(), "{shown}");
    let history = kim.history(&world, &session);
    assert_eq!((history.count("approval_requested"), history.count("approval_resolved")), (1, 1));
    assert_eq!(history.count("prompt_dispatch_completed"), 1);
    assert_eq!(kim.received(), ["ask make"]);
}

#[test]
fn a_share_from_another_machine_goes_on_through_a_network_that_is_down_and_a_server_that_is_killed()
{
    let mut world = World::serving(false);
    let secret = world.admin().run(&["user", "add", "kim"]).ok().out;
    let network = Network::to(&world.url());
    let phone = world.person("phone").with("WARDROOM_SERVER", world.url());
    let phone = phone.with("WARDROOM_TOKEN", secret.trim());
    let laptop = world.person("laptop").with("WARDROOM_SERVER", network.url());
    let laptop = laptop.with("WARDROOM_TOKEN", secret.trim());
    let words = ["share", "demo", "--title", "Shop", "--plain"];
    let mut share = world.start(&laptop, "share", &words);
    until("the link", || world.read("share.out").contains("➜ watch").then_some(()));
    let mut turn = world.start(&phone, "turn", &["prompt", "shop", "--wait", "ask make"]);
    let asked = phone.waiting("permission");
    network.goes_down();
    let away = || world.read("share.err").contains("◌ reconnecting").then_some(());
    until("its word that the line is broken", away);
    until("its host's", || {
        world.read("share.err").contains("the server is away; the agent works on").then_some(())
    });
    world.kill_server();
    world.serve(&["--no-local-host"]);
    phone.run(&["approve", &asked]).ok();
    network.comes_back();
    assert_eq!(turn.ended(), 0, "{}", world.read("turn.err"));
    until("that it is back", || {
        let said = world.read("share.err");
        (said.contains("✓ the server is back") && said.contains("✓ caught up")).then_some(())
    });
    phone.run(&["sessions", "close", "shop"]).ok();
    assert_eq!(share.ended(), 0, "{}", world.read("share.err"));
    let shown = world.read("share.out");
    assert_eq!(shown.matches("◔ apr_").count(), 1, "{shown}");
    assert_eq!(shown.matches("✓ the turn ended").count(), 1, "{shown}");
}
