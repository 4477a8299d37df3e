//! What a key does.

use std::{mem, time::Instant};

use anyhow::Result;
use rustix::process::{Signal, kill_current_process_group};
use tokio::{
    signal::unix::{SignalKind, signal},
    time::{Duration, timeout},
};

use super::{
    Ended, KEYS,
    action::Action,
    mode::{Choice, Mode, Purpose},
    view::{Over, View},
};
use crate::{
    cli::{card, open, tool},
    domain::OptionKind,
};

/// How long a stop may take to reach us.
const STOP: Duration = Duration::from_millis(100);

impl View<'_> {
    /// Does what a key asks for.
    pub(super) async fn act(&mut self, action: Action) -> Result<Option<Over>> {
        match action {
            Action::Approve => self.approve(&OptionKind::AllowOnce),
            Action::AllowAlways => self.approve(&OptionKind::AllowAlways),
            Action::Choose(number) => self.choose(number),
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
            Action::Change => self.mode = Mode::Choice(Choice::People),
            Action::ChangeTo(mode) => {
                self.mode = Mode::Commands;
                self.jobs.change_mode(mode);
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
    pub(super) fn pause(&mut self) -> Result<()> {
        self.keyboard = None;
        Ok(self.screen.pause()?)
    }
}
