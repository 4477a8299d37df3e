//! What comes of the lives of agent sessions, of drafts, and of more time for what waits.

use super::{
    rules::{DAY, NOT_HOST, RESOLVED},
    state::{Model, NOWHERE, No, Said},
};

pub(super) const ILLEGAL: No = (409, "ILLEGAL_TRANSITION");
const NO_AGENT: No = (404, "HOST_SESSION_NOT_FOUND");

impl Model {
    /// The session that shares an agent now.
    fn shared(&self, agent: usize) -> Option<usize> {
        let last = self.sessions.iter().rposition(|it| it.agent == agent)?;
        self.check_active(last).is_ok().then_some(last)
    }

    /// That an agent session has not ended, and is not about to.
    pub(super) fn takes_prompts(&self, agent: usize) -> Result<(), No> {
        let it = &self.agents[agent];
        if it.completing || is_over(it.life) { Err(ILLEGAL) } else { Ok(()) }
    }

    pub(super) fn live(&mut self, agent: usize, life: &'static str, stop: bool) -> Said {
        let seat = self.shared(agent).and_then(|at| self.seat(at, self.by).ok());
        match seat {
            Some(seat) if self.is_host(seat) => {}
            _ if self.people[self.by].account => {}
            Some(_) => return Err(NOT_HOST),
            None => return Err(NO_AGENT),
        }
        let it = &self.agents[agent];
        if it.life == life || is_over(it.life) || it.completing && life != "aborted" {
            return Err(ILLEGAL);
        }
        match life {
            "completed" => self.begin_to_complete(agent),
            "aborted" => self.abort(agent),
            _ => {
                self.agents[agent].life = life;
                if stop {
                    self.stop_turn(agent, true);
                }
            }
        }
        Ok(200)
    }

    fn stop_turn(&mut self, agent: usize, and_ask: bool) {
        for turn in self.in_state(agent, "running") {
            self.dispatches[turn].stopped = true;
            if and_ask {
                self.expire(|asked| asked.turn == Some(turn));
            }
        }
    }

    fn in_state(&self, agent: usize, state: &str) -> Vec<usize> {
        let wanted =
            |it: &usize| self.agent_of(*it) == agent && self.dispatches[*it].state == state;
        (0..self.dispatches.len()).filter(wanted).collect()
    }

    fn cancel_queue(&mut self, agent: usize) {
        for it in self.in_state(agent, "queued") {
            self.dispatches[it].state = "cancelled";
            self.log(self.session_of(it), "prompt_dispatch_cancelled");
        }
    }

    /// Nobody will carry out what waits for a yes.
    fn expire_prompts(&mut self, agent: usize) {
        let last = self.sessions.iter().rposition(|it| it.agent == agent);
        self.expire(|it| it.kind == "prompt" && Some(it.session) == last);
    }

    fn begin_to_complete(&mut self, agent: usize) {
        self.expire_prompts(agent);
        if self.agents[agent].life == "paused" {
            self.cancel_queue(agent);
        }
        self.agents[agent].completing = true;
        let busy = |state| !self.in_state(agent, state).is_empty();
        if !busy("queued") && !busy("running") {
            self.complete(agent);
        }
    }

    pub(super) fn complete(&mut self, agent: usize) {
        (self.agents[agent].life, self.agents[agent].completing) = ("completed", false);
    }

    fn abort(&mut self, agent: usize) {
        (self.agents[agent].life, self.agents[agent].completing) = ("aborted", false);
        self.cancel_queue(agent);
        self.stop_turn(agent, false);
        let turns = self.in_state(agent, "running");
        self.expire(|it| it.turn.is_some_and(|turn| turns.contains(&turn)));
        self.expire_prompts(agent);
    }

    pub(super) fn offer(&mut self, agent: usize) -> Said {
        let at = self.shared(agent).ok_or((409, "NOT_SHARED"))?;
        self.hold("draft", at, None, None);
        self.show(at);
        Ok(self.keep(self.approvals.len() - 1, 201))
    }

    fn show(&mut self, at: usize) {
        self.log(at, "approval_requested");
        self.log(at, "draft_ready");
    }

    /// What a host offers waits for the owner of its agent session where nobody shares that.
    pub(super) fn keep_offer(&mut self, agent: usize) {
        if self.offer(agent).is_ok() {
            self.kept.pop();
            return;
        }
        self.hold("draft", NOWHERE, None, None);
        self.approvals.last_mut().unwrap().unshared = Some(agent);
    }

    /// What waited for the owner of an agent session waits in the session that shares it now.
    pub(super) fn show_kept(&mut self, agent: usize, at: usize) {
        let ends = self.sessions[at].ends.min(self.now + DAY);
        for it in 0..self.approvals.len() {
            if self.approvals[it].unshared == Some(agent) {
                let draft = &mut self.approvals[it];
                (draft.session, draft.unshared, draft.ends) = (at, None, ends);
                self.show(at);
            }
        }
    }

    /// A word about one artifact.
    pub(super) fn judge(
        &mut self,
        at: usize,
        seat: usize,
        it: usize,
        (word, part): (&'static str, usize),
    ) -> Said {
        self.approval(at, it)?;
        self.may_decide(seat, it)?;
        if part > 1 {
            return Err((404, "NOT_FOUND"));
        }
        let said = match word {
            "approve" => "approved",
            "reject" => "rejected",
            _ => "discuss",
        };
        let before = self.approvals[it].parts[part];
        if before.is_some_and(|before| (before.0, before.1) == (said, seat)) {
            return Ok(200);
        }
        if before.is_some_and(is_decided) {
            return Err(RESOLVED);
        }
        self.check_pending(it)?;
        self.approvals[it].parts[part] = Some((said, seat, self.now));
        self.log(at, "artifact_decided");
        self.conclude(at, seat, it);
        Ok(200)
    }

    /// A word about all that is open.
    pub(super) fn judge_whole(
        &mut self,
        at: usize,
        seat: usize,
        it: usize,
        said: &'static str,
    ) -> Said {
        let draft = &self.approvals[it];
        let last = |part: &&(&str, usize, u64)| part.1 == seat && part.2 == draft.over;
        let mut of_last_word = draft.parts.iter().flatten().filter(last);
        if draft.by == Some(seat) && of_last_word.all(|part| part.0 == said) {
            return Ok(200);
        }
        self.check_pending(it)?;
        let now = self.now;
        let is_open = |part: &&mut Option<_>| !part.is_some_and(is_decided);
        self.approvals[it]
            .parts
            .iter_mut()
            .filter(is_open)
            .for_each(|part| *part = Some((said, seat, now)));
        self.conclude(at, seat, it);
        Ok(200)
    }

    /// A draft is decided when all of it is.
    fn conclude(&mut self, at: usize, seat: usize, it: usize) {
        let parts = self.approvals[it].parts;
        if parts.iter().all(|part| part.is_some_and(is_decided)) {
            let good = parts.iter().flatten().all(|part| part.0 == "approved");
            self.resolve_as(it, if good { "approved" } else { "rejected" }, Some(seat));
            self.log(at, "approval_resolved");
        }
    }

    pub(super) fn extend(&mut self, it: usize, minutes: u64) -> Said {
        let unknown = (404, "APPROVAL_NOT_FOUND");
        let here = self.approvals.get(it).filter(|it| it.session != NOWHERE);
        let at = here.ok_or(unknown)?.session;
        let seat = self.seat(at, self.by).map_err(|no| if no.0 == 404 { unknown } else { no })?;
        self.may_decide(seat, it)?;
        self.check_active(at)?;
        self.check_pending(it)?;
        let end = self.sessions[at].ends.min(self.now + minutes);
        if end <= self.approvals[it].ends {
            return Err((400, "INVALID_EXPIRY"));
        }
        self.approvals[it].ends = end;
        self.log(at, "approval_extended");
        Ok(200)
    }
}

fn is_over(life: &str) -> bool {
    matches!(life, "completed" | "aborted")
}

fn is_decided(part: (&'static str, usize, u64)) -> bool {
    part.0 != "discuss"
}
