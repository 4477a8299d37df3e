//! Which old conversation of an agent is gone on with.

use anyhow::Result;
use tokio::task::spawn_blocking;

use super::{ShareArgs, background, chosen};
use crate::{
    cli::{
        Ctx,
        failure::{Exit, Failure},
        hosting,
        ids::CONVERSATION,
        paths, safe, time,
    },
    domain::Timestamp,
    host::{self, Remembered},
};

/// How many conversations people choose from: older ones are named by their ids.
const CHOICE: usize = 20;

/// The agent's own id of the conversation that is meant; `typed`: what was said of it.
///
/// # Errors
/// Exit code 8 where the agent takes up no old conversations or cannot list them, 3 where there is none, or none with
/// that id, and 2 with the candidates where nobody can be asked which.
pub(super) async fn choose(ctx: &Ctx, args: &ShareArgs, typed: Option<&str>) -> Result<String> {
    if let Some(chosen) = background::conversation() {
        return Ok(chosen);
    }
    let (agent, settings, folder) = chosen(ctx, args)?;
    // Some agents are downloaded first.
    ctx.out.say(&format!("◔ {} is asked what it remembers", safe::one_line(&agent)));
    let listed = host::remembered(&agent, &settings, &folder, &hosting::keeper()?).await;
    let (agent, folder) = (safe::one_line(&agent), safe::one_line(&paths::shown(&folder)));
    let Some(all) = listed.map_err(Failure::from)? else {
        // It may know one that it cannot list.
        let text = format!("{agent} cannot list its conversations");
        let unlisted = Failure::new(Exit::Agent, text).hint("name one: --resume ID");
        return Ok(typed.map(str::to_owned).ok_or(unlisted)?);
    };
    if all.is_empty() {
        let text = format!("{agent} remembers no conversation about {folder}");
        return Err(Failure::new(Exit::NotFound, text)
            .hint("begin a new one: leave --resume out")
            .into());
    }
    match typed {
        Some(typed) => Ok(named(typed, all)?),
        None => pick(ctx, &agent, all).await,
    }
}

/// The conversation with this id, or the only one whose id begins or ends so.
fn named(typed: &str, all: Vec<Remembered>) -> Result<String, Failure> {
    if let Some(whole) = all.iter().find(|it| it.id == typed) {
        return Ok(whole.id.clone());
    }
    let which = format!("which there are:\n  {}", candidates(&all));
    let is_meant = |it: &Remembered| it.id.starts_with(typed) || it.id.ends_with(typed);
    let meant: Vec<_> = all.into_iter().filter(|it| !typed.is_empty() && is_meant(it)).collect();
    let picked = CONVERSATION.pick(&safe::one_line(typed), meant, describe);
    picked.map(|it| it.id).map_err(|failure| match failure.exit {
        Exit::NotFound => failure.hint(which),
        _ => failure,
    })
}

/// The conversation that the person at the terminal chooses.
async fn pick(ctx: &Ctx, agent: &str, all: Vec<Remembered>) -> Result<String> {
    if !ctx.can_ask() {
        let text = format!("{agent} remembers {} conversations", all.len());
        let hint = format!("say which, by --resume ID:\n  {}", candidates(&all));
        return Err(Failure::new(Exit::Usage, text).hint(hint).into());
    }
    for (n, it) in (1..).zip(all.iter().take(CHOICE)) {
        ctx.out.tell(&format!("{n:>4}  {}", describe(it)));
    }
    let asking = ctx.clone();
    let ask = move || asking.ask("Go on with which? [1]", "say which, by --resume ID");
    let answer = spawn_blocking(ask).await??;
    let number = if answer.is_empty() { Ok(1) } else { answer.parse::<usize>() };
    match number {
        Ok(n @ 1..) if n <= all.len().min(CHOICE) => Ok(all[n - 1].id.clone()),
        _ => Ok(named(&answer, all)?),
    }
}

fn candidates(all: &[Remembered]) -> String {
    let lines: Vec<_> = all.iter().take(CHOICE).map(describe).collect();
    lines.join("\n  ")
}

fn describe(it: &Remembered) -> String {
    let at = it.updated_at.as_deref().and_then(|at| at.parse::<Timestamp>().ok());
    let when = at.map(time::ago).unwrap_or_default();
    let title = it.title.as_deref().map_or_else(|| "without a title".into(), safe::one_line);
    format!("{}  {when:<8}  {title}", safe::one_line(&it.id))
}
