//! The scripted host: its two agents, what it was handed, and what its agents wait for.

use std::collections::HashMap;

use wardroom::{
    domain::{AgentSessionId, RequestId},
    rpc::calls::{Accepted, HostCall, Outcome, Prompt, ServerCall, TurnState},
};

use super::state::Model;
use crate::world::{Caller, Machine, World, letter, permission, question};

pub(super) struct Hands {
    laptop: Machine,
    pub(super) agents: [AgentSessionId; 2],
    /// What was handed over for each dispatch, by its place.
    prompts: HashMap<usize, Prompt>,
    asked: Vec<Asked>,
    /// Whether the server may ask again about what it has handed over: it was started anew.
    is_asked_again: bool,
}

/// A request of an agent, and the call that waits for its answer.
struct Asked {
    request: HostCall,
    id: RequestId,
    agent: AgentSessionId,
    call: u64,
    /// The approval that it is; none where nobody can be asked.
    approval: Option<usize>,
}

impl Hands {
    pub(super) async fn open(world: &World, hana: &Caller) -> Self {
        let mut laptop = Machine::new(hana);
        laptop.connect(world).await;
        let agents = [world.agent(hana, &mut laptop).await, world.agent(hana, &mut laptop).await];
        let (prompts, asked) = (HashMap::new(), Vec::new());
        Self { laptop, agents, prompts, asked, is_asked_again: false }
    }

    /// An agent asks for leave in a turn, or what it wants to know.
    pub(super) fn ask(&mut self, model: &Model, turn: usize, is_question: bool) {
        let prompt = &self.prompts[&turn];
        let (agent, approval) = (prompt.agent_session_id, model.approvals.len() - 1);
        let (id, request) = if is_question {
            let request = question(prompt);
            (request.request_id, HostCall::Question(request))
        } else {
            let request = permission(prompt);
            (request.request_id, HostCall::Permission(request))
        };
        let approval = (model.said == Ok(1)).then_some(approval);
        let call = self.laptop.begin(&request);
        self.asked.push(Asked { request, id, agent, call, approval });
    }

    /// An agent offers a draft.
    pub(super) async fn offer(&mut self, agent: usize) {
        self.laptop.call::<()>(letter(self.agents[agent], "Letters")).await.unwrap();
    }

    pub(super) async fn report(&mut self, turn: usize, how: &str) {
        let state = match how {
            "succeeded" => TurnState::Succeeded { stop_reason: "end_turn".to_owned() },
            "cancelled" => TurnState::Cancelled { stop_reason: "cancelled".to_owned() },
            _ => TurnState::Failed { error: "it hurts".to_owned() },
        };
        let prompt = self.prompts[&turn].clone();
        self.laptop.reports(&prompt, state).await;
    }

    /// The host process is killed, with its agents; another one comes.
    pub(super) async fn lose(&mut self, world: &World) {
        self.laptop.kill();
        world.settle().await;
        self.asked.clear();
        self.laptop.connect(world).await;
    }

    /// The server is killed; the host connects to the next one, and asks again what it waits for.
    pub(super) async fn restart(&mut self, world: &mut World) {
        world.restart().await;
        self.laptop.disconnect();
        self.laptop.connect(world).await;
        self.is_asked_again = true;
        for asked in &mut self.asked {
            asked.call = self.laptop.begin(&asked.request);
        }
    }

    /// Answers what the server calls for, until it calls no more.
    pub(super) async fn serve(&mut self, world: &World, model: &Model) {
        world.settle().await;
        while !self.laptop.waiting().is_empty() {
            match self.laptop.next().await {
                (id, ServerCall::Open(_)) => self.laptop.started(id),
                (id, ServerCall::Prompt(prompt)) => {
                    self.take(world, model, prompt);
                    self.laptop.answer(id, &Accepted { state: TurnState::Running });
                }
                (id, _) => self.laptop.answer(id, &()),
            }
            world.settle().await;
        }
        self.is_asked_again = false;
        self.hear(model).await;
    }

    /// A prompt is handed over: one that was approved, as it was decided, and once.
    fn take(&mut self, world: &World, model: &Model, prompt: Prompt) {
        let place: i64 = world.look(&format!(
            "select count(*) from dispatches where n < (select n from dispatches where id = '{}')",
            prompt.dispatch_id
        ));
        let place = usize::try_from(place).unwrap();
        let approval = &model.approvals[model.dispatches[place].approval];
        assert_eq!((model.dispatches[place].state, approval.status), ("running", "approved"));
        assert_eq!(prompt.text == "edited", approval.edited, "{}", prompt.text);
        assert_eq!(prompt.agent_session_id, self.agents[model.agent_of(place)]);
        let before = self.prompts.insert(place, prompt);
        assert!(before.is_none() || self.is_asked_again, "it is handed over twice");
    }

    /// The answers that agents have waited for: there are those of what waits no more, and no others.
    async fn hear(&mut self, model: &Model) {
        for asked in std::mem::take(&mut self.asked) {
            let status = asked.approval.map(|it| model.approvals[it].status);
            let is_over = status != Some("pending");
            assert_eq!(self.laptop.has_answer(asked.call), is_over, "{status:?}");
            if !is_over {
                self.asked.push(asked);
                continue;
            }
            let outcome: Outcome = self.laptop.end(asked.call).await.unwrap();
            let said = match &outcome {
                Outcome::Selected { option_id } => option_id.as_str(),
                Outcome::Answered { answer } => answer["colour"].as_str().unwrap(),
                Outcome::Declined => "declined",
                Outcome::Cancelled => "nothing",
            };
            let is_question = matches!(asked.request, HostCall::Question(_));
            match status {
                Some("approved") => assert_eq!(said, if is_question { "red" } else { "yes" }),
                Some("rejected") => assert_eq!(said, if is_question { "declined" } else { "no" }),
                _ => assert!(matches!(said, "nothing" | "no"), "nobody said {said}"),
            }
            self.laptop.delivers(asked.agent, asked.id).await;
        }
    }
}
