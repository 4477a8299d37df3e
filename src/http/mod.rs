//! The HTTP API: extract, one use case, answer. Status codes are here and nowhere else.

mod actions;
mod agent_sessions;
mod approvals;
mod auth;
mod body_form;
mod connect;
mod cookie;
mod devices;
mod docs;
mod error;
mod extract;
mod guard;
mod host_socket;
mod hosts;
mod identity;
mod inbox;
mod input;
mod invites;
mod joining;
mod limits;
mod markdown;
mod messages;
mod openapi;
mod participants;
mod sessions;
mod sse;
mod stream;
mod system;
mod transcript;
mod ui;

use std::{collections::BTreeSet, sync::Arc, time::Duration};

use axum::{Extension, Router, extract::DefaultBodyLimit, middleware};
pub use guard::Connection;
use ipnet::IpNet;
pub use limits::{Failures, Limits};
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use tower_http::catch_panic::CatchPanicLayer;
use utoipa_axum::router::OpenApiRouter;

use crate::app::App;

/// The largest body where a route does not say otherwise.
const BODY: usize = 64 * 1024;

/// What the routes need besides the use cases.
#[derive(Debug, Clone)]
pub struct Web {
    /// The use cases.
    pub app: App,
    /// What only this layer needs.
    pub settings: Arc<Settings>,
    /// Who has failed how often.
    pub limits: Arc<Limits>,
    /// Long streams end when it is cancelled.
    pub stop: CancellationToken,
    /// What goes on after an answer.
    pub tasks: TaskTracker,
}

/// What can be set about the HTTP layer.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Where people reach this server, without a slash at the end.
    pub base_url: String,
    /// The names under which it answers, in lower case and without ports.
    pub allowed_hosts: BTreeSet<String>,
    /// Proxies whose word about addresses counts.
    pub trusted_proxies: Vec<IpNet>,
    /// How long a body may take to arrive.
    pub body_arrival: Duration,
    /// How long a stream lives, give or take a tenth: then the client comes back by its position.
    pub stream_life: Duration,
}

impl Settings {
    fn is_https(&self) -> bool {
        self.base_url.starts_with("https://")
    }
}

/// All routes, with everything that holds for each of them.
pub fn router(web: Web) -> Router {
    let (router, document) = api().split_for_parts();
    let published = openapi::publish(document, &web.settings);
    router
        .merge(ui::routes())
        .merge(docs::routes())
        // Before the fallbacks, which it is not put around.
        .route_layer(middleware::from_fn(guard::check_media))
        .fallback(error::not_found)
        .method_not_allowed_fallback(error::method_not_allowed)
        .layer(Extension(published))
        .layer(DefaultBodyLimit::max(BODY))
        .layer(middleware::from_fn_with_state(web.clone(), body_form::take))
        .layer(DefaultBodyLimit::max(messages::PROMPT_BODY))
        .layer(CatchPanicLayer::custom(error::panicked))
        .layer(middleware::from_fn_with_state(web.clone(), guard::check))
        .layer(middleware::from_fn(guard::log))
        .with_state(web)
}

/// The documented routes.
fn api() -> OpenApiRouter<Web> {
    openapi::begin()
        .merge(system::routes())
        .merge(identity::routes())
        .merge(devices::routes())
        .merge(sessions::routes())
        .merge(joining::routes())
        .merge(participants::routes())
        .merge(invites::routes())
        .merge(messages::routes())
        .merge(approvals::routes())
        .merge(actions::routes())
        .merge(stream::routes())
        .merge(inbox::routes())
        .merge(hosts::routes())
        .merge(agent_sessions::routes())
        .merge(input::routes())
        .merge(transcript::routes())
        .merge(connect::routes())
}
