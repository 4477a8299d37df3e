//! Getting a place in the queue, losing interest in it, and closing it.

use futures_util::FutureExt;

use super::Home;
use crate::{error::Code, store::QUEUE};

#[tokio::test]
async fn a_caller_that_goes_away_does_not_stop_its_unit() {
    let home = Home::new().await;
    let gate = home.hold().await;
    for n in 1..=3 {
        let mut write = home.append(n);
        assert!((&mut write).now_or_never().is_none());
        drop(write);
    }
    let unheard = home.append(4);
    drop(unheard);
    drop(gate);
    assert_eq!(home.append(5).await.unwrap(), 4, "three were stored; the one never begun was not");
    home.check(4);
}

#[tokio::test]
async fn who_finds_the_queue_full_is_told_so_and_the_others_are_served() {
    let home = Home::new().await;
    let gate = home.hold().await;
    let mut writes: Vec<_> = (0..QUEUE).map(|_| home.append(1)).collect();
    for write in &mut writes {
        assert!(write.now_or_never().is_none());
    }
    let refused = home.append(2).await.unwrap_err();
    assert_eq!((refused.code, refused.retry_after), (Code::Busy, Some(1)));
    let mut reads = home.store.read().await.unwrap();
    assert_eq!(reads.head(home.session).await.unwrap().0, 0, "reading does not wait");
    drop(gate);
    for write in writes {
        write.await.unwrap();
    }
    home.append(3).await.unwrap();
    home.check(i64::try_from(QUEUE).unwrap() + 1);
}

#[tokio::test]
async fn a_store_that_is_closed_finishes_what_waits_and_turns_the_rest_away() {
    let home = Home::new().await;
    let gate = home.hold().await;
    let mut writes: Vec<_> = (1..=3).map(|n| home.append(n)).collect();
    for write in &mut writes {
        assert!(write.now_or_never().is_none());
    }
    let mut close = Box::pin(home.store.close());
    assert!((&mut close).now_or_never().is_none(), "it waits for what waits");
    drop(gate);
    close.await;
    for write in &mut writes {
        write.now_or_never().expect("answered before the store was closed").unwrap();
    }
    let refused = home.append(4).await.unwrap_err();
    assert_eq!((refused.code, refused.message.as_str()), (Code::Busy, "the server is stopping"));
    let wal = home.path.with_extension("db-wal");
    assert!(!wal.exists(), "the log was folded into the file");
    home.check(3);
}
