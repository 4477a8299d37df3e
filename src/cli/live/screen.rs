//! The terminal: lines that stay, and below them a footer that is drawn anew.
//!
//! The cursor waits, unseen, at the footer's first character. So wherever the terminal puts the footer when its size
//! changes, everything from the cursor on is the footer, and nothing else is ever cleared.

use std::{
    io::{self, Stdout, Write},
    panic,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use crossterm::{
    clipboard::CopyToClipboard,
    cursor::{Hide, MoveToColumn, MoveUp, Show},
    event::{DisableBracketedPaste, EnableBracketedPaste},
    execute, queue,
    style::Print,
    terminal::{
        self, BeginSynchronizedUpdate, Clear, ClearType, DisableLineWrap, EnableLineWrap,
        EndSynchronizedUpdate,
    },
};

use crate::cli::output::Output;

/// A terminal that is ours until this is dropped.
pub(super) struct Screen {
    out: Stdout,
    words: Output,
    footer: Vec<String>,
    taken: Taken,
}

/// Whether the terminal is ours; shared with what happens in a panic.
#[derive(Clone)]
struct Taken(Arc<AtomicBool>);

impl Screen {
    /// Takes the terminal.
    pub(super) fn open(words: &Output) -> io::Result<Self> {
        let taken = Taken(Arc::new(AtomicBool::new(false)));
        taken.take()?;
        let (again, before) = (taken.clone(), panic::take_hook());
        panic::set_hook(Box::new(move |panic| {
            let _no_terminal = again.give_back();
            before(panic);
        }));
        Ok(Self { out: io::stdout(), words: words.clone(), footer: Vec::new(), taken })
    }

    /// How many columns and rows it has.
    pub(super) fn size() -> (usize, usize) {
        let (columns, rows) = terminal::size().unwrap_or((80, 24));
        (usize::from(columns.max(1)), usize::from(rows.max(1)))
    }

    /// Prints lines above the footer, and the footer if that or anything else has changed it.
    pub(super) fn draw(&mut self, above: &[String], footer: &[String]) -> io::Result<()> {
        if above.is_empty() && self.footer == footer {
            return Ok(());
        }
        // A panic of some other task has given it back.
        self.taken.take()?;
        // Put together first: nothing can go wrong while stdout is locked.
        let mut out = Vec::new();
        queue!(out, BeginSynchronizedUpdate, Clear(ClearType::FromCursorDown))?;
        for line in above.iter().flat_map(|it| it.split('\n')) {
            queue!(out, Print(self.words.signs(line)), Print("\r\n"))?;
        }
        queue!(out, DisableLineWrap)?;
        for (at, line) in footer.iter().enumerate() {
            queue!(out, Print(if at == 0 { "" } else { "\r\n" }), Print(self.words.signs(line)))?;
        }
        queue!(out, EnableLineWrap, MoveToColumn(0))?;
        if let Some(up) = u16::try_from(footer.len()).ok().and_then(|it| it.checked_sub(2)) {
            queue!(out, MoveUp(up + 1))?;
        }
        queue!(out, EndSynchronizedUpdate)?;
        self.footer = footer.to_vec();
        self.out.write_all(&out)?;
        self.out.flush()
    }

    /// Forgets what is drawn, so that it is drawn again.
    pub(super) fn forget(&mut self) {
        self.footer.clear();
    }

    /// Asks the terminal to put a text into the clipboard of the machine where the person sits.
    pub(super) fn copy(&mut self, text: &str) -> io::Result<()> {
        execute!(self.out, CopyToClipboard::to_clipboard_from(text))
    }

    /// Gives the terminal to somebody else, without the footer, until [`Self::resume`].
    pub(super) fn pause(&mut self) -> io::Result<()> {
        self.forget();
        self.taken.give_back()
    }

    /// Takes it back.
    pub(super) fn resume(&mut self) -> io::Result<()> {
        self.taken.take()
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        let _no_terminal = self.taken.give_back();
    }
}

impl Taken {
    fn take(&self) -> io::Result<()> {
        if self.0.swap(true, Ordering::SeqCst) {
            return Ok(());
        }
        let taken = terminal::enable_raw_mode()
            .and_then(|()| execute!(io::stdout(), EnableBracketedPaste, Hide, MoveToColumn(0)));
        taken.inspect_err(|_| {
            let _no_terminal = self.give_back();
        })
    }

    fn give_back(&self) -> io::Result<()> {
        if !self.0.swap(false, Ordering::SeqCst) {
            return Ok(());
        }
        let mode = terminal::disable_raw_mode();
        let clear = Clear(ClearType::FromCursorDown);
        let rest = execute!(
            io::stdout(),
            EndSynchronizedUpdate,
            EnableLineWrap,
            MoveToColumn(0),
            clear,
            DisableBracketedPaste,
            Show
        );
        mode.and(rest)
    }
}
