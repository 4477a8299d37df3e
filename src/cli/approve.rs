//! `wardroom approve`: says yes.

use anyhow::Result;
use clap::Args;

use super::{
    Ctx, card,
    decide::{self, Choice},
    failure::{Exit, Failure},
    ids::APPROVAL,
    tool,
};
use crate::domain::{Approval, ApprovalKind, ApprovalStatus, Verdict};

/// What to approve, and how.
#[derive(Debug, Args)]
pub(super) struct ApproveArgs {
    /// The approval, as the inbox names it.
    id: String,
    /// Change the prompt in $EDITOR first; both texts are kept.
    #[arg(short, long, conflicts_with = "option")]
    edit: bool,
    /// Choose this option, by kind or label, such as `allow_always` [default: `allow_once`].
    #[arg(short, long, value_name = "OPTION")]
    option: Option<String>,
    /// Say why.
    #[arg(short, long, value_name = "TEXT")]
    note: Option<String>,
}

/// Approves it.
pub(super) async fn run(ctx: &Ctx, args: ApproveArgs) -> Result<()> {
    let api = ctx.api()?;
    let approval = api.find_approval(&args.id).await?;
    let id = APPROVAL.short(approval.id);
    if approval.kind == ApprovalKind::Question {
        return Err(Failure::new(Exit::Usage, format!("{id} is a question"))
            .hint(format!("answer it: wardroom answer {id}"))
            .into());
    }
    let option = args.option.map(|it| decide::option(&approval, &it, Verdict::Approve));
    let option_id = option.transpose()?;
    let edited_prompt = if args.edit { Some(edit(ctx, &approval)?) } else { None };
    if !agreed(ctx, &approval, edited_prompt.is_some())? {
        return Err(Failure::new(Exit::Interrupted, "nothing was decided").into());
    }
    let lines = edited_prompt.as_deref().map(|it| changed(&approval, it));
    let choice = Choice { option_id, edited_prompt, reason: args.note, ..Choice::default() };
    let answer = decide::decide(&api, &approval, Verdict::Approve, &choice).await?;
    if ctx.out.json {
        return Ok(ctx.out.document(&answer)?);
    }
    let edited = match lines {
        Some(1) => " (edited, 1 line)".into(),
        Some(lines) if lines > 1 => format!(" (edited, {lines} lines)"),
        _ => String::new(),
    };
    let next =
        if answer["approval"]["dispatch"].is_null() { "" } else { " · on its way to the agent" };
    let whom = decide::as_whom(&api, &answer).await;
    ctx.out.done(&format!("approved {id}{edited}{whom}{next}"));
    Ok(())
}

/// Shows what will run where a line of the inbox may not have, and asks.
fn agreed(ctx: &Ctx, approval: &Approval, edited: bool) -> Result<bool> {
    let waits = approval.status == ApprovalStatus::Pending;
    if !waits || edited || !ctx.can_ask() || ctx.global.yes || !card::needs_a_look(approval) {
        return Ok(true);
    }
    for line in card::lines(approval, ctx.out.words) {
        ctx.out.tell(&line);
    }
    ctx.confirm("Approve?")
}

fn edit(ctx: &Ctx, approval: &Approval) -> Result<String> {
    let Some(prompt) = &approval.prompt else {
        let text = "only a prompt can be edited";
        return Err(Failure::new(Exit::Usage, text).hint("reject it and say why").into());
    };
    let edited = Ctx::edit(prompt)?.trim().to_owned();
    for line in tool::diff(&format!("{prompt}\n"), &format!("{edited}\n")) {
        ctx.out.tell(&tool::painted(&line, ctx.out.words));
    }
    let question =
        if edited == *prompt { "Nothing changed. Approve as it is?" } else { "Approve this?" };
    // Whoever edits where nobody can be asked has said what they want by editing.
    if ctx.can_ask() && !ctx.confirm(question)? {
        return Err(Failure::new(Exit::Interrupted, "nothing was decided").into());
    }
    Ok(edited)
}

/// How many lines of the edited text are new.
fn changed(approval: &Approval, edited: &str) -> usize {
    let before = approval.prompt.as_deref().unwrap_or_default();
    let diff = similar::TextDiff::from_lines(before, edited);
    diff.iter_all_changes().filter(|it| it.tag() == similar::ChangeTag::Insert).count()
}
