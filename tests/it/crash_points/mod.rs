//! Where the server, a host or an agent can be killed, and what is true afterwards: a story for each point.
//!
//! The number in a name is that of the point. A killed server is [`World::restart`]; the moment is staged by
//! [`World::stop_at`], which stops it after a COMMIT that nobody has heard of, and by [`World::hold`], which stops it
//! before one.

mod clocks;
mod disk;
mod files;
mod hosts;
mod queue;
mod requests;
mod turns;

use serde_json::Value;
use wardroom::{
    domain::RequestId,
    rpc::calls::{Accepted, HostCall, Prompt, TurnState},
};

use crate::world::{Caller, Room, World, permission, running, states};

/// A session in which a prompt of Sam's waits for Hana.
async fn asked(world: &World) -> (Room, Caller, Value) {
    let room = world.room("prompt_with_approval").await;
    let sam = world.join(&room, "Sam").await;
    let approval = world.prompt(&room, &sam, "run the tests").await;
    (room, sam, approval)
}

/// A session with a turn that is running and asks for permission; the call that asks.
async fn asking(world: &World) -> (Room, Prompt, HostCall, RequestId) {
    let (mut room, prompt) = running(world).await;
    let may_i = permission(&prompt);
    let (id, call) = (may_i.request_id, HostCall::Permission(may_i));
    room.laptop.begin(&call);
    world.settle().await;
    (room, prompt, call, id)
}

impl Room {
    /// The host process is back, is asked again about a turn that it knows, and says that it is running.
    async fn comes_back_in(&mut self, world: &World, prompt: &Prompt) {
        self.laptop.connect(world).await;
        let (id, again) = self.laptop.prompted().await;
        assert_eq!(again.dispatch_id, prompt.dispatch_id, "asked again, not prompted again");
        self.laptop.answer(id, &Accepted { state: TurnState::Running });
        world.settle().await;
    }
}

/// How a turn ends that ends as it should.
fn success() -> TurnState {
    TurnState::Succeeded { stop_reason: "end_turn".to_owned() }
}

/// How many events of a kind there are.
fn count(world: &World, kind: &str) -> i64 {
    world.look(&format!("select count(*) from events where type = '{kind}'"))
}
