//! Who has a stream open, and until when they may: for presence, and so that nobody opens too many or stays too long.

use std::{
    collections::{BTreeMap, HashMap, btree_map::Entry},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use crate::{
    domain::{ParticipantId, SessionId, Timestamp, UserId},
    error::{Code, Error, Result},
};

/// How many streams may be open.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Of one participant, or of one admin who looks in.
    pub a_person: usize,
    /// Of one session.
    pub a_session: usize,
    /// In all.
    pub all: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { a_person: 5, a_session: 300, all: 10_000 }
    }
}

/// Counts the open streams.
#[derive(Debug, Clone)]
pub struct Watchers(Arc<Mutex<Counts>>);

#[derive(Debug)]
struct Counts {
    limits: Limits,
    people: HashMap<Person, usize>,
    sessions: HashMap<SessionId, usize>,
    /// When credentials of open streams expire, and of how many streams; those that were told are not here any more.
    ends: BTreeMap<Timestamp, usize>,
    all: usize,
}

/// Who watches.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Person {
    Participant(ParticipantId),
    Admin(UserId),
    InboxOfUser(UserId),
    InboxOfGuest(ParticipantId),
    Downloads(UserId),
    Hosts(UserId),
}

/// An open stream; closed when dropped.
#[derive(Debug)]
pub struct Watching {
    watchers: Watchers,
    person: Option<Person>,
    session: Option<SessionId>,
    end: Option<Timestamp>,
}

impl Watchers {
    pub(super) fn new(limits: Limits) -> Self {
        Self(Arc::new(Mutex::new(Counts {
            limits,
            people: HashMap::new(),
            sessions: HashMap::new(),
            ends: BTreeMap::new(),
            all: 0,
        })))
    }

    /// Opens a stream of a participant, or of an admin who looks in; `end`: when their credential expires.
    ///
    /// # Errors
    /// `RATE_LIMITED` for too many of one person or in one session, `BUSY` for too many in all.
    pub fn open(
        &self,
        session: SessionId,
        participant: Option<ParticipantId>,
        admin: Option<UserId>,
        end: Option<Timestamp>,
    ) -> Result<Watching> {
        let person = participant.map(Person::Participant).or(admin.map(Person::Admin));
        self.admit(Some(session), person, end)
    }

    /// Opens a stream of an inbox: a user's, or that of a guest by one of their seats.
    ///
    /// # Errors
    /// `RATE_LIMITED` for too many of one person, `BUSY` for too many in all.
    pub fn open_inbox(
        &self,
        user: Option<UserId>,
        guest: Option<ParticipantId>,
        end: Option<Timestamp>,
    ) -> Result<Watching> {
        let person = user.map(Person::InboxOfUser).or(guest.map(Person::InboxOfGuest));
        self.admit(None, person, end)
    }

    /// Opens a stream of host events; `end`: when the credential expires.
    ///
    /// # Errors
    /// `RATE_LIMITED` for too many of one person, `BUSY` for too many in all.
    pub fn open_hosts(&self, user: UserId, end: Option<Timestamp>) -> Result<Watching> {
        self.admit(None, Some(Person::Hosts(user)), end)
    }

    /// Opens a download: it is read like a stream, and as many of them at once as streams of one person.
    ///
    /// # Errors
    /// `RATE_LIMITED` for too many of one person, `BUSY` for too many streams in all.
    pub fn open_download(&self, user: UserId) -> Result<Watching> {
        self.admit(None, Some(Person::Downloads(user)), None)
    }

    fn admit(
        &self,
        session: Option<SessionId>,
        person: Option<Person>,
        end: Option<Timestamp>,
    ) -> Result<Watching> {
        let mut counts = self.lock();
        let limits = counts.limits;
        let of_person = person.and_then(|it| counts.people.get(&it)).copied().unwrap_or(0);
        let of_session = session.and_then(|it| counts.sessions.get(&it)).copied().unwrap_or(0);
        if of_person >= limits.a_person || of_session >= limits.a_session {
            let text = "too many streams are open here";
            return Err(Error::with(Code::RateLimited, text)
                .hint("close another tab")
                .retry_after(5));
        }
        if counts.all >= limits.all {
            return Err(Error::with(Code::Busy, "too many streams are open").retry_after(5));
        }
        if let Some(person) = person {
            *counts.people.entry(person).or_default() += 1;
        }
        if let Some(session) = session {
            *counts.sessions.entry(session).or_default() += 1;
        }
        if let Some(end) = end {
            *counts.ends.entry(end).or_default() += 1;
        }
        counts.all += 1;
        Ok(Watching { watchers: self.clone(), person, session, end })
    }

    /// When the next credential of an open stream expires.
    pub fn next_end(&self) -> Option<Timestamp> {
        self.lock().ends.first_key_value().map(|(end, _)| *end)
    }

    /// Whether a credential of an open stream has expired since this was asked last.
    pub fn take_ended(&self, now: Timestamp) -> bool {
        let mut counts = self.lock();
        let mut any = false;
        while counts.ends.first_key_value().is_some_and(|(end, _)| *end <= now) {
            counts.ends.pop_first();
            any = true;
        }
        any
    }

    /// Whether a participant has a stream open.
    pub fn is_online(&self, participant: ParticipantId) -> bool {
        self.lock().people.contains_key(&Person::Participant(participant))
    }

    /// How many streams are open in all.
    pub fn count(&self) -> usize {
        self.lock().all
    }

    fn lock(&self) -> MutexGuard<'_, Counts> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Watching {
    fn drop(&mut self) {
        let mut counts = self.watchers.lock();
        if let Some(person) = self.person {
            release(&mut counts.people, &person);
        }
        if let Some(session) = self.session {
            release(&mut counts.sessions, &session);
        }
        if let Some(end) = self.end
            && let Entry::Occupied(mut streams) = counts.ends.entry(end)
        {
            *streams.get_mut() -= 1;
            if *streams.get() == 0 {
                streams.remove();
            }
        }
        counts.all -= 1;
    }
}

fn release<K: std::hash::Hash + Eq>(counts: &mut HashMap<K, usize>, key: &K) {
    if let Some(count) = counts.get_mut(key) {
        *count -= 1;
        if *count == 0 {
            counts.remove(key);
        }
    }
}
