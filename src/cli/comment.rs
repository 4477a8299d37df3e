//! `wardroom comment`: says something to the people of a session.

use anyhow::Result;
use clap::Args;
use serde_json::{Value, json};

use super::{Ctx, prompt::text};

/// What to say, and where.
#[derive(Debug, Args)]
pub(super) struct CommentArgs {
    /// The session: an id, the end of one, part of its title, or a link.
    session: String,
    /// What to say; `-` or nothing reads stdin.
    text: Vec<String>,
}

/// Says it.
pub(super) async fn run(ctx: &Ctx, args: CommentArgs) -> Result<()> {
    let api = ctx.api_of(Some(&args.session))?;
    let session = api.find_session(Some(&args.session)).await?;
    let body = json!({ "text": text(ctx, &args.text)? });
    let answer: Value =
        api.post(&format!("/api/shared-sessions/{session}/messages"), &body).await?;
    if ctx.out.json {
        return Ok(ctx.out.document(&answer)?);
    }
    ctx.out.done("commented");
    Ok(())
}
