//! Sharing a conversation that an agent had before: chosen from a list, or named.

use std::fs;

use super::{
    pty::{ENTER, Terminal},
    settings::configured,
    world::Person,
};

/// Has a conversation with the agent that begins with this prompt, and ends it.
fn talk(ana: &Person, text: &str) {
    ana.share(&["own", "--title", "Before"]);
    ana.run(&["prompt", "before", "-w", "echo", text]).ok();
    ana.run(&["sessions", "close", "before"]).ok();
}

/// In how many conversations both texts were said.
fn together(ana: &Person, one: &str, two: &str) -> usize {
    let kept = fs::read_dir(ana.home.join("conversations")).unwrap();
    let texts = kept.map(|it| fs::read_to_string(it.unwrap().path()).unwrap());
    texts.filter(|it| it.contains(one) && it.contains(two)).count()
}

#[test]
fn an_old_conversation_is_shared_by_its_id_and_by_one_session_only() {
    let (_world, ana) = configured("");
    ana.run(&["share", "own", "--resume"]).failed(3, "own remembers no conversation about");
    talk(&ana, "first");
    talk(&ana, "second");
    let asked = ana.run(&["share", "own", "--resume"]).failed(2, "own remembers 2 conversations");
    let line = asked.err.lines().find(|it| it.ends_with("  echo first")).expect("it is listed");
    let id = line.split_whitespace().next().unwrap();
    let unknown = ana.run(&["share", "own", "--resume", "nonsense"]);
    let unknown = unknown.failed(3, "there is no conversation nonsense");
    assert!(unknown.err.contains(id) && unknown.err.contains("echo second"), "{unknown:?}");
    let common = &id[..8];
    ana.run(&["share", "own", "--resume", common]).failed(2, "names 2 conversations");

    let end = &id[id.len() - 8..];
    ana.share(&["own", "--title", "After", "--resume", end]);
    let said = ana.run(&["prompt", "after", "-w", "echo", "third"]).ok();
    assert_eq!(said.out, "third\n", "what was told before is not told again");
    assert_eq!(
        (together(&ana, "echo first", "echo third"), together(&ana, "echo second", "echo third")),
        (1, 0)
    );
    ana.run(&["share", "own", "--resume", id]).failed(5, "hint: it is shared as");
    ana.run(&["sessions", "close", "after"]).ok();
    ana.share(&["own", "--title", "Again", "--resume", id]);
    ana.run(&["sessions", "close", "again"]).ok();
    ana.run(&["verify"]).ok();
}

#[test]
fn at_a_terminal_an_old_conversation_is_chosen_from_a_list() {
    let (world, ana) = configured("");
    talk(&ana, "first");
    talk(&ana, "second");
    let words = ["share", "own", "--title", "Here", "--resume"];
    let mut share = Terminal::open(&world, &ana, "share", &words);
    share.sees("Go on with which? [1]");
    let list = share.sees("echo first");
    assert!(list.find("echo second").unwrap() < list.find("echo first").unwrap(), "{list}");
    share.types("2");
    share.types(ENTER);
    share.sees("● live");
    ana.run(&["prompt", "here", "-w", "echo", "third"]).ok();
    assert_eq!(together(&ana, "echo first", "echo third"), 1);
    ana.run(&["sessions", "close", "here"]).ok();
    assert_eq!(share.ended(), 0);
}

#[test]
fn an_agent_that_never_resumes_says_so_before_anything_is_shared() {
    let (_world, ana) = configured("resume = \"never\"");
    talk(&ana, "first");
    let refused = ana.run(&["share", "own", "--resume"]);
    refused.failed(8, "does not take up old conversations");
    assert_eq!(ana.run(&["sessions", "list", "--plain"]).ok().out, "");
}
