//! The keeper: a process of its own, and all it knows is a pipe.

use std::{
    io::Write,
    os::unix::process::{CommandExt, ExitStatusExt},
    process::{Command, Stdio},
};

/// The host is gone when its end of the pipe is, however that came about.
#[test]
fn agents_that_are_left_when_the_host_is_gone_are_killed_and_no_others() {
    let sleeper = || Command::new("sleep").arg("600").process_group(0).spawn().unwrap();
    let (mut left, ended, other) = (sleeper(), sleeper(), sleeper());
    let mut keeper = Command::new(env!("CARGO_BIN_EXE_wardroom"))
        .arg("host-keeper")
        .stdin(Stdio::piped())
        .spawn()
        .unwrap();
    let mut pipe = keeper.stdin.take().unwrap();
    writeln!(pipe, "+{}\n+{}\n-{}", left.id(), ended.id(), ended.id()).unwrap();
    assert!(left.try_wait().unwrap().is_none(), "nothing happens while the host is there");
    drop(pipe);
    assert!(keeper.wait().unwrap().success());
    assert_eq!(left.wait().unwrap().signal(), Some(9));
    for mut alive in [ended, other] {
        assert!(alive.try_wait().unwrap().is_none());
        alive.kill().unwrap();
        alive.wait().unwrap();
    }
}
