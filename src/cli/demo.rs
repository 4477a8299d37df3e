//! `wardroom demo`: a session with a scripted agent and a scripted teammate, to see how it goes.

use std::time::Duration;

use anyhow::Result;
use clap::Args;
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::time::{Instant, sleep};

use super::{
    Ctx,
    api::{Api, Place},
    banner,
    failure::{Exit, Failure},
    ids::SESSION,
    links,
    serve::ServeArgs,
};
use crate::domain::Session;

/// How long the demo agent's host may take to come up.
const PATIENCE: Duration = Duration::from_secs(20);

/// How to show it.
#[derive(Debug, Args)]
pub(super) struct DemoArgs {
    /// Go this many times as fast.
    #[arg(long, value_name = "FACTOR")]
    speed: Option<f64>,
    #[command(flatten)]
    serve: ServeArgs,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Begun {
    session: Session,
    invite_token: String,
    setup_secret: Option<String>,
}

/// Begins a demo session; starts a server first if none runs, and serves until Ctrl-C.
pub(super) async fn run(ctx: &Ctx, args: DemoArgs) -> Result<()> {
    let api = ctx.api()?;
    match api.get::<Value>("/api/version").await {
        Ok(_) => begin(ctx, &api, args.speed).await,
        Err(failure) if failure.exit == Exit::Unreachable && is_local(&api) => {
            let (speed, again) = (args.speed, ctx.clone());
            banner::serve(ctx, args.serve, async move |_| {
                if let Err(error) = begin(&again, &api, speed).await {
                    again.out.failure(&error.into());
                }
            })
            .await
        }
        Err(failure) => Err(failure.into()),
    }
}

fn is_local(api: &Api) -> bool {
    matches!(api.target().place, Place::Socket(_))
}

async fn begin(ctx: &Ctx, api: &Api, speed: Option<f64>) -> Result<()> {
    let answer = start(api, speed).await?;
    let Begun { session, invite_token, setup_secret } = serde_json::from_value(answer.clone())?;
    let version: Value = api.get("/api/version").await?;
    let base = version["baseUrl"].as_str().unwrap_or(api.target().place.base());
    let guest = links::join(base, session.id, &invite_token);
    let (page, note) = match &setup_secret {
        Some(secret) => (format!("{base}/setup#{secret}"), "signs you in, once"),
        None => (links::page(base, session.id), "where you decide"),
    };
    if ctx.out.json {
        let document = json!({ "session": session, "pageUrl": page, "inviteUrl": guest });
        return Ok(ctx.out.document(&document)?);
    }
    let id = SESSION.short(session.id);
    ctx.out.line("")?;
    ctx.out.line(&format!(
        "  {}  {id}",
        ctx.out.paint.bold("Demo: a scripted agent fixes a flaky test")
    ))?;
    ctx.out.line(&format!("  ➜ page      {page}   {}", ctx.out.paint.dim(note)))?;
    ctx.out.line(&format!(
        "  ➜ guest     {guest}   {}",
        ctx.out.paint.dim("for a phone or a private window")
    ))?;
    ctx.out.line(&format!(
        "  ➜ here      wardroom watch {id}   {}",
        ctx.out.paint.dim("in another terminal; or: wardroom inbox")
    ))?;
    ctx.out.line("")?;
    Ok(())
}

/// Begins it as soon as the demo agent's host is there.
async fn start(api: &Api, speed: Option<f64>) -> Result<Value, Failure> {
    let until = Instant::now() + PATIENCE;
    loop {
        match api.post("/api/demo", &json!({ "speed": speed })).await {
            Err(failure) if failure.exit == Exit::Agent && Instant::now() < until => {
                sleep(Duration::from_millis(200)).await;
            }
            done => return done,
        }
    }
}
