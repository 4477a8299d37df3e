//! What waits for the person at the terminal, one card at a time.

use std::time::{Duration, Instant};

use super::snapshot::Snapshot;
use crate::domain::{Approval, ApprovalId, ApprovalKind, ApprovalStatus, ParticipantId};

/// A decision this soon after the card has changed was meant for another card.
const SETTLE: Duration = Duration::from_millis(400);

/// The cards, in the order of their coming; the first one is shown.
#[derive(Debug, Default)]
pub(super) struct Desk {
    waiting: Vec<Approval>,
    /// Whose prompts are not for this desk: nobody decides their own, except a host.
    not_of: Vec<ParticipantId>,
    /// Nothing is shown before history is over, or to somebody who may not decide.
    is_open: bool,
    /// The card that is shown, and since when.
    shown: Option<(ApprovalId, Instant)>,
    /// The card that was last printed whole.
    whole: Option<ApprovalId>,
    /// The card whose decision is on its way.
    deciding: Option<ApprovalId>,
}

impl Desk {
    /// Takes over what waits.
    pub(super) fn know(&mut self, snapshot: &Snapshot, now: Instant) {
        self.not_of = if snapshot.is_host() { Vec::new() } else { snapshot.mine.clone() };
        // What programs ask is no part of the session.
        self.waiting.retain(|it| it.kind == ApprovalKind::Action);
        let mut all: Vec<_> = snapshot.approvals.clone();
        all.sort_by_key(|it| (it.kind == ApprovalKind::Prompt, it.id));
        for approval in all {
            self.learn(approval, now);
        }
    }

    /// Whether there is anything to be shown to this person by now.
    pub(super) fn open(&mut self, is_open: bool, now: Instant) {
        self.is_open = is_open;
        self.look(now);
    }

    /// Takes over what became of an approval. A new one comes last, so that no other card moves.
    pub(super) fn learn(&mut self, approval: Approval, now: Instant) {
        let place = self.waiting.iter().position(|it| it.id == approval.id);
        match (place, approval.status) {
            (Some(at), ApprovalStatus::Pending) => {
                self.waiting[at] = approval.with_diffs_of(&self.waiting[at]);
            }
            (None, _) if approval.participant_id.is_some_and(|it| self.not_of.contains(&it)) => {}
            (None, ApprovalStatus::Pending) => self.waiting.push(approval),
            (Some(at), _) => self.remove(at),
            (None, _) => {}
        }
        self.look(now);
    }

    /// A card is gone, for whatever reason.
    pub(super) fn forget(&mut self, id: ApprovalId, now: Instant) {
        if let Some(at) = self.waiting.iter().position(|it| it.id == id) {
            self.remove(at);
        }
        self.look(now);
    }

    fn remove(&mut self, at: usize) {
        let approval = self.waiting.remove(at);
        self.deciding = self.deciding.filter(|it| *it != approval.id);
        if at == 0 {
            self.put_first();
        }
    }

    /// After a card comes what keeps an agent waiting, before the prompts, which keep only people waiting.
    fn put_first(&mut self) {
        let blocking = self.waiting.iter().position(|it| it.kind != ApprovalKind::Prompt);
        if let Some(at) = blocking {
            self.waiting[..=at].rotate_right(1);
        }
    }

    /// The card that is shown.
    pub(super) fn card(&self) -> Option<&Approval> {
        self.waiting.first().filter(|_| self.is_open)
    }

    /// How many wait.
    pub(super) fn len(&self) -> usize {
        self.waiting.len()
    }

    /// Takes over all of a card that was known without the diffs of its draft, if it still waits.
    pub(super) fn load(&mut self, whole: Approval, now: Instant) {
        if self.has(whole.id) {
            self.learn(whole, now);
        }
    }

    /// Whether a card still waits.
    pub(super) fn has(&self, id: ApprovalId) -> bool {
        self.waiting.iter().any(|it| it.id == id)
    }

    /// Shows the next card.
    pub(super) fn next(&mut self, now: Instant) {
        if !self.waiting.is_empty() {
            self.waiting.rotate_left(1);
        }
        self.look(now);
    }

    /// Whether the card has been there long enough to be decided. A key that comes too early begins the wait again: one
    /// that is held down decides one card, and not the next one too.
    pub(super) fn is_settled(&mut self, now: Instant) -> bool {
        let Some((_, since)) = &mut self.shown else { return false };
        if now.duration_since(*since) >= SETTLE {
            return true;
        }
        *since = now;
        false
    }

    /// A decision is on its way.
    pub(super) fn set_deciding(&mut self, card: ApprovalId) {
        self.deciding = Some(card);
    }

    /// A decision was not taken.
    pub(super) fn refused(&mut self, card: ApprovalId) {
        self.deciding = self.deciding.filter(|it| *it != card);
    }

    /// Whether the decision of the card that is shown is on its way.
    pub(super) fn is_deciding(&self) -> bool {
        self.card().is_some_and(|card| self.deciding == Some(card.id))
    }

    /// Whether the card must be printed whole, because the footer cannot show it; true once for each card.
    pub(super) fn must_print(&mut self) -> bool {
        let card = self.card().map(|it| it.id);
        let is_new = card.is_some() && self.whole != card;
        self.whole = card.or(self.whole);
        is_new
    }

    fn look(&mut self, now: Instant) {
        let card = self.card().map(|it| it.id);
        if card != self.shown.map(|it| it.0) {
            self.shown = card.map(|id| (id, now));
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{super::room::tests::snapshot, *};
    use crate::domain::Role;

    fn approval(number: u8, status: &str) -> Approval {
        asked(number, "permission", status)
    }

    fn asked(number: u8, kind: &str, status: &str) -> Approval {
        serde_json::from_value(json!({
            "id": format!("01926f3e-0000-7abc-8def-0123457f2c{number:02}"), "kind": kind,
            "action": "Run a command?", "details": {}, "options": [], "digest": "", "status": status,
            "createdAt": "2026-11-21T10:41:00.000Z", "suggestions": [],
        }))
        .unwrap()
    }

    fn after(start: Instant, millis: u64) -> Instant {
        start + Duration::from_millis(millis)
    }

    #[test]
    fn a_new_card_never_moves_the_one_that_is_shown() {
        let (mut desk, start) = (Desk::default(), Instant::now());
        desk.learn(approval(20, "pending"), start);
        assert!(desk.card().is_none(), "history is not over");
        desk.open(true, start);
        desk.learn(approval(10, "pending"), after(start, 500));
        assert_eq!(desk.card().unwrap().id, approval(20, "pending").id);
        assert!(desk.is_settled(after(start, 501)));
        desk.learn(approval(20, "approved"), after(start, 600));
        assert_eq!(desk.card().unwrap().id, approval(10, "pending").id);
        assert!(!desk.is_settled(after(start, 900)));
    }

    #[test]
    fn what_keeps_an_agent_waiting_comes_before_prompts() {
        let (mut desk, start) = (Desk::default(), Instant::now());
        desk.open(true, start);
        for number in 1..=3 {
            desk.learn(asked(number, "prompt", "pending"), start);
        }
        desk.learn(approval(4, "pending"), start);
        let shown = |desk: &Desk| desk.card().map(|it| it.id);
        assert_eq!(
            shown(&desk),
            Some(approval(1, "pending").id),
            "and the one that is shown stays"
        );
        desk.learn(asked(1, "prompt", "approved"), start);
        assert_eq!(shown(&desk), Some(approval(4, "pending").id));
        desk.learn(approval(4, "approved"), start);
        assert_eq!(shown(&desk), Some(approval(2, "pending").id));
    }

    #[test]
    fn what_one_asked_from_an_earlier_seat_is_not_for_ones_desk_unless_one_is_host() {
        let start = Instant::now();
        let prompt = Approval {
            participant_id: Some(ParticipantId::new()),
            ..asked(1, "prompt", "pending")
        };
        for (role, is_shown) in [(Role::Collaborator, false), (Role::Host, true)] {
            let (mut desk, mut snapshot) = (Desk::default(), snapshot(10));
            snapshot.participants[0].role = role;
            snapshot.mine = prompt.participant_id.into_iter().chain(snapshot.me).collect();
            snapshot.approvals = vec![prompt.clone()];
            desk.know(&snapshot, start);
            desk.open(true, start);
            assert_eq!(desk.card().is_some(), is_shown, "{role:?}");
        }
    }

    #[test]
    fn a_key_that_is_held_down_decides_one_card_only() {
        let (mut desk, start) = (Desk::default(), Instant::now());
        desk.open(true, start);
        desk.learn(approval(1, "pending"), start);
        for millis in (0..3_000).step_by(30) {
            assert!(!desk.is_settled(after(start, millis)), "after {millis} ms");
        }
        assert!(desk.is_settled(after(start, 3_400)));
    }

    #[test]
    fn a_draft_that_was_loaded_stays_so_whatever_is_told_of_it_without_its_diffs() {
        let draft = |diff: Option<&str>| {
            let mut approval = serde_json::to_value(asked(1, "draft", "pending")).unwrap();
            approval["draft"] = json!({
                "id": approval["id"], "agentSessionId": approval["id"], "summary": "Letters",
                "approvalId": approval["id"],
                "artifacts": [{"uri": "a", "summary": "", "diff": diff, "diffBytes": 2}],
            });
            serde_json::from_value::<Approval>(approval).unwrap()
        };
        let (mut desk, start) = (Desk::default(), Instant::now());
        desk.open(true, start);
        desk.load(draft(Some("+a")), start);
        assert!(desk.card().is_none(), "it waits no more");
        desk.learn(draft(None), start);
        assert!(!desk.card().unwrap().is_whole());
        desk.load(draft(Some("+a")), start);
        desk.learn(draft(None), start);
        assert!(desk.card().unwrap().is_whole());
    }

    #[test]
    fn each_card_that_does_not_fit_is_printed_once() {
        let (mut desk, start) = (Desk::default(), Instant::now());
        desk.open(true, start);
        assert!(!desk.must_print());
        desk.learn(approval(1, "pending"), start);
        desk.learn(approval(2, "pending"), start);
        assert_eq!([desk.must_print(), desk.must_print()], [true, false]);
        desk.next(start);
        assert_eq!([desk.must_print(), desk.must_print()], [true, false]);
    }
}
