//! What an agent's process inherits, and that nothing of it stays behind.

use serde_json::Value;
use wardroom::rpc::calls::HostCall;

use super::world::{World, open, prompt};

/// What every agent sees, if the host has it.
const INHERITED: [&str; 9] =
    ["PATH", "HOME", "USER", "LOGNAME", "SHELL", "LANG", "TERM", "TMPDIR", "TZ"];

/// The descriptors that whoever started the tests left open for everybody.
fn inherited() -> usize {
    let infos = std::fs::read_dir("/proc/self/fdinfo").unwrap().filter_map(|info| {
        let info = info.unwrap();
        let number: i32 = info.file_name().to_str()?.parse().ok()?;
        Some((number, std::fs::read_to_string(info.path()).ok()?))
    });
    let flags = |info: &str| {
        let flags = info.lines().find_map(|line| line.strip_prefix("flags:")).unwrap().trim();
        i32::from_str_radix(flags, 8).unwrap()
    };
    infos.filter(|(number, info)| *number > 2 && flags(info) & 0o2_000_000 == 0).count()
}

#[tokio::test]
async fn an_agent_sees_only_what_it_may_see() {
    let mut world = World::new().scripted("environment");
    let (_server, mut peer) = world.connected().await;
    let (agent, _) = open(&mut peer, "environment").await;
    prompt(&mut peer, agent, "go").await;
    let mut updates: Vec<Value> = Vec::new();
    loop {
        let (id, call) = peer.next().await;
        peer.answer(id, &()).await;
        match call {
            HostCall::Update(batch) => {
                updates
                    .extend(batch.updates.iter().map(|u| serde_json::from_str(u.get()).unwrap()));
            }
            _ => break,
        }
    }
    let names = updates[0]["update"]["content"]["text"].as_str().unwrap();
    for name in names.split(' ') {
        let allowed = INHERITED.contains(&name)
            || name.starts_with("LC_")
            || name.starts_with("XDG_")
            || name == super::scripted::NAME;
        assert!(allowed, "{name} is in the agent's environment");
    }
    assert!(names.contains("PATH"));
    let held: usize = updates[1]["update"]["count"].as_u64().unwrap().try_into().unwrap();
    assert_eq!(held, 3 + inherited(), "descriptors");
    world.stop().await;
}
