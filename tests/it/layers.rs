//! The rules of the house, checked: which room may name which.

use std::{
    fs,
    path::{Path, PathBuf},
};

/// What the files of each room may name of the crate, and of the large crates that belong to one room.
///
/// Everybody may name themselves and `error`. Some files of `cli` are rooms of their own.
const ROOMS: &[(&str, &[&str])] = &[
    ("error", &[]),
    ("domain", &[]),
    ("rpc", &["domain"]),
    ("store", &["domain", "sqlx", "rusqlite", "refinery", "tokio"]),
    ("live", &["domain", "store", "tokio"]),
    ("hosts", &["domain", "rpc", "tokio"]),
    ("host", &["domain", "rpc", "tokio", "reqwest"]),
    ("app", &["domain", "store", "live", "hosts", "rpc", "tokio"]),
    ("http", &["app", "live", "domain", "rpc", "tokio", "axum", "tower", "tower_http"]),
    ("config", &["domain", "live"]),
    ("cli", &["domain", "config", "lock", "host", "tokio", "reqwest"]),
    ("cli/serve", &["domain", "config", "server", "store", "live", "tokio"]),
    ("cli/banner", &["server", "config"]),
    // What works on a database that no server holds.
    ("cli/offline", &["app", "domain", "config", "lock", "live", "store", "tokio"]),
    ("cli/verify", &["config", "store", "tokio"]),
    ("lock", &[]),
    ("crash", &["domain"]),
    (
        "server",
        &[
            "app",
            "config",
            "domain",
            "http",
            "live",
            "lock",
            "store",
            "tokio",
            "axum",
            "hyper",
            "hyper_util",
            "tower",
        ],
    ),
];

/// Words of one trade, and the only places where they may be said.
const TRADES: &[(&str, &[&str])] = &[
    // Clients read what the server's http answers.
    ("StatusCode", &["http/", "cli/api/", "host/connection.rs"]),
    ("sqlx::", &["store/"]),
    ("Envelope", &["rpc/", "hosts/", "host/", "http/connect.rs"]),
    ("Utc::now", &["domain/time.rs"]),
    ("SystemTime", &[]),
    // Only use cases change anything.
    ("store.write(", &["app/"]),
];

#[test]
fn every_room_names_only_what_it_may() {
    let guarded: Vec<_> =
        ROOMS.iter().flat_map(|(_, may)| may.iter()).chain(&["server", "app", "cli"]).collect();
    let mut broken = Vec::new();
    for (file, text) in sources() {
        let room = room_of(&file);
        let (_, may) = ROOMS.iter().find(|(name, _)| *name == room).unwrap();
        let own = room.split('/').next().unwrap();
        for word in names(&text) {
            let is_guarded = guarded.iter().any(|it| ***it == *word);
            if is_guarded && word != own && !may.contains(&word.as_str()) {
                broken.push(format!("{file} names {word}"));
            }
        }
    }
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}

#[test]
fn words_of_one_trade_stay_in_their_room() {
    let mut broken = Vec::new();
    for (file, text) in sources() {
        for (word, places) in TRADES {
            if text.contains(word) && !places.iter().any(|place| file.starts_with(place)) {
                broken.push(format!("{file} says {word}"));
            }
        }
    }
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}

#[test]
fn a_file_holds_one_thing_and_so_at_most_400_lines() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let files = files(&root.join("src")).into_iter().chain(files(&root.join("tests")));
    let long: Vec<_> = files
        .filter(|path| path.extension().is_some_and(|it| it == "rs"))
        .filter(|path| fs::read_to_string(path).unwrap().lines().count() > 400)
        .collect();
    assert!(long.is_empty(), "{long:?}");
}

/// The Rust files of the crate, by their path in `src`, without comments.
fn sources() -> Vec<(String, String)> {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let code = |text: String| {
        let lines = text.lines().filter(|line| !line.trim_start().starts_with("//"));
        lines.collect::<Vec<_>>().join("\n")
    };
    files(&src)
        .into_iter()
        .filter(|path| path.extension().is_some_and(|it| it == "rs"))
        .map(|path| {
            let name = path.strip_prefix(&src).unwrap().to_str().unwrap().to_owned();
            (name, code(fs::read_to_string(&path).unwrap()))
        })
        .filter(|(name, _)| name != "lib.rs" && name != "main.rs" && !name.contains("tests"))
        .collect()
}

fn room_of(file: &str) -> &str {
    let file = file.strip_suffix(".rs").unwrap();
    let is_room = ROOMS.iter().any(|(room, _)| *room == file);
    if is_room { file } else { file.split('/').next().unwrap() }
}

/// What a file names of the crate (`crate::x`, also in a group) and of other crates (`x::`).
fn names(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for (at, _) in text.match_indices("crate::") {
        let rest = &text[at + "crate::".len()..];
        match rest.strip_prefix('{') {
            Some(group) => found.extend(heads(group)),
            None => found.push(word(rest)),
        }
    }
    for (at, _) in text.match_indices("::") {
        let before = &text[..at];
        let start =
            before.rfind(|c: char| !(c.is_alphanumeric() || c == '_')).map_or(0, |it| it + 1);
        let is_first = !before[..start].ends_with(':');
        if is_first && EXTERNAL.contains(&&before[start..]) {
            found.push(before[start..].to_owned());
        }
    }
    found
}

/// The crates that belong to some rooms only.
const EXTERNAL: &[&str] = &[
    "sqlx",
    "rusqlite",
    "refinery",
    "tokio",
    "axum",
    "tower",
    "tower_http",
    "hyper",
    "hyper_util",
    "reqwest",
];

/// The first words of the members of a group that was just opened.
fn heads(group: &str) -> Vec<String> {
    let (mut depth, mut heads, mut start) = (0, Vec::new(), 0);
    for (at, c) in group.char_indices() {
        match c {
            '{' => depth += 1,
            '}' if depth == 0 => {
                heads.push(word(&group[start..at]));
                break;
            }
            '}' => depth -= 1,
            ',' if depth == 0 => {
                heads.push(word(&group[start..at]));
                start = at + 1;
            }
            _ => {}
        }
    }
    heads
}

fn word(text: &str) -> String {
    text.trim_start().chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect()
}

fn files(dir: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().path());
    let mut files: Vec<_> =
        entries.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect();
    files.sort();
    files
}
