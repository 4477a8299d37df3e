//! The inbox, live.

use axum::{extract::State, response::Response};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    Web,
    auth::Auth,
    sse::{self, Control, Piece, Source, control},
};
use crate::{
    app::{InboxFollowing, InboxItem},
    error::Result,
};

pub(super) fn routes() -> OpenApiRouter<Web> {
    OpenApiRouter::new().routes(routes!(stream))
}

/// My inbox, live: first frames `inbox` with the whole of it, at most 50 rows in each, the last of which says `complete`;
/// then `inbox_changed` with the rows that changed and the ids of those that are gone. Drafts are without their diffs. No
/// ids: who comes back is told the whole again.
#[utoipa::path(get, path = "/api/inbox/stream", operation_id = "streamInbox", tag = "approvals",
    responses((status = 200, content_type = "text/event-stream", body = String)))]
async fn stream(State(web): State<Web>, auth: Auth) -> Result<Response> {
    let following = web.app.follow_inbox(&auth.caller, auth.secret)?;
    Ok(sse::answer(following, &web))
}

impl Source for InboxFollowing {
    async fn next(&mut self) -> Result<Option<Piece>> {
        let item = InboxFollowing::next(self).await?;
        Ok(item.map(|item| match item {
            InboxItem::Part(part) => Piece::More(control(&Control::Inbox(&part))),
            InboxItem::Changed(change) => Piece::More(control(&Control::InboxChanged(&change))),
            InboxItem::End(reason) => Piece::Last(control(&Control::End { reason })),
        }))
    }
}
