//! The real server, by the same entry as `wardroom serve`.

use std::{io, path::Path};

use wardroom::{config::Config, domain::Clock, live::Limits, server::Server};

use super::{left_alone, say};

/// So many streams of one participant are not allowed usually, and cost the same.
const LIMITS: Limits = Limits { a_person: 10_000, a_session: 10_000, all: 10_000 };

pub(super) async fn serve(data: &Path) -> io::Result<()> {
    let config = Config {
        listen: vec![([127, 0, 0, 1], 0).into()],
        local_host: false,
        streams: LIMITS,
        ..Config::of(data.to_owned()).expect("defaults hold")
    };
    let server = Server::start(config, Clock::System).await.map_err(io::Error::other)?;
    for address in &server.addresses {
        say(*address)?;
    }
    tokio::select! {
        () = left_alone() => {}
        why = server.failed() => return Err(io::Error::other(why)),
    }
    server.stop().await;
    Ok(())
}
