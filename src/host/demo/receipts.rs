//! Receipts: proof of every prompt that reached the agent, written before anything is done about it.
//!
//! A test kills the server, the host or the agent at any moment and then counts: a prompt with two lines ran twice.

use std::{
    fs::{File, OpenOptions},
    io::{self, Write},
    path::Path,
    process,
};

use serde::Serialize;

use crate::domain::{Clock, Timestamp};

/// The file of receipts; several agents may share one.
pub(super) struct Receipts {
    file: File,
    clock: Clock,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Receipt<'a> {
    text: &'a str,
    session_id: &'a str,
    at: Timestamp,
    pid: u32,
}

impl Receipts {
    pub(super) fn open(path: &Path) -> io::Result<Self> {
        let file = OpenOptions::new().create(true).append(true).open(path)?;
        Ok(Self { file, clock: Clock::System })
    }

    /// Returns once the line is on the disk.
    pub(super) fn add(&self, session_id: &str, text: &str) -> io::Result<()> {
        let receipt = Receipt { text, session_id, at: self.clock.now(), pid: process::id() };
        let mut line = serde_json::to_vec(&receipt)?;
        line.push(b'\n');
        (&self.file).write_all(&line)?;
        self.file.sync_data()
    }
}
