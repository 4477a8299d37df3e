//! What the settings of an agent in the configuration file do: with a real server, host and agent.

use std::fs;

use serde_json::Value;

use super::world::{Person, World, until};

/// A server whose admin has these settings for an agent of their own, which is the demo agent by another name.
pub(super) fn configured(settings: &str) -> (World, Person) {
    let mut world = World::empty();
    let ana = world.admin();
    let dir = ana.home.join(".config/wardroom");
    fs::create_dir_all(&dir).unwrap();
    let (program, state) = (env!("CARGO_BIN_EXE_wardroom"), ana.home.join("conversations"));
    let state = state.to_str().unwrap();
    let command =
        format!("[{program:?}, \"demo-agent\", \"--speed\", \"0\", \"--state-dir\", {state:?}]");
    let config = format!("[agents.own]\ncommand = {command}\n{settings}\n");
    fs::write(dir.join("config.toml"), config).unwrap();
    world.serve(&["--no-local-host"]);
    (world, ana)
}

/// How the agent of the session is.
fn status(ana: &Person, session: &str) -> Value {
    ana.run(&["sessions", "show", session, "--json"]).json()["agentSession"]["status"].take()
}

#[test]
fn an_agent_that_was_idle_for_too_long_is_closed_and_goes_on_where_it_was_at_the_next_prompt() {
    let (world, ana) = configured("idle_timeout = \"1s\"");
    let shared = ana.share(&["own", "--title", "Checkout"]);
    let session = shared["session"]["id"].as_str().unwrap();
    for text in ["one", "two"] {
        let said = ana.run(&["prompt", session, "-w", "echo", text]).ok();
        assert_eq!(said.out, format!("{text}\n"));
        until("the end of an idle agent", || (status(&ana, session) == "stopped").then_some(()));
    }
    // One conversation: a file of the agent's with both prompts in it.
    let kept: Vec<_> = fs::read_dir(ana.home.join("conversations")).unwrap().collect();
    let texts = kept.into_iter().map(|it| fs::read_to_string(it.unwrap().path()).unwrap());
    let both = texts.filter(|it| it.contains("echo one") && it.contains("echo two")).count();
    assert_eq!(both, 1);
    ana.run(&["sessions", "close", session]).ok();
    assert!(ana.run(&["verify"]).ok().err.contains("everything holds"));
    drop(world);
}

#[test]
fn an_agent_that_takes_no_input_of_people_says_so_to_whoever_prompts_it() {
    let (_world, ana) = configured("allow_human_input = false");
    let shared = ana.share(&["own", "--title", "Checkout"]);
    let session = shared["session"]["id"].as_str().unwrap();
    let refused = ana.run(&["prompt", session, "echo", "hello"]);
    assert!(refused.err.contains("this agent takes no input of people"), "{refused:?}");
    assert_ne!(refused.code, 0);
    ana.run(&["comment", session, "I only watch."]).ok();
    ana.run(&["sessions", "close", session]).ok();
}

#[test]
fn an_agent_that_is_turned_off_is_not_shared_and_a_setting_that_is_unknown_is_told() {
    let (_world, ana) = configured("enabled = false");
    ana.run(&["share", "own"]).failed(2, "the agent \"own\" is turned off");
    let (program, dir) = (env!("CARGO_BIN_EXE_wardroom"), ana.home.join(".config/wardroom"));
    let wrong = format!("[agents.own]\ncommand = [{program:?}]\nidle_timout = \"5m\"\n");
    fs::write(dir.join("config.toml"), wrong).unwrap();
    ana.run(&["share", "own"]).failed(78, "did you mean idle_timeout?");
}
