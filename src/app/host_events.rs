//! What happens to hosts and agents: in pages, and live.

use std::time::Duration;

use super::{
    App, Caller, Paged, ResetReason, StreamEnd,
    host_access::{Fact, Sight},
};
use crate::{
    domain::{HostEvent, HostFrame, Secret, Seq},
    error::{Code, Error, Result},
    live::{HostFollower, Watching},
    rpc::LIST_BYTES,
    store::{HostEventPage, PAGE, PAGE_BYTES, Reads},
};

/// How many pages of the log are looked through for one page of what somebody may see.
const LOOKED_THROUGH: usize = 8;

/// What goes by on a stream of host events.
#[derive(Debug)]
pub enum HostItem {
    /// An event.
    Frame(HostFrame),
    /// The client's number cannot be gone on from: load what is there and go on from `head`. The last item.
    Reset {
        /// `ahead` or `truncated`.
        reason: ResetReason,
        /// The number of the newest event.
        head: Seq,
    },
    /// The last item.
    End(StreamEnd),
}

/// A stream of what a caller may know of.
pub struct HostFollowing {
    app: App,
    caller: Caller,
    secret: Option<Secret>,
    follower: HostFollower,
    sight: Sight,
    /// What goes by next, unless the caller may not know of it.
    looked_at: Option<HostFrame>,
    reset: Option<(ResetReason, Seq)>,
    done: bool,
    _watching: Option<Watching>,
}

impl App {
    /// Events that the caller may know of after a number, oldest first, and the number to go on from. Not all that came
    /// after it may have been looked through: whoever wants all asks until it changes no more.
    ///
    /// # Errors
    /// `UNAUTHENTICATED` for guests; `INVALID_CURSOR` for a number from which there is no going on.
    pub async fn host_events(
        &self,
        caller: &Caller,
        after: Seq,
        limit: i64,
    ) -> Result<(Vec<HostEvent>, Seq)> {
        caller.user()?;
        self.check_follows(after).await?;
        let mut found = Found::new(self, after, limit, PAGE_BYTES);
        let mut reads = self.store.read().await?;
        while !found.is_full() {
            let page = reads.host_events_after(found.last, PAGE, found.bytes).await?;
            found.look_through(&mut reads, caller, page).await?;
        }
        Ok((found.events, found.last))
    }

    /// That a number is a place to go on from.
    ///
    /// # Errors
    /// `INVALID_CURSOR`.
    pub(super) async fn check_follows(&self, after: Seq) -> Result<()> {
        let mut reads = self.store.read().await?;
        match unfit(&mut reads, after).await? {
            None => Ok(()),
            Some((reason, head)) => Err(Error::new(Code::InvalidCursor)
                .details(&Unfit { reason, head })
                .hint("go on from the number of the newest event")),
        }
    }

    /// The same before a number, newest first: no more than a frame of a host holds.
    ///
    /// # Errors
    /// `UNAUTHENTICATED` for guests.
    pub async fn newest_host_events(
        &self,
        caller: &Caller,
        before: Option<Seq>,
        limit: i64,
    ) -> Result<Paged<HostEvent>> {
        caller.user()?;
        let mut found = Found::new(self, before.unwrap_or(Seq::MAX), limit, LIST_BYTES);
        let mut reads = self.store.read().await?;
        while !found.is_full() {
            let page = reads.host_events_before(found.last, PAGE, found.bytes).await?;
            found.look_through(&mut reads, caller, page).await?;
        }
        let next_cursor = (!found.is_end).then_some(found.last);
        Ok(Paged { items: found.events, next_cursor })
    }

    /// Follows what the caller may know of from a number; without one, from what happens next.
    ///
    /// # Errors
    /// `UNAUTHENTICATED` for guests and when the credential has expired, `RATE_LIMITED`, `BUSY`.
    pub async fn follow_host_events(
        &self,
        caller: &Caller,
        secret: Option<Secret>,
        after: Option<Seq>,
    ) -> Result<HostFollowing> {
        let (user, end) = (caller.user()?.id, caller.expires_at);
        let watching = self.live.watchers().open_hosts(user, end)?;
        if let Some(end) = end {
            caller.check_fresh(self.now())?;
            self.sweep_at(end);
        }
        self.begin_hosts(caller, secret, after, Some(watching)).await
    }

    /// The same for a host's own connection, which counts as no stream.
    pub(super) async fn begin_hosts(
        &self,
        caller: &Caller,
        secret: Option<Secret>,
        after: Option<Seq>,
        watching: Option<Watching>,
    ) -> Result<HostFollowing> {
        // Looked at before anything else, so that no change falls between.
        let sight = Sight::new(self.seers.clone(), self.live.access());
        let mut reads = self.store.read().await?;
        let head = reads.host_event_bounds().await?.1;
        let from = after.unwrap_or(head);
        let reset = unfit(&mut reads, from).await?;
        Ok(HostFollowing {
            app: self.clone(),
            caller: caller.clone(),
            secret,
            follower: self.live.follow_hosts(self.store.clone(), from),
            sight,
            looked_at: None,
            reset,
            done: false,
            _watching: watching,
        })
    }

    /// Forgets events that are too old, or too many.
    pub(super) async fn sweep_host_events(&self) -> Result<()> {
        let days = Duration::from_hours(24) * self.settings.host_event_days;
        let count = self.settings.host_events;
        loop {
            let before = self.now().minus(days);
            let last = self.store.read().await?.host_events_to_forget(before, count).await?;
            let Some(last) = last else { return Ok(()) };
            self.store.write(async move |tx| tx.forget_host_events(last).await).await?;
        }
    }
}

/// What programs are told of a number from which there is no going on.
#[derive(serde::Serialize)]
struct Unfit {
    reason: ResetReason,
    head: Seq,
}

/// Why a number is no place to go on from, if it is none, and the number of the newest event.
async fn unfit(reads: &mut Reads, from: Seq) -> Result<Option<(ResetReason, Seq)>> {
    let (floor, head) = reads.host_event_bounds().await?;
    if from > head {
        return Ok(Some((ResetReason::Ahead, head)));
    }
    // Who begins at the beginning takes what is there.
    let is_gone = from != 0 && from < floor;
    Ok(is_gone.then_some((ResetReason::Truncated, head)))
}

/// A page of what a caller may know of, as it fills.
struct Found {
    sight: Sight,
    events: Vec<HostEvent>,
    /// The number of the last event that was looked at.
    last: Seq,
    limit: i64,
    /// How many bytes of events may still come.
    bytes: usize,
    /// How many pages of the log may still be looked through.
    pages: usize,
    is_end: bool,
}

impl Found {
    fn new(app: &App, last: Seq, limit: i64, bytes: usize) -> Self {
        let sight = Sight::new(app.seers.clone(), app.live.access());
        let pages = LOOKED_THROUGH;
        Self { sight, events: Vec::new(), last, limit, bytes, pages, is_end: false }
    }

    fn is_full(&self) -> bool {
        self.is_end || self.pages == 0 || self.bytes == 0 || self.has_enough()
    }

    fn has_enough(&self) -> bool {
        i64::try_from(self.events.len()).is_ok_and(|count| count >= self.limit)
    }

    async fn look_through(
        &mut self,
        reads: &mut Reads,
        caller: &Caller,
        page: HostEventPage,
    ) -> Result<()> {
        let before = self.events.len();
        for event in page.events {
            if self.has_enough() {
                return Ok(());
            }
            self.last = event.seq;
            let fact = Fact { host: event.host_id, is_presence: event.is_presence(), people: 0 };
            let sees = match self.sight.knows(caller, fact) {
                Some(known) => known,
                None => self.sight.look(reads, caller, fact).await?,
            };
            if sees {
                self.events.push(event);
            }
        }
        (self.is_end, self.pages) = (page.is_end, self.pages - 1);
        // Where nothing was found there is nothing to carry.
        if self.events.len() > before {
            self.bytes = self.bytes.saturating_sub(page.bytes);
        }
        Ok(())
    }
}

impl HostFollowing {
    /// What goes by next; waits until there is something. `None` after the last item. Safe to drop and call again.
    ///
    /// # Errors
    /// What reading says.
    pub async fn next(&mut self) -> Result<Option<HostItem>> {
        if self.done {
            return Ok(None);
        }
        if let Some((reason, head)) = self.reset {
            self.done = true;
            return Ok(Some(HostItem::Reset { reason, head }));
        }
        loop {
            let access = self.app.live.access();
            if !self.sight.is_fresh(access) {
                self.sight.refresh(access);
                if let Some(end) = self.lost_access().await? {
                    self.done = true;
                    return Ok(Some(HostItem::End(end)));
                }
            }
            if self.looked_at.is_none() {
                self.looked_at = self.follower.next().await?;
            }
            let Some(frame) = &self.looked_at else { continue };
            let fact = self.fact(frame);
            let sees = if let Some(known) = self.sight.knows(&self.caller, fact) {
                known
            } else {
                let mut reads = self.app.store.read().await?;
                self.sight.look(&mut reads, &self.caller, fact).await?
            };
            let frame = self.looked_at.take();
            if sees {
                return Ok(frame.map(HostItem::Frame));
            }
        }
    }

    /// What goes by next, if it is there already and it is known that the caller may know of it.
    ///
    /// # Errors
    /// What reading says.
    pub async fn take_ready(&mut self) -> Result<Option<HostFrame>> {
        let goes_on = !self.done && self.reset.is_none() && self.looked_at.is_none();
        while goes_on && self.sight.is_fresh(self.app.live.access()) {
            let Some(frame) = self.follower.take_ready().await? else { break };
            let fact = self.fact(&frame);
            match self.sight.knows(&self.caller, fact) {
                Some(true) => return Ok(Some(frame)),
                Some(false) => {}
                None => {
                    self.looked_at = Some(frame);
                    break;
                }
            }
        }
        Ok(None)
    }

    fn fact(&self, frame: &HostFrame) -> Fact {
        let people = self.app.live.people();
        Fact { host: frame.host, is_presence: frame.is_presence, people }
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
}
