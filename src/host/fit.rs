//! Makes what an agent wrote small enough for a frame, and says so in it.

use serde::Serialize;
use serde_json::{
    Map, Value,
    value::{RawValue, to_raw_value},
};

use crate::rpc::{MAX_DEPTH, MAX_FRAME, depth};

/// The largest piece of an agent's JSON that goes into a frame whole, in bytes.
pub(super) const LARGEST: usize = MAX_FRAME / 4 * 3;

/// How deep an agent's JSON may nest: the call that carries it adds three levels.
const DEEPEST: usize = MAX_DEPTH - 3;

/// The longest id that an agent may give anything, in bytes: ids go into frames whole.
const LONGEST_ID: usize = 1024;

/// Whether an agent's id for something is short enough to be carried.
pub(super) fn is_id(id: &str) -> bool {
    id.len() <= LONGEST_ID
}

/// Whether a piece of an agent's JSON nests deeper than a call may.
pub(super) fn is_too_deep(json: &str) -> bool {
    depth(json) > DEEPEST
}

/// An update that is too large is carried without its largest fields, and `_meta` names them.
/// `None` for one that cannot be mended so.
///
/// Text chunks never come here: they are cut into several.
pub(super) fn update(params: &RawValue) -> Option<Box<RawValue>> {
    if params.get().len() <= LARGEST {
        return Some(params.to_owned());
    }
    let mut params: Value = serde_json::from_str(params.get()).ok()?;
    fields(params.get_mut("update")?.as_object_mut()?);
    to_raw_value(&params).ok().filter(|cut| cut.get().len() <= LARGEST)
}

/// Removes the largest fields until the rest fits, and names them in `_meta`.
pub(super) fn fields(object: &mut Map<String, Value>) {
    let mut sizes: Vec<(usize, String)> =
        object.iter().map(|(name, value)| (weight(value), name.clone())).collect();
    let mut total: usize = sizes.iter().map(|(size, name)| size + name.len() + 4).sum();
    sizes.sort();
    let mut omitted = Vec::new();
    while total > LARGEST
        && let Some((size, name)) = sizes.pop()
    {
        object.shift_remove(&name);
        total -= size;
        omitted.push(name);
    }
    if omitted.is_empty() {
        return;
    }
    tracing::warn!(?omitted, "what an agent wrote is too large and goes on without these fields");
    if let Ok(meta) = serde_json::to_value(Meta { wardroom: Omitted { omitted } }) {
        object.insert("_meta".to_owned(), meta);
    }
}

/// ACP's place for what is beside the protocol.
#[derive(Serialize)]
struct Meta {
    wardroom: Omitted,
}

#[derive(Serialize)]
struct Omitted {
    omitted: Vec<String>,
}

/// How many bytes a value takes as JSON.
pub(super) fn weight(value: &Value) -> usize {
    struct Count(usize);
    impl std::io::Write for Count {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0 += bytes.len();
            Ok(bytes.len())
        }
        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }
    let mut count = Count(0);
    match serde_json::to_writer(&mut count, value) {
        Ok(()) => count.0,
        Err(_) => usize::MAX / 2,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_huge_update_goes_on_without_its_largest_fields_and_says_so() {
        let params = json!({ "sessionId": "s", "update": {
            "sessionUpdate": "tool_call_update", "toolCallId": "t", "status": "completed",
            "rawOutput": "x".repeat(LARGEST), "content": [1, 2],
        }});
        let cut = update(&to_raw_value(&params).unwrap()).unwrap();
        assert_eq!(
            cut.get(),
            r#"{"sessionId":"s","update":{"sessionUpdate":"tool_call_update","toolCallId":"t","status":"completed","content":[1,2],"_meta":{"wardroom":{"omitted":["rawOutput"]}}}}"#
        );
    }

    #[test]
    fn what_fits_is_left_as_the_agent_wrote_it() {
        let odd = RawValue::from_string(r#"{"update": {"n":1.50,  "n":2}}"#.to_owned()).unwrap();
        assert_eq!(update(&odd).unwrap().get(), odd.get());
    }
}
