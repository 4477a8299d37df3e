//! The first admin, for whoever sets servers up without a person: `WARDROOM_ADMIN_USER` with `WARDROOM_ADMIN_PASSWORD`,
//! or with the file that `WARDROOM_ADMIN_PASSWORD_FILE` names.

use std::{env, fs};

use super::failure::{Exit, Failure};
use crate::domain::Password;

const USER: &str = "WARDROOM_ADMIN_USER";
const PASSWORD: &str = "WARDROOM_ADMIN_PASSWORD";
const FILE: &str = "WARDROOM_ADMIN_PASSWORD_FILE";

/// The variables, and what they are for.
pub(super) const VARIABLES: [(&str, &str); 3] = [
    (USER, "who becomes the admin of a new server, without the setup link"),
    (PASSWORD, "their password"),
    (FILE, "a file with their password"),
];

/// Who becomes the admin where nobody has set the server up.
pub struct FirstAdmin {
    /// What they are called.
    pub name: String,
    /// By what they sign in.
    pub password: Password,
}

impl FirstAdmin {
    /// Who the environment names, if anybody.
    ///
    /// # Errors
    /// A name without a password, a password without a name, both forms of it, or a file that cannot be read.
    pub(super) fn named() -> Result<Option<Self>, Failure> {
        let text = |name| env::var(name).ok().filter(|text| !text.is_empty());
        let wrong = |text: String| Failure::new(Exit::Configuration, text);
        let password = match (text(PASSWORD), text(FILE)) {
            (Some(_), Some(_)) => {
                return Err(wrong(format!("{PASSWORD} and {FILE}: one of them is enough")));
            }
            (Some(password), None) => Some(password),
            (None, Some(file)) => {
                let read = fs::read_to_string(&file);
                let read = read.map_err(|error| wrong(format!("{FILE}: {file}: {error}")))?;
                Some(read.trim_end_matches(['\r', '\n']).to_owned())
            }
            (None, None) => None,
        };
        match (text(USER), password) {
            (None, None) => Ok(None),
            (Some(name), Some(password)) => {
                Ok(Some(Self { name, password: Password::from(password) }))
            }
            (Some(_), None) => Err(wrong(format!("{USER} needs {PASSWORD} or {FILE}"))),
            (None, Some(_)) => Err(wrong(format!("a password for the first admin needs {USER}"))),
        }
    }
}
