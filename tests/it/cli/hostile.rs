//! What others wrote is shown and never obeyed: a terminal is easier to fool than a page.

use super::world::World;

/// What a terminal would obey, or people would not see.
fn is_hostile(text: &str) -> bool {
    text.chars().any(|c| {
        (c.is_control() && c != '\n' && c != '\t')
            || matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    })
}

#[test]
fn hidden_characters_are_seen_and_not_obeyed() {
    let world = World::serving(false);
    let ana = world.admin();
    ana.run(&["share", "demo", "--title", "Pay \u{202e}eciovni"]).failed(2, "TEXT_NOT_ALLOWED");
    let session = ana.share(&["demo"])["session"]["id"].as_str().unwrap().to_owned();
    ana.run(&["comment", &session, "\u{1b}[2Jgone"]).failed(2, "TEXT_NOT_ALLOWED");
    ana.run(&["comment", &session, "no\u{200b}thing to \u{2067}see\u{2069}"]).ok();
    ana.run(&["prompt", &session, "ask rm -r \u{202e}x"]).ok();
    let asked = ana.waiting("permission");
    let cards = [&["inbox"][..], &["inbox", "--plain"], &["show", &asked]];
    for words in cards {
        let said = ana.run(words).ok();
        assert!(said.out.contains("rm -r ⟨U+202E⟩x") && !is_hostile(&said.out), "{said:?}");
    }
    for words in [
        &["reject", &asked, "--option", "\u{1b}[31mred"][..],
        &["show", "\u{1b}]0;title\u{7}"],
        &["inbox\u{1b}[2J"],
        &["share", "\u{202e}edualc"],
        &["help", "\u{9b}31m"],
    ] {
        let said = ana.run(words);
        assert!(said.code > 0 && !is_hostile(&said.err), "what was typed is a text too: {said:?}");
    }
    ana.run(&["reject", &asked, "--reason", "\u{2066}no\u{2069}"]).ok();
    let spoken = ana.run(&["prompt", &session, "--wait", "bidi"]).ok().out;
    assert!(
        !is_hostile(&spoken) && spoken.contains("invoice_⟨U+202E⟩fdp.exe") && spoken.contains('␛')
    );
    ana.run(&["sessions", "close", &session]).ok();
    let log = ana.run(&["watch", &session, "--since", "0"]).ok().out;
    assert!(!is_hostile(&log), "{log:?}");
    for seen in ["no⟨U+200B⟩thing", "rm -r ⟨U+202E⟩x", "⟨U+2066⟩no⟨U+2069⟩", "rm -rf /␍ls -l"]
    {
        assert!(log.contains(seen), "{seen} is left out: {log}");
    }
    // JSON is for programs: whole, and by its own rules without a raw control character.
    let events = ana.run(&["watch", &session, "--since", "0", "--json"]).ok().out;
    assert!(events.contains('\u{202e}') && !events.contains('\u{1b}'));
}
