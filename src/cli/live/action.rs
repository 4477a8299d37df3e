//! What keys ask for, and how people are told of it.

use crossterm::event::KeyEvent;

use crate::domain::{Mode, Role};

/// What the keys do, for people.
pub(crate) const HELP: &str = "\
In the live view of watch, join and share a key acts at once, without Enter, on the card that the footer shows.
A key that comes within 0.4 s of a new card is not taken: it was meant for the one before.

a        approve the prompt; allow once what the agent or a program wants to do; answer a question, field by field
1 to 9   give one of the answers that a program offers
A        allow it always: the agent remembers that, and it cannot be undone here (hosts only)
r        reject, with a reason; Enter with none is a rejection without one
e        change the prompt, then approve it; several lines open $EDITOR
n        show the next card
v        print the card whole; what does not fit into the footer is printed by itself when it comes
c, p     write a comment, a prompt; Enter sends, Esc does not, a pasted line end stays in the text
d        print the change of the card, or the newest one of a file
s        stop the turn that runs
R, N     start the agent again: where it was, or with a new conversation
?        this help
q        leave; in share it asks, as Ctrl-C does
Ctrl-C   leave; in share it asks whether to end the session for everyone or to detach, and the second one ends it
Ctrl-Z   suspend; fg comes back
Ctrl-L   draw the footer again

In share there are besides:
space    print the collaborators' link as a QR code
y        copy it to the clipboard, also as Ctrl-Y, where the terminal lets programs do that (OSC 52)
i        make another link, for one person, as collaborator or viewer
m        change what people may do: watch, comment, prompt after a yes, prompt at once
o        open the session in the browser
D        detach: the session goes on in the background

While writing: arrows, Home, End, Backspace, Delete, Ctrl-A, Ctrl-E, Ctrl-U, Ctrl-K, Ctrl-W; Ctrl-J is a line end.";

/// What a key asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Action {
    /// Say yes to the card, this time.
    Approve,
    /// Say yes to it for ever.
    AllowAlways,
    /// Answer the question that it is.
    Answer,
    /// Give the answer with this number, of those that it offers.
    Choose(usize),
    /// Say no to it.
    Reject,
    /// Change its prompt, then say yes.
    Edit,
    /// Show the next card.
    Next,
    /// Print the card whole.
    Whole,
    /// Write a comment.
    Comment,
    /// Write a prompt.
    Prompt,
    /// Print the newest change of a file.
    Diff,
    /// Stop the turn.
    Stop,
    /// Start the agent again where it was.
    Restart,
    /// Start the agent again with a new conversation.
    Fresh,
    /// Print the link to join as a picture.
    Qr,
    /// Copy the link to join.
    Copy,
    /// Open the session in the browser.
    Open,
    /// Make another link to join.
    Invite,
    /// Make one for this role.
    InviteAs(Role),
    /// Change what people may do.
    Change,
    /// Let them do this.
    ChangeTo(Mode),
    /// Approve the card with the text that an editor left.
    ApproveEdited,
    /// Let the session go on in the background.
    Detach,
    /// End the session for everyone.
    End,
    /// Print what the keys do.
    Help,
    /// Leave the view, or ask how.
    Leave,
    /// Ctrl-C.
    Interrupt,
    /// Ctrl-Z.
    Suspend,
    /// Draw everything anew.
    Redraw,
    /// Edit the text that is being typed.
    Type(KeyEvent),
    /// Send the text.
    Send,
    /// Leave the text, or the question.
    Back,
}
