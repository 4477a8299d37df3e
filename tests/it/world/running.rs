//! One run of the server: what `server` puts together, without its doors.

use std::{collections::BTreeSet, net::SocketAddr, path::Path, sync::Arc, time::Duration};

use axum::Router;
use tokio::{
    net::TcpListener,
    task::{AbortHandle, JoinHandle},
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use wardroom::{
    app::{App, Caller, Settings, Wake},
    domain::{Clock, Secret},
    http::{self, Web},
    live::{Limits, Live},
    server,
    store::{self, Store},
};

use super::{Pipe, caller::ORIGIN, moments::Brink};

pub(super) struct Running {
    pub(super) store: Store,
    pub(super) app: App,
    pub(super) router: Router,
    /// Ends streams and host connections in order.
    pub(super) stop: CancellationToken,
    pub(super) brink: Brink,
    hard: CancellationToken,
    tasks: std::sync::Mutex<Vec<AbortHandle>>,
}

impl Running {
    /// As `server` starts: schema, store, recovery, background work, routes.
    pub(super) async fn start(
        dir: &Path,
        clock: Clock,
        settings: &Settings,
        limits: Limits,
    ) -> Self {
        let file = dir.join(store::FILE);
        store::migrate(&file).unwrap();
        let (live, wake) = (Live::new(limits), Wake::default());
        let brink = Brink::default();
        let sink = brink.before(server::sink(live.clone(), wake.clone()));
        let store = Store::open(&file, clock, sink).await.unwrap();
        let app = App::new(store.clone(), live, settings.clone(), wake);
        app.recover().await.unwrap();
        let (stop, hard) = (CancellationToken::new(), CancellationToken::new());
        let tracker = TaskTracker::new();
        let settings = http::Settings {
            base_url: ORIGIN.to_owned(),
            allowed_hosts: BTreeSet::from(["localhost".to_owned()]),
            trusted_proxies: vec!["10.0.0.1/32".parse().unwrap()],
            body_arrival: Duration::from_secs(10),
            stream_life: Duration::from_hours(1),
        };
        let web = Web {
            app: app.clone(),
            settings: Arc::new(settings),
            limits: Arc::new(http::Limits::new(http::Failures::default())),
            stop: stop.clone(),
            tasks: tracker.clone(),
        };
        let router = http::router(web);
        let running = Self {
            store,
            app: app.clone(),
            router,
            stop,
            brink,
            hard: hard.clone(),
            tasks: std::sync::Mutex::default(),
        };
        running.spawn(async move { app.run_dispatcher(hard, tracker).await });
        running
    }

    /// Runs something that ends with this server.
    pub(super) fn spawn<T: Send + 'static>(
        &self,
        task: impl Future<Output = T> + Send + 'static,
    ) -> JoinHandle<T> {
        let handle = tokio::spawn(task);
        self.tasks.lock().unwrap().push(handle.abort_handle());
        handle
    }

    /// Serves a host at the other end of a pipe.
    pub(super) fn serve(&self, caller: Caller, secret: Option<Secret>, mut pipe: Pipe) {
        let (app, stop) = (self.app.clone(), self.stop.clone());
        self.spawn(async move { app.serve_host(&caller, secret, &mut pipe, &stop).await });
    }

    /// Opens a door to the network; where it is.
    pub(super) async fn listen(&self) -> SocketAddr {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let (address, router) = (listener.local_addr().unwrap(), self.router.clone());
        self.spawn(async move { axum::serve(listener, router).await });
        address
    }

    /// Ends everything where it stands: nothing is said to anybody.
    pub(super) fn kill(&self) {
        for task in self.tasks.lock().unwrap().drain(..) {
            task.abort();
        }
        self.hard.cancel();
        self.brink.kill();
    }
}
