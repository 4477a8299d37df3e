//! The beginning of an inbox stream, in parts that are never long.

use serde::Serialize;
use utoipa::ToSchema;

use super::InboxChange;
use crate::domain::{Approval, Dispatch};

/// How many rows a part holds at most.
const ROWS: usize = 50;
/// How many bytes of rows: the one that reaches this is the last of its part.
const BYTES: usize = 256 * 1024;

/// A part of an inbox.
#[derive(Debug, Default, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct InboxPart {
    /// What the caller may decide, oldest first in each part.
    pub approvals: Vec<Approval>,
    /// Dispatches of their sessions whose outcome nobody knows.
    pub dispatches: Vec<Dispatch>,
    /// Whether this is the last part: with it and those before it the inbox is told whole.
    pub complete: bool,
}

impl InboxPart {
    /// The first part of what was found, which is taken out of it.
    pub(super) fn of(found: &mut InboxChange) -> Self {
        found.approvals.sort_by_key(|it| (it.created_at, it.id));
        let (mut rows, mut bytes) = (0, 0);
        let approvals = fitting(&mut found.approvals, &mut rows, &mut bytes);
        let dispatches = fitting(&mut found.dispatches, &mut rows, &mut bytes);
        Self { approvals, dispatches, complete: false }
    }

    /// Whether what was found fills a part.
    pub(super) fn is_full(found: &InboxChange) -> bool {
        let (mut rows, mut bytes) = (0, 0);
        let approvals = fits(&found.approvals, &mut rows, &mut bytes);
        fits(&found.dispatches, &mut rows, &mut bytes);
        approvals < found.approvals.len() || rows >= ROWS || bytes >= BYTES
    }
}

/// Takes out what fits.
fn fitting<T: Serialize>(found: &mut Vec<T>, rows: &mut usize, bytes: &mut usize) -> Vec<T> {
    let count = fits(found, rows, bytes);
    found.drain(..count).collect()
}

/// How many of these fit.
fn fits<T: Serialize>(found: &[T], rows: &mut usize, bytes: &mut usize) -> usize {
    let size = |it: &T| serde_json::to_vec(it).map_or(BYTES, |json| json.len());
    let is_room = |it: &&T| {
        let is_room = *rows < ROWS && *bytes < BYTES;
        if is_room {
            (*rows, *bytes) = (*rows + 1, *bytes + size(it));
        }
        is_room
    };
    found.iter().take_while(is_room).count()
}
