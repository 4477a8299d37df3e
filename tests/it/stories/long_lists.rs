//! Lists that are longer than what one read gives: whole, in order, and gone on from where a page ended.

use serde_json::{Value, json};

use crate::world::{Machine, Room, World};

/// More than one read gives.
const MANY: usize = 300;

async fn talk(world: &World) -> Room {
    let room = world.room("prompt_direct").await;
    for n in 0..MANY {
        world.say(&room, &room.hana, &n.to_string()).await.ok(201);
    }
    room
}

fn texts(page: &Value) -> Vec<usize> {
    let messages = page["messages"].as_array().unwrap();
    messages.iter().map(|it| it["text"].as_str().unwrap().parse().unwrap()).collect()
}

#[tokio::test]
async fn a_page_of_messages_is_as_long_as_was_asked_and_the_next_goes_on_from_it() {
    let world = World::new().await;
    let room = talk(&world).await;
    let page = async |query: &str| {
        let path = room.path(&format!("messages?{query}"));
        world.get(&room.hana, &path).await.ok(200)
    };
    let all = page("limit=500").await;
    assert_eq!(texts(&all), (0..MANY).collect::<Vec<_>>());
    assert_eq!(all["nextCursor"], json!(null));
    let newest_first = texts(&page("limit=500&order=desc").await);
    assert_eq!(newest_first, (0..MANY).rev().collect::<Vec<_>>());
    let first = page("limit=290").await;
    let next = page(&format!("limit=290&cursor={}", first["nextCursor"].as_str().unwrap())).await;
    assert_eq!(texts(&first), (0..290).collect::<Vec<_>>());
    assert_eq!(texts(&next), (290..MANY).collect::<Vec<_>>());
    assert_eq!(next["nextCursor"], json!(null));
}

#[tokio::test]
async fn a_page_of_events_and_of_a_transcript_is_as_long_as_was_asked() {
    let world = World::new().await;
    let room = talk(&world).await;
    let last = MANY + 2;
    let page = world.get(&room.hana, &room.path("events?limit=500")).await.ok(200);
    let seqs: Vec<_> =
        page["events"].as_array().unwrap().iter().map(|it| it["seq"].clone()).collect();
    assert_eq!(seqs, (1..=last).map(|seq| json!(seq)).collect::<Vec<_>>());
    let end = page["nextAfter"].as_str().unwrap();
    assert!(end.starts_with(&format!("{last}.")), "{end}");
    let path = format!("/api/agent-sessions/{}/transcript?limit=500", room.agent);
    let transcript = world.get(&room.hana, &path).await;
    let next = transcript.header("x-next-after").unwrap().to_owned();
    assert_eq!(next, format!("{}:{end}", room.id));
    let said: Vec<Value> =
        transcript.text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(json!(said), page["events"]);
    let rest = world.get(&room.hana, &format!("{path}&after={next}")).await;
    assert_eq!((rest.status, rest.text.as_str(), rest.header("x-next-after")), (200, "", None));
}

/// A list, page by page as long as there is a next one: what it names its rows by.
async fn pages(world: &World, path: &str, rows: &str, key: &str, limit: usize) -> Vec<Vec<Value>> {
    let (mut pages, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = world.get(&world.ada, &format!("{path}?limit={limit}{cursor}")).await.ok(200);
        pages.push(page[rows].as_array().unwrap().iter().map(|it| it[key].clone()).collect());
        match page["nextCursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => return pages,
        }
    }
}

#[tokio::test]
async fn tokens_invites_and_agents_are_listed_page_by_page_and_none_is_left_out() {
    let world = World::new().await;
    let room = world.room_of(&world.ada, json!({})).await;
    for n in 0..6 {
        world
            .post(&world.ada, "/api/tokens", json!({"name": n.to_string(), "scope": "read"}))
            .await
            .ok(201);
        world.invite(&room, json!({"maxUses": n + 2})).await;
    }
    // The same names at another host: the order is by name, and among equals the older host's comes first.
    let mut desktop = Machine::new(&world.ada);
    desktop.connect(&world).await;
    world.settle().await;
    let invites = room.path("invites");
    for (path, rows, key, count) in [
        ("/api/tokens", "tokens", "name", 7),
        (&*invites, "invites", "maxUses", 7),
        ("/api/agents", "agents", "id", 4),
    ] {
        let whole = pages(&world, path, rows, key, 200).await;
        assert_eq!((whole.len(), whole[0].len()), (1, count), "{path}");
        for limit in 1..=count {
            let pages = pages(&world, path, rows, key, limit).await;
            assert_eq!(pages.len(), count.div_ceil(limit), "{path} by {limit}");
            assert_eq!(pages.concat(), whole[0], "{path} by {limit}");
        }
        for wrong in ["limit=0", "limit=201", "from=1"] {
            let path = format!("{path}?{wrong}");
            world.get(&world.ada, &path).await.refused(400, "INVALID_BODY");
        }
        let path = format!("{path}?cursor=x");
        world.get(&world.ada, &path).await.refused(400, "INVALID_CURSOR");
    }
    let newest = pages(&world, "/api/tokens", "tokens", "name", 200).await.concat();
    assert_eq!(newest, ["5", "4", "3", "2", "1", "0", "for stories"]);
    let names = pages(&world, "/api/agents", "agents", "name", 3).await.concat();
    assert!(names.is_sorted_by_key(|it| it.as_str().unwrap().to_owned()), "{names:?}");
}

/// The pages of a list of approvals, by what they ask.
async fn asked(world: &World, room: &Room, path: &str) -> Vec<Vec<Value>> {
    let (mut pages, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = world.get(&room.hana, &format!("{path}{cursor}")).await.ok(200);
        let rows = page["approvals"].as_array().unwrap();
        pages.push(rows.iter().map(|it| it["prompt"].clone()).collect());
        match page["nextCursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => return pages,
        }
    }
}

#[tokio::test]
async fn a_page_of_approvals_looks_at_so_many_of_them_and_the_next_one_goes_on_from_there() {
    let world = World::new().await;
    let room = world.room("prompt_with_approval").await;
    let sam = world.join(&room, "Sam").await;
    let approval = world.prompt(&room, &sam, "long ago").await;
    let no = json!({"action": "reject"});
    world.decide(&room, &room.hana, &approval, no).await.ok(200);
    let resolved = "/api/approvals?status=resolved&limit=50";
    let rejected = room.path("approvals?status=rejected&kind=prompt&limit=50");
    for path in [resolved, &rejected] {
        assert_eq!(asked(&world, &room, path).await, [["long ago"]]);
    }
    // So many others since then, which are hers to decide, and so many that are not.
    for (session, first) in [(format!("'{}'", room.id), 0), ("null".to_owned(), 2500)] {
        world.script(&format!(
            "with recursive count (x) as (select {first} union all select x + 1 from count where x < {first} + 2499)
             insert into approvals (id, kind, session_id, action, shown_digest, status, created_at)
             select printf('01890000-0000-7000-8000-%012x', x), 'action', {session}, 'x', printf('%064d', 0), 'pending',
                    '2026-01-01T00:00:00.000Z' from count;
             update approvals set status = 'approved', resolved_at = created_at where status = 'pending'"
        ));
    }
    assert_eq!(asked(&world, &room, &rejected).await, [vec![], vec![json!("long ago")]]);
    let pages = asked(&world, &room, resolved).await;
    assert!(pages[0].is_empty() && pages[1..].iter().all(|page| page.len() <= 50));
    let all = pages.concat();
    assert_eq!((all.len(), all.last()), (2501, Some(&json!("long ago"))));
}

#[tokio::test]
async fn a_page_of_long_messages_ends_early_and_leaves_none_out() {
    let world = World::new().await;
    let room = world.room("prompt_direct").await;
    for n in 0..40 {
        world.say(&room, &room.hana, &format!("{n} {}", "x".repeat(60 * 1024))).await.ok(201);
    }
    for order in ["asc", "desc"] {
        let (mut seen, mut pages, mut cursor) = (Vec::new(), 0, String::new());
        loop {
            let path = room.path(&format!("messages?limit=500&order={order}{cursor}"));
            let page = world.get(&room.hana, &path).await;
            assert!(page.text.len() < 1200 * 1024, "{}", page.text.len());
            let rows = page["messages"].as_array().unwrap();
            let number = |it: &Value| {
                it["text"].as_str().unwrap().split_once(' ').unwrap().0.parse::<usize>()
            };
            seen.extend(rows.iter().map(|it| number(it).unwrap()));
            pages += 1;
            match page["nextCursor"].as_str() {
                Some(next) => cursor = format!("&cursor={next}"),
                None => break,
            }
        }
        let mut wanted: Vec<usize> = (0..40).collect();
        if order == "desc" {
            wanted.reverse();
        }
        assert_eq!((seen, pages), (wanted, 3), "{order}");
    }
}
