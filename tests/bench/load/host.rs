//! A host's connection: a WebSocket that speaks JSON-RPC.

use std::{net::SocketAddr, thread, time::Duration};

use futures_util::{FutureExt, SinkExt, StreamExt, future::select};
use serde_json::{Value, json};
use tokio::{net::TcpStream, sync::oneshot};
use tokio_tungstenite::{
    WebSocketStream, client_async,
    tungstenite::{ClientRequestBuilder, Message, http::Uri},
};
use wardroom::domain::{AgentId, HostId, InstanceId};

use super::runtime;
use crate::requests;

/// A host that is connected, of the person whose all is.
pub(crate) struct Host {
    socket: WebSocketStream<TcpStream>,
    last_call: u64,
    pub(crate) instance: String,
}

impl Host {
    /// A host that nobody has seen before.
    pub(crate) async fn new(address: SocketAddr) -> Self {
        Self::open(address, &HostId::new().to_string(), &[]).await
    }

    /// Another process of the host `id`, in which these agent sessions are alive.
    pub(crate) async fn open(address: SocketAddr, id: &str, alive: &[String]) -> Self {
        let stream = TcpStream::connect(address).await.expect("a connection");
        stream.set_nodelay(true).expect("a setting");
        let uri: Uri = format!("ws://{address}/api/hosts/connect").parse().expect("an address");
        let bearer = format!("Bearer {}", requests::owner().expose());
        let request = ClientRequestBuilder::new(uri).with_header("authorization", bearer);
        let (socket, _) = client_async(request, stream).await.expect("a WebSocket");
        let mut host = Self { socket, last_call: 0, instance: InstanceId::new().to_string() };
        let hello = json!({
            "protocol_version": 1, "host_id": id, "instance": host.instance, "name": "laptop", "version": "1",
            "agents": [], "open": { "agent_sessions": alive },
        });
        host.ask("host.hello", &hello).await;
        host
    }

    /// Calls the server and does not wait; the call's id.
    pub(crate) async fn call(&mut self, method: &str, params: &Value) -> u64 {
        self.last_call += 1;
        let id = self.last_call;
        self.send(format!(
            r#"{{"jsonrpc":"2.0","id":{id},"method":"{method}","params":{params}}}"#
        ))
        .await;
        id
    }

    /// Calls the server and waits for its answer.
    pub(crate) async fn ask(&mut self, method: &str, params: &Value) -> Value {
        let id = self.call(method, params).await;
        loop {
            let mut frame = self.next().await;
            if frame["id"] == id && frame["method"].is_null() {
                assert!(frame["error"].is_null(), "{method}: {frame}");
                return frame["result"].take();
            }
        }
    }

    /// What the server says next.
    pub(crate) async fn next(&mut self) -> Value {
        loop {
            let message = self.socket.next().await.expect("a connection").expect("a frame");
            if let Message::Text(text) = message {
                return serde_json::from_str(&text).expect("JSON");
            }
        }
    }

    /// Waits until the server has said something, whatever it is.
    pub(super) async fn heard(&mut self) {
        self.socket.next().await.expect("a connection").expect("a frame");
    }

    async fn send(&mut self, text: String) {
        self.socket.send(Message::text(text)).await.expect("the server reads");
    }
}

/// An agent with one tool, which answers with what it was given: on a thread of its own, until it is dropped.
pub(crate) struct Tool {
    pub(crate) agent: String,
    end: Option<oneshot::Sender<()>>,
    thread: Option<thread::JoinHandle<()>>,
}

impl Tool {
    /// Registers it.
    pub(crate) fn register(address: SocketAddr) -> Self {
        let (end, ended) = oneshot::channel();
        let (ready, is_ready) = std::sync::mpsc::channel();
        let agent = AgentId::new().to_string();
        let id = agent.clone();
        let thread = thread::spawn(move || {
            runtime().block_on(async {
                let mut host = Host::new(address).await;
                let new = json!({ "id": id, "name": "echo", "kind": "script" });
                host.ask("host.register_agent", &new).await;
                let tools = json!({ "agent_id": id, "tools": [{ "name": "echo" }] });
                host.ask("tools.register", &tools).await;
                ready.send(()).expect("somebody waits");
                drop(select(ended, host.answer_calls().boxed()).await);
            });
        });
        is_ready.recv_timeout(Duration::from_secs(10)).expect("it is registered");
        Self { agent, end: Some(end), thread: Some(thread) }
    }
}

impl Host {
    /// Answers calls of tools, for ever.
    async fn answer_calls(&mut self) {
        loop {
            let call = self.next().await;
            let (id, output) = (&call["id"], &call["params"]["parameters"]);
            self.send(format!(r#"{{"jsonrpc":"2.0","id":{id},"result":{{"output":{output}}}}}"#))
                .await;
        }
    }
}

impl Drop for Tool {
    fn drop(&mut self) {
        drop(self.end.take());
        if let Some(thread) = self.thread.take() {
            drop(thread.join());
        }
    }
}
