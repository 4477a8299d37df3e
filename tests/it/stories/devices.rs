//! Where one is signed in.

use std::time::Duration;

use axum::http::Method;
use serde_json::{Value, json};

use crate::world::{Caller, World, masked};

const DEVICES: &str = "/api/me/devices";

fn of(device: &Value) -> String {
    format!("{DEVICES}/{}", device["id"].as_str().unwrap())
}

#[tokio::test]
async fn one_sees_the_browsers_in_which_one_is_signed_in_and_signs_them_out() {
    let world = World::new().await;
    let room = world.room("prompt_direct").await;
    let (hana, mallory) = (room.hana.clone(), world.user("Mallory").await);
    let body = json!({"token": hana.secret()});
    let phone = world.request(&Caller::Nobody, Method::POST, "/api/login").json(&body);
    let phone = phone.header("user-agent", "Phone").send().await.cookie().unwrap();
    let laptop = world.browser(&hana).await;
    world.browser(&mallory).await;
    let devices = async |who: &Caller, query: &str| {
        world.get(who, &format!("{DEVICES}{query}")).await.ok(200)
    };
    let shown = devices(&phone, "").await;
    insta::assert_snapshot!(masked(&shown), @r#"
    {
      "devices": [
        {
          "id": "<id>",
          "device": null,
          "createdAt": "2026-01-01T00:00:00.000Z",
          "expiresAt": "2026-01-31T00:00:00.000Z",
          "lastUsedAt": null,
          "current": false
        },
        {
          "id": "<id>",
          "device": "Phone",
          "createdAt": "2026-01-01T00:00:00.000Z",
          "expiresAt": "2026-01-31T00:00:00.000Z",
          "lastUsedAt": "2026-01-01T00:00:00.000Z",
          "current": true
        }
      ],
      "nextCursor": null
    }
    "#);
    assert!(!shown.to_string().contains("wr_log_"));
    let listed = devices(&hana, "").await;
    assert!(listed["devices"].as_array().unwrap().iter().all(|it| it["current"] == false));
    let first = devices(&hana, "?limit=1").await;
    let next = format!("?limit=1&cursor={}", first["nextCursor"].as_str().unwrap());
    let rest = devices(&hana, &next).await;
    assert_eq!((&rest["devices"][0], &rest["nextCursor"]), (&listed["devices"][1], &json!(null)));
    world.get(&hana, &format!("{DEVICES}?cursor=x")).await.refused(400, "INVALID_CURSOR");
    world.get(&hana, &format!("{DEVICES}?limit=201")).await.refused(400, "INVALID_BODY");

    let mut stream = world.follow(&phone, &room.id, None).await;
    let of_phone = of(&listed["devices"][1]);
    world.delete(&mallory, &of_phone).await.refused(404, "NOT_FOUND");
    world.delete(&world.ada, &of_phone).await.refused(404, "NOT_FOUND");
    let read = world.scoped(&hana, "read").await;
    world.delete(&read, &of_phone).await.refused(403, "ADMIN_REQUIRED");
    world.delete(&hana, &format!("{DEVICES}/1")).await.refused(404, "NOT_FOUND");
    world.delete(&Caller::Nobody, &of_phone).await.refused(401, "UNAUTHENTICATED");
    assert_eq!(world.delete(&laptop, &of_phone).await.status, 204);
    world.settle().await;
    assert_eq!(stream.words(), ["connected", "end revoked"]);
    world.get(&phone, "/api/me").await.refused(401, "UNAUTHENTICATED");
    world.delete(&laptop, &of_phone).await.refused(404, "NOT_FOUND");
    assert_eq!(devices(&laptop, "").await["devices"].as_array().unwrap().len(), 1);
    world.pass(Duration::from_hours(720)).await;
    assert_eq!(devices(&hana, "").await["devices"], json!([]), "its time is up");
    world.verify().await;
}

#[tokio::test]
async fn a_guest_sees_the_browser_that_asks_and_a_token_is_none() {
    let world = World::new().await;
    let room = world.room("prompt_direct").await;
    let body = json!({"inviteToken": room.invite, "credential": "cookie"});
    let sam = world.post(&Caller::Nobody, &room.path("join"), body.clone()).await.cookie().unwrap();
    let tess = world.post(&Caller::Nobody, &room.path("join"), body).await.cookie().unwrap();
    let token = world.join(&room, "Vic").await;
    world.get(&token, DEVICES).await.refused(401, "UNAUTHENTICATED");
    world.get(&Caller::Nobody, DEVICES).await.refused(401, "UNAUTHENTICATED");
    let own = world.get(&sam, DEVICES).await.ok(200);
    assert_eq!(own["devices"].as_array().unwrap().len(), 1);
    assert_eq!(own["devices"][0]["current"], true);
    world.delete(&tess, &of(&own["devices"][0])).await.refused(404, "NOT_FOUND");
    assert_eq!(world.delete(&sam, &of(&own["devices"][0])).await.status, 204);
    world.get(&sam, &room.path("")).await.refused(401, "UNAUTHENTICATED");
    world.get(&tess, &room.path("")).await.ok(200);
}
