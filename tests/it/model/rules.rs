//! What comes of each act: the rules of the contract, each said once.

use super::{
    state::{Approval, Dispatch, Kept, Model, No, Said, Session},
    steps::{Act, Step},
};

pub(super) const ENDED: No = (409, "SESSION_INACTIVE");
pub(super) const GONE: No = (409, "PARTICIPANT_INACTIVE");
pub(super) const NOT_HOST: No = (403, "HOST_REQUIRED");
const NO_COMMENT: No = (403, "COMMENT_NOT_ALLOWED");
pub(super) const NO_DECISION: No = (403, "DECISION_NOT_ALLOWED");
pub(super) const RESOLVED: No = (409, "APPROVAL_ALREADY_RESOLVED");
pub(super) const TOO_OFTEN: No = (429, "RATE_LIMITED");

pub(super) const DAY: u64 = 24 * 60;
/// How many prompts of one author may wait, for a yes or for the agent: few, so that it happens.
pub(super) const MAX_PENDING: i64 = 2;

impl Model {
    /// What this comes to.
    pub(super) fn rule(&mut self, did: Step) -> Said {
        let Step { act, at, it, .. } = did;
        match act {
            Act::Share { mode } => return self.share(it, mode),
            Act::Join { account } => return self.join(at, it, account),
            Act::Again { same } => return self.again(it, same),
            Act::Offer { host: true } => self.keep_offer(it),
            Act::Offer { host: false } => return self.offer(it),
            Act::Ask { question } => return Ok(self.ask(it, question)),
            Act::End(how) => self.settle(it, how),
            Act::Lose => self.lose(),
            Act::Pass { minutes, swept } => self.pass(minutes, swept),
            Act::Restart => self.restart(),
            Act::Nothing => {}
            _ => {
                self.people[self.by].known = true;
                return self.request(did);
            }
        }
        Ok(0)
    }

    fn request(&mut self, Step { act, at, it, .. }: Step) -> Said {
        match act {
            Act::Live { life, stop } => return self.live(self.sessions[at].agent, life, stop),
            Act::Extend { minutes } => return self.extend(it, minutes),
            _ => {}
        }
        let seat = self.seat(at, self.by)?;
        match act {
            Act::Comment => self.comment(at, seat),
            Act::Prompt => self.prompt(at, seat),
            Act::Decide { yes, edit } => self.decide(at, seat, it, (yes, edit)),
            Act::Judge { word, part } => self.judge(at, seat, it, (word, part)),
            Act::Suggest { yes } => self.suggest(at, seat, it, yes),
            Act::Withdraw => self.withdraw(at, seat, it),
            Act::Leave { close } => self.leave(at, seat, close),
            Act::Close => self.close(at, seat),
            Act::Dispatch(action) => self.act_on(at, seat, it, action),
            _ => self.manage(at, seat, it, act),
        }
    }

    /// From which seat somebody asks.
    pub(super) fn seat(&self, at: usize, by: usize) -> Result<usize, No> {
        let account = self.people[by].account;
        let theirs = |it: &usize| {
            let person = &self.people[*it];
            person.session == at && if account { person.account } else { *it == by }
        };
        let seats = (0..self.people.len()).filter(theirs);
        let seat = seats.max_by_key(|it| (self.people[*it].gone.is_none(), *it));
        match seat {
            None => Err((404, "SESSION_NOT_FOUND")),
            Some(it) if matches!(self.people[it].gone, Some("left" | "removed")) => Err(GONE),
            Some(it) => Ok(it),
        }
    }

    pub(super) fn check_active(&self, at: usize) -> Result<(), No> {
        let Session { status, ends, .. } = self.sessions[at];
        if status == "active" && ends > self.now { Ok(()) } else { Err(ENDED) }
    }

    pub(super) fn is_host(&self, seat: usize) -> bool {
        self.people[seat].role == "host"
    }

    fn may_comment(&self, at: usize, seat: usize) -> Result<(), No> {
        self.check_active(at)?;
        match (self.people[seat].role, self.sessions[at].mode) {
            ("viewer", _) | ("collaborator", "view_only") => Err(NO_COMMENT),
            _ => Ok(()),
        }
    }

    pub(super) fn check_pending(&self, it: usize) -> Result<(), No> {
        let Approval { status, ends, .. } = self.approvals[it];
        if status == "pending" && ends > self.now { Ok(()) } else { Err(RESOLVED) }
    }

    pub(super) fn approval(&self, at: usize, it: usize) -> Result<&Approval, No> {
        let here = self.approvals.get(it).filter(|it| it.session == at);
        here.ok_or((404, "APPROVAL_NOT_FOUND"))
    }

    pub(super) fn keep(&mut self, made: usize, said: u16) -> u16 {
        let until = self.now + 7 * DAY;
        self.kept.push(Kept { did: self.did, by: self.by, made, said, until });
        said
    }

    fn comment(&mut self, at: usize, seat: usize) -> Said {
        self.may_comment(at, seat)?;
        self.log(at, "message_created");
        Ok(self.keep(0, 201))
    }

    fn prompt(&mut self, at: usize, seat: usize) -> Said {
        self.check_active(at)?;
        let waits = match (self.people[seat].role, self.sessions[at].mode) {
            ("host", _) | ("collaborator", "prompt_direct") => false,
            ("collaborator", "prompt_with_approval") => true,
            _ => return Err((403, "PROMPT_NOT_ALLOWED")),
        };
        self.takes_prompts(self.sessions[at].agent)?;
        let made = self.approvals.len();
        let is_own = |it: &Approval| self.is_author(seat, it);
        let pending = self.pending(is_own).len();
        let queued = self.dispatches.iter().filter(|it| it.state == "queued");
        let queued = queued.filter(|it| is_own(&self.approvals[it.approval])).count();
        if i64::try_from(pending + queued).unwrap() >= MAX_PENDING {
            return Err(TOO_OFTEN);
        }
        self.hold("prompt", at, Some(seat), None);
        if waits {
            self.log(at, "prompt_pending_approval");
            return Ok(self.keep(made, 202));
        }
        self.resolve_as(made, "approved", Some(seat));
        self.log(at, "prompt_approved");
        self.queue(made);
        Ok(self.keep(made, 200))
    }

    pub(super) fn hold(
        &mut self,
        kind: &'static str,
        session: usize,
        author: Option<usize>,
        turn: Option<usize>,
    ) {
        let ends = self.sessions.get(session).map_or(u64::MAX, |it| it.ends.min(self.now + DAY));
        self.approvals.push(Approval {
            kind,
            session,
            unshared: None,
            author,
            turn,
            status: "pending",
            by: None,
            over: 0,
            edited: false,
            ends,
            advice: Vec::new(),
            parts: [None; 2],
        });
    }

    pub(super) fn resolve_as(&mut self, it: usize, status: &'static str, by: Option<usize>) {
        let now = self.now;
        let it = &mut self.approvals[it];
        (it.status, it.by, it.over) = (status, by, now);
    }

    pub(super) fn queue(&mut self, approval: usize) {
        let (state, stopped, retried) = ("queued", false, false);
        self.dispatches.push(Dispatch { approval, state, stopped, retried });
    }

    fn decide(&mut self, at: usize, seat: usize, it: usize, (yes, edit): (bool, bool)) -> Said {
        let Approval { kind, author, status, by, edited, .. } = *self.approval(at, it)?;
        self.may_decide(seat, it)?;
        if kind == "draft" {
            return self.judge_whole(at, seat, it, if yes { "approved" } else { "rejected" });
        }
        let wanted = if yes { "approved" } else { "rejected" };
        let edit = edit && yes && author.is_some();
        if (status, by, edited) == (wanted, Some(seat), edit) {
            return Ok(200);
        }
        self.check_pending(it)?;
        self.resolve_as(it, wanted, Some(seat));
        self.approvals[it].edited = edit;
        let event = match (author, yes) {
            (None, _) => "approval_resolved",
            (Some(_), true) => "prompt_approved",
            (Some(_), false) => "prompt_rejected",
        };
        self.log(at, event);
        if author.is_some() && yes {
            self.queue(it);
        }
        Ok(200)
    }

    pub(super) fn may_decide(&self, seat: usize, it: usize) -> Result<(), No> {
        let person = &self.people[seat];
        let is_author = self.is_author(seat, &self.approvals[it]);
        let may = person.role == "collaborator" && person.decides && !is_author;
        if may || self.is_host(seat) { Ok(()) } else { Err(NO_DECISION) }
    }

    fn suggest(&mut self, at: usize, seat: usize, it: usize, yes: bool) -> Said {
        self.approval(at, it)?;
        self.may_comment(at, seat)?;
        self.check_pending(it)?;
        let advice = &mut self.approvals[it].advice;
        if !advice.contains(&(seat, yes)) {
            advice.retain(|said| said.0 != seat);
            advice.push((seat, yes));
            self.log(at, "approval_suggested");
        }
        Ok(200)
    }

    fn withdraw(&mut self, at: usize, seat: usize, it: usize) -> Said {
        if !self.is_author(seat, self.approval(at, it)?) {
            return Err(NO_DECISION);
        }
        self.check_pending(it)?;
        self.resolve_as(it, "withdrawn", None);
        self.log(at, "approval_withdrawn");
        Ok(200)
    }

    /// Whether it is the prompt of who sits here, also from an earlier seat of their account.
    pub(super) fn is_author(&self, seat: usize, it: &Approval) -> bool {
        it.author.is_some_and(|author| self.is_same_person(author, seat))
    }

    /// Whether the same account holds or held both seats.
    pub(super) fn is_same_person(&self, one: usize, two: usize) -> bool {
        let (first, second) = (&self.people[one], &self.people[two]);
        one == two || first.account && second.account && first.session == second.session
    }

    pub(super) fn pending(&self, which: impl Fn(&Approval) -> bool) -> Vec<usize> {
        let wanted =
            |it: &usize| self.approvals[*it].status == "pending" && which(&self.approvals[*it]);
        (0..self.approvals.len()).filter(wanted).collect()
    }

    pub(super) fn expire(&mut self, which: impl Fn(&Approval) -> bool) {
        for it in self.pending(which) {
            self.resolve_as(it, "expired", None);
            self.log(self.approvals[it].session, "approval_expired");
        }
    }

    pub(super) fn end(&mut self, at: usize, status: &'static str) {
        self.expire(|it| it.session == at);
        for it in 0..self.dispatches.len() {
            if self.session_of(it) == at && self.dispatches[it].state == "queued" {
                self.dispatches[it].state = "cancelled";
                self.log(at, "prompt_dispatch_cancelled");
            }
            self.dispatches[it].stopped |= self.session_of(it) == at;
        }
        for person in self.people.iter_mut().filter(|it| it.session == at) {
            person.gone = person.gone.or(Some("ended"));
        }
        self.sessions[at].status = status;
        self.log(at, "session_closed");
    }
}
