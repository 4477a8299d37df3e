//! A host that does what a story says, at the other end of a pipe.

use std::collections::{HashMap, VecDeque};

use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Value, json, value::RawValue};
use tokio::time::{Duration, timeout};
use wardroom::{
    Error, Result,
    domain::{
        AgentOffer, AgentSessionId, DispatchId, HostEvent, HostId, InstanceId, RequestId, Secret,
        SessionEvent,
    },
    rpc::{
        Envelope, Incoming, PROTOCOL_VERSION, RpcError,
        calls::{
            Accepted, AgentStatus, Delivered, EventReport, Hello, HostCall, Open, OpenWork, Opened,
            Prompt, Report, ServerCall, StatusReport, TurnState, Updates, Welcome,
        },
    },
};

use super::{Caller, Pipe, World, frames::Frames};

/// Far more than anything here takes.
const PATIENCE: Duration = Duration::from_secs(20);

/// A machine with a host process.
pub(crate) struct Machine {
    pub(crate) id: HostId,
    pub(crate) instance: InstanceId,
    owner: Caller,
    pipe: Option<Pipe>,
    frames: Option<Frames>,
    last_call: u64,
    answers: HashMap<u64, Result<Box<RawValue>, RpcError>>,
    calls: VecDeque<(u64, ServerCall)>,
    /// What it was told of hosts and not looked at yet.
    told: VecDeque<HostEvent>,
    /// How much each agent has said.
    said: HashMap<AgentSessionId, u64>,
    /// How long its agents may be idle.
    pub(crate) idle_timeout_ms: Option<u64>,
    /// Whether people may not prompt them.
    pub(crate) no_human_input: bool,
}

impl Machine {
    /// A machine of `owner`; the server's own for [`Caller::Local`].
    pub(crate) fn new(owner: &Caller) -> Self {
        Self {
            id: HostId::new(),
            instance: InstanceId::new(),
            owner: owner.clone(),
            pipe: None,
            frames: None,
            last_call: 0,
            answers: HashMap::new(),
            calls: VecDeque::new(),
            told: VecDeque::new(),
            said: HashMap::new(),
            idle_timeout_ms: None,
            no_human_input: false,
        }
    }

    /// What it says first.
    pub(crate) fn hello(&self) -> Hello {
        let agent = |name: &str| AgentOffer {
            name: name.to_owned(),
            description: String::new(),
            folders: vec!["/work".to_owned()],
            idle_timeout_ms: self.idle_timeout_ms,
            allow_human_input: !self.no_human_input,
        };
        Hello {
            protocol_version: PROTOCOL_VERSION,
            host_id: self.id,
            instance: self.instance,
            name: "laptop".to_owned(),
            version: "1".to_owned(),
            local: self.owner == Caller::Local,
            agents: vec![agent("claude"), agent("demo")],
            open: OpenWork::default(),
        }
    }

    /// Connects and says hello.
    pub(crate) async fn connect(&mut self, world: &World) {
        let welcome = self.try_connect(world, self.hello()).await;
        welcome.expect("a welcome");
    }

    /// The same where it may be refused.
    pub(crate) async fn try_connect(&mut self, world: &World, hello: Hello) -> Result<Welcome> {
        let (near, far) = Pipe::new();
        self.calls.clear();
        self.answers.clear();
        self.pipe = Some(near);
        self.frames = Some(Frames::new(&world.running.router).await);
        let secret = match &self.owner {
            Caller::Token(token) => Some(Secret::parse(token).unwrap()),
            _ => None,
        };
        world.running.serve(world.known(&self.owner).await, secret, far);
        self.call(HostCall::Hello(hello)).await
    }

    /// The network goes away; the process stays.
    pub(crate) fn disconnect(&mut self) {
        self.pipe = None;
    }

    /// The process is killed, and its agents with it; the next connection is another process.
    pub(crate) fn kill(&mut self) {
        self.disconnect();
        self.instance = InstanceId::new();
        self.said.clear();
    }

    /// Whether the server holds the connection.
    pub(crate) fn is_connected(&mut self) -> bool {
        self.drain();
        self.pipe.as_ref().is_some_and(|pipe| !pipe.is_cut())
    }

    /// The next call of the server, and its id.
    pub(crate) async fn next(&mut self) -> (u64, ServerCall) {
        let next = async {
            while self.calls.is_empty() {
                self.read().await;
            }
            self.calls.pop_front().unwrap()
        };
        timeout(PATIENCE, next).await.expect("the server is silent")
    }

    /// The calls that have come and are not answered, by name.
    pub(crate) fn waiting(&mut self) -> Vec<&'static str> {
        self.drain();
        self.calls.iter().map(|(_, call)| name(call)).collect()
    }

    pub(crate) fn answer(&mut self, id: u64, value: &impl Serialize) {
        self.send(Envelope::answer(id, Ok(value)).unwrap());
    }

    pub(crate) fn refuse(&mut self, id: u64, error: &Error) {
        self.send(Envelope::answer(id, Err::<&(), _>(error)).unwrap());
    }

    /// Answers a call that starts an agent: it has started.
    pub(crate) fn started(&mut self, id: u64) {
        self.answer(id, &opened());
    }

    /// Takes the next call, which starts an agent, and starts it.
    pub(crate) async fn opens(&mut self) -> Open {
        match self.next().await {
            (id, ServerCall::Open(open)) => {
                self.answer(id, &opened());
                open
            }
            (_, other) => panic!("not agent_session.open but {other:?}"),
        }
    }

    /// Takes calls up to a prompt, which is not answered yet.
    pub(crate) async fn prompted(&mut self) -> (u64, Prompt) {
        loop {
            match self.next().await {
                (id, ServerCall::Open(_)) => self.answer(id, &opened()),
                (id, ServerCall::Prompt(prompt)) => return (id, prompt),
                (_, other) => panic!("not agent.prompt but {other:?}"),
            }
        }
    }

    /// Takes a prompt and hands it to the agent.
    pub(crate) async fn accepts(&mut self) -> Prompt {
        let (id, prompt) = self.prompted().await;
        self.answer(id, &Accepted { state: TurnState::Running });
        prompt
    }

    /// Takes the next call, which stops a turn.
    pub(crate) async fn cancels(&mut self) -> DispatchId {
        match self.next().await {
            (id, ServerCall::Cancel { dispatch_id }) => {
                self.answer(id, &());
                dispatch_id
            }
            (_, other) => panic!("not agent.cancel but {other:?}"),
        }
    }

    /// Takes the next call, which ends an agent, and ends it; whether only if it is idle.
    pub(crate) async fn closes(&mut self) -> (AgentSessionId, bool) {
        match self.next().await {
            (id, ServerCall::Close { agent_session_id, if_idle }) => {
                self.answer(id, &());
                (agent_session_id, if_idle)
            }
            (_, other) => panic!("not agent_session.close but {other:?}"),
        }
    }

    /// Calls the server and waits for its answer.
    pub(crate) async fn call<T: DeserializeOwned>(&mut self, call: HostCall) -> Result<T> {
        let id = self.begin(&call);
        self.end(id).await
    }

    /// Calls the server as a program in any language does, and waits for its answer.
    pub(crate) async fn asks(&mut self, method: &str, params: Value) -> Result<Value> {
        let id = self.begins(method, params);
        self.end(id).await
    }

    /// The same without waiting.
    pub(crate) fn begins(&mut self, method: &str, params: Value) -> u64 {
        self.last_call += 1;
        let id = self.last_call;
        let (version, method) = (Value::from("2.0"), Value::from(method));
        let fields =
            [("jsonrpc", version), ("id", id.into()), ("method", method), ("params", params)];
        self.send(Value::from_iter(fields).to_string());
        id
    }

    /// What it was told of hosts since this was asked last, a line each.
    pub(crate) fn told(&mut self) -> Vec<HostEvent> {
        self.drain();
        self.told.drain(..).collect()
    }

    /// Calls the server and does not wait.
    pub(crate) fn begin(&mut self, call: &HostCall) -> u64 {
        self.last_call += 1;
        self.send(Envelope::call(self.last_call, call).unwrap());
        self.last_call
    }

    /// Waits for the answer to a call.
    pub(crate) async fn end<T: DeserializeOwned>(&mut self, id: u64) -> Result<T> {
        let answer = async {
            while !self.answers.contains_key(&id) {
                self.read().await;
            }
            self.answers.remove(&id).unwrap()
        };
        let answer = timeout(PATIENCE, answer).await.expect("the server does not answer");
        answer.map(|raw| serde_json::from_str(raw.get()).unwrap()).map_err(Error::from)
    }

    /// Whether a call was answered.
    pub(crate) fn has_answer(&mut self, id: u64) -> bool {
        self.drain();
        self.answers.contains_key(&id)
    }

    /// The agent says something; returns once that is stored.
    pub(crate) async fn says(&mut self, agent: AgentSessionId, text: &str) {
        let call = self.saying(agent, text);
        self.call::<()>(call).await.unwrap();
    }

    /// The agent calls a tool; returns once that is stored.
    pub(crate) async fn uses(&mut self, agent: AgentSessionId, tool_call: &str) {
        let update =
            json!({"sessionUpdate": "tool_call", "toolCallId": tool_call, "title": "Read"});
        let call = self.updating(agent, &update);
        self.call::<()>(call).await.unwrap();
    }

    /// The call with which the agent's next words come.
    pub(crate) fn saying(&mut self, agent: AgentSessionId, text: &str) -> HostCall {
        let content = json!({"type": "text", "text": text});
        self.updating(agent, &json!({"sessionUpdate": "agent_message_chunk", "content": content}))
    }

    fn updating(&mut self, agent: AgentSessionId, update: &Value) -> HostCall {
        let first = self.said.entry(agent).or_default();
        *first += 1;
        let update = json!({"sessionId": "acp", "update": update});
        HostCall::Update(Updates {
            agent_session_id: agent,
            instance: self.instance,
            first: *first,
            updates: vec![raw(&update)],
        })
    }

    /// The call with which an agent session tells something; numbered in one row with what its agent says.
    pub(crate) fn telling(&mut self, agent: AgentSessionId, event: SessionEvent) -> HostCall {
        let number = self.said.entry(agent).or_default();
        *number += 1;
        let (number, instance) = (*number, self.instance);
        HostCall::Event(EventReport { agent_session_id: agent, instance, number, event })
    }

    /// Reports how a turn ended; returns once that is stored.
    pub(crate) async fn reports(&mut self, prompt: &Prompt, state: TurnState) {
        let call = self.report(prompt, state);
        self.call::<()>(call).await.unwrap();
    }

    /// Reports that a turn ended as it should.
    pub(crate) async fn succeeds(&mut self, prompt: &Prompt) {
        self.reports(prompt, TurnState::Succeeded { stop_reason: "end_turn".to_owned() }).await;
    }

    pub(crate) fn report(&self, prompt: &Prompt, state: TurnState) -> HostCall {
        HostCall::Report(Report {
            dispatch_id: prompt.dispatch_id,
            agent_session_id: prompt.agent_session_id,
            instance: self.instance,
            state,
        })
    }

    /// The process behind an agent session ends.
    pub(crate) async fn loses(&mut self, agent: AgentSessionId, exit_code: Option<i32>) {
        let status = AgentStatus::Exited { exit_code, stderr: "it hurts".to_owned() };
        let call = HostCall::Status(StatusReport { agent_session_id: agent, status });
        self.call::<()>(call).await.unwrap();
    }

    /// The agent has the answer to its request.
    pub(crate) async fn delivers(&mut self, agent: AgentSessionId, request: RequestId) {
        let call = HostCall::Delivered(Delivered { request_id: request, agent_session_id: agent });
        self.call::<()>(call).await.unwrap();
    }

    fn send(&mut self, frame: String) {
        self.frames.iter_mut().for_each(|it| it.sent(&frame));
        let sent = self.pipe.as_ref().is_some_and(|pipe| pipe.write(frame));
        assert!(sent, "the server hung up");
    }

    async fn read(&mut self) {
        let pipe = self.pipe.as_mut().expect("a connection");
        let frame = pipe.read().await.expect("the server hung up");
        self.take(&frame);
    }

    fn drain(&mut self) {
        while let Some(frame) = self.pipe.as_mut().and_then(Pipe::ready) {
            self.take(&frame);
        }
    }

    fn take(&mut self, frame: &str) {
        self.frames.iter_mut().for_each(|it| it.came(frame));
        match Envelope::read::<ServerCall>(frame).unwrap() {
            Incoming::Call { id: None, call: ServerCall::HostEvent(event) } => {
                self.told.push_back(event);
            }
            Incoming::Call { id: Some(id), call } => self.calls.push_back((id, call)),
            Incoming::Answer { id, result } => {
                self.answers.insert(id, result);
            }
            other => panic!("the server sent {other:?}"),
        }
    }
}

fn opened() -> Opened {
    Opened {
        acp_session_id: "acp".to_owned(),
        folder: "/work".to_owned(),
        agent_name: "Claude".to_owned(),
        agent_version: "1".to_owned(),
        capabilities: vec!["resume".to_owned()],
    }
}

pub(super) fn raw(value: &serde_json::Value) -> Box<RawValue> {
    RawValue::from_string(value.to_string()).unwrap()
}

fn name(call: &ServerCall) -> &'static str {
    match call {
        ServerCall::Open(_) => "open",
        ServerCall::Close { .. } => "close",
        ServerCall::Prompt(_) => "prompt",
        ServerCall::Cancel { .. } => "cancel",
        ServerCall::End { .. } => "end",
        ServerCall::AnswerRequest(_) => "answer_request",
        ServerCall::Execute(_) => "execute",
        ServerCall::CancelTool { .. } => "cancel_tool",
        ServerCall::HostEvent(_) => "event",
    }
}
