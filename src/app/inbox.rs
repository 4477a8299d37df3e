//! An inbox, live: the whole of it first, then what changes, session by session.

use std::collections::{BTreeSet, HashMap, HashSet};

use serde::Serialize;
use tokio::sync::broadcast::{self, error::RecvError};
use utoipa::ToSchema;

use super::{App, Caller, InboxPart, StreamEnd, access, approvals::may_decide};
use crate::{
    domain::{
        Approval, ApprovalId, ArtifactDecision, Dispatch, DispatchId, ParticipantId,
        ResolveRequest, Role, Secret, SessionId, Suggestion, Timestamp,
    },
    error::{Code, Result},
    live::{InboxNews, Watching},
    store::{Reads, Seat},
};

/// How much of what programs ask is shown live; the rest follows when some of it is decided.
const ACTIONS: i64 = 500;

/// What goes by on the stream of an inbox.
#[derive(Debug)]
pub enum InboxItem {
    /// A part of it; the first items, up to the one that completes it.
    Part(InboxPart),
    /// What changed in it.
    Changed(InboxChange),
    /// The last item.
    End(StreamEnd),
}

/// What changed in an inbox.
#[derive(Debug, Default, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct InboxChange {
    /// What waits since then, what waits otherwise than before, and once more what has been decided.
    pub approvals: Vec<Approval>,
    /// The same of dispatches whose outcome nobody knew.
    pub dispatches: Vec<Dispatch>,
    /// The ids of what is not in the inbox any more, for whatever reason.
    pub gone: Vec<String>,
}

/// The stream of a caller's inbox.
pub struct InboxFollowing {
    app: App,
    caller: Caller,
    secret: Option<Secret>,
    news: broadcast::Receiver<InboxNews>,
    /// The number of access when it was looked at last; nothing once the caller may have gained a seat since then.
    access: Option<u64>,
    /// Who the caller is in the sessions that were looked at, where they are anybody.
    seats: HashMap<SessionId, Option<ParticipantId>>,
    /// What the client knows of, session by session; without one: what no session is asked.
    known: HashMap<Option<SessionId>, Known>,
    /// Where to look.
    to_look: BTreeSet<Option<SessionId>>,
    everywhere: bool,
    /// What was found and not yet told.
    change: InboxChange,
    /// Whether all of it was told once.
    begun: bool,
    done: bool,
    _watching: Watching,
}

/// What a client knows to wait in a session.
#[derive(Debug, Default)]
struct Known {
    approvals: HashMap<ApprovalId, Shown>,
    dispatches: HashSet<DispatchId>,
}

/// What changes about an approval while it waits: its time, what people suggest, what was said of its artifacts, what its
/// host was told.
type Shown = (Option<Timestamp>, Vec<Suggestion>, Vec<Said>, Option<ResolveRequest>);
/// What was said of an artifact, and when.
type Said = Option<(ArtifactDecision, Timestamp)>;

/// What waits for somebody in a session.
#[derive(Debug, Default)]
struct Waiting {
    approvals: Vec<Approval>,
    dispatches: Vec<Dispatch>,
}

impl App {
    /// Follows the caller's inbox.
    ///
    /// # Errors
    /// `RATE_LIMITED`, `BUSY`; `UNAUTHENTICATED` when the credential has expired.
    pub fn follow_inbox(&self, caller: &Caller, secret: Option<Secret>) -> Result<InboxFollowing> {
        // Heard before anything is looked at, so that no change falls between.
        let (access, news) = (self.live.access(), self.live.inbox_news());
        let (guest, end) = (caller.participants().first().copied(), caller.expires_at);
        let watching = self.live.watchers().open_inbox(caller.user_id(), guest, end)?;
        if let Some(end) = end {
            caller.check_fresh(self.now())?;
            self.sweep_at(end);
        }
        Ok(InboxFollowing {
            app: self.clone(),
            caller: caller.clone(),
            secret,
            news,
            access: Some(access),
            seats: HashMap::new(),
            known: HashMap::new(),
            to_look: BTreeSet::new(),
            everywhere: true,
            change: InboxChange::default(),
            begun: false,
            done: false,
            _watching: watching,
        })
    }
}

impl InboxFollowing {
    /// What goes by next; waits until there is something. `None` after the last item. Safe to drop and call again.
    pub async fn next(&mut self) -> Result<Option<InboxItem>> {
        if self.done {
            return Ok(None);
        }
        loop {
            let access = self.app.live.access();
            if self.access != Some(access) {
                if let Some(end) = self.lost_access().await? {
                    self.done = true;
                    return Ok(Some(InboxItem::End(end)));
                }
                self.access = Some(access);
            }
            if self.everywhere {
                self.look_everywhere().await?;
            }
            while let Some(session) = self.to_look.first().copied() {
                if !self.begun && InboxPart::is_full(&self.change) {
                    break;
                }
                match session {
                    Some(session) => self.look(session).await?,
                    None => self.look_at_own().await?,
                }
                self.to_look.remove(&session);
            }
            if let Some(item) = self.found() {
                return Ok(Some(item));
            }
            match self.news.recv().await {
                Ok(news) => self.hear(news),
                Err(RecvError::Lagged(_)) => {
                    self.everywhere = true;
                    self.look_for_seats();
                }
                Err(RecvError::Closed) => return Ok(None),
            }
            while let Ok(news) = self.news.try_recv() {
                self.hear(news);
            }
        }
    }

    fn hear(&mut self, news: InboxNews) {
        match news {
            // Nobody there whom this could concern, as far as was looked.
            InboxNews::Rows(session) if self.seats.get(&session) == Some(&None) => {}
            InboxNews::Rows(session) => drop(self.to_look.insert(Some(session))),
            InboxNews::People(session) => {
                self.seats.remove(&session);
                self.look_for_seats();
                self.to_look.insert(Some(session));
            }
            InboxNews::Unshared => drop(self.to_look.insert(None)),
            InboxNews::Everywhere => self.everywhere = true,
        }
    }

    /// A guest's browser gains seats when they join in another tab of it. Whoever has an account is known by that, and
    /// other credentials stand for one seat only.
    fn look_for_seats(&mut self) {
        if self.caller.login.is_some() && self.caller.user.is_none() {
            self.access = None;
        }
    }

    /// What was found, as the client is told.
    fn found(&mut self) -> Option<InboxItem> {
        if !self.begun {
            let part = InboxPart::of(&mut self.change);
            let rest = &self.change;
            let is_told = rest.approvals.is_empty() && rest.dispatches.is_empty();
            self.begun = is_told && self.to_look.is_empty();
            return Some(InboxItem::Part(InboxPart { complete: self.begun, ..part }));
        }
        let InboxChange { mut approvals, dispatches, gone } = std::mem::take(&mut self.change);
        approvals.sort_by_key(|it| (it.created_at, it.id));
        if approvals.is_empty() && dispatches.is_empty() && gone.is_empty() {
            return None;
        }
        Some(InboxItem::Changed(InboxChange { approvals, dispatches, gone }))
    }

    async fn lost_access(&mut self) -> Result<Option<StreamEnd>> {
        match self.app.still_valid(self.secret.as_ref()).await {
            Ok(credential) => {
                self.caller.renew(credential);
                Ok(None)
            }
            Err(error) if error.code == Code::Unauthenticated => {
                let is_over = self.caller.check_fresh(self.app.now()).is_err();
                Ok(Some(if is_over { StreamEnd::ExpiredLogin } else { StreamEnd::Revoked }))
            }
            Err(error) => Err(error),
        }
    }

    async fn look_everywhere(&mut self) -> Result<()> {
        let (user, participants) = (self.caller.user_id(), self.caller.participants());
        let mut reads = self.app.store.read().await?;
        let deciding = reads.deciding_in(user, &participants).await?;
        let unknown = reads.unknown_dispatches(user, &participants).await?;
        self.to_look.insert(None);
        self.to_look.extend(deciding.into_iter().map(Some));
        self.to_look.extend(unknown.iter().map(|it| Some(it.shared_session_id)));
        self.to_look.extend(self.known.keys());
        self.seats.clear();
        self.everywhere = false;
        Ok(())
    }

    /// Looks what waits for the caller that no session is asked, drafts that nobody has shared and what programs ask, and
    /// notes what the client does not know yet. What somebody shared meanwhile waits in its session.
    async fn look_at_own(&mut self) -> Result<()> {
        let mut reads = self.app.store.snapshot().await?;
        let mut waiting = Waiting::default();
        if let Some(owner) = self.caller.user_id() {
            waiting.approvals = reads.unshared_drafts_of(owner).await?;
            let asked = reads.actions_for(owner, self.caller.is_admin(), 0, ACTIONS).await?;
            waiting.approvals.extend(asked.into_iter().map(|row| row.1));
        }
        let known = self.known.get(&None);
        let gone = known.map(|known| known.without(&waiting)).unwrap_or_default();
        let (mut last, mut shared) = (InboxChange::default(), Vec::new());
        for id in gone.0 {
            let approval = reads.approval(id).await?.outline();
            if let Some(session) = approval.shared_session_id {
                shared.extend(
                    known.and_then(|it| Some((session, id, it.approvals.get(&id)?.clone()))),
                );
                continue;
            }
            last.gone.push(id.to_string());
            last.approvals.push(approval);
        }
        drop(reads);
        self.note(None, waiting, last);
        for (session, id, shown) in shared {
            // Known there from now on, so that its end is told even if that comes before the look.
            let known = self.known.entry(Some(session)).or_default();
            known.approvals.entry(id).or_insert(shown);
            self.to_look.insert(Some(session));
        }
        Ok(())
    }

    /// Looks what waits in a session, and notes what the client does not know yet.
    async fn look(&mut self, session: SessionId) -> Result<()> {
        let mut reads = self.app.store.snapshot().await?;
        let who = match self.seats.get(&session) {
            Some(who) => *who,
            None => access::participant(&mut reads, &self.caller, session).await?,
        };
        let seat = match who {
            Some(who) => Some(reads.seat(session, who).await?),
            None => None,
        };
        let seat = seat.filter(|it| it.participant.check_present().is_ok());
        let waiting = match &seat {
            Some(seat) => waiting(&mut reads, seat).await?,
            None => Waiting::default(),
        };
        let known = self.known.get(&Some(session));
        let gone = known.map(|known| known.without(&waiting)).unwrap_or_default();
        let mut last = InboxChange::default();
        // Who was there when it was decided sees how.
        if seat.is_some() {
            for id in &gone.0 {
                last.approvals.push(reads.approval(*id).await?.outline().at(reads.now()));
            }
            for id in &gone.1 {
                last.dispatches.push(reads.dispatch(*id).await?.dispatch);
            }
        }
        drop(reads);
        // From here on nothing is awaited: what is noted is noted whole.
        self.seats.insert(session, who);
        last.gone.extend(gone.0.iter().map(ToString::to_string));
        last.gone.extend(gone.1.iter().map(ToString::to_string));
        self.note(Some(session), waiting, last);
        Ok(())
    }

    fn note(&mut self, session: Option<SessionId>, waiting: Waiting, last: InboxChange) {
        let (known, mut now) = (self.known.remove(&session).unwrap_or_default(), Known::default());
        let InboxChange { mut approvals, mut dispatches, gone } = last;
        for approval in waiting.approvals {
            let (id, shown) = (approval.id, shown(&approval));
            if known.approvals.get(&id) != Some(&shown) {
                approvals.push(approval);
            }
            now.approvals.insert(id, shown);
        }
        for dispatch in waiting.dispatches {
            if !known.dispatches.contains(&dispatch.id) {
                dispatches.push(dispatch.clone());
            }
            now.dispatches.insert(dispatch.id);
        }
        if !(now.approvals.is_empty() && now.dispatches.is_empty()) {
            self.known.insert(session, now);
        }
        let change = &mut self.change;
        // Looked at twice before it was told: the later look counts.
        change.approvals.retain(|it| approvals.iter().all(|new| new.id != it.id));
        change.gone.retain(|id| approvals.iter().all(|new| new.id.to_string() != *id));
        change.approvals.extend(approvals);
        change.dispatches.extend(dispatches);
        change.gone.extend(gone);
    }
}

impl Known {
    /// What it has that does not wait any more.
    fn without(&self, waiting: &Waiting) -> (Vec<ApprovalId>, Vec<DispatchId>) {
        let waits = |id: &&ApprovalId| waiting.approvals.iter().all(|it| it.id != **id);
        let is_unknown = |id: &&DispatchId| waiting.dispatches.iter().all(|it| it.id != **id);
        (
            self.approvals.keys().filter(waits).copied().collect(),
            self.dispatches.iter().filter(is_unknown).copied().collect(),
        )
    }
}

fn shown(approval: &Approval) -> Shown {
    let artifacts = approval.draft.iter().flat_map(|draft| &draft.artifacts);
    let said = artifacts.map(|it| it.decision.zip(it.decided_at)).collect();
    (approval.expires_at, approval.suggestions.clone(), said, approval.resolve_request.clone())
}

/// What waits for somebody in their session.
async fn waiting(reads: &mut Reads, seat: &Seat) -> Result<Waiting> {
    let (id, now) = (seat.session.id, reads.now());
    let mut waiting = Waiting::default();
    if seat.participant.left_at.is_none() {
        for approval in reads.pending_approvals(id).await? {
            if !approval.is_due(now) && may_decide(reads, seat, &approval).await? {
                waiting.approvals.push(approval);
            }
        }
    }
    if seat.participant.role == Role::Host {
        waiting.dispatches = reads.unknown_dispatches_of(id).await?;
    }
    Ok(waiting)
}
