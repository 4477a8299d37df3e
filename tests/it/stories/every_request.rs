//! What holds for every request, before any route has a say.

use std::{convert::Infallible, time::Duration};

use axum::{
    body::{Body, Bytes},
    http::Method,
};
use futures_util::{StreamExt, stream};
use serde_json::json;
use tokio::time;
use wardroom::rpc::calls::{HostCall, Outcome};

use crate::world::{Caller, World, question};

#[tokio::test]
async fn paths_that_lead_nowhere_and_methods_that_do_not_fit_are_told_in_json() {
    let world = World::new().await;
    for path in [
        "/nowhere",
        "/api",
        "/api/",
        "/api/shared-sessions/1/2/3",
        "/assets/other.js",
        "/assets/%ff/%ff",
    ] {
        world.get(&world.ada, path).await.refused(404, "NOT_FOUND");
        world.get(&Caller::Nobody, path).await.refused(404, "NOT_FOUND");
    }
    for (method, path) in [
        (Method::DELETE, "/api/me"),
        (Method::PATCH, "/api/tokens"),
        (Method::PUT, "/api/shared-sessions"),
        (Method::GET, "/api/login"),
        (Method::POST, "/"),
        (Method::TRACE, "/livez"),
    ] {
        for media in ["application/json", "text/plain", ""] {
            let request = world.request(&world.ada, method.clone(), path).text("{}");
            let answer = request.header("content-type", media).send().await;
            answer.refused(405, "METHOD_NOT_ALLOWED");
            assert!(answer.header("allow").is_some_and(|allow| !allow.contains(method.as_str())));
        }
    }
    for path in ["/nowhere", "/api", "/api/shared-sessions/1/2/3", "/api/approvals/1/2"] {
        for (method, media) in [
            (Method::POST, "application/json"),
            (Method::POST, "text/plain"),
            (Method::PATCH, ""),
            (Method::PUT, "multipart/form-data"),
        ] {
            let request = world.request(&Caller::Nobody, method, path).text("{}");
            request.header("content-type", media).send().await.refused(404, "NOT_FOUND");
        }
    }
}

#[tokio::test]
async fn no_route_takes_a_body_of_another_form_whatever_its_method() {
    let world = World::new().await;
    let room = world.room("prompt_direct").await;
    let browser = world.browser(&room.hana).await;
    let before = world.transcript(&room).await;
    let (any, session) = ("01890000-0000-7000-8000-000000000000", room.path(""));
    let document = world.get(&Caller::Nobody, "/api/openapi.json").await.ok(200);
    let mut tried = 0;
    for (path, operations) in document["paths"].as_object().unwrap() {
        let path = path.replace("/api/shared-sessions/{id}", &session);
        let mut words: Vec<_> = path.split('/').map(str::to_owned).collect();
        for word in words.iter_mut().filter(|it| it.starts_with('{')) {
            any.clone_into(word);
        }
        for method in [Method::POST, Method::PUT, Method::PATCH] {
            if operations.get(method.as_str().to_ascii_lowercase()).is_some() {
                let request = world.request(&browser, method, &words.join("/")).text("{}");
                let answer = request.header("content-type", "text/plain").send().await;
                answer.refused(415, "UNSUPPORTED_MEDIA_TYPE");
                tried += 1;
            }
        }
    }
    assert!(tried > 25, "{tried}");
    assert_eq!(world.transcript(&room).await, before);
}

#[tokio::test]
async fn only_the_names_of_this_server_are_answered() {
    let world = World::new().await;
    for host in [
        "evil.example",
        "localhost.evil.example",
        "evil.example:7337",
        "notlocalhost",
        "127.0.0.1:7337",
        "[::1]:7337",
        "localhost@evil.example",
        "evil.example@localhost",
        "localhost:evil",
        "localhost:7337:7337",
        "localhost:73370",
        "[localhost]",
        "[localhost]evil.example",
        "localhost/evil.example",
        ",localhost",
        "",
    ] {
        for path in ["/", "/api/me", "/api/openapi.json", "/nowhere", "/api/hosts/connect"] {
            let request = world.request(&world.ada, Method::GET, path).header("host", host);
            request.send().await.refused(421, "WRONG_HOST");
        }
    }
    for place in ["http://evil.example/api/me", "http://evil.example:7337/"] {
        world.get(&world.ada, place).await.refused(421, "WRONG_HOST");
    }
    let twice =
        world.request(&world.ada, Method::GET, "/api/me").and_header("host", "evil.example");
    twice.send().await.refused(421, "WRONG_HOST");
    for host in ["localhost", "localhost:7337", "LOCALHOST", "LocalHost:1", "localhost:"] {
        let request = world.request(&world.ada, Method::GET, "/api/me").header("host", host);
        request.send().await.ok(200);
    }
}

#[tokio::test]
async fn whether_it_lives_and_is_ready_may_be_asked_under_any_name_and_by_anybody() {
    let world = World::new().await;
    for (path, status) in [("/livez", "live"), ("/readyz", "ready")] {
        let request = world.request(&Caller::Nobody, Method::GET, path).header("host", "10.0.0.1");
        assert_eq!(request.send().await.ok(200), json!({"status": status}));
    }
}

#[tokio::test]
async fn a_secret_in_a_url_is_refused_however_it_is_written() {
    let world = World::new().await;
    let token = world.ada.secret();
    for path in [
        format!("/api/me?token={token}"),
        format!("/api/me?access_token=Bearer%20{token}"),
        format!("/join/x?{token}"),
        format!("/s/{token}"),
        format!("/api/me?t={}", token.replace('_', "%5F")),
        format!("/api/me?t={}", token.replace('_', "%5f")),
        format!("/api/me?t={}", token.replacen('w', "%77", 1)),
        format!("/nowhere/{token}"),
        "/api/me?invite=wr_inv_x".to_owned(),
        "/api/me?cookie=wr_log_x".to_owned(),
        "/setup?secret=wr_set_x".to_owned(),
        "/livez?participantToken=wr_par_x".to_owned(),
    ] {
        world.get(&world.ada, &path).await.refused(400, "TOKEN_IN_URL");
        let answer = world.get(&Caller::Nobody, &path).await;
        answer.refused(400, "TOKEN_IN_URL");
        assert!(!answer.text.contains(token), "the answer does not repeat it");
    }
    world.get(&world.ada, "/api/shared-sessions?workspaceId=wr_usual").await.ok(200);
}

#[tokio::test]
async fn a_body_is_json_and_says_so() {
    let world = World::new().await;
    for media in [
        "",
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data",
        "application/jsonp",
        "text/json",
        "application/json-patch+json",
    ] {
        for path in ["/api/login", "/api/tokens", "/api/logout"] {
            let request = world.request(&world.ada, Method::POST, path).text("{}");
            let answer = request.header("content-type", media).send().await;
            answer.refused(415, "UNSUPPORTED_MEDIA_TYPE");
        }
    }
    for media in ["application/json", "Application/JSON; charset=utf-8"] {
        let request = world.request(&world.ada, Method::POST, "/api/tokens");
        let request = request.json(&json!({"scope": "read"})).header("content-type", media);
        request.send().await.ok(201);
    }
}

#[tokio::test]
async fn a_body_of_another_shape_is_refused_and_changes_nothing() {
    let world = World::new().await;
    let room = world.room("prompt_with_approval").await;
    let before = world.transcript(&room).await;
    let deep = format!(r#"{{"text": {}1{}}}"#, "[".repeat(5000), "]".repeat(5000));
    for body in [
        "",
        "{",
        "null",
        "[]",
        "\"text\"",
        "{}",
        r#"{"text": 1}"#,
        r#"{"text": null}"#,
        r#"{"text": "hi", "colour": "red"}"#,
        r#"{"text": "hi", "text": "ho"}"#,
        r#"{"Text": "hi"}"#,
        r#"{"text": "hi", "replyTo": "1"}"#,
        r#"{"text": "hi", "anchor": {"line": 3}}"#,
        r#"{"text": "hi", "anchor": {"seq": 1, "colour": "red"}}"#,
        r#"{"text": "hi"} {}"#,
        r#"{"text": "\ud800"}"#,
        deep.as_str(),
    ] {
        let request = world.request(&room.hana, Method::POST, &room.path("messages"));
        let answer = request.text(body.to_owned()).send().await;
        answer.refused(400, "INVALID_BODY");
    }
    let bytes = world.request(&room.hana, Method::POST, &room.path("messages"));
    bytes.text(&b"{\"text\": \"\xff\"}"[..]).send().await.refused(400, "INVALID_BODY");
    assert_eq!(world.transcript(&room).await, before);
    world.verify().await;
}

#[tokio::test]
async fn words_that_are_not_in_the_list_are_refused() {
    let world = World::new().await;
    let room = world.room("prompt_with_approval").await;
    let sam = world.join(&room, "Sam").await;
    let approval = world.prompt(&room, &sam, "hello").await;
    let decide = format!("approvals/{}", approval["id"].as_str().unwrap());
    for (path, body) in [
        ("/api/shared-sessions".to_owned(), json!({"mode": "prompt_freely"})),
        ("/api/tokens".to_owned(), json!({"scope": "admin"})),
        ("/api/agent-sessions".to_owned(), json!({"agent": "claude", "channel": "phone"})),
        (room.path("invites"), json!({"role": "owner"})),
        (room.path("join"), json!({"inviteToken": room.invite, "role": "owner"})),
        (room.path("join"), json!({"inviteToken": room.invite, "credential": "header"})),
        (room.path(&decide), json!({"action": "allow"})),
        (room.path("dispatches/01890000-0000-7000-8000-000000000000"), json!({"action": "stop"})),
    ] {
        world.post(&room.hana, &path, body).await.refused(400, "INVALID_BODY");
    }
    for query in ["?status=open", "?limit=0", "?limit=201", "?limit=x", "?colour=red"] {
        let path = format!("/api/shared-sessions{query}");
        world.get(&room.hana, &path).await.refused(400, "INVALID_BODY");
        world
            .get(&room.hana, &room.path(&format!("approvals{query}")))
            .await
            .refused(400, "INVALID_BODY");
    }
    for query in ["?cursor=x", "?cursor=-1", "?cursor=1.5"] {
        let path = format!("/api/shared-sessions{query}");
        world.get(&room.hana, &path).await.refused(400, "INVALID_CURSOR");
        for list in ["approvals", "messages"] {
            let path = room.path(&format!("{list}{query}"));
            world.get(&room.hana, &path).await.refused(400, "INVALID_CURSOR");
        }
    }
    world.get(&room.hana, "/api/approvals?status=approved").await.refused(400, "INVALID_BODY");
    world.verify().await;
}

#[tokio::test]
async fn what_is_too_large_is_refused() {
    let world = World::new().await;
    let room = world.room("prompt_direct").await;
    let before = world.transcript(&room).await;
    let text = |bytes: usize| json!({"text": "x".repeat(bytes)});
    let prompt = |bytes: usize| json!({"prompt": "x".repeat(bytes)});
    for (path, body) in [
        (room.path("messages"), text(64 * 1024 + 1)),
        (room.path("messages"), text(3 * 1024 * 1024)),
        (room.path("prompts"), prompt(256 * 1024 + 1)),
        (room.path("prompts"), prompt(3 * 1024 * 1024)),
        (room.path("join"), json!({"inviteToken": "x".repeat(65 * 1024)})),
        (room.path("join"), json!({"inviteToken": room.invite, "displayName": "x".repeat(65)})),
        ("/api/tokens".to_owned(), json!({"scope": "full", "name": "x".repeat(257)})),
        ("/api/login".to_owned(), json!({"token": "x".repeat(65 * 1024)})),
    ] {
        world.post(&room.hana, &path, body).await.refused(413, "TOO_LARGE");
    }
    assert_eq!(world.transcript(&room).await, before);
    world.post(&room.hana, &room.path("messages"), text(64 * 1024)).await.ok(201);
    world.post(&room.hana, &room.path("prompts"), prompt(256 * 1024)).await.ok(200);
    // A body is bounded too, however short the text is that its escapes stand for.
    let escaped = format!("{{\"text\": \"{}\"}}", "\\u0041".repeat(64 * 1024));
    let request = world.request(&room.hana, Method::POST, &room.path("messages"));
    request.text(escaped).send().await.refused(413, "TOO_LARGE");
    world.verify().await;
}

#[tokio::test]
async fn what_goes_wrong_inside_is_told_to_nobody() {
    let world = World::new().await;
    world.sql("alter table users rename column created_at to made_at").unwrap();
    let answer = world.get(&world.ada, "/api/users").await;
    let body = answer.refused(500, "INTERNAL");
    let hint = "the server's log says more at this requestId";
    let told = json!({"code": "INTERNAL", "error": "something went wrong here", "hint": hint});
    assert_eq!(body, told);
}

#[tokio::test]
async fn a_body_that_does_not_arrive_in_ten_seconds_is_not_waited_for() {
    let world = World::new().await;
    let begun = stream::iter([Ok::<_, Infallible>(Bytes::from_static(b"{"))]);
    let body = Body::from_stream(begun.chain(stream::pending()));
    let slow = world.request(&world.ada, Method::POST, "/api/tokens").text(body).begin();
    for (seconds, is_answered) in [(9, false), (1, true)] {
        world.settle().await;
        time::pause();
        time::advance(Duration::from_secs(seconds)).await;
        time::resume();
        world.settle().await;
        assert_eq!(slow.is_finished(), is_answered, "after {seconds} s more");
    }
    slow.await.unwrap().refused(400, "INVALID_BODY");
}

#[tokio::test]
async fn json_is_taken_to_a_depth_of_64_and_no_deeper() {
    let world = World::new().await;
    let mut room = world.room("prompt_direct").await;
    world.prompt(&room, &room.hana, "which?").await;
    let prompt = room.laptop.accepts().await;
    let waiting = room.laptop.begin(&HostCall::Question(question(&prompt)));
    world.settle().await;
    let asked = world.get(&room.hana, "/api/approvals").await.ok(200)["approvals"][0].take();
    let path = room.path(&format!("approvals/{}", asked["id"].as_str().unwrap()));
    // The body and the answer are two, and a bracket in a text is none.
    let answer = |depth: usize| {
        let (open, close) = ("[".repeat(depth - 2), "]".repeat(depth - 2));
        format!(r#"{{"action": "approve", "answer": {{"[[\"[[": {open}{close}}}}}"#)
    };
    for depth in [65, 100, 127] {
        let request = world.request(&room.hana, Method::POST, &path).text(answer(depth));
        request.send().await.refused(400, "INVALID_BODY");
    }
    world.request(&room.hana, Method::POST, &path).text(answer(64)).send().await.ok(200);
    let outcome: Outcome = room.laptop.end(waiting).await.unwrap();
    assert!(matches!(outcome, Outcome::Answered { .. }), "{outcome:?}");
    world.verify().await;
}
