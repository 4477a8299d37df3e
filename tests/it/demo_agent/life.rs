//! Beginnings and ends: of a turn, a conversation, the process.

use std::fs;

use serde_json::{Value, json};

use super::client::{Client, agree, ask_nobody};

#[test]
fn a_cancel_stops_a_turn_that_waits_for_a_person_or_for_nothing() {
    let mut client = Client::start(&[]);
    let session = client.new_session();
    let turn = client.send("session/prompt", &Client::text(&session, "ask ls"));
    let asked = client.next(|message| message["method"] == "session/request_permission");
    client.notify("session/cancel", &json!({ "sessionId": session }));
    client.answer(&asked["id"], &json!({ "outcome": { "outcome": "cancelled" } }));
    let end = client.next(|message| message["id"] == turn);
    assert_eq!(end["result"], json!({ "stopReason": "cancelled" }));
    assert_eq!(client.updates().last().unwrap()["status"], "failed");
    assert!(!client.folder().join("wardroom-demo.txt").exists());

    let turn = client.send("session/prompt", &Client::text(&session, "hang"));
    client.notify("session/cancel", &json!({ "sessionId": session }));
    let end = client.next(|message| message["id"] == turn);
    assert_eq!(end["result"], json!({ "stopReason": "cancelled" }));
}

#[test]
fn stdin_closing_ends_it_in_mid_turn() {
    for prompt in ["hang", "deaf", "ask ls"] {
        let mut client = Client::start(&[]);
        let session = client.new_session();
        client.send("session/prompt", &Client::text(&session, prompt));
        client.notify("session/cancel", &json!({ "sessionId": "unknown" }));
        assert_eq!(client.close_stdin().code(), Some(0), "{prompt}");
    }
}

#[test]
fn only_a_kill_ends_one_that_is_deaf_to_all() {
    let mut client = Client::start(&[]);
    let session = client.new_session();
    client.send("session/prompt", &Client::text(&session, "deaf all"));
    client.next(|message| message["params"]["update"]["sessionUpdate"] == "agent_message_chunk");
    client.notify("session/cancel", &json!({ "sessionId": session }));
    client.terminate();
    client.call("session/list", &json!({}));
    assert!(client.outlives_stdin());
}

#[test]
fn a_crash_ends_the_process_with_code_3() {
    let mut client = Client::start(&[]);
    let session = client.new_session();
    client.send("session/prompt", &Client::text(&session, "crash"));
    let (status, stderr) = client.wait();
    assert_eq!(status.code(), Some(3));
    assert!(stderr.contains("asked to crash"), "{stderr}");
}

#[test]
fn a_load_tells_everything_again_and_a_resume_nothing() {
    let mut client = Client::start(&[]);
    let session = client.new_session();
    client.prompt_with(&session, "fix it", agree);
    client.call("session/set_mode", &json!({ "sessionId": session, "modeId": "auto" }));
    let told: Vec<Value> = client.all_updates().cloned().collect();
    let folder = client.folder();
    let mut client = client.again();

    let whole = json!({ "sessionId": session, "cwd": folder, "mcpServers": [] });
    let loaded = client.call("session/load", &whole);
    assert_eq!(loaded["result"]["modes"]["currentModeId"], "auto");
    let mut replayed: Vec<Value> = client.all_updates().cloned().collect();
    let prompt = replayed.remove(0);
    assert_eq!(prompt["sessionUpdate"], "user_message_chunk");
    assert_eq!(prompt["content"]["text"], "fix it");
    assert_eq!(replayed, told);
    client.prompt_with(&session, "ask ls", ask_nobody);
    assert!(client.updates().any(|update| update["toolCallId"] == "call-2-1"));

    let mut client = client.again();
    let before = client.all_updates().count();
    client.call("session/resume", &whole);
    assert_eq!(client.all_updates().count(), before);
    client.prompt(&session, "echo on");
    assert_eq!(client.updates().next().unwrap()["messageId"], "message-3-1");

    let listed = client.call("session/list", &json!({ "cwd": folder }));
    assert_eq!(listed["result"]["sessions"][0]["sessionId"], session);
    assert_eq!(listed["result"]["sessions"][0]["title"], "fix it");
    assert_eq!(
        client.call("session/list", &json!({ "cwd": "/" }))["result"]["sessions"],
        json!([])
    );
    client.call("session/close", &json!({ "sessionId": session }));
    assert_eq!(client.prompt(&session, "echo off")["error"]["code"], -32002);
}

#[test]
fn every_prompt_leaves_a_receipt_before_anything_else() {
    let mut client = Client::start(&["--receipts", "receipts.jsonl"]);
    let session = client.new_session();
    client.prompt(&session, "echo one");
    client.prompt("unknown", "echo \"two\"\n");
    client.send("session/prompt", &Client::text(&session, "crash"));
    client.wait();
    let receipts = fs::read_to_string(client.folder().join("receipts.jsonl")).unwrap();
    let receipts: Vec<Value> =
        receipts.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let texts: Vec<&Value> = receipts.iter().map(|receipt| &receipt["text"]).collect();
    assert_eq!(texts, ["echo one", "echo \"two\"\n", "crash"]);
    assert_eq!(receipts[0]["sessionId"], session);
    assert_eq!(receipts[0]["pid"], client.pid());
    assert_eq!(receipts[0]["at"].as_str().unwrap().len(), 24);
}

#[test]
fn a_seed_decides_how_it_goes() {
    let play = |seed: &str| {
        let mut client = Client::start(&["--seed", seed]);
        let session = client.new_session();
        client.prompt_with(&session, "go", agree);
        let folder = client.folder().to_str().unwrap().to_owned();
        client.updates().map(|update| update.to_string().replace(&folder, "")).collect::<Vec<_>>()
    };
    assert_eq!(play("7"), play("7"));
    assert_ne!(play("7"), play("8"));
}

#[test]
fn bad_use_is_answered_with_an_error() {
    let mut client = Client::start(&[]);
    let session = client.new_session();
    let folder = client.folder();
    let load = |id: &str| json!({ "sessionId": id, "cwd": folder, "mcpServers": [] });
    let mut code =
        |method: &str, params: Value| client.call(method, &params)["error"]["code"].clone();
    assert_eq!(code("session/prompt", Client::text("unknown", "hi")), -32002);
    assert_eq!(code("session/load", load("../../etc/passwd")), -32002);
    assert_eq!(code("session/resume", load("018f0000-0000-7000-8000-000000000000")), -32002);
    assert_eq!(code("session/close", json!({ "sessionId": "unknown" })), -32002);
    assert_eq!(code("session/new", json!({ "cwd": "relative", "mcpServers": [] })), -32602);
    assert_eq!(code("session/set_mode", json!({ "sessionId": session, "modeId": "yolo" })), -32602);
    assert_eq!(code("session/prompt", json!({})), -32602);
    assert_eq!(code("session/fork", json!({})), -32601);

    client.send("session/prompt", &Client::text(&session, "hang"));
    assert_eq!(
        client.call("session/prompt", &Client::text(&session, "hi"))["error"]["code"],
        -32600
    );
}
