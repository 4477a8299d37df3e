//! `wardroom inbox`: what waits for a decision.

use std::collections::HashMap;

use anyhow::Result;
use serde_json::{Value, json};

use super::{
    Ctx,
    api::typed_rows,
    card,
    ids::{APPROVAL, DISPATCH, SESSION},
    last, safe,
    table::Table,
    time,
};
use crate::domain::{Approval, ApprovalKind, Session, SessionId};

/// Lists what waits for the caller, what blocks an agent first.
pub(super) async fn run(ctx: &Ctx) -> Result<()> {
    let api = ctx.api()?;
    let rows = api.inbox().await?;
    let mut rows: Vec<(Approval, Value)> =
        typed_rows(rows.clone())?.into_iter().zip(rows).collect();
    rows.sort_by_key(|(it, _)| (it.kind == ApprovalKind::Prompt, it.created_at));
    let unknown = api.unknown_dispatches().await?;
    let sessions =
        if rows.is_empty() && unknown.is_empty() { Vec::new() } else { api.sessions(None).await? };
    let titles = titles(typed_rows(sessions)?);
    let mut table = Table::new(["ID", "AGE", "KIND", "SESSION", "WHAT", "LEFT"], 4);
    for (approval, _) in &rows {
        let title = approval
            .shared_session_id
            .map(|id| titles.get(&id).cloned().unwrap_or_else(|| SESSION.short(id)));
        table.row([
            APPROVAL.short(approval.id),
            time::age(approval.created_at),
            kind(approval.kind).into(),
            super::table::cut(&title.unwrap_or_default(), 32),
            card::summary(approval),
            time::left(approval.expires_at),
        ]);
    }
    for turn in &unknown {
        let title = titles.get(&turn.shared_session_id).cloned();
        table.row([
            DISPATCH.short(turn.id),
            time::age(turn.queued_at),
            "unknown".into(),
            super::table::cut(&title.unwrap_or_else(|| SESSION.short(turn.shared_session_id)), 32),
            "was this prompt carried out? the agent's host is gone".into(),
            "-".into(),
        ]);
    }
    let lines = rows.iter().map(|(it, _)| (APPROVAL, it.id.to_string()));
    let unknown_lines = unknown.iter().map(|it| (DISPATCH, it.id.to_string()));
    last::keep(&lines.chain(unknown_lines).collect::<Vec<_>>());
    if ctx.out.json {
        let data: Vec<Value> = rows.into_iter().map(|(_, row)| row).collect();
        let document = json!({ "v": 1, "data": data, "dispatches": unknown, "next": null });
        return Ok(ctx.out.document(&document)?);
    }
    ctx.out.list(&table, &[], None)?;
    if let Some(turn) = unknown.first() {
        ctx.out.hint(&format!("wardroom settle {} retry | done | drop", DISPATCH.short(turn.id)));
    }
    match rows.first() {
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
