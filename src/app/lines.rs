//! The lines that the server writes among the messages of a session: who comes and goes, and what changes.
//!
//! Each is written in the unit of its change. No `message_created` tells of it: the event of the change itself does.

use crate::{
    domain::{Line, Message, SessionId},
    error::Result,
    store::Tx,
};

/// Writes a line.
pub(super) fn write(tx: &mut Tx, session: SessionId, line: Line<'_>) -> Result<()> {
    let message = Message::system(session, line, tx.now());
    tx.insert_message(&message)
}
