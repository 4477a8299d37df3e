//! From an agent that can be started to a session with links.

use std::{io::IsTerminal, path::PathBuf};

use anyhow::Result;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{ShareArgs, folder};
use crate::{
    cli::{
        Ctx,
        api::Api,
        failure::{Exit, Failure},
        ids::SESSION,
        links, live,
        paint::Paint,
        safe, time,
    },
    domain::{AgentSession, AgentSessionStatus, HostId, Session},
};

/// The longest life of an invite, in minutes.
const INVITE: i64 = 30 * 24 * 60;

/// What is shared, and where.
pub(super) struct Beginning {
    /// The agent's name at the host.
    pub(super) agent: String,
    /// Where it works.
    pub(super) folder: PathBuf,
    /// The host that runs it.
    pub(super) host: HostId,
    /// Where people reach the server.
    pub(super) base: String,
    /// The old conversation that is taken up; absent: a new one.
    pub(super) conversation: Option<String>,
}

/// A shared session with its links.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Shared {
    /// The session.
    pub(super) session: Session,
    /// The link by which collaborators join.
    pub(super) invite_url: String,
    watch_url: String,
    /// How many people may join by each link.
    uses: u32,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Started {
    agent_session: AgentSession,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Opened {
    session: Session,
    invite_token: String,
}

/// Starts the agent, shares it, and makes a second invite for those who only watch.
///
/// # Errors
/// What the API says; exit code 8 when the agent does not start.
pub(super) async fn begin(
    ctx: &Ctx,
    api: &Api,
    args: &ShareArgs,
    beginning: &Beginning,
) -> Result<Shared> {
    let Beginning { agent, folder, host, base, conversation } = beginning;
    let title = args.title.clone().unwrap_or_else(|| match folder.file_name() {
        Some(folder) => format!("{agent} in {}", folder.to_string_lossy()),
        None => agent.clone(),
    });
    let body = json!({
        "agent": agent, "hostId": host, "folder": folder, "title": title, "channel": "cli",
        "resume": conversation,
    });
    let Started { agent_session } = api.post("/api/agent-sessions", &body).await?;
    check(&agent_session)?;
    ctx.out.done(&format!("agent     {}", described(&agent_session)));
    ctx.out.done(&format!("folder    {}", folder::described(folder).await));

    let minutes = args.expires.min(INVITE);
    let invite =
        |role: &str| json!({ "role": role, "maxUses": args.uses, "expiresInMinutes": minutes });
    let body = json!({
        "hostSessionId": agent_session.id, "mode": args.mode.mode(), "title": title,
        "expiresInMinutes": args.expires, "invite": invite("collaborator"),
    });
    let Opened { session, invite_token } = api.post("/api/shared-sessions", &body).await?;
    let path = format!("/api/shared-sessions/{}/invites", session.id);
    let viewer: Value = api.post(&path, &invite("viewer")).await?;
    let viewer = viewer["invite"]["token"].as_str().unwrap_or_default();
    Ok(Shared {
        invite_url: links::join(base, session.id, &invite_token),
        watch_url: links::join(base, session.id, viewer),
        uses: args.uses,
        session,
    })
}

fn described(agent: &AgentSession) -> String {
    let name = agent.agent_name.as_deref().unwrap_or(&agent.agent);
    let version = agent.agent_version.as_deref().unwrap_or_default();
    let can = match agent.capabilities.as_slice() {
        [] => String::new(),
        can => format!(" · can {}", can.join(", ")),
    };
    safe::one_line(&format!("{name} {version} · ACP v1{can}"))
}

/// That the agent can work.
fn check(agent: &AgentSession) -> Result<(), Failure> {
    match agent.status {
        AgentSessionStatus::NeedsLogin => {
            Err(Failure::new(Exit::Agent, format!("{} wants a login", agent.agent))
                .hint("log in to it in another terminal, then share again"))
        }
        AgentSessionStatus::Errored => {
            Err(Failure::new(Exit::Agent, format!("{} cannot work", agent.agent)))
        }
        _ => Ok(()),
    }
}

impl Shared {
    /// What the session is, in one line, safe to print.
    fn heading(&self, paint: Paint) -> String {
        let Session { id, title, mode, expires_at, .. } = &self.session;
        let end = match expires_at {
            Some(_) => format!("ends in {}", time::left(*expires_at)),
            None => "does not end by itself".into(),
        };
        let about = format!("{} · {} · {end}", SESSION.short(*id), live::mode_word(*mode));
        format!("  {}  {}", paint.bold(&safe::one_line(title)), paint.dim(&about))
    }

    /// Prints the links as they are wanted.
    pub(super) fn show(&self, ctx: &Ctx) -> Result<()> {
        let Self { invite_url: invite, watch_url: watch, .. } = self;
        if ctx.out.json {
            return Ok(ctx.out.document(self)?);
        }
        if ctx.global.quiet {
            return Ok(ctx.out.last_line(invite)?);
        }
        let is_near = links::is_near(invite);
        if is_near {
            let reach = "these links work on this computer only; for others: wardroom serve --lan, or --base-url https://…";
            ctx.out.say(&format!("{} reach     {reach}", ctx.out.words.yellow("!")));
        }
        ctx.out.line("")?;
        ctx.out.line(&self.heading(ctx.out.paint))?;
        let uses = if self.uses == 1 { "1 use".into() } else { format!("{} uses", self.uses) };
        let note = |what: &str| ctx.out.paint.dim(&format!("{what}, {uses}"));
        ctx.out.line(&format!("  ➜ invite    {invite}   {}", note("collaborator")))?;
        ctx.out.line(&format!("  ➜ watch     {watch}   {}", note("view only")))?;
        ctx.out.line("")?;
        // A phone that scans a link to this computer would only find itself.
        if std::io::stdout().is_terminal()
            && !is_near
            && let Some(code) = links::qr(invite)
        {
            ctx.out.line(&code)?;
        }
        Ok(())
    }
}
