//! The circumstances: figures mean nothing without them.

use std::{
    fs::File,
    io::{self, Seek, Write},
    path::Path,
    time::Instant,
};

use crate::{fixture, plan::Plan, servers::nchan, table::spread};

/// What is written above the rows.
pub(crate) fn text(plan: &Plan) -> String {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let disk = flush_time(&fixture::room())
        .map_or_else(|error| error.to_string(), |micros| format!("{micros:.0} µs"));
    let version = env!("CARGO_PKG_VERSION");
    let sqlite = rusqlite::version();
    let pairs = format!("{} pairs of A and B in turn, {:?} each", plan.pairs, plan.time);
    let nchan = if nchan::is_here() { "here" } else { "not here: its figure is a constant" };
    format!(
        "wardroom {version}, {cores} cores shared by servers and load\n\
         disk: 4 KiB overwritten and flushed in {disk} (median of 200)\n\
         SQLite {sqlite}: WAL, synchronous FULL, foreign keys, as the server opens it\n\
         nginx with nchan: {nchan}\n\
         {pairs}; ratio: minimum – median – maximum of A / B, pair by pair; A and B: medians\n"
    )
}

/// The median of what it takes to overwrite a page and flush it, in microseconds.
fn flush_time(dir: &Path) -> io::Result<f64> {
    let path = dir.join("flush");
    let mut file = File::create(&path)?;
    let mut times = Vec::new();
    for round in 0..=200 {
        let begun = Instant::now();
        file.rewind()?;
        file.write_all(&[round; 4096])?;
        file.sync_data()?;
        times.push(begun.elapsed().as_secs_f64() * 1e6);
    }
    std::fs::remove_file(path)?;
    times.remove(0); // The first one made the file.
    Ok(spread(times).1)
}
