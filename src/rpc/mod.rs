//! JSON-RPC 2.0 between a host and the server: the envelopes here, the calls in [`calls`].
//!
//! Both ends call and answer over one WebSocket, one JSON text a frame. Nothing here knows sockets.

mod agent_session;
pub mod calls;
mod error;
mod hello;
mod registry;
mod turn;

pub use error::{ErrorData, RpcError};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::value::RawValue;

use crate::error::{Code, Error};

/// The version of the calls; a host that speaks another one is turned away at hello.
pub const PROTOCOL_VERSION: u32 = 1;

/// The largest frame either side takes, in bytes.
pub const MAX_FRAME: usize = 1024 * 1024;

/// How much of a list is on a page of it, in bytes of JSON, so that it fits into a frame with all that is around it.
pub const LIST_BYTES: usize = MAX_FRAME / 2;

/// How deep the JSON of a call may nest: more than anything sensible, and less than SQLite stores and readers take.
pub const MAX_DEPTH: usize = 64;

/// How many calls one side may have open at once, not counting requests that wait for a person.
pub const MAX_IN_FLIGHT: usize = 256;

/// The code with which the server closes a WebSocket because another process of the same host has connected.
pub const CLOSED_REPLACED: u16 = 4001;

/// One frame: a call, or the answer to one.
#[derive(Debug, Serialize, Deserialize)]
pub struct Envelope {
    jsonrpc: Version,
    /// Chosen by the caller, unique among its open calls; absent on a notification.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<u64>,
    /// The name of the call; absent on an answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub method: Option<String>,
    /// The parameters of the call.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub params: Option<Box<RawValue>>,
    /// What the call came to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub result: Option<Box<RawValue>>,
    /// Why it came to nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<RpcError>,
}

#[derive(Debug, Serialize, Deserialize)]
enum Version {
    #[serde(rename = "2.0")]
    V2,
}

/// What a frame turned out to be.
#[derive(Debug)]
pub enum Incoming<C> {
    /// The other side calls; `id` is absent when it wants no answer.
    Call {
        /// To be sent back with the answer.
        id: Option<u64>,
        /// What it asks.
        call: C,
    },
    /// The other side calls something that cannot be understood.
    Refused {
        /// To be sent back with the answer.
        id: Option<u64>,
        /// Why.
        error: RpcError,
    },
    /// The answer to call `id` of ours.
    Answer {
        /// Which call.
        id: u64,
        /// What it came to.
        result: Result<Box<RawValue>, RpcError>,
    },
}

impl Envelope {
    /// A call. `call` serialises as `{"method": …, "params": …}`.
    pub fn call(id: u64, call: &impl Serialize) -> serde_json::Result<String> {
        #[derive(Serialize)]
        struct Frame<'a, C> {
            jsonrpc: Version,
            id: u64,
            #[serde(flatten)]
            call: &'a C,
        }
        serde_json::to_string(&Frame { jsonrpc: Version::V2, id, call })
    }

    /// A call that wants no answer, of parameters that are JSON already.
    pub fn notification(method: &str, params: &str) -> String {
        format!(r#"{{"jsonrpc":"2.0","method":"{method}","params":{params}}}"#)
    }

    /// The answer to call `id`.
    pub fn answer(id: u64, result: Result<&impl Serialize, &Error>) -> serde_json::Result<String> {
        let mut answer = Self {
            jsonrpc: Version::V2,
            id: Some(id),
            method: None,
            params: None,
            result: None,
            error: None,
        };
        match result {
            Ok(value) => answer.result = Some(serde_json::value::to_raw_value(value)?),
            Err(error) => answer.error = Some(error.into()),
        }
        serde_json::to_string(&answer)
    }

    /// Answers a call that could not be understood.
    pub fn refuse(id: u64, error: RpcError) -> serde_json::Result<String> {
        serde_json::to_string(&Self {
            jsonrpc: Version::V2,
            id: Some(id),
            method: None,
            params: None,
            result: None,
            error: Some(error),
        })
    }

    /// Reads a frame, whose calls are the variants of `C` (tagged `method`, content `params`).
    ///
    /// # Errors
    /// What is not JSON-RPC at all; the connection cannot be trusted after that.
    pub fn read<C: DeserializeOwned>(text: &str) -> serde_json::Result<Incoming<C>> {
        let frame: Self = serde_json::from_str(text)?;
        if frame.method.is_some() && depth(text) > MAX_DEPTH {
            let message = format!("the call nests deeper than {MAX_DEPTH} levels");
            let error = RpcError::from(&Error::with(Code::InvalidBody, message));
            return Ok(Incoming::Refused { id: frame.id, error });
        }
        if let Some(method) = &frame.method {
            // Written again with the tag in front: serde cannot keep raw JSON that precedes its tag.
            #[derive(Serialize)]
            struct Call<'a> {
                method: &'a str,
                #[serde(skip_serializing_if = "Option::is_none")]
                params: Option<&'a RawValue>,
            }
            let id = frame.id;
            let call = serde_json::to_string(&Call { method, params: frame.params.as_deref() })?;
            return Ok(match serde_json::from_str(&call) {
                Ok(call) => Incoming::Call { id, call },
                Err(error) => {
                    let message = error.to_string();
                    let mut error = RpcError::from(&Error::with(Code::InvalidBody, &message));
                    if message.starts_with(&format!("unknown variant `{method}`")) {
                        error.code = -32601;
                    }
                    Incoming::Refused { id, error }
                }
            });
        }
        let id = frame.id.ok_or_else(|| serde::de::Error::missing_field("id"))?;
        let result = match (frame.result, frame.error) {
            (_, Some(error)) => Err(error),
            (Some(result), None) => Ok(result),
            (None, None) => Ok(RawValue::NULL.to_owned()),
        };
        Ok(Incoming::Answer { id, result })
    }
}

/// How deep a JSON text nests. Raw JSON is carried as it is, and nothing else on its way looks into it.
pub fn depth(json: &str) -> usize {
    let (mut depth, mut deepest) = (0_usize, 0);
    let (mut in_string, mut escaped) = (false, false);
    for byte in json.bytes() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_string => escaped = true,
            b'"' => in_string = !in_string,
            b'[' | b'{' if !in_string => {
                depth += 1;
                deepest = deepest.max(depth);
            }
            b']' | b'}' if !in_string => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    deepest
}

#[cfg(test)]
mod tests;
