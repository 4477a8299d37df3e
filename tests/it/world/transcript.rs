//! The log of a session as people would tell it: one line for each event.

use std::collections::HashMap;

use serde_json::Value;
use wardroom::store::Space;

use super::{BEGINNING, Room, World};

impl World {
    /// `<seq> <time> <type> <who> <outcome>`, once everything is quiet. Time counts from the beginning of the story.
    pub(crate) async fn transcript(&self, room: &Room) -> String {
        self.transcript_after(room, 0).await
    }

    /// The same from an event on.
    pub(crate) async fn transcript_after(&self, room: &Room, after: i64) -> String {
        self.settle().await;
        let mut names = HashMap::new();
        let events = self.events(room).await;
        let lines: Vec<_> = events.iter().map(|event| line(event, &mut names)).collect();
        lines[usize::try_from(after).unwrap()..].join("\n")
    }

    /// Every event of a session.
    pub(crate) async fn events(&self, room: &Room) -> Vec<Value> {
        let (mut frames, mut after) = (Vec::new(), 0);
        loop {
            let space = &mut Space::of(i64::MAX);
            let page = self.store().frames(room.session(), after, space).await.unwrap();
            let Some(last) = page.last() else { break };
            after = last.seq;
            frames.extend(page);
        }
        let contract = self.contract().await;
        let events = frames.iter().map(|frame| {
            let event = serde_json::from_slice(frame.json()).unwrap();
            let faults = contract.faults_of_event(&event);
            assert!(faults.is_empty(), "{faults:#?}\n{event}");
            event
        });
        events.collect()
    }
}

/// What a value says, if it says something.
fn text(value: &Value) -> Option<&str> {
    value.as_str()
}

fn line(event: &Value, names: &mut HashMap<String, String>) -> String {
    let (kind, it) = (text(&event["type"]).unwrap(), &event["payload"]);
    let participant = &it["participant"];
    if let (Some(id), Some(name)) = (text(&participant["id"]), text(&participant["displayName"])) {
        names.insert(id.to_owned(), name.to_owned());
    }
    let of = |id: &Value| text(id).and_then(|id| names.get(id)).map(String::as_str);
    let approval = &it["approval"];
    let who = text(&participant["displayName"])
        .or_else(|| of(&approval["resolvedByParticipantId"]))
        .or_else(|| of(&approval["participantId"]))
        .or_else(|| of(&it["by"]))
        .or_else(|| text(&it["host"]["name"]))
        .unwrap_or("-");
    let at: wardroom::domain::Timestamp = text(&event["timestamp"]).unwrap().parse().unwrap();
    let seconds = (at.millis() - BEGINNING) / 1000;
    let outcome = outcome(kind, it);
    format!("{} {seconds}s {kind} {who} {outcome}", event["seq"]).trim_end().to_owned()
}

fn outcome(kind: &str, it: &Value) -> String {
    let (approval, dispatch) = (&it["approval"], &it["dispatch"]);
    let words: Vec<&Value> = match kind {
        "shared_session_created" | "session_updated" => vec![&it["session"]["mode"]],
        "session_closed" => vec![&it["status"]],
        "invite_created" | "invite_revoked" => vec![&it["invite"]["role"]],
        "message_created" => vec![&it["message"]["text"]],
        "prompt_pending_approval" => vec![&approval["prompt"]],
        "prompt_approved" | "prompt_rejected" => {
            vec![&it["message"]["text"], &approval["editedPrompt"], &approval["reason"]]
        }
        "agent_session_updated" => {
            let session = &it["agentSession"];
            let life = Some(&session["life"]).filter(|life| *life != "active");
            [Some(&session["status"]), life].into_iter().flatten().collect()
        }
        "draft_ready" => vec![&it["summary"]],
        "artifact_decided" => {
            let artifact = &it["artifact"];
            vec![&artifact["uri"], &artifact["decision"], &artifact["reason"]]
        }
        "agent_output" => vec![&it["stream"], &it["content"]],
        "goal_complete" => vec![&it["goalId"]],
        "waiting_for_input" => vec![&it["prompt"]],
        "status_update" => vec![&it["message"]],
        "updates_dropped" => return it["count"].to_string(),
        "host_session_update" => {
            let update = &it["notification"]["update"];
            vec![&update["sessionUpdate"], &update["content"]["text"]]
        }
        _ if kind.starts_with("participant_") || kind == "host_changed" => {
            vec![&it["participant"]["role"], &it["participant"]["leftReason"]]
        }
        _ if kind.starts_with("prompt_dispatch_") => {
            vec![&dispatch["state"], &dispatch["stopReason"], &it["error"]]
        }
        _ => {
            vec![&approval["kind"], &approval["status"], &approval["optionId"], &approval["reason"]]
        }
    };
    words.into_iter().filter_map(text).collect::<Vec<_>>().join(" ")
}
