//! Everything that can be set about a server, in one table: the defaults, the variables, `config init`, `config show`
//! and `help config` are made from it.

/// Something that can be set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Key {
    /// Its name in the file; a dot stands behind the name of its table.
    pub name: &'static str,
    /// What holds when nobody says otherwise, as TOML.
    pub default: &'static str,
    /// What it does, in one sentence.
    pub help: &'static str,
}

/// Every key but those of agents, in the order in which they are shown. Tables come last, as TOML wants it.
pub const KEYS: &[Key] = &[
    key("listen", r#"["127.0.0.1:7717"]"#, "Where the server listens."),
    key("base_url", r#""""#, "Where people reach it, when that is not where it listens."),
    key("allowed_hosts", "[]", "More names under which it answers."),
    key("trusted_proxies", "[]", "Addresses or networks of proxies whose X-Forwarded-For counts."),
    key("lan", "false", "Let the local network in, without TLS."),
    key(
        "insecure",
        "false",
        "Listen beyond this machine without TLS: something in front sees to that.",
    ),
    key(
        "log_format",
        r#""auto""#,
        "How the log is written: auto (text on a terminal, else json), text or json.",
    ),
    key("log_level", r#""""#, "What is logged, such as debug, or wardroom=debug,warn."),
    key(
        "turn_limit",
        r#""30m""#,
        "How long a turn may take, without the time it waits for people.",
    ),
    key("sessions.endless", "false", "Sessions may live for ever: expiresInMinutes of 0 or null."),
    key(
        "sessions.expires",
        r#""24h""#,
        "When a session ends of which nobody said it, a year at most.",
    ),
    key("sessions.participants", "1000", "How many may take part in a session at once."),
    key("hosts.linger", r#""10m""#, "How long agents of this machine go on without their server."),
    key(
        "hosts.local_grace",
        r#""30s""#,
        "How long turns go on while the host of this machine is away.",
    ),
    key("hosts.remote_grace", r#""10m""#, "How long turns go on while another host is away."),
    key("hosts.event_days", "30", "How many days host events are kept."),
    key("hosts.events", "100000", "How many host events are kept at most."),
    key(
        "hosts.agent_starts",
        "0",
        "How many agents start at once, fairly between people; 0: twice the processors.",
    ),
    key("hosts.tool_calls", "64", "How many calls of tools go on at once, fairly between people."),
    key("limits.connections", "12000", "How many connections are held at once."),
    key(
        "limits.connections_of_address",
        "1000",
        "How many of them of one address; loopback and proxies are exempt.",
    ),
    key("limits.headers", r#""5s""#, "How long the headers of a request may take to arrive."),
    key("limits.body", r#""10s""#, "How long a body may take to arrive."),
    key(
        "limits.pending_of_author",
        "5",
        "How many prompts of one author may wait in a session, for a yes or for the agent.",
    ),
    key(
        "limits.pending_of_session",
        "50",
        "How many approvals, and prompts for the agent, may wait in a session.",
    ),
    key(
        "limits.pending_of_program",
        "1000",
        "How much programs of one host, or of one person, may have asked that waits.",
    ),
    key("limits.prompts_a_minute", "20", "How many prompts somebody may send in a minute; 0: any."),
    key(
        "limits.failed_joins_a_minute",
        "10",
        "How often joining may fail from one address in a minute; 0: any.",
    ),
    key(
        "limits.failed_joins_an_hour",
        "100",
        "How often joining may fail at one session in an hour; 0: any.",
    ),
    key(
        "limits.failed_logins_a_minute",
        "5",
        "How often signing in may fail from one address in a minute; 0: any.",
    ),
    key("limits.streams", "10000", "How many streams may be open."),
    key("limits.streams_of_session", "300", "How many of them of one session."),
    key("limits.streams_of_person", "5", "How many of them of one person in a session."),
    key(
        "limits.stream_life",
        r#""1h""#,
        "How long a stream lives, give or take a tenth; then the client comes back.",
    ),
];

const fn key(name: &'static str, default: &'static str, help: &'static str) -> Key {
    Key { name, default, help }
}

impl Key {
    /// The variable that sets it: `limits.streams` is `WARDROOM_LIMITS_STREAMS`.
    pub fn variable(&self) -> String {
        format!("WARDROOM_{}", self.name.replace('.', "_").to_ascii_uppercase())
    }
}

/// The whole configuration as a file in which everything is commented out: each line says what holds without it.
pub fn template() -> String {
    let mut lines = vec![
        "# The configuration of wardroom. Flags win over WARDROOM_ variables, and those over this file."
            .to_owned(),
    ];
    let mut table = "";
    for key in KEYS {
        let (own, name) = key.name.split_once('.').unwrap_or(("", key.name));
        if own != table {
            lines.extend([String::new(), format!("[{own}]")]);
            table = own;
        } else if table.is_empty() {
            lines.push(String::new());
        }
        lines.extend([format!("# {}", key.help), format!("# {name} = {}", key.default)]);
    }
    lines.join("\n") + "\n" + AGENT
}

/// What can be said of an agent.
const AGENT: &str = r#"
# An agent that the server's own host can start: wardroom share review
# [agents.review]
# description = "Reviews pull requests"
# command = ["claude-agent-acp"]
# env = { CLAUDE_CONFIG_DIR = "/srv/claude" }
# folders = ["/srv/checkouts"]   # where it may work; the first by default
# mode = "plan"                  # the mode that it is put into at the start, by its own id of it
# idle_timeout = "300s"          # its process is closed after that, and started again where it was; never if absent
# allow_human_input = true       # false: people comment and decide, and do not prompt it
# resume = "auto"                # "never": an old conversation is not taken up again
# enabled = true                 # false: it is not offered
"#;
