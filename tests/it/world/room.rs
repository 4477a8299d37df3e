//! A shared session with its host, and what people usually do in it.

use serde_json::{Value, json};
use wardroom::domain::{AgentSessionId, SessionId};

use super::{Answer, Caller, Machine, World};

/// A session that Hana shares from her laptop.
pub(crate) struct Room {
    pub(crate) id: String,
    /// Shares it, by her own token.
    pub(crate) hana: Caller,
    /// The secret of its first invite.
    pub(crate) invite: String,
    /// What is shared.
    pub(crate) agent: AgentSessionId,
    /// Where it runs.
    pub(crate) laptop: Machine,
}

impl Room {
    /// A path under the session.
    pub(crate) fn path(&self, rest: &str) -> String {
        let path = format!("/api/shared-sessions/{}/{rest}", self.id);
        path.trim_end_matches('/').to_owned()
    }

    pub(crate) fn session(&self) -> SessionId {
        self.id.parse().unwrap()
    }
}

impl World {
    /// A session in this mode.
    pub(crate) async fn room(&self, mode: &str) -> Room {
        self.room_with(json!({"mode": mode})).await
    }

    /// A session that is made with these words besides.
    pub(crate) async fn room_with(&self, body: Value) -> Room {
        let hana = self.user("Hana").await;
        self.room_of(&hana, body).await
    }

    /// A session of somebody who has an account already.
    pub(crate) async fn room_of(&self, hana: &Caller, body: Value) -> Room {
        let hana = hana.clone();
        let mut laptop = Machine::new(&hana);
        laptop.connect(self).await;
        let agent = self.agent(&hana, &mut laptop).await;
        self.share(hana, laptop, agent, body).await
    }

    /// Starts an agent at a host.
    pub(crate) async fn agent(&self, owner: &Caller, at: &mut Machine) -> AgentSessionId {
        let body = json!({"agent": "claude", "title": "Fix the tests", "hostId": at.id});
        let (made, _) = tokio::join!(self.post(owner, "/api/agent-sessions", body), at.opens());
        made.ok(201)["agentSession"]["id"].as_str().unwrap().parse().unwrap()
    }

    /// Shares an agent session.
    pub(crate) async fn share(
        &self,
        hana: Caller,
        laptop: Machine,
        agent: AgentSessionId,
        mut body: Value,
    ) -> Room {
        body["hostSessionId"] = json!(agent);
        let made = self.post(&hana, "/api/shared-sessions", body).await.ok(201);
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        let (id, invite) = (text(&made["session"]["id"]), text(&made["inviteToken"]));
        Room { id, hana, invite, agent, laptop }
    }

    /// Joins by the room's invite, as a guest with a token.
    pub(crate) async fn join(&self, room: &Room, name: &str) -> Caller {
        self.join_as(room, json!({"displayName": name})).await
    }

    /// The same with other words.
    pub(crate) async fn join_as(&self, room: &Room, mut body: Value) -> Caller {
        body["inviteToken"] = json!(room.invite);
        let joined = self.post(&Caller::Nobody, &room.path("join"), body).await.ok(201);
        Caller::token(&joined["participant"]["accessToken"])
    }

    /// Makes an invite, and gives it with its token.
    pub(crate) async fn invite(&self, room: &Room, body: Value) -> Value {
        self.post(&room.hana, &room.path("invites"), body).await.ok(201)["invite"].take()
    }

    /// The participant whom the others see under this name.
    pub(crate) async fn participant(&self, room: &Room, name: &str) -> Value {
        let path = room.path("participants");
        let list = self.get(&room.hana, &path).await.ok(200)["participants"].take();
        let found = list.as_array().unwrap().iter().rev().find(|it| it["displayName"] == name);
        found.unwrap_or_else(|| panic!("nobody is called {name}")).clone()
    }

    pub(crate) async fn say(&self, room: &Room, who: &Caller, text: &str) -> Answer {
        self.post(who, &room.path("messages"), json!({"text": text})).await
    }

    /// Sends a prompt, and gives what it became.
    pub(crate) async fn prompt(&self, room: &Room, who: &Caller, text: &str) -> Value {
        let sent = self.post(who, &room.path("prompts"), json!({"prompt": text})).await;
        assert!(matches!(sent.status, 200 | 202), "{}", sent.text);
        sent.json["approval"].clone()
    }

    /// Decides an approval.
    pub(crate) async fn decide(
        &self,
        room: &Room,
        who: &Caller,
        approval: &Value,
        decision: Value,
    ) -> Answer {
        let path = room.path(&format!("approvals/{}", approval["id"].as_str().unwrap()));
        self.post(who, &path, decision).await
    }

    /// Says yes.
    pub(crate) async fn approve(&self, room: &Room, approval: &Value) -> Value {
        let yes = json!({"action": "approve", "digest": approval["digest"]});
        self.decide(room, &room.hana, approval, yes).await.ok(200)["approval"].take()
    }

    /// Acts on a dispatch.
    pub(crate) async fn act(
        &self,
        room: &Room,
        who: &Caller,
        dispatch: &Value,
        action: &str,
    ) -> Answer {
        let path = room.path(&format!("dispatches/{}", dispatch["id"].as_str().unwrap()));
        self.post(who, &path, json!({"action": action})).await
    }

    /// An approval as it is now.
    pub(crate) async fn approval(&self, room: &Room, approval: &Value) -> Value {
        let path = format!("/api/approvals/{}", approval["id"].as_str().unwrap());
        self.get(&room.hana, &path).await.ok(200)["approval"].take()
    }
}
