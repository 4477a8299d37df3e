//! What a key does.

use std::{mem, time::Instant};

use anyhow::Result;
use rustix::process::{Signal, kill_current_process_group};
use serde_json::Value;
use tokio::{
    signal::unix::{SignalKind, signal},
    task::spawn_blocking,
    time::{Duration, timeout},
};

use super::{
    Ended, KEYS,
    keys::Action,
    mode::{Choice, Entry, Form, Mode, Purpose},
    view::{Over, View},
};
use crate::{
    cli::{Ctx, card, decide, form, ids::APPROVAL, open, tool},
    domain::{Approval, OptionKind, Verdict},
};

/// How long a stop may take to reach us.
const STOP: Duration = Duration::from_millis(100);

impl View<'_> {
    /// Does what a key asks for.
    pub(super) async fn act(&mut self, action: Action) -> Result<Option<Over>> {
        match action {
            Action::Approve => self.approve(&OptionKind::AllowOnce),
            Action::AllowAlways => self.approve(&OptionKind::AllowAlways),
            Action::Answer => self.answer(),
            Action::Reject => {
                if let Some(card) = self.decidable() {
                    self.mode = Mode::text(Purpose::Reject(Box::new(card)), "");
                }
            }
            Action::Edit => return self.edit().await,
            Action::ApproveEdited => self.approve_edited(),
            Action::Next => self.desk.next(Instant::now()),
            Action::Whole if self.desk.card().is_none() => self.say("nothing waits for you"),
            Action::Whole => self.print_card(),
            Action::Comment => self.mode = Mode::text(Purpose::Comment, ""),
            Action::Prompt => self.mode = Mode::text(Purpose::Prompt, ""),
            Action::Diff => self.diff(),
            Action::Stop => self.jobs.stop(),
            Action::Restart => self.jobs.restart(self.room.agent.id, false),
            Action::Fresh => self.jobs.restart(self.room.agent.id, true),
            Action::Qr | Action::Copy | Action::Open => self.show_link(action)?,
            Action::Invite => self.mode = Mode::Choice(Choice::Invite),
            Action::InviteAs(role) => {
                self.mode = Mode::Commands;
                self.jobs.invite(role);
            }
            Action::Help => self.above.extend(KEYS.lines().map(str::to_owned)),
            Action::Detach => return Ok(Some(Over::Ended(Ended::Left))),
            Action::End => return Ok(Some(Over::Ended(Ended::Interrupted))),
            Action::Leave if self.sharing.is_none() => {
                return Ok(Some(Over::Ended(Ended::Left)));
            }
            Action::Interrupt if !self.asks_to_leave() => {
                return Ok(Some(Over::Ended(Ended::Interrupted)));
            }
            Action::Leave | Action::Interrupt => {
                self.mode = Mode::Choice(Choice::Leave(Box::new(mem::take(&mut self.mode))));
            }
            Action::Suspend => self.suspend().await?,
            Action::Redraw => self.screen.forget(),
            Action::Type(key) => {
                if let Mode::Text(entry) = &mut self.mode {
                    entry.input.key(key);
                }
            }
            Action::Send => self.send(),
            Action::Back => {
                self.mode = match mem::take(&mut self.mode) {
                    Mode::Choice(Choice::Leave(before)) => *before,
                    _ => Mode::Commands,
                }
            }
        }
        Ok(None)
    }

    /// Whether Ctrl-C asks; the second one is an answer.
    fn asks_to_leave(&self) -> bool {
        self.sharing.is_some() && !matches!(self.mode, Mode::Choice(Choice::Leave(_)))
    }

    /// The card, unless it has only just come.
    fn decidable(&mut self) -> Option<Approval> {
        if self.desk.is_settled(Instant::now()) {
            return self.desk.card().cloned();
        }
        if self.desk.card().is_some() && !mem::replace(&mut self.is_warned, true) {
            self.say("the card has just changed: look again, nothing was decided");
        }
        None
    }

    fn approve(&mut self, wanted: &OptionKind) {
        let Some(card) = self.decidable() else { return };
        let option = card.options.iter().find(|it| it.kind == *wanted);
        if option.is_none() && !card.options.is_empty() {
            let id = APPROVAL.short(card.id);
            return self.say(&format!(
                "{id} does not offer that; see v, then: wardroom approve {id} --option …"
            ));
        }
        let option_id = option.map(|it| it.id.clone());
        self.decide(card, Verdict::Approve, decide::Choice { option_id, ..Default::default() });
    }

    fn answer(&mut self) {
        let Some(card) = self.decidable() else { return };
        let fields = form::fields(&card.details);
        let mut form = Form::new(card, fields);
        match form.is_empty().then(|| form.take("")).flatten() {
            Some(answer) => self.give(form.question, answer),
            None => self.mode = Mode::text(Purpose::Answer(Box::new(form)), ""),
        }
    }

    fn give(&mut self, question: Approval, answer: Value) {
        let choice = decide::Choice { answer: Some(answer), ..Default::default() };
        self.decide(question, Verdict::Approve, choice);
    }

    fn approve_edited(&mut self) {
        if let Mode::Choice(Choice::Edited(card, text)) = mem::take(&mut self.mode) {
            let choice = decide::Choice { edited_prompt: Some(text), ..Default::default() };
            self.decide(*card, Verdict::Approve, choice);
        }
    }

    /// Sends a decision about what was shown, if that still waits.
    fn decide(&mut self, card: Approval, verdict: Verdict, choice: decide::Choice) {
        if !self.desk.has(card.id) {
            let id = APPROVAL.short(card.id);
            return self.say(&format!("{id} does not wait any more; nothing was sent"));
        }
        self.desk.set_deciding(card.id);
        self.jobs.decide(card, verdict, choice);
    }

    /// Sends what was typed.
    fn send(&mut self) {
        let Mode::Text(Entry { purpose, input }) = mem::take(&mut self.mode) else { return };
        let text = input.text().trim().to_owned();
        match purpose {
            Purpose::Comment | Purpose::Prompt if text.is_empty() => {}
            Purpose::Comment => self.jobs.comment(&text),
            Purpose::Prompt => self.jobs.prompt(&text),
            Purpose::Reject(card) => {
                let reason = (!text.is_empty()).then_some(text);
                self.decide(
                    *card,
                    Verdict::Reject,
                    decide::Choice { reason, ..Default::default() },
                );
            }
            Purpose::Edit(card) if text.is_empty() => {
                self.say("an empty prompt cannot be approved; Esc leaves it as it is");
                self.mode = Mode::Text(Entry { purpose: Purpose::Edit(card), input });
            }
            Purpose::Edit(card) => {
                let choice = decide::Choice { edited_prompt: Some(text), ..Default::default() };
                self.decide(*card, Verdict::Approve, choice);
            }
            Purpose::Answer(mut form) => match form.take(&text) {
                Some(answer) => self.give(form.question, answer),
                None if form.is_refused() => {
                    self.mode = Mode::Text(Entry { purpose: Purpose::Answer(form), input });
                }
                None => self.mode = Mode::text(Purpose::Answer(form), ""),
            },
        }
    }

    /// A prompt of one line is changed in the footer, others in the person's own editor.
    async fn edit(&mut self) -> Result<Option<Over>> {
        let Some(card) = self.decidable() else { return Ok(None) };
        let Some(prompt) = card.prompt.clone() else { return Ok(None) };
        if !prompt.contains('\n') {
            self.mode = Mode::text(Purpose::Edit(Box::new(card)), &prompt);
            return Ok(None);
        }
        self.pause()?;
        let before = prompt.clone();
        let edited = tokio::select! {
            edited = spawn_blocking(move || Ctx::edit(&before)) => edited?,
            () = self.signals.end() => return Ok(Some(Over::Ended(Ended::Interrupted))),
        };
        self.screen.resume()?;
        match edited {
            Ok(edited) => {
                let edited = edited.trim().to_owned();
                let lines = tool::diff(&format!("{prompt}\n"), &format!("{edited}\n"));
                if lines.is_empty() {
                    self.say("nothing was changed");
                }
                let paint = self.ctx.out.paint;
                self.above.extend(lines.iter().map(|line| tool::painted(line, paint)));
                self.mode = Mode::Choice(Choice::Edited(Box::new(card), edited));
            }
            Err(error) => self.tell(&error.into()),
        }
        Ok(None)
    }

    /// Prints what the card would change, or else what was changed last.
    fn diff(&mut self) {
        let asked = self.desk.card().map(card::tool).filter(|it| !it.edits.is_empty());
        let Some(tool) = asked.as_ref().or(self.scribe.newest_edit()) else {
            return self.say("no change of a file was seen");
        };
        let paint = self.ctx.out.paint;
        let mut lines = Vec::new();
        for edit in &tool.edits {
            lines.push(paint.bold(&edit.path()));
            lines.extend(edit.lines().iter().map(|line| tool::painted(line, paint)));
        }
        self.above.extend(lines);
    }

    fn show_link(&mut self, action: Action) -> Result<()> {
        let Some(sharing) = &self.sharing else { return Ok(()) };
        match action {
            Action::Qr => self.above.extend(sharing.qr(self.ctx.out.paint)),
            Action::Copy => {
                self.screen.copy(&sharing.link)?;
                self.say("the collaborators' link is in the clipboard, if this terminal lets programs put it there (OSC 52)");
            }
            _ => {
                let page = sharing.page(self.room.session.id);
                let is_open = open::page(self.ctx, &page);
                self.say(&if is_open { format!("opening {page}") } else { page });
            }
        }
        Ok(())
    }

    /// Ctrl-Z: the terminal is the shell's until it continues us.
    async fn suspend(&mut self) -> Result<()> {
        let mut continued = signal(SignalKind::from_raw(Signal::CONT.as_raw()))?;
        self.pause()?;
        kill_current_process_group(Signal::TSTP)?;
        // Where nobody could continue us we are not stopped either.
        let _not_stopped = timeout(STOP, continued.recv()).await;
        self.screen.resume()?;
        Ok(())
    }

    /// Somebody else reads the keyboard and has the terminal.
    fn pause(&mut self) -> Result<()> {
        self.keyboard = None;
        Ok(self.screen.pause()?)
    }
}
