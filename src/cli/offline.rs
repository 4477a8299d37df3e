//! Accounts and tokens on a database that no server holds: the one place where the command line is its own server.
//!
//! It takes the lock that a server takes, so that there is never a second writer.

use anyhow::Result;
use serde_json::{Value, json};

use super::{
    Ctx,
    api::{Place, Target},
    failure::{Exit, Failure},
    paths,
};
use crate::{
    app::{self, App, Caller, NewToken, NewUser, Wake},
    config::LOCK,
    domain::{Clock, Token, TokenId, User},
    live::{Limits, Live},
    lock::{DataLock, LockError},
    store::{self, MigrateError, OpenError, Store},
};

/// How many rows are read at once.
const PAGE: i64 = 200;

/// A database that is ours alone, and the person at this machine.
pub(super) struct Offline {
    app: App,
    store: Store,
    caller: Caller,
    _lock: DataLock,
}

/// Opens the database of the data directory if that is what is meant and no server holds it; makes one only if `new`.
///
/// # Errors
/// When the database cannot be opened.
pub(super) async fn open(ctx: &Ctx, new: bool) -> Result<Option<Offline>> {
    if let Place::Url(_) = Target::choose(&ctx.global)?.place {
        return Ok(None);
    }
    let dir = paths::data_dir(&ctx.global);
    let file = dir.join(store::FILE);
    if !new && !file.exists() {
        return Ok(None);
    }
    // What is in there is for nobody else.
    rustix::process::umask(rustix::fs::Mode::from_raw_mode(0o077));
    super::credentials::make_dir(&dir)?;
    let lock = match DataLock::take(&dir.join(LOCK)) {
        Ok(lock) => lock,
        Err(LockError::Held(_)) => return Ok(None),
        Err(LockError::Io(error)) => return Err(error.into()),
    };
    store::migrate(&file).map_err(|error| {
        let exit = match error {
            MigrateError::TooNew { .. } => Exit::Configuration,
            _ => Exit::Damaged,
        };
        Failure::new(exit, format!("the database cannot be used: {error}"))
    })?;
    let ignored = std::sync::Arc::new(|_| {});
    let store = Store::open(&file, Clock::System, ignored).await.map_err(|error| {
        let exit = match error {
            OpenError::Unsafe(_) => Exit::Configuration,
            OpenError::Failed(_) => Exit::Damaged,
        };
        Failure::new(exit, format!("the database cannot be opened: {error}"))
    })?;
    let live = Live::new(Limits::default());
    let local_name = std::env::var("USER").unwrap_or_else(|_| "admin".into());
    let settings = app::Settings { local_name, ..app::Settings::default() };
    let app = App::new(store.clone(), live, settings, Wake::default());
    let caller = app.local_caller().await.map_err(Failure::from)?;
    Ok(Some(Offline { app, store, caller, _lock: lock }))
}

impl Offline {
    /// As `POST /api/users`.
    pub(super) async fn add_user(self, name: String, admin: bool) -> Result<Value, Failure> {
        let made = self.app.create_user(&self.caller, NewUser { name, admin }, None).await;
        self.store.close().await;
        let (user, secret) = made?.value;
        Ok(json!({ "user": user, "token": secret.expose() }))
    }

    /// As `GET /api/users`, all pages.
    pub(super) async fn users(self) -> Result<Vec<Value>, Failure> {
        let all = self.all_users().await;
        self.store.close().await;
        Ok(all?.into_iter().map(|user| json!(user)).collect())
    }

    async fn all_users(&self) -> Result<Vec<User>, crate::Error> {
        let (mut all, mut after) = (Vec::new(), None);
        loop {
            let page = self.app.users(&self.caller, after, PAGE).await?;
            all.extend(page.items);
            after = page.next_cursor;
            if after.is_none() {
                return Ok(all);
            }
        }
    }

    /// As `POST /api/tokens`.
    pub(super) async fn create_token(self, body: Value) -> Result<Value, Failure> {
        let new: NewToken = serde_json::from_value(body)
            .map_err(|error| Failure::new(Exit::Failure, error.to_string()))?;
        let made = self.app.create_token(&self.caller, new, None).await;
        self.store.close().await;
        let (token, secret) = made?.value;
        Ok(json!({ "token": token, "secret": secret.expose() }))
    }

    /// As `GET /api/tokens`, all pages.
    pub(super) async fn tokens(self) -> Result<Vec<Value>, Failure> {
        let all = self.all_tokens().await;
        self.store.close().await;
        Ok(all?.into_iter().map(|token| json!(token)).collect())
    }

    async fn all_tokens(&self) -> Result<Vec<Token>, crate::Error> {
        let (mut all, mut before) = (Vec::new(), None);
        loop {
            let page = self.app.tokens(&self.caller, before, PAGE).await?;
            all.extend(page.items);
            before = page.next_cursor;
            if before.is_none() {
                return Ok(all);
            }
        }
    }

    /// As `DELETE /api/tokens/{id}`.
    pub(super) async fn revoke_token(self, id: TokenId) -> Result<(), Failure> {
        let revoked = self.app.revoke_token(&self.caller, id).await;
        self.store.close().await;
        Ok(revoked?)
    }
}
