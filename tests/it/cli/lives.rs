//! The lives of agents from the command line: paused, resumed, completed, aborted, started again, and shown.

use super::{
    guests::join,
    settings::configured,
    world::{Person, World, until},
};

/// The lines of `sessions show` that begin with these words, without the times in them.
fn shown(ana: &Person, words: &[&str]) -> String {
    let said = ana.run(&["sessions", "show"]).ok();
    let lines = said.out.lines().map(str::trim);
    let lines = lines.filter(|it| words.iter().any(|word| it.starts_with(word)));
    lines.map(str::to_owned).collect::<Vec<_>>().join("\n")
}

/// Sends a prompt that the agent asks about, and waits until it does.
fn asks(ana: &Person) {
    ana.run(&["prompt", "checkout", "ask make"]).ok();
    ana.waiting("permission");
}

#[test]
fn an_agent_is_paused_resumed_completed_and_shown() {
    let world = World::serving(false);
    let ana = world.admin();
    ana.share(&["demo", "--title", "Checkout"]);
    let begun = shown(&ana, &["life", "elapsed", "idle"]);
    assert!(begun.starts_with("life     active\nelapsed  "), "{begun}");
    assert!(begun.ends_with("idle     as long as it likes"), "{begun}");
    asks(&ana);
    let paused = ana.run(&["sessions", "pause", "--reason", "lunch"]).ok();
    assert_eq!(paused.out, "");
    assert!(paused.err.starts_with("✓ demo is paused; prompts wait in its queue\n"), "{paused:?}");
    assert!(paused.err.contains("hint: go on: wardroom sessions resume ses_"), "{paused:?}");
    let words = shown(&ana, &["life"]);
    assert!(
        words.starts_with("life     paused, changed ") && words.ends_with(": lunch"),
        "{words}"
    );
    ana.run(&["sessions", "pause"]).failed(5, "does not go from paused to paused");
    let again = ana.run(&["sessions", "resume", "checkout", "--json"]).json();
    let change = &again["agentSession"]["lifeChange"];
    assert_eq!(
        (&again["agentSession"]["life"], &change["channel"]),
        (&"active".into(), &"cli".into())
    );
    // What runs goes on to its end first.
    let completing = ana.run(&["sessions", "complete", "checkout"]).ok();
    assert!(completing.err.starts_with("✓ demo is completed as soon as"), "{completing:?}");
    assert!(shown(&ana, &["life"]).starts_with("life     completed as soon as"));
    ana.run(&["sessions", "resume"]).failed(5, "hint: wait for it, or abort it");
    let asked = ana.waiting("permission");
    ana.run(&["reject", &asked]).ok();
    until("the end of the agent", || {
        shown(&ana, &["life"]).contains("completed, changed").then_some(())
    });
    ana.run(&["prompt", "checkout", "hello"]).failed(5, "the agent session has ended");
    ana.run(&["sessions", "close", "checkout"]).ok();
}

#[test]
fn an_agent_is_paused_with_its_turn_aborted_and_never_started_again() {
    let world = World::serving(false);
    let ana = world.admin();
    ana.share(&["demo", "--title", "Checkout"]);
    asks(&ana);
    ana.run(&["sessions", "pause", "--stop-turn"]).ok();
    until("an empty inbox", || ana.run(&["inbox"]).ok().out.is_empty().then_some(()));
    ana.run(&["sessions", "resume"]).ok();
    let restarted = until("the end of the turn", || {
        let said = ana.run(&["sessions", "restart", "--fresh"]);
        (said.code == 0).then_some(said)
    });
    assert!(restarted.err.contains("demo goes on, with a new conversation"), "{restarted:?}");
    ana.run(&["sessions", "abort"]).failed(2, "<SESSION>");
    let aborted = ana.run(&["sessions", "abort", "checkout", "--reason", "wrong branch"]).ok();
    assert!(
        aborted.err.starts_with("✓ demo is aborted; the session stays open to read"),
        "{aborted:?}"
    );
    assert!(
        aborted.err.contains("hint: end that too: wardroom sessions close ses_"),
        "{aborted:?}"
    );
    assert!(shown(&ana, &["life"]).ends_with(": wrong branch"));
    ana.run(&["sessions", "restart"]).failed(5, "the agent session has ended");
    ana.run(&["comment", "checkout", "what a pity"]).ok();
}

#[test]
fn how_long_an_agent_may_be_idle_is_shown_to_its_owner_and_guests_steer_nothing() {
    let (world, ana) = configured("idle_timeout = \"5m\"");
    let shared = ana.share(&["own", "--title", "Checkout"]);
    assert_eq!(shown(&ana, &["idle"]), "idle     its process ends after 5m");
    let document = ana.run(&["sessions", "show", "--json"]).json();
    assert_eq!(document["agentSession"]["idleTimeoutSeconds"], 300);
    let (kim, link) = (world.person("kim"), shared["inviteUrl"].as_str().unwrap());
    join(&world, &kim, link);
    let seen = kim.run(&["sessions", "show", link]).ok().out;
    assert!(seen.contains("life     active\n") && !seen.contains("idle "), "{seen}");
    for word in ["pause", "resume", "complete", "abort"] {
        kim.run(&["sessions", word, link]).failed(4, "HOST_REQUIRED");
    }
    ana.run(&["sessions", "close", "checkout"]).ok();
}
