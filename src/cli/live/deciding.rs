//! Deciding the card, and sending what was typed.

use std::{mem, time::Instant};

use anyhow::Result;
use serde_json::Value;
use tokio::task::spawn_blocking;

use super::{
    Ended,
    mode::{Choice, Entry, Form, Mode, Purpose},
    view::{Over, View},
};
use crate::{
    cli::{Ctx, decide, form, ids::APPROVAL, tool},
    domain::{Approval, OptionKind, Verdict},
};

impl View<'_> {
    /// The card, unless it has only just come.
    pub(super) fn decidable(&mut self) -> Option<Approval> {
        if self.desk.card().is_some_and(|it| !it.is_whole()) {
            // Asked for again, should the first time have failed.
            self.loading = None;
            self.load_card();
            self.say("the draft is being loaded: nothing was decided");
            return None;
        }
        if self.desk.is_settled(Instant::now()) {
            return self.desk.card().cloned();
        }
        if self.desk.card().is_some() && !mem::replace(&mut self.is_warned, true) {
            self.say("the card has just changed: look again, nothing was decided");
        }
        None
    }

    pub(super) fn approve(&mut self, wanted: &OptionKind) {
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

    /// Gives one of the card's own answers.
    pub(super) fn choose(&mut self, number: usize) {
        let Some(card) = self.decidable() else { return };
        let Some(option) = card.options.get(number) else { return };
        let verdict = option.kind.verdict().unwrap_or(Verdict::Approve);
        let option_id = Some(option.id.clone());
        self.decide(card, verdict, decide::Choice { option_id, ..Default::default() });
    }

    pub(super) fn answer(&mut self) {
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

    pub(super) fn approve_edited(&mut self) {
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
    pub(super) fn send(&mut self) {
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
    pub(super) async fn edit(&mut self) -> Result<Option<Over>> {
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
}
