//! Does in a real server what the model says was done, and compares what comes of it.

use axum::http::Method;
use serde_json::{Value, json};
use tokio::runtime::Runtime;
use uuid::Uuid;
use wardroom::{app::Settings, live::Limits};

use super::{
    hands::Hands,
    rules::MAX_PENDING,
    state::Model,
    steps::{Act, Step},
};
use crate::world::{Answer, Caller, World};

/// A server with Hana, her laptop and her two agents.
pub(super) struct Driver {
    runtime: Runtime,
    room: Room,
}

/// What the driver knows besides the model: secrets, and what the scripted host has in hand.
pub(super) struct Room {
    pub(super) world: World,
    pub(super) hands: Hands,
    hana: Caller,
    /// How each participant asks, in their order.
    people: Vec<Caller>,
    /// The secret of each invite, in their order.
    invites: Vec<String>,
    /// The requests whose answers are kept, in their order.
    kept: Vec<Sent>,
}

/// A request as it was sent.
#[derive(Clone)]
struct Sent {
    by: Caller,
    method: Method,
    path: String,
    body: Value,
    key: String,
}

impl Sent {
    fn new(by: Caller, method: Method, path: String, body: Value) -> Self {
        Self { by, method, path, body, key: Uuid::now_v7().to_string() }
    }
}

impl Driver {
    pub(super) fn start() -> Self {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let room = runtime.block_on(Room::open());
        Self { runtime, room }
    }

    /// Does what the model says was done last, and compares the answer.
    pub(super) fn follow(&mut self, model: &Model) {
        self.runtime.block_on(self.room.follow(model));
    }

    /// That all rows and all events are as the model says.
    pub(super) fn compare(&self, model: &Model) {
        self.room.compare(model);
    }

    /// That nothing at all is as it must not be.
    pub(super) fn end(self) {
        self.runtime.block_on(self.room.world.verify());
    }
}

impl Room {
    async fn open() -> Self {
        let settings = Settings {
            prompts_a_minute: 0,
            pending_of_author: MAX_PENDING,
            turn_limit: std::time::Duration::from_hours(24 * 365),
            ..Settings::default()
        };
        let world = World::in_memory(settings, Limits::default()).await;
        let hana = world.user("Hana").await;
        let hands = Hands::open(&world, &hana).await;
        let (people, invites, kept) = (Vec::new(), Vec::new(), Vec::new());
        let mut room = Self { world, hands, hana, people, invites, kept };
        room.follow(&Model::new()).await;
        room
    }

    async fn follow(&mut self, model: &Model) {
        let Step { act, it, .. } = model.did;
        match act {
            Act::Ask { question } => self.hands.ask(model, it, question),
            Act::Offer { host: true } => self.hands.offer(it).await,
            Act::End(how) => self.hands.report(it, how).await,
            Act::Lose => self.hands.lose(&self.world).await,
            Act::Restart => self.hands.restart(&mut self.world).await,
            Act::Pass { minutes, swept } => {
                let time = std::time::Duration::from_secs(minutes * 60);
                self.world.clock().advance(time);
                if swept {
                    self.world.sweep().await;
                }
            }
            Act::Nothing => {}
            Act::Again { same } => self.again(model, same).await,
            _ => {
                let sent = self.request(model);
                let answer = self.send(&sent).await;
                check(model, &answer);
                if answer.status < 300 {
                    self.note(model, sent, &answer);
                }
            }
        }
        // What is refused changes nothing, as the comparison sees; what it may have set going all the same, the next step does.
        if model.said.is_ok() && act != Act::Nothing {
            self.hands.serve(&self.world, model).await;
        }
    }

    async fn send(&self, sent: &Sent) -> Answer {
        let request = self.world.request(&sent.by, sent.method.clone(), &sent.path);
        request.key(&sent.key).json(&sent.body).send().await
    }

    /// The request that the model says was made.
    fn request(&self, model: &Model) -> Sent {
        let Step { act, at, it, .. } = model.did;
        let mut by = self.people.get(model.by).cloned().unwrap_or(self.hana.clone());
        let session = format!("/api/shared-sessions/{}", self.id("sessions", at));
        let (method, path, body) = match act {
            Act::Comment => (Method::POST, "/messages".into(), json!({"text": "I see"})),
            Act::Prompt => {
                let text = format!("prompt {}", model.kept.len());
                (Method::POST, "/prompts".into(), json!({"prompt": text}))
            }
            Act::Decide { yes, edit } => {
                let kind = model.approvals.get(it).map(|it| it.kind);
                let edited = (edit && yes && kind == Some("prompt")).then_some("edited");
                let answer = (yes && kind == Some("question")).then(|| json!({"colour": "red"}));
                let action = if yes { "approve" } else { "reject" };
                let body = json!({"action": action, "editedPrompt": edited, "answer": answer});
                (Method::POST, format!("/approvals/{}", self.id("approvals", it)), body)
            }
            Act::Suggest { yes } => {
                let action = if yes { "approve" } else { "reject" };
                let path = format!("/approvals/{}/suggestions", self.id("approvals", it));
                (Method::POST, path, json!({"action": action}))
            }
            Act::Withdraw => {
                (Method::DELETE, format!("/approvals/{}", self.id("approvals", it)), json!({}))
            }
            Act::Judge { word, part } => {
                let uri = ["a.md", "b.md", "c.md"][part];
                let body = json!({"action": word, "artifactUri": uri});
                (Method::POST, format!("/approvals/{}", self.id("approvals", it)), body)
            }
            Act::Extend { minutes } => {
                let path = format!("/api/approvals/{}", self.id("approvals", it));
                return Sent::new(by, Method::PATCH, path, json!({"expiresInMinutes": minutes}));
            }
            Act::Live { life, stop } => {
                let agent = self.hands.agents[model.sessions[at].agent];
                let path = format!("/api/agent-sessions/{agent}");
                return Sent::new(by, Method::PATCH, path, json!({"life": life, "stopTurn": stop}));
            }
            Act::Offer { .. } => {
                let path = format!("/api/agent-sessions/{}/drafts", self.hands.agents[it]);
                let artifacts = json!([{"uri": "a.md"}, {"uri": "b.md"}]);
                let body = json!({"summary": "Letters", "artifacts": artifacts});
                return Sent::new(self.hana.clone(), Method::POST, path, body);
            }
            Act::Join { account } => {
                by = if account { self.hana.clone() } else { Caller::Nobody };
                (Method::POST, "/join".into(), json!({"inviteToken": self.invites[it]}))
            }
            Act::Invite { role, uses } => {
                let body = json!({"role": role, "maxUses": uses, "expiresInMinutes": 60});
                (Method::POST, "/invites".into(), body)
            }
            Act::Revoke => {
                (Method::DELETE, format!("/invites/{}", self.id("invites", it)), json!({}))
            }
            Act::Leave { close } => (Method::POST, "/leave".into(), json!({"close": close})),
            Act::Remove => (
                Method::DELETE,
                format!("/participants/{}", self.id("participants", it)),
                json!({}),
            ),
            Act::Change { role, decides } => {
                let path = format!("/participants/{}", self.id("participants", it));
                (Method::PATCH, path, json!({"role": role, "canDecide": decides}))
            }
            Act::HandOver => {
                let body = json!({"participantId": self.id("participants", it)});
                (Method::POST, "/host".into(), body)
            }
            Act::Mode(mode) => (Method::PATCH, String::new(), json!({"mode": mode})),
            Act::Close => (Method::POST, "/close".into(), json!({})),
            Act::Dispatch(action) => {
                let path = format!("/dispatches/{}", self.id("dispatches", it));
                (Method::POST, path, json!({"action": action}))
            }
            Act::Share { mode } => return self.sharing(it, mode),
            other => panic!("{other:?} is no request"),
        };
        Sent::new(by, method, session + &path, body)
    }

    fn sharing(&self, agent: usize, mode: &str) -> Sent {
        let invite = json!({"maxUses": 3, "expiresInMinutes": 2 * 24 * 60});
        let body = json!({
            "hostSessionId": self.hands.agents[agent], "mode": mode, "expiresInMinutes": 2 * 24 * 60, "invite": invite,
        });
        let (by, path) = (self.hana.clone(), "/api/shared-sessions".to_owned());
        Sent::new(by, Method::POST, path, body)
    }

    /// Keeps what only this answer had.
    fn note(&mut self, model: &Model, sent: Sent, answer: &Answer) {
        match model.did.act {
            Act::Share { .. } => {
                self.people.push(self.hana.clone());
                self.invites.push(text(&answer["inviteToken"]));
            }
            Act::Invite { .. } => self.invites.push(text(&answer["invite"]["token"])),
            Act::Join { account: true } if self.people.len() < model.people.len() => {
                self.people.push(self.hana.clone());
            }
            Act::Join { account: false } => {
                self.people.push(Caller::token(&answer["participant"]["accessToken"]));
            }
            _ => {}
        }
        if self.kept.len() < model.kept.len() {
            self.kept.push(sent);
        }
    }

    /// Sends a request again by its key, with its own body or another one.
    async fn again(&mut self, model: &Model, same: bool) {
        let mut sent = self.kept[model.did.it].clone();
        let kept = &model.kept[model.did.it];
        if !same {
            let (field, value) = match kept.did.act {
                Act::Comment => ("text", json!("other words")),
                Act::Prompt => ("prompt", json!("another prompt")),
                Act::Invite { .. } => ("maxUses", json!(9)),
                Act::Join { .. } => ("displayName", json!("somebody else")),
                Act::Offer { .. } => ("summary", json!("Other letters")),
                _ => ("title", json!("another title")),
            };
            sent.body[field] = value;
        }
        let answer = self.send(&sent).await;
        check(model, &answer);
        if !model.replayed {
            return;
        }
        match kept.did.act {
            Act::Share { .. } => {
                self.invites[model.sessions[kept.made].invite] = text(&answer["inviteToken"]);
            }
            Act::Invite { .. } => self.invites[kept.made] = text(&answer["invite"]["token"]),
            Act::Join { account: false } => {
                self.people[kept.made] = Caller::token(&answer["participant"]["accessToken"]);
            }
            Act::Prompt => {
                assert_eq!(text(&answer["approval"]["id"]), self.id("approvals", kept.made));
            }
            _ => {}
        }
    }

    /// The id of the row at a place; beyond the end an unknown one.
    fn id(&self, table: &str, place: usize) -> String {
        let sql = format!(
            "select coalesce((select id from {table} order by n limit 1 offset {place}), '{}')",
            Uuid::now_v7()
        );
        self.world.look(&sql)
    }

    fn compare(&self, model: &Model) {
        let lines = |sql: &str| -> Vec<String> {
            let all: String = self
                .world
                .look(&format!("select coalesce(group_concat(line, char(10)), '') from ({sql})"));
            all.lines().map(str::to_owned).collect()
        };
        let found = lines(
            "select 'agent ' || life || ' ' || completing as line from (select * from agent_sessions order by n)
             union all select 'session ' || mode || ' ' || status from (select * from sessions order by n)
             union all select 'person ' || role || ' ' || can_decide || ' ' || coalesce(left_reason, '-')
               from (select * from participants order by n)
             union all select 'invite ' || uses || ' ' || (revoked_at is not null) from (select * from invites order by n)
             union all select kind || ' ' || status || ' ' || (edited_prompt is not null) || ' '
               || (select count(*) from suggestions s where s.approval_id = a.id) || ' '
               || coalesce((select group_concat(coalesce(f.decision, '-'), ' ')
                    from (select * from artifacts order by place) f join drafts d on d.id = f.draft_id
                    where d.approval_id = a.id), '') from (select * from approvals order by n) a
             union all select 'dispatch ' || state from (select * from dispatches order by n)",
        );
        assert_eq!(found, model.picture());
        for (at, session) in model.sessions.iter().enumerate() {
            let id = self.id("sessions", at);
            let events = lines(&format!(
                "select type as line from events where session_id = '{id}' and type not in
                 ('agent_session_updated', 'host_connected', 'host_disconnected') order by seq"
            ));
            assert_eq!(events, session.log, "the events of session {at}");
            let gaps: bool = self.world.look(&format!(
                "select count(*) <> max(seq) or max(seq) <> (select last_seq from sessions where id = '{id}')
                 from events where session_id = '{id}'"
            ));
            assert!(!gaps, "the events of session {at} have gaps");
        }
    }
}

/// That the answer is the one that the model says.
fn check(model: &Model, answer: &Answer) {
    let said = match answer.status {
        status @ ..300 => Ok(status),
        status => Err((status, text(&answer["code"]))),
    };
    let expected = model.said.map_err(|(status, code)| (status, code.to_owned()));
    assert_eq!(said, expected, "{:?} by {} is answered: {}", model.did, model.by, answer.text);
    let replayed = answer.header("idempotent-replay") == Some("true");
    assert_eq!(replayed, model.replayed, "{:?}", model.did);
}

fn text(value: &Value) -> String {
    value.as_str().expect("a text").to_owned()
}
