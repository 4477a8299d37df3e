//! What people mean by an id, a part of one, or a title.

use serde::Deserialize;
use serde_json::Value;

use super::Api;
use crate::{
    cli::{
        failure::{Exit, Failure},
        ids::{APPROVAL, DISPATCH, SESSION},
        last, safe,
    },
    domain::{Approval, ApprovalId, Dispatch, Session, SessionId, SessionStatus},
};

/// How many sessions are looked through.
const SESSIONS: usize = 1000;
/// How much of what waits no more is listed.
const RESOLVED: usize = 50;
/// In how many sessions an approval is looked for that waits no more.
const RECENT: usize = 20;

/// A page of a list, with the rows as the server wrote them.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Page {
    #[serde(alias = "sessions", alias = "approvals", alias = "tokens", alias = "users")]
    rows: Vec<Value>,
    next_cursor: Option<String>,
}

#[derive(Deserialize)]
struct Unknown {
    dispatches: Vec<Dispatch>,
}

#[derive(Deserialize)]
struct Shown {
    approval: Approval,
}

impl Api {
    /// The caller's sessions, newest first, as the server wrote them.
    pub(crate) async fn sessions(&self, status: Option<&str>) -> Result<Vec<Value>, Failure> {
        let status = status.map(|it| format!("&status={it}")).unwrap_or_default();
        self.pages(&format!("/api/shared-sessions?limit=200{status}"), SESSIONS).await
    }

    /// What waits for the caller, oldest first, as the server wrote it.
    pub(crate) async fn inbox(&self) -> Result<Vec<Value>, Failure> {
        self.pages("/api/approvals?status=pending&limit=200", 1000).await
    }

    /// The caller's tokens, newest first, as the server wrote them.
    pub(crate) async fn tokens(&self) -> Result<Vec<Value>, Failure> {
        self.pages("/api/tokens?limit=200", usize::MAX).await
    }

    /// Every account, oldest first, as the server wrote them.
    pub(crate) async fn users(&self) -> Result<Vec<Value>, Failure> {
        self.pages("/api/users?limit=200", usize::MAX).await
    }

    /// The dispatch that somebody means, of those whose outcome nobody knows.
    pub(crate) async fn find_dispatch(&self, typed: &str) -> Result<Dispatch, Failure> {
        let line = last::line(typed)?;
        let mut named = self.unknown_dispatches().await?;
        named.retain(|it| match line {
            Some((_, id)) => it.id.to_string() == id.to_string(),
            None => DISPATCH.names(typed, it.id),
        });
        DISPATCH.pick(typed, named, |it| DISPATCH.short(it.id)).map_err(|failure| {
            match failure.exit {
                Exit::NotFound => failure.hint("only what the inbox calls unknown can be settled"),
                _ => failure,
            }
        })
    }

    /// The newest of what waits for the caller no more, as the server wrote it, and where the rest begins.
    pub(crate) async fn resolved(&self) -> Result<(Vec<Value>, Option<String>), Failure> {
        let (mut rows, mut cursor) = (Vec::new(), String::new());
        // A page may hold less than it could, though there is more.
        loop {
            let limit = RESOLVED - rows.len();
            let path = format!("/api/approvals?status=resolved&limit={limit}{cursor}");
            let page: Page = self.get(&path).await?;
            rows.extend(page.rows);
            match page.next_cursor {
                Some(next) if rows.len() < RESOLVED => cursor = format!("&cursor={next}"),
                next => return Ok((rows, next)),
            }
        }
    }

    /// The dispatches of the caller's sessions whose outcome nobody knows.
    pub(crate) async fn unknown_dispatches(&self) -> Result<Vec<Dispatch>, Failure> {
        let unknown: Unknown = self.get("/api/approvals?status=pending&limit=1").await?;
        Ok(unknown.dispatches)
    }

    async fn pages(&self, path: &str, most: usize) -> Result<Vec<Value>, Failure> {
        let mut rows = Vec::new();
        let mut cursor = String::new();
        loop {
            let page: Page = self.get(&format!("{path}{cursor}")).await?;
            rows.extend(page.rows);
            match page.next_cursor {
                Some(next) if rows.len() < most => cursor = format!("&cursor={next}"),
                _ => return Ok(rows),
            }
        }
    }

    /// The session that somebody means: by link, id, end of an id, or part of the title. Nothing means the only active one.
    pub(crate) async fn find_session(&self, typed: Option<&str>) -> Result<SessionId, Failure> {
        if let Some(id) = typed.and_then(whole_id) {
            return Ok(id);
        }
        let sessions: Vec<Session> = typed_rows(self.sessions(None).await?)?;
        let is_active = |it: &Session| it.status == SessionStatus::Active;
        let named: Vec<_> = match typed {
            None => sessions.into_iter().filter(is_active).collect(),
            Some(typed) => {
                let by_id: Vec<_> =
                    sessions.iter().filter(|it| SESSION.names(typed, it.id)).cloned().collect();
                if by_id.is_empty() { by_title(sessions, typed) } else { by_id }
            }
        };
        let describe =
            |it: &Session| format!("{}  {}", SESSION.short(it.id), safe::one_line(&it.title));
        if typed.is_none() && named.is_empty() {
            return Err(Failure::new(Exit::NotFound, "no session is active")
                .hint("share an agent: wardroom share · or try: wardroom demo"));
        }
        // The living come first: who says "checkout" means one that goes on.
        let active: Vec<_> = named.iter().filter(|it| is_active(it)).cloned().collect();
        let named = if active.is_empty() { named } else { active };
        if typed.is_none() && named.len() > 1 {
            let all: Vec<_> = named.iter().map(describe).collect();
            let text = format!("{} sessions are active", named.len());
            let hint = format!("say which:\n  {}", all.join("\n  "));
            return Err(Failure::new(Exit::Usage, text).hint(hint));
        }
        let typed = format!("{:?}", typed.unwrap_or_default());
        let picked = SESSION.pick(&typed, named, describe);
        Ok(picked
            .map_err(|failure| match failure.exit {
                Exit::NotFound => failure.hint("which there are: wardroom sessions list --all"),
                _ => failure,
            })?
            .id)
    }

    /// The approval with this id.
    pub(crate) async fn approval(&self, id: ApprovalId) -> Result<Approval, Failure> {
        Ok(self.get::<Shown>(&format!("/api/approvals/{id}")).await?.approval)
    }

    /// The approval that somebody means: a line of the last inbox, one that waits, or one of the newest sessions.
    pub(crate) async fn find_approval(&self, typed: &str) -> Result<Approval, Failure> {
        let whole = match last::line(typed)? {
            Some((APPROVAL, id)) => Some(id.to_string()),
            Some((_, id)) => {
                let id = DISPATCH.short(id);
                return Err(Failure::new(
                    Exit::Usage,
                    format!("{id} is decided; its outcome is unknown"),
                )
                .hint(format!("wardroom settle {id} retry | done | drop")));
            }
            None => Some(typed.to_owned()),
        };
        if let Some(id) = whole.and_then(|it| it.parse().ok()) {
            return self.approval(id).await;
        }
        let describe =
            |it: &Approval| format!("{}  {}", APPROVAL.short(it.id), safe::one_line(&it.action));
        let is_meant = |it: &Approval| APPROVAL.names(typed, it.id);
        let waiting: Vec<Approval> = typed_rows(self.inbox().await?)?;
        let named: Vec<_> = waiting.into_iter().filter(is_meant).collect();
        if !named.is_empty() {
            return self.whole(APPROVAL.pick(typed, named, describe)?).await;
        }
        let mut named = Vec::new();
        let sessions: Vec<Session> = typed_rows(self.sessions(None).await?)?;
        for session in sessions.iter().take(RECENT) {
            let path = format!("/api/shared-sessions/{}/approvals?limit=200", session.id);
            let approvals: Vec<Approval> = typed_rows(self.pages(&path, 200).await?)?;
            named.extend(approvals.into_iter().filter(is_meant));
        }
        let picked = APPROVAL.pick(typed, named, describe).map_err(|failure| match failure.exit {
            Exit::NotFound => failure.hint("what waits for you: wardroom inbox"),
            _ => failure,
        });
        self.whole(picked?).await
    }

    /// All of an approval that a list or an event may have shown without the diffs of its draft.
    pub(crate) async fn whole(&self, approval: Approval) -> Result<Approval, Failure> {
        if approval.is_whole() { Ok(approval) } else { self.approval(approval.id).await }
    }
}

/// The rows with their types.
pub(crate) fn typed_rows<T: serde::de::DeserializeOwned>(
    rows: Vec<Value>,
) -> Result<Vec<T>, Failure> {
    let typed: Result<_, _> = rows.into_iter().map(serde_json::from_value).collect();
    typed.map_err(|error| {
        Failure::new(Exit::Failure, format!("the answer is not what was expected: {error}"))
            .hint("server and command line should have the same version: wardroom version")
    })
}

/// A whole id, alone or in a link.
fn whole_id(typed: &str) -> Option<SessionId> {
    let path = typed.split(['#', '?']).next().unwrap_or_default();
    path.rsplit('/').next()?.parse().ok()
}

fn by_title(sessions: Vec<Session>, typed: &str) -> Vec<Session> {
    let wanted = typed.trim().to_lowercase();
    let titled = |it: &Session| !wanted.is_empty() && it.title.to_lowercase().contains(&wanted);
    sessions.into_iter().filter(titled).collect()
}
