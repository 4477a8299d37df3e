//! Secrets where none should be.

use wardroom::domain::Secret;

/// How long one is, as text.
const LENGTH: usize = 56;

/// How many secrets of ours stand in there. Documents and comments have their prefixes only.
pub(crate) fn secrets(bytes: &[u8]) -> usize {
    let found = memchr::memmem::find_iter(bytes, "wr_");
    let text = |at: usize| bytes.get(at..at + LENGTH).and_then(|it| std::str::from_utf8(it).ok());
    found.filter_map(text).filter(|it| Secret::parse(it).is_ok()).count()
}
