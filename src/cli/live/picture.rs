//! What the person sees of a view: the lines above, and the footer.

use anyhow::Result;

use super::{
    footer::Footer,
    keys::{self, Asked, Now},
    mode::Mode,
    screen::Screen,
    view::View,
};
use crate::{
    cli::{card, failure::Failure, time},
    domain::{Action, Approval, ApprovalKind, OptionKind},
};

impl View<'_> {
    /// What could be done now.
    pub(super) fn now(&self) -> Now {
        // What is not loaded yet is not offered for a decision.
        let card = self.desk.card().filter(|it| it.is_whole());
        let is_host = self.room.is_host();
        Now {
            card: card.map(|card| match card.kind {
                ApprovalKind::Prompt => Asked::Prompt,
                ApprovalKind::Question => Asked::Question,
                _ if card::has_own_answers(card) => Asked::Choice,
                ApprovalKind::Action => Asked::Action,
                _ => Asked::Permission {
                    always: is_host
                        && card.options.iter().any(|it| it.kind == OptionKind::AllowAlways),
                },
            }),
            waiting: card.map_or(0, |_| self.desk.len()),
            deciding: self.desk.is_deciding(),
            comments: self.room.may(Action::Comment),
            prompts: self.room.may(Action::Prompt),
            stops: self.room.is_running() && self.room.may(Action::StopTurn),
            diffs: self.brief.as_ref().is_some_and(|it| it.1.has_edits)
                || self.scribe.newest_edit().is_some(),
            answers: card.map(card::answers).unwrap_or_default(),
            restarts: self.room.restarts().filter(|_| is_host),
            shares: self.sharing.is_some(),
        }
    }

    /// Draws it: what is new above, and the footer as it is now.
    pub(super) fn draw(&mut self) -> Result<()> {
        let (columns, rows) = Screen::size();
        // What is being decided stays in sight until the person is done with it.
        let card = self.mode.card().or(self.desk.card());
        if card.map(|it| it.id) != self.brief.as_ref().map(|it| it.0) {
            self.brief = card.map(|it| (it.id, card::brief(it)));
        }
        let left = card.map(|it| time::left(it.expires_at)).unwrap_or_default();
        let brief = self.brief.as_ref().map(|it| (&it.1, left, self.desk.len()));
        let gone = card.is_some_and(|it| !self.desk.has(it.id));
        let gone = gone.then(|| "✗ this does not wait any more: Esc".to_owned());
        let footer = Footer {
            card: brief,
            is_deciding: self.desk.is_deciding(),
            trouble: gone.or_else(|| self.room.trouble()),
            asks: self.mode.asks(),
            input: match &self.mode {
                Mode::Text(entry) => Some(&entry.input),
                _ => None,
            },
            keys: keys::offered(&self.mode, &self.now()),
            line: self.room.line,
            people: self.room.names(),
            usage: self.scribe.usage(),
            server: self.api.target().place.name(),
        };
        let frame = footer.draw(columns, rows, self.ctx.out.paint);
        // Nobody decides about what they could not see whole.
        let is_loaded = self.desk.card().is_some_and(Approval::is_whole);
        if !frame.is_whole && is_loaded && self.desk.must_print() {
            self.print_card();
        }
        self.screen.draw(&self.above, &frame.rows)?;
        self.above.clear();
        Ok(())
    }

    /// Prints the card whole.
    pub(super) fn print_card(&mut self) {
        if let Some(card) = self.desk.card() {
            self.above.push(String::new());
            self.above.extend(card::lines(card, self.ctx.out.paint));
            self.above.push(String::new());
        }
    }

    /// Says something above the footer that is not to be kept.
    pub(super) fn say(&mut self, text: &str) {
        self.above.push(self.ctx.out.paint.dim(&format!("· {text}")));
    }

    /// Says why something was not done.
    pub(super) fn tell(&mut self, failure: &Failure) {
        self.above.extend(self.ctx.out.failure_lines(failure));
    }
}
