//! The demo session: the demo agent, and a scripted teammate who joins, comments and prompts.

use std::time::Duration;

use serde::Deserialize;
use tokio::time::sleep;
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use utoipa::ToSchema;

use super::{
    App, Caller, JoinRequest, Key, NewAgentSession, NewMessage, NewSession, Once, OpenedSession,
    SessionFilter,
};
use crate::{
    domain::{Channel, Lifetime, Secret, Session, SessionStatus},
    error::{Code, Error, Result},
};

/// The name under which the demo agent is always there.
pub(super) const AGENT: &str = "demo";

/// How long the list of a person's demo sessions is at once.
const PAGE: i64 = 200;

/// A demo that is asked for.
#[derive(Debug, Clone, Copy, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"guest": true}))]
pub struct NewDemo {
    /// How many times as fast as usual the scripted teammate goes; positive.
    #[schema(exclusive_minimum = 0.0)]
    pub speed: Option<f64>,
    /// Whether the scripted teammate joins; they do if absent.
    pub guest: Option<bool>,
    /// Whether the demo sessions that the caller began before are closed; they are not if absent.
    pub reset: Option<bool>,
}

/// A demo session that has just begun.
pub struct Demo {
    /// The session with its secrets.
    pub opened: OpenedSession,
    /// A one-time secret to sign in with, where nobody has set this server up.
    pub setup: Option<Secret>,
}

impl App {
    /// Begins a demo session with the caller as host; its teammate, if one is wanted, goes on `tasks`, until `stop`. A
    /// repetition gives the invite a new secret: a teammate who has not joined yet is succeeded by another.
    ///
    /// # Errors
    /// `INVALID_BODY` for a speed that is not positive, `UNAUTHENTICATED` for guests, `HOST_REQUIRED` for tokens of another
    /// scope than full, `AGENT_UNAVAILABLE` when the server's own host is not there, `TOKEN_ALREADY_USED` for a repetition once somebody has joined.
    pub async fn begin_demo(
        &self,
        caller: &Caller,
        new: NewDemo,
        key: Option<Key>,
        tasks: &TaskTracker,
        stop: CancellationToken,
    ) -> Result<Once<Demo>> {
        let speed = new.speed.unwrap_or(1.0);
        if !(speed.is_finite() && speed > 0.0) {
            return Err(Error::with(Code::InvalidBody, "speed must be positive")
                .hint("1 is as fast as usual, 2 twice as fast"));
        }
        let made = self.open_demo(caller, key).await?;
        let may_set_up = caller.local && !self.is_set_up().await?;
        let setup = if may_set_up { Some(self.make_setup_link().await?) } else { None };
        let (app, opened) = (self.clone(), made.value);
        if new.reset == Some(true) {
            self.close_demos_before(caller, &opened.session).await?;
        }
        if new.guest != Some(false) {
            let session = opened.session.clone();
            let invite = opened.invite_token.expose().to_owned();
            tasks.spawn(async move { app.play_demo(session, invite, speed, stop).await });
        }
        Ok(Once { value: Demo { opened, setup }, replayed: made.replayed })
    }

    async fn open_demo(&self, caller: &Caller, key: Option<Key>) -> Result<Once<OpenedSession>> {
        // Asked first, so that no agent is started for a session that would then be refused.
        caller.user()?;
        caller.check_full(Code::HostRequired)?;
        let agent = NewAgentSession {
            agent: AGENT.into(),
            host_id: None,
            folder: None,
            resume: None,
            title: Some("Fix the flaky checkout test".into()),
            goal_id: None,
            workspace_id: Some("demo".into()),
            channel: Channel::Api,
            agent_output: false,
        };
        let agent_key = key.as_ref().map(|key| key.part("agent session"));
        let agent = self.create_agent_session(caller, agent, agent_key).await?.value;
        let session = NewSession {
            host_session_id: Some(agent.id),
            host_user_id: None,
            host_display_name: None,
            mode: None,
            title: None,
            workspace_id: Some("demo".into()),
            expires_in_minutes: Lifetime::Default,
            invite: None,
        };
        self.create_session(caller, session, key).await
    }

    /// Closes the demo sessions that the caller began before this one. Those that began later stay: the request may be a
    /// repetition.
    async fn close_demos_before(&self, caller: &Caller, new: &Session) -> Result<()> {
        let host = caller.user()?.id.to_string();
        let mut before = None;
        loop {
            let filter = SessionFilter {
                workspace_id: new.workspace_id.clone(),
                status: Some(SessionStatus::Active),
                before,
                limit: PAGE,
                ..SessionFilter::default()
            };
            let page = self.sessions(caller, filter).await?;
            for it in page.items {
                let is_before = it.id != new.id && it.created_at <= new.created_at;
                if it.host_user_id == host && is_before && self.is_demo(&it).await? {
                    match self.close_session(caller, it.id).await {
                        // Somebody was first.
                        Err(error) if error.code == Code::SessionInactive => {}
                        closed => drop(closed?),
                    }
                }
            }
            before = page.next_cursor;
            if before.is_none() {
                return Ok(());
            }
        }
    }

    /// Whether it shares the demo agent: the label alone may be anybody's.
    async fn is_demo(&self, session: &Session) -> Result<bool> {
        let mut reads = self.store.read().await?;
        Ok(reads.agent_session(session.host_session_id).await?.agent_session.agent == AGENT)
    }

    /// Plays the scripted teammate until the script is over or `stop`.
    async fn play_demo(
        &self,
        session: Session,
        invite: String,
        pace: f64,
        stop: CancellationToken,
    ) {
        if let Some(Err(error)) = stop.run_until_cancelled(self.play(session, invite, pace)).await {
            tracing::info!(%error, "the demo's teammate has left");
        }
    }

    async fn play(&self, session: Session, invite: String, pace: f64) -> Result<()> {
        let wait =
            async |seconds: f64| sleep(Duration::from_secs_f64(seconds / pace.max(0.01))).await;
        wait(2.0).await;
        let request = JoinRequest {
            invite_token: invite,
            user_id: None,
            display_name: Some("Sam (scripted)".into()),
            role: None,
            credential: super::joining::WantedCredential::Token,
        };
        let joined = self.join(None, session.id, request, Some("demo".into()), None).await?.value;
        let sam = self.caller_of(joined.access_token).await?;
        wait(2.0).await;
        let comment = "Does this cover refunds?".to_owned();
        let comment = NewMessage { text: comment, reply_to: None, anchor: None };
        self.post_message(&sam, session.id, comment, None).await?;
        wait(2.0).await;
        let prompt = "Fix the flaky checkout test, keep the public API.";
        self.submit_prompt(&sam, session.id, prompt, None).await?;
        Ok(())
    }

    async fn caller_of(&self, token: Option<Secret>) -> Result<Caller> {
        let token = token.ok_or_else(|| Error::new(Code::Unauthenticated))?;
        self.authenticate(&token).await
    }
}
