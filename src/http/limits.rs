//! How often strangers may fail: at the door of a session, and at signing in.
//!
//! Only failures count, so that an office behind one address is not locked out.

use std::{
    hash::Hash,
    net::{IpAddr, Ipv6Addr, SocketAddr},
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use axum::{extract::FromRequestParts, http::request::Parts};
use ipnet::IpNet;

use super::{Connection, Web};
use crate::{
    domain::{SessionId, SlidingWindow, Timestamp},
    error::{Code, Error, Result},
};

/// How many failures are borne.
#[derive(Debug, Clone, Copy)]
pub struct Failures {
    /// Joining, from one address in a minute.
    pub joins_of_address: u32,
    /// Joining, at one session in an hour.
    pub joins_of_session: u32,
    /// Signing in, and guessing the password that one is to know, from one address in a minute.
    pub logins: u32,
}

impl Default for Failures {
    fn default() -> Self {
        Self { joins_of_address: 10, joins_of_session: 100, logins: 5 }
    }
}

/// Counts the failures.
#[derive(Debug)]
pub struct Limits {
    joins_of_address: Mutex<SlidingWindow<IpAddr>>,
    joins_of_session: Mutex<SlidingWindow<SessionId>>,
    logins: Mutex<SlidingWindow<IpAddr>>,
}

impl Limits {
    /// Nobody has failed yet.
    pub fn new(most: Failures) -> Self {
        const MINUTE: Duration = Duration::from_mins(1);
        const HOUR: Duration = Duration::from_hours(1);
        Self {
            joins_of_address: Mutex::new(SlidingWindow::new(most.joins_of_address, MINUTE)),
            joins_of_session: Mutex::new(SlidingWindow::new(most.joins_of_session, HOUR)),
            logins: Mutex::new(SlidingWindow::new(most.logins, MINUTE)),
        }
    }

    /// Does something with an invite, unless that has failed too often.
    ///
    /// # Errors
    /// `RATE_LIMITED`, and those of `what`.
    pub(super) async fn join<T>(
        &self,
        from: Client,
        id: SessionId,
        now: Timestamp,
        what: impl Future<Output = Result<T>>,
    ) -> Result<T> {
        let wait = locked(&self.joins_of_address).wait(&from.0, now);
        wait.map_or(Ok(()), |wait| Err(failed_too_often(wait)))?;
        let done = what.await;
        if let Err(error) = &done
            && matches!(
                error.code,
                Code::InvalidInviteToken
                    | Code::InviteExpired
                    | Code::InviteRevoked
                    | Code::InviteUsedUp
            )
        {
            // Only now: people whom a link was sent open it at the same moment, and no burst guesses 256 bits.
            locked(&self.joins_of_address).note(from.0, now);
            // Whoever holds a right invite comes in, whatever others have tried at this door.
            enter(&self.joins_of_session, id, now)?;
        }
        done
    }

    /// Does something that proves who asks, unless that has failed too often; `failure` is what is said of a wrong proof.
    ///
    /// It counts as failed from its beginning until it has not: looking at a password takes its time, and guesses that
    /// come all at once must not pass while nobody has failed yet. Who hangs up before the answer has failed.
    ///
    /// # Errors
    /// `RATE_LIMITED`, and those of `what`.
    pub(super) async fn login<T>(
        &self,
        from: Client,
        now: Timestamp,
        failure: Code,
        what: impl Future<Output = Result<T>>,
    ) -> Result<T> {
        enter(&self.logins, from.0, now)?;
        let done = what.await;
        if done.as_ref().err().is_none_or(|error| error.code != failure) {
            locked(&self.logins).take_back(&from.0, now);
        }
        done
    }
}

fn locked<K>(window: &Mutex<SlidingWindow<K>>) -> MutexGuard<'_, SlidingWindow<K>> {
    window.lock().unwrap_or_else(PoisonError::into_inner)
}

fn enter<K: Eq + Hash>(window: &Mutex<SlidingWindow<K>>, key: K, now: Timestamp) -> Result<()> {
    locked(window).enter(key, now).map_err(failed_too_often)
}

fn failed_too_often(wait: Duration) -> Error {
    Error::too_often("that has failed too often", wait)
}

/// From which address somebody asks, as limits count it: an IPv6 network of 64 bits is one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Client(IpAddr);

impl FromRequestParts<Web> for Client {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, web: &Web) -> Result<Self> {
        let peer = match parts.extensions.get::<Connection>() {
            Some(Connection::Network(peer)) => peer.to_canonical(),
            Some(Connection::Local) | None => return Ok(Self(Ipv6Addr::UNSPECIFIED.into())),
        };
        let lines = parts.headers.get_all("x-forwarded-for").iter();
        // What a client wrote need not be text; what our proxy added behind it is.
        let lines: Vec<_> = lines.map(|it| String::from_utf8_lossy(it.as_bytes())).collect();
        Ok(Self(network(address(peer, &lines.join(","), &web.settings.trusted_proxies))))
    }
}

/// Who is behind the proxies: the last address that is none of them. Whatever stands before it anybody could have written.
fn address(peer: IpAddr, forwarded: &str, proxies: &[IpNet]) -> IpAddr {
    let is_proxy = |address: &IpAddr| proxies.iter().any(|net| net.contains(address));
    let mut address = peer;
    for text in forwarded.rsplit(',') {
        if !is_proxy(&address) {
            break;
        }
        let Some(next) = named(text.trim()) else { break };
        address = next.to_canonical();
    }
    address
}

/// An address as proxies write it: some add the port, and put brackets around IPv6.
fn named(text: &str) -> Option<IpAddr> {
    let bare = text.trim_start_matches('[').trim_end_matches(']');
    bare.parse().ok().or_else(|| text.parse::<SocketAddr>().ok().map(|it| it.ip()))
}

fn network(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(_) => address,
        IpAddr::V6(v6) => IpAddr::V6(Ipv6Addr::from_bits(v6.to_bits() & !u128::from(u64::MAX))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_listed_proxies_are_believed_and_only_about_the_last_address() {
        let proxies: Vec<IpNet> = vec!["10.0.0.0/8".parse().unwrap(), "::1/128".parse().unwrap()];
        let seen = |peer: &str, forwarded: &str| {
            address(peer.parse().unwrap(), forwarded, &proxies).to_string()
        };
        assert_eq!(seen("192.0.2.7", "203.0.113.5"), "192.0.2.7", "no proxy of ours");
        assert_eq!(seen("10.0.0.1", "203.0.113.5"), "203.0.113.5");
        assert_eq!(
            seen("10.0.0.1", "198.51.100.1, 203.0.113.5"),
            "203.0.113.5",
            "forged before it"
        );
        assert_eq!(seen("10.0.0.1", "203.0.113.5, 10.9.9.9"), "203.0.113.5", "two proxies");
        assert_eq!(seen("10.0.0.1", "nonsense"), "10.0.0.1");
        assert_eq!(seen("10.0.0.1", ""), "10.0.0.1");
        assert_eq!(seen("::1", "::ffff:203.0.113.5"), "203.0.113.5");
        for written in ["203.0.113.5:41234", "\u{fffd}, 203.0.113.5"] {
            assert_eq!(seen("10.0.0.1", written), "203.0.113.5");
        }
        for written in ["2001:db8::1", "[2001:db8::1]", "[2001:db8::1]:80"] {
            assert_eq!(seen("10.0.0.1", written), "2001:db8::1");
        }
    }

    #[test]
    fn a_network_of_ipv6_is_one_client() {
        let net = |text: &str| network(text.parse().unwrap()).to_string();
        assert_eq!(net("2001:db8:1:2:3:4:5:6"), net("2001:db8:1:2::1"));
        assert_ne!(net("2001:db8:1:2::1"), net("2001:db8:1:3::1"));
        assert_eq!(net("192.0.2.7"), "192.0.2.7");
    }
}
