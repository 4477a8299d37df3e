//! The requests of the protocol, as this agent answers them.
//!
//! Nothing here waits: a prompt moves into a task of its own, so that a cancel can be read while it runs.

use std::{
    io,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use agent_client_protocol::{
    Client, Error, JsonRpcResponse,
    schema::ProtocolVersion,
    v1::{
        ConnectionTo, Responder,
        schema::{
            AgentCapabilities, AuthMethod, AuthMethodAgent, AuthenticateResponse,
            AvailableCommandsUpdate, ClientRequest, CloseSessionResponse, CurrentModeUpdate,
            ElicitationCapabilities, Implementation, InitializeRequest, InitializeResponse,
            ListSessionsResponse, LoadSessionRequest, LoadSessionResponse, NewSessionResponse,
            PromptRequest, PromptResponse, ResumeSessionResponse, SessionCapabilities,
            SessionCloseCapabilities, SessionId, SessionListCapabilities, SessionNotification,
            SessionResumeCapabilities, SessionUpdate, SetSessionModeRequest,
            SetSessionModeResponse,
        },
    },
};

use tokio::select;

use super::{
    Options,
    receipts::Receipts,
    session::Session,
    sessions::Sessions,
    store::Store,
    turn::{self, Turn},
    words,
};

/// The agent: its conversations, and what it knows of its client.
pub(super) struct DemoAgent {
    pub(super) options: Options,
    /// The client can show forms.
    pub(super) forms: AtomicBool,
    /// Somebody logged in.
    pub(super) logged_in: AtomicBool,
    /// Only a kill may end the process.
    pub(super) deaf: AtomicBool,
    receipts: Option<Receipts>,
    sessions: Sessions,
}

impl DemoAgent {
    pub(super) fn new(options: Options) -> io::Result<Self> {
        Ok(Self {
            forms: AtomicBool::new(false),
            logged_in: AtomicBool::new(false),
            deaf: AtomicBool::new(false),
            receipts: options.receipts.as_deref().map(Receipts::open).transpose()?,
            sessions: Sessions::new(Store::open(options.state_dir.clone())?),
            options,
        })
    }

    /// Answers `initialize`.
    pub(super) fn initialize(&self, request: &InitializeRequest) -> InitializeResponse {
        let elicitation = request.client_capabilities.elicitation.as_ref();
        let forms = elicitation.is_some_and(ElicitationCapabilities::supports_form);
        self.forms.store(forms, Ordering::Relaxed);
        let sessions = SessionCapabilities::new()
            .list(SessionListCapabilities::new())
            .resume(SessionResumeCapabilities::new())
            .close(SessionCloseCapabilities::new());
        let can = AgentCapabilities::new().load_session(true).session_capabilities(sessions);
        let login = AuthMethodAgent::new("demo-login", "Demo login").description("Needs no secret");
        let version = env!("CARGO_PKG_VERSION");
        InitializeResponse::new(ProtocolVersion::V1)
            .agent_info(Implementation::new("wardroom-demo", version).title("Demo agent"))
            .agent_capabilities(can)
            .auth_methods(vec![AuthMethod::Agent(login)])
    }

    /// Answers every other request.
    pub(super) fn answer(
        self: &Arc<Self>,
        request: ClientRequest,
        to: Responder,
        client: &ConnectionTo<Client>,
    ) -> Result<(), Error> {
        match request {
            ClientRequest::NewSessionRequest(new) => {
                opened(self.sessions.create(&new.cwd), to.cast(), client, |session| {
                    NewSessionResponse::new(session.id.clone()).modes(session.modes())
                })
            }
            ClientRequest::LoadSessionRequest(load) => {
                opened(self.load(&load, client), to.cast(), client, |session| {
                    LoadSessionResponse::new().modes(session.modes())
                })
            }
            ClientRequest::ResumeSessionRequest(resume) => {
                let session = self.sessions.reopen(&resume.session_id, &resume.cwd);
                opened(session.map(|(session, _)| session), to.cast(), client, |session| {
                    ResumeSessionResponse::new().modes(session.modes())
                })
            }
            ClientRequest::ListSessionsRequest(list) => {
                let sessions = self.sessions.list(list.cwd.as_deref());
                to.cast().respond_with_result(sessions.map(ListSessionsResponse::new))
            }
            ClientRequest::CloseSessionRequest(close) => {
                let closed = self.sessions.close(&close.session_id);
                to.cast().respond_with_result(closed.map(|()| CloseSessionResponse::new()))
            }
            ClientRequest::SetSessionModeRequest(set) => {
                to.cast().respond_with_result(self.set_mode(set, client))
            }
            ClientRequest::AuthenticateRequest(_) => {
                self.logged_in.store(true, Ordering::Relaxed);
                to.cast().respond(AuthenticateResponse::new())
            }
            ClientRequest::PromptRequest(prompt) => self.prompt(&prompt, to.cast(), client),
            _ => to.respond_with_error(Error::method_not_found()),
        }
    }

    /// Stops the turn that runs in a conversation.
    pub(super) fn cancel(&self, id: &SessionId) {
        if let Ok(session) = self.sessions.get(id) {
            session.stop();
        }
    }

    /// Opens a conversation and tells all of it again, before the answer.
    fn load(
        &self,
        load: &LoadSessionRequest,
        client: &ConnectionTo<Client>,
    ) -> Result<Arc<Session>, Error> {
        let (session, history) = self.sessions.reopen(&load.session_id, &load.cwd)?;
        for update in history {
            client.send_notification(SessionNotification::new(session.id.clone(), update))?;
        }
        Ok(session)
    }

    fn set_mode(
        &self,
        set: SetSessionModeRequest,
        client: &ConnectionTo<Client>,
    ) -> Result<SetSessionModeResponse, Error> {
        let session = self.sessions.get(&set.session_id)?;
        session.set_mode(&set.mode_id.0)?;
        let update = SessionUpdate::CurrentModeUpdate(CurrentModeUpdate::new(set.mode_id));
        session.keep(&update)?;
        client.send_notification(SessionNotification::new(set.session_id, update))?;
        Ok(SetSessionModeResponse::new())
    }

    /// Starts a turn; the receipt comes before everything else.
    fn prompt(
        self: &Arc<Self>,
        prompt: &PromptRequest,
        to: Responder<PromptResponse>,
        client: &ConnectionTo<Client>,
    ) -> Result<(), Error> {
        let text = turn::text(&prompt.prompt);
        let received = match &self.receipts {
            Some(receipts) => receipts.add(&prompt.session_id.0, &text),
            None => Ok(()),
        };
        let begun = received.map_err(Error::into_internal_error).and_then(|()| {
            let session = self.sessions.get(&prompt.session_id)?;
            Ok((session.begin(&text)?, session))
        });
        let ((number, stop), session) = match begun {
            Ok(begun) => begun,
            Err(error) => return to.respond_with_error(error),
        };
        let turn = Turn::new(self.clone(), session, client.clone(), number);
        client.spawn(async move {
            let dropped = to.cancellation();
            let end = turn.run(&text, async {
                select! { () = stop.cancelled() => {}, () = dropped.cancelled() => {} }
            });
            to.respond_with_result(end.await)
        })
    }
}

/// Answers that a conversation is open, and says which commands it knows.
fn opened<R: JsonRpcResponse>(
    session: Result<Arc<Session>, Error>,
    to: Responder<R>,
    client: &ConnectionTo<Client>,
    answer: impl FnOnce(&Session) -> R,
) -> Result<(), Error> {
    let session = match session {
        Ok(session) => session,
        Err(error) => return to.respond_with_error(error),
    };
    to.respond(answer(&session))?;
    let commands = AvailableCommandsUpdate::new(words::commands());
    let update = SessionUpdate::AvailableCommandsUpdate(commands);
    client.send_notification(SessionNotification::new(session.id.clone(), update))
}
