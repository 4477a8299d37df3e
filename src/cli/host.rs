//! `wardroom host`: runs agents for a server. `serve` starts one of its own, as `wardroom host --local`.

use anyhow::Result;
use clap::Args;
use tokio::signal::unix::{SignalKind, signal};

use super::{
    Ctx, agents,
    api::{Place, Target},
    configured,
    failure::{Exit, Failure},
    hosting::{self, Identity, News},
    paths, safe,
};
use crate::{config::HOST_LOCK, host::End, lock::LockError};

/// How to run agents.
#[derive(Debug, Args)]
#[command(before_help = "\
Examples:
  wardroom login https://wardroom.example  once, with the token of an account
  wardroom host --name build               offer the demo agent and those of the configuration file
  wardroom host --agent review             offer only this one
  WARDROOM_TOKEN=… wardroom host -s https://wardroom.example")]
#[command(
    after_help = "A token of scope host suffices, and decides nothing: wardroom token create --scope host\n\
    The agents are started from the page, or by POST /api/agent-sessions; to share one at once: wardroom share"
)]
pub(super) struct HostArgs {
    /// What people call this host [default: the name of the machine].
    #[arg(long, value_name = "NAME")]
    name: Option<String>,
    /// Be the host of the server of the data directory; `serve` starts it.
    #[arg(long)]
    local: bool,
    /// Offer only this agent of the configuration file; may be given several times.
    #[arg(long = "agent", value_name = "NAME")]
    agents: Vec<String>,
}

/// Runs agents until a signal, or until the server says so.
pub(super) async fn run(ctx: &Ctx, args: HostArgs) -> Result<()> {
    let mut offered = agents::configured(ctx)?;
    if let Some(unknown) = args.agents.iter().find(|it| !offered.contains_key(*it)) {
        let text = format!("the configuration has no agent {unknown:?}");
        let hint = format!("it has: {}", offered.into_keys().collect::<Vec<_>>().join(", "));
        return Err(Failure::new(Exit::Usage, text).hint(hint).into());
    }
    if !args.agents.is_empty() {
        offered.retain(|name, _| args.agents.contains(name));
    }
    let (target, identity) = if args.local { local(ctx)? } else { remote(ctx)? };
    let linger = configured::values(&ctx.global)?.span("hosts.linger")?;
    let linger = args.local.then_some(linger);
    let names = offered.keys().map(|it| safe::one_line(it)).collect::<Vec<_>>().join(", ");
    let mut running = hosting::start(&identity, &target, args.name, offered, linger)?;
    let (mut interrupt, mut terminate) =
        (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
    ctx.out.say(&format!("◔ waiting for {} · Ctrl-C ends", target.place));
    loop {
        tokio::select! {
            news = running.news() => match news? {
                News::Connected => {
                    ctx.out.say(&format!("✓ connected to {} · offers {names}", target.place));
                }
                News::Away => ctx.out.say("◌ the server is away; the agents work on"),
                News::AgentEnded(end) => {
                    let agent = safe::one_line(&end.agent);
                    ctx.out.say(&format!("✗ {agent} has ended ({})", end.how));
                }
                News::Ended(End::Stopped | End::Told) => return Ok(()),
                News::Ended(End::Alone) => {
                    let text = "no server came back in time (hosts.linger)";
                    return Err(Failure::new(Exit::Unreachable, text).into());
                }
            },
            _ = interrupt.recv() => running.stop(),
            _ = terminate.recv() => running.stop(),
        }
    }
}

fn local(ctx: &Ctx) -> Result<(Target, Identity)> {
    // Ctrl-C at the server, in whose terminal this was started, does not reach us.
    let _leads_one_already = rustix::process::setsid();
    let dir = paths::data_dir(&ctx.global);
    let identity = Identity::take(&dir.join("host.id"), &dir.join(HOST_LOCK));
    let identity = identity.map_err(|error| match error.downcast::<LockError>() {
        Ok(LockError::Held(holder)) => {
            Failure::new(Exit::Held, format!("another local host runs: {holder}")).into()
        }
        Ok(error) => error.into(),
        Err(error) => error,
    })?;
    Ok((Target { place: Place::Socket(paths::socket(&ctx.global)), token: None }, identity))
}

fn remote(ctx: &Ctx) -> Result<(Target, Identity)> {
    let target = Target::choose(&ctx.global)?;
    let identity = Identity::own(&target.place)?;
    Ok((target, identity))
}
