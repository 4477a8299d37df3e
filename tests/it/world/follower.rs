//! Somebody who follows a session.

use axum::http::Method;
use futures_util::StreamExt;
use serde_json::Value;
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

use super::{
    Answer, Caller, World,
    contract::{Asked, Contract},
};

/// A stream that is read as fast as it comes.
pub(crate) struct Follower {
    blocks: UnboundedReceiver<String>,
    text: String,
    contract: &'static Contract,
    /// Where the document says what its frames are.
    frame: &'static str,
    /// What came, oldest first; without heartbeats.
    pub(crate) frames: Vec<Frame>,
    pub(crate) heartbeats: usize,
}

/// What came in one block of the stream.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Frame {
    pub(crate) id: Option<String>,
    pub(crate) json: Value,
}

impl Frame {
    /// Its type, and why it is the last one if it is.
    pub(crate) fn word(&self) -> String {
        let kind = self.json["type"].as_str().unwrap();
        match self.json["payload"]["reason"].as_str() {
            Some(reason) => format!("{kind} {reason}"),
            None => kind.to_owned(),
        }
    }
}

impl World {
    /// Follows a session from a position, or from what happens next.
    pub(crate) async fn follow(
        &self,
        caller: &Caller,
        session: &str,
        after: Option<&str>,
    ) -> Follower {
        self.try_follow(caller, session, after).await.unwrap_or_else(|it| panic!("{}", it.text))
    }

    /// The same where it may be refused.
    pub(crate) async fn try_follow(
        &self,
        caller: &Caller,
        session: &str,
        after: Option<&str>,
    ) -> Result<Follower, Answer> {
        let path = format!("/api/shared-sessions/{session}/stream");
        self.follow_path(caller, &path, after.unwrap_or_default()).await
    }

    /// The same with a path and a header of the story's own.
    pub(crate) async fn follow_path(
        &self,
        caller: &Caller,
        path: &str,
        last_event_id: &str,
    ) -> Result<Follower, Answer> {
        let request = self.request(caller, Method::GET, path);
        let response = request.header("last-event-id", last_event_id).stream().await;
        let asked =
            Asked { method: "get".to_owned(), path: path.split('?').next().unwrap().to_owned() };
        if response.status() != 200 {
            return Err(Answer::read(&self.running.router, &asked, response).await);
        }
        assert_eq!(response.headers()["content-type"], "text/event-stream");
        assert_eq!(response.headers()["cache-control"], "no-store");
        assert_eq!(response.headers()["x-accel-buffering"], "no");
        let (send, blocks) = unbounded_channel();
        self.running.spawn(async move {
            let mut body = response.into_body().into_data_stream();
            loop {
                let bytes = tokio::select! {
                    () = send.closed() => return,
                    bytes = body.next() => bytes,
                };
                let Some(bytes) = bytes else { return };
                let text = String::from_utf8(bytes.unwrap().to_vec()).unwrap();
                if send.send(text).is_err() {
                    return;
                }
            }
        });
        let contract = self.contract().await;
        let frame = match path {
            "/api/inbox/stream" => "/components/schemas/InboxStreamFrame",
            "/api/host-events/stream" => "/components/schemas/HostStreamFrame",
            _ => "/components/schemas/SessionStreamFrame",
        };
        let (text, frames) = (String::new(), Vec::new());
        Ok(Follower { blocks, text, contract, frame, frames, heartbeats: 0 })
    }
}

impl Follower {
    /// Takes what has come, and gives the frames of this call.
    pub(crate) fn take(&mut self) -> Vec<Frame> {
        let seen = self.frames.len();
        while let Ok(text) = self.blocks.try_recv() {
            self.text.push_str(&text);
        }
        while let Some((block, rest)) = self.text.split_once("\n\n") {
            let (block, rest) = (block.to_owned(), rest.to_owned());
            self.text = rest;
            self.read(&block);
        }
        self.frames[seen..].to_vec()
    }

    /// What has come since the last look, in words.
    pub(crate) fn words(&mut self) -> Vec<String> {
        self.take().iter().map(Frame::word).collect()
    }

    /// Whether the server has ended the stream.
    pub(crate) fn is_over(&mut self) -> bool {
        self.take();
        self.blocks.is_closed() && self.blocks.is_empty()
    }

    /// The id of the last frame that had one.
    pub(crate) fn position(&mut self) -> String {
        self.take();
        self.frames.iter().rev().find_map(|frame| frame.id.clone()).expect("a frame with an id")
    }

    /// The numbers of the events that came.
    pub(crate) fn seqs(&mut self) -> Vec<i64> {
        self.take();
        self.frames.iter().filter_map(|frame| frame.json["seq"].as_i64()).collect()
    }

    fn read(&mut self, block: &str) {
        let (mut id, mut data) = (None, None);
        for line in block.lines() {
            match line.split_once(':') {
                Some(("", _)) => self.heartbeats += 1,
                Some(("retry", " 2000")) => {}
                Some(("id", it)) => id = Some(it.trim().to_owned()),
                Some(("data", it)) => data = Some(serde_json::from_str::<Value>(it).unwrap()),
                other => panic!("a stream has no line like {other:?}"),
            }
        }
        let Some(json) = data else { return };
        let faults = self.contract.faults(self.frame, &json);
        assert!(faults.is_empty(), "{faults:#?}\n{json}");
        self.frames.push(Frame { id, json });
    }
}
