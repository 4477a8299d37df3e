//! Sockets that do not move.

use std::task::{Context, Poll};

use super::*;
use crate::{
    domain::{HostId, InstanceId},
    hosts::{CallError, Hosts},
    rpc::calls::ServerCall,
};

/// A socket that takes nothing after its first frames, and on which little comes.
struct Wedged {
    takes: usize,
    says: Vec<String>,
}

impl Stream for Wedged {
    type Item = Result<Option<String>>;

    fn poll_next(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.says.pop().map_or(Poll::Pending, |text| Poll::Ready(Some(Ok(Some(text)))))
    }
}

impl Sink<String> for Wedged {
    type Error = Error;

    fn poll_ready(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Result<()>> {
        if self.takes == 0 { Poll::Pending } else { Poll::Ready(Ok(())) }
    }

    fn start_send(mut self: Pin<&mut Self>, _: String) -> Result<()> {
        self.takes -= 1;
        Ok(())
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_close(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Result<()>> {
        Poll::Ready(Ok(()))
    }
}

async fn served(hosts: &Hosts, host: HostId, mut socket: Wedged) -> (Result<Ending>, Duration) {
    let mut place = hosts.connect(host, InstanceId::new(), &[]);
    let since = Instant::now();
    let answer = |_| async { Ok(Reply::Answer(RawValue::NULL.to_owned())) }.boxed();
    let served = serve(&mut socket, &mut place, &CancellationToken::new(), answer).await;
    (served, since.elapsed())
}

#[tokio::test(start_paused = true)]
async fn who_does_not_read_is_not_waited_for() {
    let (hosts, host) = (Hosts::default(), HostId::new());
    let call = r#"{"jsonrpc":"2.0","id":1,"method":"host.unsubscribe","params":{}}"#.to_owned();
    let socket = Wedged { takes: 1, says: vec![call.clone(), call] };
    let (served, took) = served(&hosts, host, socket).await;
    assert_eq!(served.unwrap_err().message, "the host does not read");
    assert_eq!(took, WRITE_LIMIT);
    assert_eq!(hosts.instance(host), None, "its place is free");
}

#[tokio::test(start_paused = true)]
async fn whoever_calls_a_host_that_does_not_read_is_told_that_it_is_away() {
    let (hosts, host) = (Hosts::default(), HostId::new());
    let (connected, its) = (hosts.clone(), Wedged { takes: 0, says: Vec::new() });
    let serving = tokio::spawn(async move { served(&connected, host, its).await });
    tokio::task::yield_now().await;
    let instance = hosts.instance(host).unwrap();
    let end = ServerCall::End { agents: false };
    let called = hosts.call::<()>(host, instance, end, Duration::from_mins(1)).await;
    assert!(matches!(called, Err(CallError::Away)), "{called:?}");
    assert!(serving.await.unwrap().0.is_err());
}

#[tokio::test(start_paused = true)]
async fn who_says_nothing_any_more_counts_as_gone() {
    let (hosts, host) = (Hosts::default(), HostId::new());
    let (served, took) = served(&hosts, host, Wedged { takes: 9, says: Vec::new() }).await;
    assert_eq!(served.unwrap_err().message, "the host does not say anything any more");
    assert_eq!(took, SILENCE);
    assert_eq!(hosts.instance(host), None);
}
