//! Deadlines: met while the server runs, without any traffic, and at its next start when it was down.

use std::time::Duration;

use serde_json::{Value, json};
use tokio::time;
use tokio_util::sync::CancellationToken;
use wardroom::{
    Code,
    rpc::calls::{Accepted, HostCall, Outcome, ServerCall, TurnState},
};

use crate::world::{Caller, Room, World, permission};

const DAY: Duration = Duration::from_hours(24);

/// What is open and ends by itself: Hana's session of two days with a prompt of Sam's that waits for one day, an
/// invite for an hour, and a turn that asks at a laptop that went away.
async fn open(world: &World) -> (Room, Caller, Value) {
    let mut room = world.room_with(json!({"expiresInMinutes": 2880})).await;
    let sam = world.join(&room, "Sam").await;
    let invite = world.invite(&room, json!({"role": "viewer", "expiresInMinutes": 60})).await;
    world.prompt(&room, &sam, "waits").await;
    world.prompt(&room, &room.hana, "runs").await;
    let prompt = room.laptop.accepts().await;
    room.laptop.begin(&HostCall::Permission(permission(&prompt)));
    world.settle().await;
    (room, sam, invite)
}

#[tokio::test]
async fn what_ended_while_the_server_was_down_has_ended_when_it_is_back() {
    let mut world = World::new().await;
    let (room, sam, invite) = open(&world).await;
    let body = json!({"scope": "full", "expiresInMinutes": 60});
    let token = world.post(&room.hana, "/api/tokens", body).await.ok(201);
    let token = Caller::token(&token["secret"]);
    world.get(&token, "/api/me").await.ok(200);

    world.clock().advance(DAY);
    world.restart().await;
    insta::assert_snapshot!(world.transcript_after(&room, 10).await, @"
    11 86400s approval_expired Sam prompt expired deadline
    12 86400s approval_expired - permission expired deadline
    13 86400s agent_session_updated - away
    ");
    world.get(&token, "/api/me").await.refused(401, "UNAUTHENTICATED");
    let join = json!({"inviteToken": invite["token"]});
    let late = world.post(&Caller::Nobody, &room.path("join"), join).await;
    late.refused(403, "INVITE_EXPIRED");
    assert_eq!(world.look::<i64>("select count(*) from approvals where status = 'pending'"), 0);

    world.clock().advance(DAY);
    world.restart().await;
    insta::assert_snapshot!(world.transcript_after(&room, 12).await, @"
    13 86400s agent_session_updated - away
    14 172800s session_closed - expired
    ");
    let shown = world.get(&sam, &room.path("")).await.ok(200);
    assert_eq!(shown["session"]["status"], "expired");
    assert_eq!(world.look::<i64>("select count(*) from dispatches where state = 'running'"), 1);
    world.verify().await;
}

#[tokio::test]
async fn the_time_without_a_server_does_not_count_against_a_host_and_the_time_without_the_host_does()
 {
    let mut world = World::new().await;
    let (mut room, _, _) = open(&world).await;
    room.laptop.disconnect();
    world.pass(Duration::from_mins(9)).await;
    world.clock().advance(DAY / 2);
    world.restart().await;
    let state = "select group_concat(state) from dispatches";
    world.pass(Duration::from_mins(10) - Duration::from_millis(1)).await;
    assert_eq!(world.look::<String>(state), "running", "its host may still come back");
    world.pass(Duration::from_millis(1)).await;
    assert_eq!(world.look::<String>(state), "unknown");
    world.restart().await;
    assert_eq!(world.look::<String>(state), "unknown", "and what is over stays over");
    room.laptop.kill();
    room.laptop.connect(&world).await;
    insta::assert_snapshot!(world.transcript_after(&room, 10).await, @"
    11 0s host_disconnected laptop
    12 0s agent_session_updated - away
    13 44340s prompt_dispatch_unknown - unknown
    14 44340s approval_expired - permission expired agent_gone
    15 44340s agent_session_updated - stopped
    16 44340s host_connected laptop
    ");
    world.verify().await;
}

#[tokio::test]
async fn deadlines_are_met_without_any_traffic() {
    let world = World::new().await;
    let (mut room, _, _) = open(&world).await;
    let mut phone = world.follow(&room.hana, &room.id, None).await;
    room.laptop.disconnect();
    world.settle().await;
    let (app, stop) = (world.app().clone(), CancellationToken::new());
    let sweeper = tokio::spawn({
        let stop = stop.clone();
        async move { app.run_sweeper(stop).await }
    });
    world.settle().await;
    phone.take();
    let mut ended = Vec::new();
    for time in [Duration::from_mins(10), DAY, DAY] {
        world.clock().advance(time);
        // The sweeper sleeps a minute at most, whatever the next deadline: clocks jump.
        time::pause();
        time::advance(Duration::from_mins(1)).await;
        time::resume();
        world.settle().await;
        ended.push(phone.words().join(" "));
    }
    insta::assert_snapshot!(ended.join("\n"), @"
    prompt_dispatch_unknown
    approval_expired approval_expired
    session_closed end expired
    ");
    assert!(phone.is_over());
    stop.cancel();
    sweeper.await.unwrap();
    world.verify().await;
}

#[tokio::test]
async fn what_cannot_be_ended_keeps_neither_the_rest_from_ending_nor_the_server_from_starting() {
    let mut world = World::new().await;
    let broken = world.room_of(&world.ada, json!({})).await;
    let (room, _, _) = open(&world).await;
    let stuck = format!(
        "create trigger stuck before update of status on sessions when old.id = '{}'
        begin select raise(abort, 'it cannot be ended'); end",
        broken.id
    );
    world.sql(&stuck).unwrap();
    world.clock().advance(DAY * 2);
    let swept = world.app().sweep().await.unwrap_err();
    assert_eq!(swept.code, Code::Internal, "and it is not kept quiet");
    world.restart().await;
    let shown = world.get(&room.hana, &room.path("")).await.ok(200);
    assert_eq!(shown["session"]["status"], "expired");
    let active = "select group_concat(id) from sessions where status = 'active'";
    assert_eq!(world.look::<String>(active), broken.id);
    world.clock().advance(Duration::from_mins(10));
    world.app().sweep().await.unwrap_err();
    world.settle().await;
    let unknown = "select count(*) from dispatches where state = 'unknown'";
    assert_eq!(world.look::<i64>(unknown), 1, "nor is the host waited for for ever");
    world.sql("drop trigger stuck").unwrap();
    world.sweep().await;
    assert_eq!(world.look::<Option<String>>(active), None);
    world.verify().await;
}

#[tokio::test]
async fn a_turn_whose_time_was_up_while_the_server_was_down_is_cancelled_when_its_host_is_back() {
    let mut world = World::new().await;
    let mut room = world.room("prompt_direct").await;
    world.prompt(&room, &room.hana, "run the tests").await;
    let prompt = room.laptop.accepts().await;
    world.settle().await;
    world.clock().advance(Duration::from_mins(30));
    world.restart().await;
    room.laptop.connect(&world).await;
    let mut told = Vec::new();
    while told.last() != Some(&"cancel") || !told.contains(&"prompt") {
        let (id, call) = room.laptop.next().await;
        match call {
            ServerCall::Prompt(again) => {
                assert_eq!(again.dispatch_id, prompt.dispatch_id);
                room.laptop.answer(id, &Accepted { state: TurnState::Running });
                told.push("prompt");
            }
            ServerCall::Cancel { dispatch_id } => {
                assert_eq!(dispatch_id, prompt.dispatch_id);
                room.laptop.answer(id, &());
                told.push("cancel");
            }
            other => panic!("{other:?}"),
        }
    }
    let cancelled = TurnState::Cancelled { stop_reason: "cancelled".to_owned() };
    room.laptop.reports(&prompt, cancelled).await;
    insta::assert_snapshot!(world.transcript_after(&room, 2).await, @"
    3 0s prompt_approved Hana run the tests
    4 0s prompt_dispatch_started - sending
    5 0s agent_session_updated - running
    6 1800s prompt_dispatch_cancelled - cancelled cancelled
    7 1800s agent_session_updated - idle
    ");
    world.verify().await;
}

#[tokio::test]
async fn an_agent_whose_request_nobody_decided_gets_the_no_that_it_offers() {
    let world = World::new().await;
    let mut room = world.room_with(json!({"expiresInMinutes": 2880})).await;
    world.prompt(&room, &room.hana, "run the tests").await;
    let prompt = room.laptop.accepts().await;
    let asking = room.laptop.begin(&HostCall::Permission(permission(&prompt)));
    world.pass(DAY).await;
    let outcome = room.laptop.end::<Outcome>(asking).await.unwrap();
    assert_eq!(outcome, Outcome::Selected { option_id: "no".to_owned() });
    insta::assert_snapshot!(world.transcript_after(&room, 3).await, @"
    4 0s prompt_dispatch_started - sending
    5 0s agent_session_updated - running
    6 0s approval_requested - permission pending
    7 0s agent_session_updated - waiting_for_approval
    8 86400s approval_expired - permission expired deadline
    9 86400s agent_session_updated - running
    ");
    world.verify().await;
}

#[tokio::test]
async fn a_stream_whose_credential_expires_wakes_the_sweeper_in_time() {
    let world = World::new().await;
    let room = world.room("prompt_direct").await;
    let body = serde_json::json!({"scope": "read", "expiresInMinutes": 1});
    let made = world.post(&room.hana, "/api/tokens", body).await.ok(201);
    let (app, stop) = (world.app().clone(), CancellationToken::new());
    let sweeper = tokio::spawn({
        let stop = stop.clone();
        async move { app.run_sweeper(stop).await }
    });
    world.settle().await;
    world.clock().advance(Duration::from_secs(30));
    let mut stream = world.follow(&Caller::token(&made["secret"]), &room.id, None).await;
    world.settle().await;
    world.clock().advance(Duration::from_secs(30));
    time::pause();
    time::advance(Duration::from_secs(30)).await;
    time::resume();
    world.settle().await;
    assert_eq!(stream.words(), ["connected", "end expired_login"]);
    stop.cancel();
    sweeper.await.unwrap();
}
