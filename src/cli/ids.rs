//! Short ids: what people see and type instead of UUIDs.
//!
//! Shown are a prefix and the last six hex digits, such as `apr_7f2c11`. Typed may be the whole id, the end of it, or the
//! beginning of those six digits, with or without the prefix, as long as it names one thing.

use std::fmt::Display;

use super::failure::{Exit, Failure};

/// How many digits are shown.
const SHOWN: usize = 6;

/// A kind of thing that has ids.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Kind {
    prefix: &'static str,
    name: &'static str,
}

/// Approvals.
pub(super) const APPROVAL: Kind = Kind { prefix: "apr", name: "approval" };
/// Shared sessions.
pub(super) const SESSION: Kind = Kind { prefix: "ses", name: "session" };
/// Dispatches.
pub(super) const DISPATCH: Kind = Kind { prefix: "dsp", name: "dispatch" };
/// Accounts.
pub(super) const USER: Kind = Kind { prefix: "usr", name: "user" };
/// Hosts.
pub(super) const HOST: Kind = Kind { prefix: "hst", name: "host" };
/// User tokens.
pub(super) const TOKEN: Kind = Kind { prefix: "tok", name: "token" };

/// Conversations, which agents name as they like: there is nothing to shorten.
pub(super) const CONVERSATION: Kind = Kind { prefix: "", name: "conversation" };

impl Kind {
    /// What its short ids begin with.
    pub(super) fn prefix(self) -> &'static str {
        self.prefix
    }

    /// What people see of an id.
    pub(super) fn short(self, id: impl Display) -> String {
        let digits = digits(&id.to_string());
        format!("{}_{}", self.prefix, &digits[digits.len().saturating_sub(SHOWN)..])
    }

    /// Whether what somebody typed names this id.
    pub(super) fn names(self, typed: &str, id: impl Display) -> bool {
        let typed = typed.trim().to_lowercase();
        let typed = digits(typed.strip_prefix(self.prefix).map_or(&*typed, |it| {
            it.strip_prefix('_').unwrap_or(&typed) // "ses" alone is no prefix
        }));
        let id = digits(&id.to_string());
        let shown = &id[id.len().saturating_sub(SHOWN)..];
        !typed.is_empty()
            && typed.bytes().all(|it| it.is_ascii_hexdigit())
            && (id.ends_with(&typed) || shown.starts_with(&typed))
    }

    /// The one thing that `typed` names.
    ///
    /// # Errors
    /// Not found, or a usage error that lists the candidates as `describe` puts them.
    pub(super) fn pick<T>(
        self,
        typed: &str,
        mut named: Vec<T>,
        describe: impl Fn(&T) -> String,
    ) -> Result<T, Failure> {
        match named.len() {
            1 => Ok(named.remove(0)),
            0 => {
                let text = format!("there is no {} {typed}", self.name);
                Err(Failure::new(Exit::NotFound, text))
            }
            many => {
                let text = format!("{typed} names {many} {}s", self.name);
                let candidates: Vec<_> = named.iter().map(describe).collect();
                let hint = format!("say which:\n  {}", candidates.join("\n  "));
                Err(Failure::new(Exit::Usage, text).hint(hint))
            }
        }
    }
}

fn digits(id: &str) -> String {
    id.chars().filter(|c| *c != '-').collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "01926f3e-0000-7abc-8def-0123457f2c11";

    #[test]
    fn the_last_six_digits_are_shown() {
        assert_eq!(APPROVAL.short(ID), "apr_7f2c11");
    }

    #[test]
    fn typed_is_the_whole_id_its_end_or_the_beginning_of_what_is_shown() {
        for typed in [ID, "apr_7f2c11", "7F2C11", "apr_7f", "2c11", "0123457f2c11", "apr_2c11"] {
            assert!(APPROVAL.names(typed, ID), "{typed}");
        }
        for typed in ["", "apr_", "ses_7f2c11", "7f3", "f2c", "title", "01926f3e"] {
            assert!(!APPROVAL.names(typed, ID), "{typed}");
        }
    }

    #[test]
    fn what_names_several_things_is_a_usage_error_with_the_candidates() {
        let pick = |named: Vec<&'static str>| SESSION.pick("7f", named, |it| format!("ses_{it}"));
        assert_eq!(pick(vec!["7f2c11"]).ok(), Some("7f2c11"));
        assert_eq!(pick(vec![]).map_err(|it| it.exit), Err(Exit::NotFound));
        let several = pick(vec!["7f2c11", "7f9aa0"]).unwrap_err();
        assert_eq!(several.exit, Exit::Usage);
        assert!(several.hint.unwrap().contains("ses_7f2c11\n  ses_7f9aa0"));
    }
}
