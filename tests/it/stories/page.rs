//! The page: all of it is served, it may run nothing else, and nothing in it makes HTML of text.

use std::{collections::BTreeSet, fs, path::Path};

use axum::http::Method;

use crate::world::{Answer, Caller, World};

/// The files of the page, by their paths below `src/ui`.
fn sources() -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/ui");
    let mut folders = vec![root.clone()];
    let mut files = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let name = path.strip_prefix(&root).unwrap().to_str().unwrap().to_owned();
                files.push((name, fs::read_to_string(path).unwrap()));
            }
        }
    }
    files
}

/// The path that a module names, seen from where the module is.
fn resolve(from: &str, named: &str) -> String {
    let mut parts: Vec<&str> = from.split('/').collect();
    parts.pop();
    for part in named.split('/') {
        match part {
            "." => {}
            ".." => drop(parts.pop()),
            other => parts.push(other),
        }
    }
    parts.join("/")
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

/// What nothing loads: it is there for people and for the types.
fn is_told_of(name: &str) -> bool {
    ["d.ts", "txt", "json"].iter().any(|kind| name.ends_with(kind))
}

#[tokio::test]
async fn every_file_of_the_page_is_served_as_what_it_is_and_may_be_kept_for_ever() {
    let world = World::new().await;
    let document = get(&world, "/").await;
    let (_, build) = document.text.split_once("/assets/").unwrap();
    let place = format!("/assets/{}/", build.split('/').next().unwrap());
    let mut waiting: Vec<String> = quoted(&document.text, &place, '"').map(str::to_owned).collect();
    // What modules name by themselves, and not in an import.
    waiting.extend(["vendor/icons.svg", "icon_waiting.svg"].map(str::to_owned));
    let mut served = BTreeSet::from(["index.html".to_owned()]);
    while let Some(name) = waiting.pop() {
        if !served.insert(name.clone()) {
            continue;
        }
        let file = get(&world, &format!("{place}{name}")).await;
        let kind = match name.rsplit_once('.').unwrap().1 {
            "js" => "text/javascript; charset=utf-8",
            "css" => "text/css; charset=utf-8",
            _ => "image/svg+xml",
        };
        assert_eq!(file.header("content-type"), Some(kind), "{name}");
        assert_eq!(file.header("x-content-type-options"), Some("nosniff"), "{name}");
        let kept = file.header("cache-control").unwrap();
        assert!(kept.contains("immutable"), "{name}: {kept}");
        if name.starts_with("vendor/") {
            continue;
        }
        let imports = [" from '.", "import '.", "import('."];
        let named = imports.iter().flat_map(|word| quoted(&file.text, word, '\''));
        waiting.extend(named.map(|it| resolve(&name, &format!(".{it}"))));
    }
    let there: BTreeSet<String> =
        sources().into_iter().map(|(name, _)| name).filter(|name| !is_told_of(name)).collect();
    assert_eq!(served, there, "what is served, and what is in src/ui");
}

#[tokio::test]
async fn files_are_compressed_for_those_who_can_read_them_so() {
    let world = World::new().await;
    let document = get(&world, "/").await;
    let path = quoted(&document.text, "src=\"", '"').last().unwrap().to_owned();
    for (accepted, encoding) in [("br", Some("br")), ("gzip", Some("gzip")), ("identity", None)] {
        let request = world.request(&Caller::Nobody, Method::GET, &path);
        let answer = request.header("accept-encoding", accepted).send().await;
        assert_eq!(answer.header("content-encoding"), encoding);
        assert!(
            answer.header("vary").unwrap_or_default().contains("accept-encoding"),
            "{accepted}"
        );
    }
}

#[tokio::test]
async fn the_document_is_the_same_at_every_address_and_is_sent_once_to_a_browser_that_has_it() {
    let world = World::new().await;
    let document = get(&world, "/").await;
    assert_eq!(document.header("content-type"), Some("text/html; charset=utf-8"));
    assert_eq!(document.header("cache-control"), Some("no-cache"));
    for path in ["/setup", "/s/01a1fe41", "/join/01a1fe41", "/history", "/hosts", "/me"] {
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
    for path in ["/assets/other/app.js", &format!("/assets/{}/other.js", tag.trim_matches('"'))] {
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
        "trusted-types dompurify",
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
    let ours = sources().into_iter().filter(|(name, _)| !name.starts_with("vendor/"));
    for (name, text) in ours {
        for maker in &makers {
            assert!(!text.contains(maker), "{name}: {maker}");
        }
        assert!(
            !text.contains("DOMPurify") || name == "lib/markdown.js",
            "{name} is not what sanitises"
        );
        assert!(text.lines().count() <= 400, "{name} is long");
        assert!(text.len() <= 25_000, "{name} is large");
        let wide = text.lines().find(|line| line.chars().count() > 160);
        assert_eq!(wide, None, "{name}");
    }
}
