//! People with an account.

use super::{Reads, Tx};
use crate::{
    domain::{Timestamp, User, UserId},
    error::Result,
};

impl Tx {
    /// Adds an account. `local`: it stands for the person at this machine until setup gives it a name.
    pub async fn insert_user(&mut self, user: &User, local: bool) -> Result<()> {
        sqlx::query!(
            "insert into users (id, name, admin, local, created_at) values ($1, $2, $3, $4, $5)",
            user.id,
            user.name,
            user.admin,
            local,
            user.created_at,
        )
        .execute(self.conn())
        .await?;
        Ok(())
    }

    /// Names the account that stood for the person at this machine.
    pub async fn name_local_user(&mut self, id: UserId, name: &str) -> Result<()> {
        sqlx::query!("update users set name = $2, local = 0 where id = $1", id, name)
            .execute(self.conn())
            .await?;
        Ok(())
    }

    /// Stores whether somebody is an admin, and since when they may not sign in.
    pub async fn update_user(&mut self, it: &User) -> Result<()> {
        sqlx::query!(
            "update users set admin = $2, disabled_at = $3 where id = $1",
            it.id,
            it.admin,
            it.disabled_at,
        )
        .execute(self.conn())
        .await?;
        Ok(())
    }

    /// Stores the hash of somebody's password.
    pub async fn set_password(&mut self, id: UserId, hash: &str) -> Result<()> {
        sqlx::query!("update users set password_hash = $2 where id = $1", id, hash)
            .execute(self.conn())
            .await?;
        Ok(())
    }
}

impl Reads {
    /// The hash of somebody's password, if they have one.
    pub async fn password_hash(&mut self, id: UserId) -> Result<Option<String>> {
        let hash = sqlx::query_scalar!("select password_hash from users where id = $1", id);
        Ok(hash.fetch_optional(self.conn()).await?.flatten())
    }

    /// Whether anybody else may sign in as admin.
    pub async fn has_other_admin(&mut self, id: UserId) -> Result<bool> {
        let others = sqlx::query_scalar!(
            "select count(*) from users where admin = 1 and disabled_at is null and id <> $1",
            id,
        );
        Ok(others.fetch_one(self.conn()).await? > 0)
    }

    /// An account.
    pub async fn user(&mut self, id: UserId) -> Result<Option<User>> {
        let user = sqlx::query_as!(
            User,
            r#"select id as "id: UserId", name, admin as "admin: bool", created_at as "created_at: Timestamp",
                      disabled_at as "disabled_at: Timestamp"
               from users where id = $1"#,
            id,
        );
        Ok(user.fetch_optional(self.conn()).await?)
    }

    /// The account of that name, without regard to case.
    pub async fn user_named(&mut self, name: &str) -> Result<Option<User>> {
        let user = sqlx::query_as!(
            User,
            r#"select id as "id: UserId", name, admin as "admin: bool", created_at as "created_at: Timestamp",
                      disabled_at as "disabled_at: Timestamp"
               from users where name = $1"#,
            name,
        );
        Ok(user.fetch_optional(self.conn()).await?)
    }

    /// The oldest account that may still sign in as admin: whom the socket stands for.
    pub async fn first_admin(&mut self) -> Result<Option<User>> {
        let user = sqlx::query_as!(
            User,
            r#"select id as "id: UserId", name, admin as "admin: bool", created_at as "created_at: Timestamp",
                      disabled_at as "disabled_at: Timestamp"
               from users where admin = 1 and disabled_at is null order by n limit 1"#,
        );
        Ok(user.fetch_optional(self.conn()).await?)
    }

    /// Accounts, oldest first, each with its cursor.
    pub async fn users(&mut self, after: Option<i64>, limit: i64) -> Result<Vec<(i64, User)>> {
        let after = after.unwrap_or(0);
        let rows = sqlx::query!(
            r#"select n, id as "id: UserId", name, admin as "admin: bool", created_at as "created_at: Timestamp",
                      disabled_at as "disabled_at: Timestamp"
               from users where n > $1 order by n limit $2"#,
            after,
            limit,
        )
        .fetch_all(self.conn())
        .await?;
        Ok(rows
            .into_iter()
            .map(|row| {
                let user = User {
                    id: row.id,
                    name: row.name,
                    admin: row.admin,
                    created_at: row.created_at,
                    disabled_at: row.disabled_at,
                };
                (row.n, user)
            })
            .collect())
    }

    /// Whether somebody has set this server up: an account that does not merely stand for this machine.
    pub async fn is_set_up(&mut self) -> Result<bool> {
        let found = sqlx::query_scalar!("select count(*) from users where local = 0 and admin = 1");
        Ok(found.fetch_one(self.conn()).await? > 0)
    }

    /// The account that stands for the person at this machine until setup gives it a name.
    pub async fn local_user(&mut self) -> Result<Option<UserId>> {
        let id =
            sqlx::query_scalar!(r#"select id as "id: UserId" from users where local = 1 limit 1"#);
        Ok(id.fetch_optional(self.conn()).await?)
    }
}
