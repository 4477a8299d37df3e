//! Secrets: made, hashed, compared; never printed.
//!
//! `wr_<kind>_<43 base62 characters of 32 random bytes><6 base62 of CRC-32>`. The check sum lets a
//! mistyped or guessed secret be refused without a look into the database.

use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use crate::error::{Code, Error, Result};

const ALPHABET: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const RANDOM: usize = 43;
const CHECK: usize = 6;
const PREFIX: usize = 7;

/// What a secret stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SecretKind {
    /// A person with an account.
    User,
    /// One participant of one session.
    Participant,
    /// The right to join.
    Invite,
    /// The first admin, once.
    Setup,
    /// A browser that is signed in.
    Login,
}

impl SecretKind {
    const ALL: [Self; 5] = [Self::User, Self::Participant, Self::Invite, Self::Setup, Self::Login];

    fn prefix(self) -> &'static str {
        match self {
            Self::User => "wr_usr_",
            Self::Participant => "wr_par_",
            Self::Invite => "wr_inv_",
            Self::Setup => "wr_set_",
            Self::Login => "wr_log_",
        }
    }
}

/// A secret in the clear: no `Debug`, no `Display`, no `Serialize`, and overwritten when dropped.
#[derive(Clone)]
pub struct Secret {
    kind: SecretKind,
    text: Zeroizing<String>,
}

/// What is stored of a secret: SHA-256, compared in constant time.
#[derive(Clone, Copy, Eq)]
pub struct SecretHash([u8; 32]);

impl Secret {
    /// A fresh secret from 32 random bytes.
    ///
    /// # Errors
    /// `INTERNAL` when the system has no randomness to give.
    pub fn new(kind: SecretKind) -> Result<Self> {
        let mut bytes = Zeroizing::new([0; 32]);
        getrandom::fill(bytes.as_mut()).map_err(Error::internal)?;
        Ok(Self::from_bytes(kind, &bytes))
    }

    /// The secret that these bytes make.
    pub fn from_bytes(kind: SecretKind, bytes: &[u8; 32]) -> Self {
        let mut text = Zeroizing::new(String::with_capacity(PREFIX + RANDOM + CHECK));
        text.push_str(kind.prefix());
        base62(bytes, RANDOM, &mut text);
        let check = crc32fast::hash(text.as_bytes());
        base62(&check.to_be_bytes(), CHECK, &mut text);
        Self { kind, text }
    }

    /// Reads a secret: its form and its check sum, no more.
    ///
    /// # Errors
    /// `UNAUTHENTICATED` for anything that was never a secret of ours.
    pub fn parse(text: &str) -> Result<Self> {
        let kind = SecretKind::ALL.into_iter().find(|kind| text.starts_with(kind.prefix()));
        let (Some(kind), true) = (kind, text.len() == PREFIX + RANDOM + CHECK && text.is_ascii())
        else {
            return Err(Error::new(Code::Unauthenticated));
        };
        let (body, check) = text.split_at(PREFIX + RANDOM);
        let mut expected = Zeroizing::new(String::with_capacity(CHECK));
        base62(&crc32fast::hash(body.as_bytes()).to_be_bytes(), CHECK, &mut expected);
        if expected.as_str() != check {
            return Err(Error::new(Code::Unauthenticated));
        }
        Ok(Self { kind, text: Zeroizing::new(text.to_owned()) })
    }

    /// What it stands for.
    pub fn kind(&self) -> SecretKind {
        self.kind
    }

    /// What is stored of it.
    pub fn hash(&self) -> SecretHash {
        SecretHash(Sha256::digest(self.text.as_bytes()).into())
    }

    /// The secret itself, for the one answer that shows it.
    pub fn expose(&self) -> &str {
        &self.text
    }
}

impl SecretHash {
    /// From stored bytes.
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// To be stored.
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl PartialEq for SecretHash {
    fn eq(&self, other: &Self) -> bool {
        self.0.ct_eq(&other.0).into()
    }
}

/// Whether `text` holds something that looks like one of our secrets.
pub fn looks_like_secret(text: &str) -> bool {
    SecretKind::ALL.iter().any(|kind| text.contains(kind.prefix()))
}

/// Appends the number in `bytes` (big end first) as exactly `digits` digits of base 62.
fn base62(bytes: &[u8], digits: usize, out: &mut String) {
    let mut number = Zeroizing::new(bytes.to_vec());
    let mut reversed = Zeroizing::new(Vec::with_capacity(digits));
    for _ in 0..digits {
        let mut rest = 0_u32;
        for byte in number.iter_mut() {
            let value = (rest << 8) | u32::from(*byte);
            *byte = u8::try_from(value / 62).unwrap_or(u8::MAX);
            rest = value % 62;
        }
        reversed.push(ALPHABET[rest as usize]);
    }
    out.extend(reversed.iter().rev().map(|digit| char::from(*digit)));
}
