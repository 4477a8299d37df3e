//! Passwords, for people who want one: argon2id, with the parameters that its crate recommends.

use argon2::{
    Argon2,
    password_hash::{PasswordHasher, PasswordVerifier, phc::PasswordHash},
};
use serde::{Deserialize, Deserializer};
use zeroize::Zeroizing;

use crate::error::{Code, Error, Result};

/// The shortest password, in characters.
const SHORTEST: usize = 8;
/// The longest, in bytes.
const LONGEST: usize = 1024;

/// A password in the clear: no `Debug`, no `Display`, no `Serialize`, and overwritten when dropped.
#[derive(Clone, utoipa::ToSchema)]
#[schema(value_type = String, format = Password)]
pub struct Password(Zeroizing<String>);

impl Password {
    /// What is stored of it, once it is known to be one that may be chosen. Takes long and much memory.
    ///
    /// # Errors
    /// `INVALID_BODY` when it is too short, `TOO_LARGE`, `INTERNAL` when the system has no randomness to give.
    pub fn hash(&self) -> Result<String> {
        if self.0.chars().count() < SHORTEST {
            let text = format!("a password has at least {SHORTEST} characters");
            return Err(Error::with(Code::InvalidBody, text).hint("several words make a good one"));
        }
        if self.0.len() > LONGEST {
            return Err(Error::with(Code::TooLarge, format!("at most {LONGEST} bytes")));
        }
        let mut salt = [0; 16];
        getrandom::fill(&mut salt).map_err(Error::internal)?;
        self.hash_with(&salt)
    }

    /// Whether it is the one that was stored. Takes as long where none is, so that nobody learns that.
    pub fn is(&self, stored: Option<&str>) -> bool {
        match stored {
            Some(stored) => Argon2::default().verify_password(self.0.as_bytes(), stored).is_ok(),
            None => self.hash_with(&[0; 16]).is_ok_and(|_| false),
        }
    }

    fn hash_with(&self, salt: &[u8]) -> Result<String> {
        let hash: PasswordHash = Argon2::default()
            .hash_password_with_salt(self.0.as_bytes(), salt)
            .map_err(Error::internal)?;
        Ok(hash.to_string())
    }
}

impl From<String> for Password {
    fn from(text: String) -> Self {
        Self(Zeroizing::new(text))
    }
}

impl<'de> Deserialize<'de> for Password {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(Self::from)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn password(text: &str) -> Password {
        Password(Zeroizing::new(text.to_owned()))
    }

    #[test]
    fn a_password_is_stored_as_argon2id_with_a_salt_of_its_own_and_is_itself_only() {
        let right = password("correct horse");
        let (one, two) = (right.hash().unwrap(), right.hash().unwrap());
        assert!(one.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{one}");
        assert_ne!(one, two);
        assert!(right.is(Some(&one)) && right.is(Some(&two)));
        assert!(!password("correct Horse").is(Some(&one)));
        assert!(!right.is(None) && !right.is(Some("")) && !right.is(Some("correct horse")));
    }
}
