//! The folder that an agent works in.

use std::{
    fs::{self, DirBuilder},
    io,
    os::unix::fs::DirBuilderExt,
    path::{Path, PathBuf},
};

use crate::{Code, Error, Result, domain::AgentSessionId};

/// The folder that is asked for, else the agent's first one, else a fresh one that is only for it.
///
/// # Errors
/// `AGENT_UNAVAILABLE` when it is no folder.
pub(super) fn choose(
    asked: Option<&str>,
    configured: &[PathBuf],
    agent: &str,
    session: AgentSessionId,
) -> Result<PathBuf> {
    if let Some(folder) = asked.map(Path::new).or(configured.first().map(PathBuf::as_path)) {
        return folder.canonicalize().ok().filter(|path| path.is_dir()).ok_or_else(|| {
            let message = format!("there is no folder {} on this host", folder.display());
            Error::with(Code::AgentUnavailable, message).hint("make it, or name another one")
        });
    }
    fresh(agent, session).map_err(|error| {
        Error::with(Code::AgentUnavailable, "no folder can be made for the agent").because(error)
    })
}

fn fresh(agent: &str, session: AgentSessionId) -> io::Result<PathBuf> {
    let path = std::env::temp_dir().join(format!("wardroom-{agent}-{}", session.short()));
    match DirBuilder::new().mode(0o700).create(&path) {
        // It is there after a restart of the agent; somebody else's would not be ours to enter.
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists && is_ours(&path)? => Ok(path),
        Err(error) => Err(error),
        Ok(()) => Ok(path),
    }
}

fn is_ours(path: &Path) -> io::Result<bool> {
    use std::os::unix::fs::MetadataExt;

    let found = fs::symlink_metadata(path)?;
    let ours = found.uid() == rustix::process::geteuid().as_raw();
    Ok(ours && found.is_dir() && found.mode() & 0o777 == 0o700)
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn a_given_folder_must_exist_and_a_fresh_one_is_private_and_found_again() {
        let home = tempfile::tempdir().unwrap();
        let id = AgentSessionId::new();
        let missing = home.path().join("missing");
        let error = choose(missing.to_str(), &[], "demo", id).unwrap_err();
        assert_eq!(error.code, Code::AgentUnavailable);

        let configured = [home.path().to_owned()];
        assert_eq!(
            choose(None, &configured, "demo", id).unwrap(),
            home.path().canonicalize().unwrap()
        );

        let made = choose(None, &[], "demo", id).unwrap();
        assert!(made.ends_with(format!("wardroom-demo-{}", id.short())));
        assert_eq!(fs::metadata(&made).unwrap().permissions().mode() & 0o777, 0o700);
        assert_eq!(choose(None, &[], "demo", id).unwrap(), made);
        fs::remove_dir(made).unwrap();
    }
}
