//! Hosts that lie, and what that costs others: nothing.

use std::time::Duration;

use serde_json::{Value, json, value::RawValue};
use tokio::time;
use wardroom::{
    Code,
    rpc::calls::{Accepted, Delivered, HostCall, Outcome, TurnState, Updates},
};

use crate::world::{Machine, Room, World, permission, work};

fn nested(levels: usize) -> Box<RawValue> {
    let json = format!(r#"{{"deep":{}{}}}"#, "[".repeat(levels), "]".repeat(levels));
    RawValue::from_string(json).unwrap()
}

fn saying(room: &Room, first: u64, update: Box<RawValue>) -> HostCall {
    let (agent_session_id, instance) = (room.agent, room.laptop.instance);
    HostCall::Update(Updates { agent_session_id, instance, first, updates: vec![update] })
}

#[tokio::test]
async fn an_update_that_nests_too_deep_is_refused_for_good_and_takes_no_others_words_with_it() {
    let world = World::new().await;
    let mut room = world.room("prompt_direct").await;
    let held = world.hold().await;
    let deep = room.laptop.begin(&saying(&room, 1, nested(2000)));
    world.readers_are_idle().await;
    let (app, caller) = (world.app().clone(), world.known(&room.hana).await);
    let comment = serde_json::from_value(json!({"text": "in the same transaction"})).unwrap();
    let session = room.session();
    let comment = async move { app.post_message(&caller, session, comment, None).await };
    world.queue(work(comment)).await;
    held.release();
    let refused = room.laptop.end::<()>(deep).await.unwrap_err();
    assert_eq!(refused.code, Code::InvalidBody, "it need not come again");
    world.settle().await;
    assert_eq!(world.look::<i64>("select count(*) from messages"), 1);
    room.laptop.says(room.agent, "I am still served").await;
    world.verify().await;
}

#[tokio::test]
async fn numbers_beyond_all_bounds_are_refused_and_store_nothing() {
    let world = World::new().await;
    let mut room = world.room("prompt_direct").await;
    for first in [u64::MAX, i64::MAX as u64] {
        let call = saying(&room, first, nested(1));
        let refused = room.laptop.call::<()>(call).await.unwrap_err();
        assert_eq!(refused.code, Code::InvalidBody, "{first}");
    }
    room.laptop.says(room.agent, "I count from one").await;
    assert_eq!(world.look::<i64>("select last_update from agent_sessions"), 1);
    world.verify().await;
}

#[tokio::test]
async fn who_knows_the_id_of_anothers_request_can_neither_end_it_nor_hear_its_answer() {
    let world = World::new().await;
    let mut room = world.room("prompt_direct").await;
    world.prompt(&room, &room.hana, "run the tests").await;
    let prompt = room.laptop.accepts().await;
    let may_i = permission(&prompt);
    let asked = room.laptop.begin(&HostCall::Permission(may_i.clone()));
    world.settle().await;

    let mallory = world.user("Mallory").await;
    let mut forged = world.room_of(&mallory, json!({"mode": "prompt_direct"})).await;
    let delivered = Delivered { request_id: may_i.request_id, agent_session_id: forged.agent };
    let ended = forged.laptop.call::<()>(HostCall::Delivered(delivered)).await.unwrap_err();
    assert_eq!(ended.code, Code::HostSessionNotFound);
    let mut listening = may_i.clone();
    listening.agent_session_id = forged.agent;
    let heard = forged.laptop.call::<Value>(HostCall::Permission(listening)).await.unwrap_err();
    assert_eq!(heard.code, Code::HostSessionNotFound);

    assert_eq!(
        world.look::<String>("select status from approvals where kind = 'permission'"),
        "pending"
    );
    assert!(!room.laptop.has_answer(asked));
    world.verify().await;
}

#[tokio::test]
async fn options_that_cannot_be_told_apart_are_not_offered_to_anybody() {
    let world = World::new().await;
    let mut room = world.room("prompt_direct").await;
    world.prompt(&room, &room.hana, "run the tests").await;
    let prompt = room.laptop.accepts().await;
    for id in ["yes", ""] {
        let mut may_i = permission(&prompt);
        // Whoever says no would say what the agent takes for a yes.
        may_i.options[2].option_id = id.to_owned();
        let refused = room.laptop.call::<Outcome>(HostCall::Permission(may_i)).await.unwrap_err();
        assert_eq!(refused.code, Code::InvalidBody, "{id:?}");
    }
    assert_eq!(world.look::<i64>("select count(*) from approvals where kind = 'permission'"), 0);
    world.verify().await;
}

#[tokio::test]
async fn an_agent_that_asks_a_thousand_things_at_once_fills_the_inbox_to_its_limit_and_no_further()
{
    let world = World::new().await;
    let mut room = world.room("prompt_direct").await;
    world.prompt(&room, &room.hana, "run the tests").await;
    let prompt = room.laptop.accepts().await;
    let mut asked = Vec::new();
    for _ in 0..60 {
        let may_i = permission(&prompt);
        asked.push(room.laptop.begin(&HostCall::Permission(may_i)));
    }
    world.settle().await;
    let pending = "select count(*) from approvals where kind = 'permission' and status = 'pending'";
    assert_eq!(world.look::<i64>(pending), 50);
    for id in &asked[50..] {
        let outcome = room.laptop.end::<Outcome>(*id).await.unwrap();
        assert_eq!(outcome, Outcome::Cancelled);
    }
    room.laptop.succeeds(&prompt).await;
    assert_eq!(world.look::<i64>(pending), 0);
    world.verify().await;
}

#[tokio::test]
async fn a_host_that_is_back_before_its_absence_could_be_stored_is_not_away() {
    let world = World::new().await;
    let mut room = world.room("prompt_direct").await;
    world.prompt(&room, &room.hana, "run the tests").await;
    let prompt = room.laptop.accepts().await;
    world.settle().await;
    world.fill_disk("update of connected on hosts when new.connected = 0");
    room.laptop.disconnect();
    world.settle().await;
    world.free_disk();
    room.laptop.connect(&world).await;
    let (id, again) = room.laptop.prompted().await;
    assert_eq!(again.dispatch_id, prompt.dispatch_id);
    room.laptop.answer(id, &Accepted { state: TurnState::Running });
    world.settle().await;
    for _ in 0..2 {
        time::pause();
        time::advance(Duration::from_secs(1)).await;
        time::resume();
        world.settle().await;
    }
    assert_eq!(world.look::<i64>("select connected from hosts"), 1);
    world.pass(Duration::from_mins(10)).await;
    assert_eq!(world.look::<String>("select state from dispatches"), "running");
    room.laptop.succeeds(&prompt).await;
    world.verify().await;
}

#[tokio::test]
async fn a_host_that_is_silent_for_a_minute_is_away_whatever_its_socket_says() {
    let world = World::new().await;
    let mut room = world.room("prompt_direct").await;
    for seconds in [40, 40, 40] {
        room.laptop.says(room.agent, "tick").await;
        time::pause();
        time::advance(Duration::from_secs(seconds)).await;
        time::resume();
        world.settle().await;
        assert!(room.laptop.is_connected());
    }
    time::pause();
    time::advance(Duration::from_secs(21)).await;
    time::resume();
    world.settle().await;
    assert!(!room.laptop.is_connected());
    assert_eq!(world.look::<i64>("select connected from hosts"), 0);
    world.verify().await;
}

#[tokio::test]
async fn a_revoked_token_ends_the_connection_of_its_host() {
    let world = World::new().await;
    let hana = world.user("Hana").await;
    let (one, two) = (world.scoped(&hana, "host").await, world.scoped(&hana, "host").await);
    let (mut gone, mut stays) = (Machine::new(&one), Machine::new(&two));
    gone.connect(&world).await;
    stays.connect(&world).await;
    let id: String = world.look("select id from tokens where scope = 'host' order by n limit 1");
    world.delete(&hana, &format!("/api/tokens/{id}")).await.ok(204);
    world.settle().await;
    assert!(!gone.is_connected());
    assert!(stays.is_connected());
    world.verify().await;
}

#[tokio::test]
async fn a_host_whose_first_hello_is_refused_leaves_nothing_behind() {
    let world = World::new().await;
    let mut machine = Machine::new(&world.user("Hana").await);
    let mut hello = machine.hello();
    hello.name = "two\nlines".to_owned();
    let refused = machine.try_connect(&world, hello).await.unwrap_err();
    assert_eq!(refused.code, Code::TextNotAllowed);
    world.settle().await;
    assert_eq!(world.look::<i64>("select count(*) from hosts"), 0);
    machine.connect(&world).await;
    world.verify().await;
}
