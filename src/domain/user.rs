//! People with an account, their tokens and their signed-in browsers.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{LoginId, Timestamp, TokenId, UserId};

/// A person with an account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct User {
    /// Identifier.
    pub id: UserId,
    /// What the others call them; unique, without regard to case.
    pub name: String,
    /// May read everything and manage users; is not host of anything because of it.
    pub admin: bool,
    /// When the account was made.
    pub created_at: Timestamp,
    /// Since when they may no longer sign in.
    pub disabled_at: Option<Timestamp>,
}

/// What a token may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// Everything its owner may.
    Full,
    /// Run agents and ask for approvals; never decide.
    Host,
    /// Read.
    Read,
}

/// A token of a user, without its secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Token {
    /// Identifier, which is no secret.
    pub id: TokenId,
    /// What its owner calls it.
    pub name: Option<String>,
    /// What it may do.
    pub scope: Scope,
    /// When it was made.
    pub created_at: Timestamp,
    /// Not valid from then on.
    pub expires_at: Option<Timestamp>,
    /// When it was used last, to five minutes.
    pub last_used_at: Option<Timestamp>,
    /// Not valid since then.
    pub revoked_at: Option<Timestamp>,
}

/// A browser that is signed in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Device {
    /// Identifier of the login, which is no secret.
    pub id: LoginId,
    /// The browser, as it says of itself.
    pub device: Option<String>,
    /// When it signed in.
    pub created_at: Timestamp,
    /// Signed out from then on.
    pub expires_at: Timestamp,
    /// When it was used last, to five minutes.
    pub last_used_at: Option<Timestamp>,
    /// Whether it is the one that asks.
    pub current: bool,
}
