//! What has expired goes.

use sqlx::Row;

use super::{Store, jobs::MOST_GONE};
use crate::model::Error;

/// What is deleted once it has expired at the moment `$1`.
const EXPIRED: &[&str] = &[
    "DELETE FROM access_keys WHERE expires <> 0 AND expires <= $1",
    "DELETE FROM client_tokens WHERE expires <= $1",
    "DELETE FROM jobs WHERE state <> 'pending' AND expires <= $1",
];
/// The providers of which more than `$1` things are shown that are gone.
const TOO_MANY: &str =
    "SELECT provider FROM jobs WHERE state = 'gone' GROUP BY provider HAVING count(*) > $1";
/// All of these but the last `$2` that went.
const OLDEST: &str = "DELETE FROM jobs WHERE provider = $1 AND state = 'gone' AND created <= (SELECT created \
    FROM jobs WHERE provider = $1 AND state = 'gone' ORDER BY created DESC LIMIT 1 OFFSET $2)";

impl Store {
    /// Deletes what has expired. To be done every few minutes; several gateways may do it at once.
    ///
    /// # Errors
    /// `Unavailable` when the store cannot be used.
    pub async fn keep_house(&self) -> Result<(), Error> {
        self.set_clock().await?;
        self.run(async {
            for statement in EXPIRED {
                sqlx::query(*statement).bind(self.0.clock.now()).execute(self.writer()).await?;
            }
            for row in sqlx::query(TOO_MANY).bind(MOST_GONE).fetch_all(self.reader()).await? {
                let provider: String = row.try_get(0)?;
                sqlx::query(OLDEST).bind(provider).bind(MOST_GONE).execute(self.writer()).await?;
            }
            Ok(())
        })
        .await
    }
}
