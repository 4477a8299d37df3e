//! A model endpoint: the two wire formats that the agents speak, streamed. A request that ends in words of a person gets
//! one call of a shell tool; one that ends in the result of a tool gets a closing text.

use axum::{Json, Router, extract::Path, http::header, response::IntoResponse, routing::post};
use serde_json::{Map, Value, json};
use tokio::net::TcpListener;

/// What the shell is asked to run.
const COMMAND: &str = "echo here > proof.txt && cat proof.txt";
/// The tools by which agents run a shell, the preferred first.
const SHELLS: [&str; 6] =
    ["shell", "run_shell_command", "exec_command", "local_shell", "bash", "shell_command"];
const CLOSING: &str = "All done.";

/// Serves on loopback until the test ends; the port.
pub(crate) async fn serve() -> u16 {
    let routes = Router::new()
        .route("/v1/chat/completions", post(chat))
        .route("/v1/responses", post(responses))
        .route("/v1/{*rest}", axum::routing::any(other));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move { axum::serve(listener, routes).await });
    port
}

async fn other(Path(_): Path<String>) -> Json<Value> {
    Json(json!({ "object": "list", "data": [{ "id": "stub-1", "object": "model" }], "models": [] }))
}

/// A stream of events, whole at once: nobody here measures the first token.
fn stream(events: &[String]) -> impl IntoResponse + use<> {
    ([(header::CONTENT_TYPE, "text/event-stream")], events.concat())
}

/// Chat completions.
async fn chat(Json(request): Json<Value>) -> impl IntoResponse {
    let last = request["messages"].as_array().and_then(|messages| messages.last());
    let by_person = last.is_some_and(|message| message["role"] == "user");
    let tools = request["tools"].as_array().cloned().unwrap_or_default();
    let tools = tools.iter().map(|tool| &tool["function"]).collect::<Vec<_>>();
    let call = shell(&tools).filter(|_| by_person);
    let chunk = |delta: Value, finish: Value| {
        let choice = json!({ "index": 0, "delta": delta, "finish_reason": finish });
        let chunk = json!({ "id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1, "model": "stub-1",
            "choices": [choice] });
        format!("data: {chunk}\n\n")
    };
    let mut events = vec![chunk(json!({ "role": "assistant", "content": "" }), Value::Null)];
    if let Some((name, arguments)) = call {
        let call = json!({ "index": 0, "id": "call_1", "type": "function",
            "function": { "name": name, "arguments": arguments } });
        events.push(chunk(json!({ "tool_calls": [call] }), Value::Null));
        events.push(chunk(json!({}), json!("tool_calls")));
    } else {
        events.push(chunk(json!({ "content": CLOSING }), Value::Null));
        events.push(chunk(json!({}), json!("stop")));
    }
    let usage = json!({ "prompt_tokens": 10, "completion_tokens": 5, "total_tokens": 15 });
    let last = json!({ "id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1, "model": "stub-1",
        "choices": [], "usage": usage });
    events.push(format!("data: {last}\n\n"));
    events.push("data: [DONE]\n\n".to_owned());
    stream(&events)
}

/// Responses.
async fn responses(Json(request): Json<Value>) -> impl IntoResponse {
    let last = request["input"].as_array().and_then(|input| input.last());
    let by_tool =
        last.and_then(|item| item["type"].as_str()).is_some_and(|it| it.ends_with("_output"));
    let tools = request["tools"].as_array().cloned().unwrap_or_default();
    let call = shell(&tools.iter().collect::<Vec<_>>()).filter(|_| !by_tool);
    let mut events = Vec::new();
    let mut event = |kind: &str, mut body: Map<String, Value>| {
        body.insert("type".into(), json!(kind));
        body.insert("sequence_number".into(), json!(events.len()));
        events.push(format!("event: {kind}\ndata: {}\n\n", Value::Object(body)));
    };
    let mut response = json!({ "id": "resp_1", "object": "response", "created_at": 1, "model": "stub-1",
        "status": "in_progress", "output": [] });
    event("response.created", object(json!({ "response": response })));
    let item = if let Some((name, arguments)) = call {
        json!({ "id": "fc_1", "type": "function_call", "call_id": "call_1", "name": name, "arguments": arguments,
            "status": "completed" })
    } else {
        let text = json!({ "type": "output_text", "text": CLOSING, "annotations": [] });
        json!({ "id": "msg_1", "type": "message", "role": "assistant", "status": "completed", "content": [text] })
    };
    event("response.output_item.added", object(json!({ "output_index": 0, "item": item })));
    if item["type"] == "message" {
        let delta =
            json!({ "item_id": "msg_1", "output_index": 0, "content_index": 0, "delta": CLOSING });
        event("response.output_text.delta", object(delta));
    }
    event("response.output_item.done", object(json!({ "output_index": 0, "item": item })));
    response["status"] = json!("completed");
    response["output"] = json!([item]);
    response["usage"] = json!({ "input_tokens": 10, "input_tokens_details": { "cached_tokens": 0 }, "output_tokens": 5,
        "output_tokens_details": { "reasoning_tokens": 0 }, "total_tokens": 15 });
    event("response.completed", object(json!({ "response": response })));
    stream(&events)
}

fn object(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(map) => map,
        _ => Map::new(),
    }
}

/// A call of the first shell tool that is offered: its name and its arguments as JSON text.
fn shell(tools: &[&Value]) -> Option<(String, String)> {
    let offered = |name: &&str| tools.iter().find(|tool| tool["name"] == **name);
    let tool = SHELLS.iter().find_map(offered)?;
    let name = tool["name"].as_str()?;
    let mut arguments = Map::new();
    for (field, schema) in tool["parameters"]["properties"].as_object()? {
        let value = match (field.as_str(), schema["type"].as_str()) {
            ("command" | "cmd", Some("array")) => json!(["bash", "-lc", COMMAND]),
            ("command" | "cmd", _) => json!(COMMAND),
            ("description" | "justification", _) => json!("leave a proof"),
            ("is_background", _) => json!(false),
            // Some tools come back before the command has ended, and end it with the turn.
            ("yield_time_ms" | "timeout_ms", _) => json!(30_000),
            _ => continue,
        };
        arguments.insert(field.clone(), value);
    }
    Some((name.to_owned(), Value::Object(arguments).to_string()))
}
