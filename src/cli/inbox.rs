//! `wardroom inbox`: what waits for a decision.

use std::collections::HashMap;

use anyhow::Result;
use clap::Args;
use serde_json::{Value, json};

use super::{
    Ctx,
    api::typed_rows,
    card,
    ids::{APPROVAL, DISPATCH, SESSION},
    last, safe,
    table::{Table, cut},
    time,
};
use crate::domain::{Approval, ApprovalKind, Session, SessionId};

/// What to list.
#[derive(Debug, Args)]
pub(super) struct InboxArgs {
    /// Also the newest 50 that wait no more: decided by you or by others, or ended undecided.
    #[arg(short, long)]
    all: bool,
}

/// Lists what waits for the caller, what blocks an agent first; then what waited, the newest first.
pub(super) async fn run(ctx: &Ctx, args: &InboxArgs) -> Result<()> {
    let api = ctx.api()?;
    let mut waiting = typed(api.inbox().await?)?;
    waiting.sort_by_key(|(it, _)| (it.kind == ApprovalKind::Prompt, it.created_at));
    let unknown = api.unknown_dispatches().await?;
    let (resolved, next) = if args.all { api.resolved().await? } else { (Vec::new(), None) };
    let resolved = typed(resolved)?;
    let is_empty = waiting.is_empty() && unknown.is_empty() && resolved.is_empty();
    let sessions = if is_empty { Vec::new() } else { api.sessions(None).await? };
    let titles = titles(typed_rows(sessions)?);
    let title = |id: Option<SessionId>| {
        let title = id.map(|id| titles.get(&id).cloned().unwrap_or_else(|| SESSION.short(id)));
        cut(&title.unwrap_or_default(), 32)
    };
    let last = if args.all { "STATUS" } else { "LEFT" };
    let mut table = Table::new(["ID", "AGE", "KIND", "SESSION", "WHAT", last], 4);
    let row = |it: &Approval, status: String| {
        let session = title(it.shared_session_id);
        let (id, age) = (APPROVAL.short(it.id), time::age(it.created_at));
        [id, age, kind(it.kind).into(), session, card::summary(it), status]
    };
    let mut lines = Vec::new();
    for (it, _) in &waiting {
        let left = time::left(it.expires_at);
        table.row(row(it, if args.all { format!("waits, {left} left") } else { left }));
        lines.push((APPROVAL, it.id.to_string()));
    }
    for turn in &unknown {
        lines.push((DISPATCH, turn.id.to_string()));
        table.row([
            DISPATCH.short(turn.id),
            time::age(turn.queued_at),
            "unknown".into(),
            title(Some(turn.shared_session_id)),
            "was this prompt carried out? the agent's host is gone".into(),
            "-".into(),
        ]);
    }
    for (it, _) in &resolved {
        table.row(row(it, cut(&card::outcome(it), 40)));
        lines.push((APPROVAL, it.id.to_string()));
    }
    last::keep(&lines);
    if ctx.out.json {
        let data: Vec<Value> = waiting.into_iter().chain(resolved).map(|(_, row)| row).collect();
        let document = json!({ "v": 1, "data": data, "dispatches": unknown, "next": next });
        return Ok(ctx.out.document(&document)?);
    }
    ctx.out.list(&table, &[], None)?;
    if let Some(turn) = unknown.first() {
        ctx.out.hint(&format!("wardroom settle {} retry | done | drop", DISPATCH.short(turn.id)));
    }
    match waiting.first() {
        None if !unknown.is_empty() => {}
        None => ctx.out.hint("nothing waits for you"),
        Some((first, _)) => {
            let id = APPROVAL.short(first.id);
            let answer = match first.kind {
                ApprovalKind::Question => format!("wardroom answer {id}"),
                _ => format!("wardroom approve {id}"),
            };
            ctx.out.hint(&format!(
                "wardroom show {id} · {answer} · wardroom reject {id} --reason \"…\""
            ));
        }
    }
    Ok(())
}

/// Rows with their types, each with what the server wrote.
fn typed(rows: Vec<Value>) -> Result<Vec<(Approval, Value)>> {
    Ok(typed_rows(rows.clone())?.into_iter().zip(rows).collect())
}

fn titles(sessions: Vec<Session>) -> HashMap<SessionId, String> {
    sessions.into_iter().map(|it| (it.id, safe::one_line(&it.title))).collect()
}

fn kind(kind: ApprovalKind) -> &'static str {
    match kind {
        ApprovalKind::Prompt => "prompt",
        ApprovalKind::Permission => "permission",
        ApprovalKind::Question => "question",
        ApprovalKind::Action => "action",
        ApprovalKind::Draft => "draft",
    }
}
