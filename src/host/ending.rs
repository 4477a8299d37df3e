//! What whoever runs a host is told of an agent that has ended by itself: the server hears less, and guests no more than
//! that it ended.

use std::collections::BTreeMap;

/// The end of an agent that nobody asked for.
#[derive(Debug, Clone)]
pub struct AgentEnd {
    /// Its name at this host.
    pub agent: String,
    /// How, for people, such as `exit code 3`.
    pub how: String,
    /// The end of what it wrote to stderr, at most 4 KiB; it may hold anything.
    pub stderr: String,
    /// How to log in to it, where it does not work because nobody has.
    pub login: Option<Login>,
}

/// How a person logs in to an agent.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Login {
    /// The agent's own words for it.
    pub words: String,
    /// What to add to the agent's command, to be run at a terminal; absent where that does not log anybody in.
    pub args: Option<Vec<String>>,
    /// What to add to its environment then.
    pub env: BTreeMap<String, String>,
}
