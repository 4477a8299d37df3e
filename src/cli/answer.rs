//! `wardroom answer`: answers a question of an agent.

use anyhow::Result;
use clap::Args;
use serde_json::{Map, Value};

use super::{
    Ctx, card,
    decide::{self, Choice},
    failure::{Exit, Failure},
    form::{self, Field},
    ids::APPROVAL,
};
use crate::domain::{ApprovalKind, Verdict};

/// What to answer.
#[derive(Debug, Args)]
pub(super) struct AnswerArgs {
    /// The question, as the inbox names it.
    id: String,
    /// Values for the fields of the form; without any, each is asked for.
    #[arg(value_name = "KEY=VALUE")]
    values: Vec<String>,
}

/// Answers it.
pub(super) async fn run(ctx: &Ctx, args: AnswerArgs) -> Result<()> {
    let api = ctx.api()?;
    let question = api.find_approval(&args.id).await?;
    let id = APPROVAL.short(question.id);
    if question.kind != ApprovalKind::Question {
        return Err(Failure::new(Exit::Usage, format!("{id} is no question"))
            .hint(format!("wardroom approve {id} · wardroom reject {id}"))
            .into());
    }
    let fields = form::fields(&question.details);
    let answer = if args.values.is_empty() && ctx.can_ask() {
        for line in card::lines(&question, ctx.out.words) {
            ctx.out.tell(&line);
        }
        ask(ctx, &fields)?
    } else {
        form::answer(&fields, &args.values)?
    };
    let choice = Choice { answer: Some(answer), ..Choice::default() };
    let answer = decide::decide(&api, &question, Verdict::Approve, &choice).await?;
    if ctx.out.json {
        return Ok(ctx.out.document(&answer)?);
    }
    let whom = decide::as_whom(&api, &answer).await;
    ctx.out.done(&format!("answered {id}{whom}"));
    Ok(())
}

fn ask(ctx: &Ctx, fields: &[Field]) -> Result<Value> {
    let mut answer = Map::new();
    for field in fields {
        let value = loop {
            match field.read(&ctx.ask(&format!("{} >", field.line()), "say it as key=value")?) {
                Ok(value) => break value,
                Err(failure) => ctx.out.failure(&failure),
            }
        };
        if let Some(value) = value {
            answer.insert(field.name.clone(), value);
        }
    }
    Ok(Value::Object(answer))
}
