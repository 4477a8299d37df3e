//! An agent that has ended, in words for the person on whose machine it ran; nobody else is told what it wrote to stderr.

use crate::{
    cli::{
        Ctx,
        failure::{Exit, Failure},
        safe,
    },
    error::Code,
    host::AgentEnd,
};

/// How many of its last lines are told.
const LINES: usize = 5;
/// How much of a line is told.
const COLUMNS: usize = 300;

/// Says that it has ended while it was shared.
pub(super) fn tell(ctx: &Ctx, end: &AgentEnd) {
    let words = last_words(&end.stderr);
    let last = if words.is_empty() { "" } else { "; it wrote last:" };
    ctx.out.say(&format!("✗ {} has ended ({}){last}", safe::one_line(&end.agent), end.how));
    for line in words {
        ctx.out.say(&format!("  │ {line}"));
    }
}

/// Why it was not shared; what the server calls the host's log is this terminal.
pub(super) fn explained(error: anyhow::Error, end: Option<&AgentEnd>) -> Failure {
    let failure = Failure::from(error);
    if failure.exit != Exit::Agent || !failure.is(Code::AgentUnavailable) {
        return failure;
    }
    let words = end.map(|it| last_words(&it.stderr)).unwrap_or_default();
    let mut cure = failure.hint.clone().filter(|it| !it.contains("the host's log"));
    if !words.is_empty() {
        let wrote = format!("it wrote last:\n  │ {}", words.join("\n  │ "));
        cure = Some(cure.map_or_else(|| wrote.clone(), |it| format!("{it}\n{wrote}")));
    }
    failure.hint(cure.unwrap_or_else(|| "add -v to see what the agent itself says".into()))
}

/// The end of what it wrote, line by line, safe to print.
fn last_words(stderr: &str) -> Vec<String> {
    let mut lines: Vec<_> = stderr.lines().filter(|it| !it.trim().is_empty()).collect();
    let last = lines.split_off(lines.len().saturating_sub(LINES));
    last.into_iter()
        .map(|it| safe::one_line(&it.chars().take(COLUMNS).collect::<String>()))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_what_an_agent_wrote_its_last_lines_are_told_and_none_is_obeyed() {
        let text = "1\n2\n\n3\n4\n5\n\u{1b}[2J6\n \n";
        assert_eq!(last_words(text), ["2", "3", "4", "5", "␛[2J6"]);
        assert!(last_words("\n\n").is_empty());
        assert_eq!(last_words(&"x".repeat(9999))[0].len(), COLUMNS);
    }

    #[test]
    fn a_cure_that_is_in_a_log_is_replaced_by_what_stands_there() {
        let end = |stderr: &str| AgentEnd {
            agent: "own".into(),
            how: "exit code 2".into(),
            stderr: stderr.into(),
            login: None,
        };
        let hint = |cure: &str, end: Option<&AgentEnd>| {
            let error = crate::Error::with(Code::AgentUnavailable, "it ended").hint(cure);
            explained(Failure::from(error).into(), end).hint.unwrap()
        };
        let said = end("no such flag\n");
        assert_eq!(hint("see the host's log", Some(&said)), "it wrote last:\n  │ no such flag");
        assert_eq!(hint("try --acp", Some(&said)), "try --acp\nit wrote last:\n  │ no such flag");
        assert!(hint("see the host's log", Some(&end(""))).contains("add -v"));
        assert_eq!(hint("try --acp", None), "try --acp");
    }
}
