//! Pages of a log are bounded in bytes: however long its events are, a page is about a mebibyte, and the next one goes on.

use serde_json::{Value, json};

use crate::world::{Caller, Machine, Room, World};

/// About where a page of events ends, in bytes.
const PAGE: usize = 1024 * 1024;
/// A comment that is nearly as long as one may be.
const LONG: usize = 60 * 1024;

/// A session with more than two pages of comments.
async fn talk(world: &World) -> Room {
    let room = world.room("prompt_direct").await;
    for _ in 0..40 {
        world.say(&room, &room.hana, &"x".repeat(LONG)).await.ok(201);
    }
    room
}

/// That each page is as long as a page may be, but for the last one that holds anything.
fn check_sizes(pages: &[usize]) {
    assert!(pages.iter().all(|size| *size < PAGE + 2 * LONG), "{pages:?}");
    assert!(pages[..pages.len() - 1].iter().all(|size| *size > PAGE - 2 * LONG), "{pages:?}");
}

#[tokio::test]
async fn a_page_of_events_ends_after_a_mebibyte_and_the_next_one_goes_on_without_a_gap() {
    let world = World::new().await;
    let room = talk(&world).await;
    let (mut seqs, mut sizes, mut after) = (Vec::new(), Vec::new(), "0".to_owned());
    loop {
        let path = room.path(&format!("events?limit=500&after={after}"));
        let page = world.get(&room.hana, &path).await;
        let events = page["events"].as_array().unwrap();
        if events.is_empty() {
            break;
        }
        seqs.extend(events.iter().map(|it| it["seq"].as_i64().unwrap()));
        after = page["nextAfter"].as_str().unwrap().to_owned();
        sizes.push(page.text.len());
    }
    assert_eq!(seqs, (1..=42).collect::<Vec<_>>());
    assert!(sizes.len() > 2);
    check_sizes(&sizes);
}

#[tokio::test]
async fn an_event_that_is_longer_than_a_page_is_a_page_of_its_own() {
    let world = World::new().await;
    let mut room = world.room("prompt_direct").await;
    room.laptop.says(room.agent, &"x".repeat(PAGE + LONG)).await;
    room.laptop.says(room.agent, "done").await;
    let page = world.get(&room.hana, &room.path("events?after=2")).await.ok(200);
    let seqs: Vec<_> = page["events"].as_array().unwrap().iter().map(|it| &it["seq"]).collect();
    assert_eq!(seqs, [3]);
    let after = page["nextAfter"].as_str().unwrap();
    let rest = world.get(&room.hana, &room.path(&format!("events?after={after}"))).await.ok(200);
    assert_eq!(rest["events"][0]["seq"], 4);
}

/// Every page of a transcript: its events, and how many bytes it has.
async fn transcript(world: &World, who: &Caller, room: &Room) -> (Vec<Value>, Vec<usize>) {
    let (mut events, mut sizes, mut after) = (Vec::new(), Vec::new(), String::new());
    loop {
        let path = format!("/api/agent-sessions/{}/transcript?limit=500{after}", room.agent);
        let page = world.get(who, &path).await;
        assert_eq!(page.status, 200, "{}", page.text);
        let Some(next) = page.header("x-next-after") else { return (events, sizes) };
        after = format!("&after={next}");
        events.extend(page.text.lines().map(|it| serde_json::from_str::<Value>(it).unwrap()));
        sizes.push(page.text.len());
    }
}

#[tokio::test]
async fn a_page_of_a_transcript_ends_there_too_and_leaves_nothing_out_between_sessions() {
    let world = World::new().await;
    let room = talk(&world).await;
    world.delete(&room.hana, &room.path("")).await.ok(200);
    let mut told = world.events(&room).await;
    let again = world.share(room.hana, room.laptop, room.agent, json!({})).await;
    world.say(&again, &again.hana, "and on").await.ok(201);
    told.extend(world.events(&again).await);
    let (events, sizes) = transcript(&world, &again.hana, &again).await;
    assert!(events == told, "{} events of {}", events.len(), told.len());
    assert!(sizes.len() > 2);
    check_sizes(&sizes);
}

#[tokio::test]
async fn a_page_of_host_events_ends_there_too_and_the_next_one_goes_on_without_a_gap() {
    let world = World::new().await;
    let hana = world.user("Hana").await;
    let mut machine = Machine::new(&hana);
    machine.connect(&world).await;
    for _ in 0..40 {
        let note = json!({"kind": "log", "payload": "x".repeat(LONG)});
        machine.asks("host.notify", note).await.unwrap();
    }
    let (mut seqs, mut sizes, mut after) = (Vec::new(), Vec::new(), "0".to_owned());
    while seqs.len() < 41 {
        let page = world.get(&hana, &format!("/api/host-events?limit=500&after={after}")).await;
        let events = page["events"].as_array().unwrap();
        seqs.extend(events.iter().map(|it| it["seq"].as_i64().unwrap()));
        after = page["nextAfter"].as_str().unwrap().to_owned();
        sizes.push(page.text.len());
    }
    assert_eq!(seqs, (1..=41).collect::<Vec<_>>());
    assert!(sizes.len() > 2);
    check_sizes(&sizes);
    let newest = machine.asks("host.events", json!({"limit": 200})).await.unwrap();
    let shown = newest["events"].as_array().unwrap().len();
    let next = newest["next_cursor"].as_str().unwrap().parse();
    assert!(shown < 20 && next == Ok(41 - shown + 1), "{shown} shown");
}
