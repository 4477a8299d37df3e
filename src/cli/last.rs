//! The lines of the last inbox: what `@1` means.

use std::{fs, io, path::PathBuf};

use uuid::Uuid;

use super::{
    credentials,
    failure::{Exit, Failure},
    ids::{APPROVAL, DISPATCH, Kind},
    paths,
};

/// Remembers what the lines were; where that cannot be written, `@1` stays what it was.
pub(super) fn keep(lines: &[(Kind, String)]) {
    let lines: Vec<_> = lines.iter().map(|(kind, id)| format!("{} {id}", kind.prefix())).collect();
    if let Err(error) = credentials::write(&path(), lines.join("\n").as_bytes()) {
        tracing::debug!(%error, "the lines of the inbox are not remembered");
    }
}

/// What a line was, if that is what somebody typed.
///
/// # Errors
/// A usage error for a line that the last inbox did not have.
pub(super) fn line(typed: &str) -> Result<Option<(Kind, Uuid)>, Failure> {
    let Some(number) = typed.trim().strip_prefix('@') else { return Ok(None) };
    let lines = match fs::read_to_string(path()) {
        Ok(text) => text.lines().filter_map(read).collect(),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Vec::new(),
        Err(error) => return Err(Failure::new(Exit::Failure, format!("{typed} is lost: {error}"))),
    };
    let at = number.parse::<usize>().ok().and_then(|it| it.checked_sub(1));
    let line = at.and_then(|at| lines.get(at)).copied();
    line.map(Some).ok_or_else(|| {
        let text = match lines.len() {
            0 => format!("there is no {typed}: no inbox was listed, or nothing waited"),
            1 => format!("there is no {typed}: the last inbox had one line"),
            many => format!("there is no {typed}: the last inbox had {many} lines"),
        };
        Failure::new(Exit::Usage, text).hint("@1 is the first line of the last wardroom inbox")
    })
}

fn read(line: &str) -> Option<(Kind, Uuid)> {
    let (prefix, id) = line.split_once(' ')?;
    let kind = [APPROVAL, DISPATCH].into_iter().find(|it| it.prefix() == prefix)?;
    Some((kind, id.parse().ok()?))
}

fn path() -> PathBuf {
    paths::config_dir().join("inbox")
}
