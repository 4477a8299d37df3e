//! What is set, by whom, and what is said when it does not hold.

use std::{fs, os::unix::fs::PermissionsExt};

use serde_json::Value;

use super::world::{World, until};

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

#[test]
fn a_server_is_set_up_by_the_environment_once_and_without_a_secret_in_it() {
    let world = World::empty();
    let file = world.admin().home.join("password");
    fs::write(&file, "correct horse\n").unwrap();
    let named = |name: &str, file: &std::path::Path| {
        let ana = world.admin().with("WARDROOM_ADMIN_USER", name);
        ana.with("WARDROOM_ADMIN_PASSWORD_FILE", file)
    };
    let serve = ["serve", "--json", "--listen", "127.0.0.1:0", "--no-local-host"];
    let short = world.admin().home.join("short");
    fs::write(&short, "1234567").unwrap();
    named("Ana", &short).run(&serve).failed(78, "at least 8 characters");
    let missing = world.admin().home.join("missing");
    named("Ana", &missing).run(&serve).failed(78, "WARDROOM_ADMIN_PASSWORD_FILE: ");
    world.admin().with("WARDROOM_ADMIN_USER", "Ana").run(&serve).failed(78, "WARDROOM_ADMIN_USER");

    for name in ["Ana", "Eve"] {
        let mut server = world.start(&named(name, &file), name, &serve);
        let ready = until("a server", || {
            let line = world.read(&format!("{name}.out"));
            serde_json::from_str::<Value>(line.lines().next()?).ok()
        });
        assert_eq!(ready["setupLink"], Value::Null, "nobody needs it");
        server.signal(rustix::process::Signal::TERM);
        assert_eq!(server.ended(), 0);
    }
    let users = world.admin().run(&["user", "list", "--plain"]).ok().out;
    assert!(users.contains("Ana") && !users.contains("Eve"), "the first one stays: {users}");
}
