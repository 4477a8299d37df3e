//! The doors: our own accept loop, because `axum::serve` has no header timeout and does not set `TCP_NODELAY`.

use std::{convert::Infallible, io, net::SocketAddr, time::Duration};

use axum::{Router, extract::Request};
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::{TcpListener, TcpSocket, UnixListener},
    time::sleep,
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use tower::ServiceExt;

use super::room::Room;
use crate::http::Connection;

/// The buffer of a connection: hyper's smallest, which halves what an idle stream costs.
const BUFFER: usize = 8192;
/// The kernel's send buffer: a stalled reader costs this and not megabytes.
const SEND_BUFFER: u32 = 32 * 1024;
/// How many connections may wait to be accepted.
const BACKLOG: u32 = 1024;

/// Binds an address.
pub(super) fn bind(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = if address.is_ipv4() { TcpSocket::new_v4()? } else { TcpSocket::new_v6()? };
    socket.set_reuseaddr(true)?;
    socket.set_send_buffer_size(SEND_BUFFER)?;
    socket.bind(address)?;
    socket.listen(BACKLOG)
}

/// What all doors share.
#[derive(Debug, Clone)]
pub(super) struct Doors {
    /// Who is inside.
    pub(super) room: Room,
    /// How long the headers of a request may take to arrive.
    pub(super) headers: Duration,
    /// Cancelled: nobody new, and who is inside ends.
    pub(super) stop: CancellationToken,
    /// The connections.
    pub(super) connections: TaskTracker,
}

/// Serves what comes in over the network, until it is time to stop.
pub(super) async fn tcp(listener: TcpListener, router: Router, doors: Doors) {
    while let Some((stream, peer)) = next(&doors.stop, || listener.accept()).await {
        let address = peer.ip().to_canonical();
        let Some(place) = doors.room.enter(address) else {
            tracing::debug!(%address, "a connection too many");
            continue;
        };
        if let Err(error) = stream.set_nodelay(true) {
            tracing::debug!(%error, "a connection was gone at once");
            continue;
        }
        let (router, inside) = (router.clone(), doors.clone());
        doors.connections.spawn(async move {
            serve(stream, router, Connection::Network(address), inside).await;
            drop(place);
        });
    }
}

/// Serves what comes in over the socket of the data directory, until it is time to stop.
pub(super) async fn local(listener: UnixListener, router: Router, doors: Doors) {
    while let Some((stream, _)) = next(&doors.stop, || listener.accept()).await {
        let serving = serve(stream, router.clone(), Connection::Local, doors.clone());
        doors.connections.spawn(serving);
    }
}

/// The next connection; `None` when it is time to stop.
async fn next<T, F: Future<Output = io::Result<T>>>(
    stop: &CancellationToken,
    accept: impl Fn() -> F,
) -> Option<T> {
    loop {
        let accepted = stop.run_until_cancelled(accept()).await?;
        match accepted {
            Ok(connection) => return Some(connection),
            Err(error) => {
                // Out of file descriptors, most likely: others will end.
                tracing::warn!(%error, "a connection was not accepted");
                stop.run_until_cancelled(sleep(Duration::from_millis(100))).await?;
            }
        }
    }
}

async fn serve<S>(stream: S, router: Router, connection: Connection, doors: Doors)
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let service = service_fn(move |mut request: Request<Incoming>| {
        request.extensions_mut().insert(connection);
        let router = router.clone();
        async move {
            let answer = router.oneshot(request.map(axum::body::Body::new)).await;
            Ok::<_, Infallible>(answer.unwrap_or_else(|never| match never {}))
        }
    });
    let mut builder = http1::Builder::new();
    builder.timer(TokioTimer::new()).header_read_timeout(doors.headers).max_buf_size(BUFFER);
    let serving = builder.serve_connection(TokioIo::new(stream), service).with_upgrades();
    let mut serving = std::pin::pin!(serving);
    let ended = tokio::select! {
        ended = serving.as_mut() => ended,
        () = doors.stop.cancelled() => {
            serving.as_mut().graceful_shutdown();
            serving.await
        }
    };
    if let Err(error) = ended {
        tracing::trace!(%error, "a connection ended early");
    }
}
