//! What people are told of hosts and of what programs ask there, so that they know who asks and whether they may decide.

use axum::http::Method;
use serde_json::{Value, json};

use crate::world::{Caller, Machine, World};

/// Hana's laptop, and Sam and Tess, whom she has allowed to decide and to call tools there.
struct Shop {
    world: World,
    hana: Caller,
    laptop: Machine,
    sam: Caller,
    tess: Caller,
}

impl Shop {
    async fn open() -> Self {
        let world = World::new().await;
        let (hana, sam, tess) =
            (world.user("Hana").await, world.user("Sam").await, world.user("Tess").await);
        let mut laptop = Machine::new(&world.scoped(&hana, "host").await);
        laptop.connect(&world).await;
        let grants = format!("/api/hosts/{}/grants", laptop.id);
        let allow = [
            json!({"name": "Sam", "canDecide": true}),
            json!({"name": "Tess", "canCallTools": true}),
        ];
        for body in allow {
            world.post(&hana, &grants, body).await.ok(200);
        }
        Self { world, hana, laptop, sam, tess }
    }

    async fn asks(&mut self, system_level: bool) -> String {
        let new = json!({"name": "deployer", "kind": "script"});
        let agent = self.laptop.asks("host.register_agent", new).await.unwrap()["agent"].clone();
        let ask =
            json!({"agent_id": agent["id"], "action": "Deploy?", "system_level": system_level});
        let asked = self.laptop.asks("host.request_approval", ask).await.unwrap();
        format!("/api/approvals/{}", asked["approval"]["id"].as_str().unwrap())
    }

    async fn facts(&self, caller: &Caller, path: &str) -> Value {
        self.world.get(caller, path).await.ok(200)["facts"].clone()
    }
}

#[tokio::test]
async fn a_host_is_told_of_with_its_owner_and_with_what_one_may_there() {
    let shop = Shop::open().await;
    let of = async |caller: &Caller| {
        let list = shop.world.get(caller, "/api/hosts").await.ok(200);
        let host = &list["hosts"][0];
        assert_eq!(host["ownerName"], "Hana");
        ["grant", "startAgents", "decide", "callTools"]
            .map(|right| host["may"][right].as_bool().unwrap())
    };
    assert_eq!(of(&shop.hana).await, [true, true, true, true]);
    assert_eq!(of(&shop.sam).await, [false, false, true, false]);
    assert_eq!(of(&shop.tess).await, [false, false, false, true]);
    assert_eq!(of(&shop.world.ada).await, [false, false, true, false]);
    let host = shop.world.scoped(&shop.hana, "host").await;
    assert_eq!(of(&host).await, [false, true, false, false]);
    let read = shop.world.scoped(&shop.hana, "read").await;
    assert_eq!(of(&read).await, [false; 4]);
}

#[tokio::test]
async fn the_servers_own_host_is_nobodys_and_its_agents_are_for_everybody() {
    let world = World::new().await;
    Machine::new(&Caller::Local).connect(&world).await;
    let sam = world.user("Sam").await;
    for (caller, is_admin) in [(&sam, false), (&world.ada, true)] {
        let list = world.get(caller, "/api/hosts").await.ok(200);
        let host = &list["hosts"][0];
        assert_eq!(host["ownerName"], Value::Null);
        let may = json!({"grant": is_admin, "startAgents": true, "decide": is_admin, "callTools": is_admin});
        assert_eq!(host["may"], may);
    }
}

#[tokio::test]
async fn who_looks_at_what_is_asked_is_told_who_asks_and_who_may_decide() {
    let mut shop = Shop::open().await;
    let path = shop.asks(true).await;
    let facts = shop.facts(&shop.hana, &path).await;
    assert_eq!(facts["agent"]["name"], "deployer");
    assert_eq!((&facts["host"]["name"], &facts["askedBy"]), (&json!("laptop"), &json!("Hana")));
    assert_eq!(facts["deciders"], json!(["Hana", "Sam"]));
    assert_eq!(facts["refused"], Value::Null);
    // Whom else the owner lets is for the owner to know.
    assert_eq!(shop.facts(&shop.sam, &path).await["deciders"], json!(["Hana", "Sam"]));
    let tess = shop.facts(&shop.tess, &path).await;
    assert_eq!(tess["deciders"], json!(["Hana"]));
    assert_eq!(tess["refused"], "you may not decide this");
    shop.world.post(&shop.sam, &path, json!({"action": "approve"})).await.ok(200);
    let facts = shop.facts(&shop.hana, &path).await;
    assert_eq!((&facts["resolvedBy"], &facts["requestedBy"]), (&json!("Sam"), &Value::Null));
    let room = shop.world.room_of(&shop.world.ada, json!({})).await;
    let sam = shop.world.join(&room, "Sam").await;
    let prompt = shop.world.prompt(&room, &sam, "run").await;
    let prompt = format!("/api/approvals/{}", prompt["id"].as_str().unwrap());
    assert_eq!(shop.facts(&shop.world.ada, &prompt).await, Value::Null, "no program asks that");
}

#[tokio::test]
async fn what_asked_is_told_why_it_does_not_decide() {
    let world = World::new().await;
    let hana = world.user("Hana").await;
    let asked = world.post(&hana, "/api/approvals", json!({"action": "Push?"})).await.ok(201);
    let path = format!("/api/approvals/{}", asked["approval"]["id"].as_str().unwrap());
    let facts = world.get(&hana, &path).await.ok(200)["facts"].clone();
    assert_eq!(facts["refused"], "what asked does not decide");
    assert_eq!((&facts["host"], &facts["deciders"]), (&Value::Null, &json!(["Hana"])));
    let browser = world.browser(&hana).await;
    let facts = world.get(&browser, &path).await.ok(200)["facts"].clone();
    assert_eq!(facts["refused"], Value::Null);
}

#[tokio::test]
async fn what_a_host_was_told_is_shown_in_every_inbox_with_who_told_it() {
    let mut shop = Shop::open().await;
    let path = shop.asks(false).await;
    let mut inbox =
        shop.world.follow_path(&shop.sam, "/api/inbox/stream", "").await.expect("a stream");
    shop.world.settle().await;
    inbox.take();
    let click = shop.world.request(&shop.hana, Method::POST, &path);
    let click = click.json(&json!({"action": "reject"})).begin();
    let (id, _) = shop.laptop.next().await;
    shop.laptop.answer(id, &());
    click.await.unwrap().ok(202);
    shop.world.settle().await;
    let told = inbox.take();
    let row = &told[0].json["payload"]["approvals"][0];
    assert_eq!(
        (&row["status"], &row["resolveRequest"]["optionId"]),
        (&json!("pending"), &json!("deny"))
    );
    assert_eq!(shop.facts(&shop.sam, &path).await["requestedBy"], "Hana");
}

#[tokio::test]
async fn who_may_not_decide_at_a_host_finds_what_is_asked_there_with_what_waits_for_others() {
    let mut shop = Shop::open().await;
    let path = shop.asks(true).await;
    let waits = async |caller: &Caller, status: &str| {
        let path = format!("/api/approvals?status={status}");
        let page = shop.world.get(caller, &path).await.ok(200);
        page["approvals"].as_array().unwrap().len()
    };
    assert_eq!((waits(&shop.tess, "pending").await, waits(&shop.tess, "others").await), (0, 1));
    assert_eq!((waits(&shop.sam, "pending").await, waits(&shop.sam, "others").await), (1, 0));
    assert_eq!(waits(&shop.hana, "others").await, 0);
    shop.world.post(&shop.hana, &path, json!({"action": "approve"})).await.ok(200);
    assert_eq!(waits(&shop.tess, "others").await, 0);
}
