//! The demo agent as its client sees it: the real binary, spoken to in JSON lines.

mod client;
mod life;

use std::{fs, path::Path};

use client::{Client, ask_nobody, choose};
use insta::assert_snapshot;
use serde_json::{Value, json};

const FLAKY: &str = "orders.keys() {";
const FIXED: &str = "settled.sort_unstable();";

#[test]
fn the_script_plans_reads_edits_asks_tests_and_sums_up() {
    let mut client = Client::start(&[]);
    let session = client.new_session();
    let mut question = Value::Null;
    let end = client.prompt_with(&session, "fix the flaky checkout test", |method, params| {
        if method == "elicitation/create" {
            question = params.clone();
            return json!({ "action": "accept", "content": { "title": "Sort", "draft": true } });
        }
        let settle = fs::read_to_string(Path::new(&cwd_of(params)).join("src/checkout/settle.rs"));
        assert!(settle.unwrap().contains(FIXED), "the edit came before the test run");
        choose("allow_once", params)
    });

    assert_eq!(end["result"], json!({ "stopReason": "end_turn" }));
    assert_snapshot!(client.transcript(), @r#"
    {"sessionUpdate":"session_info_update","title":"Fix the flaky checkout test"}
    [plan: in_progress, pending, pending, pending]
    The test fails once in a while and only in CI, so its outcome depends on something that differs from run to run: time, randomness or the order of a hash map. The settlement walks over a map. I will look there first.
    I will look at **how orders are settled**: the test `settles_in_order` compares a list, and a list that comes out of a hash map has no order of its own.
    [call-1-3 read Read src/checkout/settle.rs in_progress]
    [call-1-3 completed … }]
    [plan: completed, in_progress, pending, pending]
    Here is the cause:

    1. `settle` iterates over a `HashMap`
    2. its order is random for each process
    3. the test compares it with a fixed list

    Sorting the ids makes the order certain.
    [call-1-5 edit Edit src/checkout/settle.rs in_progress … }]
    [call-1-5 completed]
    [plan: completed, completed, in_progress, pending]
    [call-1-6 execute cargo test --workspace]
    [call-1-6 in_progress]
    [call-1-6 … $ cargo test --workspace]
    [call-1-6 … Compiling checkout v0.4.2]
    [call-1-6 … Finished `test` profile [unoptimized + debuginfo] target(s) in 2.41s]
    [call-1-6 … Running unittests src/lib.rs]
    [call-1-6 … ]
    [call-1-6 … running 6 tests]
    [call-1-6 … test checkout::settle::empty_checkout ... ok]
    [call-1-6 … test checkout::settle::one_order ... ok]
    [call-1-6 … test checkout::settle::refunds_come_last ... ok]
    [call-1-6 … test checkout::settle::settles_in_order ... ok]
    [call-1-6 … test checkout::total::adds_tax ... ok]
    [call-1-6 … test checkout::total::rounds_half_up ... ok]
    [call-1-6 … ]
    [call-1-6 … test result: ok. 6 passed; 0 failed; 0 ignored; finished in 0.03s]
    [call-1-6 completed]
    [plan: completed, completed, completed, in_progress]
    All **6 tests pass**. `settle` now sorts the ids, so the order is the same in every run.

    | test | before | now |
    |---|---|---|
    | `settles_in_order` | fails 1 in 6 | passes |

    [plan: completed, completed, completed, completed]
    {"sessionUpdate":"usage_update","used":53000,"size":200000,"cost":{"amount":0.05,"currency":"USD"}}
    You answered:

    - draft: true
    - title: "Sort"
    "#);
    assert_eq!(question["mode"], "form");
    assert_eq!(question["sessionId"], session);
    assert_eq!(question["requestedSchema"]["required"], json!(["title"]));
}

#[test]
fn a_rejected_test_run_ends_the_script_early() {
    let mut client = Client::start(&[]);
    let session = client.new_session();
    let end = client.prompt_with(&session, "go", |method, params| match method {
        "elicitation/create" => json!({ "action": "decline" }),
        _ => choose("reject_once", params),
    });

    assert_eq!(end["result"]["stopReason"], "end_turn");
    assert!(client.said().contains("The edit is in place but nobody has tried it."));
    assert!(!client.transcript().contains("test result"));
    let settle = client.folder().join("src/checkout/settle.rs");
    assert!(fs::read_to_string(&settle).unwrap().contains(FIXED));

    fs::write(&settle, "somebody's own").unwrap();
    client.prompt_with(&session, "go again", ask_nobody);
    assert!(client.said().contains("is not mine"));
    assert_eq!(fs::read_to_string(&settle).unwrap(), "somebody's own");
}

#[test]
fn an_edit_can_be_shown_again_and_again() {
    let mut client = Client::start(&[]);
    let session = client.new_session();
    for _ in 0..2 {
        client.prompt(&session, "diff");
        let diff = client.updates().find(|update| update["kind"] == "edit").unwrap();
        assert_eq!(diff["content"][0]["type"], "diff");
        assert!(diff["content"][0]["oldText"].as_str().unwrap().contains(FLAKY));
        assert!(diff["content"][0]["newText"].as_str().unwrap().contains(FIXED));
    }
}

#[test]
fn each_word_does_its_one_thing() {
    let mut client = Client::start(&[]);
    let session = client.new_session();
    let mut say = |prompt: &str| {
        let end = client.prompt(&session, prompt);
        assert_eq!(end["result"]["stopReason"], "end_turn", "{prompt}");
        client.said()
    };
    assert_eq!(say("echo  Grüße,  Welt"), "Grüße,  Welt");
    assert_eq!(say("/ECHO again"), "again");
    assert!(say("help").contains("- `long N`: "));
    assert_eq!(say("slow 2"), "1 of 2\n2 of 2\n");
    assert!(say("long 60").contains("- chunk **60**: settled"));
    assert!(say("markdown").contains("<script>"));
    let bidi = say("bidi");
    for character in ['\u{202e}', '\u{200b}', '\u{1b}', '\u{e0061}', '\0', '\r'] {
        assert!(bidi.contains(character), "{character:?}");
    }
    assert_eq!(say("plan"), "");
    assert_eq!(client.commands["availableCommands"][0]["name"], "help");
    assert_eq!(client.updates().filter(|update| update["sessionUpdate"] == "plan").count(), 5);
}

#[test]
fn a_long_message_comes_in_that_many_chunks() {
    let mut client = Client::start(&[]);
    let session = client.new_session();
    client.prompt(&session, "long 5000");
    assert_eq!(client.updates().count(), 5000);
    assert_eq!(
        client
            .updates()
            .map(|update| &update["messageId"])
            .filter(|id| **id == "message-1-1")
            .count(),
        5000
    );
}

#[test]
fn a_prompt_can_fail_or_need_a_login() {
    let mut client = Client::start(&[]);
    let session = client.new_session();
    assert_eq!(client.prompt(&session, "fail")["error"]["code"], -32603);
    assert_eq!(client.prompt(&session, "auth")["error"]["code"], -32000);
    client.call("authenticate", &json!({ "methodId": "demo-login" }));
    assert_eq!(client.prompt(&session, "auth")["result"]["stopReason"], "end_turn");
}

#[test]
fn a_command_runs_only_if_it_is_allowed() {
    let mut client = Client::start(&[]);
    let session = client.new_session();
    let notes = client.folder().join("wardroom-demo.txt");

    client.prompt_with(&session, "ask rm -rf target", |_, params| choose("reject_once", params));
    assert!(!notes.exists());
    client.prompt_with(&session, "ask ls", |_, params| choose("allow_once", params));
    client.prompt_with(&session, "ask ls", |_, params| choose("allow_always", params));
    client.prompt_with(&session, "ask ls", ask_nobody);
    client.call("session/set_mode", &json!({ "sessionId": session, "modeId": "auto" }));
    client.prompt_with(&session, "ask rm -rf target", ask_nobody);
    assert_eq!(fs::read_to_string(&notes).unwrap(), "ls\nls\nls\nrm -rf target\n");
}

#[test]
fn a_permission_names_the_command_and_the_options_of_the_agent() {
    let mut client = Client::start(&[]);
    let session = client.new_session();
    let mut request = Value::Null;
    client.prompt_with(&session, "ask make release", |_, params| {
        request = params.clone();
        json!({ "outcome": { "outcome": "cancelled" } })
    });
    request["sessionId"] = json!("…");
    request["toolCall"]["rawInput"]["cwd"] = json!("…");
    assert_snapshot!(serde_json::to_string_pretty(&request).unwrap(), @r#"
    {
      "sessionId": "…",
      "toolCall": {
        "toolCallId": "call-1-1",
        "kind": "execute",
        "status": "pending",
        "title": "make release",
        "content": [],
        "locations": [],
        "rawInput": {
          "command": "make release",
          "cwd": "…"
        }
      },
      "options": [
        {
          "optionId": "demo-allow-once",
          "name": "Allow once",
          "kind": "allow_once"
        },
        {
          "optionId": "demo-allow-always",
          "name": "Always allow this command",
          "kind": "allow_always"
        },
        {
          "optionId": "demo-reject-once",
          "name": "Reject",
          "kind": "reject_once"
        }
      ]
    }
    "#);
}

#[test]
fn the_answer_to_a_form_is_told_in_the_next_message() {
    let mut client = Client::start(&[]);
    let session = client.new_session();
    let mut answer = |answer: Value| {
        client.prompt_with(&session, "form", |_, _| answer.clone());
        client.said()
    };
    let content = json!({ "suite": "unit", "retries": 2, "systems": ["linux"], "release": false });
    assert_snapshot!(answer(json!({ "action": "accept", "content": content })), @r#"
    You answered:

    - release: false
    - retries: 2
    - suite: "unit"
    - systems: ["linux"]
    "#);
    assert_eq!(answer(json!({ "action": "decline" })), "You declined to answer.");
    assert_eq!(answer(json!({ "action": "cancel" })), "You dismissed the question.");

    let mut plain = Client::start_with(&[], &json!({}));
    let session = plain.new_session();
    plain.prompt_with(&session, "form", ask_nobody);
    assert!(plain.said().contains("has not declared"));
}

fn cwd_of(permission: &Value) -> String {
    permission["toolCall"]["rawInput"]["cwd"].as_str().unwrap().to_owned()
}
