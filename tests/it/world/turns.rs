//! Turns of agents, for stories that begin in the middle of one.

use wardroom::rpc::calls::Prompt;

use super::{Room, World};

/// A session with a turn that is running.
pub(crate) async fn running(world: &World) -> (Room, Prompt) {
    let mut room = world.room("prompt_direct").await;
    world.prompt(&room, &room.hana, "run the tests").await;
    let prompt = room.laptop.accepts().await;
    world.settle().await;
    (room, prompt)
}

/// The states of all dispatches, oldest first.
pub(crate) fn states(world: &World) -> String {
    world.look("select coalesce(group_concat(state, ' '), '') from (select state from dispatches order by n)")
}
