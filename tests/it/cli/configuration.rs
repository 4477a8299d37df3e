//! What is set, by whom, and what is said when it does not hold.

use std::{fs, os::unix::fs::PermissionsExt};

use super::world::World;

#[test]
fn a_file_to_begin_with_is_written_once_and_holds() {
    let world = World::empty();
    let ana = world.person("ana");
    let path = ana.home.join(".config/wardroom/config.toml");
    ana.run(&["config", "path"]).ok();
    ana.run(&["config", "init"]).ok();
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    assert_eq!(ana.run(&["config", "path"]).ok().out.trim(), path.display().to_string());
    ana.run(&["config", "check"]).ok();
    fs::write(&path, "lan = true\n").unwrap();
    ana.run(&["config", "init"]).failed(1, "--force writes over it");
    assert_eq!(fs::read_to_string(&path).unwrap(), "lan = true\n");
    ana.run(&["config", "init", "--force"]).ok();
    assert!(fs::read_to_string(&path).unwrap().contains("# lan = false"));
}

#[test]
fn every_value_says_where_it_comes_from() {
    let world = World::empty();
    let ana = world.person("ana").with("WARDROOM_LIMITS_STREAMS", "77");
    let path = ana.home.join("own.toml");
    fs::write(&path, "[sessions]\nendless = true\n[agents.review]\ncommand = [\"x\"]\n").unwrap();
    let file = path.to_str().unwrap();
    let all = ana.run(&["config", "show", "--json", "--config", file]).ok().json();
    let told = |key: &str| (all[key]["value"].clone(), all[key]["origin"].clone());
    assert_eq!(told("sessions.endless"), (true.into(), file.into()));
    assert_eq!(told("limits.streams"), (77.into(), "WARDROOM_LIMITS_STREAMS".into()));
    assert_eq!(told("lan"), (false.into(), "default".into()));
    assert_eq!(all["agents.review"]["origin"], file);
    let shown = ana.run(&["config", "show", "--origin", "--config", file]).ok().out;
    let line = shown.lines().find(|it| it.starts_with("limits.streams = 77")).unwrap();
    assert!(line.ends_with("# WARDROOM_LIMITS_STREAMS"), "{line}");
    let plain = ana.run(&["config", "--config", file]).ok().out;
    assert!(plain.contains("limits.streams = 77\n") && !plain.contains('#'), "{plain}");
}

#[test]
fn what_does_not_hold_is_said_with_78_and_nothing_starts() {
    let world = World::empty();
    let ana = world.person("ana");
    let path = ana.home.join("own.toml");
    let file = path.to_str().unwrap();
    for (text, said) in [
        ("[limits]\nstreems = 1\n", "did you mean limits.streams?"),
        ("[limits]\nstreams = \"many\"\n", "limits.streams (from "),
        ("listen = [\n", "TOML parse error"),
        ("listen = [\"0.0.0.0:7717\"]\n", "without TLS"),
        ("base_url = \"wardroom.example\"\n", "base_url must begin with"),
        ("[agents.review]\ncommand = []\n", "agents.review.command"),
    ] {
        fs::write(&path, text).unwrap();
        ana.run(&["config", "check", file]).failed(78, said);
        ana.run(&["config", "check", "--config", file]).failed(78, said);
    }
    for command in ["serve", "host"] {
        fs::write(&path, "[limits]\nstreems = 1\n").unwrap();
        ana.run(&[command, "--config", file]).failed(78, "did you mean limits.streams?");
    }
    ana.run(&["config", "check", "/nowhere/config.toml"]).failed(78, "No such file");
}
