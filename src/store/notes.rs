//! Notes: small documents that are kept about a cloud's things, by name.

use base64::{Engine, engine::general_purpose::STANDARD as BASE64};
use sqlx::{Row, any::AnyRow};

use super::{Account, Store, failure::Failure, seal::row_name};
use crate::model::{Error, ErrorKind, Id, Kind};

/// The longest note, in bytes.
const NOTE_CAP: usize = 64 << 10;

impl Store {
    /// Keeps `value` about a thing, in place of the note of that name that it had; as a secret where it is to be `sealed`.
    ///
    /// # Errors
    /// `TooLong` above 64 KiB; `Unavailable` when it has to be sealed and there is no key, or the store cannot be used.
    pub async fn put_note(
        &self,
        account: &Account,
        kind: Kind,
        id: &Id,
        name: &str,
        value: &[u8],
        sealed: bool,
    ) -> Result<(), Error> {
        check_length(kind, id, value)?;
        let text = match sealed {
            true => self.0.keys.seal(value, &place(account, kind, id.as_str(), name))?,
            false => BASE64.encode(value),
        };
        self.run(async {
            let mut change = self.change_of(account).await?;
            let put = sqlx::query(
                "INSERT INTO notes (account, kind, id, name, sealed, value) VALUES ($1, $2, $3, $4, $5, $6) \
                 ON CONFLICT (account, kind, id, name) DO UPDATE SET sealed = excluded.sealed, value = excluded.value",
            );
            let put = put.bind(&account.0).bind(kind.to_string()).bind(id.as_str()).bind(name);
            put.bind(i64::from(sealed)).bind(text).execute(&mut *change).await?;
            Ok(change.commit().await?)
        })
        .await
    }

    /// Keeps `value` about a thing of which there is no note of that name yet; says whether there was none.
    ///
    /// # Errors
    /// `TooLong` above 64 KiB; `Unavailable` when the store cannot be used.
    pub async fn add_note(
        &self,
        account: &Account,
        kind: Kind,
        id: &Id,
        name: &str,
        value: &[u8],
    ) -> Result<bool, Error> {
        check_length(kind, id, value)?;
        self.run(async {
            let mut change = self.change_of(account).await?;
            let add = sqlx::query(
                "INSERT INTO notes (account, kind, id, name, sealed, value) VALUES ($1, $2, $3, $4, 0, $5) \
                 ON CONFLICT (account, kind, id, name) DO NOTHING",
            );
            let add = add.bind(&account.0).bind(kind.to_string()).bind(id.as_str()).bind(name);
            let added = add.bind(BASE64.encode(value)).execute(&mut *change).await?.rows_affected() > 0;
            change.commit().await?;
            Ok(added)
        })
        .await
    }

    /// The note of this name about a thing; none when there is none.
    ///
    /// # Errors
    /// `Unavailable` when the store cannot be used; `Internal` when a sealed one cannot be opened.
    pub async fn note(
        &self,
        account: &Account,
        kind: Kind,
        id: &Id,
        name: &str,
    ) -> Result<Option<Vec<u8>>, Error> {
        self.run(async {
            let note = sqlx::query(
                "SELECT id, sealed, value FROM notes WHERE account = $1 AND kind = $2 AND id = $3 AND name = $4",
            );
            let note = note.bind(&account.0).bind(kind.to_string()).bind(id.as_str()).bind(name);
            let row = note.fetch_optional(self.reader()).await?;
            row.map(|row| Ok(self.read_note(account, kind, name, &row)?.1)).transpose()
        })
        .await
    }

    /// The notes of this name about things of a kind, in the order of their ids.
    ///
    /// # Errors
    /// As [`note`](Self::note).
    pub async fn notes(
        &self,
        account: &Account,
        kind: Kind,
        name: &str,
    ) -> Result<Vec<(Id, Vec<u8>)>, Error> {
        self.run(async {
            let notes = sqlx::query(
                "SELECT id, sealed, value FROM notes WHERE account = $1 AND kind = $2 AND name = $3 ORDER BY id",
            );
            let notes = notes.bind(&account.0).bind(kind.to_string()).bind(name);
            let rows = notes.fetch_all(self.reader()).await?;
            rows.iter().map(|row| self.read_note(account, kind, name, row)).collect()
        })
        .await
    }

    /// Forgets the note of this name about a thing; says whether there was one.
    ///
    /// # Errors
    /// `Unavailable` when the store cannot be used.
    pub async fn remove_note(
        &self,
        account: &Account,
        kind: Kind,
        id: &Id,
        name: &str,
    ) -> Result<bool, Error> {
        self.run(async {
            let remove =
                sqlx::query("DELETE FROM notes WHERE account = $1 AND kind = $2 AND id = $3 AND name = $4");
            let remove = remove.bind(&account.0).bind(kind.to_string()).bind(id.as_str()).bind(name);
            Ok(remove.execute(self.writer()).await?.rows_affected() > 0)
        })
        .await
    }

    fn read_note(
        &self,
        account: &Account,
        kind: Kind,
        name: &str,
        row: &AnyRow,
    ) -> Result<(Id, Vec<u8>), Failure> {
        let (id, sealed, text): (String, i64, String) = (row.try_get(0)?, row.try_get(1)?, row.try_get(2)?);
        let value = match sealed {
            0 => BASE64.decode(&text).map_err(|_| Error::new(ErrorKind::Internal, "a note is damaged"))?,
            _ => self.0.keys.open(&text, &place(account, kind, &id, name))?,
        };
        Ok((Id::from(id), value))
    }
}

fn check_length(kind: Kind, id: &Id, value: &[u8]) -> Result<(), Error> {
    if value.len() <= NOTE_CAP {
        return Ok(());
    }
    let message = format!("at most {} KiB can be kept about a {kind}", NOTE_CAP >> 10);
    Err(Error::new(ErrorKind::TooLong, message).about(kind, id.clone()))
}

/// What a sealed note is bound to.
fn place(account: &Account, kind: Kind, id: &str, name: &str) -> String {
    row_name("notes", "value", &[&account.0, &kind.to_string(), id, name])
}
