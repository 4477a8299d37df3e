//! The documentation runs as it stands, and suffices: programs that know nothing else work.

use std::process::Command;

use super::world::World;

/// The shell blocks of a section.
fn script(document: &str, section: &str) -> String {
    let rest = document.split_once(&format!("\n## {section}\n")).expect("the section is there").1;
    let section = rest.split("\n## ").next().unwrap();
    let blocks = section.split("```sh\n").skip(1).map(|it| it.split("```").next().unwrap());
    blocks.collect()
}

#[test]
fn the_dialogue_of_the_api_runs_as_it_stands() {
    let world = World::serving(true);
    let ana = world.admin();
    let token = ana.run(&["token", "create", "--name", "api", "--json"]).ok().json();
    let document = include_str!("../../../docs/api.md");
    let said = Command::new("bash")
        .arg("-euc")
        .arg(script(document, "A dialogue"))
        .env("WARDROOM", world.url())
        .env("TOKEN", token["secret"].as_str().unwrap())
        .output()
        .unwrap();
    let (out, err) = (String::from_utf8_lossy(&said.stdout), String::from_utf8_lossy(&said.stderr));
    assert!(said.status.success(), "{out}\n{err}");
    let lines: Vec<_> = out.lines().filter(|it| !it.is_empty()).collect();
    let events: Vec<_> =
        lines.iter().filter_map(|it| it.split_once(' ')?.0.parse::<u32>().ok()).collect();
    assert_eq!(events, (1..=u32::try_from(events.len()).unwrap()).collect::<Vec<_>>());
    let told: Vec<_> = lines.into_iter().filter(|it| !it.starts_with(char::is_numeric)).collect();
    insta::assert_snapshot!(told.join("\n"), @r#"
    ana
    collaborator
    watch
    comment
    prompt_with_approval
    comment
    pending
    approved
    demo-allow-once
    closed
    data: {"type":"end","payload":{"reason":"closed"}}
    "#);
}

#[test]
fn a_program_asks_as_the_page_says() {
    let world = World::serving(false);
    let token = world.admin().run(&["token", "create", "--name", "api", "--json"]).ok().json();
    let document = include_str!("../../../docs/api.md");
    let dialogue = script(document, "A dialogue");
    let words = dialogue.split_once("\nAS=").expect("what the page defines first").0;
    let said = Command::new("bash")
        .args(["-euc", &format!("{words}\n{}", script(document, "Programs that ask"))])
        .env("WARDROOM", world.url())
        .env("TOKEN", token["secret"].as_str().unwrap())
        .output()
        .unwrap();
    let (out, err) = (String::from_utf8_lossy(&said.stdout), String::from_utf8_lossy(&said.stderr));
    assert!(said.status.success(), "{out}\n{err}");
    insta::assert_snapshot!(out, @r"
    pending
    withdrawn
    0
    64
    ");
}

#[test]
fn a_client_in_another_language_does_all_that_the_page_says() {
    let world = World::serving(true);
    let token = world.admin().run(&["token", "create", "--name", "client", "--json"]).ok().json();
    let said = Command::new("python3")
        .arg(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/client/client.py"))
        .args([&world.url(), token["secret"].as_str().unwrap()])
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .output()
        .unwrap();
    let (out, err) = (String::from_utf8_lossy(&said.stdout), String::from_utf8_lossy(&said.stderr));
    assert!(said.status.success(), "{out}\n{err}");
    insta::assert_snapshot!(out, @r"
    people came in
    they talked, also through a tunnel
    a prompt was edited and approved, and the agent's question answered
    what is refused says why; every list was read to its end
    the last word went round, somebody was removed, somebody left
    the session ended, and its stream with it
    ");
}
