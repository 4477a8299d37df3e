//! The words that make the agent do one thing: the first word of a prompt, with or without a slash, in any case.
//! Every other prompt plays the script.

use std::{fs::OpenOptions, future, io::Write, process, sync::atomic::Ordering};

use agent_client_protocol::{
    Error,
    v1::schema::{
        AvailableCommand, AvailableCommandInput, ElicitationSchema, EnumOption,
        IntegerPropertySchema, MultiSelectPropertySchema, SessionUpdate, StringPropertySchema,
        ToolKind, UnstructuredCommandInput,
    },
};
use tokio::signal::unix::{SignalKind, signal};

use super::{
    review, script, texts,
    turn::{Step, Turn},
};

/// Each word, what may follow it, and what it does.
const WORDS: &[(&str, &str, &str)] = &[
    ("help", "", "list these words"),
    ("plan", "", "a plan whose entries advance"),
    ("diff", "", "one edit of a real file"),
    ("ask", "COMMAND", "ask to run COMMAND; if allowed, note it in wardroom-demo.txt"),
    ("form", "", "ask a question with a form"),
    ("long", "N", "a message of N chunks"),
    ("slow", "N", "nothing for 5 seconds, then N lines, one a second"),
    ("draft", "", "offer two artifacts for review"),
    ("events", "", "tell what it does, writes, waits for and has reached"),
    ("fail", "", "answer the prompt with an error"),
    ("crash", "", "end the process with code 3 in mid-turn"),
    ("auth", "", "ask for a login first"),
    ("markdown", "", "all of Markdown, and what a page must not run"),
    ("bidi", "", "text with bidirectional, invisible and terminal control characters"),
    ("hang", "", "never end, but stop when cancelled"),
    ("deaf", "all", "never end, and ignore a cancel; with all, also the end of stdin and SIGTERM"),
    ("echo", "TEXT", "say TEXT"),
];

/// The words as slash commands.
pub(super) fn commands() -> Vec<AvailableCommand> {
    let command = |&(word, rest, what): &(&str, &str, &str)| {
        let input = (!rest.is_empty())
            .then(|| AvailableCommandInput::Unstructured(UnstructuredCommandInput::new(rest)));
        AvailableCommand::new(word, what).input(input)
    };
    WORDS.iter().map(command).collect()
}

/// Whether a prompt ignores being cancelled.
pub(super) fn is_deaf(prompt: &str) -> bool {
    split(prompt).0 == "deaf"
}

/// Does what the prompt says.
pub(super) async fn obey(turn: &mut Turn, prompt: &str) -> Step {
    let (word, rest) = split(prompt);
    match word.as_str() {
        "help" => turn.say(&help()).await,
        "plan" => plan(turn).await,
        "diff" => script::diff(turn).await,
        "ask" => ask(turn, rest).await,
        "form" => form(turn).await,
        "long" => long(turn, number(rest, 100)).await,
        "slow" => slow(turn, number(rest, 20)).await,
        "draft" => review::draft(turn).await,
        "events" => review::events(turn).await,
        "fail" => Err(Error::internal_error().data("it was asked to fail").into()),
        "crash" => crash(turn).await,
        "auth" => auth(turn).await,
        "markdown" => turn.say(texts::MARKDOWN).await,
        "bidi" => turn.say(texts::BIDI).await,
        "hang" => future::pending().await,
        "deaf" => deaf(turn, rest).await,
        "echo" => turn.say(rest).await,
        _ => script::fix_the_flaky_test(turn).await,
    }
}

fn split(prompt: &str) -> (String, &str) {
    let prompt = prompt.trim();
    let (word, rest) = prompt.split_once(char::is_whitespace).unwrap_or((prompt, ""));
    (word.strip_prefix('/').unwrap_or(word).to_lowercase(), rest.trim_start())
}

fn number(text: &str, otherwise: u32) -> u32 {
    text.parse().unwrap_or(otherwise).min(100_000)
}

fn help() -> String {
    let line = |&(word, rest, what): &(&str, &str, &str)| match rest {
        "" => format!("\n- `{word}`: {what}"),
        rest => format!("\n- `{word} {rest}`: {what}"),
    };
    let words: String = WORDS.iter().map(line).collect();
    format!("I am scripted. I know these words:\n{words}\n\nAnything else fixes a flaky test.")
}

async fn plan(turn: &mut Turn) -> Step {
    for done in 0..=texts::PLAN.len() {
        turn.plan(texts::PLAN, done)?;
        turn.wait(1.0).await;
    }
    Ok(())
}

async fn ask(turn: &mut Turn, rest: &str) -> Step {
    let command = if rest.is_empty() { "./deploy.sh --preview" } else { rest };
    if !turn.may_run(command).await? {
        return turn.say("Not allowed, so I did not run it.").await;
    }
    let path = turn.session.cwd.join("wardroom-demo.txt");
    let mut notes = OpenOptions::new().create(true).append(true).open(path)?;
    notes.write_all(format!("{command}\n").as_bytes())?;
    turn.print(&format!("$ {command}\nnoted in wardroom-demo.txt\n")).await?;
    turn.say("Done.").await
}

async fn form(turn: &mut Turn) -> Step {
    if !turn.can_ask_forms() {
        return turn.say("This client has not declared that it can show forms.").await;
    }
    let options = |options: [(&str, &str); 2]| {
        options.map(|(value, title)| EnumOption::new(value, title)).to_vec()
    };
    let suite = options([("unit", "Unit tests"), ("workspace", "The whole workspace")]);
    let systems = options([("linux", "Linux"), ("macos", "macOS")]);
    let form = ElicitationSchema::new()
        .property("suite", StringPropertySchema::new().title("Suite").one_of(suite), true)
        .property(
            "retries",
            IntegerPropertySchema::new().title("Retries").minimum(0).maximum(5).default_value(1),
            false,
        )
        .property("systems", MultiSelectPropertySchema::titled(systems).title("Systems"), false)
        .property("note", StringPropertySchema::new().title("Note").max_length(200), false)
        .boolean("release", false);
    let answer = turn.question("Which tests shall I run?", form).await;
    turn.say(&answer).await
}

async fn long(turn: &mut Turn, chunks: u32) -> Step {
    let id = turn.next_id("message");
    for chunk in 1..=chunks {
        turn.say_chunk(&texts::long_chunk(chunk), &id)?;
        turn.wait(0.02).await;
    }
    Ok(())
}

async fn slow(turn: &mut Turn, lines: u32) -> Step {
    let id = turn.next_id("message");
    turn.wait(5.0).await;
    for line in 1..=lines {
        turn.say_chunk(&format!("{line} of {lines}\n"), &id)?;
        turn.wait(1.0).await;
    }
    Ok(())
}

/// What was said just before may never leave the process, as in a real crash.
async fn crash(turn: &mut Turn) -> Step {
    turn.say("This will not end well.").await?;
    let call = turn.begin_tool("Divide by zero", ToolKind::Other);
    turn.send(SessionUpdate::ToolCall(call))?;
    turn.wait(1.0).await;
    eprintln!("wardroom-demo: asked to crash\nwardroom-demo: exit code 3");
    process::exit(3)
}

async fn auth(turn: &mut Turn) -> Step {
    if !turn.agent.logged_in.load(Ordering::Relaxed) {
        return Err(Error::auth_required().into());
    }
    turn.say("You are logged in.").await
}

async fn deaf(turn: &mut Turn, rest: &str) -> Step {
    if rest == "all" {
        turn.agent.deaf.store(true, Ordering::Relaxed);
        drop(signal(SignalKind::terminate())?); // to have listened once is to have replaced the default
    }
    turn.say("I hear nothing.").await?;
    future::pending().await
}
