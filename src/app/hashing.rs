//! Where passwords are worked on: a few at a time, and not many waiting behind.

use std::{num::NonZero, sync::Arc, thread::available_parallelism};

use tokio::{sync::Semaphore, task::spawn_blocking};

use crate::{
    domain::Password,
    error::{Code, Error, Result},
};

/// How many may wait until a place is free: about as many as are worked on in a second or two.
const QUEUE: usize = 32;

/// Works on passwords. Each takes a core and 19 MiB for its time, so that half of the cores stay for everybody else.
#[derive(Debug, Clone)]
pub(super) struct Hashing {
    /// For those that are worked on.
    places: Arc<Semaphore>,
    /// For them, and for those that wait.
    room: Arc<Semaphore>,
}

impl Default for Hashing {
    fn default() -> Self {
        let cores = available_parallelism().map_or(1, NonZero::get);
        Self::new((cores / 2).max(1))
    }
}

impl Hashing {
    fn new(at_once: usize) -> Self {
        let places = Arc::new(Semaphore::new(at_once));
        Self { places, room: Arc::new(Semaphore::new(at_once + QUEUE)) }
    }

    /// What is stored of a password.
    ///
    /// # Errors
    /// `RATE_LIMITED` when too many wait, and those of [`Password::hash`].
    pub(super) async fn hash(&self, password: Password) -> Result<String> {
        self.run(move || password.hash()).await?
    }

    /// Whether a password is the one that was stored.
    ///
    /// # Errors
    /// `RATE_LIMITED` when too many wait.
    pub(super) async fn is(&self, password: Password, stored: Option<String>) -> Result<bool> {
        self.run(move || password.is(stored.as_deref())).await
    }

    /// Goes on to its end even if whoever waits goes away, and so does its place.
    async fn run<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T> {
        let room = self.room.clone().try_acquire_owned().map_err(|full| {
            Error::with(Code::RateLimited, "too many passwords are being looked at")
                .hint("try again in a moment")
                .retry_after(1)
                .because(full)
        })?;
        let place = self.places.clone().acquire_owned().await.map_err(Error::internal)?;
        let done = spawn_blocking(move || {
            let done = work();
            drop((place, room));
            done
        });
        done.await.map_err(Error::internal)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use tokio::sync::mpsc::unbounded_channel;

    use super::*;

    #[tokio::test]
    async fn as_many_passwords_as_there_are_places_are_worked_on_and_no_crowd_waits_behind() {
        let hashing = Hashing::new(2);
        let (begun, mut at_work) = unbounded_channel();
        let mut doors = Vec::new();
        let mut waiting = Vec::new();
        for n in 0..2 + QUEUE {
            let (open, door) = mpsc::channel::<()>();
            let (hashing, begun) = (hashing.clone(), begun.clone());
            waiting.push(tokio::spawn(async move {
                let work = move || {
                    begun.send(n).unwrap();
                    door.recv().unwrap();
                    n
                };
                hashing.run(work).await
            }));
            doors.push(open);
        }
        let mut first = [at_work.recv().await.unwrap(), at_work.recv().await.unwrap()];
        first.sort_unstable();
        assert_eq!(first, [0, 1], "those who came first");
        while hashing.room.available_permits() > 0 {
            tokio::task::yield_now().await;
        }
        assert!(at_work.try_recv().is_err(), "the others wait");
        let refused = hashing.run(|| ()).await.unwrap_err();
        assert_eq!((refused.code, refused.retry_after), (Code::RateLimited, Some(1)));
        for open in doors {
            open.send(()).unwrap();
        }
        for (n, done) in waiting.into_iter().enumerate() {
            assert_eq!(done.await.unwrap().unwrap(), n);
        }
        hashing.run(|| ()).await.unwrap();
    }
}
