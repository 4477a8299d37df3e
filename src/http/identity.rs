//! Setup, login, accounts and tokens.

use axum::{
    Json,
    extract::State,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    Web,
    auth::Auth,
    cookie,
    error::replayed,
    extract::{Body, Empty, Page, Path, Query},
    limits::Client,
};
use crate::{
    app::{Browser, Me, NewToken, NewUser, SignedIn, UserChanges},
    domain::{Password, Secret, Token, TokenId, User, UserId},
    error::{Code, Result},
};

pub(super) fn routes() -> OpenApiRouter<Web> {
    OpenApiRouter::new()
        .routes(routes!(setup))
        .routes(routes!(login))
        .routes(routes!(logout))
        .routes(routes!(me))
        .routes(routes!(users, create_user))
        .routes(routes!(update_user))
        .routes(routes!(tokens, create_token))
        .routes(routes!(revoke_token))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct SetupRequest {
    /// The secret of the setup link.
    secret: String,
    /// What the admin is called.
    name: String,
    /// A password to sign in with on other devices; 8 characters at least.
    password: Option<Password>,
}

#[derive(Deserialize, ToSchema)]
#[serde(untagged)]
enum LoginRequest {
    Token(TokenLogin),
    Password(PasswordLogin),
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct TokenLogin {
    /// A user token of scope full.
    token: String,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct PasswordLogin {
    /// What the others call me, in capitals or not.
    name: String,
    /// My password.
    password: Password,
}

#[derive(Serialize, ToSchema)]
struct UserAnswer {
    user: User,
}

#[derive(Serialize, ToSchema)]
struct NewUserAnswer {
    user: User,
    /// Their first token; shown this once.
    token: String,
}

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct UserList {
    users: Vec<User>,
    next_cursor: Option<String>,
}

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct TokenList {
    tokens: Vec<Token>,
    next_cursor: Option<String>,
}

#[derive(Serialize, ToSchema)]
struct NewTokenAnswer {
    token: Token,
    /// The token itself; shown this once.
    secret: String,
}

/// Sign in by the one-time setup link; on a new server this makes the first admin.
#[utoipa::path(post, path = "/api/setup", operation_id = "setUp", tag = "identity", security(()), request_body = SetupRequest,
    responses((status = 200, body = UserAnswer)))]
async fn setup(
    State(web): State<Web>,
    client: Client,
    headers: HeaderMap,
    body: Body<SetupRequest>,
) -> Result<Response> {
    let setup = async {
        let secret = Secret::parse(body.value.secret.trim())?;
        let (browser, SetupRequest { name, password, .. }) = (browser(&web, &headers), body.value);
        web.app.setup(&secret, &name, password, browser).await
    };
    with_cookie(&web, web.limits.login(client, web.app.now(), Code::Unauthenticated, setup).await?)
}

/// Sign a browser in by a user token, or by name and password.
#[utoipa::path(post, path = "/api/login", operation_id = "signIn", tag = "identity", security(()), request_body = LoginRequest,
    responses((status = 200, body = UserAnswer)))]
async fn login(
    State(web): State<Web>,
    client: Client,
    headers: HeaderMap,
    body: Body<LoginRequest>,
) -> Result<Response> {
    let browser = browser(&web, &headers);
    let login = async {
        match body.value {
            LoginRequest::Token(TokenLogin { token }) => {
                web.app.login(&Secret::parse(token.trim())?, browser).await
            }
            LoginRequest::Password(PasswordLogin { name, password }) => {
                web.app.login_by_password(&name, password, browser).await
            }
        }
    };
    with_cookie(&web, web.limits.login(client, web.app.now(), Code::Unauthenticated, login).await?)
}

fn browser(web: &Web, headers: &HeaderMap) -> Browser {
    Browser { device: device(headers), former: cookie::secret(&web.settings, headers) }
}

fn with_cookie(web: &Web, signed_in: SignedIn) -> Result<Response> {
    let mut answer = Json(UserAnswer { user: signed_in.user }).into_response();
    answer.headers_mut().insert(header::SET_COOKIE, cookie::set(&web.settings, &signed_in.cookie)?);
    Ok(answer)
}

/// Sign this browser out.
#[utoipa::path(post, path = "/api/logout", operation_id = "signOut", tag = "identity", request_body = Empty,
    responses((status = 204)))]
async fn logout(State(web): State<Web>, auth: Auth, _body: Body<Empty>) -> Result<Response> {
    web.app.logout(&auth.caller).await?;
    let mut answer = StatusCode::NO_CONTENT.into_response();
    answer.headers_mut().insert(header::SET_COOKIE, cookie::clear(&web.settings)?);
    Ok(answer)
}

/// Who am I?
#[utoipa::path(get, path = "/api/me", operation_id = "getMe", tag = "identity",
    responses((status = 200, body = Me)))]
async fn me(State(web): State<Web>, auth: Auth) -> Json<Me> {
    Json(web.app.me(&auth.caller))
}

/// Accounts, oldest first.
#[utoipa::path(get, path = "/api/users", operation_id = "listUsers", tag = "identity", params(Page),
    responses((status = 200, body = UserList)))]
async fn users(
    State(web): State<Web>,
    auth: Auth,
    Query(query): Query<Page>,
) -> Result<Json<UserList>> {
    let (after, limit) = query.bounds()?;
    let page = web.app.users(&auth.caller, after, limit).await?;
    let next_cursor = page.next_cursor.map(|cursor| cursor.to_string());
    Ok(Json(UserList { users: page.items, next_cursor }))
}

/// Add an account, with a first token.
#[utoipa::path(post, path = "/api/users", operation_id = "createUser", tag = "identity", request_body = NewUser,
    responses((status = 201, body = NewUserAnswer)))]
async fn create_user(State(web): State<Web>, auth: Auth, body: Body<NewUser>) -> Result<Response> {
    let key = body.key(&auth.caller)?;
    let made = web.app.create_user(&auth.caller, body.value, key).await?;
    let (user, secret) = made.value;
    let answer = NewUserAnswer { user, token: secret.expose().to_owned() };
    Ok(replayed(made.replayed, (StatusCode::CREATED, Json(answer))))
}

/// Change an account: whether they are an admin, whether they may sign in, their password.
#[utoipa::path(patch, path = "/api/users/{id}", operation_id = "updateUser", tag = "identity", params(("id" = UserId, Path)),
    request_body = UserChanges,
    responses((status = 200, body = UserAnswer)))]
async fn update_user(
    State(web): State<Web>,
    auth: Auth,
    Path(id): Path<UserId>,
    body: Body<UserChanges>,
) -> Result<Json<UserAnswer>> {
    Ok(Json(UserAnswer { user: web.app.update_user(&auth.caller, id, body.value).await? }))
}

/// My tokens, newest first.
#[utoipa::path(get, path = "/api/tokens", operation_id = "listTokens", tag = "identity", params(Page),
    responses((status = 200, body = TokenList)))]
async fn tokens(
    State(web): State<Web>,
    auth: Auth,
    Query(query): Query<Page>,
) -> Result<Json<TokenList>> {
    let (before, limit) = query.bounds()?;
    let page = web.app.tokens(&auth.caller, before, limit).await?;
    let next_cursor = page.next_cursor.map(|cursor| cursor.to_string());
    Ok(Json(TokenList { tokens: page.items, next_cursor }))
}

/// Make a token.
#[utoipa::path(post, path = "/api/tokens", operation_id = "createToken", tag = "identity", request_body = NewToken,
    responses((status = 201, body = NewTokenAnswer)))]
async fn create_token(
    State(web): State<Web>,
    auth: Auth,
    body: Body<NewToken>,
) -> Result<Response> {
    let key = body.key(&auth.caller)?;
    let made = web.app.create_token(&auth.caller, body.value, key).await?;
    let (token, secret) = made.value;
    let answer = NewTokenAnswer { token, secret: secret.expose().to_owned() };
    Ok(replayed(made.replayed, (StatusCode::CREATED, Json(answer))))
}

/// End a token.
#[utoipa::path(delete, path = "/api/tokens/{id}", operation_id = "revokeToken", tag = "identity", params(("id" = TokenId, Path)),
    responses((status = 204)))]
async fn revoke_token(
    State(web): State<Web>,
    auth: Auth,
    Path(id): Path<TokenId>,
) -> Result<StatusCode> {
    web.app.revoke_token(&auth.caller, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The browser, as people would say it: the beginning of what it says of itself.
pub(super) fn device(headers: &HeaderMap) -> Option<String> {
    let agent = headers.get(header::USER_AGENT)?.to_str().ok()?;
    Some(agent.chars().take(120).collect())
}
