//! The way to the server: an HTTP request over TCP, TLS or the socket in its data directory,
//! upgraded to a WebSocket.

use std::{path::Path, time::Duration};

use reqwest::{
    StatusCode, Upgraded,
    header::{CONNECTION, HeaderMap, HeaderValue, LOCATION, UPGRADE},
    redirect::Policy,
};
use tokio::time::timeout;
use tokio_tungstenite::{
    WebSocketStream,
    tungstenite::{
        handshake::{client::generate_key, derive_accept_key},
        protocol::{Role, WebSocketConfig},
    },
};

use super::Server;
use crate::{Code, Error, Result, rpc::MAX_FRAME};

/// Where hosts connect.
const PATH: &str = "/api/hosts/connect";
/// How long it may take until there is a WebSocket.
const PATIENCE: Duration = Duration::from_secs(10);

/// Why there is no connection.
#[derive(Debug)]
pub(super) enum Refused {
    /// It may be there later.
    Now(Box<dyn std::error::Error + Send + Sync>),
    /// Trying again will not help.
    Forever(Error),
}

impl<E: Into<Box<dyn std::error::Error + Send + Sync>>> From<E> for Refused {
    fn from(error: E) -> Self {
        Self::Now(error.into())
    }
}

/// A WebSocket to the server.
pub(super) type Socket = WebSocketStream<Upgraded>;

/// Connects to the server.
pub(super) async fn connect(server: &Server) -> Result<Socket, Refused> {
    timeout(PATIENCE, upgrade(server)).await?
}

async fn upgrade(server: &Server) -> Result<Socket, Refused> {
    let builder = reqwest::Client::builder().http1_only().redirect(Policy::none());
    let request = match server {
        Server::Socket(path) => {
            let client = builder.no_proxy().unix_socket(path.as_ref() as &Path).build()?;
            client.get(format!("http://localhost{PATH}"))
        }
        Server::Url { url, token } => {
            let url = format!("{}{PATH}", url.trim_end_matches('/'));
            builder.build()?.get(url).bearer_auth(token)
        }
    };
    let key = generate_key();
    let mut headers = HeaderMap::new();
    headers.insert(CONNECTION, HeaderValue::from_static("Upgrade"));
    headers.insert(UPGRADE, HeaderValue::from_static("websocket"));
    headers.insert("sec-websocket-version", HeaderValue::from_static("13"));
    headers.insert("sec-websocket-key", HeaderValue::from_str(&key)?);
    let response = request.headers(headers).send().await?;
    match response.status() {
        StatusCode::SWITCHING_PROTOCOLS => {}
        StatusCode::UNAUTHORIZED => return Err(Refused::Forever(Code::Unauthenticated.into())),
        status @ (StatusCode::FORBIDDEN | StatusCode::MISDIRECTED_REQUEST) => {
            let message = format!("the server does not take this host: {status}");
            return Err(Refused::Forever(Error::with(Code::Unauthenticated, message)));
        }
        status if status.is_redirection() => {
            let to = response.headers().get(LOCATION).and_then(|to| to.to_str().ok());
            let message = format!("the server is not here but at {}", to.unwrap_or("?"));
            return Err(Refused::Forever(Error::with(Code::NotFound, message)));
        }
        status => return Err(format!("the server answered {status}").into()),
    }
    let accept = response.headers().get("sec-websocket-accept");
    if accept.is_none_or(|accept| accept != derive_accept_key(key.as_bytes()).as_str()) {
        return Err("what answers there is not a wardroom server".into());
    }
    let config = WebSocketConfig::default()
        .max_message_size(Some(MAX_FRAME))
        .max_frame_size(Some(MAX_FRAME));
    let io = response.upgrade().await?;
    Ok(WebSocketStream::from_raw_socket(io, Role::Client, Some(config)).await)
}
