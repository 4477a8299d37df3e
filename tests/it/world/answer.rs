//! What the server answers.

use std::ops::Index;

use axum::{Router, body::to_bytes, http::HeaderMap, response::Response};
use serde_json::Value;

use super::{
    Caller,
    contract::{Asked, contract},
};

/// An answer, read to its end.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) text: String,
    /// Null where the body is no JSON.
    pub(crate) json: Value,
}

impl Answer {
    pub(super) async fn read(router: &Router, asked: &Asked, response: Response) -> Self {
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let bytes = to_bytes(response.into_body(), usize::MAX).await.unwrap();
        // What is compressed is no text, and no test reads it.
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let json = serde_json::from_str(&text).unwrap_or_default();
        let answer = Self { status, headers, text, json };
        contract(router).await.check(asked, &answer);
        answer
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }

    /// The JSON of a success with this status.
    #[track_caller]
    pub(crate) fn ok(self, status: u16) -> Value {
        assert_eq!(self.status, status, "{}", self.text);
        self.check_headers();
        self.json
    }

    /// That it is a refusal, in the form that every refusal has; gives its JSON without the id of the request.
    #[track_caller]
    pub(crate) fn refused(&self, status: u16, code: &str) -> Value {
        assert_eq!((self.status, self["code"].as_str()), (status, Some(code)), "{}", self.text);
        self.check_headers();
        assert_eq!(self.header("content-type"), Some("application/json"));
        assert_eq!(self.header("cache-control"), Some("no-store"));
        let mut body = self.json.as_object().unwrap().clone();
        let id = body.remove("requestId").unwrap();
        assert_eq!(id.as_str(), self.header("x-request-id"));
        assert!(body["error"].as_str().is_some_and(|text| !text.is_empty()), "{}", self.text);
        assert!(body["hint"].as_str().is_some_and(|cure| !cure.is_empty()), "{}", self.text);
        let known = ["error", "code", "hint", "details"];
        assert!(body.keys().all(|key| known.contains(&key.as_str())), "{}", self.text);
        assert_eq!(status == 401, self.header("www-authenticate").is_some());
        body.into()
    }

    /// The headers that every answer has.
    #[track_caller]
    fn check_headers(&self) {
        assert_eq!(self.header("x-content-type-options"), Some("nosniff"));
        assert_eq!(self.header("referrer-policy"), Some("no-referrer"));
        assert_eq!(self.header("x-frame-options"), Some("DENY"));
        let policy = self.header("content-security-policy").unwrap();
        assert!(policy.contains("frame-ancestors 'none'"), "{policy}");
        assert!(self.header("access-control-allow-origin").is_none());
    }

    /// The browser that the answer signs in.
    pub(crate) fn cookie(&self) -> Option<Caller> {
        let cookie = self.header("set-cookie")?.split(';').next()?;
        Some(Caller::Cookie(cookie.to_owned()))
    }
}

impl Index<&str> for Answer {
    type Output = Value;

    fn index(&self, key: &str) -> &Value {
        &self.json[key]
    }
}
