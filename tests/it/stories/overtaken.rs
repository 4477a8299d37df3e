//! What was looked at before a password is worked on is looked at again when its outcome is written.

use axum::http::Method;
use serde_json::{Value, json};
use wardroom::app::UserChanges;

use crate::world::{Answer, Caller, Work, World, work};

/// What is answered to a request that read what was there before this work, and writes after it.
async fn overtaken(
    world: &World,
    by: Work,
    caller: &Caller,
    (method, path): (Method, &str),
    body: Value,
) -> Answer {
    if *caller != Caller::Nobody {
        // Its use was noted a moment ago, so that nothing is written about that now.
        world.get(caller, "/api/me").await.ok(200);
    }
    let held = world.hold_after(vec![by]).await;
    let asking = world.request(caller, method, path).json(&body).begin();
    world.readers_are_idle().await;
    held.release();
    asking.await.unwrap()
}

const LOGIN: (Method, &str) = (Method::POST, "/api/login");
const PASSWORD: (Method, &str) = (Method::POST, "/api/me/password");

/// Somebody with a password.
async fn hana(world: &World) -> (Caller, String) {
    let hana = world.user("Hana").await;
    let body = json!({"password": "correct horse"});
    assert_eq!(world.post(&hana, "/api/me/password", body).await.status, 204);
    let id = world.get(&hana, "/api/me").await.ok(200)["user"]["id"].take();
    (hana, id.as_str().unwrap().to_owned())
}

fn changes(body: Value) -> UserChanges {
    serde_json::from_value(body).unwrap()
}

/// Ada changes an account.
async fn changed(world: &World, id: &str, body: Value) -> Work {
    let (app, ada, id) = (world.app().clone(), world.known(&world.ada).await, id.parse().unwrap());
    work(async move { app.update_user(&ada, id, changes(body)).await })
}

/// Another password is stored.
fn replaced(world: &World, id: &str) -> Work {
    let (store, id) = (world.store().clone(), id.parse().unwrap());
    work(async move {
        store.write(async move |tx| tx.set_password(id, "$argon2id$another").await).await
    })
}

/// Somebody ends the token, or the browser, that stands in this row.
async fn ended(world: &World, caller: &Caller, table: &str) -> Work {
    let id: String = world.look(&format!("select id from {table} order by n desc limit 1"));
    let (app, caller) = (world.app().clone(), world.known(caller).await);
    work(async move {
        match id.parse() {
            Ok(id) if caller.is_admin() => app.revoke_token(&caller, id).await,
            _ => app.sign_out(&caller, id.parse().unwrap()).await,
        }
    })
}

#[tokio::test]
async fn who_is_disabled_or_gets_another_password_meanwhile_is_not_signed_in() {
    let world = World::new().await;
    let (_, id) = hana(&world).await;
    let body = json!({"name": "Hana", "password": "correct horse"});
    let disabled = changed(&world, &id, json!({"disabled": true})).await;
    let answer = overtaken(&world, disabled, &Caller::Nobody, LOGIN, body.clone()).await;
    assert_eq!(answer.cookie(), None);
    let refused = answer.refused(401, "UNAUTHENTICATED");
    let enabled = changed(&world, &id, json!({"disabled": false})).await;
    enabled.await;
    let other = replaced(&world, &id);
    let answer = overtaken(&world, other, &Caller::Nobody, LOGIN, body).await;
    assert_eq!(answer.refused(401, "UNAUTHENTICATED"), refused);
    assert_eq!(
        world.look::<i64>(
            "select count(*) from logins where user_id = (select id from users where name = 'Hana')"
        ),
        0
    );
}

#[tokio::test]
async fn a_token_that_is_revoked_meanwhile_signs_no_browser_in() {
    let world = World::new().await;
    let token = world.scoped(&world.ada, "full").await;
    let revoked = ended(&world, &world.ada, "tokens").await;
    let body = json!({"token": token.secret()});
    world.get(&token, "/api/me").await.ok(200);
    let answer = overtaken(&world, revoked, &Caller::Nobody, LOGIN, body).await;
    assert_eq!(answer.cookie(), None);
    answer.refused(401, "UNAUTHENTICATED");
}

#[tokio::test]
async fn who_is_signed_out_meanwhile_chooses_no_password() {
    let world = World::new().await;
    let (hana, id) = hana(&world).await;
    let body = json!({"current": "correct horse", "password": "battery staple"});
    let stored = || world.look::<String>("select password_hash from users where name = 'Hana'");
    let before = stored();
    let browser = world.browser(&hana).await;
    let signed_out = ended(&world, &hana, "logins").await;
    let answer = overtaken(&world, signed_out, &browser, PASSWORD, body.clone()).await;
    answer.refused(401, "UNAUTHENTICATED");
    let token = world.scoped(&hana, "full").await;
    let revoked = ended(&world, &world.ada, "tokens").await;
    let answer = overtaken(&world, revoked, &token, PASSWORD, body.clone()).await;
    answer.refused(401, "UNAUTHENTICATED");
    let disabled = changed(&world, &id, json!({"disabled": true})).await;
    let answer = overtaken(&world, disabled, &hana, PASSWORD, body.clone()).await;
    answer.refused(401, "UNAUTHENTICATED");
    changed(&world, &id, json!({"disabled": false})).await.await;
    assert_eq!(stored(), before);
    let answer = overtaken(&world, replaced(&world, &id), &hana, PASSWORD, body).await;
    answer.refused(400, "INVALID_BODY");
    assert_eq!(stored(), "$argon2id$another");
}

#[tokio::test]
async fn who_is_no_admin_any_more_meanwhile_changes_no_account() {
    let world = World::new().await;
    let (theo, (_, hana)) = (world.user("Theo").await, hana(&world).await);
    let id = world.get(&theo, "/api/me").await.ok(200)["user"]["id"].take();
    let (id, path) = (id.as_str().unwrap().to_owned(), format!("/api/users/{hana}"));
    let change = (Method::PATCH, path.as_str());
    let body = json!({"admin": true, "password": "battery staple"});
    changed(&world, &id, json!({"admin": true})).await.await;
    let before: String = world.look("select password_hash from users where name = 'Hana'");
    for (end, status, code) in [
        (json!({"admin": false}), 403, "ADMIN_REQUIRED"),
        (json!({"disabled": true}), 401, "UNAUTHENTICATED"),
    ] {
        let ended = changed(&world, &id, end).await;
        let answer = overtaken(&world, ended, &theo, change.clone(), body.clone()).await;
        answer.refused(status, code);
        changed(&world, &id, json!({"admin": true, "disabled": false})).await.await;
    }
    let token = world.scoped(&theo, "full").await;
    let revoked = ended(&world, &world.ada, "tokens").await;
    overtaken(&world, revoked, &token, change, body).await.refused(401, "UNAUTHENTICATED");
    let after = "select password_hash from users where name = 'Hana' and admin = 0";
    assert_eq!(world.look::<String>(after), before);
    world.verify().await;
}
