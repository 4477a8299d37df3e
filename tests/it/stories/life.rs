//! The life of an agent session: paused, resumed, completed, aborted, by whom, and what becomes of everything else.

use serde_json::{Value, json};
use wardroom::rpc::calls::{HostCall, Outcome, TurnState};

use crate::world::{Answer, Caller, Room, World, permission, question};
use crate::world::{running, states};

impl World {
    /// Changes the life of the agent session of a room.
    pub(super) async fn change(&self, room: &Room, who: &Caller, body: Value) -> Answer {
        self.patch(who, &format!("/api/agent-sessions/{}", room.agent), body).await
    }

    /// The same by its owner, who may.
    pub(super) async fn goes(&self, room: &Room, life: &str) -> Value {
        let changed = self.change(room, &room.hana, json!({"life": life})).await;
        changed.ok(200)["agentSession"].take()
    }
}

#[tokio::test]
async fn a_pause_holds_the_queue_and_to_resume_carries_it_out_in_order() {
    let world = World::new().await;
    let (mut room, first) = running(&world).await;
    let body = json!({"life": "paused", "reason": "lunch", "channel": "page"});
    let paused = world.change(&room, &room.hana, body).await.ok(200);
    let change = &paused["agentSession"]["lifeChange"];
    assert_eq!((&change["reason"], &change["channel"]), (&json!("lunch"), &json!("page")));
    assert_eq!(change["by"].as_str(), Some(&*world.look::<String>("select id from participants")));
    for text in ["two", "three"] {
        world.prompt(&room, &room.hana, text).await;
    }
    // The turn that runs goes on to its end.
    room.laptop.says(room.agent, "still here").await;
    room.laptop.succeeds(&first).await;
    world.settle().await;
    assert!(room.laptop.waiting().is_empty(), "the queue is held");
    assert_eq!(states(&world), "succeeded queued queued");
    world.goes(&room, "active").await;
    for text in ["two", "three"] {
        let prompt = room.laptop.accepts().await;
        assert_eq!(prompt.text, text);
        room.laptop.succeeds(&prompt).await;
    }
    insta::assert_snapshot!(world.transcript_after(&room, 5).await, @"
    6 0s agent_session_updated - running paused
    7 0s prompt_approved Hana two
    8 0s prompt_approved Hana three
    9 0s host_session_update - agent_message_chunk still here
    10 0s prompt_dispatch_completed - succeeded end_turn
    11 0s agent_session_updated - idle paused
    12 0s agent_session_updated - idle
    13 0s prompt_dispatch_started - sending
    14 0s agent_session_updated - running
    15 0s prompt_dispatch_completed - succeeded end_turn
    16 0s agent_session_updated - idle
    17 0s prompt_dispatch_started - sending
    18 0s agent_session_updated - running
    19 0s prompt_dispatch_completed - succeeded end_turn
    20 0s agent_session_updated - idle
    ");
    world.verify().await;
}

#[tokio::test]
async fn a_pause_that_stops_the_turn_ends_it_and_what_it_asks_and_what_was_claimed_goes_back() {
    let world = World::new().await;
    let (mut room, prompt) = running(&world).await;
    let asking = room.laptop.begin(&HostCall::Permission(permission(&prompt)));
    world.settle().await;
    let body = json!({"life": "paused", "stopTurn": true});
    world.change(&room, &room.hana, body).await.ok(200);
    assert_eq!(room.laptop.end::<Outcome>(asking).await.unwrap(), Outcome::Cancelled);
    assert_eq!(room.laptop.cancels().await, prompt.dispatch_id);
    let stopped = TurnState::Cancelled { stop_reason: "cancelled".to_owned() };
    room.laptop.reports(&prompt, stopped).await;
    insta::assert_snapshot!(world.transcript_after(&room, 5).await, @"
    6 0s approval_requested - permission pending
    7 0s agent_session_updated - waiting_for_approval
    8 0s approval_expired - permission expired turn_cancelled
    9 0s agent_session_updated - running paused
    10 0s prompt_dispatch_cancelled - cancelled cancelled
    11 0s agent_session_updated - idle paused
    ");

    // One that is claimed, whose agent is being started, is not sent after all.
    world.goes(&room, "active").await;
    world.prompt(&room, &room.hana, "later").await;
    let (opening, _) = room.laptop.next().await;
    world.settle().await;
    assert_eq!(states(&world), "cancelled leased");
    world.goes(&room, "paused").await;
    room.laptop.started(opening);
    world.settle().await;
    assert!(room.laptop.waiting().is_empty());
    assert_eq!(states(&world), "cancelled queued");
    world.verify().await;
}

#[tokio::test]
async fn to_abort_stops_the_queue_the_turn_and_the_process_and_the_session_stays_open() {
    let world = World::new().await;
    let mut room = world.room("prompt_with_approval").await;
    let sam = world.join(&room, "Sam").await;
    world.prompt(&room, &room.hana, "run the tests").await;
    let prompt = room.laptop.accepts().await;
    let asking = room.laptop.begin(&HostCall::Permission(permission(&prompt)));
    let waits = world.prompt(&room, &sam, "me too").await;
    world.prompt(&room, &room.hana, "and then").await;
    world.settle().await;
    let body = json!({"life": "aborted", "reason": "wrong branch", "channel": "cli"});
    world.change(&room, &room.hana, body).await.ok(200);
    assert_eq!(room.laptop.end::<Outcome>(asking).await.unwrap(), Outcome::Cancelled);
    world.settle().await;
    let mut told = room.laptop.waiting();
    told.sort_unstable();
    assert_eq!(told, ["cancel", "close"]);
    for _ in 0..2 {
        let (id, _) = room.laptop.next().await;
        room.laptop.answer(id, &());
    }
    let killed = TurnState::Cancelled { stop_reason: "killed".to_owned() };
    room.laptop.reports(&prompt, killed).await;
    insta::assert_snapshot!(world.transcript_after(&room, 6).await, @"
    7 0s approval_requested - permission pending
    8 0s agent_session_updated - waiting_for_approval
    9 0s prompt_pending_approval Sam me too
    10 0s prompt_approved Hana and then
    11 0s agent_session_updated - stopped aborted
    12 0s prompt_dispatch_cancelled - cancelled
    13 0s approval_expired - permission expired agent_session_ended
    14 0s approval_expired Sam prompt expired agent_session_ended
    15 0s prompt_dispatch_cancelled - cancelled killed
    ");
    assert_eq!(world.approval(&room, &waits).await["reason"], "agent_session_ended");

    for who in [&room.hana, &sam] {
        let path = room.path("prompts");
        world.post(who, &path, json!({"prompt": "x"})).await.refused(409, "ILLEGAL_TRANSITION");
        world.say(&room, who, "What a pity.").await.ok(201);
    }
    let restart = format!("/api/agent-sessions/{}/restart", room.agent);
    let restarted = world.post(&room.hana, &restart, json!({"fresh": true})).await;
    restarted.refused(409, "ILLEGAL_TRANSITION");
    world.verify().await;
}

#[tokio::test]
async fn to_complete_waits_for_the_queue_takes_no_more_prompts_and_then_closes_the_process() {
    let world = World::new().await;
    let (mut room, first) = running(&world).await;
    world.prompt(&room, &room.hana, "and this").await;
    let completing = world.goes(&room, "completed").await;
    assert_eq!((&completing["life"], &completing["completing"]), (&json!("active"), &json!(true)));
    let more = json!({"prompt": "one more"});
    let refused = world.post(&room.hana, &room.path("prompts"), more).await;
    refused.refused(409, "ILLEGAL_TRANSITION");
    for life in ["paused", "active", "completed"] {
        let again = world.change(&room, &room.hana, json!({"life": life})).await;
        again.refused(409, "ILLEGAL_TRANSITION");
    }
    room.laptop.succeeds(&first).await;
    let second = room.laptop.accepts().await;
    world.settle().await;
    assert!(room.laptop.waiting().is_empty(), "nothing is closed while a turn runs");
    room.laptop.succeeds(&second).await;
    assert_eq!(room.laptop.closes().await, (room.agent, false));
    insta::assert_snapshot!(world.transcript_after(&room, 5).await, @"
    6 0s prompt_approved Hana and this
    7 0s agent_session_updated - running
    8 0s prompt_dispatch_completed - succeeded end_turn
    9 0s agent_session_updated - idle
    10 0s prompt_dispatch_started - sending
    11 0s agent_session_updated - running
    12 0s prompt_dispatch_completed - succeeded end_turn
    13 0s agent_session_updated - idle
    14 0s agent_session_updated - stopped completed
    ");
    let path = format!("/api/agent-sessions/{}", room.agent);
    let done = world.get(&room.hana, &path).await.ok(200);
    assert_eq!(done["agentSession"]["life"], "completed");
    assert!(done["agentSession"]["endedAt"].is_string());
    world.verify().await;
}

#[tokio::test]
async fn to_complete_what_is_paused_carries_out_nothing_of_what_was_held() {
    let world = World::new().await;
    let mut room = world.room("prompt_direct").await;
    world.goes(&room, "paused").await;
    world.prompt(&room, &room.hana, "held").await;
    let done = world.goes(&room, "completed").await;
    assert_eq!(done["life"], "completed");
    assert_eq!(room.laptop.closes().await, (room.agent, false));
    assert_eq!(states(&world), "cancelled");
    world.verify().await;
}

#[tokio::test]
async fn every_other_way_is_refused_by_both_names_and_changes_nothing() {
    let world = World::new().await;
    for (ways, refused) in [
        (&[][..], &["active"][..]),
        (&["paused"], &["paused"]),
        (&["completed"], &["active", "paused", "completed", "aborted"]),
        (&["paused", "aborted"], &["active", "paused", "completed", "aborted"]),
    ] {
        let owner = world.user(&format!("Hana {}", ways.join(" "))).await;
        let room = world.room_of(&owner, json!({})).await;
        for life in ways {
            world.goes(&room, life).await;
        }
        let before = world.transcript(&room).await;
        let from = ways.last().unwrap_or(&"active");
        for life in refused {
            let answer = world.change(&room, &room.hana, json!({"life": life})).await;
            let text = answer.refused(409, "ILLEGAL_TRANSITION")["error"].to_string();
            assert!(text.contains(&format!("from {from} to {life}")), "{text}");
        }
        assert_eq!(world.transcript(&room).await, before);
    }
    let owner = world.user("Olga").await;
    let room = world.room_of(&owner, json!({})).await;
    for body in [
        json!({}),
        json!({"life": "stopped"}),
        json!({"life": "paused", "why": "x"}),
        json!({"life": "aborted", "stopTurn": true}),
        json!({"life": "paused", "channel": "phone"}),
    ] {
        world.change(&room, &room.hana, body).await.refused(400, "INVALID_BODY");
    }
    world.verify().await;
}

#[tokio::test]
async fn its_owner_and_the_host_of_its_session_change_a_life_and_nobody_else() {
    let world = World::new().await;
    let room = world.room("prompt_direct").await;
    let sam = world.join(&room, "Sam").await;
    let vic = world.join_as(&room, json!({"role": "viewer", "displayName": "Vic"})).await;
    let stranger = world.user("Mallory").await;
    let other = world.room_of(&stranger, json!({})).await;
    let guest = world.join(&other, "Sam").await;
    let read = world.scoped(&room.hana, "read").await;
    let runs = world.scoped(&room.hana, "host").await;
    let pause = json!({"life": "paused"});
    let before = world.transcript(&room).await;
    for who in [&sam, &vic, &world.ada, &read, &runs] {
        world.change(&room, who, pause.clone()).await.refused(403, "HOST_REQUIRED");
    }
    for who in [&stranger, &guest] {
        world.change(&room, who, pause.clone()).await.refused(404, "HOST_SESSION_NOT_FOUND");
    }
    world.change(&room, &Caller::Nobody, pause.clone()).await.refused(401, "UNAUTHENTICATED");
    assert_eq!(world.transcript(&room).await, before);

    // The host of its session need not own it.
    let body = json!({"inviteToken": room.invite});
    let joined = world.post(&stranger, &room.path("join"), body).await.ok(201);
    let to = json!({"participantId": joined["participant"]["id"]});
    world.post(&room.hana, &room.path("host"), to).await.ok(200);
    world.change(&room, &stranger, pause.clone()).await.ok(200);
    world.goes(&room, "active").await;
    // Once it is shared by nobody, its owner alone.
    world.delete(&stranger, &room.path("")).await.ok(200);
    world.change(&room, &stranger, pause.clone()).await.refused(404, "HOST_SESSION_NOT_FOUND");
    world.goes(&room, "paused").await;
    world.verify().await;
}

#[tokio::test]
async fn what_an_agent_asks_whose_agent_session_has_ended_is_answered_at_once_and_nothing_waits() {
    let world = World::new().await;
    for life in ["aborted", "completed"] {
        let owner = world.user(&format!("Hana {life}")).await;
        let mut room = world.room_of(&owner, json!({"mode": "prompt_direct"})).await;
        world.prompt(&room, &room.hana, "run the tests").await;
        let prompt = room.laptop.accepts().await;
        room.laptop.succeeds(&prompt).await;
        // Asked outside of any turn, as a sub-agent may.
        let asked = || {
            let (mut may_i, mut which) = (permission(&prompt), question(&prompt));
            (may_i.dispatch_id, which.dispatch_id) = (None, None);
            [HostCall::Permission(may_i), HostCall::Question(which)]
        };
        let early: Vec<_> = asked().iter().map(|it| room.laptop.begin(it)).collect();
        world.settle().await;
        let pending = "select count(*) from approvals where status = 'pending'";
        assert_eq!(world.look::<i64>(pending), 2);
        world.goes(&room, life).await;
        assert_eq!(world.look::<i64>(pending), 0);
        let late: Vec<_> = asked().iter().map(|it| room.laptop.begin(it)).collect();
        for call in early.into_iter().chain(late) {
            assert_eq!(room.laptop.end::<Outcome>(call).await.unwrap(), Outcome::Cancelled);
        }
        assert_eq!(world.look::<i64>(pending), 0);
        let told = world.transcript_after(&room, 8).await;
        let times = |it: &str| told.matches(it).count();
        assert_eq!((times("approval_requested"), times("approval_expired")), (1, 2), "{told}");
    }
    world.verify().await;
}
