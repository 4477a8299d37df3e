//! `wardroom ask`: a script or a hook asks people, and goes on or not.

use std::time::Duration;

use anyhow::Result;
use clap::Args;
use serde_json::{Value, json};
use tokio::{signal, time::sleep};

use super::{
    Ctx,
    api::Api,
    failure::{Exit, Failure},
    ids::APPROVAL,
    safe, time,
};
use crate::domain::{Approval, Resolution};

/// How long one request waits; the server cuts what is longer.
const WAIT: &str = "60s";
/// How long to leave a server alone that cannot be reached: what was asked is kept there.
const PAUSE: Duration = Duration::from_secs(2);

/// What to ask, and how long to wait.
#[derive(Debug, Args)]
#[command(
    after_help = "The exit code says it: 0 the first option, 9 another one, 6 nobody answered in time.\n\
    The option is printed. What asks never decides: somebody answers in the page, or with another token."
)]
pub(super) struct AskArgs {
    /// The question, in one line.
    question: String,
    /// An answer to offer; the first is the yes [default: approve, deny].
    #[arg(short, long = "option", value_name = "OPTION")]
    options: Vec<String>,
    /// What people should know before they answer, as JSON or plain text.
    #[arg(short, long, value_name = "TEXT")]
    details: Option<String>,
    /// How long to wait, such as 10m [default: 24h].
    #[arg(short, long, value_name = "TIME", value_parser = humantime::parse_duration)]
    timeout: Option<Duration>,
    /// A name for the request: asked again by it, it is the same question.
    #[arg(long, value_name = "NAME")]
    request_id: Option<String>,
    /// Ask and do not wait.
    #[arg(long)]
    no_wait: bool,
}

/// Asks, waits, and ends as the answer says.
pub(super) async fn run(ctx: &Ctx, args: AskArgs) -> Result<()> {
    let api = ctx.api()?;
    let options = if args.options.is_empty() { None } else { Some(args.options) };
    let body = json!({
        "action": args.question,
        "options": options,
        "details": args.details.as_deref().map(details),
        "timeoutMs": args.timeout.map(|it| u64::try_from(it.as_millis()).unwrap_or(u64::MAX)),
        "requestId": args.request_id,
    });
    let asked: Value = api.post("/api/approvals", &body).await?;
    let approval: Approval = serde_json::from_value(asked["approval"].clone())?;
    let (id, left) = (APPROVAL.short(approval.id), time::left(approval.expires_at));
    if args.no_wait {
        if ctx.out.json {
            return Ok(ctx.out.document(&asked)?);
        }
        ctx.out.done(&format!("asked {id}, {left} left"));
        return Ok(ctx.out.line(&approval.id.to_string())?);
    }
    ctx.out.tell(&format!("asked {id}, waiting for an answer, {left} left"));
    let answered = tokio::select! {
        answered = answered(&api, approval) => answered?,
        _ = signal::ctrl_c() => {
            drop(api.delete(&format!("/api/approvals/{}", asked["approval"]["id"].as_str().unwrap_or_default())).await);
            return Err(Failure::new(Exit::Interrupted, format!("took back {id}")).into());
        }
    };
    if ctx.out.json {
        ctx.out.document(&json!({"approval": answered, "resolution": answered.resolution()}))?;
    }
    end(ctx, &answered)
}

/// What was asked, once somebody has answered or its time is up. Kept by the server: one that is away is waited for.
async fn answered(api: &Api, mut approval: Approval) -> Result<Approval> {
    let path = format!("/api/approvals/{}?wait={WAIT}", approval.id);
    while approval.resolution() == Resolution::Pending {
        match api.get::<Value>(&path).await {
            Ok(mut answer) => approval = serde_json::from_value(answer["approval"].take())?,
            Err(failure) if failure.exit == Exit::Unreachable => sleep(PAUSE).await,
            Err(failure) => return Err(failure.into()),
        }
    }
    Ok(approval)
}

fn end(ctx: &Ctx, approval: &Approval) -> Result<()> {
    let because = |reason: &Option<String>| {
        let text = reason.as_deref().map(safe::one_line);
        text.map_or_else(String::new, |text| format!(": {text}"))
    };
    let print = |option: &str| {
        if ctx.out.json { Ok(()) } else { ctx.out.line(&safe::one_line(option)) }
    };
    match approval.resolution() {
        Resolution::Pending | Resolution::TimedOut { .. } => {
            let why = because(&approval.reason);
            Err(Failure::new(Exit::Expired, format!("nobody answered{why}")).into())
        }
        Resolution::Approved { option, .. } => Ok(print(&option)?),
        Resolution::Denied { option, reason } => {
            print(option.as_deref().unwrap_or_default())?;
            let said = option.map_or_else(|| "no".into(), |it| safe::one_line(&it));
            let text = format!("the answer is {said}{}", because(&reason));
            Err(Failure::new(Exit::Rejected, text).into())
        }
    }
}

/// JSON as it is, anything else as a text.
fn details(text: &str) -> Value {
    match serde_json::from_str(text) {
        Ok(value @ Value::Object(_)) => value,
        _ => json!({ "text": text }),
    }
}
