//! Units that share a transaction: one COMMIT, then the followers, then the answers; and each fails alone.

use futures_util::FutureExt;

use super::{Gate, Home, said};
use crate::{
    error::{Code, Error, Result},
    store::{Notice, Tx},
};

#[tokio::test]
async fn units_that_wait_share_one_commit_and_followers_hear_of_them_in_order() {
    let home = Home::new().await;
    let before = home.store.commits();
    let gate = home.hold().await;
    let mut writes: Vec<_> = (1..=5).map(|n| home.append(n)).collect();
    for write in &mut writes {
        assert!(write.now_or_never().is_none());
    }
    drop(gate);
    let mut seqs = Vec::new();
    for write in writes {
        seqs.push(write.await.unwrap());
    }
    assert_eq!(seqs, [1, 2, 3, 4, 5]);
    let (commits, units) = home.store.commits();
    assert_eq!((commits - before.0, units - before.1), (2, 6), "the one that held, and the five");
    let inputs = "select group_concat(payload ->> '$.notification', '') from events order by seq";
    assert_eq!(home.look::<String>(inputs), "12345");
    home.check(5);
}

#[tokio::test]
async fn a_group_has_at_most_64_units() {
    let home = Home::new().await;
    let before = home.store.commits().0;
    let gate = home.hold().await;
    let mut writes: Vec<_> = (1..=130).map(|n| home.append(n)).collect();
    for write in &mut writes {
        assert!(write.now_or_never().is_none());
    }
    drop(gate);
    for write in writes {
        write.await.unwrap();
    }
    assert_eq!(home.store.commits().0 - before, 1 + 3);
    home.check(130);
}

#[tokio::test]
async fn nobody_is_answered_or_told_before_commit_nor_answered_before_followers_were_told() {
    let home = Home::new().await;
    let first = home.hold().await;
    let mut writes: Vec<_> = (1..=3).map(|n| home.append(n)).collect();
    for write in &mut writes {
        assert!(write.now_or_never().is_none());
    }
    let (mut in_group, door) = Gate::new();
    let store = home.store.clone();
    let mut last = Box::pin(async move {
        let unit = store.write(async move |_: &mut Tx| {
            door.wait();
            Ok(())
        });
        unit.await
    });
    assert!((&mut last).now_or_never().is_none());
    let (mut telling, door) = Gate::new();
    drop(first);
    in_group.reached().await;
    *home.telling.lock().unwrap() = Some(door);

    // The three have run, in a transaction that is still open.
    assert_eq!(home.look::<i64>("select count(*) from events"), 0);
    assert!(writes.iter_mut().all(|write| write.now_or_never().is_none()));
    drop(in_group);
    telling.reached().await;

    // It is committed, and the followers are about to hear of it.
    assert_eq!(home.look::<i64>("select count(*) from events"), 3);
    assert!(writes.iter_mut().all(|write| write.now_or_never().is_none()));
    assert!(home.told().is_empty());
    drop(telling);
    for write in writes {
        write.await.unwrap();
    }
    last.await.unwrap();
    home.check(3);
}

/// Runs a unit between two that append, in one group; gives how it ended.
async fn between<F>(home: &Home, unit: F) -> Result<()>
where
    F: AsyncFnOnce(&mut Tx) -> Result<()> + Send + 'static,
{
    let gate = home.hold().await;
    let before = home.store.commits();
    let (mut one, mut two) = (home.append(1), home.append(2));
    let mut between = Box::pin(home.store.write(unit));
    assert!((&mut one).now_or_never().is_none());
    assert!((&mut between).now_or_never().is_none());
    assert!((&mut two).now_or_never().is_none());
    drop(gate);
    let (one, ended, two) = tokio::join!(one, between, two);
    let (commits, units) = home.store.commits();
    match &ended {
        Err(error) if one.is_err() => {
            assert_eq!(one.unwrap_err().code, error.code, "one fate for the group");
            assert_eq!(two.unwrap_err().code, error.code, "one fate for the group");
            assert_eq!((commits - before.0, units - before.1), (1, 1), "the one that held");
        }
        _ => {
            assert_eq!((one.unwrap(), two.unwrap()), (1, 2), "no number is lost");
            assert_eq!((commits - before.0, units - before.1), (2, 4));
        }
    }
    ended
}

#[tokio::test]
async fn a_unit_that_fails_is_undone_and_fails_alone() {
    let home = Home::new().await;
    let session = home.session;
    let ended = between(&home, async move |tx| {
        tx.append(session, &said(100)).await?;
        tx.notify(Notice::Access);
        tx.execute("update users set name = 'Eve'").await?;
        tx.append(session, &said(101)).await?;
        Err(Error::with(Code::HostRequired, "no"))
    });
    assert_eq!(ended.await.unwrap_err().code, Code::HostRequired);
    assert_eq!(home.look::<String>("select name from users"), "Hana");
    let told = home.told.lock().unwrap().iter().any(|it| matches!(it, Notice::Access));
    assert!(!told, "what did not happen is told to nobody");
    home.check(2);
}

#[tokio::test]
async fn a_unit_whose_sql_is_refused_is_undone_and_fails_alone() {
    let home = Home::new().await;
    let session = home.session;
    let ended = between(&home, async move |tx| {
        tx.append(session, &said(100)).await?;
        tx.execute("update users set name = 'Eve'").await?;
        tx.execute("update users set admin = 2").await?;
        Ok(())
    });
    let error = ended.await.unwrap_err();
    assert_eq!((error.code, error.message.as_str()), (Code::Internal, Code::Internal.text()));
    assert_eq!(home.look::<String>("select name from users"), "Hana");
    home.check(2);
}

#[tokio::test]
async fn a_unit_that_panics_is_undone_answered_internal_and_the_writer_lives_on() {
    let home = Home::new().await;
    let session = home.session;
    let ended = between(&home, async move |tx| {
        tx.append(session, &said(100)).await?;
        tx.execute("update users set name = 'Eve'").await?;
        panic!("on purpose");
    });
    assert_eq!(ended.await.unwrap_err().code, Code::Internal);
    assert_eq!(home.look::<String>("select name from users"), "Hana");
    home.check(2);
    assert_eq!(home.append(3).await.unwrap(), 3);
    home.check(3);
}

#[tokio::test]
async fn what_a_unit_reads_is_what_those_before_it_in_the_group_did() {
    let home = Home::new().await;
    let session = home.session;
    let seen = std::sync::Arc::new(std::sync::Mutex::new((0, 0)));
    let note = seen.clone();
    between(&home, async move |tx| {
        *note.lock().unwrap() = (tx.head(session).await?.0, tx.position(session).await?.seq);
        Ok(())
    })
    .await
    .unwrap();
    assert_eq!(*seen.lock().unwrap(), (1, 1), "the first of the three had appended");
    home.check(2);
}

#[tokio::test]
async fn a_commit_that_fails_is_told_to_nobody_and_the_next_one_works() {
    let home = Home::new().await;
    let ended = between(&home, async |tx| {
        tx.execute("pragma defer_foreign_keys = on").await?;
        tx.execute("update agent_sessions set host_id = 'nobody'").await?;
        Ok(())
    });
    assert_eq!(ended.await.unwrap_err().code, Code::Internal);
    assert!(home.told().is_empty(), "no follower hears of what was not committed");
    let told = home.told.lock().unwrap().iter().any(|it| matches!(it, Notice::Doubt));
    assert!(told, "but they are asked to look into the table");
    home.check(0);
    for seq in 1..=3 {
        assert_eq!(home.append(seq).await.unwrap(), seq, "numbers go on without a hole");
    }
    home.check(3);
}

#[tokio::test]
async fn after_a_rollback_that_sqlite_made_by_itself_nothing_of_the_group_is_stored() {
    let home = Home::new().await;
    let ended = between(&home, async |tx| {
        // As a full disk may do in the middle of a unit, one that carries on regardless.
        tx.execute("rollback").await?;
        let refused = tx.execute("update users set name = 'Eve'").await;
        assert!(refused.is_err(), "a statement outside the group's transaction commits nothing");
        Ok(())
    });
    assert_eq!(ended.await.unwrap_err().code, Code::Internal);
    assert_eq!(home.look::<String>("select name from users"), "Hana");
    home.check(0);
    assert_eq!(home.append(1).await.unwrap(), 1);
    home.check(1);
}

/// Takes as long as a unit may take: the writer's thread has a clock of its own, and nothing makes it run faster.
#[tokio::test]
async fn a_unit_that_waits_for_something_else_is_cut_off_and_the_others_go_on() {
    let home = Home::new().await;
    let session = home.session;
    let ended = between(&home, async move |tx| {
        tx.append(session, &said(100)).await?;
        tx.execute("update users set name = 'Eve'").await?;
        std::future::pending().await
    });
    assert_eq!(ended.await.unwrap_err().code, Code::Internal);
    assert_eq!(home.look::<String>("select name from users"), "Hana");
    home.check(2);
    assert_eq!(home.append(3).await.unwrap(), 3);
}
