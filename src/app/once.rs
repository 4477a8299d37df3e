//! Idempotency keys: the same request twice is done once and answered twice.

use std::time::Duration;

use serde::{Serialize, de::DeserializeOwned};
use sha2::{Digest, Sha256};

use crate::{
    error::{Code, Error, Result},
    store::{KeptAnswer, Tx},
};

/// How long answers are kept.
const KEPT: Duration = Duration::from_hours(168);

/// Who asks what with which key.
#[derive(Debug, Clone)]
pub struct Key {
    caller: String,
    text: String,
    route: String,
    body_hash: [u8; 32],
}

/// What a request came to, and whether it had come to it before.
#[derive(Debug, Clone)]
pub struct Once<T> {
    /// What it came to.
    pub value: T,
    /// Whether this repeats an earlier answer.
    pub replayed: bool,
}

impl<T> Once<T> {
    pub(super) fn fresh(value: T) -> Self {
        Self { value, replayed: false }
    }

    pub(super) fn again(value: T) -> Self {
        Self { value, replayed: true }
    }
}

impl Key {
    /// A key as `caller` sent it with a request of this route and body.
    ///
    /// # Errors
    /// `INVALID_BODY` unless it is 8 to 128 printable ASCII characters.
    pub fn new(caller: String, key: &str, route: &str, body: &[u8]) -> Result<Self> {
        let printable = key.bytes().all(|byte| (0x20..0x7f).contains(&byte));
        if !(8..=128).contains(&key.len()) || !printable {
            return Err(Error::with(Code::InvalidBody, "Idempotency-Key is malformed")
                .hint("8 to 128 printable ASCII characters"));
        }
        let body_hash = Sha256::digest(body).into();
        Ok(Self { caller, text: key.to_owned(), route: route.to_owned(), body_hash })
    }

    /// The key of one part of a request that makes several things. No key that somebody sends is like it.
    pub(super) fn part(&self, name: &str) -> Self {
        Self { text: format!("{}\n{name}", self.text), ..self.clone() }
    }
}

/// What this request came to before, if it did.
///
/// # Errors
/// `IDEMPOTENCY_MISMATCH` when the key was used for another request.
pub(super) async fn before<T: DeserializeOwned>(
    tx: &mut Tx,
    key: Option<&Key>,
) -> Result<Option<T>> {
    let Some(key) = key else { return Ok(None) };
    let Some(kept) = tx.kept_answer(&key.caller, &key.text).await? else { return Ok(None) };
    if kept.route != key.route || kept.body_hash != key.body_hash {
        return Err(Error::new(Code::IdempotencyMismatch).hint("use a fresh key for each request"));
    }
    serde_json::from_str(&kept.answer).map(Some).map_err(Error::internal)
}

/// Keeps what this request came to, in the same unit of work.
pub(super) async fn keep<T: Serialize>(tx: &mut Tx, key: Option<&Key>, answer: &T) -> Result<()> {
    let Some(key) = key else { return Ok(()) };
    let kept = KeptAnswer {
        route: key.route.clone(),
        body_hash: key.body_hash,
        answer: serde_json::to_string(answer).map_err(Error::internal)?,
    };
    let until = tx.now().plus(KEPT);
    tx.keep_answer(&key.caller, &key.text, &kept, until).await
}
