//! Who asks, and how stories ask.

use axum::{
    body::Body,
    http::{HeaderName, HeaderValue, Method, header},
};
use serde_json::Value;
use tokio::task::JoinHandle;
use tower::ServiceExt;
use wardroom::{domain::Secret, http::Connection};

use super::{Answer, World, contract::Asked};

/// Where people reach the server.
pub(crate) const ORIGIN: &str = "http://localhost:7337";

/// What somebody proves themselves with.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Caller {
    /// Nothing.
    Nobody,
    /// A bearer token.
    Token(String),
    /// The cookie of a browser, as in its header.
    Cookie(String),
    /// The socket in the data directory.
    Local,
}

impl Caller {
    /// The holder of a token, as an answer has it.
    pub(crate) fn token(json: &Value) -> Self {
        Self::Token(json.as_str().expect("a token").to_owned())
    }

    /// The secret of a token.
    pub(crate) fn secret(&self) -> &str {
        match self {
            Self::Token(token) => token,
            other => panic!("{other:?} has no token"),
        }
    }
}

/// A request that is being put together.
pub(crate) struct Request<'a> {
    world: &'a World,
    request: axum::http::Request<Body>,
}

impl World {
    /// A request of a caller's, as their programs and browsers make it.
    pub(crate) fn request(&self, caller: &Caller, method: Method, path: &str) -> Request<'_> {
        let mut request = axum::http::Request::new(Body::empty());
        *request.method_mut() = method;
        *request.uri_mut() = path.parse().unwrap();
        let request = Request { world: self, request }.header("host", "localhost:7337");
        match caller {
            Caller::Nobody => request,
            Caller::Token(token) => request.header("authorization", &format!("Bearer {token}")),
            Caller::Cookie(cookie) => {
                request.header("cookie", cookie).header("sec-fetch-site", "same-origin")
            }
            Caller::Local => request.connection(Connection::Local),
        }
    }

    pub(crate) async fn get(&self, caller: &Caller, path: &str) -> Answer {
        self.request(caller, Method::GET, path).send().await
    }

    pub(crate) async fn post(&self, caller: &Caller, path: &str, body: Value) -> Answer {
        self.request(caller, Method::POST, path).json(&body).send().await
    }

    pub(crate) async fn patch(&self, caller: &Caller, path: &str, body: Value) -> Answer {
        self.request(caller, Method::PATCH, path).json(&body).send().await
    }

    pub(crate) async fn delete(&self, caller: &Caller, path: &str) -> Answer {
        self.request(caller, Method::DELETE, path).send().await
    }

    /// Adds an account and gives its first token.
    pub(crate) async fn user(&self, name: &str) -> Caller {
        let body = serde_json::json!({"name": name});
        Caller::token(&self.post(&self.ada, "/api/users", body).await.ok(201)["token"])
    }

    /// Makes a token of another scope.
    pub(crate) async fn scoped(&self, caller: &Caller, scope: &str) -> Caller {
        let body = serde_json::json!({"scope": scope});
        Caller::token(&self.post(caller, "/api/tokens", body).await.ok(201)["secret"])
    }

    /// Signs a browser in.
    pub(crate) async fn browser(&self, caller: &Caller) -> Caller {
        let body = serde_json::json!({"token": caller.secret()});
        self.post(&Caller::Nobody, "/api/login", body).await.cookie().expect("a cookie")
    }

    /// The caller as the use cases know them.
    pub(crate) async fn known(&self, caller: &Caller) -> wardroom::app::Caller {
        match caller {
            Caller::Local => self.app().local_caller().await.unwrap(),
            other => {
                let secret = Secret::parse(other.secret()).unwrap();
                self.app().authenticate(&secret).await.unwrap()
            }
        }
    }
}

impl Request<'_> {
    /// Sets a header; an empty value takes it away.
    pub(crate) fn header(mut self, name: &str, value: &str) -> Self {
        let name: HeaderName = name.parse().unwrap();
        self.request.headers_mut().remove(&name);
        if !value.is_empty() {
            self.request.headers_mut().insert(name, HeaderValue::from_str(value).unwrap());
        }
        self
    }

    /// Adds a header, also a second one of its name.
    pub(crate) fn and_header(mut self, name: &str, value: &str) -> Self {
        let name: HeaderName = name.parse().unwrap();
        self.request.headers_mut().append(name, HeaderValue::from_str(value).unwrap());
        self
    }

    pub(crate) fn connection(mut self, connection: Connection) -> Self {
        self.request.extensions_mut().insert(connection);
        self
    }

    /// Sends this with an idempotency key.
    pub(crate) fn key(self, key: &str) -> Self {
        self.header("idempotency-key", key)
    }

    pub(crate) fn json(self, body: &Value) -> Self {
        self.text(body.to_string())
    }

    /// A body that need not be JSON, though it says so.
    pub(crate) fn text(mut self, body: impl Into<Body>) -> Self {
        *self.request.body_mut() = body.into();
        self.header(header::CONTENT_TYPE.as_str(), "application/json")
    }

    /// Sends it and waits for the answer.
    pub(crate) async fn send(self) -> Answer {
        let router = self.world.running.router.clone();
        let asked = Asked::of(&self.request);
        let response = router.clone().oneshot(self.request).await.unwrap();
        Answer::read(&router, &asked, response).await
    }

    /// Sends it and does not wait. Whoever waits is cut off when the server is killed.
    pub(crate) fn begin(self) -> JoinHandle<Answer> {
        let router = self.world.running.router.clone();
        let asked = Asked::of(&self.request);
        self.world.running.spawn(async move {
            let response = router.clone().oneshot(self.request).await.unwrap();
            Answer::read(&router, &asked, response).await
        })
    }

    /// Sends it and gives the body as it comes.
    pub(crate) async fn stream(self) -> axum::response::Response {
        self.world.running.router.clone().oneshot(self.request).await.unwrap()
    }
}
