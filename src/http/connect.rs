//! `GET /api/hosts/connect`: the WebSocket of a host.

use axum::{
    extract::{
        State, WebSocketUpgrade,
        ws::{Message, WebSocket},
    },
    http::HeaderMap,
    response::Response,
};
use futures_util::{SinkExt, TryStreamExt, future};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{Web, auth::Auth};
use crate::{
    error::{Code, Error, Result},
    rpc::MAX_FRAME,
};

pub(super) fn routes() -> OpenApiRouter<Web> {
    OpenApiRouter::new().routes(routes!(connect))
}

/// Connect a host: a WebSocket that speaks JSON-RPC 2.0 both ways.
///
/// One text frame of at most 1 MiB is one message, with names in `snake_case`. The host speaks first: `host.hello
/// {protocol_version, host_id, instance, name, version, agents, open}`. Then the server calls `agent_session.open`,
/// `agent_session.close`, `agent.prompt` and `agent.cancel`; the host `agent_session.update`, `.permission`, `.question`,
/// `.status`, `.draft`, `.event` and `dispatch.report`, and repeats after a reconnect what was not acknowledged. Hosts are
/// programs: a request with an `Origin` is refused.
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
    let frames = socket
        .sink_map_err(Error::internal)
        .with(|text: String| future::ok::<_, Error>(Message::Text(text.into())))
        .map_err(|error: axum::Error| Error::internal(error))
        .and_then(|message| {
            future::ready(match message {
                Message::Text(text) => Ok(Some(text.to_string())),
                Message::Binary(_) => Err(Error::with(Code::InvalidBody, "frames are text")),
                Message::Ping(_) | Message::Pong(_) | Message::Close(_) => Ok(None),
            })
        });
    let served = web.app.serve_host(&auth.caller, auth.secret, frames, &web.stop).await;
    if let Err(error) = served {
        tracing::info!(error = &error as &dyn std::error::Error, "a host's connection ended");
    }
}
