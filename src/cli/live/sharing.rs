//! What the one who shares a session has besides: its link, and what the process in the background says.

use serde_json::Value;
use tokio::sync::mpsc;

use crate::{
    cli::{links, paint::Paint},
    domain::{Role, SessionId},
};

/// A session that is shared from here.
pub(crate) struct Sharing {
    /// The link by which collaborators join.
    pub(crate) link: String,
    /// What the process that runs the agent says, line by line; it may hold anything.
    pub(crate) words: mpsc::Receiver<String>,
}

impl Sharing {
    /// The next line of the process that runs the agent; never, where there is none.
    pub(super) async fn word(sharing: &mut Option<&mut Self>) -> String {
        if let Some(sharing) = sharing
            && let Some(line) = sharing.words.recv().await
        {
            return line;
        }
        std::future::pending().await
    }

    /// The link as a picture, with a word where it leads nowhere from a phone.
    pub(super) fn qr(&self, paint: Paint) -> Vec<String> {
        let Some(code) = links::qr(&self.link) else { return vec![self.link.clone()] };
        let mut lines: Vec<_> = code.trim_end().lines().map(str::to_owned).collect();
        lines.push(format!("  {}", self.link));
        if links::is_near(&self.link) {
            let near = "! the link works on this computer only; for others: wardroom serve --lan, or --base-url https://…";
            lines.push(paint.yellow(near));
        }
        lines
    }

    /// The page of the session.
    pub(super) fn page(&self, session: SessionId) -> String {
        links::page(self.base(), session)
    }

    /// The line for a link that was just made.
    pub(super) fn invited(&self, session: SessionId, role: Role, made: &Value) -> String {
        let token = made["invite"]["token"].as_str().unwrap_or_default();
        let role = if role == Role::Viewer { "viewer" } else { "collaborator" };
        format!("➜ {}   {role}, one person, 24 h", links::join(self.base(), session, token))
    }

    fn base(&self) -> &str {
        self.link.split("/join/").next().unwrap_or_default()
    }
}
