//! Client tokens: what makes a request that is sent again the same request.

use std::time::Duration;

use sqlx::Row;

use super::{Account, Store};
use crate::model::{Error, ErrorKind, Id};

/// How long a token is remembered: as EC2 does.
const REMEMBERED: Duration = Duration::from_secs(24 * 3600);
/// How often is looked again when what was there is gone at the second look.
const LOOKS: usize = 3;

/// What is known of a token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Claimed {
    /// Nothing was done for it: it is to be done now, and then [settled](Store::settle) or [released](Store::release).
    Mine,
    /// It was done, and these came of it.
    Done(Vec<Id>),
    /// It is being done, by this gateway or another.
    Running,
    /// It was used for another request.
    Mismatch,
}

impl Store {
    /// Takes on what a client asks for under `token`; `fingerprint` tells what that is. What a gateway has taken on and not
    /// settled within the store's lease, it died of: the next one may.
    ///
    /// # Errors
    /// `Unavailable` when the store cannot be used.
    pub async fn claim(
        &self,
        account: &Account,
        action: &str,
        token: &str,
        fingerprint: [u8; 32],
    ) -> Result<Claimed, Error> {
        let fingerprint: String = fingerprint.iter().map(|byte| format!("{byte:02x}")).collect();
        self.run(async {
            for _ in 0..LOOKS {
                let now = self.0.clock.now();
                let claim = sqlx::query(
                    "INSERT INTO client_tokens (account, action, token, fingerprint, ids, owner, lease_until, expires) \
                     VALUES ($1, $2, $3, $4, '', $5, $6, $7) ON CONFLICT (account, action, token) DO UPDATE SET \
                     fingerprint = excluded.fingerprint, ids = '', owner = excluded.owner, \
                     lease_until = excluded.lease_until, expires = excluded.expires \
                     WHERE client_tokens.expires <= $8 OR (client_tokens.ids = '' AND client_tokens.lease_until <= $8 \
                     AND client_tokens.fingerprint = excluded.fingerprint)",
                );
                let claim = claim.bind(&account.0).bind(action).bind(token).bind(&fingerprint).bind(&self.0.owner);
                let claim = claim.bind(after(now, self.0.lease)).bind(after(now, REMEMBERED)).bind(now);
                if claim.execute(self.writer()).await?.rows_affected() > 0 {
                    return Ok(Claimed::Mine);
                }
                let known = sqlx::query(
                    "SELECT fingerprint, ids FROM client_tokens WHERE account = $1 AND action = $2 AND token = $3",
                );
                let known = known.bind(&account.0).bind(action).bind(token).fetch_optional(self.reader()).await?;
                let Some(known) = known else { continue };
                if known.try_get::<String, _>(0)? != fingerprint {
                    return Ok(Claimed::Mismatch);
                }
                let ids: String = known.try_get(1)?;
                return Ok(if ids.is_empty() { Claimed::Running } else { Claimed::Done(read(&ids)?) });
            }
            Ok(Claimed::Running)
        })
        .await
    }

    /// Remembers for a day what came of the request that was claimed.
    ///
    /// # Errors
    /// `Unavailable` when the store cannot be used.
    pub async fn settle(
        &self,
        account: &Account,
        action: &str,
        token: &str,
        ids: &[Id],
    ) -> Result<(), Error> {
        let ids: Vec<&str> = ids.iter().map(Id::as_str).collect();
        let ids = serde_json::to_string(&ids).map_err(|error| unreadable().with_source(error))?;
        self.run(async {
            let settle = sqlx::query(
                "UPDATE client_tokens SET ids = $1 WHERE account = $2 AND action = $3 AND token = $4 AND owner = $5",
            );
            let settle = settle.bind(ids).bind(&account.0).bind(action).bind(token).bind(&self.0.owner);
            settle.execute(self.writer()).await?;
            Ok(())
        })
        .await
    }

    /// Forgets a request that was claimed and had no effect: it may be sent again.
    ///
    /// # Errors
    /// `Unavailable` when the store cannot be used.
    pub async fn release(&self, account: &Account, action: &str, token: &str) -> Result<(), Error> {
        self.run(async {
            let release = sqlx::query(
                "DELETE FROM client_tokens WHERE account = $1 AND action = $2 AND token = $3 AND owner = $4 AND ids = ''",
            );
            let release = release.bind(&account.0).bind(action).bind(token).bind(&self.0.owner);
            release.execute(self.writer()).await?;
            Ok(())
        })
        .await
    }
}

/// The moment so long after `now`, both in microseconds since 1970.
pub(super) fn after(now: i64, time: Duration) -> i64 {
    now.saturating_add(i64::try_from(time.as_micros()).unwrap_or(i64::MAX))
}

fn read(ids: &str) -> Result<Vec<Id>, Error> {
    let ids: Vec<String> = serde_json::from_str(ids).map_err(|error| unreadable().with_source(error))?;
    Ok(ids.into_iter().map(Id::from).collect())
}

fn unreadable() -> Error {
    Error::new(ErrorKind::Internal, "what came of a request cannot be read or written")
}
