//! Who waits for a decision. The row is the truth; a waiter only hears that it is worth looking.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use tokio::sync::Notify;

use crate::domain::ApprovalId;

type Map = HashMap<ApprovalId, Arc<Notify>>;

#[derive(Debug, Clone, Default)]
pub(super) struct Waiters(Arc<Mutex<Map>>);

/// Hears when an approval is pending no more.
#[derive(Debug)]
pub struct Waiter {
    waiters: Waiters,
    approval: ApprovalId,
    notify: Arc<Notify>,
}

impl Waiters {
    pub(super) fn wait_for(&self, approval: ApprovalId) -> Waiter {
        let notify = self.lock().entry(approval).or_default().clone();
        Waiter { waiters: self.clone(), approval, notify }
    }

    pub(super) fn wake(&self, approval: ApprovalId) {
        if let Some(notify) = self.lock().remove(&approval) {
            notify.notify_waiters();
            notify.notify_one();
        }
    }

    fn lock(&self) -> MutexGuard<'_, Map> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Waiter {
    /// Resolves once the approval is pending no more; what it came to is in its row.
    pub async fn resolved(&self) {
        self.notify.notified().await;
        // Others may wait for the same one.
        self.notify.notify_one();
    }
}

impl Drop for Waiter {
    fn drop(&mut self) {
        let mut map = self.waiters.lock();
        // The map's and ours: nobody else waits.
        if Arc::strong_count(&self.notify) == 2 {
            map.remove(&self.approval);
        }
    }
}
