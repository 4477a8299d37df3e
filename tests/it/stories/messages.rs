//! Comments.

use serde_json::{Value, json};
use wardroom::{
    Code,
    domain::{Message, MessageId},
    rpc::calls::HostCall,
};

use crate::world::{Caller, World, masked, permission};

#[tokio::test]
async fn a_comment_is_kept_as_it_was_written_and_told_to_everybody() {
    let world = World::new().await;
    let mut room = world.room("comment_only").await;
    let sam = world.join(&room, "Sam").await;
    room.laptop.uses(room.agent, "call-1").await;
    let text = "  <b>Does this</b> cover\r\n\trefunds? 👋\n";
    let answer = world.say(&room, &sam, text).await.ok(201);
    insta::assert_snapshot!(masked(&answer["message"]), @r#"
    {
      "id": "<id>",
      "sharedSessionId": "<id>",
      "participantId": "<id>",
      "authorUserId": "guest:<id>",
      "kind": "comment",
      "text": "<b>Does this</b> cover\n\trefunds? 👋",
      "createdAt": "2026-01-01T00:00:00.000Z",
      "approvalId": null,
      "replyTo": null,
      "anchor": null
    }
    "#);
    let reply = json!({"text": "It does.", "replyTo": answer["message"]["id"],
        "anchor": {"toolCallId": "call-1", "path": "src/a.rs", "line": 3}});
    world.post(&room.hana, &room.path("messages"), reply).await.ok(201);
    let list = world.get(&sam, &room.path("messages")).await.ok(200);
    assert_eq!(list["messages"][1], answer["message"], "behind that Sam joined");
    assert_eq!(list["messages"][2]["anchor"]["line"], 3);
    assert_eq!(list["nextCursor"], json!(null));
    insta::assert_snapshot!(world.transcript(&room).await, @"
    1 0s shared_session_created - comment_only
    2 0s participant_joined Hana host
    3 0s participant_joined Sam collaborator
    4 0s host_session_update - tool_call
    5 0s message_created Sam <b>Does this</b> cover
    	refunds? 👋
    6 0s message_created Hana It does.
    ");
    // What turns the direction of text is shown by the page; it is not taken out of what people say.
    let turned = world.say(&room, &sam, "a\u{202e}b").await.ok(201);
    assert_eq!(turned["message"]["text"], "a\u{202e}b");
    world.verify().await;
}

#[tokio::test]
async fn what_may_not_be_written_is_refused_and_nothing_is_told() {
    let world = World::new().await;
    let room = world.room("comment_only").await;
    let other = world.room_of(&world.ada, json!({})).await;
    let foreign = world.say(&other, &world.ada, "elsewhere").await.ok(201);
    let before = world.transcript(&room).await;
    let post = async |body: Value| world.post(&room.hana, &room.path("messages"), body).await;
    for text in ["", " \n\t\u{2003} "] {
        post(json!({"text": text})).await.refused(400, "EMPTY_MESSAGE");
    }
    for text in
        ["a\u{0}b", "rm -rf /\rls", "\u{1b}[2J", "a\u{7f}", "a\u{9b}b", "hidden \u{e0041}\u{e007f}"]
    {
        post(json!({"text": text})).await.refused(400, "TEXT_NOT_ALLOWED");
    }
    for id in [&foreign["message"]["id"], &json!("01890000-0000-7000-8000-000000000000")] {
        post(json!({"text": "x", "replyTo": id})).await.refused(404, "NOT_FOUND");
    }
    assert_eq!(world.transcript(&room).await, before);
    world.verify().await;
}

#[tokio::test]
async fn who_may_comment_is_what_the_mode_and_the_role_say() {
    let world = World::new().await;
    for (mode, collaborator) in [
        ("view_only", 403),
        ("comment_only", 201),
        ("prompt_with_approval", 201),
        ("prompt_direct", 201),
    ] {
        let room = world.room_of(&world.ada, json!({"mode": mode})).await;
        let sam = world.join(&room, "Sam").await;
        let vic = world.join_as(&room, json!({"role": "viewer"})).await;
        for (caller, status) in [(&room.hana, 201), (&sam, collaborator), (&vic, 403)] {
            let answer = world.say(&room, caller, "hello").await;
            match status {
                201 => drop(answer.ok(201)),
                _ => drop(answer.refused(403, "COMMENT_NOT_ALLOWED")),
            }
        }
        for caller in [&room.hana, &sam, &vic] {
            world.get(caller, &room.path("messages")).await.ok(200);
        }
    }
}

#[tokio::test]
async fn messages_are_read_page_by_page_in_both_directions() {
    let world = World::new().await;
    let room = world.room("prompt_direct").await;
    for n in 1..=5 {
        world.say(&room, &room.hana, &n.to_string()).await.ok(201);
    }
    for (order, pages) in [("asc", ["12", "34", "5"]), ("desc", ["54", "32", "1"])] {
        let mut cursor = String::new();
        for page in pages {
            let query = format!("messages?order={order}&limit=2{cursor}");
            let found = world.get(&room.hana, &room.path(&query)).await.ok(200);
            let list = found["messages"].as_array().unwrap();
            let texts: String = list.iter().map(|it| it["text"].as_str().unwrap()).collect();
            assert_eq!(texts, page);
            let next = found["nextCursor"].as_str();
            cursor = next.map(|next| format!("&cursor={next}")).unwrap_or_default();
        }
        assert_eq!(cursor, "", "no page after the last");
    }
    let query = "messages?order=newest";
    world.get(&room.hana, &room.path(query)).await.refused(400, "INVALID_BODY");
}

#[tokio::test]
async fn a_comment_whose_unit_fails_is_not_kept_and_its_neighbour_is() {
    let world = World::new().await;
    let room = world.room("comment_only").await;
    let said = world.say(&room, &room.hana, "one").await.ok(201);
    let said: Message = serde_json::from_value(said["message"].clone()).unwrap();
    let lost = Message { id: MessageId::new(), text: "lost".into(), ..said.clone() };
    let kept = Message { id: MessageId::new(), text: "kept".into(), ..said };
    let store = world.store();
    let (failed, stored) = tokio::join!(
        store.write(async move |tx| {
            tx.insert_message(&lost)?;
            Err::<(), _>(Code::NotFound.into())
        }),
        store.write(async move |tx| {
            tx.insert_message(&kept)?;
            Ok(())
        }),
    );
    assert_eq!(failed.unwrap_err().code, Code::NotFound);
    stored.unwrap();
    let page = world.get(&room.hana, &room.path("messages")).await.ok(200);
    let texts: Vec<_> = page["messages"].as_array().unwrap().iter().map(|it| &it["text"]).collect();
    assert_eq!(texts, ["one", "kept"]);
}

#[tokio::test]
async fn what_a_comment_is_about_is_said_in_plain_and_bounded_words() {
    let world = World::new().await;
    let room = world.room("comment_only").await;
    let long = "x".repeat(257);
    for (anchor, status, code) in [
        (json!({"toolCallId": "call\u{0}1"}), 400, "TEXT_NOT_ALLOWED"),
        (json!({"toolCallId": "call-1", "path": "src/\u{202e}sr.a"}), 400, "TEXT_NOT_ALLOWED"),
        (json!({"toolCallId": "call-1", "path": "a\nb"}), 400, "TEXT_NOT_ALLOWED"),
        (json!({"toolCallId": long}), 413, "TOO_LARGE"),
        (json!({"toolCallId": ""}), 400, "INVALID_BODY"),
        (json!({"toolCallId": "call-1", "line": 0}), 400, "INVALID_BODY"),
        (json!({"toolCallId": "call-1"}), 404, "NOT_FOUND"),
        (json!({"seq": 3}), 404, "NOT_FOUND"),
        (json!({"seq": 0}), 400, "INVALID_BODY"),
        (json!({"seq": -1}), 400, "INVALID_BODY"),
    ] {
        let body = json!({"text": "look", "anchor": anchor});
        world.post(&room.hana, &room.path("messages"), body).await.refused(status, code);
    }
    assert_eq!(world.look::<i64>("select count(*) from messages"), 0);
}

#[tokio::test]
async fn a_comment_is_about_what_happened_in_its_own_session() {
    let mut world = World::new().await;
    let mut room = world.room("prompt_direct").await;
    let mut other = world.room_of(&world.ada, json!({})).await;
    other.laptop.uses(other.agent, "elsewhere").await;
    let vic = world.join_as(&room, json!({"role": "viewer"})).await;
    room.laptop.uses(room.agent, "first").await;
    for n in 0..300 {
        world.say(&room, &room.hana, &n.to_string()).await.ok(201);
    }
    world.prompt(&room, &room.hana.clone(), "run").await;
    let prompt = room.laptop.accepts().await;
    room.laptop.begin(&HostCall::Permission(permission(&prompt)));
    world.settle().await;
    world.restart().await;
    let about = async |who: &Caller, anchor: Value| {
        let body = json!({"text": "look", "anchor": anchor});
        world.post(who, &room.path("messages"), body).await
    };
    for call in ["elsewhere", "FIRST", "%"] {
        about(&room.hana, json!({"toolCallId": call})).await.refused(404, "NOT_FOUND");
    }
    about(&room.hana, json!({"seq": 1000})).await.refused(404, "NOT_FOUND");
    about(&vic, json!({"toolCallId": "elsewhere"})).await.refused(403, "COMMENT_NOT_ALLOWED");
    let foreign = about(&world.ada, json!({"toolCallId": "first"})).await;
    foreign.refused(403, "COMMENT_NOT_ALLOWED");
    for anchor in [
        json!({"toolCallId": "first"}),
        json!({"toolCallId": "call-1", "path": "src/a.rs", "line": 1}),
        json!({"seq": 1}),
    ] {
        let said = about(&room.hana, anchor.clone()).await.ok(201);
        assert_eq!(said["message"]["anchor"], anchor);
    }
    // What was trimmed cannot be looked up any more, and may have been there.
    world.script(
        "update sessions set floor_seq = 10, floor_chain = (select chain from events
             where session_id = sessions.id and seq = 10)
         where last_seq > 10",
    );
    about(&room.hana, json!({"toolCallId": "trimmed"})).await.ok(201);
    about(&room.hana, json!({"seq": 2})).await.ok(201);
    world.verify().await;
}

#[tokio::test]
async fn the_server_writes_a_line_about_who_comes_and_goes_and_what_changes_once_for_each() {
    let world = World::new().await;
    let room = world.room("prompt_with_approval").await;
    let sam = world.join(&room, "Sam").await;
    let tess = world.join(&room, "Tess").await;
    let vic = world.join_as(&room, json!({"role": "viewer", "displayName": "Vic"})).await;
    // Who is there already comes no second time, and what changes nothing is no change.
    let body = json!({"inviteToken": room.invite});
    world.post(&room.hana, &room.path("join"), body).await.ok(201);
    let of = async |name: &str| {
        let id = world.participant(&room, name).await["id"].as_str().unwrap().to_owned();
        room.path(&format!("participants/{id}"))
    };
    for _ in 0..2 {
        world.patch(&room.hana, &room.path(""), json!({"mode": "view_only"})).await.ok(200);
        world.patch(&room.hana, &of("Sam").await, json!({"role": "viewer"})).await.ok(200);
        world.delete(&room.hana, &of("Vic").await).await.ok(200);
    }
    world.patch(&room.hana, &room.path(""), json!({"title": "Other"})).await.ok(200);
    world.patch(&room.hana, &of("Tess").await, json!({"canDecide": true})).await.ok(200);
    world.post(&sam, &room.path("leave"), json!({})).await.ok(200);
    let heir = world.participant(&room, "Tess").await["id"].take();
    world.post(&room.hana, &room.path("host"), json!({"participantId": heir})).await.ok(200);
    world.say(&room, &tess, "Well.").await.ok(201);
    world.get(&vic, &room.path("messages")).await.refused(409, "PARTICIPANT_INACTIVE");
    let list = world.get(&tess, &room.path("messages")).await.ok(200)["messages"].take();
    let lines: Vec<_> = list
        .as_array()
        .unwrap()
        .iter()
        .map(|it| {
            let (kind, text) = (it["kind"].as_str().unwrap(), it["text"].as_str().unwrap());
            assert_eq!(it["participantId"].is_null(), kind == "system", "{it}");
            assert_eq!(it["authorUserId"].is_null(), kind == "system", "{it}");
            format!("{kind} {text}")
        })
        .collect();
    insta::assert_snapshot!(lines.join("\n"), @"
    system Sam joined as collaborator.
    system Tess joined as collaborator.
    system Vic joined as viewer.
    system The mode is now view only.
    system Sam is now a viewer.
    system Vic was removed.
    system Tess is now a collaborator who may decide.
    system Sam left.
    system Hana handed over to Tess, who is host now.
    comment Well.
    ");
    assert_eq!(world.look::<i64>("select count(*) from events where type = 'message_created'"), 1);
    let path = format!("/api/agent-sessions/{}/transcript?format=md", room.agent);
    let told = world.get(&room.hana, &path).await.text;
    insta::assert_snapshot!(told, @"
    # Fix the tests

    **Hana** joined.

    **Sam** joined.

    **Tess** joined.

    **Vic** joined.

    The mode is now view only.

    **Sam** is now a viewer.

    **Vic** was removed.

    **Tess** is now a collaborator who may decide.

    **Sam** left.

    **Hana** is now a collaborator.

    **Tess** is host now.

    **Tess** commented

    ```
    Well.
    ```
    ");
    world.verify().await;
}
