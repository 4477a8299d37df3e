//! Readers: what they see, and how long they hold on to it.

use futures_util::FutureExt;

use super::{Home, said};
use crate::{
    domain::{Host, HostEventBody, HostId, InstanceId},
    live::{Limits, Live, News},
    store::{About, PAGE, PAGE_BYTES, READERS, Space, Tx},
};

/// The number of an event that goes by.
fn seq(news: Option<News>) -> i64 {
    match news {
        Some(News::Event(frame)) => frame.seq,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_read_sees_the_newest_state_and_a_snapshot_one_moment() {
    let home = Home::new().await;
    let mut read = home.store.read().await.unwrap();
    let mut snapshot = home.store.snapshot().await.unwrap();
    assert_eq!(snapshot.head(home.session).await.unwrap().0, 0);
    home.append(1).await.unwrap();
    assert_eq!(read.head(home.session).await.unwrap().0, 1);
    assert_eq!(snapshot.head(home.session).await.unwrap().0, 0);
}

#[tokio::test]
async fn who_follows_a_long_log_reads_it_in_pages_and_holds_no_transaction_between_them() {
    let home = Home::new().await;
    let (session, events) = (home.session, 2 * PAGE + 10);
    let many = home.store.write(async move |tx: &mut Tx| {
        for n in 1..=events {
            tx.append(session, &said(n)).await?;
        }
        Ok(())
    });
    many.await.unwrap();
    let live = Live::new(Limits::default());
    let mut follower = live.follow(home.store.clone(), home.session, 0);
    assert_eq!(seq(follower.next().await.unwrap()), 1);

    // Every reader is taken: what the follower still gives, it has.
    let mut taken = Vec::new();
    for _ in 0..READERS {
        taken.push(home.store.read().await.unwrap());
    }
    let mut seen = 1;
    while let Some(news) = follower.take_ready().now_or_never() {
        seen = seq(news.unwrap());
    }
    assert_eq!(seen, PAGE);

    // In the middle of the log nothing keeps the write-ahead log from being begun anew.
    let busy = |home: &Home| home.look::<i64>("pragma wal_checkpoint(truncate)");
    assert_eq!(busy(&home), 0);
    taken.clear();
    while seen < events {
        seen = seq(follower.next().await.unwrap());
        assert_eq!(busy(&home), 0);
    }
    assert_eq!(follower.take_ready().await.unwrap(), None);
    home.check(events);
}

#[tokio::test]
async fn one_read_gives_a_page_at_most_and_longer_lists_are_read_page_by_page() {
    let home = Home::new().await;
    let (session, events) = (home.session, 2 * PAGE + 10);
    let many = home.store.write(async move |tx: &mut Tx| {
        for n in 1..=events {
            tx.append(session, &said(n)).await?;
        }
        Ok(())
    });
    many.await.unwrap();
    let one = home.store.read().await.unwrap().page(session, 0, 500, PAGE_BYTES).await.unwrap();
    assert_eq!(one.last().unwrap().seq, PAGE);
    for (after, limit) in
        [(0, 500), (0, 1), (0, PAGE), (3, PAGE + 1), (0, events), (5, 2 * PAGE), (events, 1)]
    {
        let frames = home.store.frames(session, after, &mut Space::of(limit)).await.unwrap();
        let seqs: Vec<_> = frames.iter().map(|frame| frame.seq).collect();
        let wanted: Vec<_> = (after + 1..=events.min(after + limit)).collect();
        assert_eq!(seqs, wanted, "{limit} after {after}");
    }
    home.check(events);
}

#[tokio::test]
async fn who_follows_hosts_and_does_not_read_keeps_few_bytes_however_long_the_events_are() {
    let home = Home::new().await;
    let (host, events) = (HostId::new(), 10);
    let many = home.store.write(async move |tx: &mut Tx| {
        let (name, version) = ("laptop".to_owned(), "1".to_owned());
        let host =
            Host { id: host, name, user_id: None, connected: true, since: tx.now(), version };
        tx.connect_host(&host, InstanceId::new(), false).await?;
        for _ in 0..events {
            let payload = "x".repeat(60 * 1024).into();
            let body = HostEventBody::Notification { kind: "log".to_owned(), payload };
            tx.append_host_event(host.id, &body, About::default()).await?;
        }
        Ok(())
    });
    many.await.unwrap();
    let live = Live::new(Limits::default());
    let mut follower = live.follow_hosts(home.store.clone(), 0);
    let mut seen = follower.next().await.unwrap().unwrap().seq;

    // Every reader is taken: what the follower still gives, it has.
    let mut taken = Vec::new();
    for _ in 0..READERS {
        taken.push(home.store.read().await.unwrap());
    }
    while let Some(frame) = follower.take_ready().now_or_never() {
        seen = frame.unwrap().unwrap().seq;
    }
    assert_eq!(seen, 2, "about 64 KiB");
    taken.clear();
    while let Some(frame) = follower.take_ready().await.unwrap() {
        assert_eq!(frame.seq, seen + 1);
        seen = frame.seq;
    }
    assert_eq!(seen, events);
}
