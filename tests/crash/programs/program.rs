//! A program on a host's connection: registers agents with tools, asks and waits, tells what happens, decides what is its
//! own, and follows what happens at the hosts of its owner.

use std::{
    collections::{BTreeSet, HashMap, VecDeque},
    sync::atomic::Ordering::Relaxed,
    time::Duration,
};

use serde_json::{Value, json};
use tokio::time::{interval, sleep};
use wardroom::domain::{HostId, InstanceId};

use super::{Worker, link::Link};

/// How often it does something.
const PACE: Duration = Duration::from_millis(40);
/// How many of its requests wait at once.
const WAITING: usize = 4;

/// What it knows, whatever becomes of its connection.
struct Program {
    me: Worker,
    host: HostId,
    /// What was asked and not answered, by name.
    open: BTreeSet<String>,
    asked: usize,
}

/// What a connection waits for.
enum Sent {
    /// The answer to a request.
    Ask(String),
    /// The list of what waits for this host.
    List,
    /// Something whose answer says nothing new.
    Other,
}

/// Works until it is enough and all that was asked is answered.
pub(super) async fn work(me: Worker) {
    let mut cuts = me.place.cut.subscribe();
    let mut program = Program { me, host: HostId::new(), open: BTreeSet::new(), asked: 0 };
    loop {
        cuts.mark_unchanged();
        tokio::select! {
            () = program.one_connection() => {}
            // The connection is dropped, whatever it was about to say.
            changed = cuts.changed() => changed.expect("whoever cuts is there"),
        }
        if program.is_done() {
            return;
        }
        sleep(Duration::from_millis(10)).await;
    }
}

impl Program {
    fn is_done(&self) -> bool {
        self.me.is_done() && self.open.is_empty()
    }

    /// Works over one connection until that breaks, or there is nothing more to do.
    async fn one_connection(&mut self) {
        let place = self.me.place.clone();
        let Some(mut link) = Link::open(&place.address, &place.token).await else { return };
        let Some(early) = self.begin(&mut link).await else { return };
        place.counts.connections.fetch_add(1, Relaxed);
        let mut sent = HashMap::new();
        for name in self.open.clone() {
            place.counts.asked_again.fetch_add(1, Relaxed);
            let Some(id) = link.call("host.request_approval", self.request(&name)).await else {
                return;
            };
            sent.insert(id, Sent::Ask(name));
        }
        for frame in early {
            if self.take(&mut link, &mut sent, frame).await.is_none() {
                return;
            }
        }
        let mut beat = interval(PACE);
        while !self.is_done() {
            let goes_on = tokio::select! {
                frame = link.next() => match frame {
                    Some(frame) => self.take(&mut link, &mut sent, frame).await,
                    None => None,
                },
                _ = beat.tick() => self.act(&mut link, &mut sent).await,
            };
            if goes_on.is_none() {
                return;
            }
        }
    }

    /// Says hello, and who is there; what came meanwhile.
    async fn begin(&mut self, link: &mut Link) -> Option<VecDeque<Value>> {
        let (place, mut early) = (self.me.place.clone(), VecDeque::new());
        let mut keep = |frame| early.push_back(frame);
        let hello = json!({
            "protocol_version": 1, "host_id": self.host, "instance": InstanceId::new(), "name": place.name,
            "version": "1", "agents": [],
        });
        link.ask("host.hello", hello, &mut keep).await?;
        for (n, id) in place.agents.iter().enumerate() {
            let agent = json!({ "id": id, "name": format!("agent{n}"), "kind": "script" });
            link.ask("host.register_agent", agent, &mut keep).await?;
            let tools = json!({ "agent_id": id, "tools": [{ "name": "echo" }] });
            link.ask("tools.register", tools, &mut keep).await?;
        }
        let from = json!({ "after": place.told.last() });
        link.ask("host.subscribe", from, &mut keep).await?;
        Some(early)
    }

    /// The request of this name: the same however often it is asked. Of every second one people decide.
    fn request(&self, name: &str) -> Value {
        let n: usize = name.rsplit('-').next().and_then(|n| n.parse().ok()).expect("a number");
        let agents = &self.me.place.agents;
        json!({
            "request_id": name, "agent_id": agents[n % agents.len()], "action": action(name),
            "details": { "n": n }, "system_level": n.is_multiple_of(2), "wait": true,
        })
    }

    /// Does one thing of those that a program does.
    async fn act(&mut self, link: &mut Link, sent: &mut HashMap<u64, Sent>) -> Option<()> {
        let agents = self.me.place.agents.clone();
        let agent = agents[self.me.dice.below(agents.len())];
        let (id, what) = match self.me.dice.below(10) {
            0..4 if self.open.len() < WAITING && !self.me.is_done() => {
                let name = format!("{}-{}", self.me.place.name, self.asked);
                self.asked += 1;
                self.open.insert(name.clone());
                (link.call("host.request_approval", self.request(&name)).await?, Sent::Ask(name))
            }
            4 => (link.call("host.approvals", json!({ "limit": 200 })).await?, Sent::List),
            5 => {
                let status = ["idle", "running", "paused"][self.me.dice.below(3)];
                let status = json!({ "agent_id": agent, "status": status });
                (link.call("host.set_status", status).await?, Sent::Other)
            }
            6..8 => {
                let note = json!({ "kind": "tick", "agent_id": agent, "payload": { "of": agent } });
                (link.call("host.notify", note).await?, Sent::Other)
            }
            _ => return Some(()),
        };
        sent.insert(id, what);
        Some(())
    }

    /// Takes what the server says.
    async fn take(
        &mut self,
        link: &mut Link,
        sent: &mut HashMap<u64, Sent>,
        frame: Value,
    ) -> Option<()> {
        let (params, id) = (&frame["params"], &frame["id"]);
        match frame["method"].as_str() {
            Some("host.event") => {
                self.me.place.told.saw(params["seq"].as_i64().expect("a number"));
                Some(())
            }
            Some("tools.execute") => {
                link.answer(id, &json!({ "output": params["parameters"] })).await
            }
            Some("host.answer_request") => {
                link.answer(id, &Value::Null).await?;
                // Sometimes it forgets; then it finds it on the row.
                let does = self.me.dice.percent(60);
                if does {
                    resolve(link, sent, &params["approval_id"], &params["option"]).await
                } else {
                    Some(())
                }
            }
            Some("tools.cancel") => link.answer(id, &Value::Null).await,
            Some(other) => panic!("the server calls {other}"),
            None => self.answered(link, sent, frame).await,
        }
    }

    async fn answered(
        &mut self,
        link: &mut Link,
        sent: &mut HashMap<u64, Sent>,
        frame: Value,
    ) -> Option<()> {
        let (result, error) = (&frame["result"], &frame["error"]);
        match sent.remove(&frame["id"].as_u64().expect("an id")).expect("a call of ours") {
            // What waits for people is asked again; so much at once is refused.
            Sent::Ask(name) if !error.is_null() => {
                let code = error["data"]["code"].as_str();
                assert!(matches!(code, Some("RATE_LIMITED" | "BUSY")), "{name}: {error}");
                self.me.place.counts.asked_again.fetch_add(1, Relaxed);
                sleep(PACE).await;
                let id = link.call("host.request_approval", self.request(&name)).await?;
                sent.insert(id, Sent::Ask(name));
            }
            Sent::Ask(name) => {
                assert!(self.me.place.answered(&action(&name), result), "{name} waits: {result}");
                self.open.remove(&name);
            }
            Sent::List => {
                let list = result["approvals"].as_array().into_iter().flatten();
                let wished =
                    list.filter(|it| it["status"] == "pending" && !it["resolveRequest"].is_null());
                for approval in wished {
                    let option = &approval["resolveRequest"]["optionId"];
                    resolve(link, sent, &approval["id"], option).await?;
                }
            }
            // Two ways lead to the same decision; the second comes late.
            Sent::Other => {
                let code = error["data"]["code"].as_str();
                let is_late = matches!(code, None | Some("APPROVAL_ALREADY_RESOLVED" | "BUSY"));
                assert!(is_late, "{error}");
            }
        }
        Some(())
    }
}

/// What is asked: each unlike any other.
fn action(name: &str) -> String {
    format!("Deploy {name}?")
}

/// Decides what is this host's own, as a person wished.
async fn resolve(
    link: &mut Link,
    sent: &mut HashMap<u64, Sent>,
    approval: &Value,
    option: &Value,
) -> Option<()> {
    let resolve = json!({ "approval_id": approval, "resolution": option });
    let id = link.call("host.resolve_approval", resolve).await?;
    sent.insert(id, Sent::Other);
    Some(())
}
