//! Drafts of an agent in a terminal: shown whole, decided, and told by those who watch.

use super::world::World;

#[test]
fn a_draft_is_shown_with_each_change_and_approved_as_a_whole() {
    let world = World::serving(false);
    let ana = world.admin();
    let shared = ana.share(&["demo", "--title", "Checkout"]);
    let session = shared["session"]["id"].as_str().unwrap();
    let mut watch = world.start(&ana, "watch", &["watch", session, "--since", "0"]);
    ana.run(&["prompt", session, "-w", "draft"]).ok();
    let id = ana.waiting("draft");
    assert!(ana.run(&["inbox"]).ok().out.contains("Settle orders in order"));
    let shown = ana.run(&["show", &id]).ok().out;
    for line in [
        "Settle orders in order",
        "│ src/checkout/settle.rs  Sorts the ids",
        "│ +    settled.sort_unstable();",
        "│ CHANGELOG.md  Says so",
        "│ +- Orders are settled in order.",
    ] {
        assert!(shown.contains(line), "{line:?} is not in {shown}");
    }
    ana.run(&["approve", &id, "--note", "as agreed"]).ok();
    let decided = ana.run(&["show", &id]).ok().out;
    assert_eq!(decided.matches("  approved: as agreed").count(), 2, "{decided}");
    ana.run(&["prompt", session, "-w", "events"]).ok();
    ana.run(&["sessions", "close", session]).ok();
    assert_eq!(watch.ended(), 0);
    let told = world.read("watch.out");
    for line in [
        "it offers Settle orders in order for review",
        "Looking at the checkout",
        "it waits for: Which branch?",
        "the goal is reached: settle-in-order",
    ] {
        assert!(told.contains(line), "{line:?} is not in {told}");
    }
    assert!(!told.contains("unused import"), "nobody turned its output on: {told}");
    assert!(ana.run(&["verify"]).ok().err.contains("everything holds"));
}
