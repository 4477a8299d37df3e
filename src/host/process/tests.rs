use tokio::io::{AsyncBufReadExt, BufReader};

use super::*;

fn start(script: &str) -> (Process, ChildStdin, BufReader<ChildStdout>) {
    let command = ["sh", "-c", script].map(str::to_owned);
    let env = BTreeMap::from([("MARK".to_owned(), "x".to_owned())]);
    let (process, stdin, stdout) =
        Process::start("test", &command, &env, Path::new("/"), &Keeper::default()).unwrap();
    (process, stdin, BufReader::new(stdout))
}

async fn line(stdout: &mut BufReader<ChildStdout>) -> String {
    let mut line = String::new();
    stdout.read_line(&mut line).await.unwrap();
    line.trim_end().to_owned()
}

#[tokio::test]
async fn a_process_ends_when_its_stdin_does() {
    let (mut process, stdin, mut stdout) = start("echo ready; cat; echo bye >&2; exit 4");
    assert_eq!(line(&mut stdout).await, "ready");
    drop(stdin);
    assert_eq!(process.stop().await.unwrap().code(), Some(4));
    assert_eq!(process.stderr().await, "bye\n");
}

#[tokio::test(start_paused = true)]
async fn one_that_does_not_is_told_to_and_one_that_ignores_that_is_killed() {
    use std::os::unix::process::ExitStatusExt;

    let (mut process, stdin, mut stdout) = start("echo ready; exec sleep 1000");
    line(&mut stdout).await;
    drop(stdin);
    assert_eq!(process.stop().await.unwrap().signal(), Some(Signal::TERM.as_raw()));

    let (mut process, stdin, mut stdout) =
        start("trap '' TERM; echo ready; while :; do sleep 1000; done");
    line(&mut stdout).await;
    drop(stdin);
    assert_eq!(process.stop().await.unwrap().signal(), Some(Signal::KILL.as_raw()));
}

#[tokio::test]
async fn the_process_behind_a_wrapper_ends_with_it() {
    let (mut process, _stdin, mut stdout) = start("sleep 1000 & echo $!; exit 0");
    let inner = line(&mut stdout).await;
    assert!(Path::new("/proc").join(inner).exists());
    assert_eq!(process.ended().await.unwrap().code(), Some(0));
    // Its stdout ends when the last process that holds it does.
    assert_eq!(line(&mut stdout).await, "");
}

#[tokio::test]
async fn the_end_of_stderr_is_kept() {
    let (mut process, stdin, _stdout) = start("yes | head -c 100000 >&2; echo last >&2");
    drop(stdin);
    process.ended().await;
    let tail = process.stderr().await;
    assert_eq!(tail.len(), 4096);
    assert!(tail.ends_with("y\nlast\n"));
}

#[test]
fn only_listed_variables_are_inherited() {
    let all = ["PATH", "HOME", "LC_ALL", "XDG_RUNTIME_DIR", "AWS_SECRET", "LCX", "WARDROOM_TOKEN"];
    let kept: Vec<_> = environment(all.into_iter().map(|name| (name.into(), "x".into())))
        .map(|(name, _)| name.into_string().unwrap())
        .collect();
    assert_eq!(kept, ["PATH", "HOME", "LC_ALL", "XDG_RUNTIME_DIR"]);
}
