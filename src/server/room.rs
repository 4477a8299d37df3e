//! How many connections there may be, in all and of one address.

use std::{
    collections::HashMap,
    net::IpAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use ipnet::IpNet;

/// Counts who is inside. Cheap to clone.
#[derive(Debug, Clone)]
pub(super) struct Room(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    most: usize,
    most_of_address: usize,
    /// Many people may stand behind each of them.
    exempt: Vec<IpNet>,
    inside: Mutex<Inside>,
}

#[derive(Debug, Default)]
struct Inside {
    all: usize,
    by_address: HashMap<IpAddr, usize>,
}

/// A place of one connection, free again when it is dropped.
#[derive(Debug)]
pub(super) struct Place {
    room: Room,
    /// None for those who are not counted by address.
    address: Option<IpAddr>,
}

impl Room {
    /// An empty one. Loopback is exempt from the count of an address, as the `exempt` networks are.
    pub(super) fn new(most: usize, most_of_address: usize, exempt: Vec<IpNet>) -> Self {
        Self(Arc::new(Shared { most, most_of_address, exempt, inside: Mutex::default() }))
    }

    /// A place for a connection from `address`, if there is one.
    pub(super) fn enter(&self, address: IpAddr) -> Option<Place> {
        let is_exempt =
            address.is_loopback() || self.0.exempt.iter().any(|net| net.contains(&address));
        let mut inside = self.inside();
        if inside.all >= self.0.most {
            return None;
        }
        let address = (!is_exempt).then_some(address);
        if let Some(address) = address {
            let count = inside.by_address.entry(address).or_default();
            if *count >= self.0.most_of_address {
                return None;
            }
            *count += 1;
        }
        inside.all += 1;
        Some(Place { room: self.clone(), address })
    }

    fn inside(&self) -> MutexGuard<'_, Inside> {
        self.0.inside.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut inside = self.room.inside();
        inside.all -= 1;
        if let Some(address) = &self.address
            && let Some(count) = inside.by_address.get_mut(address)
        {
            *count -= 1;
            if *count == 0 {
                inside.by_address.remove(address);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_has_its_share_and_loopback_and_proxies_the_whole_room() {
        let ip = |text: &str| text.parse::<IpAddr>().unwrap();
        let room = Room::new(6, 2, vec!["10.0.0.0/8".parse().unwrap()]);
        let first = room.enter(ip("192.0.2.1")).unwrap();
        let _second = room.enter(ip("192.0.2.1")).unwrap();
        assert!(room.enter(ip("192.0.2.1")).is_none());
        drop(first);
        let _third = room.enter(ip("192.0.2.1")).unwrap();
        let proxied: Vec<_> = (0..3).filter_map(|_| room.enter(ip("10.1.1.1"))).collect();
        assert_eq!(proxied.len(), 3);
        let local = room.enter(ip("127.0.0.1"));
        assert!(local.is_some() && room.enter(ip("127.0.0.1")).is_none(), "the room is full");
        drop((local, proxied));
        assert!(room.enter(ip("192.0.2.9")).is_some());
    }
}
