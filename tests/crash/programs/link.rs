//! A host's connection, as a program of any language has it: JSON-RPC in text frames over a WebSocket.

use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::{net::TcpStream, time::timeout};
use tokio_tungstenite::{
    WebSocketStream, client_async,
    tungstenite::{ClientRequestBuilder, Message, http::Uri},
};

/// How long the server may take for anything that needs no person.
const PATIENCE: Duration = Duration::from_secs(20);

/// A connection; cut when dropped.
pub(super) struct Link {
    socket: WebSocketStream<TcpStream>,
    last_call: u64,
}

impl Link {
    /// Connects, if there is a server.
    pub(super) async fn open(address: &str, token: &str) -> Option<Self> {
        let stream = TcpStream::connect(address).await.ok()?;
        let uri: Uri = format!("ws://{address}/api/hosts/connect").parse().expect("an address");
        let request =
            ClientRequestBuilder::new(uri).with_header("authorization", format!("Bearer {token}"));
        let (socket, _) = timeout(PATIENCE, client_async(request, stream)).await.ok()?.ok()?;
        Some(Self { socket, last_call: 0 })
    }

    /// Calls the server; the call's id, or nothing where the connection is broken.
    pub(super) async fn call(&mut self, method: &str, params: Value) -> Option<u64> {
        self.last_call += 1;
        let id = self.last_call;
        let call = json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params });
        self.send(&call).await.map(|()| id)
    }

    /// Answers a call of the server.
    pub(super) async fn answer(&mut self, id: &Value, result: &Value) -> Option<()> {
        self.send(&json!({ "jsonrpc": "2.0", "id": id, "result": result })).await
    }

    async fn send(&mut self, frame: &Value) -> Option<()> {
        let sent = timeout(PATIENCE, self.socket.send(Message::text(frame.to_string()))).await;
        sent.expect("the server reads").ok()
    }

    /// What the server says next; nothing where the connection is broken. Safe to drop and call again.
    pub(super) async fn next(&mut self) -> Option<Value> {
        loop {
            match self.socket.next().await?.ok()? {
                Message::Text(text) => {
                    return Some(serde_json::from_str(&text).expect("a frame is JSON"));
                }
                Message::Close(_) => return None,
                _ => {}
            }
        }
    }

    /// Calls the server and waits for its answer; what comes before it is given to `meanwhile`.
    pub(super) async fn ask(
        &mut self,
        method: &str,
        params: Value,
        mut meanwhile: impl FnMut(Value),
    ) -> Option<Value> {
        let id = self.call(method, params).await?;
        let answer = async {
            loop {
                let mut frame = self.next().await?;
                if frame["method"].is_null() && frame["id"] == id {
                    return Some(frame["result"].take()).filter(|_| frame["error"].is_null());
                }
                meanwhile(frame);
            }
        };
        timeout(PATIENCE, answer).await.unwrap_or_else(|_| panic!("{method} is not answered"))
    }
}
