//! A server that is told to stop: it finishes what it can, and at the second word waits for nobody.

use std::{
    io::{Read, Write},
    net::TcpStream,
};

use rustix::process::Signal;
use serde_json::Value;

use super::world::{Running, World, until};

/// A server, and where it is.
fn serve(world: &World) -> (Running, String) {
    let options = ["serve", "--json", "--listen", "127.0.0.1:0", "--no-local-host"];
    let server = world.start(&world.admin(), "server", &options);
    let ready = until("a server", || {
        serde_json::from_str::<Value>(world.read("server.out").lines().next()?).ok()
    });
    (server, ready["addresses"][0].as_str().unwrap().to_owned())
}

/// A request whose body does not come.
fn half_a_request(address: &str) -> TcpStream {
    let mut slow = TcpStream::connect(address).unwrap();
    let head = "POST /api/login HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n";
    slow.write_all(format!("{head}content-length: 99\r\n\r\n{{").as_bytes()).unwrap();
    // It is inside once another one that came later was answered.
    let mut quick = TcpStream::connect(address).unwrap();
    let probe = "GET /livez HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n";
    quick.write_all(probe.as_bytes()).unwrap();
    let mut answer = String::new();
    quick.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    slow
}

fn told(world: &World) -> bool {
    world.read("server.err").contains("told twice to stop")
}

#[test]
fn at_the_second_word_a_server_waits_for_nobody_and_what_was_written_is_there() {
    let world = World::empty();
    let (mut server, address) = serve(&world);
    let ana = world.admin();
    ana.run(&["token", "create", "--name", "kept"]).ok();
    let _slow = half_a_request(&address);
    server.signal(Signal::TERM);
    until("the doors are closed", || TcpStream::connect(&address).is_err().then_some(()));
    assert!(!told(&world));
    server.signal(Signal::TERM);
    assert_eq!(server.ended(), 0);
    assert!(told(&world), "{}", world.read("server.err"));
    assert!(ana.run(&["token", "list"]).ok().out.contains("kept"));
    ana.run(&["verify"]).ok();
}

#[test]
fn a_server_that_is_told_once_answers_whoever_is_in_time() {
    let world = World::empty();
    let (mut server, address) = serve(&world);
    let mut slow = half_a_request(&address);
    server.signal(Signal::TERM);
    until("the doors are closed", || TcpStream::connect(&address).is_err().then_some(()));
    slow.write_all(&[b' '; 98]).unwrap();
    let mut answer = String::new();
    slow.read_to_string(&mut answer).unwrap();
    assert!(answer.contains("INVALID_BODY"), "{answer}");
    assert_eq!(server.ended(), 0);
    assert!(!told(&world));
}
