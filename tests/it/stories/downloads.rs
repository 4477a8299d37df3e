//! Downloads of a whole conversation: counted, ended in order, and only for as long as they may be read.

use std::time::Duration;

use axum::http::Method;
use futures_util::StreamExt;
use serde_json::{Value, json};
use wardroom::live::Limits;

use crate::world::{Caller, Room, World};

/// A download that is read piece by piece.
struct Download(axum::body::BodyDataStream);

/// How reading went on.
#[derive(Debug, PartialEq)]
enum Read {
    Piece(String),
    End,
    /// The body was cut off: what came is not all of it.
    CutOff,
}

impl Download {
    async fn begin(world: &World, who: &Caller, room: &Room) -> Self {
        let path = path(room);
        let response = world.request(who, Method::GET, &path).stream().await;
        assert_eq!(response.status(), 200);
        Self(response.into_body().into_data_stream())
    }

    async fn next(&mut self) -> Read {
        match self.0.next().await {
            Some(Ok(bytes)) => Read::Piece(String::from_utf8(bytes.to_vec()).unwrap()),
            Some(Err(_)) => Read::CutOff,
            None => Read::End,
        }
    }

    /// What is left of it, and how it ended.
    async fn rest(&mut self) -> (String, Read) {
        let mut all = String::new();
        loop {
            match self.next().await {
                Read::Piece(text) => all.push_str(&text),
                end => return (all, end),
            }
        }
    }
}

fn path(room: &Room) -> String {
    format!("/api/agent-sessions/{}/transcript?format=jsonl", room.agent)
}

/// A session with three pages of comments.
async fn talk(world: &World) -> Room {
    let room = world.room("prompt_direct").await;
    for n in 0..600 {
        world.say(&room, &room.hana, &format!("line {n}")).await.ok(201);
    }
    room
}

#[tokio::test]
async fn a_download_is_counted_like_a_stream_until_it_is_over() {
    let limits = Limits { a_person: 1, ..Limits::default() };
    let world = World::with(wardroom::app::Settings::default(), limits).await;
    let room = talk(&world).await;
    let mut first = Download::begin(&world, &room.hana, &room).await;
    assert!(matches!(first.next().await, Read::Piece(_)));
    let second = world.get(&room.hana, &path(&room)).await;
    second.refused(429, "RATE_LIMITED");
    assert_eq!(world.app().streams(), 1);
    world.get(&world.ada, &path(&room)).await;
    assert_eq!(first.rest().await.1, Read::End);
    drop(first);
    assert_eq!(world.app().streams(), 0);
    assert_eq!(world.get(&room.hana, &path(&room)).await.text.lines().count(), 602);
}

#[tokio::test]
async fn a_download_is_cut_off_when_the_server_stops() {
    let world = World::new().await;
    let room = talk(&world).await;
    let mut download = Download::begin(&world, &room.hana, &room).await;
    assert!(matches!(download.next().await, Read::Piece(_)));
    world.stop_streams();
    assert_eq!(download.next().await, Read::CutOff);
    drop(download);
    assert_eq!(world.app().streams(), 0);
}

#[tokio::test]
async fn a_download_is_cut_off_when_it_has_lived_as_long_as_a_stream_may() {
    let world = World::new().await;
    let room = talk(&world).await;
    let mut download = Download::begin(&world, &room.hana, &room).await;
    assert!(matches!(download.next().await, Read::Piece(_)));
    tokio::time::pause();
    tokio::time::advance(Duration::from_mins(67)).await;
    tokio::time::resume();
    assert_eq!(download.next().await, Read::CutOff);
}

#[tokio::test]
async fn whose_credential_ends_reads_no_further_page() {
    let world = World::new().await;
    let room = talk(&world).await;
    let made = world.post(&room.hana, "/api/tokens", json!({"scope": "read"})).await.ok(201);
    let mut download = Download::begin(&world, &Caller::token(&made["secret"]), &room).await;
    assert!(matches!(download.next().await, Read::Piece(_)));
    let token = format!("/api/tokens/{}", made["token"]["id"].as_str().unwrap());
    assert_eq!(world.delete(&room.hana, &token).await.status, 204);
    let (text, end) = download.rest().await;
    assert!(text.lines().count() <= 256, "more than the page that was read already");
    assert_eq!(end, Read::CutOff);
}

/// The comments in a transcript.
fn said(text: &str) -> Vec<String> {
    let events = text.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    let said = |it: Value| it["payload"]["message"]["text"].as_str().map(str::to_owned);
    events.filter_map(said).collect()
}

#[tokio::test]
async fn an_owner_who_was_removed_reads_what_they_were_there_for_and_nothing_later() {
    let world = World::new().await;
    let room = world.room("prompt_direct").await;
    let tess = world.user("Tess").await;
    let join = json!({"inviteToken": room.invite});
    let joined = world.post(&tess, &room.path("join"), join).await.ok(201);
    world.say(&room, &room.hana, "before").await.ok(201);
    let host = json!({"participantId": joined["participant"]["id"]});
    world.post(&room.hana, &room.path("host"), host).await.ok(200);
    let hana = world.participant(&room, "Hana").await["id"].as_str().unwrap().to_owned();
    let out = room.path(&format!("participants/{hana}"));
    world.delete(&tess, &out).await.ok(200);
    // At the same moment, by the clock.
    world.say(&room, &tess, "after").await.ok(201);
    let all = world.get(&world.ada, &path(&room)).await.text;
    assert_eq!(said(&all), ["before", "after"]);
    let hers = world.get(&room.hana, &path(&room)).await.text;
    assert_eq!(said(&hers), ["before"]);
    let last: Value = serde_json::from_str(hers.lines().last().unwrap()).unwrap();
    assert_eq!(last["type"], "participant_removed");
    // Nor by a position behind that, nor in any other way.
    let whole = format!("/api/agent-sessions/{}/transcript", room.agent);
    let end = world.get(&world.ada, &format!("{whole}?limit=8")).await;
    let after = end.header("x-next-after").unwrap();
    let rest = world.get(&room.hana, &format!("{whole}?after={after}")).await;
    assert_eq!((rest.status, rest.text.as_str()), (200, ""));
    for list in ["events", "messages"] {
        world.get(&room.hana, &room.path(list)).await.refused(409, "PARTICIPANT_INACTIVE");
    }
    // Who is let in again reads all of it, as everybody does who is there.
    let invite = world.post(&tess, &room.path("invites"), json!({})).await.ok(201);
    let join = json!({"inviteToken": invite["invite"]["token"]});
    world.post(&room.hana, &room.path("join"), join).await.ok(201);
    assert_eq!(said(&world.get(&room.hana, &path(&room)).await.text), ["before", "after"]);
    world.verify().await;
}
