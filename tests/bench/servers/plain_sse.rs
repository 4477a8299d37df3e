//! A stream without a database: what is published is encoded once and goes to everybody.

use std::{
    convert::Infallible,
    sync::atomic::{AtomicU64, Ordering::Relaxed},
};

use axum::{
    Router,
    body::{Body, Bytes},
    extract::State,
    http::{StatusCode, header},
    response::IntoResponse,
    routing::{get, post},
};
use futures_util::{StreamExt, future, stream};
use tokio::sync::broadcast;
use tokio_stream::wrappers::BroadcastStream;

/// The first frame, as ours is.
const GREETING: &str = "retry: 2000\ndata: {\"type\":\"connected\",\"payload\":{}}\n\n";

pub(super) fn router() -> Router {
    let channel = broadcast::Sender::<Bytes>::new(64);
    Router::new().route("/stream", get(stream)).route("/publish", post(publish)).with_state(channel)
}

async fn publish(State(channel): State<broadcast::Sender<Bytes>>, event: String) -> StatusCode {
    static SEQ: AtomicU64 = AtomicU64::new(1);
    let seq = SEQ.fetch_add(1, Relaxed);
    let frame = format!("id: {seq}.{seq:016x}\ndata: {event}\n\n");
    drop(channel.send(frame.into()));
    StatusCode::CREATED
}

async fn stream(State(channel): State<broadcast::Sender<Bytes>>) -> impl IntoResponse {
    let greeting = stream::once(future::ready(Ok(Bytes::from_static(GREETING.as_bytes()))));
    // Who falls behind is cut off: a closed loop never lets it come to that.
    let news = BroadcastStream::new(channel.subscribe())
        .take_while(|frame| future::ready(frame.is_ok()))
        .filter_map(async |frame| frame.ok().map(Ok::<_, Infallible>));
    let body = Body::from_stream(greeting.chain(news.boxed()));
    ([(header::CONTENT_TYPE, "text/event-stream")], body)
}
