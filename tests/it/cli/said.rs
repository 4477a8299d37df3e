//! What a command said, and how it ended.

use std::process::Output;

use serde_json::Value;

use crate::world::masked;

/// A command that has ended.
#[derive(Debug)]
pub(super) struct Said {
    /// What was typed.
    line: String,
    /// The exit code; -1 after a signal.
    pub(super) code: i32,
    /// stdout.
    pub(super) out: String,
    /// stderr.
    pub(super) err: String,
}

impl Said {
    pub(super) fn new(line: String, output: Output) -> Self {
        let text = |bytes| String::from_utf8(bytes).unwrap();
        let code = output.status.code().unwrap_or(-1);
        Self { line, code, out: text(output.stdout), err: text(output.stderr) }
    }

    /// It went well.
    #[track_caller]
    pub(super) fn ok(self) -> Self {
        self.ended(0)
    }

    /// It ended so.
    #[track_caller]
    pub(super) fn ended(self, code: i32) -> Self {
        assert_eq!(self.code, code, "wardroom {}: {self:#?}", self.line);
        self
    }

    /// It failed, so: nothing on stdout, and the cause on stderr.
    #[track_caller]
    pub(super) fn failed(self, code: i32, cause: &str) -> Self {
        let said = self.ended(code);
        assert_eq!(said.out, "", "stdout is for data: {said:#?}");
        assert!(said.err.contains(cause), "{cause:?} is not said: {said:#?}");
        said
    }

    /// The one document on stdout.
    #[track_caller]
    pub(super) fn json(&self) -> Value {
        assert_eq!(self.code, 0, "{self:#?}");
        assert_eq!(self.out.lines().count(), 1, "one document, one line: {self:#?}");
        serde_json::from_str(&self.out).unwrap()
    }

    /// The one document on stdout, without what differs from run to run.
    #[track_caller]
    pub(super) fn masked(&self) -> String {
        masked(&timeless(self.json()))
    }

    /// The first column of the first line of a list.
    #[track_caller]
    pub(super) fn first(&self) -> String {
        self.out.split('\t').next().unwrap().to_owned()
    }
}

/// The value without points in time, positions and links, which are never the same.
pub(super) fn timeless(value: Value) -> Value {
    let is_time = |it: &str| it.len() == 24 && it.ends_with('Z') && it.as_bytes()[10] == b'T';
    match value {
        Value::String(text) if is_time(&text) => "<time>".into(),
        Value::String(text) => link(&text).unwrap_or(text).into(),
        Value::Array(items) => items.into_iter().map(timeless).collect(),
        Value::Object(map) => map
            .into_iter()
            .map(|(key, it)| match key.as_str() {
                "lastSeq" => (key, "<seq>".into()),
                "elapsedSeconds" => (key, "<seconds>".into()),
                _ => (key, timeless(it)),
            })
            .collect(),
        other => other,
    }
}

/// A link to join, without what differs.
fn link(text: &str) -> Option<String> {
    let (rest, secret) = text.strip_prefix("http://127.0.0.1:")?.split_once("#wr_inv_")?;
    let (_port, id) = rest.split_once("/join/")?;
    let is_whole = id.parse::<uuid::Uuid>().is_ok() && secret.len() == 49;
    is_whole.then(|| "http://<server>/join/<id>#wr_inv_<secret>".into())
}
