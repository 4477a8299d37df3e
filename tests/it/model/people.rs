//! What comes of coming and going, of what the host alone does, and of requests that are repeated.

use super::{
    rules::{DAY, GONE, NOT_HOST, TOO_OFTEN},
    state::{Dispatch, Invite, Kept, Model, No, Person, Said, Session},
    steps::Act,
};

const HAND_OVER: No = (409, "HOST_MUST_HAND_OVER");
const HOUR: u64 = 60;

impl Model {
    pub(super) fn leave(&mut self, at: usize, seat: usize, close: bool) -> Said {
        self.check_active(at)?;
        match self.is_host(seat) {
            true if close => self.end(at, "closed"),
            true => return Err(HAND_OVER),
            false => {
                self.people[seat].gone = Some("left");
                self.log(at, "participant_left");
            }
        }
        Ok(200)
    }

    pub(super) fn close(&mut self, at: usize, seat: usize) -> Said {
        if !self.is_host(seat) {
            return Err(NOT_HOST);
        }
        self.check_active(at)?;
        self.end(at, "closed");
        Ok(200)
    }

    /// What the host alone does.
    pub(super) fn manage(&mut self, at: usize, seat: usize, it: usize, act: Act) -> Said {
        self.check_active(at)?;
        if !self.is_host(seat) {
            return Err(NOT_HOST);
        }
        match act {
            Act::Mode(mode) if self.sessions[at].mode == mode => {}
            Act::Mode(mode) => {
                self.sessions[at].mode = mode;
                self.log(at, "session_updated");
            }
            Act::Invite { role, uses: most } => {
                let ends = self.sessions[at].ends.min(self.now + HOUR);
                self.invites.push(Invite {
                    session: at,
                    role,
                    uses: 0,
                    most,
                    ends,
                    revoked: false,
                    by: seat,
                });
                self.log(at, "invite_created");
                return Ok(self.keep(self.invites.len() - 1, 201));
            }
            Act::Revoke => match self.invites.get(it) {
                Some(invite) if invite.session == at => self.revoke(at, it),
                _ => return Err((404, "NOT_FOUND")),
            },
            _ => return self.govern(at, seat, it, act),
        }
        Ok(200)
    }

    fn revoke(&mut self, at: usize, it: usize) {
        if !self.invites[it].revoked {
            self.invites[it].revoked = true;
            self.log(at, "invite_revoked");
        }
    }

    /// What the host does about somebody.
    fn govern(&mut self, at: usize, seat: usize, it: usize, act: Act) -> Said {
        let person = self.people.get(it).filter(|it| it.session == at).cloned();
        let person = person.ok_or((404, "PARTICIPANT_NOT_FOUND"))?;
        match (act, person.gone) {
            (Act::Remove, Some("removed")) => return Ok(200),
            (_, Some(_)) => return Err(GONE),
            (Act::Remove, None) if it == seat => return Err(HAND_OVER),
            (Act::Remove, None) => {
                self.people[it].gone = Some("removed");
                self.log(at, "participant_removed");
                for prompt in self.pending(|prompt| self.is_author(it, prompt)) {
                    self.resolve_as(prompt, "withdrawn", None);
                    self.log(at, "approval_withdrawn");
                }
                for waiting in 0..self.dispatches.len() {
                    let Dispatch { approval, state, .. } = self.dispatches[waiting];
                    if state == "queued" && self.is_author(it, &self.approvals[approval]) {
                        self.dispatches[waiting].state = "cancelled";
                        self.log(at, "prompt_dispatch_cancelled");
                    }
                }
                // They know the secrets of those that they made, too, and of those by which they came before.
                for invite in 0..self.invites.len() {
                    let is_theirs = |seat: usize| self.is_same_person(seat, it);
                    let came_by = |seat: usize| self.people[seat].invite == Some(invite);
                    let has_come = (0..self.people.len()).any(|it| is_theirs(it) && came_by(it));
                    if has_come || is_theirs(self.invites[invite].by) {
                        self.revoke(at, invite);
                    }
                }
            }
            (Act::Change { role, decides }, None) => {
                let role = role.unwrap_or(person.role);
                let decides = decides.unwrap_or(person.decides && role != "viewer");
                if (role, decides) == (person.role, person.decides) {
                    return Ok(200);
                }
                if it == seat {
                    return Err(HAND_OVER);
                }
                if role == "viewer" && decides {
                    return Err((400, "INVALID_BODY"));
                }
                (self.people[it].role, self.people[it].decides) = (role, decides);
                self.log(at, "participant_updated");
            }
            _ if it == seat => {}
            _ => {
                (self.people[seat].role, self.people[seat].decides) = ("collaborator", false);
                (self.people[it].role, self.people[it].decides) = ("host", true);
                self.log(at, "participant_updated");
                self.log(at, "host_changed");
            }
        }
        Ok(200)
    }

    pub(super) fn share(&mut self, agent: usize, mode: &'static str) -> Said {
        self.takes_prompts(agent)?;
        let shared = |it: &Session| it.agent == agent && it.status == "active";
        if let Some(at) = self.sessions.iter().position(shared) {
            if self.sessions[at].ends > self.now {
                return Err((409, "ALREADY_SHARED"));
            }
            self.end(at, "expired");
        }
        let (session, ends) = (self.sessions.len(), self.now + 2 * DAY);
        let (invite, status) = (self.invites.len(), "active");
        let log = vec!["shared_session_created", "participant_joined"];
        self.sessions.push(Session { agent, mode, status, ends, invite, log });
        let (role, most, by) = ("collaborator", 3, self.people.len());
        self.seat_one(session, "host", true, None);
        self.invites.push(Invite { session, role, uses: 0, most, ends, revoked: false, by });
        self.show_kept(agent, session);
        Ok(self.keep(session, 201))
    }

    fn seat_one(&mut self, session: usize, role: &'static str, account: bool, by: Option<usize>) {
        let (decides, gone, invite, known) = (role == "host", None, by, false);
        self.people.push(Person { session, account, role, decides, gone, invite, known });
    }

    pub(super) fn join(&mut self, at: usize, it: usize, account: bool) -> Said {
        self.check_failures()?;
        let invite = self.invites[it].clone();
        let refusal = if invite.session != at {
            Some("INVALID_INVITE_TOKEN")
        } else if invite.revoked {
            Some("INVITE_REVOKED")
        } else if account && self.check_active(at).is_ok() && self.hana_sits(at) {
            return Ok(201);
        } else if invite.ends <= self.now {
            Some("INVITE_EXPIRED")
        } else if invite.uses >= invite.most {
            Some("INVITE_USED_UP")
        } else {
            None
        };
        if let Some(code) = refusal {
            self.failures.push(self.now);
            return Err((403, code));
        }
        self.check_active(at)?;
        self.invites[it].uses += 1;
        self.seat_one(at, invite.role, account, Some(it));
        self.log(at, "participant_joined");
        Ok(self.keep(self.people.len() - 1, 201))
    }

    fn check_failures(&self) -> Result<(), No> {
        let recent = self.failures.iter().filter(|at| **at == self.now).count();
        if recent >= 10 { Err(TOO_OFTEN) } else { Ok(()) }
    }

    fn hana_sits(&self, at: usize) -> bool {
        self.people.iter().any(|it| it.session == at && it.account && it.gone.is_none())
    }

    pub(super) fn again(&mut self, it: usize, same: bool) -> Said {
        let Kept { did, by, made, said, .. } = self.kept[it].clone();
        let (at, mut is_used) = (did.at, false);
        match did.act {
            Act::Join { account } => {
                self.check_failures()?;
                let person = &self.people[made];
                let has_gone = matches!(person.gone, Some("left" | "removed"));
                is_used = has_gone || !account && person.known;
            }
            // Whose agent session it is may always do so.
            Act::Offer { .. } => {}
            Act::Share { .. } => is_used = self.is_used(self.sessions[made].invite),
            act => {
                self.people[by].known = true;
                let seat = self.seat(at, by)?;
                if let Act::Invite { .. } = act {
                    self.check_active(at)?;
                    if !self.is_host(seat) {
                        return Err(NOT_HOST);
                    }
                    is_used = self.is_used(made);
                }
            }
        }
        if !same {
            return Err((422, "IDEMPOTENCY_MISMATCH"));
        }
        if is_used {
            return Err((409, "TOKEN_ALREADY_USED"));
        }
        self.replayed = true;
        Ok(said)
    }

    fn is_used(&self, invite: usize) -> bool {
        self.invites[invite].uses > 0 || self.invites[invite].revoked
    }
}
