//! What waits for the person at the terminal, and what they type.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::{scribe::approval, snapshot::Snapshot};
use crate::{
    cli::{
        Ctx,
        api::{Api, Event},
        card,
        decide::{self, Choice},
        failure::Failure,
        form,
        ids::APPROVAL,
        restart, stop,
    },
    domain::{
        AgentSessionId, Approval, ApprovalId, ApprovalKind, ApprovalStatus, OptionKind, SessionId,
        Verdict,
    },
};

/// A decision this soon after the card has changed was meant for another card.
const SETTLE: Duration = Duration::from_millis(400);

const HELP: &str = "
  a [NOTE]     approve, or allow once        A           allow always
  a key=value  answer a question             r [REASON]  reject, or decline
  e TEXT       approve with TEXT instead     n, v        next card, show it again
  c TEXT       comment                       p TEXT      prompt the agent
  s            stop the turn
  restart      start the agent again where it was; restart fresh: with a new conversation
";

/// What waits, and where decisions go.
pub(super) struct Desk {
    api: Api,
    session: SessionId,
    agent_session: AgentSessionId,
    may_decide: bool,
    waiting: Vec<Approval>,
    /// The card that was shown last, and when.
    shown: Option<(ApprovalId, Instant)>,
    is_open: bool,
    leave: &'static str,
}

impl Desk {
    /// A desk in the snapshot's session; `leave` says what can be typed to leave it.
    pub(super) fn new(api: &Api, snapshot: &Snapshot, leave: &'static str) -> Self {
        let session = snapshot.session.id;
        let mut desk = Self {
            api: api.clone(),
            session,
            agent_session: snapshot.agent_session.id,
            may_decide: false,
            waiting: Vec::new(),
            shown: None,
            is_open: false,
            leave,
        };
        desk.know(snapshot);
        desk
    }

    /// Takes over what waits.
    pub(super) fn know(&mut self, snapshot: &Snapshot) {
        self.may_decide = snapshot.is_host() || snapshot.own().is_some_and(|it| it.can_decide);
        let pending = |it: &&Approval| it.status == ApprovalStatus::Pending;
        self.waiting = snapshot.approvals.iter().filter(pending).cloned().collect();
        self.waiting.sort_by_key(|it| it.id);
    }

    /// History is over: shows what waits.
    pub(super) fn open(&mut self, ctx: &Ctx) {
        self.is_open = true;
        self.show_current(ctx);
        if ctx.can_ask() && self.waiting.is_empty() {
            ctx.out.say(&ctx.out.words.dim("? and Enter shows what can be typed; Ctrl-C ends"));
        }
    }

    /// What an event changes.
    pub(super) fn event(&mut self, ctx: &Ctx, event: &Event) {
        let Some(approval) = approval(event) else { return };
        self.waiting.retain(|it| it.id != approval.id);
        if approval.status == ApprovalStatus::Pending {
            self.waiting.push(approval);
        }
        self.show_current(ctx);
    }

    /// Shows the first card unless it is the one that was shown last.
    fn show_current(&mut self, ctx: &Ctx) {
        let current = self.waiting.first().map(|it| it.id);
        if !self.is_open
            || !self.may_decide
            || !ctx.can_ask()
            || current == self.shown.map(|it| it.0)
        {
            return;
        }
        self.shown = current.map(|id| (id, Instant::now()));
        self.show(ctx);
    }

    fn show(&self, ctx: &Ctx) {
        let Some(approval) = self.waiting.first() else { return };
        let words = ctx.out.words;
        ctx.out.tell(&words.dim(&"─".repeat(60)));
        for line in card::lines(approval, words) {
            ctx.out.tell(&line);
        }
        let more = match self.waiting.len() {
            1 => String::new(),
            many => format!("   (1 of {many}, n next)"),
        };
        let keys = match approval.kind {
            ApprovalKind::Question => "a key=value … answer · r decline",
            ApprovalKind::Prompt => "a approve · e TEXT edit · r reason reject",
            _ => "a allow once · A always · r reject",
        };
        ctx.out.tell(&words.yellow(&format!("  {keys}{more}")));
    }

    /// Does what was typed; whether to leave.
    pub(super) async fn obey(&mut self, ctx: &Ctx, line: &str) -> bool {
        let line = line.trim();
        let (key, rest) = line.split_once(' ').unwrap_or((line, ""));
        let rest = rest.trim();
        let done = match key {
            "" => Ok(()),
            "q" => return true,
            "a" | "A" | "r" | "e" => self.decide(ctx, key, rest).await,
            "n" => {
                if !self.waiting.is_empty() {
                    self.waiting.rotate_left(1);
                }
                self.show_current(ctx);
                Ok(())
            }
            "v" => {
                self.show(ctx);
                Ok(())
            }
            "c" => self.post("messages", &json!({ "text": rest })).await,
            "p" => self.post("prompts", &json!({ "prompt": rest })).await,
            "restart" => self.restart(rest).await,
            "s" => match stop::turn(&self.api, self.session).await {
                Ok(Some(_)) => Ok(()),
                Ok(None) => {
                    ctx.out.tell("nothing runs");
                    Ok(())
                }
                Err(failure) => Err(failure),
            },
            _ => {
                ctx.out.tell(&format!("{}\n  {}\n", HELP.trim_end(), self.leave));
                Ok(())
            }
        };
        if let Err(failure) = done {
            ctx.out.failure(&failure);
        }
        false
    }

    async fn post(&self, what: &str, body: &Value) -> Result<(), Failure> {
        let path = format!("/api/shared-sessions/{}/{what}", self.session);
        self.api.post::<Value>(&path, body).await.map(drop)
    }

    async fn restart(&self, rest: &str) -> Result<(), Failure> {
        restart::agent(&self.api, self.agent_session, rest == "fresh").await.map(drop)
    }

    async fn decide(&mut self, ctx: &Ctx, key: &str, rest: &str) -> Result<(), Failure> {
        let (Some(approval), Some((shown, at))) = (self.waiting.first(), self.shown) else {
            ctx.out.tell(if self.may_decide {
                "nothing waits for you"
            } else {
                "you do not decide here"
            });
            return Ok(());
        };
        if approval.id != shown || at.elapsed() < SETTLE {
            ctx.out.tell("the card has just changed: look again, nothing was decided");
            return Ok(());
        }
        let text = || (!rest.is_empty()).then(|| rest.to_owned());
        let (action, choice) = match (key, approval.kind) {
            ("r", _) => (Verdict::Reject, Choice { reason: text(), ..Choice::default() }),
            ("a" | "A", ApprovalKind::Question) => {
                let fields = form::fields(&approval.details);
                let answer = Some(form::answer(&fields, &form::words(rest))?);
                (Verdict::Approve, Choice { answer, ..Choice::default() })
            }
            ("A", _) => {
                let always = approval.options.iter().find(|it| it.kind == OptionKind::AllowAlways);
                let Some(always) = always else {
                    ctx.out.tell("that is not offered");
                    return Ok(());
                };
                let option_id = Some(always.id.clone());
                (Verdict::Approve, Choice { option_id, ..Choice::default() })
            }
            ("e", _) => (Verdict::Approve, Choice { edited_prompt: text(), ..Choice::default() }),
            _ => (Verdict::Approve, Choice { reason: text(), ..Choice::default() }),
        };
        let id = APPROVAL.short(approval.id);
        ctx.out.say(&ctx.out.words.dim(&format!("deciding {id} …")));
        decide::decide(&self.api, approval, action, &choice).await.map(drop)
    }
}
