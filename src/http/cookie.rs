//! The login cookie.

use axum::http::{HeaderMap, HeaderValue, header};

use super::Settings;
use crate::{
    domain::Secret,
    error::{Error, Result},
};

/// How long a browser keeps it, in seconds: as long as a login lives.
const MAX_AGE: u32 = 30 * 24 * 3600;

/// Its name. Cookies do not know ports, so the port is in the name: two servers on one machine do not clash.
pub(super) fn name(settings: &Settings) -> String {
    if settings.is_https() {
        return "__Host-wardroom".into();
    }
    let port = settings.base_url.rsplit(':').next().filter(|port| port.parse::<u16>().is_ok());
    format!("wardroom-{}", port.unwrap_or("80"))
}

/// The secret in the request's cookie.
pub(super) fn read<'a>(settings: &Settings, headers: &'a HeaderMap) -> Option<&'a str> {
    let name = name(settings);
    let cookies = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    cookies
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(key, _)| *key == name)
        .map(|(_, value)| value)
}

/// The same as a secret; nothing if it never was one of ours.
pub(super) fn secret(settings: &Settings, headers: &HeaderMap) -> Option<Secret> {
    Secret::parse(read(settings, headers)?).ok()
}

/// The header that gives a browser its cookie.
pub(super) fn set(settings: &Settings, secret: &Secret) -> Result<HeaderValue> {
    header_value(settings, secret.expose(), MAX_AGE)
}

/// The header that takes it away.
pub(super) fn clear(settings: &Settings) -> Result<HeaderValue> {
    header_value(settings, "", 0)
}

fn header_value(settings: &Settings, value: &str, max_age: u32) -> Result<HeaderValue> {
    let secure = if settings.is_https() { "; Secure" } else { "" };
    let name = name(settings);
    let text =
        format!("{name}={value}; Path=/; HttpOnly; SameSite=Strict; Max-Age={max_age}{secure}");
    let mut header = HeaderValue::from_str(&text).map_err(Error::internal)?;
    header.set_sensitive(true);
    Ok(header)
}
