//! `wardroom verify`: looks through a database for what must not be.

use std::path::PathBuf;

use anyhow::Result;
use clap::Args;
use serde_json::{Value, json};

use super::{
    Ctx,
    failure::{Exit, Failure},
    paths, safe,
    table::Table,
};
use crate::store::{self, Finding};

/// What to look through.
#[derive(Debug, Args)]
pub(super) struct VerifyArgs {
    /// The database file; a server may be using it [default: the one of the data directory].
    file: Option<PathBuf>,
}

/// Looks through it; anything found is exit code 1.
pub(super) fn run(ctx: &Ctx, args: VerifyArgs) -> Result<()> {
    let file = args.file.unwrap_or_else(|| paths::data_dir(&ctx.global).join(store::FILE));
    let shown = file.display();
    if !file.is_file() {
        return Err(Failure::new(Exit::NotFound, format!("there is no database at {shown}"))
            .hint("name the file, or the directory: --data-dir DIR")
            .into());
    }
    let findings = store::verify(&file).map_err(|error| {
        Failure::new(Exit::Damaged, format!("{shown} cannot be read: {error}"))
            .hint("keep the file as it is, and restore a backup beside it")
    })?;
    let mut table = Table::new(["BROKEN", "WHERE"], 1);
    for Finding { invariant, row } in &findings {
        table.row([(*invariant).to_owned(), safe::one_line(row)]);
    }
    let row = |it: &Finding| json!({ "invariant": it.invariant, "row": it.row });
    let rows: Vec<Value> = findings.iter().map(row).collect();
    ctx.out.list(&table, &rows, None)?;
    match findings.len() {
        0 => {
            ctx.out.done(&format!("{shown}: everything holds"));
            Ok(())
        }
        many => Err(Failure::new(Exit::Failure, format!("{shown}: {many} findings")).into()),
    }
}
