//! What programs ask of the person at the terminal: it belongs to no session, so that the inbox tells of it and not the
//! session's stream.

use std::collections::HashSet;

use serde::Deserialize;
use tokio::sync::mpsc;

use crate::{
    cli::{
        api::{Api, Item, follow},
        card,
        ids::APPROVAL,
        paint::Paint,
        time,
    },
    domain::{Approval, ApprovalId, ApprovalKind, ApprovalStatus},
};

/// The part of an inbox that programs ask.
#[derive(Debug, Default)]
pub(super) struct Asks {
    items: Option<mpsc::Receiver<Item>>,
    /// What waits, as far as it was told.
    waiting: HashSet<ApprovalId>,
    /// What was told since the inbox is being told whole again.
    again: HashSet<ApprovalId>,
}

/// What goes by on the stream of an inbox.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Change {
    #[serde(default)]
    approvals: Vec<Approval>,
    #[serde(default)]
    gone: Vec<String>,
    /// Set where this is a part of the whole: whether that is all of it.
    complete: Option<bool>,
}

/// What is new about something that a program asks.
#[derive(Debug, PartialEq)]
pub(super) enum News {
    /// It waits, or does so no more; worth a line if it was not known so.
    Row(Box<Approval>, bool),
    /// It is gone without a word.
    Gone(ApprovalId),
}

impl Asks {
    /// Follows the inbox of whoever looks.
    pub(super) fn follow(api: &Api) -> Self {
        let items = follow(api.clone(), "/api/inbox/stream".into(), None);
        Self { items: Some(items), ..Self::default() }
    }

    /// What goes by next; never anything where nothing is followed.
    pub(super) async fn next(&mut self) -> Change {
        while let Some(items) = &mut self.items {
            match items.recv().await {
                Some(Item::Inbox(payload)) => {
                    return serde_json::from_value(payload).unwrap_or_default();
                }
                Some(_) => {}
                // The session's own stream says why.
                None => self.items = None,
            }
        }
        std::future::pending().await
    }

    /// What a change means for what programs ask.
    pub(super) fn read(&mut self, change: Change) -> Vec<News> {
        let mut news = Vec::new();
        for approval in change.approvals {
            if approval.kind != ApprovalKind::Action {
                continue;
            }
            let waits = approval.status == ApprovalStatus::Pending;
            let was = self.waiting.contains(&approval.id);
            if waits {
                self.waiting.insert(approval.id);
                self.again.insert(approval.id);
            } else {
                self.waiting.remove(&approval.id);
            }
            news.push(News::Row(Box::new(approval), waits != was));
        }
        let mut gone: Vec<ApprovalId> =
            change.gone.iter().filter_map(|it| it.parse().ok()).collect();
        if change.complete == Some(true) {
            // What was decided while the line was broken is not told of.
            let again = std::mem::take(&mut self.again);
            gone.extend(self.waiting.difference(&again));
        }
        gone.retain(|id| self.waiting.remove(id));
        news.extend(gone.into_iter().map(News::Gone));
        news
    }
}

/// The line that it is worth, safe to print.
pub(super) fn line(approval: &Approval, paint: Paint) -> String {
    let id = APPROVAL.short(approval.id);
    let text = match approval.status {
        ApprovalStatus::Pending => {
            format!("{}  {}", paint.yellow(&format!("◔ {id}")), card::summary(approval))
        }
        status => {
            let sign = match status {
                ApprovalStatus::Approved => paint.green("✓"),
                _ => paint.red("✗"),
            };
            format!("{sign} {id} {}{}", card::verdict(approval), card::reason(approval))
        }
    };
    let at = approval.resolved_at.unwrap_or(approval.created_at);
    format!("{}  {text}", paint.dim(&time::clock(at)))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn row(number: u8, kind: &str, status: &str) -> Value {
        json!({
            "id": format!("01926f3e-0000-7abc-8def-0123457f2c{number:02}"), "kind": kind,
            "action": "Deploy?", "details": {}, "options": [], "digest": "", "status": status,
            "createdAt": "2026-11-21T10:41:00.000Z", "suggestions": [],
        })
    }

    fn read(asks: &mut Asks, change: Value) -> Vec<String> {
        let change = serde_json::from_value(change).unwrap();
        let brief = |news: News| match news {
            News::Row(it, is_new) => format!("{} {:?} {is_new}", APPROVAL.short(it.id), it.status),
            News::Gone(id) => format!("{} gone", APPROVAL.short(id)),
        };
        asks.read(change).into_iter().map(brief).collect()
    }

    #[test]
    fn what_programs_ask_is_told_once_and_what_was_decided_meanwhile_is_gone() {
        let mut asks = Asks::default();
        let whole = json!({"approvals": [row(1, "action", "pending"), row(2, "prompt", "pending")], "complete": false});
        assert_eq!(read(&mut asks, whole), ["apr_7f2c01 Pending true"]);
        let rest = json!({"approvals": [row(3, "action", "pending")], "complete": true});
        assert_eq!(read(&mut asks, rest), ["apr_7f2c03 Pending true"]);
        let decided =
            json!({"approvals": [row(1, "action", "approved")], "gone": [row(1, "", "")["id"]]});
        assert_eq!(read(&mut asks, decided), ["apr_7f2c01 Approved true"]);
        let again = json!({"approvals": [row(4, "action", "pending")], "complete": true});
        assert_eq!(read(&mut asks, again), ["apr_7f2c04 Pending true", "apr_7f2c03 gone"]);
        let known = json!({"approvals": [row(4, "action", "pending")], "gone": ["what is this"]});
        assert_eq!(read(&mut asks, known), ["apr_7f2c04 Pending false"]);
    }
}
