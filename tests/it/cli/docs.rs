//! The documentation runs as it stands.

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
