//! The same rows without a group: each request has a transaction of its own, on a pool of one connection.
//!
//! It does the least that stores the same: one statement finds who writes, two insert, one reads the end of the log.

use std::path::Path;

use axum::{
    Json, Router,
    extract::State,
    http::{HeaderMap, StatusCode, header},
};
use sqlx::{
    Row, SqlitePool,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};
use wardroom::{
    app::NewMessage,
    domain::{
        Chain, Clock, EventBody, Message, MessageId, MessageKind, Participant, Role, Secret,
        SessionId, UserRef, link,
    },
    store,
};

/// Why a request failed, for the one who looks.
type Failure = (StatusCode, String);

pub(super) async fn router(data: &Path) -> Router {
    let options = SqliteConnectOptions::new()
        .filename(data.join(store::FILE))
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .statement_cache_capacity(1024);
    let pool = SqlitePoolOptions::new().max_connections(1).test_before_acquire(false);
    let pool = pool.connect_with(options).await.expect("a database");
    Router::new().fallback(write).with_state(pool)
}

async fn write(
    State(pool): State<SqlitePool>,
    headers: HeaderMap,
    Json(new): Json<NewMessage>,
) -> Result<(StatusCode, Json<Message>), Failure> {
    let token = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let token = token.and_then(|value| value.strip_prefix("Bearer ")).unwrap_or_default();
    let secret = Secret::parse(token).map_err(failure)?;
    let message = store(&pool, &secret, new.text).await.map_err(failure)?;
    Ok((StatusCode::CREATED, Json(message)))
}

fn failure(error: impl std::fmt::Display) -> Failure {
    (StatusCode::INTERNAL_SERVER_ERROR, error.to_string())
}

async fn store(pool: &SqlitePool, secret: &Secret, text: String) -> Result<Message, sqlx::Error> {
    let now = Clock::System.now();
    let mut tx = pool.begin_with("begin immediate").await?;
    let row = sqlx::query(
        "select p.id, p.session_id, p.display_name from tokens t join participants p on p.id = t.participant_id
         where t.hash = $1 and t.revoked_at is null and p.left_at is null",
    )
    .bind(secret.hash().as_bytes().as_slice())
    .fetch_one(&mut *tx)
    .await?;
    let id = parsed(&row.get::<String, _>(0))?;
    let session: SessionId = parsed(&row.get::<String, _>(1))?;
    let participant = Participant {
        id,
        shared_session_id: session,
        user_id: UserRef::Guest(id),
        label: None,
        display_name: row.get(2),
        role: Role::Collaborator,
        can_decide: false,
        joined_at: now,
        left_at: None,
        left_reason: None,
        online: false,
    };
    let message = Message {
        id: MessageId::new(),
        shared_session_id: session,
        participant_id: Some(id),
        author_user_id: Some(participant.user_id),
        kind: MessageKind::Comment,
        text,
        created_at: now,
        approval_id: None,
        reply_to: None,
        anchor: None,
    };
    sqlx::query(
        "insert into messages (id, session_id, participant_id, author_user_id, kind, text, created_at)
         values ($1, $2, $3, $4, 'comment', $5, $6)",
    )
    .bind(message.id.to_string())
    .bind(session.to_string())
    .bind(id.to_string())
    .bind(participant.user_id.to_string())
    .bind(&message.text)
    .bind(now.to_string())
    .execute(&mut *tx)
    .await?;
    let row = sqlx::query("select last_seq, head_chain from sessions where id = $1")
        .bind(session.to_string())
        .fetch_one(&mut *tx)
        .await?;
    let seq = row.get::<i64, _>(0) + 1;
    let head = Chain::try_from(row.get::<Vec<u8>, _>(1).as_slice()).map_err(decode)?;
    let body = EventBody::MessageCreated { message: message.clone(), participant };
    let payload = serde_json::to_string(&body).map_err(decode)?;
    let chain = link(&head, seq, &now.to_string(), body.kind(), &payload);
    sqlx::query(
        "insert into events (session_id, seq, at, type, payload, chain) values ($1, $2, $3, $4, $5, $6)",
    )
    .bind(session.to_string())
    .bind(seq)
    .bind(now.to_string())
    .bind(body.kind())
    .bind(payload)
    .bind(chain.as_slice())
    .execute(&mut *tx)
    .await?;
    tx.commit().await?;
    Ok(message)
}

fn parsed<T: std::str::FromStr>(text: &str) -> Result<T, sqlx::Error>
where
    T::Err: std::error::Error + Send + Sync + 'static,
{
    text.parse().map_err(decode)
}

fn decode(error: impl std::error::Error + Send + Sync + 'static) -> sqlx::Error {
    sqlx::Error::Decode(Box::new(error))
}
