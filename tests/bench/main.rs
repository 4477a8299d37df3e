//! Benchmarks: what is fast, as ratios that are measured in one run.
//!
//! ```text
//! cargo bench                      every row, some ten minutes
//! cargo bench -- --quick post      a smoke run of the rows whose names have "post" in them
//! ```
//! A and B are measured in turn, A B A B …, and only their ratio counts: absolute figures swing with the machine.
//! Each server is a process of its own, this program started again with a role; the load comes from the first process,
//! over loopback. Nothing here fails by a time.
#![expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    reason = "counts and times become ratios of three digits"
)]

mod fixture;
mod header;
mod load;
mod plan;
mod requests;
mod rows;
mod servers;
mod table;

use std::io::{self, Write};

use plan::Plan;

fn main() -> io::Result<()> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    if let [role, rest @ ..] = words.as_slice()
        && let Some(role) = servers::role(role)
    {
        return servers::be(role, rest);
    }
    more_files();
    end_with_a_panic();
    let plan = Plan::read(&words);
    let mut out = io::stdout();
    writeln!(out, "{}", header::text(&plan))?;
    for (names, measure) in rows::ALL {
        if names.iter().any(|name| plan.wants(name)) {
            for row in measure(&plan) {
                write!(out, "{row}")?;
                out.flush()?;
            }
        }
    }
    Ok(())
}

/// What was measured beside a failure is worth nothing, and threads of the load wait for each other.
fn end_with_a_panic() {
    let tell = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        tell(panic);
        std::process::exit(101);
    }));
}

/// Thousands of streams are thousands of open files, here and in the servers that inherit it.
fn more_files() {
    use rustix::process::{Resource, getrlimit, setrlimit};
    let mut limit = getrlimit(Resource::Nofile);
    limit.current = limit.maximum;
    if let Err(error) = setrlimit(Resource::Nofile, limit) {
        eprintln!("the limit of open files stays as it is: {error}");
    }
}
