//! What `login` and `join` keep: secrets by server and session, in a file that only its owner reads.

use std::{
    collections::BTreeMap,
    fs::{self, DirBuilder, File},
    io::{self, Write},
    os::unix::fs::{DirBuilderExt, OpenOptionsExt},
    path::{Path, PathBuf},
};

use anyhow::Context;
use serde::{Deserialize, Serialize};

use super::paths;
use crate::domain::Secret;

/// The file as it is.
#[derive(Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Credentials {
    /// The server that is meant when none is named.
    pub(super) current: Option<String>,
    /// Accounts by the address of their server.
    pub(super) servers: BTreeMap<String, Account>,
    /// Seats of a guest by session id.
    pub(super) seats: BTreeMap<String, Account>,
}

/// A secret and whose it is.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Account {
    /// Whose.
    pub(super) name: String,
    /// The secret, in the clear.
    token: String,
}

impl Account {
    /// An account with its secret.
    pub(super) fn new(name: impl Into<String>, token: &Secret) -> Self {
        Self { name: name.into(), token: token.expose().to_owned() }
    }

    /// The secret, if it is one.
    pub(super) fn secret(&self) -> Option<Secret> {
        Secret::parse(&self.token).ok()
    }
}

impl Credentials {
    /// Reads the file; nothing is kept where there is none.
    pub(super) fn load() -> anyhow::Result<Self> {
        let path = path();
        match fs::read(&path) {
            Ok(bytes) => serde_json::from_slice(&bytes)
                .with_context(|| format!("{} is not what login wrote", path.display())),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Self::default()),
            Err(error) => Err(error).with_context(|| format!("cannot read {}", path.display())),
        }
    }

    /// Writes the file: whole or not at all, and for nobody else to read.
    pub(super) fn save(&self) -> anyhow::Result<()> {
        let path = path();
        write(&path, &serde_json::to_vec_pretty(self)?)
            .with_context(|| format!("cannot write {}", path.display()))
    }
}

fn path() -> PathBuf {
    paths::config_dir().join("credentials.json")
}

/// Writes a file that only its owner reads, in a directory that only its owner enters.
pub(super) fn write(path: &Path, bytes: &[u8]) -> io::Result<()> {
    if let Some(dir) = path.parent() {
        make_dir(dir)?;
    }
    let draft = path.with_extension(format!("{}.tmp", std::process::id()));
    let mut file: File =
        File::options().write(true).create(true).truncate(true).mode(0o600).open(&draft)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    fs::rename(&draft, path)
}

/// Makes a directory that only its owner enters; one that is there stays as it is.
pub(super) fn make_dir(dir: &Path) -> io::Result<()> {
    DirBuilder::new().recursive(true).mode(0o700).create(dir)
}
