//! `wardroom join`: takes part in a session by its link, from the terminal.

use anyhow::Result;
use clap::Args;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    Ctx,
    api::{Api, Place, Target, given_token},
    credentials::{Account, Credentials},
    failure::{Exit, Failure},
    links::JoinLink,
    live::{self, Ended, Wanted},
    safe,
};
use crate::domain::Secret;

/// Where to join, and as whom.
#[derive(Debug, Args)]
#[command(after_help = "What the keys do at a terminal: wardroom help keys")]
pub(super) struct JoinArgs {
    /// The link, with what follows the #; in quotes.
    link: String,
    /// What the others see.
    #[arg(short, long, value_name = "NAME")]
    name: Option<String>,
}

#[derive(Deserialize)]
struct Joined {
    participant: Seat,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Seat {
    display_name: Option<String>,
    access_token: Option<String>,
}

/// Joins and shows what happens.
pub(super) async fn run(ctx: &Ctx, args: JoinArgs) -> Result<()> {
    let link = JoinLink::read(&args.link)?;
    let api = seat(ctx, &link, args.name).await?;
    match live::run(ctx, &api, link.session, Wanted::default()).await? {
        Ended::Interrupted => Err(Failure::new(Exit::Interrupted, "").into()),
        Ended::Session | Ended::Left => Ok(()),
    }
}

/// The seat that one has there, or a new one.
async fn seat(ctx: &Ctx, link: &JoinLink, name: Option<String>) -> Result<Api> {
    let at = |token| Api::new(Target { place: Place::Url(link.server.clone()), token });
    let mut kept = Credentials::load()?;
    let key = link.session.to_string();
    // Whoever has been here before comes back as the same person, not as a second one of that name.
    if let Some(account) = kept.seats.get(&key) {
        let api = at(account.secret())?;
        if api.get::<Value>(&format!("/api/shared-sessions/{key}")).await.is_ok() {
            ctx.out.done(&format!("back as {}", safe::one_line(&account.name)));
            return Ok(api);
        }
    }
    let account = match given_token(&ctx.global)? {
        Some(token) => Some(token),
        None => kept.servers.get(&link.server).and_then(Account::secret),
    };
    let is_guest = account.is_none();
    let api = at(account)?;
    let Some(invite) = &link.invite else {
        if !is_guest {
            return Ok(api);
        }
        return Err(Failure::new(Exit::Usage, "the link has no # part")
            .hint("copy the whole link, and put it in quotes")
            .into());
    };
    preview(ctx, &api, &key, invite).await?;
    let name = match name {
        Some(name) => Some(name),
        None if is_guest => Some(ask_name(ctx)?),
        None => None,
    };
    let body = json!({ "inviteToken": invite.expose(), "displayName": name });
    let joined: Joined = api.post(&format!("/api/shared-sessions/{key}/join"), &body).await?;
    let name = joined.participant.display_name.unwrap_or_default();
    ctx.out.done(&format!("joined as {}", safe::one_line(&name)));
    let token = joined.participant.access_token.as_deref().and_then(|it| Secret::parse(it).ok());
    let Some(token) = token else { return Ok(api) };
    kept.seats.insert(key, Account::new(name, &token));
    kept.save()?;
    Ok(at(Some(token))?)
}

/// Says what one is about to join and what one will be able to do there.
async fn preview(ctx: &Ctx, api: &Api, session: &str, invite: &Secret) -> Result<()> {
    let path = format!("/api/shared-sessions/{session}/invites/preview");
    let preview: Value = api.post(&path, &json!({ "inviteToken": invite.expose() })).await?;
    let text = |name: &str| preview[name].as_str().map(safe::one_line).unwrap_or_default();
    let host = preview["hostDisplayName"].as_str().map_or("Somebody".into(), safe::one_line);
    ctx.out.say(&format!(
        "{host} invites you to {} ({})",
        ctx.out.words.bold(&text("title")),
        text("agent")
    ));
    for may in preview["may"].as_array().into_iter().flatten().filter_map(Value::as_str) {
        ctx.out.say(&match may {
            "watch" => "  ✓ watch everything the agent does".into(),
            "comment" => "  ✓ comment".into(),
            "prompt" => "  ✓ send prompts".into(),
            "prompt_with_approval" => format!("  ◔ send prompts, {host} approves each one"),
            other => format!("  ✓ {}", safe::one_line(other)),
        });
    }
    Ok(())
}

fn ask_name(ctx: &Ctx) -> Result<String> {
    let user = std::env::var("USER").unwrap_or_else(|_| "guest".into());
    let typed = ctx.ask(&format!("Your name [{user}]"), "say who you are: --name NAME")?;
    Ok(if typed.is_empty() { user } else { typed })
}
