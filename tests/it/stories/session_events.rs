//! What an agent session tells besides what its agent says.

use serde_json::{Value, json};
use wardroom::{
    Code,
    domain::{OutputStream, SessionEvent},
};

use crate::world::{Answer, Caller, Room, World};

impl World {
    async fn tell(&self, room: &Room, who: &Caller, event: Value) -> Answer {
        self.post(who, &format!("/api/agent-sessions/{}/events", room.agent), event).await
    }
}

/// One of each.
fn every() -> [Value; 4] {
    [
        json!({"type": "status_update", "message": "Looking around"}),
        json!({"type": "waiting_for_input", "prompt": "Which branch?"}),
        json!({"type": "goal_complete", "goalId": "goal-1"}),
        json!({"type": "agent_output", "stream": "stderr", "content": "\u{1b}[33mwarning"}),
    ]
}

#[tokio::test]
async fn its_owner_tells_each_event_and_output_only_where_they_turned_it_on() {
    let world = World::new().await;
    let mut room = world.room("view_only").await;
    for event in every() {
        let answer = world.tell(&room, &room.hana, event.clone()).await;
        if event["type"] == "agent_output" {
            answer.refused(409, "ILLEGAL_TRANSITION");
        } else {
            answer.ok(201);
        }
    }
    insta::assert_snapshot!(world.transcript_after(&room, 2).await, @"
    3 0s status_update - Looking around
    4 0s waiting_for_input - Which branch?
    5 0s goal_complete - goal-1
    ");
    let body = json!({"agent": "claude", "hostId": room.laptop.id, "agentOutput": true, "goalId": "ship it"});
    let (made, _) =
        tokio::join!(world.post(&room.hana, "/api/agent-sessions", body), room.laptop.opens());
    let agent = made.ok(201)["agentSession"]["id"].as_str().unwrap().parse().unwrap();
    let room = world.share(room.hana, room.laptop, agent, json!({})).await;
    for event in every() {
        world.tell(&room, &room.hana, event).await.ok(201);
    }
    world.tell(&room, &room.hana, json!({"type": "goal_complete"})).await.ok(201);
    insta::assert_snapshot!(world.transcript_after(&room, 2).await, @"
    3 0s status_update - Looking around
    4 0s waiting_for_input - Which branch?
    5 0s goal_complete - goal-1
    6 0s agent_output - stderr [33mwarning
    7 0s goal_complete - ship it
    ");
    world.verify().await;
}

#[tokio::test]
async fn an_event_that_is_none_is_refused_and_so_is_one_of_somebody_elses() {
    let world = World::new().await;
    let room = world.room("view_only").await;
    let sam = world.join(&room, "Sam").await;
    let stranger = world.user("Mallory").await;
    let before = world.transcript(&room).await;
    for event in [
        json!({}),
        json!({"type": "draft_ready", "draftId": room.agent}),
        json!({"type": "session_closed"}),
        json!({"type": "status_update"}),
        json!({"type": "status_update", "message": " "}),
        json!({"type": "status_update", "message": "x", "colour": "red"}),
        json!({"type": "waiting_for_input", "prompt": ""}),
        json!({"type": "goal_complete"}),
        json!({"type": "agent_output", "stream": "stdlog", "content": "x"}),
    ] {
        world.tell(&room, &room.hana, event).await.refused(400, "INVALID_BODY");
    }
    let long = json!({"type": "status_update", "message": "x".repeat(64 * 1024 + 1)});
    world.tell(&room, &room.hana, long).await.refused(413, "TOO_LARGE");
    let [event, ..] = every();
    world.tell(&room, &sam, event.clone()).await.refused(401, "UNAUTHENTICATED");
    world.tell(&room, &stranger, event.clone()).await.refused(404, "HOST_SESSION_NOT_FOUND");
    world.tell(&room, &world.ada, event.clone()).await.refused(403, "HOST_REQUIRED");
    assert_eq!(world.transcript(&room).await, before);
    world.delete(&room.hana, &room.path("")).await.ok(200);
    world.tell(&room, &room.hana, event).await.refused(409, "NOT_SHARED");
    world.verify().await;
}

#[tokio::test]
async fn what_a_host_tells_stands_between_what_its_agent_says_and_is_stored_once() {
    let mut world = World::new().await;
    let mut room = world.room("view_only").await;
    room.laptop.says(room.agent, "one").await;
    let status = |message: &str| SessionEvent::StatusUpdate { message: message.to_owned() };
    let told = room.laptop.telling(room.agent, status("two"));
    world.stop_at("status_update");
    room.laptop.begin(&told);
    world.stopped().await;
    world.restart().await;
    room.laptop.connect(&world).await;
    room.laptop.call::<()>(told.clone()).await.unwrap();
    room.laptop.says(room.agent, "three").await;
    // What is no event, and output that nobody may see, use up their numbers and say nothing.
    for event in [
        status(""),
        SessionEvent::GoalComplete { goal_id: None },
        SessionEvent::AgentOutput { stream: OutputStream::Stdout, content: "secret".to_owned() },
    ] {
        let call = room.laptop.telling(room.agent, event);
        room.laptop.call::<()>(call).await.unwrap();
    }
    room.laptop.says(room.agent, "four").await;
    insta::assert_snapshot!(world.transcript_after(&room, 2).await, @"
    3 0s host_session_update - agent_message_chunk one
    4 0s status_update - two
    5 0s host_session_update - agent_message_chunk three
    6 0s host_session_update - agent_message_chunk four
    ");

    let mallory = world.user("Mallory").await;
    let mut other = world.room_of(&mallory, json!({})).await;
    let foreign = other.laptop.call::<()>(told).await.unwrap_err();
    assert_eq!(foreign.code, Code::HostSessionNotFound);
    world.verify().await;
}
