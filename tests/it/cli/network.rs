//! A network between a server and those who are elsewhere: it can break, it can lose what is sent, and it can be down.

use std::{
    io::{Read, Write},
    net::{Shutdown, SocketAddr, TcpListener, TcpStream},
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicU64, Ordering::SeqCst},
    },
    thread,
};

/// A way to one server.
pub(crate) struct Network {
    address: SocketAddr,
    state: Arc<State>,
}

struct State {
    server: String,
    /// Nobody gets through, and nobody is told.
    loses: AtomicBool,
    /// Who comes is sent away.
    down: AtomicBool,
    over: AtomicBool,
    lost: AtomicU64,
    open: Mutex<Vec<TcpStream>>,
}

impl Network {
    /// A network that works.
    pub(crate) fn to(server: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let state = Arc::new(State {
            server: server.trim_start_matches("http://").to_owned(),
            loses: AtomicBool::new(false),
            down: AtomicBool::new(false),
            over: AtomicBool::new(false),
            lost: AtomicU64::new(0),
            open: Mutex::default(),
        });
        let inside = state.clone();
        thread::spawn(move || inside.accept(&listener));
        Self { address, state }
    }

    /// Where the server seems to be.
    pub(crate) fn url(&self) -> String {
        format!("http://localhost:{}", self.address.port())
    }

    /// What is sent from now on gets lost, as where a machine sleeps or a cable is out: no end hears of it.
    pub(crate) fn lose(&self) {
        self.state.lost.store(0, SeqCst);
        self.state.loses.store(true, SeqCst);
    }

    /// How much was lost since then, in bytes.
    pub(crate) fn lost(&self) -> u64 {
        self.state.lost.load(SeqCst)
    }

    /// Every connection breaks; new ones work.
    pub(crate) fn cut(&self) {
        for stream in self.state.open.lock().unwrap().drain(..) {
            stream.shutdown(Shutdown::Both).ok();
        }
        self.state.loses.store(false, SeqCst);
    }

    /// Every connection breaks, and there are no new ones.
    pub(crate) fn goes_down(&self) {
        self.state.down.store(true, SeqCst);
        self.cut();
    }

    /// It works again.
    pub(crate) fn comes_back(&self) {
        self.state.down.store(false, SeqCst);
    }
}

impl Drop for Network {
    fn drop(&mut self) {
        self.state.over.store(true, SeqCst);
        self.goes_down();
        // Whoever waits for the next one sees that it is over.
        drop(TcpStream::connect(self.address));
    }
}

impl State {
    fn accept(self: Arc<Self>, listener: &TcpListener) {
        for near in listener.incoming() {
            if self.over.load(SeqCst) {
                return;
            }
            let Ok(near) = near else { continue };
            if self.down.load(SeqCst) {
                continue;
            }
            let Ok(far) = TcpStream::connect(&self.server) else { continue };
            let ends = [&near, &far].map(|it| it.try_clone().unwrap());
            self.open.lock().unwrap().extend(ends);
            if self.down.load(SeqCst) {
                // It went down in between.
                self.goes_down();
            }
            self.clone().carry(&near, &far);
            self.clone().carry(&far, &near);
        }
    }

    fn goes_down(&self) {
        for stream in self.open.lock().unwrap().drain(..) {
            stream.shutdown(Shutdown::Both).ok();
        }
    }

    fn carry(self: Arc<Self>, from: &TcpStream, to: &TcpStream) {
        let (mut from, mut to) = (from.try_clone().unwrap(), to.try_clone().unwrap());
        thread::spawn(move || {
            let mut buffer = [0; 16 * 1024];
            while let Ok(read @ 1..) = from.read(&mut buffer) {
                if self.loses.load(SeqCst) {
                    self.lost.fetch_add(read as u64, SeqCst);
                } else if to.write_all(&buffer[..read]).is_err() {
                    break;
                }
            }
            for end in [&from, &to] {
                end.shutdown(Shutdown::Both).ok();
            }
        });
    }
}
