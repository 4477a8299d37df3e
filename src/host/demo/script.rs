//! The script of the demo: fix the flaky checkout test. The file it reads and edits is real, the test run is not.

use std::{fs, io, path::Path};

use agent_client_protocol::v1::schema::{
    Diff, ElicitationSchema, SessionInfoUpdate, SessionUpdate, StringPropertySchema,
    ToolCallLocation, ToolCallStatus, ToolCallUpdateFields, ToolKind,
};

use super::{
    texts,
    turn::{Step, Turn},
};

/// The one file it edits, below the session's folder.
const FILE: &str = "src/checkout/settle.rs";

/// Plans, reads, edits, asks to run the tests, and sums up.
pub(super) async fn fix_the_flaky_test(turn: &mut Turn) -> Step {
    let title = SessionInfoUpdate::new().title("Fix the flaky checkout test");
    turn.send(SessionUpdate::SessionInfoUpdate(title))?;
    turn.plan(texts::PLAN, 0)?;
    turn.wait(0.6).await;
    turn.think(texts::THOUGHT).await?;
    turn.say(texts::INTRODUCTION).await?;
    if !read(turn).await? {
        return turn.say(texts::NOT_OURS).await;
    }
    turn.plan(texts::PLAN, 1)?;
    turn.say(texts::CAUSE).await?;
    edit(turn).await?;
    turn.plan(texts::PLAN, 2)?;
    turn.wait(1.5).await;
    if turn.may_run("cargo test --workspace").await? {
        turn.print(texts::TEST_RUN).await?;
        turn.plan(texts::PLAN, 3)?;
        turn.say(texts::SUMMARY).await?;
        turn.plan(texts::PLAN, 4)?;
    } else {
        turn.say(texts::REJECTED).await?;
    }
    turn.usage(53_000, 200_000, 0.05)?;
    if turn.can_ask_forms() {
        turn.wait(2.0).await;
        let title = StringPropertySchema::new().title("Title").default_value("Settle in order");
        let form = ElicitationSchema::new().property("title", title, true).boolean("draft", false);
        let answer = turn.question("Shall I open a pull request?", form).await;
        turn.say(&answer).await?;
    }
    Ok(())
}

/// The edit alone.
pub(super) async fn diff(turn: &mut Turn) -> Step {
    if !make_flaky(&turn.session.cwd.join(FILE))? {
        return turn.say(texts::NOT_OURS).await;
    }
    edit(turn).await
}

async fn read(turn: &mut Turn) -> Step<bool> {
    let path = turn.session.cwd.join(FILE);
    if !make_flaky(&path)? {
        return Ok(false);
    }
    let call = turn
        .begin_tool(&format!("Read {FILE}"), ToolKind::Read)
        .status(ToolCallStatus::InProgress)
        .locations(vec![ToolCallLocation::new(&path)]);
    turn.send(SessionUpdate::ToolCall(call))?;
    turn.wait(0.8).await;
    let text = format!("```rust\n{}```", fs::read_to_string(&path)?);
    turn.end_tool(ToolCallUpdateFields::new().content(vec![text.into()]))?;
    Ok(true)
}

async fn edit(turn: &mut Turn) -> Step {
    let path = turn.session.cwd.join(FILE);
    let diff = Diff::new(&path, texts::FIXED).old_text(texts::FLAKY);
    let call = turn
        .begin_tool(&format!("Edit {FILE}"), ToolKind::Edit)
        .status(ToolCallStatus::InProgress)
        .content(vec![diff.into()])
        .locations(vec![ToolCallLocation::new(&path).line(7)]);
    turn.send(SessionUpdate::ToolCall(call))?;
    turn.wait(0.8).await;
    fs::write(&path, texts::FIXED)?;
    turn.end_tool(ToolCallUpdateFields::new())
}

/// Makes the file as it was before any fix; false if it is somebody's own, which stays as it is.
fn make_flaky(path: &Path) -> io::Result<bool> {
    match fs::read_to_string(path) {
        Ok(text) if text == texts::FLAKY => return Ok(true),
        Ok(text) if text == texts::FIXED => {}
        Ok(_) => return Ok(false),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            fs::create_dir_all(path.parent().unwrap_or(path))?;
        }
        Err(error) => return Err(error),
    }
    fs::write(path, texts::FLAKY)?;
    Ok(true)
}
