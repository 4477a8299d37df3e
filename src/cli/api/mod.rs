//! The API as the commands call it: one request, one answer, or why not.
//!
//! Every request may be repeated: what creates something carries an idempotency key, so a connection that breaks in
//! between is tried again and nothing happens twice.

mod find;
mod place;
mod sse;
mod stream;

use std::{error::Error as _, time::Duration};

use reqwest::{
    Client, Method, RequestBuilder, Response, StatusCode,
    header::{ACCEPT, AUTHORIZATION, HeaderValue, RETRY_AFTER},
};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::Value;
use tokio::time::sleep;
use uuid::Uuid;

pub(crate) use self::{
    find::typed_rows,
    place::{DEFAULT_URL, Place, Target, address, given_token},
    stream::{Event, Item, follow, is_worth_a_word, seq_of},
};
use super::failure::{Exit, Failure, Refusal, exit_of};
use crate::error::Code;

/// How long a request may take; long enough for an agent to start.
const PATIENCE: Duration = Duration::from_secs(150);
/// How often a request is tried.
const TRIES: u32 = 3;

/// A server, and who we are there. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Api {
    http: Client,
    target: Target,
}

/// What the API says when it refuses.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Refused {
    error: String,
    code: String,
    request_id: Option<String>,
    hint: Option<String>,
    #[serde(default)]
    details: Value,
}

impl Api {
    /// A client of `target`; nothing is sent yet.
    pub(crate) fn new(target: Target) -> Result<Self, Failure> {
        let mut builder = Client::builder()
            .user_agent(concat!("wardroom/", env!("CARGO_PKG_VERSION")))
            .redirect(reqwest::redirect::Policy::none())
            .connect_timeout(Duration::from_secs(5));
        if let Place::Socket(path) = &target.place {
            builder = builder.unix_socket(path.as_path());
        }
        if target.place.is_near() {
            builder = builder.no_proxy();
        }
        let http = builder.build().map_err(|error| Failure::new(Exit::Failure, chain(&error)))?;
        Ok(Self { http, target })
    }

    /// The server, and who we are there.
    pub(crate) fn target(&self) -> &Target {
        &self.target
    }

    /// Reads.
    pub(crate) async fn get<T: DeserializeOwned>(&self, path: &str) -> Result<T, Failure> {
        self.call(Method::GET, path, None).await
    }

    /// Creates or does something.
    pub(crate) async fn post<T: DeserializeOwned>(
        &self,
        path: &str,
        body: &impl Serialize,
    ) -> Result<T, Failure> {
        self.call(Method::POST, path, Some(to_value(body)?)).await
    }

    /// Changes something.
    pub(crate) async fn patch<T: DeserializeOwned>(
        &self,
        path: &str,
        body: &impl Serialize,
    ) -> Result<T, Failure> {
        self.call(Method::PATCH, path, Some(to_value(body)?)).await
    }

    /// Ends something.
    pub(crate) async fn delete(&self, path: &str) -> Result<Value, Failure> {
        self.call(Method::DELETE, path, None).await
    }

    async fn call<T: DeserializeOwned>(
        &self,
        method: Method,
        path: &str,
        body: Option<Value>,
    ) -> Result<T, Failure> {
        let key = (method == Method::POST).then(|| Uuid::now_v7().to_string());
        let mut tries = 1;
        loop {
            let mut request = self.request(method.clone(), path).timeout(PATIENCE);
            if let Some(key) = &key {
                request = request.header("idempotency-key", key);
            }
            if let Some(body) = &body {
                request = request.json(body);
            }
            let failure = match request.send().await {
                Ok(answer) => {
                    let wait = retry_after(&answer);
                    match read(answer).await {
                        Err(failure) if failure.is(Code::Busy) => (failure, wait),
                        Err(failure) if failure.exit == Exit::Unreachable => (failure, None),
                        done => return done,
                    }
                }
                Err(error) if error.is_connect() || error.is_builder() => {
                    return Err(self.unreachable(&error));
                }
                Err(error) => (self.unreachable(&error), None),
            };
            if tries == TRIES {
                return Err(failure.0);
            }
            let wait = failure.1.unwrap_or(Duration::from_millis(200 * u64::from(tries)));
            sleep(wait.min(Duration::from_secs(5))).await;
            tries += 1;
        }
    }

    /// Opens a stream, at the position after `last`.
    pub(crate) async fn open_stream(
        &self,
        path: &str,
        last: Option<&str>,
    ) -> Result<Response, Failure> {
        let mut request = self.request(Method::GET, path).header(ACCEPT, "text/event-stream");
        if let Some(last) = last {
            request = request.header("last-event-id", last);
        }
        let answer = request.send().await.map_err(|error| self.unreachable(&error))?;
        if answer.status().is_success() { Ok(answer) } else { Err(refusal(answer).await) }
    }

    fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let mut request = self.http.request(method, format!("{}{path}", self.target.place.base()));
        if let Some(token) = &self.target.token {
            // A secret is letters, digits and underscores.
            if let Ok(mut value) = HeaderValue::from_str(&format!("Bearer {}", token.expose())) {
                value.set_sensitive(true);
                request = request.header(AUTHORIZATION, value);
            }
        }
        request
    }

    fn unreachable(&self, error: &reqwest::Error) -> Failure {
        let (place, why) = (&self.target.place, innermost(error));
        let (text, hint) = match place {
            Place::Socket(path) if error.is_connect() => {
                let dir = path.parent().unwrap_or(path).display();
                let hint = "start one: wardroom · or log in to another: wardroom login URL";
                (format!("no server runs on {dir}"), hint)
            }
            Place::Socket(_) | Place::Url(_) => {
                (format!("cannot reach {place}: {why}"), "is it running, and is the address right?")
            }
        };
        Failure::new(Exit::Unreachable, text).hint(hint)
    }
}

fn to_value(body: &impl Serialize) -> Result<Value, Failure> {
    serde_json::to_value(body).map_err(|error| Failure::new(Exit::Failure, error.to_string()))
}

async fn read<T: DeserializeOwned>(answer: Response) -> Result<T, Failure> {
    if !answer.status().is_success() {
        return Err(refusal(answer).await);
    }
    let empty = answer.status() == StatusCode::NO_CONTENT;
    let bytes = answer.bytes().await.map_err(|error| {
        Failure::new(Exit::Unreachable, format!("the answer broke off: {}", innermost(&error)))
    })?;
    let bytes: &[u8] = if empty { b"null" } else { &bytes };
    serde_json::from_slice(bytes).map_err(|error| {
        Failure::new(Exit::Failure, format!("the answer is not what was expected: {error}"))
            .hint("server and command line should have the same version: wardroom version")
    })
}

async fn refusal(answer: Response) -> Failure {
    let status = answer.status();
    let body = answer.bytes().await.unwrap_or_default();
    let Ok(refused) = serde_json::from_slice::<Refused>(&body) else {
        let text = format!("the server answers {status}, in words that are not wardroom's");
        return Failure::new(exit_of(None, status.as_u16()), text)
            .hint("is there another program, or a proxy, at that address?");
    };
    let code = serde_json::from_value(Value::String(refused.code.clone())).ok();
    let login = "log in: wardroom login URL · or give a token: --token-file, WARDROOM_TOKEN";
    let hint = match code {
        Some(Code::Unauthenticated) => Some(login.to_owned()),
        _ => refused.hint,
    };
    let Refused { code: word, request_id, details, error: message, .. } = refused;
    let refusal = Some(Box::new(Refusal { code: word, request_id, details }));
    Failure { exit: exit_of(code, status.as_u16()), message, hint, refusal }
}

fn retry_after(answer: &Response) -> Option<Duration> {
    let seconds = answer.headers().get(RETRY_AFTER)?.to_str().ok()?.parse().ok()?;
    Some(Duration::from_secs(seconds))
}

/// What it comes down to.
fn innermost(error: &reqwest::Error) -> String {
    let mut at: &dyn std::error::Error = error;
    while let Some(source) = at.source() {
        at = source;
    }
    at.to_string()
}

/// An error with everything it comes from.
fn chain(error: &reqwest::Error) -> String {
    match error.source() {
        Some(source) => format!("{error}: {source}"),
        None => error.to_string(),
    }
}
