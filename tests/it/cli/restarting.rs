//! Restarts under load: people write and read while the server is stopped in order and started again, several times.
//! What was acknowledged is there once, streams go on where they were, and the turn that runs goes on too.

use std::{
    collections::BTreeMap,
    sync::{
        Arc,
        atomic::{
            AtomicBool, AtomicUsize,
            Ordering::{Relaxed, SeqCst},
        },
    },
    time::{Duration, Instant},
};

use futures_util::StreamExt;
use reqwest::{Client, Method, StatusCode};
use serde_json::{Value, json};
use tokio::time::sleep;
use uuid::Uuid;

use super::world::{World, until};

/// How often the server is stopped and started again.
const RESTARTS: usize = 5;
/// How much is acknowledged before each of them.
const WRITES: usize = 25;
/// As often as the harness looks again, a request that was not answered is sent again.
const AGAIN: Duration = Duration::from_millis(10);

/// A session over HTTP, as programs see it.
#[derive(Clone)]
struct Room {
    client: Client,
    url: String,
    path: String,
    done: Arc<AtomicBool>,
    acknowledged: Arc<AtomicUsize>,
    repeated: Arc<AtomicUsize>,
}

impl Room {
    /// Does something that must be done once, however often it is sent: only a connection that breaks, and a server that
    /// is just stopping, are reasons to send it again.
    async fn post(&self, path: &str, token: &str, body: &Value) -> Value {
        let key = Uuid::now_v7().to_string();
        loop {
            let request = self.client.request(Method::POST, format!("{}{path}", self.url));
            let request = request.bearer_auth(token).header("idempotency-key", &key).json(body);
            if let Ok(answer) = request.send().await {
                let (status, text) = (answer.status(), answer.text().await);
                if let Ok(text) = text {
                    let json: Value = serde_json::from_str(&text).expect(&text);
                    if status.is_success() {
                        return json;
                    }
                    let busy = status == StatusCode::SERVICE_UNAVAILABLE && json["code"] == "BUSY";
                    assert!(busy, "{path} was answered {status}: {text}");
                }
            }
            self.repeated.fetch_add(1, Relaxed);
            sleep(AGAIN).await;
        }
    }

    async fn get(&self, path: &str, token: &str) -> Value {
        let request = self.client.get(format!("{}{path}", self.url)).bearer_auth(token);
        let text = request.send().await.unwrap().error_for_status().unwrap().text().await.unwrap();
        serde_json::from_str(&text).unwrap()
    }

    async fn join(&self, invite: &str, name: &str) -> String {
        let body = json!({"inviteToken": invite, "displayName": name});
        let answer = self.client.post(format!("{}{}/join", self.url, self.path)).json(&body);
        let joined: Value = answer.send().await.unwrap().json().await.unwrap();
        joined["participant"]["accessToken"].as_str().unwrap().to_owned()
    }

    /// Writes until it is enough; what was acknowledged, by its id.
    async fn write(self, token: String, name: &'static str) -> BTreeMap<String, String> {
        let mut written = BTreeMap::new();
        for n in 0.. {
            if self.done.load(SeqCst) {
                break;
            }
            // Now and then a prompt, of which nobody may have five wait behind the turn that runs.
            let text = format!("echo <{name}-{n}>");
            let (what, id, body) = match n {
                7 | 27 | 47 | 67 => ("prompts", "/approval/id", json!({ "prompt": text })),
                _ => ("messages", "/message/id", json!({ "text": text })),
            };
            let answer = self.post(&format!("{}/{what}", self.path), &token, &body).await;
            let id = answer.pointer(id).unwrap().as_str().unwrap().to_owned();
            assert_eq!(written.insert(id, text), None, "what is new has an id of its own");
            self.acknowledged.fetch_add(1, SeqCst);
        }
        written
    }

    /// Follows from the beginning to the end of the session, coming back by position; what was seen, in order.
    async fn follow(self, token: String) -> Vec<(String, Value)> {
        let (mut seen, mut position) = (Vec::<(String, Value)>::new(), "0".to_owned());
        loop {
            let request = self.client.get(format!("{}{}/stream", self.url, self.path));
            let request = request.bearer_auth(&token).header("last-event-id", &position);
            let Ok(answer) = request.send().await else {
                sleep(AGAIN).await;
                continue;
            };
            let status = answer.status();
            assert!(status == 200 || status == 503, "a stream after {position}: {status}");
            let (mut chunks, mut text) = (answer.bytes_stream(), Vec::new());
            while let Some(Ok(chunk)) = chunks.next().await {
                text.extend_from_slice(&chunk);
                while let Some(end) = text.windows(2).position(|two| two == b"\n\n") {
                    let frame: Vec<u8> = text.drain(..end + 2).collect();
                    let frame = String::from_utf8(frame).unwrap();
                    let field = |name: &str| frame.lines().find_map(|it| it.strip_prefix(name));
                    let Some(data) = field("data: ") else { continue };
                    let event: Value = serde_json::from_str(data).unwrap();
                    match (field("id: "), event["type"].as_str().unwrap()) {
                        (Some(id), _) => {
                            let seq = event["seq"].as_u64().unwrap();
                            assert_eq!(seq, seen.len() as u64 + 1, "after {position} comes {id}");
                            id.clone_into(&mut position);
                            seen.push((position.clone(), event));
                        }
                        (None, "end") if event["payload"]["reason"] == "closed" => return seen,
                        (None, "end") => assert_eq!(event["payload"]["reason"], "shutdown"),
                        (None, kind) => assert_ne!(kind, "reset", "after {position}"),
                    }
                }
            }
        }
    }
}

/// A session with the server's own demo agent, and the secret of its invite.
async fn open(world: &World, token: &str) -> (Room, String) {
    let mut room = Room {
        client: Client::builder().no_proxy().build().unwrap(),
        url: world.url(),
        path: String::new(),
        done: Arc::default(),
        acknowledged: Arc::default(),
        repeated: Arc::default(),
    };
    while room.get("/api/hosts", token).await["hosts"][0]["connected"] != true {
        sleep(AGAIN).await;
    }
    let agent = room.post("/api/agent-sessions", token, &json!({"agent": "demo"})).await;
    let body = json!({"hostSessionId": agent["agentSession"]["id"], "mode": "prompt_direct", "title": "Load"});
    let made = room.post("/api/shared-sessions", token, &body).await;
    room.path = format!("/api/shared-sessions/{}", made["session"]["id"].as_str().unwrap());
    (room, made["inviteToken"].as_str().unwrap().to_owned())
}

/// Everything in a list that has pages.
async fn all(room: &Room, token: &str, what: &str) -> Vec<Value> {
    let (mut rows, mut cursor) = (Vec::new(), String::new());
    loop {
        let path = format!("{}/{what}?limit=200{cursor}", room.path);
        let mut page = room.get(&path, token).await;
        rows.append(page[what].as_array_mut().unwrap());
        match page["nextCursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => return rows,
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_is_restarted_under_load_loses_nothing_and_does_nothing_twice() {
    let begun = Instant::now();
    let mut world = World::serving(true);
    let ana = world.admin();
    let token = ana.run(&["token", "create", "--name", "load", "--json"]).json();
    let token = token["secret"].as_str().unwrap().to_owned();
    let (room, invite) = open(&world, &token).await;
    // A turn that takes longer than the first restarts do.
    let path = format!("{}/prompts", room.path);
    room.post(&path, &token, &json!({"prompt": "slow 100"})).await;
    let mut watch = world.start(&ana, "watch", &["watch", "load", "--json", "--since", "0"]);
    let (mut writers, mut readers) = (Vec::new(), Vec::new());
    for name in ["Sam", "Tess"] {
        let person = room.join(&invite, name).await;
        writers.push(tokio::spawn(room.clone().write(person.clone(), name)));
        readers.push(tokio::spawn(room.clone().follow(person)));
    }
    for n in 1..=RESTARTS {
        let enough = room.acknowledged.load(SeqCst) + WRITES;
        until("writers that go on", || (room.acknowledged.load(SeqCst) >= enough).then_some(()));
        assert_eq!(world.stop_server(), 0, "at the {n}. time: {}", world.read("server.log"));
        world.serve(&[]);
    }
    room.done.store(true, SeqCst);
    let mut written = BTreeMap::new();
    for writer in writers {
        written.extend(writer.await.unwrap());
    }
    assert!(room.repeated.load(Relaxed) > 0, "they met the restarts");

    // Every turn ends, each prompt having been sent once.
    let approvals = loop {
        let approvals = all(&room, &token, "approvals").await;
        let ended = |it: &Value| it["dispatch"]["state"] == "succeeded";
        if approvals.iter().all(ended) {
            break approvals;
        }
        assert!(begun.elapsed() < Duration::from_secs(30), "{approvals:#?}");
        sleep(AGAIN).await;
    };
    let messages = all(&room, &token, "messages").await;
    room.post(&format!("{}/close", room.path), &token, &json!({})).await;
    let mut seen = Vec::new();
    for reader in readers {
        seen.push(reader.await.unwrap());
    }
    assert_eq!(seen[0], seen[1], "both have seen the same, by number and by chain");
    assert_eq!(watch.ended(), 0);
    let watched = world.read("watch.out");
    let watched: Vec<Value> =
        watched.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(watched, seen[0].iter().map(|(_, event)| event.clone()).collect::<Vec<_>>());

    let text = |it: &Value| it["text"].as_str().unwrap().to_owned();
    let mut stored: Vec<_> =
        messages.iter().filter(|it| it["kind"] != "system").map(text).collect();
    let mut expected: Vec<_> = written.values().cloned().collect();
    expected.push("slow 100".into());
    stored.sort();
    expected.sort();
    assert_eq!(stored, expected, "what was acknowledged is there, once, and nothing else is");
    let started = watched.iter().filter(|it| it["type"] == "prompt_dispatch_started").count();
    assert_eq!(started, approvals.len(), "each prompt was sent once");
    let updates = watched.iter().map(|it| &it["payload"]["notification"]["update"]);
    let said = updates.filter(|it| it["sessionUpdate"] == "agent_message_chunk");
    let said: String = said.filter_map(|it| it["content"]["text"].as_str()).collect();
    for prompt in approvals.iter().filter_map(|it| it["prompt"].as_str()?.strip_prefix("echo ")) {
        assert_eq!(said.matches(prompt).count(), 1, "{prompt} in {said}");
    }
    assert_eq!(said.matches(" of 100").count(), 100, "the turn went on through the restarts");
    assert!(ana.run(&["verify"]).ok().err.contains("everything holds"));
}
