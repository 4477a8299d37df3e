//! `GET /api/hosts/connect`: the WebSocket of a host.

use axum::{
    extract::{State, WebSocketUpgrade, ws::WebSocket},
    http::HeaderMap,
    response::Response,
};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{Web, auth::Auth, host_socket::HostSocket};
use crate::{
    error::{Code, Error, Result},
    rpc::MAX_FRAME,
};

pub(super) fn routes() -> OpenApiRouter<Web> {
    OpenApiRouter::new().routes(routes!(connect))
}

/// Connect a host: a WebSocket that speaks JSON-RPC 2.0 both ways.
///
/// One text frame of at most 1 MiB is one message, with names in `snake_case`; the calls are those of
/// `/api/host-calls.schema.json`, and the host speaks first: `host.hello`. After a reconnect it repeats what was not
/// answered. Hosts are programs: a request with an `Origin` is refused. The server closes with 1012 when it stops, 1009 for a
/// frame that is too large, 4001 when another process speaks for the same host, and else with a code and a reason.
#[utoipa::path(get, path = "/api/hosts/connect", operation_id = "connectHost", tag = "agents",
    responses((status = 101, description = "From now on a WebSocket.")))]
async fn connect(
    State(web): State<Web>,
    auth: Auth,
    headers: HeaderMap,
    upgrade: Result<WebSocketUpgrade, axum::extract::ws::rejection::WebSocketUpgradeRejection>,
) -> Result<Response> {
    auth.caller.check_runs_agents()?;
    if headers.contains_key("origin") {
        return Err(Error::with(Code::Unauthenticated, "hosts are programs, not pages"));
    }
    let upgrade = upgrade.map_err(|rejection| {
        Error::with(Code::InvalidBody, "this path takes WebSocket connections only")
            .because(rejection)
    })?;
    let upgrade = upgrade.max_message_size(MAX_FRAME).max_frame_size(MAX_FRAME);
    Ok(upgrade.on_upgrade(async move |socket| serve(web, auth, socket).await))
}

async fn serve(web: Web, auth: Auth, socket: WebSocket) {
    let mut socket = HostSocket(socket);
    let served = web.app.serve_host(&auth.caller, auth.secret, &mut socket, &web.stop).await;
    if let Err(error) = &served {
        tracing::info!(error = error as &dyn std::error::Error, "a host's connection ended");
    }
    socket.close(&served).await;
}
