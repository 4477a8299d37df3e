//! What is known of a session besides its log: who is there, what the agent does, how the line to the server is.

use super::{scribe::part, snapshot::Snapshot};
use crate::{
    cli::{api::Event, safe},
    domain::{
        Action, AgentSession, AgentSessionStatus, Participant, ParticipantId, Right, Role, Seq,
        Session, right,
    },
};

/// How the line to the server is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Line {
    /// Not open yet.
    Connecting,
    /// Open.
    Live,
    /// Broken; the tries to mend it.
    Lost(u32),
}

/// A session, kept up to date by its events.
#[derive(Debug)]
pub(super) struct Room {
    /// The session.
    pub(super) session: Session,
    /// The agent that is shared.
    pub(super) agent: AgentSession,
    /// How the line to the server is.
    pub(super) line: Line,
    people: Vec<Participant>,
    me: Option<ParticipantId>,
    /// What events up to this one say is known.
    head: Seq,
    /// The last event that was shown.
    seen: Seq,
    /// Where the line broke, and, once it is whole again, how far there is to go.
    gap: Option<(Seq, Option<Seq>)>,
}

impl Room {
    /// The session as it is; its events are shown from after `seen`.
    pub(super) fn new(snapshot: Snapshot, seen: Seq) -> Self {
        let head = snapshot.head();
        Self {
            session: snapshot.session,
            agent: snapshot.agent_session,
            line: Line::Connecting,
            people: snapshot.participants,
            me: snapshot.me,
            head,
            seen,
            gap: None,
        }
    }

    /// The session as it is after its history was replaced.
    pub(super) fn reset(&mut self, snapshot: Snapshot) {
        let (line, seen) = (self.line, snapshot.head());
        *self = Self { line, ..Self::new(snapshot, seen) };
    }

    /// Whether everything that had happened when it was loaded has been shown.
    pub(super) fn is_present(&self) -> bool {
        self.seen >= self.head
    }

    /// Takes over what an event changes; whether it is news, and not history that is known already.
    pub(super) fn learn(&mut self, event: &Event) -> bool {
        self.seen = event.seq;
        if event.seq <= self.head {
            return false;
        }
        if let Some(one) = part::<Participant>(event, "participant") {
            match self.people.iter_mut().find(|it| it.id == one.id) {
                Some(known) => *known = one,
                None => self.people.push(one),
            }
        }
        if let Some(agent) = part(event, "agentSession") {
            self.agent = agent;
        }
        if let Some(session) = part(event, "session") {
            self.session = session;
        }
        if event.r#type == "host_changed" {
            self.hand_over(event);
        }
        true
    }

    fn hand_over(&mut self, event: &Event) {
        let Some(host) = part::<Participant>(event, "participant") else { return };
        for one in self.people.iter_mut().filter(|it| it.id != host.id && it.role == Role::Host) {
            one.role = Role::Collaborator;
        }
    }

    /// The line broke, or a try to mend it failed.
    pub(super) fn lost(&mut self, tries: u32) {
        self.line = Line::Lost(tries);
        self.gap = Some((self.gap.map_or(self.seen, |it| it.0), None));
    }

    /// The line is whole, and the newest event at the server has this number.
    pub(super) fn found(&mut self, head: Seq) {
        if let Some((_, end)) = &mut self.gap {
            *end = Some(head);
        }
    }

    /// How many events came while the line was broken, as soon as all of them have been shown; once.
    pub(super) fn caught_up(&mut self) -> Option<Seq> {
        let (from, Some(head)) = self.gap? else { return None };
        if self.seen < head {
            return None;
        }
        self.gap = None;
        Some(head - from)
    }

    /// Whether we may do it.
    pub(super) fn may(&self, action: Action) -> bool {
        let own = self.people.iter().find(|it| Some(it.id) == self.me);
        own.is_some_and(|it| right(it.role, self.session.mode, it.can_decide, action) != Right::No)
    }

    /// Whether we have the last word.
    pub(super) fn is_host(&self) -> bool {
        self.people.iter().any(|it| Some(it.id) == self.me && it.role == Role::Host)
    }

    /// Whether a turn is running.
    pub(super) fn is_running(&self) -> bool {
        use AgentSessionStatus::{Running, WaitingForApproval};
        matches!(self.agent.status, Running | WaitingForApproval)
    }

    /// What keeps the agent from working, safe to print.
    pub(super) fn trouble(&self) -> Option<String> {
        let agent = safe::one_line(&self.agent.agent);
        match self.agent.status {
            AgentSessionStatus::Errored => Some(format!("✗ {agent} has stopped and cannot work")),
            AgentSessionStatus::NeedsLogin => {
                Some(format!("! {agent} wants a login: log in to it, then start it again"))
            }
            AgentSessionStatus::Away => {
                Some(format!("! the host of {agent} is away; decisions are kept"))
            }
            AgentSessionStatus::Stopped => {
                Some(format!("! {agent} is not running; the next prompt starts it"))
            }
            _ => None,
        }
    }

    /// Whether the agent does not run, though it should; and whether it can go on where it was then.
    pub(super) fn restarts(&self) -> Option<bool> {
        use AgentSessionStatus::{Errored, NeedsLogin, Stopped};
        let resumes = self.agent.capabilities.iter().any(|it| it == "resume" || it == "load");
        matches!(self.agent.status, Errored | NeedsLogin | Stopped).then_some(resumes)
    }

    /// Who is there, safe to print.
    pub(super) fn names(&self) -> Vec<String> {
        let present = self.people.iter().filter(|it| it.left_at.is_none());
        present.map(|it| safe::one_line(it.name())).collect()
    }
}

#[cfg(test)]
pub(super) mod tests {
    use serde_json::{Value, json};

    use super::*;

    pub(in super::super) fn snapshot(head: Seq) -> Snapshot {
        let (id, at) = ("01926f3e-0000-7abc-8def-0123457f2c11", "2026-11-21T10:41:00.000Z");
        let mut snapshot: Snapshot = serde_json::from_value(json!({
            "asOf": format!("{head}.0123456789abcdef"), "approvals": [],
            "session": {
                "id": id, "title": "Checkout", "hostUserId": id, "hostSessionId": id,
                "mode": "prompt_with_approval", "approvalRequired": true, "createdAt": at, "status": "active", "lastSeq": head,
            },
            "participants": [person(id, "host")],
            "agentSession": {
                "id": id, "agent": "claude", "hostId": id, "life": "active", "completing": false,
                "status": "idle", "allowHumanInput": true, "agentOutput": false, "channel": "cli",
                "capabilities": ["load"], "createdAt": at, "elapsedSeconds": 0, "lastActivityAt": at,
            },
        }))
        .unwrap();
        snapshot.me = snapshot.participants.first().map(|it| it.id);
        snapshot
    }

    fn person(id: &str, role: &str) -> Value {
        json!({
            "id": id, "sharedSessionId": id, "userId": id, "displayName": "Ana", "role": role,
            "canDecide": false, "joinedAt": "2026-11-21T10:41:00.000Z",
        })
    }

    pub(in super::super) fn event(seq: Seq, r#type: &str, payload: Value) -> Event {
        let timestamp = "2026-11-21T10:41:00.000Z".parse().unwrap();
        Event { seq, r#type: r#type.into(), timestamp, payload }
    }

    #[test]
    fn what_came_while_the_line_was_broken_is_counted_once_all_of_it_is_there() {
        let mut room = Room::new(snapshot(10), 10);
        room.lost(1);
        room.lost(2);
        assert_eq!((room.line, room.caught_up()), (Line::Lost(2), None));
        room.found(13);
        for seq in 11..=13 {
            assert_eq!(room.caught_up(), None, "event {seq} has not come yet");
            room.learn(&event(seq, "message_created", json!({})));
        }
        assert_eq!((room.caught_up(), room.caught_up()), (Some(3), None));
        room.lost(1);
        room.found(13);
        assert_eq!(room.caught_up(), Some(0));
    }

    #[test]
    fn history_changes_nothing_and_news_do() {
        let id = "01926f3e-0000-7abc-8def-0123457f2c11";
        let mut room = Room::new(snapshot(10), 8);
        let viewer = || json!({ "participant": person(id, "viewer") });
        assert!(!room.learn(&event(9, "participant_updated", viewer())) && room.is_host());
        assert!(!room.is_present());
        room.learn(&event(10, "message_created", json!({})));
        assert!(room.is_present());
        assert!(room.learn(&event(11, "participant_updated", viewer())) && !room.is_host());
    }

    #[test]
    fn after_an_older_history_took_the_place_of_ours_its_next_event_is_news() {
        let mut room = Room::new(snapshot(10), 10);
        room.reset(snapshot(4));
        assert!(room.is_present() && room.learn(&event(5, "message_created", json!({}))));
    }
}
