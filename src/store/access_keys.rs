//! Access keys that the operator adds while gateways run.

use std::{fmt, time::Duration};

use base64::{Engine, engine::general_purpose::STANDARD as BASE64};
use chacha20poly1305::{
    XChaCha20Poly1305,
    aead::{Generate, Key},
};
use jiff::Timestamp;
use secrecy::{ExposeSecret, SecretString};
use sqlx::{Row, any::AnyRow};
use uuid::Uuid;

use super::{Store, client_tokens::after, failure::Failure, seal::row_name};
use crate::model::{Error, ErrorKind};

/// How many characters a secret has that is made here: as many as AWS's.
const SECRET_LENGTH: usize = 40;
/// How ids that are made here begin, as AWS's do.
const ID_PREFIX: &str = "AKIA";
/// How many characters follow.
const ID_LENGTH: usize = 16;
/// The characters of an id.
const ID_CHARACTERS: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/// A key that is to be added.
#[derive(Debug)]
pub struct NewKey {
    /// Its public part.
    pub id: String,
    /// The name of the only provider it is good for; all when none.
    pub provider: Option<String>,
    /// The user as whom the gateway speaks to the back end for its holder.
    pub user: String,
    /// That user's password.
    pub password: SecretString,
    /// What signs.
    pub secret: SecretString,
}

/// A key that verifies.
#[derive(Debug, Clone)]
pub struct StoredKey {
    /// What signs.
    pub secret: SecretString,
    /// The name of the only provider it is good for; all when none.
    pub provider: Option<String>,
    /// The user as whom the gateway speaks to the back end for its holder.
    pub user: String,
    /// That user's password.
    pub password: SecretString,
    /// Whether its holder is to be turned away.
    pub disabled: bool,
}

/// A key without its secrets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedKey {
    /// Its public part.
    pub id: String,
    /// The name of the only provider it is good for; all when none.
    pub provider: Option<String>,
    /// The user as whom the gateway speaks to the back end for its holder.
    pub user: String,
    /// Whether its holder is turned away.
    pub disabled: bool,
    /// When its secret was made.
    pub created: Timestamp,
    /// Until when its secret is good; for good when none.
    pub expires: Option<Timestamp>,
}

impl NewKey {
    /// An id that nobody has.
    pub fn random_id() -> String {
        let random = Key::<XChaCha20Poly1305>::generate();
        let letters =
            random.iter().take(ID_LENGTH).filter_map(|byte| ID_CHARACTERS.get(usize::from(byte % 32)));
        ID_PREFIX.chars().chain(letters.map(|letter| char::from(*letter))).collect()
    }

    /// A secret that nobody knows.
    pub fn random_secret() -> SecretString {
        let random = Key::<XChaCha20Poly1305>::generate();
        BASE64.encode(random).chars().take(SECRET_LENGTH).collect::<String>().into()
    }
}

impl Store {
    /// The secrets that are good for this id now, the newest first.
    ///
    /// # Errors
    /// `Unavailable` when the store cannot be used; `Internal` when a secret cannot be opened.
    pub async fn key(&self, id: &str) -> Result<Vec<StoredKey>, Error> {
        if id.contains('\0') {
            return Ok(Vec::new());
        }
        self.run(async {
            let keys = sqlx::query(
                "SELECT id, provider, version, user_name, disabled, created, expires, secret, password \
                 FROM access_keys WHERE id = $1 AND (expires = 0 OR expires > $2) ORDER BY created DESC",
            );
            let rows = keys.bind(id).bind(self.0.clock.now()).fetch_all(self.reader()).await?;
            rows.iter().map(|row| self.read_key(row)).collect()
        })
        .await
    }

    /// Every key there is, with each of its secrets that is good.
    ///
    /// # Errors
    /// `Unavailable` when the store cannot be used.
    pub async fn keys(&self) -> Result<Vec<ListedKey>, Error> {
        self.run(async {
            let keys = sqlx::query(
                "SELECT id, provider, version, user_name, disabled, created, expires \
                 FROM access_keys WHERE expires = 0 OR expires > $1 ORDER BY id, provider, created DESC",
            );
            let rows = keys.bind(self.0.clock.now()).fetch_all(self.reader()).await?;
            rows.iter().map(list_key).collect()
        })
        .await
    }

    /// Adds a key.
    ///
    /// # Errors
    /// `AlreadyExists` when there is one of that id that is good for the same provider; `Unavailable` when nothing seals it, or
    /// the store cannot be used.
    pub async fn add_key(&self, key: &NewKey) -> Result<(), Error> {
        let provider = key.provider.as_deref().unwrap_or_default();
        let version = Uuid::new_v4().to_string();
        let row = Place { id: &key.id, provider, version: &version };
        let secret = self.0.keys.seal(key.secret.expose_secret().as_bytes(), &row.part("secret"))?;
        let password = self.0.keys.seal(key.password.expose_secret().as_bytes(), &row.part("password"))?;
        self.run(async {
            let add = sqlx::query(
                "INSERT INTO access_keys \
                 (id, provider, version, user_name, secret, password, disabled, created, expires) \
                 SELECT $1, $2, $3, $4, $5, $6, 0, $7, 0 WHERE NOT EXISTS (SELECT 1 FROM access_keys \
                 WHERE id = $1 AND (provider = $2 OR provider = '' OR $2 = ''))",
            );
            let add =
                add.bind(&key.id).bind(provider).bind(&version).bind(&key.user).bind(secret).bind(password);
            let added = add.bind(self.0.clock.now()).execute(self.writer()).await?.rows_affected();
            if added == 0 {
                let message = format!("there is an access key '{}' already: remove or rotate it", key.id);
                return Err(Error::new(ErrorKind::AlreadyExists, message).into());
            }
            Ok(())
        })
        .await
    }

    /// Gives a key another secret; the one it had is good for `grace` more. All of its other secrets end at once.
    ///
    /// # Errors
    /// `NotFound` when there is no such key; `Unavailable` when nothing seals it, or the store cannot be used.
    pub async fn rotate_key(
        &self,
        id: &str,
        provider: Option<&str>,
        secret: &SecretString,
        grace: Duration,
    ) -> Result<(), Error> {
        let provider = provider.unwrap_or_default();
        self.run(async {
            let now = self.0.clock.now();
            let mut change = self.writer().begin().await?;
            let end = sqlx::query(
                "UPDATE access_keys SET expires = CASE WHEN expires = 0 THEN $1 ELSE $2 END \
                 WHERE id = $3 AND provider = $4 AND (expires = 0 OR expires > $2) \
                 RETURNING id, provider, version, user_name, disabled, created, expires, secret, password",
            );
            let until = after(now, grace);
            let ended = end.bind(until).bind(now).bind(id).bind(provider).fetch_all(&mut *change).await?;
            let last = ended.iter().find(|row| row.try_get::<i64, _>("expires").is_ok_and(|expires| expires == until));
            let last = last.ok_or_else(|| no_key(id))?;
            let (known, listed) = (self.read_key(last)?, list_key(last)?);
            let version = Uuid::new_v4().to_string();
            let row = Place { id, provider, version: &version };
            let add = sqlx::query(
                "INSERT INTO access_keys (id, provider, version, user_name, secret, password, disabled, created, expires) \
                 VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 0)",
            );
            let secret = self.0.keys.seal(secret.expose_secret().as_bytes(), &row.part("secret"))?;
            let password = self.0.keys.seal(known.password.expose_secret().as_bytes(), &row.part("password"))?;
            let add = add.bind(id).bind(provider).bind(&version).bind(&listed.user).bind(secret).bind(password);
            add.bind(i64::from(listed.disabled)).bind(now).execute(&mut *change).await?;
            Ok(change.commit().await?)
        })
        .await
    }

    /// Turns the holders of a key away, or lets them in again.
    ///
    /// # Errors
    /// `NotFound` when there is no such key; `Unavailable` when the store cannot be used.
    pub async fn disable_key(&self, id: &str, provider: Option<&str>, disabled: bool) -> Result<(), Error> {
        self.run(async {
            let change = sqlx::query("UPDATE access_keys SET disabled = $1 WHERE id = $2 AND provider = $3");
            let change = change.bind(i64::from(disabled)).bind(id).bind(provider.unwrap_or_default());
            found(id, change.execute(self.writer()).await?.rows_affected())
        })
        .await
    }

    /// Removes a key with all its secrets.
    ///
    /// # Errors
    /// `NotFound` when there is no such key; `Unavailable` when the store cannot be used.
    pub async fn remove_key(&self, id: &str, provider: Option<&str>) -> Result<(), Error> {
        self.run(async {
            let remove = sqlx::query("DELETE FROM access_keys WHERE id = $1 AND provider = $2");
            let removed = remove.bind(id).bind(provider.unwrap_or_default()).execute(self.writer()).await?;
            found(id, removed.rows_affected())
        })
        .await
    }

    fn read_key(&self, row: &AnyRow) -> Result<StoredKey, Failure> {
        let listed = list_key(row)?;
        let provider = listed.provider.as_deref().unwrap_or_default();
        let version: String = row.try_get("version")?;
        let at = Place { id: &listed.id, provider, version: &version };
        let open = |part| {
            self.0.keys.open_text(&row.try_get::<String, _>(part)?, &at.part(part)).map_err(Failure::from)
        };
        let (secret, password) = (open("secret")?, open("password")?);
        let ListedKey { provider, user, disabled, .. } = listed;
        Ok(StoredKey { secret, provider, user, password, disabled })
    }
}

/// What a sealed part of a key is bound to.
struct Place<'a> {
    id: &'a str,
    provider: &'a str,
    version: &'a str,
}

impl Place<'_> {
    fn part(&self, part: &str) -> String {
        row_name("access_keys", part, &[self.id, self.provider, self.version])
    }
}

impl fmt::Display for ListedKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let provider = self.provider.as_deref().unwrap_or("-");
        write!(f, "{:24} {:16} {:24} {:.0}", self.id, provider, self.user, self.created)?;
        if let Some(expires) = self.expires {
            write!(f, " until {expires:.0}")?;
        }
        if self.disabled { f.write_str(" disabled") } else { Ok(()) }
    }
}

fn list_key(row: &AnyRow) -> Result<ListedKey, Failure> {
    let (provider, disabled): (String, i64) = (row.try_get("provider")?, row.try_get("disabled")?);
    let expires: i64 = row.try_get("expires")?;
    Ok(ListedKey {
        id: row.try_get("id")?,
        provider: Some(provider).filter(|provider| !provider.is_empty()),
        user: row.try_get("user_name")?,
        disabled: disabled != 0,
        created: moment(row.try_get("created")?),
        expires: (expires != 0).then(|| moment(expires)),
    })
}

/// A moment of the database.
pub(super) fn moment(micros: i64) -> Timestamp {
    Timestamp::from_microsecond(micros).unwrap_or(Timestamp::UNIX_EPOCH)
}

fn found(id: &str, rows: u64) -> Result<(), Failure> {
    if rows == 0 { Err(no_key(id).into()) } else { Ok(()) }
}

fn no_key(id: &str) -> Error {
    let message =
        format!("there is no access key '{id}' in the store; for one of a single provider, name it too");
    Error::new(ErrorKind::NotFound, message)
}
