//! People in a session, and the seat from which somebody acts.

use super::{Reads, Tx, codec::Json, rows};
use crate::{
    domain::{
        AgentSessionId, InviteId, LeftReason, Mode, Participant, ParticipantId, Role, Seq, Session,
        SessionId, SessionStatus, Timestamp, UserId, UserRef,
    },
    error::{Code, Result},
};

/// A participant in their session: the seat from which somebody acts.
#[derive(Debug, Clone)]
pub struct Seat {
    /// The session.
    pub session: Session,
    /// Who.
    pub participant: Participant,
}

impl Tx {
    /// Adds a participant.
    pub async fn insert_participant(
        &mut self,
        new: &Participant,
        invite: Option<InviteId>,
    ) -> Result<()> {
        let user = match new.user_id {
            UserRef::User(id) => Some(id),
            UserRef::Guest(_) => None,
        };
        sqlx::query!(
            "insert into participants (id, session_id, user_id, label, display_name, role, can_decide, invite_id, joined_at)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
            new.id,
            new.shared_session_id,
            user,
            new.label,
            new.display_name,
            new.role,
            new.can_decide,
            invite,
            new.joined_at,
        )
        .execute(self.conn())
        .await?;
        Ok(())
    }

    /// Stores what somebody is and may do now.
    pub async fn update_participant(&mut self, it: &Participant) -> Result<()> {
        sqlx::query!(
            "update participants set role = $2, can_decide = $3 where id = $1",
            it.id,
            it.role,
            it.can_decide,
        )
        .execute(self.conn())
        .await?;
        Ok(())
    }

    /// Notes that somebody no longer takes part. The event that says so comes next, and is the last one they may read.
    pub async fn leave(&mut self, participant: &mut Participant, reason: LeftReason) -> Result<()> {
        let (now, seq) = (self.now(), self.head(participant.shared_session_id).await?.0 + 1);
        sqlx::query!(
            "update participants set left_at = $2, left_reason = $3, left_seq = $4 where id = $1 and left_at is null",
            participant.id,
            now,
            reason,
            seq,
        )
        .execute(self.conn())
        .await?;
        participant.left_at = Some(now);
        participant.left_reason = Some(reason);
        Ok(())
    }
}

impl Reads {
    /// A participant of a session, with the session.
    ///
    /// # Errors
    /// `SESSION_NOT_FOUND` when they are not of this session.
    pub async fn seat(&mut self, session: SessionId, participant: ParticipantId) -> Result<Seat> {
        let row = sqlx::query!(
            r#"select s.id as "id: SessionId", s.workspace_id, s.title, s.host_user_id,
                      s.agent_session_id as "agent_session_id: AgentSessionId", s.mode as "mode: Mode",
                      s.status as "status: SessionStatus", s.created_at as "created_at: Timestamp",
                      s.expires_at as "expires_at: Timestamp", s.closed_at as "closed_at: Timestamp", s.last_seq,
                      p.id as "participant: ParticipantId", p.user_id as "user_id: UserId", p.label, p.display_name,
                      p.role as "role: Role", p.can_decide as "can_decide: bool", p.joined_at as "joined_at: Timestamp",
                      p.left_at as "left_at: Timestamp", p.left_reason as "left_reason: LeftReason"
               from participants p join sessions s on s.id = p.session_id
               where p.id = $1 and s.id = $2"#,
            participant,
            session,
        )
        .fetch_optional(self.conn())
        .await?
        .ok_or(Code::SessionNotFound)?;
        let last_seq = self.last_seq(row.id, row.last_seq);
        Ok(Seat {
            session: rows::session!(row, last_seq),
            participant: rows::participant!(row, row.participant, row.id),
        })
    }

    /// The seat of a user in a session: the one they hold, else the newest they held.
    pub async fn seat_of_user(
        &mut self,
        session: SessionId,
        user: UserId,
    ) -> Result<Option<ParticipantId>> {
        let found = sqlx::query_scalar!(
            r#"select id as "id: ParticipantId" from participants where session_id = $1 and user_id = $2
               order by left_at is not null, n desc limit 1"#,
            session,
            user,
        );
        Ok(found.fetch_optional(self.conn()).await?)
    }

    /// The seats that the person on this one holds or held in its session: by the same account, or in the same browser.
    pub async fn seats_of_same_person(
        &mut self,
        participant: ParticipantId,
    ) -> Result<Vec<ParticipantId>> {
        let found = sqlx::query_scalar!(
            r#"select o.id as "id: ParticipantId" from participants p join participants o on o.session_id = p.session_id
               where p.id = $1 and (o.id = p.id or o.user_id = p.user_id or exists (
                   select 1 from login_seats one join login_seats other on other.login_id = one.login_id
                   where one.participant_id = p.id and other.participant_id = o.id))"#,
            participant,
        );
        Ok(found.fetch_all(self.conn()).await?)
    }

    /// The last event that somebody may read who no longer takes part, though the session may go on.
    pub async fn left_seq(&mut self, participant: ParticipantId) -> Result<Option<Seq>> {
        let seq = sqlx::query_scalar!(
            r#"select case when left_reason <> 'ended' then coalesce(left_seq, 0) end as "seq: Seq"
               from participants where id = $1"#,
            participant,
        );
        Ok(seq.fetch_optional(self.conn()).await?.flatten())
    }

    /// The sessions in which a user, or one of these participants, may decide about something.
    pub async fn deciding_in(
        &mut self,
        user: Option<UserId>,
        participants: &[ParticipantId],
    ) -> Result<Vec<SessionId>> {
        let participants = Json(participants);
        let found = sqlx::query_scalar!(
            r#"select session_id as "id: SessionId" from participants
               where n in (select n from participants where user_id = $1 and left_at is null
                           union all select p.n from json_each($2) j join participants p on p.id = j.value)
                 and left_at is null and (role = 'host' or can_decide = 1)"#,
            user,
            participants,
        );
        Ok(found.fetch_all(self.conn()).await?)
    }

    /// Who takes part, or did when the session ended, and the newest of those who went before: at most `limit`, in order
    /// of joining.
    pub async fn participants(
        &mut self,
        session: SessionId,
        limit: i64,
    ) -> Result<Vec<Participant>> {
        let rows = sqlx::query!(
            r#"select id as "id: ParticipantId", user_id as "user_id: UserId", label, display_name, role as "role: Role",
                      can_decide as "can_decide: bool", joined_at as "joined_at: Timestamp",
                      left_at as "left_at: Timestamp", left_reason as "left_reason: LeftReason"
               from participants where n in (
                   select n from participants where session_id = $1
                   order by left_at is not null and left_reason <> 'ended', n desc limit $2)
               order by n"#,
            session,
            limit,
        )
        .fetch_all(self.conn())
        .await?;
        Ok(rows.into_iter().map(|row| rows::participant!(row, row.id, session)).collect())
    }

    /// The invite that somebody came by, if they came by one.
    pub async fn invite_of(&mut self, participant: ParticipantId) -> Result<Option<InviteId>> {
        let invite = sqlx::query_scalar!(
            r#"select invite_id as "invite: InviteId" from participants where id = $1"#,
            participant,
        );
        Ok(invite.fetch_optional(self.conn()).await?.flatten())
    }

    /// The invites that somebody made and nobody has revoked.
    pub async fn invites_made_by(&mut self, participant: ParticipantId) -> Result<Vec<InviteId>> {
        let invites = sqlx::query_scalar!(
            r#"select i.id as "id: InviteId" from participants p
               join invites i on i.session_id = p.session_id and i.created_by = p.id and i.revoked_at is null
               where p.id = $1 order by i.n"#,
            participant,
        );
        Ok(invites.fetch_all(self.conn()).await?)
    }

    /// How many take part.
    pub async fn count_present(&mut self, session: SessionId) -> Result<i64> {
        let present = sqlx::query_scalar!(
            "select count(*) from participants where session_id = $1 and left_at is null",
            session,
        );
        Ok(present.fetch_one(self.conn()).await?)
    }

    /// A participant of a session.
    ///
    /// # Errors
    /// `PARTICIPANT_NOT_FOUND`.
    pub async fn participant(
        &mut self,
        session: SessionId,
        id: ParticipantId,
    ) -> Result<Participant> {
        match self.seat(session, id).await {
            Ok(seat) => Ok(seat.participant),
            Err(error) if error.code == Code::SessionNotFound => {
                Err(Code::ParticipantNotFound.into())
            }
            Err(error) => Err(error),
        }
    }

    /// Whether nobody in the session goes by that name.
    pub async fn is_name_free(&mut self, session: SessionId, name: &str) -> Result<bool> {
        let taken = sqlx::query_scalar!(
            "select count(*) from participants where session_id = $1 and display_name = $2 collate nocase",
            session,
            name,
        );
        Ok(taken.fetch_one(self.conn()).await? == 0)
    }
}
