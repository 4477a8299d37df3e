//! Hosts of one name.

use serde_json::json;

use super::machines::Machines;
use crate::cli::world::World;

#[test]
fn hosts_of_one_name_are_told_apart_and_none_touches_the_others_agents() {
    let world = World::serving(false);
    let (kim, lee) = (Machines::of(&world, "kim", "50"), Machines::of(&world, "lee", "50"));
    let (_one, first) = kim.host(&world, "build");
    let (_two, second) = kim.host(&world, "build");
    let (_three, others) = lee.host(&world, "build");
    assert!(first != second && second != others, "two processes of one person are two hosts");
    assert_eq!((kim.hosts("build").len(), lee.hosts("build").len()), (2, 1));

    let ana = world.admin();
    let listed = ana.run(&["hosts", "--plain"]).ok().out;
    let ids: Vec<_> = listed.lines().map(|it| it.split('\t').next().unwrap()).collect();
    assert_eq!(listed.matches("\tbuild\tconnected\t").count(), 3, "{listed}");
    let which = kim.phone.run(&["hosts", "grants", "build"]);
    let which = which.failed(2, "build names 2 hosts");
    let own: Vec<_> = ids.iter().filter(|it| which.err.contains(**it)).collect();
    assert_eq!(own.len(), 2, "the candidates are named: {which:?}");
    kim.phone.run(&["hosts", "grants", own[0]]).ok();

    // Each session has its agent at its own host.
    let (at_first, at_others) = (kim.share(&first), lee.share(&others));
    let said = kim.phone.run(&["prompt", &at_first, "--wait", "echo one"]).ok().out;
    let theirs = lee.phone.run(&["prompt", &at_others, "--wait", "echo two"]).ok().out;
    assert_eq!((said.as_str(), theirs.as_str()), ("one\n", "two\n"));
    assert_eq!(
        (kim.received(), lee.received()),
        (vec!["echo one".into()], vec!["echo two".into()])
    );
    let stolen = lee.post("/api/agent-sessions", &json!({"agent": "demo", "hostId": first}));
    assert_eq!(stolen["code"], "AGENT_UNAVAILABLE", "{stolen}");
    lee.phone.run(&["hosts", "grants", &first]).failed(3, "there is no host");
    lee.phone.run(&["restart", &at_first]).failed(3, "there is no such session");
    let by_name = kim.post("/api/agent-sessions", &json!({"agent": "demo"}));
    assert_eq!(by_name["code"], "INVALID_BODY", "several hosts offer it: {by_name}");
}
