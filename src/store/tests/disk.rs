//! A full disk, and a log that grew.

use std::fs;

use futures_util::FutureExt;

use super::{Home, said};
use crate::{
    error::{Code, Result},
    store::Tx,
};

/// One more page-filling row.
async fn fill(tx: &mut Tx) -> Result<()> {
    tx.execute(
        "insert into unshared_updates (agent_session_id, payload) values ('a', hex(zeroblob(20000)))",
    )
    .await?;
    Ok(())
}

#[tokio::test]
async fn on_a_full_disk_nothing_is_stored_reading_goes_on_and_it_heals_when_there_is_space() {
    // A limit on the pages of the file is what SQLite itself calls a full disk; it outlives reconnects.
    let home = Home::with(|options| options.pragma("max_page_count", "400")).await;
    let mut filled = 0;
    let full = loop {
        match home.store.write(fill).await {
            Ok(()) => filled += 1,
            Err(error) => break error,
        }
        assert!(filled < 100, "it never gets full");
    };
    assert!(filled > 0);
    assert_eq!(full.code, Code::DiskFull);
    assert!(full.hint.is_some_and(|it| it.contains("space")));
    let count = "select count(*) from unshared_updates";
    assert_eq!(home.look::<i64>(count), filled);

    // It stays full, also for what shares the group; nothing of that is told.
    for _ in 0..3 {
        let gate = home.hold().await;
        let (mut small, mut large) = (home.append(1), Box::pin(home.store.write(fill)));
        assert!((&mut small).now_or_never().is_none());
        assert!((&mut large).now_or_never().is_none());
        drop(gate);
        assert_eq!(large.await.unwrap_err().code, Code::DiskFull);
        assert_eq!(small.await.unwrap_err().code, Code::DiskFull);
        home.check(0);
        let mut reads = home.store.read().await.unwrap();
        assert_eq!(reads.head(home.session).await.unwrap().0, 0, "reading goes on");
    }

    home.other().execute("delete from unshared_updates", []).unwrap();
    home.store.write(fill).await.unwrap();
    assert_eq!(home.append(1).await.unwrap(), 1);
    home.check(1);
    assert!(!home.store.has_failed(), "a full disk is no reason to give up");
}

#[tokio::test]
async fn a_log_that_grew_under_a_reader_is_cut_back_once_the_reader_is_gone() {
    const LIMIT: u64 = 64 * 1024 * 1024;
    let home = Home::new().await;
    let wal = home.path.with_extension("db-wal");
    let mut reader = home.store.snapshot().await.unwrap();
    assert_eq!(reader.head(home.session).await.unwrap().0, 0);
    while fs::metadata(&wal).unwrap().len() < LIMIT + 4 * 1024 * 1024 {
        let large = home.store.write(async |tx| {
            tx.execute("insert into unshared_updates (agent_session_id, payload) values ('a', hex(zeroblob(2000000)))").await?;
            Ok(())
        });
        large.await.unwrap();
    }
    assert_eq!(reader.head(home.session).await.unwrap().0, 0);
    drop(reader);
    // The first of these copies the log into the file, the second begins it anew.
    while fs::metadata(&wal).unwrap().len() > LIMIT {
        let seq = home.append(0).await.unwrap();
        assert!(seq < 10, "the log is never cut back");
    }
    let session = home.session;
    home.store.write(async move |tx| tx.append(session, &said(0)).await).await.unwrap();
}
