//! What the server ought to know, in as few words as possible. All numbers are places in these lists, which are in the order
//! of arrival, as the rows of the tables are.

use super::steps::{Act, MODES, Step, Who};

/// A refusal: its status and its code.
pub(super) type No = (u16, &'static str);
/// What a request is answered with.
pub(super) type Said = Result<u16, No>;

#[derive(Debug, Clone)]
pub(super) struct Session {
    pub(super) agent: usize,
    pub(super) mode: &'static str,
    pub(super) status: &'static str,
    pub(super) ends: u64,
    /// The first invite, whose secret the answer that shared it had.
    pub(super) invite: usize,
    pub(super) log: Vec<&'static str>,
}

#[derive(Debug, Clone)]
pub(super) struct Person {
    pub(super) session: usize,
    /// Whether this is Hana by her account, and not a guest.
    pub(super) account: bool,
    pub(super) role: &'static str,
    pub(super) decides: bool,
    pub(super) gone: Option<&'static str>,
    pub(super) invite: Option<usize>,
    /// Whether they have used their token.
    pub(super) known: bool,
}

#[derive(Debug, Clone)]
pub(super) struct Invite {
    pub(super) session: usize,
    pub(super) role: &'static str,
    pub(super) uses: u64,
    pub(super) most: u64,
    pub(super) ends: u64,
    pub(super) revoked: bool,
    /// Who made it.
    pub(super) by: usize,
}

#[derive(Debug, Clone)]
pub(super) struct Agent {
    pub(super) life: &'static str,
    /// Whether it is completed as soon as its queue is empty.
    pub(super) completing: bool,
}

/// No session at all.
pub(super) const NOWHERE: usize = usize::MAX;

/// What was said last about an artifact, by whom and when.
pub(super) type Judged = (&'static str, usize, u64);

#[derive(Debug, Clone)]
pub(super) struct Approval {
    pub(super) kind: &'static str,
    /// [`NOWHERE`] while nobody shares the agent that offered it.
    pub(super) session: usize,
    /// The agent whose owner it waits for.
    pub(super) unshared: Option<usize>,
    /// Whose prompt it is; nobody's: an agent asks, or offers.
    pub(super) author: Option<usize>,
    /// The turn in which an agent asks.
    pub(super) turn: Option<usize>,
    pub(super) status: &'static str,
    pub(super) by: Option<usize>,
    /// When it was decided, or ended.
    pub(super) over: u64,
    pub(super) edited: bool,
    pub(super) ends: u64,
    /// Who would say what.
    pub(super) advice: Vec<(usize, bool)>,
    /// What was said about the two artifacts of a draft.
    pub(super) parts: [Option<Judged>; 2],
}

#[derive(Debug, Clone)]
pub(super) struct Dispatch {
    pub(super) approval: usize,
    pub(super) state: &'static str,
    /// Whether somebody asked for its end.
    pub(super) stopped: bool,
    pub(super) retried: bool,
}

/// A request whose answer is kept under its key.
#[derive(Debug, Clone)]
pub(super) struct Kept {
    pub(super) did: Step,
    pub(super) by: usize,
    /// What it made, among its own kind.
    pub(super) made: usize,
    pub(super) said: u16,
    pub(super) until: u64,
}

/// Everything, and what came of the last step.
#[derive(Debug, Clone)]
pub(super) struct Model {
    /// Minutes since the beginning.
    pub(super) now: u64,
    pub(super) agents: [Agent; 2],
    pub(super) sessions: Vec<Session>,
    pub(super) people: Vec<Person>,
    pub(super) invites: Vec<Invite>,
    pub(super) approvals: Vec<Approval>,
    pub(super) dispatches: Vec<Dispatch>,
    pub(super) kept: Vec<Kept>,
    /// When somebody failed to join.
    pub(super) failures: Vec<u64>,
    /// The last step, `at` and `it` being places in the lists now; a place beyond the end is an unknown id.
    pub(super) did: Step,
    /// Who did it.
    pub(super) by: usize,
    pub(super) said: Said,
    /// Whether the answer repeats an earlier one.
    pub(super) replayed: bool,
}

impl Model {
    /// Hana shares her first agent.
    pub(super) fn new() -> Self {
        let did = Step {
            act: Act::Share { mode: MODES[0] },
            who: Who::Host,
            at: 0,
            it: 0,
            astray: false,
            open: false,
        };
        let mut model = Self {
            now: 0,
            agents: [(); 2].map(|()| Agent { life: "active", completing: false }),
            sessions: Vec::new(),
            people: Vec::new(),
            invites: Vec::new(),
            approvals: Vec::new(),
            dispatches: Vec::new(),
            kept: Vec::new(),
            failures: Vec::new(),
            did,
            by: 0,
            said: Ok(0),
            replayed: false,
        };
        model.said = model.rule(did);
        model
    }

    /// The world after a step.
    pub(super) fn after(mut self, step: &Step) -> Self {
        self.resolve(*step);
        self.replayed = false;
        self.said = self.rule(self.did);
        self.dispatch();
        self
    }

    /// Works out whom and what a step hits.
    fn resolve(&mut self, step: Step) {
        let from_newest = |n: usize, len: usize| len - 1 - n % len;
        let at = from_newest(step.at, self.sessions.len());
        let here = |it: &usize| self.people[*it].session == at && self.people[*it].gone.is_none();
        let members: Vec<_> = (0..self.people.len()).filter(here).collect();
        self.by = match step.who {
            Who::Member(n) if !members.is_empty() => members[from_newest(n, members.len())],
            Who::Host | Who::Member(_) => self.host(at),
            Who::Anybody(n) => from_newest(n, self.people.len()),
        };
        let near = |session: usize| session == at || step.astray;
        let all = |len: usize, session: &dyn Fn(usize) -> usize| {
            (0..len).filter(|it| near(session(*it))).collect::<Vec<_>>()
        };
        let open = |here: Vec<usize>, is_open: &dyn Fn(usize) -> bool| {
            let some: Vec<_> = here.iter().copied().filter(|it| is_open(*it)).collect();
            if step.open && !some.is_empty() { some } else { here }
        };
        let (things, none): (Vec<usize>, usize) = match step.act {
            Act::Judge { .. } => {
                let len = self.approvals.len();
                let mut drafts = all(len, &|it| self.approvals[it].session);
                drafts.retain(|it| self.approvals[*it].kind == "draft");
                (open(drafts, &|it| self.approvals[it].status == "pending"), len)
            }
            Act::Decide { .. } | Act::Suggest { .. } | Act::Withdraw | Act::Extend { .. } => {
                let len = self.approvals.len();
                let here = all(len, &|it| self.approvals[it].session);
                (open(here, &|it| self.approvals[it].status == "pending"), len)
            }
            Act::Join { .. } | Act::Revoke => {
                (all(self.invites.len(), &|it| self.invites[it].session), self.invites.len())
            }
            Act::Remove | Act::Change { .. } | Act::HandOver => {
                (all(self.people.len(), &|it| self.people[it].session), self.people.len())
            }
            Act::Dispatch(_) => {
                let len = self.dispatches.len();
                let is_over =
                    |it: usize| matches!(self.dispatches[it].state, "succeeded" | "failed");
                (open(all(len, &|it| self.session_of(it)), &|it| !is_over(it)), len)
            }
            Act::Ask { .. } | Act::End(_) => {
                let len = self.dispatches.len();
                ((0..len).filter(|it| self.dispatches[*it].state == "running").collect(), len)
            }
            Act::Share { .. } | Act::Offer { .. } => (vec![0, 1], 2),
            Act::Again { .. } => {
                let valid = |it: &usize| self.kept[*it].until > self.now;
                ((0..self.kept.len()).filter(valid).collect(), self.kept.len())
            }
            _ => (Vec::new(), 0),
        };
        let it = match things.len() {
            0 => none,
            len => things[from_newest(step.it, len)],
        };
        self.did = Step { at, it, ..step };
        let needs_one = matches!(
            step.act,
            Act::Ask { .. } | Act::End(_) | Act::Again { .. } | Act::Judge { .. }
        );
        if things.is_empty() && (needs_one || matches!(step.act, Act::Join { .. })) {
            self.did.act = Act::Nothing;
        }
        if let Act::Again { .. } = self.did.act {
            self.by = self.kept[it].by;
        }
    }

    /// The host of a session.
    pub(super) fn host(&self, session: usize) -> usize {
        let is_host = |it: &Person| {
            it.session == session
                && it.role == "host"
                && !matches!(it.gone, Some("left" | "removed"))
        };
        self.people.iter().rposition(is_host).expect("a session has a host")
    }

    /// The session that a dispatch belongs to.
    pub(super) fn session_of(&self, dispatch: usize) -> usize {
        self.approvals[self.dispatches[dispatch].approval].session
    }

    /// The agent that a dispatch goes to.
    pub(super) fn agent_of(&self, dispatch: usize) -> usize {
        self.sessions[self.session_of(dispatch)].agent
    }

    pub(super) fn log(&mut self, session: usize, event: &'static str) {
        self.sessions[session].log.push(event);
    }

    /// All rows as they ought to be, a line for each.
    pub(super) fn picture(&self) -> Vec<String> {
        let mut lines = Vec::new();
        lines.extend(
            self.agents.iter().map(|it| format!("agent {} {}", it.life, u8::from(it.completing))),
        );
        lines.extend(self.sessions.iter().map(|it| format!("session {} {}", it.mode, it.status)));
        lines.extend(self.people.iter().map(|it| {
            let gone = it.gone.unwrap_or("-");
            format!("person {} {} {gone}", it.role, u8::from(it.decides))
        }));
        lines.extend(
            self.invites.iter().map(|it| format!("invite {} {}", it.uses, u8::from(it.revoked))),
        );
        lines.extend(self.approvals.iter().map(|it| {
            let parts = it.parts.map(|part| part.map_or("-", |it| it.0));
            let parts = if it.kind == "draft" { parts.join(" ") } else { String::new() };
            let (edited, advice) = (u8::from(it.edited), it.advice.len());
            format!("{} {} {edited} {advice} {parts}", it.kind, it.status)
        }));
        lines.extend(self.dispatches.iter().map(|it| format!("dispatch {}", it.state)));
        lines
    }
}
