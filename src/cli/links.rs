//! Links as people pass them on: read, written, and drawn for a phone to see.

use std::fmt::Write;

use anyhow::Result;
use qrcode::{QrCode, render::unicode::Dense1x2};

use super::{
    api::{Place, Target, address, given_token},
    credentials::{Account, Credentials},
    failure::{Exit, Failure},
    global::Global,
    paths,
};
use crate::domain::{Secret, SecretKind, SessionId};

/// What a link to join holds.
pub(super) struct JoinLink {
    /// The server.
    pub(super) server: String,
    /// The session.
    pub(super) session: SessionId,
    /// The secret of the invite; a link without one leads to a seat that one has.
    pub(super) invite: Option<Secret>,
}

impl JoinLink {
    /// Reads `https://…/join/<session>#wr_inv_…`.
    ///
    /// # Errors
    /// A usage error for anything else.
    pub(super) fn read(link: &str) -> Result<Self, Failure> {
        let wrong = |hint: &str| Failure::new(Exit::Usage, "that is not a link to join").hint(hint);
        let shape = "it looks like https://…/join/…#wr_inv_… ; put it in quotes";
        let (path, secret) = link.trim().split_once('#').unwrap_or((link.trim(), ""));
        let (rest, id) = path.trim_end_matches('/').rsplit_once('/').ok_or_else(|| wrong(shape))?;
        let server =
            rest.strip_suffix("/join").or(rest.strip_suffix("/s")).ok_or_else(|| wrong(shape))?;
        let session = id.parse().map_err(|_no_id| wrong(shape))?;
        let invite = match secret {
            "" => None,
            secret => match Secret::parse(secret) {
                Ok(secret) if secret.kind() == SecretKind::Invite => Some(secret),
                _ => return Err(wrong("what follows the # is not whole: copy all of the link")),
            },
        };
        Ok(Self { server: address(server)?, session, invite })
    }

    /// The seat that one has there: as a guest who has joined, or with an account; none where only the server of the
    /// data directory can know us.
    ///
    /// # Errors
    /// Exit code 4 for somebody whom no server can know.
    pub(super) fn seat(&self, global: &Global) -> Result<Option<Target>> {
        let kept = Credentials::load()?;
        let seat = kept.seats.get(&self.session.to_string()).and_then(Account::secret);
        let account = || kept.servers.get(&self.server).and_then(Account::secret);
        let token = match given_token(global)? {
            Some(token) => Some(token),
            None => seat.or_else(account),
        };
        match token {
            Some(token) => {
                Ok(Some(Target { place: Place::Url(self.server.clone()), token: Some(token) }))
            }
            None if paths::socket(global).exists() => Ok(None),
            None => Err(Failure::new(Exit::Denied, "you have not joined this session")
                .hint("wardroom join 'LINK'")
                .into()),
        }
    }
}

/// Where an invite leads.
pub(super) fn join(base: &str, session: SessionId, invite: &str) -> String {
    format!("{base}/join/{session}#{invite}")
}

/// The page of a session.
pub(super) fn page(base: &str, session: SessionId) -> String {
    format!("{base}/s/{session}")
}

/// Whether a link leads nowhere from any other machine.
pub(super) fn is_near(base: &str) -> bool {
    Place::Url(base.to_owned()).is_near()
}

/// The link as a QR code for a dark terminal; most phones read it on a light one too.
pub(super) fn qr(link: &str) -> Option<String> {
    let code = QrCode::new(link).ok()?;
    let drawn =
        code.render::<Dense1x2>().dark_color(Dense1x2::Dark).light_color(Dense1x2::Light).build();
    let mut out = String::new();
    for line in drawn.lines() {
        // Writing to a string does not fail.
        let _written = writeln!(out, "  {line}");
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "01926f3e-0000-7abc-8def-0123457f2c11";

    #[test]
    fn a_link_is_read_as_it_was_written() {
        let secret = Secret::from_bytes(SecretKind::Invite, &[7; 32]);
        let link = join("http://127.0.0.1:7717", ID.parse().unwrap(), secret.expose());
        let read = JoinLink::read(&link).unwrap();
        assert_eq!(read.server, "http://127.0.0.1:7717");
        assert_eq!(read.session.to_string(), ID);
        assert_eq!(read.invite.unwrap().expose(), secret.expose());
    }

    #[test]
    fn half_a_link_is_a_usage_error_that_says_what_is_missing() {
        let hint = |link: &str| JoinLink::read(link).err().and_then(|it| it.hint).unwrap();
        assert!(hint(&format!("https://x/join/{ID}#wr_inv_abc")).contains("not whole"));
        assert!(hint("https://x/join").contains("/join/"));
        assert!(hint("hello").contains("/join/"));
        assert!(JoinLink::read(&format!("https://x/join/{ID}")).unwrap().invite.is_none());
    }
}
