//! What comes of what agents do, hosts report, time brings, and people do about turns.

use super::{
    lives::ILLEGAL,
    rules::NOT_HOST,
    state::{Model, Said},
};

impl Model {
    /// Hands each agent that has nothing to do the first prompt of its queue.
    pub(super) fn dispatch(&mut self) {
        for agent in 0..2 {
            let of_agent = |it: &usize| self.agent_of(*it) == agent;
            let mut own = (0..self.dispatches.len()).filter(of_agent);
            if own.clone().any(|it| self.dispatches[it].state == "running") {
                continue;
            }
            let next = own.find(|it| self.dispatches[*it].state == "queued");
            match next {
                Some(next) if self.agents[agent].life == "active" => {
                    self.dispatches[next].state = "running";
                    self.log(self.session_of(next), "prompt_dispatch_started");
                }
                None if self.agents[agent].completing => self.complete(agent),
                _ => {}
            }
        }
    }

    pub(super) fn act_on(&mut self, at: usize, seat: usize, it: usize, action: &str) -> Said {
        if it >= self.dispatches.len() || self.session_of(it) != at {
            return Err((404, "NOT_FOUND"));
        }
        let (state, is_host) = (self.dispatches[it].state, self.people[seat].role == "host");
        if matches!(action, "cancel" | "retry") {
            self.check_active(at)?;
        }
        let approval = &self.approvals[self.dispatches[it].approval];
        let is_own = self.sessions[at].mode == "prompt_direct"
            && self.people[seat].role == "collaborator"
            && self.is_author(seat, approval);
        if !(is_host || is_own && action == "cancel") {
            return Err(NOT_HOST);
        }
        if action == "cancel" {
            return self.cancel(at, it);
        }
        if state != "unknown" || self.dispatches[it].retried {
            return Err((409, "DISPATCH_NOT_UNKNOWN"));
        }
        match action {
            "retry" => {
                self.takes_prompts(self.agent_of(it))?;
                self.dispatches[it].retried = true;
                self.queue(self.dispatches[it].approval);
            }
            "mark_done" => self.dispatches[it].state = "succeeded",
            _ => self.dispatches[it].state = "cancelled",
        }
        self.log(at, "prompt_dispatch_settled");
        Ok(200)
    }

    fn cancel(&mut self, at: usize, it: usize) -> Said {
        match self.dispatches[it].state {
            "queued" => {
                self.dispatches[it].state = "cancelled";
                self.log(at, "prompt_dispatch_cancelled");
            }
            "running" => {
                self.dispatches[it].stopped = true;
                self.expire(|asked| asked.turn == Some(it));
            }
            "cancelled" => {}
            _ => return Err(ILLEGAL),
        }
        Ok(200)
    }

    /// An agent asks those who can answer, if there is anybody; how many approvals that makes.
    pub(super) fn ask(&mut self, turn: usize, question: bool) -> u16 {
        let at = self.session_of(turn);
        if self.check_active(at).is_err() || self.dispatches[turn].stopped {
            return 0;
        }
        self.hold(if question { "question" } else { "permission" }, at, None, Some(turn));
        self.log(at, "approval_requested");
        1
    }

    pub(super) fn settle(&mut self, turn: usize, how: &'static str) {
        self.expire(|asked| asked.turn == Some(turn));
        self.dispatches[turn].state = how;
        let event = match how {
            "succeeded" => "prompt_dispatch_completed",
            "failed" => "prompt_dispatch_failed",
            "cancelled" => "prompt_dispatch_cancelled",
            _ => "prompt_dispatch_unknown",
        };
        self.log(self.session_of(turn), event);
    }

    /// Nobody can know what became of what ran.
    pub(super) fn lose(&mut self) {
        for turn in 0..self.dispatches.len() {
            if self.dispatches[turn].state == "running" {
                self.settle(turn, "unknown");
            }
        }
    }

    pub(super) fn pass(&mut self, minutes: u64, swept: bool) {
        self.now += minutes;
        if swept {
            self.sweep();
        }
    }

    /// What was overdue while there was no server ends when it starts.
    pub(super) fn restart(&mut self) {
        self.failures.clear();
        self.sweep();
    }

    fn sweep(&mut self) {
        for at in 0..self.sessions.len() {
            if self.sessions[at].status == "active" && self.sessions[at].ends <= self.now {
                self.end(at, "expired");
            }
        }
        let now = self.now;
        self.expire(|it| it.ends <= now);
    }
}
