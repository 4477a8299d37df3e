//! The signals that end a view; each must find the terminal as it leaves it.

use std::io;

use tokio::signal::unix::{Signal, SignalKind, signal};

/// Signals that end a program.
pub(super) struct Signals {
    interrupt: Signal,
    terminate: Signal,
    hangup: Signal,
    quit: Signal,
}

/// What one of them wants.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Wish {
    /// What Ctrl-C wants.
    Interrupt,
    /// The end, without a question.
    End,
}

impl Signals {
    /// Listens to them from now on.
    pub(super) fn new() -> io::Result<Self> {
        Ok(Self {
            interrupt: signal(SignalKind::interrupt())?,
            terminate: signal(SignalKind::terminate())?,
            hangup: signal(SignalKind::hangup())?,
            quit: signal(SignalKind::quit())?,
        })
    }

    /// The next one.
    pub(super) async fn next(&mut self) -> Wish {
        tokio::select! {
            _ = self.interrupt.recv() => Wish::Interrupt,
            _ = self.terminate.recv() => Wish::End,
            _ = self.hangup.recv() => Wish::End,
            _ = self.quit.recv() => Wish::End,
        }
    }

    /// Waits for the next one that is not Ctrl-C, which is somebody else's while they have the terminal.
    pub(super) async fn end(&mut self) {
        while self.next().await != Wish::End {}
    }
}
