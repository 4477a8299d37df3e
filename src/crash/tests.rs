//! Crashes, in processes of their own: this test binary again, which plays the program.

use std::{os::unix::fs::PermissionsExt, process::Output};

use super::*;

/// Says to the test binary that it is to play the program, and how the program ends.
const PLAYS: &str = "WARDROOM_TEST_CRASH";
const SECRET: &str = "wr_usr_0123456789abcdefghijABCDEFGHIJ0123456789abcdefghi";

/// Runs a test of this file as the program that ends in some way, with the reports going into `dir`.
fn program(test: &str, ends: &str, dir: &Path, words: &[&str]) -> Output {
    let mut program = std::process::Command::new(env::current_exe().unwrap());
    program.args(["--exact", &format!("crash::tests::{test}"), "--nocapture"]).args(words);
    program.env(PLAYS, ends).env("REPORTS", dir).env("TMPDIR", dir.parent().unwrap());
    program.output().unwrap()
}

/// Plays the program if that is asked of this process, which then ends.
fn play() {
    let Ok(ends) = env::var(PLAYS) else { return };
    let crash = hook(env::var_os("REPORTS").unwrap().into());
    let code = crash.guard(|| {
        let task = || thread::spawn(|| panic!("in a task")).join().unwrap_err();
        match ends.as_str() {
            "panics" => panic!("no {SECRET} is\nthere"),
            "loses a task" => drop(task()),
            "fails without a task" => {
                drop(task());
                return ExitCode::FAILURE;
            }
            _ => return ExitCode::FAILURE,
        }
        ExitCode::SUCCESS
    });
    std::process::exit(i32::from(code != ExitCode::SUCCESS));
}

fn reports(dir: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(dir).into_iter().flatten();
    entries.map(|it| it.unwrap().path()).filter(|it| it.is_file()).collect()
}

fn said(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

#[test]
fn a_panic_that_ends_the_program_leaves_a_report_and_says_where_it_is() {
    play();
    let home = tempfile::tempdir().unwrap();
    let dir = fs::canonicalize(home.path()).unwrap().join("data/crash");
    let test = "a_panic_that_ends_the_program_leaves_a_report_and_says_where_it_is";
    let ended = program(test, "panics", &dir, &["--skip", SECRET]);
    assert_eq!(ended.status.code(), Some(1));
    let [path] = &reports(&dir)[..] else { panic!("one report: {:?}", reports(&dir)) };
    let said = said(&ended);
    assert!(
        said.contains("error: wardroom has crashed: no wr_… is, at src/crash/tests.rs:"),
        "{said}"
    );
    let where_ = format!("hint: a report is in {}; nothing was sent anywhere\n", path.display());
    assert!(said.contains(&where_) && !said.contains("RUST_BACKTRACE"), "{said}");
    let report = fs::read_to_string(path).unwrap();
    for part in [
        &format!("wardroom {} has crashed", env!("CARGO_PKG_VERSION")),
        "what      no wr_… is\nthere\nwhere     src/crash/tests.rs:",
        "command   wardroom --exact … --nocapture --skip …\n",
        &format!("system    {}", env::consts::OS),
        "stdout is none",
        "crash::tests::play",
    ] {
        assert!(report.contains(part), "{part:?} is not in {report}");
    }
    assert!(!report.contains(SECRET) && !said.contains(SECRET), "{report}");
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!((mode(path), mode(&dir)), (0o600, 0o700), "nobody else reads it");
}

#[test]
fn a_report_that_cannot_be_where_it_belongs_is_among_the_temporary_files() {
    play();
    let home = tempfile::tempdir().unwrap();
    let dir = home.path().join("crash");
    fs::write(&dir, "in the way").unwrap();
    let test = "a_report_that_cannot_be_where_it_belongs_is_among_the_temporary_files";
    let ended = program(test, "panics", &dir, &[]);
    let found = reports(home.path());
    let report = found.iter().find(|it| **it != dir).unwrap();
    assert!(said(&ended).contains(&report.file_name().unwrap().to_string_lossy().into_owned()));
    assert_eq!((ended.status.code(), found.len()), (Some(1), 2));
}

#[test]
fn a_panic_that_is_caught_leaves_no_report_unless_the_program_ends_of_it() {
    play();
    let home = tempfile::tempdir().unwrap();
    let dir = home.path().join("crash");
    let test = "a_panic_that_is_caught_leaves_no_report_unless_the_program_ends_of_it";
    for (ends, code) in [("loses a task", 0), ("fails of itself", 1)] {
        let ended = program(test, ends, &dir, &[]);
        assert_eq!(ended.status.code(), Some(code));
        assert!(!said(&ended).contains("panicked") && reports(&dir).is_empty(), "{ended:?}");
    }
    let ended = program(test, "fails without a task", &dir, &[]);
    assert_eq!((ended.status.code(), reports(&dir).len()), (Some(1), 1));
    assert!(said(&ended).contains("has crashed: in a task"), "{ended:?}");
}

#[test]
fn a_command_is_told_without_what_it_was_given() {
    let told = |line: &str| command(&line.split(' ').map(str::to_owned).collect::<Vec<_>>());
    assert_eq!(told("/usr/bin/wardroom"), "wardroom");
    let link = format!("wardroom join http://host/join/1#{SECRET} --name Sam --lan");
    assert_eq!(told(&link), "wardroom join … --name … --lan");
    assert_eq!(
        told("w -s https://host prompt checkout fix it --wait"),
        "wardroom -s … prompt … … … --wait"
    );
    assert_eq!(
        told("w reject apr_1 --reason=secret -rsecret --Ä -- x"),
        "wardroom reject … --reason -r … … …"
    );
}
