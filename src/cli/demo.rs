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
    links, open,
    serve::ServeArgs,
};
use crate::domain::Session;

/// How long the demo agent's host may take to come up.
const PATIENCE: Duration = Duration::from_secs(20);

/// How to show it.
#[derive(Debug, Args)]
pub(super) struct DemoArgs {
    /// Let the teammate act this many times as fast; the agent keeps its pace.
    #[arg(long, value_name = "FACTOR")]
    speed: Option<f64>,
    /// Let no scripted teammate join; the link is for a real one.
    #[arg(long)]
    no_guest: bool,
    /// Close the demo sessions that you began before.
    #[arg(long)]
    reset: bool,
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
    let opens = !args.serve.no_open;
    let wanted = json!({ "speed": args.speed, "guest": !args.no_guest, "reset": args.reset });
    match api.get::<Value>("/api/version").await {
        Ok(_) => begin(ctx, &api, &wanted, opens, false).await,
        Err(failure) if failure.exit == Exit::Unreachable && is_local(&api) => {
            let again = ctx.clone();
            ctx.out.say("✓ no server runs here, so this is one");
            banner::serve_and(ctx, args.serve, async move |_| {
                if let Err(error) = begin(&again, &api, &wanted, opens, true).await {
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

async fn begin(ctx: &Ctx, api: &Api, wanted: &Value, opens: bool, own: bool) -> Result<()> {
    let answer = start(ctx, api, wanted).await?;
    let Begun { session, invite_token, setup_secret } = serde_json::from_value(answer)?;
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
    let opened = opens && open::page(ctx, &page);
    let note = if opened { format!("{note} (opening your browser)") } else { note.to_owned() };
    let id = SESSION.short(session.id);
    let row = |name: &str, what: &str, note: &str| {
        ctx.out.line(&format!("  ➜ {name:<9} {what}   {}", ctx.out.paint.dim(note)))
    };
    let title = ctx.out.paint.bold("Demo: a scripted agent fixes a flaky test");
    ctx.out.line(&format!("\n  {title}  {id}"))?;
    row("page", &page, &note)?;
    row("guest", &guest, "for a phone or a private window")?;
    row("here", &format!("wardroom watch {id}"), "in another terminal; or: wardroom inbox")?;
    ctx.out.line(&format!("\n  {}\n", closing(own, links::is_near(base))))?;
    Ok(())
}

/// What to try next.
fn closing(own: bool, is_near: bool) -> String {
    let restart = if own {
        "Restart the server now: Ctrl-C, then wardroom. The cards come back."
    } else {
        "Stop the server at any moment and start it again: the cards come back."
    };
    let phone = if is_near {
        "Invite your phone: wardroom serve --lan."
    } else {
        "Invite your phone: the guest link."
    };
    format!("{restart} {phone}")
}

/// Begins it as soon as the demo agent's host is there.
async fn start(ctx: &Ctx, api: &Api, wanted: &Value) -> Result<Value, Failure> {
    let until = Instant::now() + PATIENCE;
    let mut told = false;
    loop {
        match api.post("/api/demo", wanted).await {
            Err(failure) if failure.exit == Exit::Agent && Instant::now() < until => {
                if !told {
                    ctx.out.say("◔ waiting for the server's own host, which runs the demo agent");
                }
                told = true;
                sleep(Duration::from_millis(200)).await;
            }
            done => return done,
        }
    }
}
