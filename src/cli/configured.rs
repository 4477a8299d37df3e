//! What files and the environment say about servers and hosts of this machine.

use std::{env, path::PathBuf};

use super::{global::Global, paths};
use crate::config::{ConfigError, Values};

/// The files that are read, the one that wins last: the one that is named alone, else the machine's and the person's own.
pub(super) fn files(global: &Global) -> Vec<PathBuf> {
    if let Some(named) = &global.config {
        return vec![named.clone()];
    }
    let all = [PathBuf::from("/etc/wardroom/config.toml"), own_file()];
    all.into_iter().filter(|it| it.is_file()).collect()
}

/// Where the person's own file is, or would be.
pub(super) fn own_file() -> PathBuf {
    paths::config_dir().join("config.toml")
}

/// The defaults, the files and the environment, one over another.
///
/// # Errors
/// What is wrong with them.
pub(super) fn values(global: &Global) -> Result<Values, ConfigError> {
    let mut values = Values::defaults()?;
    for file in files(global) {
        values.file(&file)?;
    }
    values.variables(|name| env::var(name).ok())?;
    Ok(values)
}
