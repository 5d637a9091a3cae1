//! Everything sealed anew with the key that seals now: after that the old one is not needed any more.

use sqlx::{Row, any::AnyRow};

use super::{Store, failure::Failure, seal::row_name};
use crate::model::Error;

/// A column that is sealed.
struct Sealed {
    table: &'static str,
    column: &'static str,
    /// Reads what is sealed, and then the columns that tell its row from the others.
    read: &'static str,
    /// Writes `$1` in place of `$2`, in the row that the others tell.
    write: &'static str,
}

/// All of them.
const SEALED: &[Sealed] = &[
    Sealed {
        table: "access_keys",
        column: "secret",
        read: "SELECT secret, id, provider, version FROM access_keys",
        write: "UPDATE access_keys SET secret = $1 WHERE secret = $2 AND id = $3 AND provider = $4 AND version = $5",
    },
    Sealed {
        table: "access_keys",
        column: "password",
        read: "SELECT password, id, provider, version FROM access_keys",
        write: "UPDATE access_keys SET password = $1 WHERE password = $2 AND id = $3 AND provider = $4 \
                AND version = $5",
    },
    Sealed {
        table: "jobs",
        column: "password",
        read: "SELECT password, provider, subject, generation FROM jobs WHERE state = 'pending'",
        write: "UPDATE jobs SET password = $1 WHERE password = $2 AND provider = $3 AND subject = $4 \
                AND generation = $5",
    },
    Sealed {
        table: "notes",
        column: "value",
        read: "SELECT value, account, kind, id, name FROM notes WHERE sealed = 1",
        write: "UPDATE notes SET value = $1 WHERE value = $2 AND account = $3 AND kind = $4 AND id = $5 AND name = $6",
    },
];

impl Store {
    /// Seals anew what was not sealed with the first key; says how many secrets that were. It may be done while gateways
    /// run that have both keys.
    ///
    /// # Errors
    /// `Internal` when a secret cannot be opened; `Unavailable` when the store cannot be used.
    pub async fn reseal(&self) -> Result<usize, Error> {
        let mut resealed = 0;
        for sealed in SEALED {
            for row in
                self.run(async { Ok(sqlx::query(sealed.read).fetch_all(self.reader()).await?) }).await?
            {
                resealed += usize::from(self.run(self.reseal_one(sealed, &row)).await?);
            }
        }
        Ok(resealed)
    }

    async fn reseal_one(&self, sealed: &Sealed, row: &AnyRow) -> Result<bool, Failure> {
        let old: String = row.try_get(0)?;
        if self.0.keys.is_current(&old) {
            return Ok(false);
        }
        let key = (1..row.len()).map(|column| row.try_get(column)).collect::<sqlx::Result<Vec<String>>>()?;
        let name = row_name(sealed.table, sealed.column, &key.iter().map(String::as_str).collect::<Vec<_>>());
        let new = self.0.keys.seal(&self.0.keys.open(&old, &name)?, &name)?;
        let write = sqlx::query(sealed.write).bind(new).bind(old);
        let write = key.iter().fold(write, |write, part| write.bind(part));
        Ok(write.execute(self.writer()).await?.rows_affected() > 0)
    }
}
