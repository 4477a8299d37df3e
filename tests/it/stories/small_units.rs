//! What ends many things at once does so in one unit of work that everybody else waits for: it must stay small however
//! many they are.

use std::{
    sync::atomic::{AtomicUsize, Ordering::SeqCst},
    time::Duration,
};

use serde_json::json;
use tracing::{Event, Subscriber};
use tracing_subscriber::{
    layer::{Context, SubscriberExt},
    util::SubscriberInitExt,
};
use wardroom::{app::Settings, live::Limits};

use crate::world::{Room, World};

/// How many statements the database was given so far.
static STATEMENTS: AtomicUsize = AtomicUsize::new(0);

/// Counts statements, which the driver logs.
struct Count;

impl<S: Subscriber> tracing_subscriber::Layer<S> for Count {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        if event.metadata().target() == "sqlx::query" {
            STATEMENTS.fetch_add(1, SeqCst);
        }
    }
}

/// A session in which a turn runs, and behind it `count` prompts are queued, as many wait for a yes, and so do drafts.
async fn full_of(world: &World, count: usize) -> Room {
    let mut room = world.room("prompt_with_approval").await;
    let sam = world.join(&room, "Sam").await;
    world.prompt(&room, &room.hana, "running").await;
    room.laptop.accepts().await;
    for n in 0..count {
        world.prompt(&room, &room.hana, &format!("queued {n}")).await;
        world.prompt(&room, &sam, &format!("pending {n}")).await;
        world.letters(&room).await;
    }
    world.settle().await;
    room
}

/// How many statements it takes to end all of that.
async fn to_end(world: &World, room: &Room, how: &str) -> usize {
    let before = STATEMENTS.load(SeqCst);
    match how {
        "close" => drop(world.delete(&room.hana, &room.path("")).await.ok(200)),
        "abort" => drop(world.goes(room, "aborted").await),
        _ => world.pass(Duration::from_mins(10)).await,
    }
    world.settle().await;
    STATEMENTS.load(SeqCst) - before
}

#[tokio::test]
async fn to_close_to_abort_and_to_expire_take_no_more_statements_for_many_things_than_for_few() {
    const MANY: usize = 30;
    tracing_subscriber::registry().with(Count).init();
    let settings = Settings {
        pending_of_author: 100,
        pending_of_session: 200,
        prompts_a_minute: 1000,
        ..Settings::default()
    };
    for how in ["close", "abort", "expire"] {
        let mut taken = Vec::new();
        for count in [2, MANY] {
            let world = World::with(settings.clone(), Limits::default()).await;
            let room = full_of(&world, count).await;
            world.patch(&room.hana, &room.path(""), json!({"expiresInMinutes": 5})).await.ok(200);
            taken.push(to_end(&world, &room, how).await);
            assert_eq!(
                world.look::<i64>("select count(*) from dispatches where state = 'queued'"),
                0
            );
            let pending =
                "select count(*) from approvals where kind = 'prompt' and status = 'pending'";
            assert_eq!(world.look::<i64>(pending), 0);
            world.verify().await;
        }
        let (few, many) = (taken[0], taken[1]);
        assert!(few > 10, "they are counted");
        // What happens beside it takes some too, and not always as many.
        assert!(
            many < few + MANY / 2,
            "to {how}: {few} statements for 2 of each, {many} for {MANY}"
        );
    }
}
