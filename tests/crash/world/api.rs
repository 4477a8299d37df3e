//! Calls to the server, from clients that do not give up.

use std::{path::Path, time::Duration};

use reqwest::{Client, Method, Response};
use serde_json::Value;
use tokio::{sync::watch, time::sleep};

/// How long an answer may take before it is missed.
const PATIENCE: Duration = Duration::from_secs(20);

/// A way to the server. Cheap to clone.
#[derive(Debug, Clone)]
pub(crate) struct Api {
    client: Client,
    /// Where it listens; `None` while it is known to be dead.
    address: watch::Receiver<Option<String>>,
}

/// A request that can be sent again.
#[derive(Debug, Clone)]
pub(crate) struct Call {
    method: Method,
    path: String,
    token: String,
    key: Option<String>,
    body: Value,
}

/// What was answered.
#[derive(Debug, Clone)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) replayed: bool,
    pub(crate) body: Value,
}

impl Call {
    pub(crate) fn get(path: &str, token: &str) -> Self {
        Self::new(Method::GET, path, token, Value::Null)
    }

    pub(crate) fn post(path: &str, token: &str, body: Value) -> Self {
        Self::new(Method::POST, path, token, body)
    }

    pub(crate) fn delete(path: &str, token: &str) -> Self {
        Self::new(Method::DELETE, path, token, Value::Null)
    }

    fn new(method: Method, path: &str, token: &str, body: Value) -> Self {
        Self { method, path: path.to_owned(), token: token.to_owned(), key: None, body }
    }

    /// With an idempotency key: however often it is sent, it is done once.
    pub(crate) fn key(mut self, key: &str) -> Self {
        self.key = Some(format!("crash-{key}"));
        self
    }
}

impl Answer {
    /// A text in the body, by JSON pointer.
    pub(crate) fn text(&self, pointer: &str) -> String {
        let text = self.body.pointer(pointer).and_then(Value::as_str);
        text.unwrap_or_else(|| panic!("no text {pointer} in {self:?}")).to_owned()
    }

    /// A list in the body, by JSON pointer.
    pub(crate) fn list(&self, pointer: &str) -> &[Value] {
        let list = self.body.pointer(pointer).and_then(Value::as_array);
        list.unwrap_or_else(|| panic!("no list {pointer} in {self:?}"))
    }

    /// The stable code of a refusal.
    pub(crate) fn code(&self) -> &str {
        self.body["code"].as_str().unwrap_or("-")
    }
}

impl Api {
    pub(super) fn network(address: watch::Receiver<Option<String>>) -> Self {
        let client = Client::builder().no_proxy().build().expect("a client");
        Self { client, address }
    }

    pub(super) fn local(socket: &Path) -> Self {
        let client = Client::builder().no_proxy().pool_max_idle_per_host(0).unix_socket(socket);
        let (_, address) = watch::channel(Some("http://localhost".to_owned()));
        Self { client: client.build().expect("a client"), address }
    }

    /// Sends a call once, as soon as there is a server to send it to.
    pub(crate) async fn once(&self, call: &Call) -> reqwest::Result<Answer> {
        let response = self.request(call).await.timeout(PATIENCE).send().await?;
        let status = response.status().as_u16();
        let replayed = response.headers().contains_key("idempotent-replay");
        let body = response.bytes().await?;
        let body = serde_json::from_slice(&body).unwrap_or_default();
        Ok(Answer { status, replayed, body })
    }

    /// Sends a call again and again until it is answered; the answer, and whether that took more than one try.
    ///
    /// # Panics
    /// When the server answers with a failure of its own, or not at all though it is there.
    pub(crate) async fn settle(&self, call: &Call) -> (Answer, bool) {
        let mut again = false;
        loop {
            match self.once(call).await {
                Ok(answer) if answer.status == 503 => sleep(Duration::from_millis(50)).await,
                Ok(answer) => {
                    assert!(answer.status < 500, "{call:?} was answered {answer:?}");
                    return (answer, again);
                }
                Err(error) => {
                    assert!(!error.is_timeout(), "{call:?} was not answered in {PATIENCE:?}");
                    sleep(Duration::from_millis(5)).await;
                }
            }
            again = true;
        }
    }

    /// Opens a stream of events after a position.
    pub(crate) async fn stream(
        &self,
        session: &str,
        token: &str,
        after: &str,
    ) -> reqwest::Result<Response> {
        self.follow(&format!("/api/shared-sessions/{session}/stream"), token, after).await
    }

    /// Opens any stream.
    pub(crate) async fn follow(
        &self,
        path: &str,
        token: &str,
        after: &str,
    ) -> reqwest::Result<Response> {
        let call = Call::get(path, token);
        self.request(&call).await.header("last-event-id", after).send().await
    }

    async fn request(&self, call: &Call) -> reqwest::RequestBuilder {
        let mut known = self.address.clone();
        let known = known.wait_for(Option::is_some).await.map(|address| address.clone());
        let Ok(Some(address)) = known else {
            return std::future::pending().await; // The world is gone; whoever waits for it goes next.
        };
        let mut request = self.client.request(call.method.clone(), address + &call.path);
        if !call.token.is_empty() {
            request = request.bearer_auth(&call.token);
        }
        if let Some(key) = &call.key {
            request = request.header("idempotency-key", key);
        }
        match &call.body {
            Value::Null => request,
            body => request.json(body),
        }
    }
}
