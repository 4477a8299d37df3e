//! Teaches sqlx the domain's types, so the domain need not know sqlx: ids, times and words are text, whole values JSON text.
//!
//! Generic over the database: a second backend gets these for free.

use std::{borrow::Cow, str::FromStr};

use serde::{Serialize, de::DeserializeOwned};
use sqlx::{Database, Decode, Encode, Type, encode::IsNull, error::BoxDynError};

use crate::domain::{
    AgentId, AgentSessionId, AgentSessionStatus, AgentState, ApprovalId, ApprovalKind,
    ApprovalStatus, ArtifactDecision, Channel, DispatchId, DispatchState, DraftId, HostEventId,
    HostId, InstanceId, InviteId, LeftReason, Life, LoginId, MessageId, MessageKind, Mode,
    ParticipantId, RequestId, Role, Scope, SessionId, SessionStatus, SuggestionId, Timestamp,
    TokenId, UserId, UserRef, Verdict,
};

/// Stores a type as text, with the given functions.
macro_rules! as_text {
    ($($encode:ident, $decode:ident: $($ty:ty),* $(,)?;)*) => {$($(
        impl<DB: Database> Type<DB> for $ty where String: Type<DB> {
            fn type_info() -> DB::TypeInfo { String::type_info() }
            fn compatible(ty: &DB::TypeInfo) -> bool { String::compatible(ty) }
        }
        impl<'q, DB: Database> Encode<'q, DB> for $ty where String: Encode<'q, DB> {
            fn encode_by_ref(&self, buf: &mut DB::ArgumentBuffer) -> Result<IsNull, BoxDynError> {
                $encode(self)?.encode(buf)
            }
        }
        impl<'r, DB: Database> Decode<'r, DB> for $ty where Cow<'r, str>: Decode<'r, DB> {
            fn decode(value: DB::ValueRef<'r>) -> Result<Self, BoxDynError> {
                $decode(&Cow::<'r, str>::decode(value)?)
            }
        }
    )*)*};
}

as_text! {
    display, parse: UserId, TokenId, LoginId, SessionId, ParticipantId, InviteId, MessageId, ApprovalId, SuggestionId,
        DispatchId, DraftId, AgentSessionId, AgentId, HostId, InstanceId, RequestId, HostEventId, UserRef, Timestamp;
    to_word, from_word: Mode, Role, SessionStatus, LeftReason, Scope, MessageKind, ApprovalKind, ApprovalStatus, Verdict,
        DispatchState, Life, AgentSessionStatus, AgentState, Channel, ArtifactDecision;
}

#[expect(clippy::unnecessary_wraps, reason = "same shape as to_word")]
fn display(id: &impl ToString) -> Result<String, BoxDynError> {
    Ok(id.to_string())
}

fn parse<T: FromStr<Err: Into<BoxDynError>>>(s: &str) -> Result<T, BoxDynError> {
    s.parse().map_err(Into::into)
}

/// The word serde gives a fieldless variant: the spelling in the API and in the database are one.
fn to_word(variant: &impl Serialize) -> Result<String, BoxDynError> {
    match serde_json::to_value(variant)? {
        serde_json::Value::String(word) => Ok(word),
        other => Err(format!("not a word: {other}").into()),
    }
}

fn from_word<T: DeserializeOwned>(word: &str) -> Result<T, BoxDynError> {
    use serde::de::{IntoDeserializer, value::StrDeserializer};
    let word: StrDeserializer<'_, serde::de::value::Error> = word.into_deserializer();
    Ok(T::deserialize(word)?)
}

/// A value that is stored as JSON text.
#[derive(Debug, Clone)]
pub(super) struct Json<T>(pub(super) T);

impl<DB: Database, T> Type<DB> for Json<T>
where
    String: Type<DB>,
{
    fn type_info() -> DB::TypeInfo {
        String::type_info()
    }

    fn compatible(ty: &DB::TypeInfo) -> bool {
        String::compatible(ty)
    }
}

impl<'q, DB: Database, T: Serialize> Encode<'q, DB> for Json<T>
where
    String: Encode<'q, DB>,
{
    fn encode_by_ref(&self, buf: &mut DB::ArgumentBuffer) -> Result<IsNull, BoxDynError> {
        serde_json::to_string(&self.0)?.encode(buf)
    }
}

impl<'r, DB: Database, T: DeserializeOwned> Decode<'r, DB> for Json<T>
where
    Cow<'r, str>: Decode<'r, DB>,
{
    fn decode(value: DB::ValueRef<'r>) -> Result<Self, BoxDynError> {
        Ok(Self(serde_json::from_str(&Cow::<'r, str>::decode(value)?)?))
    }
}
