//! `wardroom version`.

use anyhow::Result;
use serde_json::json;

use super::Ctx;

/// Prints the version of this program.
pub(super) fn run(ctx: &Ctx) -> Result<()> {
    let version = env!("CARGO_PKG_VERSION");
    if ctx.out.json {
        return Ok(ctx.out.document(&json!({ "version": version }))?);
    }
    Ok(ctx.out.line(&format!("wardroom {version}"))?)
}
