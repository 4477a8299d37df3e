//! What `serve` and the local host need: flags over environment over file; built once, passed by value.

use std::{
    collections::{BTreeMap, BTreeSet},
    net::{IpAddr, Ipv4Addr, SocketAddr, UdpSocket},
    path::{Path, PathBuf},
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
    #[error("{path}: {source}", path = .0.display(), source = .1)]
    Malformed(PathBuf, toml::de::Error),
    /// Others could listen in.
    #[error("{0} can be reached by other machines, without TLS")]
    Exposed(SocketAddr),
    /// The base URL is none.
    #[error("base_url must begin with http:// or https://, and end without a slash: {0}")]
    BaseUrl(String),
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
