//! Help that is there when it is needed.

use super::world::{World, until};

#[test]
fn help_explains_exit_codes_variables_configuration_roles_keys_and_commands() {
    let world = World::empty();
    let ana = world.admin();
    let help = |words: &[&str]| {
        let said = ana.run(&[&["help"], words].concat()).ok();
        assert_eq!(said.err, "", "what was asked for goes to stdout");
        said.out
    };
    assert_eq!(help(&[]), ana.run(&["--help"]).ok().out);
    assert!(help(&["exit-codes"]).contains("75  another process holds the data directory"));
    assert!(help(&["env"]).contains("WARDROOM_DATA_DIR"));
    assert!(help(&["config"]).contains("[agents.review]"));
    assert!(help(&["roles"]).contains("prompt_with_approval"));
    assert!(help(&["keys"]).contains("Ctrl-Z   suspend; fg comes back"));
    assert!(
        help(&["watch"]).contains("--decisions-only") && help(&["watch"]).contains("Examples:")
    );
    assert!(help(&["token", "create"]).contains("--scope"));
    ana.run(&["help", "exit-code"]).failed(2, "did you mean exit-codes?");
}

#[test]
fn the_first_words_of_a_server_say_where_and_what_next() {
    let world = World::empty();
    let kim = world.person("kim");
    let mut server = world.start(&kim, "serve", &["--listen", "127.0.0.1:0", "--no-local-host"]);
    let last = "Ctrl-C stops. Approvals and history stay.";
    let said = until("a greeting", || Some(world.read("serve.err")).filter(|it| it.contains(last)));
    for part in ["➜  Open     http://127.0.0.1:", "/setup#wr_set_", "one time, valid 30 min"] {
        assert!(said.contains(part), "{part} is missing in {said}");
    }
    assert!(said.contains("➜  Data     ~/.local/share/wardroom   new"), "{said}");
    assert_eq!(world.read("serve.out"), "", "words go to stderr");
    server.signal(rustix::process::Signal::TERM);
    assert_eq!(server.ended(), 0);
}

#[test]
fn every_command_of_the_manual_is_there_and_explains_itself() {
    let world = World::empty();
    let ana = world.admin();
    let all = ana.run(&["--help"]).ok().out;
    for command in [
        "serve",
        "host",
        "demo",
        "user",
        "token",
        "login",
        "logout",
        "whoami",
        "share",
        "join",
        "watch",
        "inbox",
        "show",
        "approve",
        "reject",
        "answer",
        "prompt",
        "comment",
        "stop",
        "restart",
        "settle",
        "sessions",
        "verify",
        "healthcheck",
        "version",
        "help",
    ] {
        assert!(all.contains(&format!("\n  {command} ")), "{command} is not listed");
        let said = ana.run(&[command, "--help"]).ok();
        assert!(said.out.contains("Usage: wardroom ") && said.err.is_empty(), "{said:?}");
    }
    assert!(!all.contains("demo-agent") && !all.contains("host-keeper"), "those are for programs");
}
