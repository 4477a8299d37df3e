//! The server's end of a host connection, driven by the test.

use std::{
    collections::{HashMap, VecDeque},
    path::{Path, PathBuf},
    time::Duration,
};

use futures_util::{SinkExt, StreamExt};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Value, value::RawValue};
use tokio::{
    net::{UnixListener, UnixStream},
    time::timeout,
};
use tokio_tungstenite::{WebSocketStream, accept_async, tungstenite::Message};
use wardroom::{
    Code, Error,
    domain::InstanceId,
    rpc::{
        Envelope, Incoming, MAX_FRAME, RpcError,
        calls::{Hello, HostCall, Outcome, ServerCall, Welcome},
    },
};

/// Far more than anything here takes.
const PATIENCE: Duration = Duration::from_secs(20);

/// A server that listens.
pub(super) struct Server {
    listener: UnixListener,
    path: PathBuf,
}

/// A host that is connected.
pub(super) struct Peer {
    socket: WebSocketStream<UnixStream>,
    last_id: u64,
    answers: HashMap<u64, Result<Box<RawValue>, RpcError>>,
    calls: VecDeque<(u64, HostCall)>,
    pub(super) hello: Hello,
}

impl Server {
    pub(super) fn start(path: &Path) -> Self {
        Self { listener: UnixListener::bind(path).unwrap(), path: path.to_owned() }
    }

    /// Takes a connection, up to hello, which is not answered yet.
    pub(super) async fn connection(&self) -> (Peer, u64) {
        let (stream, _) = timeout(PATIENCE, self.listener.accept()).await.unwrap().unwrap();
        let socket = accept_async(stream).await.unwrap();
        let hello = serde_json::from_str(NOBODY).unwrap();
        let mut peer =
            Peer { socket, last_id: 0, answers: HashMap::new(), calls: VecDeque::new(), hello };
        match peer.next().await {
            (id, HostCall::Hello(hello)) => (Peer { hello, ..peer }, id),
            (_, call) => panic!("the first call was {call:?}"),
        }
    }

    /// Takes a connection and answers its hello.
    pub(super) async fn host(&self) -> Peer {
        let (mut peer, id) = self.connection().await;
        let welcome = Welcome { server: InstanceId::new(), version: "0".to_owned() };
        peer.answer(id, &welcome).await;
        peer
    }

    /// Ends the server; what it held is gone.
    pub(super) fn stop(self) {
        std::fs::remove_file(&self.path).unwrap();
    }
}

/// A place for the hello that has not come yet.
const NOBODY: &str = r#"{"protocol_version":0,"host_id":"00000000-0000-7000-8000-000000000000",
    "instance":"00000000-0000-7000-8000-000000000000","name":"","version":"","agents":[]}"#;

impl Peer {
    /// The next call of the host, and its id.
    pub(super) async fn next(&mut self) -> (u64, HostCall) {
        let next = async {
            while self.calls.is_empty() {
                self.read().await;
            }
            self.calls.pop_front().unwrap()
        };
        timeout(PATIENCE, next).await.expect("the host is silent")
    }

    /// Calls the host and waits for its answer.
    pub(super) async fn call<T: DeserializeOwned>(&mut self, call: ServerCall) -> Result<T, Error> {
        let id = self.begin(call).await;
        self.end(id).await
    }

    /// Calls the host and does not wait.
    pub(super) async fn begin(&mut self, call: ServerCall) -> u64 {
        self.last_id += 1;
        self.send(Envelope::call(self.last_id, &call).unwrap()).await;
        self.last_id
    }

    /// Waits for the answer to a call.
    pub(super) async fn end<T: DeserializeOwned>(&mut self, id: u64) -> Result<T, Error> {
        let answer = async {
            while !self.answers.contains_key(&id) {
                self.read().await;
            }
            self.answers.remove(&id).unwrap()
        };
        let answer = timeout(PATIENCE, answer).await.expect("the host does not answer");
        answer.map(|raw| serde_json::from_str(raw.get()).unwrap()).map_err(Error::from)
    }

    pub(super) async fn answer(&mut self, id: u64, value: &impl Serialize) {
        self.send(Envelope::answer(id, Ok(value)).unwrap()).await;
    }

    pub(super) async fn refuse(&mut self, id: u64, code: Code) {
        self.send(Envelope::answer(id, Err::<&(), _>(&code.into())).unwrap()).await;
    }

    /// Acknowledges calls until one of them is what `wanted` looks for, which is not acknowledged.
    pub(super) async fn until<T>(&mut self, wanted: impl Fn(&HostCall) -> Option<T>) -> (u64, T) {
        loop {
            let (id, call) = self.next().await;
            if let Some(found) = wanted(&call) {
                return (id, found);
            }
            self.answer(id, &()).await;
        }
    }

    /// Acknowledges everything up to the end of a turn, and tells what it was, one line each.
    pub(super) async fn transcript(&mut self) -> String {
        let mut lines = Vec::new();
        loop {
            let (id, call) = self.next().await;
            lines.extend(describe(&call));
            match call {
                HostCall::Permission(_) | HostCall::Question(_) => {
                    self.answer(id, &Outcome::Cancelled).await;
                }
                HostCall::Report(_) => {
                    self.answer(id, &()).await;
                    return lines.join("\n");
                }
                _ => self.answer(id, &()).await,
            }
        }
    }

    async fn send(&mut self, frame: String) {
        self.socket.send(Message::text(frame)).await.unwrap();
    }

    async fn read(&mut self) {
        let frame = self.socket.next().await.expect("the host hung up").unwrap();
        let Message::Text(text) = frame else { return };
        assert!(text.len() <= MAX_FRAME, "a frame of {} bytes, which no server takes", text.len());
        match Envelope::read::<HostCall>(&text).unwrap() {
            Incoming::Call { id: Some(id), call } => self.calls.push_back((id, call)),
            Incoming::Answer { id, result } => {
                self.answers.insert(id, result);
            }
            other => panic!("the host sent {other:?}"),
        }
    }
}

/// One line for each thing in a call: what a person would say happened.
pub(super) fn describe(call: &HostCall) -> Vec<String> {
    match call {
        HostCall::Update(batch) => batch
            .updates
            .iter()
            .zip(batch.first..)
            .map(|(update, number)| format!("{number} {}", brief(update)))
            .collect(),
        HostCall::Report(report) => vec![serde_json::to_string(&report.state).unwrap()],
        HostCall::Status(report) => vec![serde_json::to_string(&report.status).unwrap()],
        HostCall::Permission(request) => {
            let options: Vec<_> = request.options.iter().map(|o| o.kind.as_str()).collect();
            vec![format!("permission {} {}", request.tool_call_id, options.join(","))]
        }
        HostCall::Question(request) => vec![format!("question {}", request.message)],
        HostCall::Draft(draft) => {
            let uris: Vec<_> = draft.artifacts.iter().map(|it| it.uri.as_str()).collect();
            vec![format!("draft {:?} {}", draft.summary, uris.join(","))]
        }
        HostCall::Event(report) => {
            vec![format!("{} {}", report.number, serde_json::to_string(&report.event).unwrap())]
        }
        HostCall::Delivered(_) => vec!["delivered".to_owned()],
        HostCall::Hello(_) => vec!["hello".to_owned()],
        other => panic!("not of our own host: {other:?}"),
    }
}

fn brief(update: &RawValue) -> String {
    let update: Value = serde_json::from_str(update.get()).unwrap();
    let update = &update["update"];
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    match update["sessionUpdate"].as_str() {
        Some("tool_call" | "tool_call_update") => {
            format!("{} {}", text(&update["toolCallId"]), text(&update["status"]))
        }
        Some(kind @ ("agent_message_chunk" | "agent_thought_chunk")) => {
            format!("{kind} {:?}", text(&update["content"]["text"]))
        }
        kind => kind.unwrap_or("?").to_owned(),
    }
}
