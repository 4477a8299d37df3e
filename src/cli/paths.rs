//! Where things are on this machine.

use std::{
    env,
    path::{Path, PathBuf},
};

use super::global::Global;

/// The data directory: where the database and the socket are.
pub(super) fn data_dir(global: &Global) -> PathBuf {
    global.data_dir.clone().unwrap_or_else(|| base("XDG_DATA_HOME", ".local/share"))
}

/// The socket in the data directory.
pub(super) fn socket(global: &Global) -> PathBuf {
    data_dir(global).join("wardroom.sock")
}

/// The directory of what belongs to the person: credentials, host ids, the configuration file.
pub(super) fn config_dir() -> PathBuf {
    base("XDG_CONFIG_HOME", ".config")
}

/// A path as people write it: what is below their home begins with `~`.
pub(super) fn shown(path: &Path) -> String {
    let home = env::home_dir().filter(|it| it.parent().is_some());
    match home.and_then(|home| path.strip_prefix(home).ok().map(Path::to_owned)) {
        Some(below) => format!("~/{}", below.display()),
        None => path.display().to_string(),
    }
}

fn base(variable: &str, below_home: &str) -> PathBuf {
    let given = env::var_os(variable).map(PathBuf::from).filter(|dir| dir.is_absolute());
    let home = || env::home_dir().unwrap_or_else(|| PathBuf::from("/")).join(below_home);
    given.unwrap_or_else(home).join("wardroom")
}
