//! Hosts: which there are, what their owners allow others, what happens to them, and what there is room for.

use axum::{Json, extract::State, http::HeaderMap, response::Response};
use bytes::Bytes;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    Web,
    auth::Auth,
    extract::{Body, Path, Query, limit},
    messages::Order,
    sse::{self, Batch, Control, Piece, Source, control},
};
use crate::{
    app::{AdmissionState, HostFollowing, HostItem, KnownHost, NewGrant},
    domain::{HostEvent, HostGrant, HostId, Seq},
    error::{Code, Error, Result},
};

pub(super) fn routes() -> OpenApiRouter<Web> {
    OpenApiRouter::new()
        .routes(routes!(hosts))
        .routes(routes!(grants, grant))
        .routes(routes!(events))
        .routes(routes!(stream))
        .routes(routes!(admission))
}

#[derive(Serialize, ToSchema)]
struct HostList {
    hosts: Vec<KnownHost>,
}

#[derive(Serialize, ToSchema)]
struct GrantList {
    grants: Vec<HostGrant>,
}

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct HostEventList {
    events: Vec<HostEvent>,
    /// The number behind which the next page begins.
    #[schema(value_type = String)]
    next_after: String,
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct EventsQuery {
    /// The number of the event after which to begin, in the order that is asked for; absent: at the beginning of it.
    after: Option<String>,
    /// 100 if absent.
    #[param(minimum = 1, maximum = 500)]
    limit: Option<i64>,
    /// `asc` (oldest first, if absent) or `desc`.
    #[param(inline)]
    order: Option<Order>,
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct StreamQuery {
    /// The number of the event after which to begin; absent: with what happens next.
    after: Option<String>,
}

/// The hosts that I may know of: mine, the server's own, those whose owner allows me something, and those at which a
/// session runs that I take part in.
#[utoipa::path(get, path = "/api/hosts", operation_id = "listHosts", tag = "agents",
    responses((status = 200, body = HostList)))]
async fn hosts(State(web): State<Web>, auth: Auth) -> Result<Json<HostList>> {
    Ok(Json(HostList { hosts: web.app.hosts(&auth.caller).await? }))
}

/// What the owner of a host allows others there.
#[utoipa::path(get, path = "/api/hosts/{id}/grants", operation_id = "listHostGrants", tag = "agents",
    params(("id" = HostId, Path)),
    responses((status = 200, body = GrantList)))]
async fn grants(
    State(web): State<Web>,
    auth: Auth,
    Path(id): Path<HostId>,
) -> Result<Json<GrantList>> {
    Ok(Json(GrantList { grants: web.app.host_grants(&auth.caller, id).await? }))
}

/// Allow somebody something at a host of mine; neither of both takes back what they were allowed.
#[utoipa::path(post, path = "/api/hosts/{id}/grants", operation_id = "grantAtHost", tag = "agents",
    params(("id" = HostId, Path)), request_body = NewGrant,
    responses((status = 200, body = GrantList)))]
async fn grant(
    State(web): State<Web>,
    auth: Auth,
    Path(id): Path<HostId>,
    body: Body<NewGrant>,
) -> Result<Json<GrantList>> {
    Ok(Json(GrantList { grants: web.app.grant_at_host(&auth.caller, id, body.value).await? }))
}

/// What happened to the hosts and agents that I may know of, oldest first, and none any more behind about 1 MiB of it. A page
/// may hold less than its limit though there is more: go on until `nextAfter` changes no more; newest first, until it is 0.
#[utoipa::path(get, path = "/api/host-events", operation_id = "listHostEvents", tag = "agents", params(EventsQuery),
    responses((status = 200, body = HostEventList)))]
async fn events(
    State(web): State<Web>,
    auth: Auth,
    Query(query): Query<EventsQuery>,
) -> Result<Json<HostEventList>> {
    let after = query.after.as_deref().map(number).transpose()?;
    let limit = limit(query.limit, 100, 500)?;
    let (events, next) = if query.order == Some(Order::Desc) {
        let page = web.app.newest_host_events(&auth.caller, after, limit).await?;
        // Behind the oldest there is nothing.
        (page.items, page.next_cursor.unwrap_or(0))
    } else {
        web.app.host_events(&auth.caller, after.unwrap_or(0), limit).await?
    };
    Ok(Json(HostEventList { events, next_after: next.to_string() }))
}

/// The same live: `text/event-stream`, resumed by `Last-Event-ID`.
#[utoipa::path(get, path = "/api/host-events/stream", operation_id = "streamHostEvents", tag = "agents", params(StreamQuery,
        ("Last-Event-ID" = Option<String>, Header, description = "The id of the last frame that was seen; wins over `after`.")),
    responses((status = 200, content_type = "text/event-stream", body = String)))]
async fn stream(
    State(web): State<Web>,
    auth: Auth,
    Query(query): Query<StreamQuery>,
    headers: HeaderMap,
) -> Result<Response> {
    let last = headers.get("last-event-id").map(|value| value.to_str().unwrap_or("?"));
    let last = last.filter(|last| !last.is_empty());
    let after = last.or(query.after.as_deref()).map(number).transpose()?;
    let following = web.app.follow_host_events(&auth.caller, auth.secret, after).await?;
    Ok(sse::answer(following, &web))
}

/// How much goes on at the hosts at once, and how much waits for room.
#[utoipa::path(get, path = "/api/admission", operation_id = "getAdmission", tag = "agents",
    responses((status = 200, body = AdmissionState)))]
async fn admission(State(web): State<Web>, auth: Auth) -> Result<Json<AdmissionState>> {
    Ok(Json(web.app.admission(&auth.caller)?))
}

fn number(text: &str) -> Result<Seq> {
    let digits = !text.is_empty() && text.len() <= 18 && text.bytes().all(|it| it.is_ascii_digit());
    let number = if digits { text.parse().ok() } else { None };
    number.ok_or_else(|| Error::new(Code::InvalidCursor).hint("the number of an event, or 0"))
}

impl Source for HostFollowing {
    async fn next(&mut self) -> Result<Option<Piece>> {
        let item = HostFollowing::next(self).await?;
        Ok(item.map(|item| match item {
            HostItem::Frame(frame) => Piece::More(frame.bytes),
            HostItem::Reset { reason, head } => {
                Piece::Last(control(&Control::Reset { reason, as_of: head.into() }))
            }
            HostItem::End(reason) => Piece::Last(control(&Control::End { reason })),
        }))
    }

    async fn more(&mut self, first: Bytes) -> Bytes {
        let mut batch = Batch::of(first);
        while !batch.is_full() {
            match self.take_ready().await {
                Ok(Some(frame)) => batch.add(&frame.bytes),
                Ok(None) => break,
                Err(error) => {
                    sse::failed(&error);
                    break;
                }
            }
        }
        batch.freeze()
    }
}
