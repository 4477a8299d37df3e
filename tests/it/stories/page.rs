//! The page: all of it is served, it may run nothing else, and nothing in it makes HTML of text.

use std::{collections::BTreeSet, fs, path::Path};

use axum::http::Method;

use crate::world::{Answer, Caller, World};

/// The files of the page, by their names.
fn sources() -> Vec<(String, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/ui");
    let files = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap());
    let read = |file: fs::DirEntry| {
        (file.file_name().into_string().unwrap(), fs::read_to_string(file.path()).unwrap())
    };
    files.map(read).collect()
}

async fn get(world: &World, path: &str) -> Answer {
    let answer = world.get(&Caller::Nobody, path).await;
    assert_eq!(answer.status, 200, "{path}");
    answer
}

/// What stands between quotes after a word, wherever that word is.
fn quoted<'a>(text: &'a str, word: &'a str, quote: char) -> impl Iterator<Item = &'a str> {
    text.split(word).skip(1).filter_map(move |rest| rest.split(quote).next())
}

#[tokio::test]
async fn every_file_of_the_page_is_served_as_what_it_is_and_may_be_kept_for_ever() {
    let world = World::new().await;
    let document = get(&world, "/").await;
    let mut waiting: Vec<String> = ["href=\"/assets/", "src=\"/assets/"]
        .iter()
        .flat_map(|word| quoted(&document.text, word, '"'))
        .map(|rest| format!("/assets/{rest}"))
        .collect();
    let mut served = BTreeSet::from(["index.html".to_owned()]);
    while let Some(path) = waiting.pop() {
        let (folder, name) = path.rsplit_once('/').unwrap();
        if !served.insert(name.to_owned()) {
            continue;
        }
        let file = get(&world, &path).await;
        let kind = match name.rsplit_once('.').unwrap().1 {
            "js" => "text/javascript; charset=utf-8",
            "css" => "text/css; charset=utf-8",
            _ => "image/svg+xml",
        };
        assert_eq!(file.header("content-type"), Some(kind), "{name}");
        assert_eq!(file.header("x-content-type-options"), Some("nosniff"), "{name}");
        let kept = file.header("cache-control").unwrap();
        assert!(kept.contains("immutable"), "{name}: {kept}");
        waiting.extend(quoted(&file.text, " from './", '\'').map(|it| format!("{folder}/{it}")));
    }
    let there: BTreeSet<String> = sources().into_iter().map(|(name, _)| name).collect();
    assert_eq!(served, there, "what is served, and what is in src/ui");
}

#[tokio::test]
async fn the_document_is_the_same_at_every_address_and_is_sent_once_to_a_browser_that_has_it() {
    let world = World::new().await;
    let document = get(&world, "/").await;
    assert_eq!(document.header("content-type"), Some("text/html; charset=utf-8"));
    assert_eq!(document.header("cache-control"), Some("no-cache"));
    for path in ["/setup", "/s/01a1fe41", "/join/01a1fe41"] {
        assert_eq!(get(&world, path).await.text, document.text);
    }
    let tag = document.header("etag").unwrap().to_owned();
    for (kept, status) in
        [(tag.as_str(), 304), (&format!("\"other\", {tag}"), 304), ("\"other\"", 200)]
    {
        let request = world.request(&Caller::Nobody, Method::GET, "/");
        let answer = request.header("if-none-match", kept).send().await;
        assert_eq!(answer.status, status, "{kept}");
        assert_eq!(answer.header("etag"), Some(tag.as_str()));
    }
    for path in ["/assets/other/main.js", &format!("/assets/{}/other.js", tag.trim_matches('"'))] {
        world.get(&Caller::Nobody, path).await.refused(404, "NOT_FOUND");
    }
}

#[tokio::test]
async fn the_document_may_run_its_own_scripts_and_nothing_else() {
    let world = World::new().await;
    let document = get(&world, "/").await;
    let policy = document.header("content-security-policy").unwrap();
    for rule in [
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "connect-src 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
        "require-trusted-types-for 'script'",
        "trusted-types 'none'",
    ] {
        assert!(policy.split("; ").any(|it| it == rule), "{rule}");
    }
    assert!(!policy.contains("unsafe"), "{policy}");
    assert_eq!(document.header("referrer-policy"), Some("no-referrer"));
    for tag in document.text.split("<script").skip(1) {
        assert!(tag.contains("></script>"), "a script in the document itself");
    }
    for inline in [" style=", "<style", " onclick=", " onload=", "javascript:"] {
        assert!(!document.text.contains(inline), "{inline}");
    }
}

#[test]
fn no_file_of_the_page_makes_html_of_text_and_all_of_them_can_be_read() {
    let makers = ["innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "DOMParser"];
    let makers = [&makers[..], &["srcdoc", "eval(", "new Function", "setHTMLUnsafe"]].concat();
    for (name, text) in sources() {
        for maker in &makers {
            assert!(!text.contains(maker), "{name}: {maker}");
        }
        assert!(text.lines().count() <= 160, "{name} is long");
        let wide = text.lines().find(|line| line.chars().count() > 120);
        assert_eq!(wide, None, "{name}");
    }
}
