//! The whole conversation with an agent: all the logs of the sessions that shared it, for programs and for people.

use serde_json::{Value, json};

use crate::world::{Answer, Caller, Room, World};

async fn whole(world: &World, room: &Room, who: &Caller, query: &str) -> Answer {
    world.get(who, &format!("/api/agent-sessions/{}/transcript{query}", room.agent)).await
}

/// A conversation that two sessions shared.
async fn shared_twice(world: &World) -> (Vec<Value>, Room) {
    let mut room = world.room("prompt_with_approval").await;
    let sam = world.join_as(&room, json!({"displayName": "Sam *the* <b>"})).await;
    world.say(&room, &sam, "Before:\n````\n# I am a heading\n````").await.ok(201);
    let approval = world.prompt(&room, &sam, "run the ```tests```").await;
    let edited = json!({"action": "approve", "editedPrompt": "run the fast tests"});
    world.decide(&room, &room.hana, &approval, edited).await.ok(200);
    let prompt = room.laptop.accepts().await;
    for word in ["All ", "tests ", "pass.\n```\n<script>", "\u{1b}[31m\u{202e}"] {
        room.laptop.says(room.agent, word).await;
    }
    room.laptop.succeeds(&prompt).await;
    let draft =
        json!({"summary": "A [draft](x)", "artifacts": [{"uri": "a.md", "diff": "-```\n+x"}]});
    let path = format!("/api/agent-sessions/{}/drafts", room.agent);
    let offered = world.post(&room.hana, &path, draft).await.ok(201);
    let no = json!({"action": "reject", "artifactUri": "a.md", "reason": "not `that`"});
    let draft = json!({"id": offered["draft"]["approvalId"]});
    world.decide(&room, &room.hana, &draft, no).await.ok(200);
    world.change(&room, &room.hana, json!({"life": "paused", "reason": "lunch"})).await.ok(200);
    world.settle().await;
    world.delete(&room.hana, &room.path("")).await.ok(200);
    let mut events = world.events(&room).await;
    let again = world.share(room.hana, room.laptop, room.agent, json!({"title": "Again"})).await;
    world.say(&again, &again.hana, "And here we are.").await.ok(201);
    events.extend(world.events(&again).await);
    (events, again)
}

#[tokio::test]
async fn as_json_lines_it_is_every_event_of_every_session_in_order() {
    let world = World::new().await;
    let (events, room) = shared_twice(&world).await;
    let answer = whole(&world, &room, &room.hana, "?format=jsonl").await;
    assert_eq!(answer.header("content-type"), Some("application/x-ndjson"));
    let told: Vec<Value> =
        answer.text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!((answer.status, told), (200, events));
}

#[tokio::test]
async fn as_markdown_it_is_what_people_would_tell_and_nothing_in_it_is_markup() {
    let world = World::new().await;
    let (_, room) = shared_twice(&world).await;
    let answer = whole(&world, &room, &room.hana, "?format=md").await;
    assert_eq!(answer.header("content-type"), Some("text/markdown; charset=utf-8"));
    insta::assert_snapshot!(answer.text, @r#"
    # Fix the tests

    **Hana** joined.

    **Sam \*the\* \<b\>** joined.

    **Sam \*the\* \<b\>** commented

    `````
    Before:
    ````
    # I am a heading
    ````
    `````

    **Sam \*the\* \<b\>** prompted

    ````
    run the ```tests```
    ````

    **Hana** approved with changes

    ```
    run the fast tests
    ```

    The agent said

    ````
    All tests pass.
    ```
    <script>␛[31m⟨U+202E⟩
    ````

    The turn: succeeded.

    For review: A \[draft\]\(x\)

    a\.md

    ````diff
    -```
    +x
    ````

    **Hana** on a\.md: rejected

    ```
    not `that`
    ```

    **Hana** decided: rejected.

    a\.md: rejected

    ```
    not `that`
    ```

    The agent session is paused

    ```
    lunch
    ```

    The session ended: closed.

    # Again

    **Hana** joined.

    **Hana** commented

    ```
    And here we are.
    ```
    "#);
}

#[tokio::test]
async fn however_long_it_is_it_comes_whole() {
    let world = World::new().await;
    let room = world.room("prompt_direct").await;
    for n in 0..600 {
        world.say(&room, &room.hana, &format!("line {n}")).await.ok(201);
    }
    let answer = whole(&world, &room, &room.hana, "?format=jsonl").await;
    assert_eq!(answer.text.lines().count(), 602);
    let text = whole(&world, &room, &room.hana, "?format=md").await.text;
    assert_eq!(text.matches("\nline ").count(), 600);
    let page = whole(&world, &room, &room.hana, "?limit=300").await;
    let after = page.header("x-next-after").unwrap();
    let rest = whole(&world, &room, &room.hana, &format!("?format=jsonl&after={after}")).await;
    assert_eq!(page.text + &rest.text, answer.text);
}

#[tokio::test]
async fn it_is_its_owners_and_admins_alone_and_other_formats_are_refused() {
    let world = World::new().await;
    let room = world.room("prompt_direct").await;
    let sam = world.join(&room, "Sam").await;
    let stranger = world.user("Mallory").await;
    for format in ["md", "jsonl"] {
        let query = format!("?format={format}");
        let refused = whole(&world, &room, &sam, &query).await;
        refused.refused(401, "UNAUTHENTICATED");
        let refused = whole(&world, &room, &stranger, &query).await;
        refused.refused(404, "HOST_SESSION_NOT_FOUND");
        assert_eq!(whole(&world, &room, &world.ada, &query).await.status, 200);
    }
    for (query, code) in [
        ("?format=html", "INVALID_BODY"),
        ("?format=md&limit=3", "INVALID_BODY"),
        ("?format=md&after=x", "INVALID_CURSOR"),
    ] {
        whole(&world, &room, &room.hana, query).await.refused(400, code);
    }
}
