//! nginx with nchan, one worker: the fastest stream server that others run. Debian's `libnginx-mod-nchan`.

use std::{
    fs,
    net::{SocketAddr, TcpListener},
    path::Path,
    process::{Child, Command, Stdio},
    thread::sleep,
    time::Duration,
};

use tempfile::TempDir;

use crate::{
    fixture,
    load::{Connection, runtime},
    requests,
};

const PROGRAM: &str = "/usr/sbin/nginx";
const MODULE: &str = "/usr/lib/nginx/modules/ngx_nchan_module.so";

/// What is taken for its deliveries a second where it is not installed.
pub(crate) const DELIVERIES: f64 = 116_000.0;

/// An nginx of our own: nothing of the system's is used but the program.
#[derive(Debug)]
pub(crate) struct Nchan {
    child: Child,
    pub(crate) address: SocketAddr,
    _dir: TempDir,
}

/// Whether it is installed.
pub(crate) fn is_here() -> bool {
    Path::new(PROGRAM).exists() && Path::new(MODULE).exists()
}

impl Nchan {
    /// Starts it, where it is installed.
    pub(crate) fn start() -> Option<Self> {
        if !is_here() {
            return None;
        }
        let dir = tempfile::Builder::new().prefix("nginx-").tempdir_in(fixture::room()).ok()?;
        let address = TcpListener::bind("127.0.0.1:0").ok()?.local_addr().ok()?;
        let config = dir.path().join("nginx.conf");
        fs::write(&config, text(dir.path(), address)).ok()?;
        // Like every server here it ends when its standard input does, however we end.
        let mut command = Command::new("sh");
        command.args(["-c", "\"$@\" < /dev/null & read -r _; kill $!", "sh", PROGRAM, "-p"]);
        command.arg(dir.path()).args(["-e", "/dev/null", "-c"]).arg(&config);
        command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
        let child = command.spawn().ok()?;
        let started = Self { child, address, _dir: dir };
        for _ in 0..100 {
            if runtime().block_on(started.answers()) {
                return Some(started);
            }
            sleep(Duration::from_millis(20));
        }
        None
    }

    async fn answers(&self) -> bool {
        let Ok(mut connection) = Connection::open(self.address).await else { return false };
        connection.try_call(&requests::publish("/publish", "hello")).await.is_ok()
    }
}

impl Drop for Nchan {
    fn drop(&mut self) {
        drop(self.child.stdin.take());
        drop(self.child.wait());
    }
}

/// Our paths, keep-alive, room for all frames that can be on their way, and nothing written to the disk.
fn text(dir: &Path, address: SocketAddr) -> String {
    let dir = dir.display();
    format!(
        "load_module {MODULE};
         daemon off; master_process off; worker_rlimit_nofile 8192; pid {dir}/pid;
         events {{ worker_connections 4096; }}
         http {{
             access_log off; tcp_nodelay on; keepalive_requests 1000000000; keepalive_timeout 60;
             client_body_temp_path {dir}; proxy_temp_path {dir}; fastcgi_temp_path {dir};
             uwsgi_temp_path {dir}; scgi_temp_path {dir};
             nchan_shared_memory_size 128M;
             server {{
                 listen {address};
                 location /publish {{ nchan_publisher; nchan_channel_id one; nchan_message_buffer_length 256; }}
                 location /stream {{
                     nchan_subscriber eventsource; nchan_channel_id one; nchan_subscriber_first_message newest;
                 }}
             }}
         }}"
    )
}
