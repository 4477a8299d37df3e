//! How much of everything: environment variables over what fits into the test command.

use std::{env, fmt::Debug, str::FromStr, time::Duration};

/// The value of `WARDROOM_CRASH_<name>`, or `default`.
///
/// # Panics
/// When it is set to something else than a value of this type.
pub(crate) fn setting<T: FromStr<Err: Debug>>(name: &str, default: T) -> T {
    let name = format!("WARDROOM_CRASH_{name}");
    match env::var(&name) {
        Ok(text) => text.parse().unwrap_or_else(|error| panic!("{name}={text}: {error:?}")),
        Err(_) => default,
    }
}

/// Where chance begins: the same seed throws the same dice, though processes do not run in the same order twice.
pub(crate) fn seed() -> u64 {
    setting("SEED", 1)
}

/// How long a story may take before it is given up.
pub(crate) fn limit(rounds: usize, each: Duration) -> Duration {
    Duration::from_mins(2) + each * u32::try_from(rounds).unwrap_or(u32::MAX)
}
