//! The view at a terminal: what comes in, and the picture of it.

use std::time::{Duration, Instant};

use anyhow::Result;
use crossterm::event::{Event as Typed, EventStream, KeyEventKind};
use futures_util::StreamExt;
use tokio::{sync::mpsc, time::sleep};

use super::{
    Ended, Wanted,
    action::Action,
    asks::{self, Asks},
    begin, caught_up,
    desk::Desk,
    ended,
    jobs::{Done, Jobs},
    keys,
    mode::Mode,
    reset,
    room::{Line, Room},
    screen::Screen,
    scribe::{Scribe, approval},
    sharing::Sharing,
    signals::{Signals, Wish},
    snapshot::Snapshot,
    stream,
};
use crate::{
    cli::{
        Ctx,
        api::{Api, Event, Item, follow},
        card::Brief,
        safe,
    },
    domain::{self, ApprovalId, SessionId},
    error::Code,
};

/// How often the time that is left is looked at.
const TICK: Duration = Duration::from_secs(1);
/// How many items are taken at once, before keys are looked at again.
const BATCH: usize = 64;

/// A session at a terminal.
pub(super) struct View<'a> {
    pub(super) ctx: &'a Ctx,
    pub(super) screen: Screen,
    pub(super) keyboard: Option<EventStream>,
    pub(super) signals: Signals,
    pub(super) room: Room,
    pub(super) desk: Desk,
    pub(super) scribe: Scribe,
    pub(super) jobs: Jobs,
    pub(super) mode: Mode,
    pub(super) sharing: Option<&'a mut Sharing>,
    /// Lines that are to be printed above the footer.
    pub(super) above: Vec<String>,
    /// Whether it was said of this card that a key came too early.
    pub(super) is_warned: bool,
    /// The card that is in sight, in few words, as long as it is the same.
    pub(super) brief: Option<(ApprovalId, Brief)>,
    /// The card that was asked for, because its draft came without its diffs.
    pub(super) loading: Option<ApprovalId>,
    pub(super) api: &'a Api,
    items: mpsc::Receiver<Item>,
    asks: Asks,
}

/// How it is over.
pub(super) enum Over {
    /// The person has gone.
    Ended(Ended),
    /// The server has said so, with the reason.
    Stream(String),
}

/// What comes in.
enum News {
    Item(Option<Item>),
    Asked(asks::Change),
    Typed(Option<std::io::Result<Typed>>),
    Done(Done),
    Word(String),
    Wish(Wish),
    Tick,
}

/// Shows it until it ends.
pub(super) async fn run(
    ctx: &Ctx,
    api: &Api,
    id: SessionId,
    wanted: &Wanted,
    sharing: Option<&mut Sharing>,
) -> Result<Ended> {
    let snapshot = Snapshot::load(api, id).await?;
    let after = wanted.after(&snapshot);
    let items = follow(api.clone(), stream(id), Some(after.to_string()));
    let mut desk = Desk::default();
    desk.know(&snapshot, Instant::now());
    let told = begin(ctx.out.paint, &snapshot);
    let view = View {
        ctx,
        signals: Signals::new()?,
        desk,
        scribe: Scribe::new(ctx.out.paint, &snapshot, wanted.decisions_only),
        jobs: Jobs::new(api, id),
        mode: Mode::Commands,
        sharing,
        above: if wanted.is_told { Vec::new() } else { vec![told] },
        // The host's terminal is where the host decides, whoever asks.
        asks: if snapshot.is_host() { Asks::follow(api) } else { Asks::default() },
        is_warned: false,
        brief: None,
        loading: None,
        room: Room::new(snapshot, after),
        api,
        items,
        screen: Screen::open(&ctx.out)?,
        keyboard: Some(EventStream::new()),
    };
    match view.follow().await? {
        Over::Ended(ended) => Ok(ended),
        Over::Stream(reason) => ended(ctx, &reason),
    }
}

impl View<'_> {
    /// Until it is over; the terminal is as it was then.
    async fn follow(mut self) -> Result<Over> {
        self.settle();
        let over = loop {
            self.draw()?;
            let news = self.news().await;
            if let Some(over) = self.hear(news).await? {
                break over;
            }
        };
        for failure in self.jobs.finish().await {
            self.tell(&failure);
        }
        self.screen.draw(&self.above, &[])?;
        Ok(over)
    }

    async fn news(&mut self) -> News {
        let keyboard = self.keyboard.get_or_insert_with(EventStream::new);
        tokio::select! {
            wish = self.signals.next() => News::Wish(wish),
            typed = keyboard.next() => News::Typed(typed),
            item = self.items.recv() => News::Item(item),
            change = self.asks.next() => News::Asked(change),
            Some(done) = self.jobs.next() => News::Done(done),
            word = Sharing::word(&mut self.sharing) => News::Word(word),
            () = sleep(TICK) => News::Tick,
        }
    }

    async fn hear(&mut self, news: News) -> Result<Option<Over>> {
        match news {
            News::Item(item) => return self.items(item).await,
            News::Asked(change) => self.asked(change),
            News::Typed(Some(Ok(typed))) => return self.typed(typed).await,
            // Where nothing can be typed any more the terminal is gone.
            News::Typed(_) | News::Wish(Wish::End) => {
                return Ok(Some(Over::Ended(Ended::Interrupted)));
            }
            News::Wish(Wish::Interrupt) => return self.act(Action::Interrupt).await,
            News::Word(word) => self.above.push(safe::visible(&word).into_owned()),
            News::Done(done) => self.done(done),
            News::Tick => {}
        }
        Ok(None)
    }

    /// This item, and those that are there already.
    async fn items(&mut self, first: Option<Item>) -> Result<Option<Over>> {
        let mut next = first;
        for _ in 0..BATCH {
            let Some(item) = next else { return Ok(Some(Over::Ended(Ended::Session))) };
            if let Some(over) = self.item(item).await? {
                return Ok(Some(over));
            }
            let Ok(item) = self.items.try_recv() else { break };
            next = Some(item);
        }
        Ok(None)
    }

    async fn item(&mut self, item: Item) -> Result<Option<Over>> {
        match item {
            Item::Event(event, _) => self.event(&event),
            Item::Open => self.room.line = Line::Live,
            Item::Inbox(_) => {}
            Item::Lost(tries) => self.room.lost(tries),
            Item::Back => {
                self.room.line = Line::Live;
                self.jobs.head();
            }
            Item::Reset(reason) => {
                self.above.push(reset(&reason));
                let now = Snapshot::load(self.api, self.room.session.id).await?;
                self.scribe.know(&now);
                self.desk.know(&now, Instant::now());
                self.room.reset(now);
            }
            Item::End(reason) => return Ok(Some(Over::Stream(reason))),
            Item::Failed(failure) => return Err(failure.into()),
        }
        self.settle();
        Ok(None)
    }

    fn event(&mut self, event: &Event) {
        self.above.extend(self.scribe.event(event));
        if self.room.learn(event)
            && let Some(approval) = approval(event)
        {
            self.brief = None;
            self.desk.learn(approval, Instant::now());
        }
    }

    /// Takes over what programs ask.
    fn asked(&mut self, change: asks::Change) {
        for news in self.asks.read(change) {
            match news {
                asks::News::Row(approval, is_new) => {
                    if is_new {
                        self.above.push(asks::line(&approval, self.ctx.out.paint));
                    }
                    self.brief = None;
                    self.desk.learn(*approval, Instant::now());
                }
                asks::News::Gone(id) => self.desk.forget(id, Instant::now()),
            }
        }
        self.settle();
    }

    /// What follows from what was learned.
    fn settle(&mut self) {
        let card = self.desk.card().map(|it| it.id);
        let is_open = self.room.is_present() && self.room.may(domain::Action::Decide);
        self.desk.open(is_open, Instant::now());
        self.load_card();
        self.is_warned &= card == self.desk.card().map(|it| it.id);
        self.above.extend(self.room.caught_up().map(caught_up));
    }

    /// Asks for the rest of the card, once: nobody decides what they were not shown.
    pub(super) fn load_card(&mut self) {
        let Some(card) = self.desk.card().filter(|it| !it.is_whole()) else { return };
        if self.loading != Some(card.id) {
            self.loading = Some(card.id);
            self.jobs.load(card.id);
        }
    }

    async fn typed(&mut self, typed: Typed) -> Result<Option<Over>> {
        match typed {
            Typed::Key(key) if key.kind != KeyEventKind::Release => {
                match keys::action(&self.mode, &self.now(), key) {
                    Some(action) => return self.act(action).await,
                    None => return Ok(None),
                }
            }
            Typed::Paste(text) => match &mut self.mode {
                Mode::Text(entry) => entry.input.paste(&text),
                _ => self.say("pasted text is taken while you write: c or p first"),
            },
            Typed::Resize(..) => self.screen.forget(),
            _ => {}
        }
        Ok(None)
    }

    fn done(&mut self, done: Done) {
        match done {
            Done::Decided(card, Some(failure)) => {
                self.desk.refused(card);
                if failure.is(Code::ApprovalAlreadyResolved) {
                    // Nothing went wrong: somebody was first.
                    self.say(&safe::one_line(&failure.message));
                } else {
                    self.tell(&failure);
                }
            }
            Done::Sent(Some(failure))
            | Done::Said(Err(failure))
            | Done::Invited(_, Err(failure)) => {
                self.tell(&failure);
            }
            // An event will show it, and until then nothing is certain; where the line is broken its follower tells.
            Done::Decided(_, None) | Done::Sent(None) | Done::Head(Err(_)) => {}
            Done::Loaded(Ok(card)) => {
                self.brief = None;
                self.desk.load(*card, Instant::now());
            }
            Done::Loaded(Err(failure)) => self.tell(&failure),
            Done::Said(Ok(text)) => self.above.push(text),
            Done::Head(Ok(head)) => self.room.found(head),
            Done::Invited(role, Ok(made)) => {
                let id = self.room.session.id;
                let line = self.sharing.as_ref().map(|it| it.invited(id, role, &made));
                self.above.extend(line);
            }
        }
        self.settle();
    }
}
