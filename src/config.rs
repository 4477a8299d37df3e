//! What `serve` and the local host need: flags over environment over file; built once, passed by value.

use std::{
    collections::{BTreeMap, BTreeSet},
    net::{IpAddr, Ipv4Addr, SocketAddr, UdpSocket},
    path::{Path, PathBuf},
    time::Duration,
};

use serde::Deserialize;

use crate::live::Limits;

/// Where the server listens when nobody says otherwise.
pub const DEFAULT_LISTEN: &str = "127.0.0.1:7717";
/// The socket in a data directory, for the person at this machine and the local host.
pub const SOCKET: &str = "wardroom.sock";
/// The lock file that a server holds.
pub const LOCK: &str = "lock";
/// The lock file that the local host holds.
pub const HOST_LOCK: &str = "host.lock";

/// What can stand in the configuration file.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct File {
    /// Where to listen.
    #[serde(default)]
    pub listen: Vec<SocketAddr>,
    /// Where people reach this server.
    pub base_url: Option<String>,
    /// More names under which it answers.
    #[serde(default)]
    pub allowed_hosts: Vec<String>,
    /// What holds for sessions.
    #[serde(default)]
    pub sessions: SessionsConfig,
    /// What the local host can start, by name.
    #[serde(default)]
    pub agents: BTreeMap<String, AgentConfig>,
}

/// What can be set about sessions.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SessionsConfig {
    /// Whether they may live for ever: `expiresInMinutes` of 0 or null.
    #[serde(default)]
    pub endless: bool,
}

/// An agent that can be started.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AgentConfig {
    /// One line about it.
    #[serde(default)]
    pub description: String,
    /// Program and arguments; never from the API.
    pub command: Vec<String>,
    /// Set for the agent besides the few variables that every agent gets.
    #[serde(default)]
    pub env: BTreeMap<String, String>,
    /// Where its sessions may work; the first by default.
    #[serde(default)]
    pub folders: Vec<PathBuf>,
    /// The mode that it is put into at the start, by the agent's own id of it.
    pub mode: Option<String>,
    /// How long its process may be idle before it is closed, such as `"300s"`; absent: for ever. The next prompt starts it
    /// again where it was; an agent that cannot take up its conversation is not closed.
    #[serde(default, deserialize_with = "span")]
    pub idle_timeout: Option<Duration>,
    /// Whether people may prompt it; else they comment and decide.
    #[serde(default = "yes")]
    pub allow_human_input: bool,
    /// Whether it may take an old conversation up again.
    #[serde(default)]
    pub resume: Resume,
    /// Whether it is offered at all.
    #[serde(default = "yes")]
    pub enabled: bool,
}

/// Whether an agent takes an old conversation up again.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Resume {
    /// Where it can.
    #[default]
    Auto,
    /// Never: after its end somebody begins a new one, and says so.
    Never,
}

fn yes() -> bool {
    true
}

/// Reads a span of time such as `300s`, `5m`, `12h` or `7d`.
fn span<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<Duration>, D::Error> {
    let text = String::deserialize(deserializer)?;
    let seconds = |(number, unit): (&str, u64)| number.parse::<u64>().ok()?.checked_mul(unit);
    let units = [('s', 1), ('m', 60), ('h', 3600), ('d', 86_400)];
    let read = units.iter().find_map(|(letter, unit)| Some((text.strip_suffix(*letter)?, *unit)));
    // A year is more than anybody waits.
    let read = read.and_then(seconds).filter(|it| (1..=31_536_000).contains(it));
    let wrong = || format!("{text:?} is not a time span; try \"300s\", \"5m\" or \"1h\"");
    let seconds = read.ok_or_else(|| serde::de::Error::custom(wrong()))?;
    Ok(Some(Duration::from_secs(seconds)))
}

/// What a server needs.
#[derive(Debug, Clone)]
pub struct Config {
    /// Where everything durable is.
    pub data_dir: PathBuf,
    /// Where to listen.
    pub listen: Vec<SocketAddr>,
    /// Where people reach this server; absent: the first address.
    pub base_url: Option<String>,
    /// More names under which it answers.
    pub allowed_hosts: Vec<String>,
    /// Whether other machines of the network may connect without TLS.
    pub lan: bool,
    /// Whether somebody has said that the missing TLS is their affair.
    pub insecure: bool,
    /// The configuration file, for the local host.
    pub file: Option<PathBuf>,
    /// Whether to start the local host.
    pub local_host: bool,
    /// How many streams may be open.
    pub streams: Limits,
    /// What holds for sessions.
    pub sessions: SessionsConfig,
}

/// What is wrong with a configuration; exit code 78.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file cannot be read.
    #[error("{path}: {source}", path = .0.display(), source = .1)]
    Unreadable(PathBuf, std::io::Error),
    /// The file says something that is not known.
    #[error("{path}: {source}{meant}", path = .0.display(), source = .1, meant = meant(.1.message()))]
    Malformed(PathBuf, toml::de::Error),
    /// Others could listen in.
    #[error("{0} can be reached by other machines, without TLS")]
    Exposed(SocketAddr),
    /// The base URL is none.
    #[error("base_url must begin with http:// or https://, and end without a slash: {0}")]
    BaseUrl(String),
}

/// What was perhaps meant by a word that is not known.
fn meant(message: &str) -> String {
    // The words stand between backticks, the unknown one first.
    let words: Vec<_> = message.split('`').skip(1).step_by(2).collect();
    let Some((typed, known)) = words.split_first().filter(|_| message.starts_with("unknown"))
    else {
        return String::new();
    };
    let near = similar::get_close_matches(*typed, known, 1, 0.6);
    near.first().map(|word| format!("did you mean {word}?")).unwrap_or_default()
}

impl File {
    /// Reads a configuration file.
    ///
    /// # Errors
    /// When it cannot be read, or has a key that is not known.
    pub fn read(path: &Path) -> Result<Self, ConfigError> {
        let text = std::fs::read_to_string(path)
            .map_err(|error| ConfigError::Unreadable(path.to_owned(), error))?;
        toml::from_str(&text).map_err(|error| ConfigError::Malformed(path.to_owned(), error))
    }
}

impl Config {
    /// That it can be served as it stands.
    ///
    /// # Errors
    /// [`ConfigError::Exposed`], [`ConfigError::BaseUrl`].
    pub fn check(&self) -> Result<(), ConfigError> {
        if let Some(url) = &self.base_url
            && (!(url.starts_with("http://") || url.starts_with("https://")) || url.ends_with('/'))
        {
            return Err(ConfigError::BaseUrl(url.clone()));
        }
        let is_safe = self.lan
            || self.insecure
            || self.base_url.as_ref().is_some_and(|url| url.starts_with("https://"));
        match self.listen.iter().find(|address| !address.ip().is_loopback()) {
            Some(address) if !is_safe => Err(ConfigError::Exposed(*address)),
            _ => Ok(()),
        }
    }

    /// Where people reach a server that listens at these addresses.
    pub fn url(&self, bound: &[SocketAddr]) -> String {
        if let Some(url) = &self.base_url {
            return url.clone();
        }
        match bound.first() {
            Some(address) if address.ip().is_unspecified() => {
                let ip = self.network().unwrap_or(Ipv4Addr::LOCALHOST.into());
                format!("http://{}", SocketAddr::new(ip, address.port()))
            }
            Some(address) => format!("http://{address}"),
            None => format!("http://{DEFAULT_LISTEN}"),
        }
    }

    /// The names under which it answers: those of this machine, of the base URL, and those that were named.
    pub fn hosts(&self, bound: &[SocketAddr]) -> BTreeSet<String> {
        let mut hosts: BTreeSet<String> =
            ["localhost", "127.0.0.1", "::1"].map(String::from).into();
        hosts.extend(self.allowed_hosts.iter().map(|host| host.to_ascii_lowercase()));
        if let Some(url) = &self.base_url {
            hosts.extend(host_of(url));
        }
        let named = |ip: IpAddr| (!ip.is_unspecified()).then(|| ip.to_string());
        hosts.extend(bound.iter().filter_map(|address| named(address.ip())));
        hosts.extend(self.network().map(|ip| ip.to_string()));
        hosts
    }

    /// Where the local network reaches this machine, if it is let in.
    fn network(&self) -> Option<IpAddr> {
        let ours = || {
            let socket = UdpSocket::bind((Ipv4Addr::UNSPECIFIED, 0))?;
            // Nothing is sent: this only asks which way a packet to the outside would take.
            socket.connect((Ipv4Addr::new(192, 0, 2, 1), 9))?;
            socket.local_addr()
        };
        if !self.lan {
            return None;
        }
        ours().ok().map(|it| it.ip())
    }
}

fn host_of(url: &str) -> Option<String> {
    let rest = url.split_once("://")?.1;
    let authority = rest.split('/').next()?;
    let host = match authority.strip_prefix('[') {
        Some(v6) => v6.split(']').next()?,
        None => authority.split(':').next()?,
    };
    Some(host.to_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sessions_live_for_ever_only_where_the_file_says_so_in_words_that_are_known() {
        let read = |text: &str| toml::from_str::<File>(text).map(|file| file.sessions.endless);
        for unknown in ["[sessions]\nendles = true", "[session]", "[sessions]\nendless = 1"] {
            assert!(read(unknown).is_err(), "{unknown}");
        }
        assert_eq!(read(""), Ok(false));
        assert_eq!(read("[sessions]"), Ok(false));
        assert_eq!(read("[sessions]\nendless = true"), Ok(true));
    }

    #[test]
    fn an_agents_settings_are_known_words_with_known_values_and_others_are_told_what_was_meant() {
        let read = |line: &str| {
            toml::from_str::<File>(&format!("[agents.a]\ncommand = [\"a\"]\n{line}"))
                .map(|file| file.agents["a"].clone())
        };
        let refused = |line: &str| {
            let error = read(line).expect_err(line);
            ConfigError::Malformed("c".into(), error).to_string()
        };
        for (line, said) in [
            ("idle_timout = \"300s\"", "did you mean idle_timeout?"),
            ("allow_human_inputs = false", "did you mean allow_human_input?"),
            ("resume = \"nevr\"", "did you mean never?"),
            ("idle_timeout = \"300\"", "is not a time span"),
            ("idle_timeout = \"0s\"", "is not a time span"),
            ("idle_timeout = \"99999999999999999999d\"", "is not a time span"),
            ("idle_timeout = 300", "expected a string"),
            ("enabled = \"no\"", "expected a boolean"),
        ] {
            let text = refused(line);
            assert!(text.contains(said), "{line}: {text}");
        }
        let plain = read("").unwrap();
        assert!(plain.enabled && plain.allow_human_input && plain.idle_timeout.is_none());
        assert_eq!((plain.resume, plain.mode), (Resume::Auto, None));
        for (text, seconds) in [("300s", 300), ("5m", 300), ("1h", 3600), ("2d", 172_800)] {
            let agent = read(&format!("idle_timeout = \"{text}\"")).unwrap();
            assert_eq!(agent.idle_timeout, Some(Duration::from_secs(seconds)));
        }
    }

    #[test]
    fn the_local_network_is_answered_at_the_address_that_is_printed() {
        let listen: Vec<SocketAddr> = vec!["0.0.0.0:7717".parse().unwrap()];
        let config = |lan| Config {
            data_dir: PathBuf::new(),
            listen: listen.clone(),
            base_url: None,
            allowed_hosts: Vec::new(),
            lan,
            insecure: true,
            file: None,
            local_host: false,
            streams: Limits::default(),
            sessions: SessionsConfig::default(),
        };
        let url = config(true).url(&listen);
        assert!(config(true).hosts(&listen).contains(&host_of(&url).unwrap()), "{url}");
        assert_eq!(config(false).url(&listen), "http://127.0.0.1:7717", "nobody else is let in");
    }
}
