//! What `serve` and the local host need: flags over environment over files; built once, passed by value.
//!
//! `keys` is the table of what there is to set, and `values` lays the sources over each other.

mod keys;
mod values;

use std::{
    collections::{BTreeMap, BTreeSet},
    net::{IpAddr, Ipv4Addr, SocketAddr, UdpSocket},
    path::PathBuf,
    time::Duration,
};

use ipnet::IpNet;
use serde::Deserialize;

pub use self::{
    keys::{KEYS, Key, template},
    values::{Origin, Values},
};
use crate::live::Limits;

/// The socket in a data directory, for the person at this machine and the local host.
pub const SOCKET: &str = "wardroom.sock";
/// The lock file that a server holds.
pub const LOCK: &str = "lock";
/// The lock file that the local host holds.
pub const HOST_LOCK: &str = "host.lock";

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

/// Reads a span of time such as `300s`, `5m` or `1h 30m`.
fn span<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<Duration>, D::Error> {
    let text = String::deserialize(deserializer)?;
    // A year is more than anybody waits.
    let read = humantime::parse_duration(&text).ok();
    let read = read.filter(|it| (1..=31_536_000).contains(&it.as_secs()));
    let wrong = || format!("{text:?} is not a time span; try \"300s\", \"5m\" or \"1h\"");
    read.map(Some).ok_or_else(|| serde::de::Error::custom(wrong()))
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
    /// Proxies whose word about addresses counts.
    pub trusted_proxies: Vec<IpNet>,
    /// Whether other machines of the network may connect without TLS.
    pub lan: bool,
    /// Whether somebody has said that the missing TLS is their affair.
    pub insecure: bool,
    /// The configuration file that was named, for the local host; absent: it finds the same ones.
    pub file: Option<PathBuf>,
    /// Whether to start the local host.
    pub local_host: bool,
    /// How many streams may be open.
    pub streams: Limits,
    /// How long a stream lives, give or take a tenth.
    pub stream_life: Duration,
    /// What holds for sessions.
    pub sessions: SessionsConfig,
    /// What connections may cost.
    pub connections: ConnectionLimits,
    /// How much anybody may do, and how often they may fail.
    pub rates: Rates,
    /// What hosts may cost.
    pub hosts: HostLimits,
    /// How long turns go on while the host of this machine is away.
    pub local_grace: Duration,
    /// How long turns go on while another host is away.
    pub remote_grace: Duration,
    /// How long a turn may take, without the time it waits for people.
    pub turn_limit: Duration,
}

/// What can be set about sessions.
#[derive(Debug, Clone, Copy)]
pub struct SessionsConfig {
    /// Whether they may live for ever.
    pub endless: bool,
    /// How long one lives of which nobody says it, in minutes.
    pub minutes: u32,
    /// How many may take part at once.
    pub participants: u32,
}

/// What hosts may cost.
#[derive(Debug, Clone, Copy)]
pub struct HostLimits {
    /// How many days their events are kept.
    pub event_days: u32,
    /// How many events are kept at most.
    pub events: u32,
    /// How many agents start at once; 0: twice the processors.
    pub agent_starts: usize,
    /// How many calls of tools go on at once.
    pub tool_calls: usize,
}

/// What connections may cost.
#[derive(Debug, Clone, Copy)]
pub struct ConnectionLimits {
    /// How many are held at once.
    pub all: usize,
    /// How many of them of one address.
    pub of_address: usize,
    /// How long the headers of a request may take to arrive.
    pub headers: Duration,
    /// How long a body may take to arrive.
    pub body: Duration,
}

/// How much anybody may do, and how often they may fail.
#[derive(Debug, Clone, Copy)]
pub struct Rates {
    /// Approvals of one author that may wait in a session.
    pub pending_of_author: u32,
    /// Approvals that may wait in a session.
    pub pending_of_session: u32,
    /// Requests of programs, of one host or one person, that may wait.
    pub pending_of_program: u32,
    /// Prompts of one author in a minute.
    pub prompts: u32,
    /// Failed joins from one address in a minute.
    pub failed_joins_of_address: u32,
    /// Failed joins at one session in an hour.
    pub failed_joins_of_session: u32,
    /// Failed sign-ins from one address in a minute.
    pub failed_logins: u32,
}

/// What is wrong with a configuration; exit code 78.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file cannot be read.
    #[error("{path}: {source}", path = .0.display(), source = .1)]
    Unreadable(PathBuf, std::io::Error),
    /// The file is not TOML.
    #[error("{path}: {source}", path = .0.display(), source = .1)]
    Malformed(PathBuf, toml::de::Error),
    /// The file sets something that is not known; what it may have meant.
    #[error("{path}: there is no key {key}{meant}", path = .0.display(), key = .1,
        meant = .2.as_ref().map(|near| format!("; did you mean {near}?")).unwrap_or_default())]
    Unknown(PathBuf, String, Option<String>),
    /// A key has a value that it cannot have: the key, where the value comes from, and what is wrong.
    #[error("{0} (from {1}): {2}")]
    Value(String, Origin, String),
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
    near.first().map(|word| format!("; did you mean {word}?")).unwrap_or_default()
}

impl Config {
    /// What the values come to, over a data directory.
    ///
    /// # Errors
    /// The first value that its key cannot have.
    pub fn new(values: &Values, data_dir: PathBuf) -> Result<Self, ConfigError> {
        let mut listen: Vec<SocketAddr> = values.get("listen")?;
        let lan = values.get("lan")?;
        if lan {
            for address in &mut listen {
                address.set_ip(Ipv4Addr::UNSPECIFIED.into());
            }
        }
        let base_url: String = values.get("base_url")?;
        Ok(Self {
            data_dir,
            listen,
            base_url: (!base_url.is_empty()).then_some(base_url),
            allowed_hosts: values.get("allowed_hosts")?,
            trusted_proxies: networks(values)?,
            lan,
            insecure: values.get("insecure")?,
            file: None,
            local_host: true,
            streams: Limits {
                a_person: values.get("limits.streams_of_person")?,
                a_session: values.get("limits.streams_of_session")?,
                all: values.get("limits.streams")?,
            },
            stream_life: values.span("limits.stream_life")?,
            sessions: SessionsConfig {
                endless: values.get("sessions.endless")?,
                minutes: session_minutes(values)?,
                participants: values.get("sessions.participants")?,
            },
            connections: ConnectionLimits {
                all: values.get("limits.connections")?,
                of_address: values.get("limits.connections_of_address")?,
                headers: values.span("limits.headers")?,
                body: values.span("limits.body")?,
            },
            rates: Rates {
                pending_of_author: values.get("limits.pending_of_author")?,
                pending_of_session: values.get("limits.pending_of_session")?,
                pending_of_program: values.get("limits.pending_of_program")?,
                prompts: values.get("limits.prompts_a_minute")?,
                failed_joins_of_address: values.get("limits.failed_joins_a_minute")?,
                failed_joins_of_session: values.get("limits.failed_joins_an_hour")?,
                failed_logins: values.get("limits.failed_logins_a_minute")?,
            },
            hosts: HostLimits {
                event_days: values.get("hosts.event_days")?,
                events: values.get("hosts.events")?,
                agent_starts: values.get("hosts.agent_starts")?,
                tool_calls: values.get("hosts.tool_calls")?,
            },
            local_grace: values.span("hosts.local_grace")?,
            remote_grace: values.span("hosts.remote_grace")?,
            turn_limit: values.span("turn_limit")?,
        })
    }

    /// What holds when nobody says anything, over a data directory.
    ///
    /// # Errors
    /// None, as a test sees to it.
    pub fn of(data_dir: PathBuf) -> Result<Self, ConfigError> {
        Self::new(&Values::defaults()?, data_dir)
    }

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
            None => "http://localhost".into(),
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

/// How long sessions live: whole minutes, from one to those of a year.
fn session_minutes(values: &Values) -> Result<u32, ConfigError> {
    let key = "sessions.expires";
    let minutes = values.span(key)?.as_secs() / 60;
    let minutes = u32::try_from(minutes).ok().filter(|it| (1..=525_600).contains(it));
    minutes.ok_or_else(|| {
        ConfigError::Value(key.into(), values.origin(key), "it is one minute to one year".into())
    })
}

/// The proxies: networks, or single addresses.
fn networks(values: &Values) -> Result<Vec<IpNet>, ConfigError> {
    let key = "trusted_proxies";
    let texts: Vec<String> = values.get(key)?;
    let network = |text: &String| {
        let single = text.parse::<IpAddr>().map(IpNet::from);
        single.or_else(|_none| text.parse()).map_err(|_neither| {
            let text = format!("{text:?} is neither an address nor a network such as 10.0.0.0/8");
            ConfigError::Value(key.into(), values.origin(key), text)
        })
    };
    texts.iter().map(network).collect()
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
mod tests;
