//! Which server is meant, and as whom.

use std::{env, fmt, fs, path::PathBuf};

use anyhow::{Context, Result};
use reqwest::Url;

use crate::{
    cli::{
        credentials::Credentials,
        failure::{Exit, Failure},
        global::Global,
        paths,
    },
    domain::Secret,
};

/// Where a server listens when nobody says otherwise.
pub(crate) const DEFAULT_URL: &str = "http://127.0.0.1:7717";

/// A server, and who we are there.
#[derive(Clone)]
pub(crate) struct Target {
    /// Where.
    pub(crate) place: Place,
    /// Who; nobody, or over the socket the local admin, without one.
    pub(crate) token: Option<Secret>,
}

/// Where a server is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Place {
    /// The socket in its data directory.
    Socket(PathBuf),
    /// Its address: scheme, host and port.
    Url(String),
}

impl Target {
    /// The server that is meant: the one that is named; one that a token was given for; the one of a data directory that
    /// is named; where one is logged in; the one of the default data directory.
    pub(crate) fn choose(global: &Global) -> Result<Self> {
        let token = given_token(global)?;
        let kept = Credentials::load()?;
        let url = match &global.server {
            Some(url) => Some(address(url)?),
            None if token.is_some() => Some(kept.current.clone().unwrap_or(DEFAULT_URL.into())),
            None if global.data_dir.is_some() => None,
            None => kept.current.clone(),
        };
        Ok(match url {
            Some(url) => {
                let stored = || kept.servers.get(&url)?.secret();
                let token = token.or_else(stored);
                Self { place: Place::Url(url), token }
            }
            None => Self { place: Place::Socket(paths::socket(global)), token: None },
        })
    }
}

impl Place {
    /// What paths are appended to.
    pub(crate) fn base(&self) -> &str {
        match self {
            Self::Socket(_) => "http://localhost",
            Self::Url(url) => url,
        }
    }

    /// Where it is, in a word.
    pub(crate) fn name(&self) -> &str {
        match self {
            Self::Socket(_) => "this computer",
            Self::Url(url) => url.split_once("://").map_or(url, |it| it.1),
        }
    }

    /// Whether it is on this machine, so that no proxy is between.
    pub(crate) fn is_near(&self) -> bool {
        let Self::Url(url) = self else { return true };
        let host = Url::parse(url).ok().and_then(|url| url.host_str().map(str::to_owned));
        host.is_some_and(|it| it == "localhost" || it == "[::1]" || it.starts_with("127."))
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Socket(path) => write!(f, "the server of {}", path.display()),
            Self::Url(url) => f.write_str(url),
        }
    }
}

/// The token of `--token-file`, `WARDROOM_TOKEN_FILE` or `WARDROOM_TOKEN`.
pub(crate) fn given_token(global: &Global) -> Result<Option<Secret>> {
    let (text, from) = match (&global.token_file, env::var("WARDROOM_TOKEN")) {
        (Some(path), _) => {
            let text = fs::read_to_string(path)
                .with_context(|| format!("cannot read the token in {}", path.display()))?;
            (text, path.display().to_string())
        }
        (None, Ok(text)) if !text.is_empty() => (text, "WARDROOM_TOKEN".into()),
        (None, _) => return Ok(None),
    };
    let secret = Secret::parse(text.trim()).map_err(|_no_secret| {
        Failure::new(Exit::Denied, format!("what {from} holds is not a token of wardroom"))
            .hint("a token begins with wr_usr_ and is 56 characters long")
    })?;
    Ok(Some(secret))
}

/// Scheme, host and port of what somebody typed; the scheme may be left out.
pub(crate) fn address(typed: &str) -> Result<String, Failure> {
    let local = ["localhost", "127.", "[::1]"].iter().any(|it| typed.starts_with(it));
    let whole = match typed.contains("://") {
        true => typed.to_owned(),
        false if local => format!("http://{typed}"),
        false => format!("https://{typed}"),
    };
    match Url::parse(&whole) {
        Ok(url) if url.has_host() && matches!(url.scheme(), "http" | "https") => {
            Ok(url.origin().ascii_serialization())
        }
        _ => {
            let text = format!("{typed:?} is not the address of a server");
            Err(Failure::new(Exit::Usage, text).hint(format!("it looks like {DEFAULT_URL}")))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_scheme_host_and_port() {
        let read = |typed| address(typed).map_err(|it| it.exit);
        assert_eq!(read("https://wardroom.example/"), Ok("https://wardroom.example".into()));
        assert_eq!(read("wardroom.example"), Ok("https://wardroom.example".into()));
        assert_eq!(read("localhost:7717"), Ok("http://localhost:7717".into()));
        assert_eq!(read("127.0.0.1:7717/s/x"), Ok("http://127.0.0.1:7717".into()));
        assert_eq!(read("http://[::1]:7717"), Ok("http://[::1]:7717".into()));
        assert_eq!(read("ftp://x"), Err(Exit::Usage));
        assert_eq!(read(""), Err(Exit::Usage));
    }

    #[test]
    fn no_proxy_is_asked_about_this_machine() {
        let near = |url: &str| Place::Url(url.into()).is_near();
        assert!(
            near("http://127.0.0.1:7717") && near("http://localhost:1") && near("http://[::1]")
        );
        assert!(!near("https://wardroom.example") && !near("http://10.0.0.1"));
    }
}
