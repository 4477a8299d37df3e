//! What reached the agents, by their own word.

use std::{collections::HashMap, fs, path::Path};

use serde::Deserialize;

/// How often each text was received.
#[derive(Debug, Default)]
pub(crate) struct Receipts {
    counts: HashMap<String, usize>,
    /// All of them.
    pub(crate) total: usize,
}

#[derive(Deserialize)]
struct Receipt {
    text: String,
}

impl Receipts {
    /// Reads the file; a line that is being written is not there yet.
    pub(crate) fn read(path: &Path) -> Self {
        let text = fs::read_to_string(path).unwrap_or_default();
        let mut receipts = Self::default();
        for line in text.split_inclusive('\n').filter(|line| line.ends_with('\n')) {
            let receipt: Receipt = serde_json::from_str(line).expect("a receipt");
            *receipts.counts.entry(receipt.text).or_default() += 1;
            receipts.total += 1;
        }
        receipts
    }

    /// How often this text was received.
    pub(crate) fn of(&self, text: &str) -> usize {
        self.counts.get(text).copied().unwrap_or(0)
    }

    pub(crate) fn texts(&self) -> impl Iterator<Item = (&str, usize)> {
        self.counts.iter().map(|(text, count)| (text.as_str(), *count))
    }
}

/// The commands that agents ran because they were allowed to, from the notes in their folders.
pub(crate) fn notes(folders: &Path) -> HashMap<String, usize> {
    let mut ran = HashMap::new();
    let entries = fs::read_dir(folders).expect("the folder of folders");
    for entry in entries.filter_map(Result::ok) {
        let notes = fs::read_to_string(entry.path().join("wardroom-demo.txt")).unwrap_or_default();
        for line in notes.lines() {
            *ran.entry(line.to_owned()).or_default() += 1;
        }
    }
    ran
}
