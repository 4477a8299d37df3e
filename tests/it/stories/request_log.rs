//! The log of requests: one line for each, which says who did what and how it ended, and tells no secret and no text.

use std::{fs::File, sync::Arc};

use axum::http::Method;
use serde_json::json;
use tempfile::TempDir;
use tracing::{level_filters::LevelFilter, subscriber::DefaultGuard};

use crate::world::{Caller, World};

/// Everything that this thread logs.
struct Log {
    dir: TempDir,
    _until: DefaultGuard,
}

impl Log {
    fn of(level: LevelFilter) -> Self {
        let dir = TempDir::new().unwrap();
        let file = Arc::new(File::create(dir.path().join("log")).unwrap());
        let log = tracing_subscriber::fmt().with_max_level(level).with_writer(file);
        let log = log.with_ansi(false).without_time().finish();
        Self { dir, _until: tracing::subscriber::set_default(log) }
    }

    fn text(&self) -> String {
        std::fs::read_to_string(self.dir.path().join("log")).unwrap()
    }

    /// The lines about requests, without what differs from run to run.
    fn requests(&self) -> Vec<String> {
        let text = self.text();
        let lines = text.lines().filter(|it| it.contains(" request request_id="));
        lines.map(|it| it.split(" duration_ms=").next().unwrap().to_owned()).collect()
    }
}

#[tokio::test]
async fn a_server_logs_one_line_for_what_it_refuses_and_none_for_what_went_well() {
    let world = World::new().await;
    let room = world.room("comment_only").await;
    let sam = world.join(&room, "Sam").await;
    let me = world.get(&sam, "/api/me").await.ok(200);
    let log = Log::of(LevelFilter::INFO);
    world.say(&room, &sam, "hello").await.ok(201);
    assert_eq!(log.requests(), [""; 0]);
    let refused = world.post(&sam, &room.path("prompts"), json!({"prompt": "run"})).await;
    refused.refused(403, "PROMPT_NOT_ALLOWED");
    let unknown = world.get(&room.hana, "/api/nowhere").await;
    unknown.refused(404, "NOT_FOUND");
    let participant = me["seats"][0]["participantId"].as_str().unwrap();
    let (session, id) = (&room.id, refused.header("x-request-id").unwrap());
    let first = format!(
        " INFO wardroom::http::guard: request request_id=\"{id}\" session={session} participant={participant} \
         method=POST route=\"/api/shared-sessions/{{id}}/prompts\" status=403"
    );
    let id = unknown.header("x-request-id").unwrap();
    let second = format!(
        " INFO wardroom::http::guard: request request_id=\"{id}\" method=GET route=\"-\" status=404"
    );
    assert_eq!(log.requests(), [first, second]);
    // Who has an account is named by it.
    let answer = world.post(&room.hana, &room.path("prompts"), json!({"prompt": ""})).await;
    answer.refused(400, "EMPTY_PROMPT");
    let hana = world.get(&room.hana, "/api/me").await.ok(200);
    let user =
        format!(" session={session} user={} method=POST", hana["user"]["id"].as_str().unwrap());
    assert!(log.requests()[2].contains(&user), "{:?}", log.requests());
}

#[tokio::test]
async fn no_secret_and_no_text_of_people_is_in_the_log_however_much_is_logged() {
    let world = World::new().await;
    let room = world.room("prompt_with_approval").await;
    let log = Log::of(LevelFilter::TRACE);
    let sam = world.join(&room, "Sam").await;
    let browser = world.browser(&room.hana).await;
    world.say(&room, &sam, "canary-comment").await.ok(201);
    let held = world.prompt(&room, &sam, "canary-prompt").await;
    let no = json!({"action": "reject", "reason": "canary-reason"});
    world.decide(&room, &browser, &held, no).await.ok(200);
    // In places where they must not be, too.
    let token = sam.secret();
    for path in
        [format!("/api/me?token={token}"), format!("/{token}"), format!("/api/users/{token}")]
    {
        world.get(&Caller::Nobody, &path).await.refused(400, "TOKEN_IN_URL");
    }
    let wrong = format!("{}x", &token[..token.len() - 1]);
    world.get(&Caller::Token(wrong.clone()), "/api/me").await.refused(401, "UNAUTHENTICATED");
    let broken =
        world.request(&sam, Method::POST, &room.path("messages")).text(format!("{{{token}"));
    broken.send().await.refused(400, "INVALID_BODY");
    let text = log.text();
    assert!(log.requests().len() > 8, "they were logged: {text}");
    let Caller::Cookie(cookie) = &browser else { panic!("a browser has a cookie") };
    let cookie = cookie.split_once('=').unwrap().1;
    for secret in [token, &wrong, cookie, &room.invite, room.hana.secret(), "canary"] {
        assert!(!text.contains(secret), "{secret} is in {text}");
    }
}
