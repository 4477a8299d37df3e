//! Lines as they are typed.

use std::{io, thread};

use tokio::sync::mpsc;

/// The lines of stdin. The thread that reads them ends with the program: a read cannot be called off.
pub(super) fn lines() -> mpsc::Receiver<String> {
    let (out, lines) = mpsc::channel(8);
    thread::spawn(move || {
        for line in io::stdin().lines() {
            let Ok(line) = line else { return };
            if out.blocking_send(line).is_err() {
                return;
            }
        }
    });
    lines
}
