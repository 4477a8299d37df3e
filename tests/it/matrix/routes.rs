//! Every route of a session, asked by every kind of caller, in every mode and every state of the session. A route that is
//! not in the table of bodies fails; a cell that is refused has changed nothing.

use std::{collections::BTreeMap, path::PathBuf};

use axum::http::Method;
use serde_json::{Value, json};

use crate::world::{Caller, World};

const MODES: [&str; 4] = ["view_only", "comment_only", "prompt_with_approval", "prompt_direct"];

/// A session with one of each kind of caller, on a file that is copied for each cell that changes something.
struct Stage {
    // Keeps the file.
    _world: World,
    file: PathBuf,
    callers: Vec<(&'static str, Caller)>,
    ids: Vec<(&'static str, String)>,
}

fn text(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}

/// What is sent to a route that takes a body; nothing where there is no such route here.
fn body(method: &str, path: &str, invite: &str) -> Option<Value> {
    let end = path.trim_start_matches("/api/shared-sessions/{id}");
    Some(match (method, end) {
        ("get" | "delete", _) => Value::Null,
        ("patch", "") => json!({"title": "Another"}),
        ("post", "/close" | "/leave" | "/invites") => json!({}),
        ("post", "/invites/preview" | "/join") => json!({"inviteToken": invite}),
        ("post", "/messages") => json!({"text": "hello"}),
        ("post", "/prompts") => json!({"prompt": "hello"}),
        ("post", "/signals") => json!({"state": "typing"}),
        ("post", "/host") => json!({"participantId": "{participant}"}),
        ("patch", "/participants/{participant}") => json!({"role": "viewer"}),
        ("post", "/approvals/{approval}" | "/api/approvals/{id}") => json!({"action": "approve"}),
        ("post", "/approvals/{approval}/suggestions") => json!({"action": "reject"}),
        ("patch", "/api/approvals/{id}") => json!({"expiresInMinutes": 2880}),
        ("post", "/dispatches/{dispatch}") => json!({"action": "mark_done"}),
        _ => return None,
    })
}

impl Stage {
    async fn set(mode: &str, state: &str) -> Self {
        let world = World::new().await;
        let body = json!({"mode": "prompt_with_approval", "expiresInMinutes": 5760,
            "invite": {"maxUses": 100}});
        let mut room = world.room_with(body).await;
        let sam = world.join(&room, "Sam").await;
        let tess = world.join(&room, "Tess").await;
        let dora = world.join(&room, "Dora").await;
        let vic = world.join_as(&room, json!({"role": "viewer", "displayName": "Vic"})).await;
        let lena = world.join(&room, "Lena").await;
        world.join(&room, "Pat").await;
        let invite = world.invite(&room, json!({})).await;
        let theirs = world.invite(&room, json!({})).await;
        let body = json!({"inviteToken": theirs["token"], "displayName": "Rex"});
        let rex = world.post(&Caller::Nobody, &room.path("join"), body).await.ok(201);
        let rex = Caller::token(&rex["participant"]["accessToken"]);
        let stranger = world.user("Mallory").await;
        world.room_of(&stranger, json!({})).await;
        let body = json!({"scope": "full", "expiresInMinutes": 1});
        let expired = world.post(&room.hana, "/api/tokens", body).await.ok(201);
        let (read, host) =
            (world.scoped(&room.hana, "read").await, world.scoped(&room.hana, "host").await);

        let approval = text(&world.prompt(&room, &sam, "wait").await["id"]);
        let direct = world.prompt(&room, &room.hana.clone(), "run").await;
        room.laptop.accepts().await;
        room.laptop.kill();
        room.laptop.connect(&world).await;
        let id = async |name: &str| text(&world.participant(&room, name).await["id"]);
        let of = async |name: &str| room.path(&format!("participants/{}", id(name).await));
        let grant = json!({"canDecide": true});
        world.patch(&room.hana, &of("Dora").await, grant).await.ok(200);
        world.delete(&room.hana, &of("Rex").await).await.ok(200);
        world.post(&lena, &room.path("leave"), json!({})).await.ok(200);
        let ids = vec![
            ("{participant}", id("Pat").await),
            ("{invite}", text(&invite["id"])),
            ("{dispatch}", text(&direct["dispatch"]["id"])),
            ("{approval}", approval.clone()),
            ("/api/approvals/{id}", format!("/api/approvals/{approval}")),
            ("{id}", room.id.clone()),
            ("{secret}", room.invite.clone()),
        ];
        world.patch(&room.hana, &room.path(""), json!({"mode": mode})).await.ok(200);
        if state == "closed" {
            world.delete(&room.hana, &room.path("")).await.ok(200);
        }
        world.stop().await;
        world
            .sql("update tokens set expires_at = created_at where expires_at is not null")
            .unwrap();
        if state == "expired" {
            world.sql("update sessions set expires_at = created_at").unwrap();
        }
        let callers = vec![
            ("nobody", Caller::Nobody),
            ("bad-token", Caller::Token("wr_usr_x".into())),
            ("invite", Caller::Token(room.invite.clone())),
            ("expired-token", Caller::token(&expired["secret"])),
            ("stranger", stranger),
            ("left", lena),
            ("removed", rex),
            ("viewer", vic),
            ("collaborator", tess),
            ("author", sam),
            ("decider", dora),
            ("host", room.hana.clone()),
            ("host-scope", host),
            ("read-scope", read),
            ("admin", world.ada.clone()),
        ];
        Self { file: world.file(), _world: world, callers, ids }
    }

    fn fill(&self, text: &str) -> String {
        self.ids.iter().fold(text.to_owned(), |text, (name, id)| text.replace(name, id))
    }

    /// What a caller is answered, and whether that may have changed something.
    async fn cell(
        &self,
        world: &World,
        caller: &Caller,
        (method, path): (&str, &str),
    ) -> (String, bool) {
        let body = body(method, path, "{secret}");
        let body = body.unwrap_or_else(|| panic!("{method} {path} has no cells"));
        let place = self.fill(path);
        if path.ends_with("/stream") {
            return match world.follow_path(caller, &place, "").await {
                Ok(_) => ("200".to_owned(), false),
                Err(refused) => (text(&refused["code"]), false),
            };
        }
        let method: Method = method.to_uppercase().parse().unwrap();
        let is_read = method == Method::GET;
        let mut request = world.request(caller, method, &place);
        if !body.is_null() {
            request = request.text(self.fill(&body.to_string()));
        }
        let answer = request.send().await;
        match answer.status {
            200..300 => (answer.status.to_string(), !is_read),
            _ => (text(&answer["code"]), false),
        }
    }
}

/// All that anybody could have changed, short of when a credential was used last.
fn imprint(world: &World) -> String {
    let session = "select group_concat(concat_ws(' ', last_seq, mode, title, status, host_user_id, expires_at)) from sessions";
    let people =
        "select group_concat(concat_ws(' ', role, can_decide, left_reason)) from participants";
    let rest = "select concat_ws(' ', (select count(*) from messages), (select group_concat(status || expires_at) from approvals),
        (select count(*) from suggestions), (select group_concat(state) from dispatches), (select sum(uses) from invites),
        (select count(*) from invites), (select count(*) from invites where revoked_at is null))";
    let look = |sql: &str| world.look::<String>(sql);
    format!("{} | {} | {}", look(session), look(people), look(rest))
}

async fn routes() -> Vec<(String, String)> {
    let world = World::new().await;
    let document = world.get(&Caller::Nobody, "/api/openapi.json").await.ok(200);
    let mut routes = Vec::new();
    for (path, methods) in document["paths"].as_object().unwrap() {
        let is_here =
            path.starts_with("/api/shared-sessions/{id}") || path == "/api/approvals/{id}";
        if is_here {
            routes.extend(methods.as_object().unwrap().keys().map(|it| (it.clone(), path.clone())));
        }
    }
    routes
}

/// Callers by what they are answered in the four modes: `v`iew only, `c`omment only, with `a`pproval, `d`irect.
async fn table(state: &str) -> String {
    let routes = routes().await;
    let mut cells: BTreeMap<(usize, usize), Vec<String>> = BTreeMap::new();
    let mut names = Vec::new();
    for mode in MODES {
        let played = Stage::set(mode, state).await;
        names = played.callers.iter().map(|it| it.0).collect();
        let mut world = World::of_file(&played.file).await;
        let mut before = imprint(&world);
        for (row, (method, path)) in routes.iter().enumerate() {
            for (column, (name, caller)) in played.callers.iter().enumerate() {
                let (cell, changed) = played.cell(&world, caller, (method, path)).await;
                cells.entry((row, column)).or_default().push(cell);
                if changed {
                    world = World::of_file(&played.file).await;
                    before = imprint(&world);
                } else {
                    assert_eq!(
                        imprint(&world),
                        before,
                        "{name} changed something: {method} {path}"
                    );
                }
            }
        }
    }
    let mut lines = Vec::new();
    for (row, (method, path)) in routes.iter().enumerate() {
        lines.push(format!("{} {path}", method.to_uppercase()));
        let mut groups: Vec<(&[String], Vec<&str>)> = Vec::new();
        for (column, name) in names.iter().enumerate() {
            let of = cells[&(row, column)].as_slice();
            match groups.iter_mut().find(|group| group.0 == of) {
                Some(group) => group.1.push(name),
                None => groups.push((of, vec![name])),
            }
        }
        lines.extend(
            groups.iter().map(|(of, who)| format!("    {}: {}", answers(of), who.join(" "))),
        );
    }
    lines.join("\n")
}

/// One answer where all modes have the same, else each with the modes that have it.
fn answers(of: &[String]) -> String {
    if of.iter().all(|it| *it == of[0]) {
        return of[0].clone();
    }
    let mut apart: Vec<(&String, String)> = Vec::new();
    for (answer, mode) in of.iter().zip("vcad".chars()) {
        match apart.iter_mut().find(|it| it.0 == answer) {
            Some(it) => it.1.push(mode),
            None => apart.push((answer, mode.to_string())),
        }
    }
    let apart: Vec<_> = apart.iter().map(|(answer, modes)| format!("{modes}={answer}")).collect();
    apart.join(" ")
}

#[tokio::test]
async fn every_caller_is_answered_as_the_table_says_while_a_session_goes_on() {
    insta::assert_snapshot!(table("active").await);
}

#[tokio::test]
async fn every_caller_is_answered_as_the_table_says_when_a_session_was_closed() {
    insta::assert_snapshot!(table("closed").await);
}

#[tokio::test]
async fn every_caller_is_answered_as_the_table_says_when_the_time_of_a_session_is_up() {
    insta::assert_snapshot!(table("expired").await);
}
