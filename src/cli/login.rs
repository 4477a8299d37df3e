//! `wardroom login`, `logout` and `whoami`: as whom, and where.

use anyhow::Result;
use clap::Args;
use serde_json::Value;

use super::{
    Ctx,
    api::{Api, DEFAULT_URL, Place, Target, address, given_token},
    credentials::{Account, Credentials},
    failure::{Exit, Failure},
    safe,
};
use crate::domain::{Secret, SecretKind};

/// Where.
#[derive(Debug, Args)]
pub(super) struct LoginArgs {
    /// The server [default: the usual address on this machine].
    url: Option<String>,
}

/// Keeps a token of a server, once it has proved valid.
pub(super) async fn login(ctx: &Ctx, args: LoginArgs) -> Result<()> {
    let url = args.url.as_ref().or(ctx.global.server.as_ref());
    let url = address(url.map_or(DEFAULT_URL, String::as_str))?;
    let token = match given_token(&ctx.global)? {
        Some(token) => token,
        None => ask(ctx).await?,
    };
    if token.kind() != SecretKind::User {
        let text = "that secret is not the token of an account";
        return Err(Failure::new(Exit::Denied, text).hint("it begins with wr_usr_").into());
    }
    let target = Target { place: Place::Url(url.clone()), token: Some(token.clone()) };
    let me: Value = Api::new(target)?.get("/api/me").await?;
    let name = name(&me);
    let mut kept = Credentials::load()?;
    kept.servers.insert(url.clone(), Account::new(name.clone(), &token));
    kept.current = Some(url.clone());
    kept.save()?;
    if ctx.out.json {
        return Ok(ctx.out.document(&me)?);
    }
    ctx.out.done(&format!("logged in to {url} as {}", safe::one_line(&name)));
    Ok(())
}

/// Forgets the token of a server.
pub(super) fn logout(ctx: &Ctx, args: &LoginArgs) -> Result<()> {
    let mut kept = Credentials::load()?;
    let named =
        args.url.as_ref().or(ctx.global.server.as_ref()).map(|it| address(it)).transpose()?;
    let Some(url) = named.or_else(|| kept.current.clone()) else {
        ctx.out.say("nobody is logged in");
        return Ok(());
    };
    let was = kept.servers.remove(&url).is_some();
    if kept.current.as_ref() == Some(&url) {
        kept.current = None;
    }
    kept.save()?;
    if was {
        ctx.out.done(&format!("logged out of {url}; the token stays valid until it is revoked"));
    } else {
        ctx.out.say(&format!("nobody is logged in to {url}"));
    }
    Ok(())
}

/// Says who one is, and where.
pub(super) async fn whoami(ctx: &Ctx) -> Result<()> {
    let api = ctx.api()?;
    let me: Value = api.get("/api/me").await?;
    if ctx.out.json {
        return Ok(ctx.out.document(&me)?);
    }
    let admin = if me["user"]["admin"] == true { ", admin" } else { "" };
    let place = safe::one_line(&api.target().place.to_string());
    let scope = me["scope"].as_str().map(safe::one_line).unwrap_or_default();
    Ok(ctx
        .out
        .line(&format!("{}{admin} at {place} (scope {scope})", safe::one_line(&name(&me))))?)
}

async fn ask(ctx: &Ctx) -> Result<Secret> {
    let how =
        "the token of your account is needed: an admin runs, at the server, wardroom user add NAME";
    if ctx.can_ask() {
        ctx.out.hint(how);
    }
    let typed = ctx.ask_secret("Token:", how).await?;
    Secret::parse(&typed).map_err(|_no_secret| {
        let text = "that is not a token of wardroom";
        Failure::new(Exit::Denied, text)
            .hint("a token begins with wr_usr_ and is 56 characters long")
            .into()
    })
}

fn name(me: &Value) -> String {
    me["user"]["name"].as_str().unwrap_or("a guest").to_owned()
}
