//! Programs of any language as hosts: a WebSocket to the real server, and frames of text.

use std::net::TcpStream;

use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::{self, Message, WebSocket, client::IntoClientRequest};

use super::world::{PATIENCE, World};

/// One connection.
pub(super) struct Program {
    socket: WebSocket<TcpStream>,
    last_call: u64,
    /// What came while something else was waited for.
    aside: Vec<Value>,
}

impl Program {
    /// Connects by a token of scope `host`; nothing is said yet.
    pub(super) fn connect(world: &World, token: &str) -> Self {
        let address = world.url().replace("http://", "");
        let stream = TcpStream::connect(&address).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        let mut request =
            format!("ws://{address}/api/hosts/connect").into_client_request().unwrap();
        request.headers_mut().insert("authorization", format!("Bearer {token}").parse().unwrap());
        let (socket, _) = tungstenite::client(request, stream).unwrap();
        Self { socket, last_call: 0, aside: Vec::new() }
    }

    /// Sends a frame as it is.
    pub(super) fn send(&mut self, text: &str) {
        self.socket.send(Message::text(text)).unwrap();
    }

    /// Calls, and waits for what the call comes to: the result, or the error.
    pub(super) fn call(&mut self, method: &str, params: &Value) -> Value {
        self.last_call += 1;
        let id = self.last_call;
        self.send(
            &json!({"jsonrpc": "2.0", "id": id, "method": method, "params": params}).to_string(),
        );
        let mut answer = self.find(|it| it["id"] == id && it["method"].is_null());
        let answer = answer.as_object_mut().unwrap();
        answer.remove("error").or_else(|| answer.remove("result")).unwrap()
    }

    /// The first frame of which this is true, whenever it came; others stay.
    pub(super) fn find(&mut self, is_it: impl Fn(&Value) -> bool) -> Value {
        if let Some(place) = self.aside.iter().position(&is_it) {
            return self.aside.remove(place);
        }
        loop {
            match self
                .socket
                .read()
                .unwrap_or_else(|error| panic!("{error} after {:#?}", self.aside))
            {
                Message::Text(text) => {
                    let frame = serde_json::from_str(&text).unwrap();
                    if is_it(&frame) {
                        return frame;
                    }
                    self.aside.push(frame);
                }
                Message::Close(why) => {
                    panic!("the server hung up: {why:?} after {:#?}", self.aside)
                }
                _ => {}
            }
        }
    }

    /// Waits until the server hangs up; the code and the reason.
    pub(super) fn closed(&mut self) -> (u16, String) {
        loop {
            if let Message::Close(why) = self.socket.read().unwrap() {
                let why = why.unwrap();
                return (why.code.into(), why.reason.to_string());
            }
        }
    }

    /// Says hello as this process of this host.
    pub(super) fn hello(&mut self, host: &str, instance: &str) -> Value {
        let hello = json!({"protocol_version": 1, "host_id": host, "instance": instance,
            "name": "build server", "version": "1", "agents": []});
        self.call("host.hello", &hello)
    }
}
