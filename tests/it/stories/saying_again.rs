//! What is said again about a draft: the same is nothing new, and anything else comes too late.

use std::time::Duration;

use serde_json::json;

use crate::world::World;

#[tokio::test]
async fn to_say_again_what_is_to_be_discussed_is_nothing_new_unless_it_is_by_another_or_for_another_reason()
 {
    let world = World::new().await;
    let room = world.room("comment_only").await;
    let draft = world.letters(&room).await;
    let uma = world.join(&room, "Uma").await;
    world.sql("update participants set can_decide = 1 where display_name = 'Uma'").unwrap();
    let discuss =
        |reason: &str| json!({"action": "discuss", "artifactUri": "a.md", "reason": reason});
    let first = world.decide(&room, &room.hana, &draft, discuss("too long")).await.ok(200);
    let before = world.transcript(&room).await;
    world.pass(Duration::from_secs(1)).await;
    for reason in ["too long", " too long\r\n"] {
        let again = world.decide(&room, &room.hana, &draft, discuss(reason)).await.ok(200);
        assert_eq!(again["approval"], first["approval"]);
    }
    assert_eq!(world.transcript(&room).await, before);
    world.decide(&room, &room.hana, &draft, discuss("and dull")).await.ok(200);
    world.decide(&room, &uma, &draft, discuss("and dull")).await.ok(200);
    insta::assert_snapshot!(world.transcript_after(&room, 5).await, @"
    6 0s artifact_decided Hana a.md discuss too long
    7 1s artifact_decided Hana a.md discuss and dull
    8 1s artifact_decided Uma a.md discuss and dull
    ");
    world.verify().await;
}

#[tokio::test]
async fn a_word_about_the_whole_is_the_same_again_only_if_it_was_all_that_was_said_then() {
    let world = World::new().await;
    let room = world.room("comment_only").await;
    let (yes, no) = (json!({"action": "approve"}), json!({"action": "reject"}));
    let uma = world.join(&room, "Uma").await;
    world.sql("update participants set can_decide = 1 where display_name = 'Uma'").unwrap();

    // Hana likes one letter, and Uma refuses the rest: that is not what Hana says about the whole.
    let draft = world.letters(&room).await;
    world.judge(&room, &draft, "approve", "a.md").await.ok(200);
    world.decide(&room, &uma, &draft, no.clone()).await.ok(200);
    for (who, word) in [(&room.hana, &yes), (&room.hana, &no), (&uma, &yes)] {
        let late = world.decide(&room, who, &draft, word.clone()).await;
        late.refused(409, "APPROVAL_ALREADY_RESOLVED");
    }
    world.decide(&room, &uma, &draft, no.clone()).await.ok(200);
    world.judge(&room, &draft, "approve", "a.md").await.ok(200);

    // An answer that was lost may be asked for again, whatever was said of single ones before.
    for (single, rest, other) in [("approve", &no, &yes), ("reject", &yes, &no)] {
        let draft = world.letters(&room).await;
        world.judge(&room, &draft, single, "a.md").await.ok(200);
        world.pass(Duration::from_secs(1)).await;
        for _ in 0..2 {
            let said = world.decide(&room, &room.hana, &draft, rest.clone()).await.ok(200);
            assert_eq!(said["approval"]["status"], "rejected");
        }
        let late = world.decide(&room, &room.hana, &draft, other.clone()).await;
        late.refused(409, "APPROVAL_ALREADY_RESOLVED");
    }

    // What expired was decided by nobody.
    let draft = world.letters(&room).await;
    world.judge(&room, &draft, "approve", "a.md").await.ok(200);
    world.pass(Duration::from_hours(23)).await;
    world.sql("update approvals set expires_at = created_at where status = 'pending'").unwrap();
    world.sweep().await;
    let late = world.decide(&room, &room.hana, &draft, yes).await;
    late.refused(409, "APPROVAL_ALREADY_RESOLVED");
    world.verify().await;
}
