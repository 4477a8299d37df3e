//! The Agent Client Protocol, version 1, as its client: the only module that names the SDK.
//!
//! Requests go out and come in untyped: the SDK's types drop what they do not know, and turn an
//! unknown stop reason or option kind into an error. Updates never arrive here, see
//! [`tap`](super::tap).

use std::{io, path::Path};

use agent_client_protocol::{
    Agent, Client, ErrorCode, Lines, UntypedMessage, is_connection_terminated,
    is_incoming_transport_closed, on_receive_request,
    schema::ProtocolVersion,
    v1::{
        ConnectionTo, Responder,
        schema::{
            AuthCapabilities, CancelNotification, ClientCapabilities, ContentBlock,
            ElicitationCapabilities, ElicitationFormCapabilities, Implementation,
            InitializeRequest, InitializeResponse, ListSessionsRequest, LoadSessionRequest,
            NewSessionRequest, PromptRequest, ResumeSessionRequest, SetSessionModeRequest,
            TextContent,
        },
    },
};
use futures_util::{SinkExt, Stream, sink};
use serde::Serialize;
use serde_json::Value;
use tokio::{io::AsyncWrite, sync::mpsc};
use tokio_util::codec::{FramedWrite, LinesCodec};

use super::{failure, fit, remembered::Remembered, tap::Heard};

mod known;
pub(super) use known::Known;

/// A connection to an agent.
#[derive(Clone)]
pub(super) struct Acp {
    connection: ConnectionTo<Agent>,
}

/// Why an agent did not do what it was asked.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Refusal {
    /// It wants a login first.
    NeedsLogin,
    /// It has closed its end.
    Gone,
    /// It says why.
    Said(String),
}

/// Something that an agent asks of its client.
pub(super) struct Asked {
    /// ACP's name for it.
    pub(super) method: String,
    /// Its parameters as the agent wrote them.
    pub(super) params: Value,
    /// Where the answer goes.
    pub(super) reply: Reply,
}

/// The one answer to a request of an agent. Dropped, it answers with an error.
pub(super) struct Reply {
    responder: Responder<Value>,
}

impl Reply {
    /// Answers.
    pub(super) fn answer(self, answer: &impl Serialize) {
        let answer = serde_json::to_value(answer).map_err(agent_client_protocol::Error::from);
        if let Err(error) = self.responder.respond_with_result(answer) {
            tracing::debug!(%error, "an agent does not take an answer any more");
        }
    }

    /// Says that this is not offered.
    pub(super) fn not_offered(self) {
        self.refuse(agent_client_protocol::Error::method_not_found());
    }

    /// Says that the request has not the shape that it must have.
    pub(super) fn malformed(self) {
        self.refuse(agent_client_protocol::Error::invalid_params());
    }

    fn refuse(self, why: agent_client_protocol::Error) {
        if let Err(error) = self.responder.respond_with_error(why) {
            tracing::debug!(%error, "an agent does not take an answer any more");
        }
    }
}

/// Speaks ACP over an agent's pipes until `talk` returns or the pipes fail; what the agent asks
/// arrives in `asked`.
pub(super) async fn connect<R>(
    stdin: impl AsyncWrite + Unpin + Send + 'static,
    lines: impl Stream<Item = io::Result<String>> + Send + 'static,
    heard: Heard,
    asked: mpsc::Sender<Asked>,
    talk: impl AsyncFnOnce(Acp) -> R,
) -> Result<R, Refusal> {
    let pipe = Some(FramedWrite::new(stdin, LinesCodec::new()));
    let outgoing = sink::unfold(pipe, move |pipe, line: String| {
        let heard = heard.clone();
        heard.telling(&line);
        async move {
            let pipe = write(pipe, &line).await?;
            heard.took(&line);
            Ok(pipe)
        }
    });
    Client
        .v1()
        .name("wardroom")
        .on_receive_request(
            async move |message: UntypedMessage, responder: Responder<Value>, _| {
                let (method, params) = message.into_parts();
                let reply = Reply { responder };
                if asked.send(Asked { method, params, reply }).await.is_err() {
                    tracing::debug!("an agent asks after its conversation has ended");
                }
                Ok(())
            },
            on_receive_request!(),
        )
        .connect_with(Lines::new(outgoing, lines), async |connection: ConnectionTo<Agent>| {
            Ok(talk(Acp { connection }).await)
        })
        .await
        .map_err(refusal)
}

/// Writes a line. A pipe that takes none any more is not the end yet: what the agent has said last
/// is still to be read, and the end of that is the end.
async fn write<W: AsyncWrite + Unpin>(
    pipe: Option<FramedWrite<W, LinesCodec>>,
    line: &str,
) -> io::Result<Option<FramedWrite<W, LinesCodec>>> {
    let Some(mut pipe) = pipe else { return Ok(None) };
    let written = pipe.send(line).await;
    Ok(written
        .inspect_err(|error| tracing::debug!(%error, "an agent hears nothing"))
        .ok()
        .map(|()| pipe))
}

impl Acp {
    /// Introduces us, and learns whom we talk to.
    pub(super) async fn initialize(&self) -> Result<Known, Refusal> {
        let form = ElicitationCapabilities::new().form(ElicitationFormCapabilities::new());
        // Whoever runs a host can start the agent's own command at a terminal.
        let terminal = AuthCapabilities::new().terminal(true);
        let can = ClientCapabilities::new().elicitation(form).auth(terminal);
        let request = InitializeRequest::new(ProtocolVersion::V1)
            .client_capabilities(can)
            .client_info(Implementation::new("wardroom", env!("CARGO_PKG_VERSION")));
        let answer: InitializeResponse =
            self.connection.send_request(request).block_task().await.map_err(refusal)?;
        Ok(Known::from(&answer))
    }

    /// Begins a conversation; its id.
    pub(super) async fn new_session(&self, folder: &Path) -> Result<String, Refusal> {
        let answer = self.request("session/new", NewSessionRequest::new(folder)).await?;
        let id = answer.get("sessionId").and_then(Value::as_str);
        let id = id.ok_or_else(|| Refusal::Said("it names no session".to_owned()))?;
        if !fit::is_id(id) {
            return Err(Refusal::Said("its name for the session is longer than 1 KiB".to_owned()));
        }
        Ok(id.to_owned())
    }

    /// A page of the conversations about a folder that the agent remembers, from a cursor of its own, and the next cursor.
    /// What has no id that could be named again is left out.
    pub(super) async fn list(
        &self,
        folder: &Path,
        cursor: Option<String>,
    ) -> Result<(Vec<Remembered>, Option<String>), Refusal> {
        let request = ListSessionsRequest::new().cwd(folder.to_owned()).cursor(cursor);
        let answer = self.request("session/list", request).await?;
        let sessions = answer.get("sessions").and_then(Value::as_array);
        let sessions = sessions.into_iter().flatten().filter_map(remembered).collect();
        let next = answer.get("nextCursor").and_then(Value::as_str);
        Ok((sessions, next.map(str::to_owned)))
    }

    /// Takes up a conversation where it was, without telling it again.
    pub(super) async fn resume(&self, session: &str, folder: &Path) -> Result<(), Refusal> {
        let request = ResumeSessionRequest::new(session.to_owned(), folder);
        self.request("session/resume", request).await.map(drop)
    }

    /// Takes up a conversation; the agent tells all of it again before it answers.
    pub(super) async fn load(&self, session: &str, folder: &Path) -> Result<(), Refusal> {
        let request = LoadSessionRequest::new(session.to_owned(), folder);
        self.request("session/load", request).await.map(drop)
    }

    /// Puts a conversation into a mode, by the agent's own id of it.
    pub(super) async fn set_mode(&self, session: &str, mode: &str) -> Result<(), Refusal> {
        let request = SetSessionModeRequest::new(session.to_owned(), mode.to_owned());
        self.request("session/set_mode", request).await.map(drop)
    }

    /// Prompts the agent; the turn's stop reason, in its own word. Sent when this returns.
    pub(super) fn prompt(
        &self,
        session: &str,
        text: &str,
    ) -> impl Future<Output = Result<String, Refusal>> + Send + use<> {
        let content = vec![ContentBlock::Text(TextContent::new(text))];
        let answer =
            self.request("session/prompt", PromptRequest::new(session.to_owned(), content));
        async {
            let answer = answer.await?;
            let reason = answer.get("stopReason").and_then(Value::as_str);
            Ok(failure::shown(reason.unwrap_or("unknown")))
        }
    }

    /// Tells the agent to stop the turn; it answers the prompt when it has.
    pub(super) fn cancel(&self, session: &str) {
        let sent = self.connection.send_notification(CancelNotification::new(session.to_owned()));
        if let Err(error) = sent {
            tracing::debug!(%error, "an agent cannot be told to stop");
        }
    }

    /// Waits until the agent has closed its end.
    pub(super) async fn closed(&self) {
        self.connection.incoming_closed().await;
    }

    fn request<P: Serialize>(
        &self,
        method: &str,
        params: P,
    ) -> impl Future<Output = Result<Value, Refusal>> + Send + use<P> {
        let sent = UntypedMessage::new(method, params)
            .map(|message| self.connection.send_request(message).block_task());
        async { sent.map_err(refusal)?.await.map_err(refusal) }
    }
}

fn remembered(session: &Value) -> Option<Remembered> {
    let text = |name: &str| session.get(name).and_then(Value::as_str);
    let shown = |name: &str| text(name).map(failure::shown).filter(|it| !it.is_empty());
    let id = text("sessionId").filter(|id| fit::is_id(id) && !id.is_empty())?.to_owned();
    Some(Remembered { id, title: shown("title"), updated_at: shown("updatedAt") })
}

fn refusal(error: agent_client_protocol::Error) -> Refusal {
    if error.code == ErrorCode::AUTH_REQUIRED {
        Refusal::NeedsLogin
    } else if is_incoming_transport_closed(&error) || is_connection_terminated(&error) {
        Refusal::Gone
    } else {
        Refusal::Said(said(error))
    }
}

/// What an agent says of its error: some put the cause into `data`, as text or in a field of it.
fn said(error: agent_client_protocol::Error) -> String {
    let data = error.data.as_ref();
    let fields = ["details", "message"].iter().filter_map(|name| data?.get(name));
    match data.into_iter().chain(fields).find_map(Value::as_str) {
        Some(cause) => format!("{}: {cause}", error.message),
        None => error.message,
    }
}
