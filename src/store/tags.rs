//! Tags that are laid over a cloud's things.

use std::{collections::HashMap, sync::Arc};

use sqlx::{Any, Row, Transaction};

use super::{Account, Store, failure::Failure};
use crate::model::{Error, ErrorKind, Id, Kind, Tag, Tags};

/// How many tags a thing may have: as many as in EC2.
pub const MOST_TAGS: i64 = 50;

/// All tags of an account, as they were at one moment.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct AllTags {
    /// Grows with every change, of notes as well.
    pub revision: i64,
    /// In the order of the keys' bytes, of every thing that has any.
    by_kind: HashMap<Kind, HashMap<Id, Tags>>,
}

impl AllTags {
    /// Whether nothing has any.
    pub fn is_empty(&self) -> bool {
        self.by_kind.is_empty()
    }

    /// The tags of one thing.
    pub fn of(&self, kind: Kind, id: &str) -> Tags {
        self.by_kind.get(&kind).and_then(|by_id| by_id.get(id)).cloned().unwrap_or_default()
    }

    /// The things of a kind that have any, in no order.
    pub fn things(&self, kind: Kind) -> impl Iterator<Item = (&Id, &Tags)> {
        self.by_kind.get(&kind).into_iter().flatten()
    }
}

impl Store {
    /// All tags of the account. They are kept in memory, and read again only when they have changed.
    ///
    /// # Errors
    /// `Unavailable` when the store cannot be used.
    pub async fn tags(&self, account: &Account) -> Result<Arc<AllTags>, Error> {
        let revision = self.run(self.revision(account)).await?;
        match self.0.tags.get(account).await {
            Some(kept) if kept.revision == revision => Ok(kept),
            _ if revision == 0 => Ok(Arc::default()),
            _ => {
                let all = Arc::new(self.run(self.all_tags(account)).await?);
                self.0.tags.insert(account.clone(), Arc::clone(&all)).await;
                Ok(all)
            }
        }
    }

    /// Sets these keys to these values on each of the things: on all of them, or on none.
    ///
    /// # Errors
    /// `LimitReached` when one of them would have more than [`MOST_TAGS`]; `Unavailable` when the store cannot be used.
    pub async fn set_tags(
        &self,
        account: &Account,
        things: &[(Kind, Id)],
        tags: &[(String, String)],
    ) -> Result<(), Error> {
        check_texts(tags.iter().flat_map(|(key, value)| [key, value]))?;
        self.run(async {
            let mut change = self.change_of(account).await?;
            for (kind, id) in things {
                for (key, value) in tags {
                    let set = sqlx::query(
                        "INSERT INTO tags (account, kind, id, name, value) VALUES ($1, $2, $3, $4, $5) \
                         ON CONFLICT (account, kind, id, name) DO UPDATE SET value = excluded.value",
                    );
                    let set =
                        set.bind(&account.0).bind(kind.to_string()).bind(id.as_str()).bind(key).bind(value);
                    set.execute(&mut *change).await?;
                }
                check_number(&mut change, account, *kind, id).await?;
            }
            Ok(change.commit().await?)
        })
        .await
    }

    /// Takes these keys from each of the things, those with a value only where they have it; all tags when there are none.
    ///
    /// # Errors
    /// `Unavailable` when the store cannot be used.
    pub async fn remove_tags(
        &self,
        account: &Account,
        things: &[(Kind, Id)],
        tags: &[(String, Option<String>)],
    ) -> Result<(), Error> {
        check_texts(tags.iter().flat_map(|(key, value)| [Some(key), value.as_ref()]).flatten())?;
        self.run(async {
            let mut change = self.change_of(account).await?;
            for (kind, id) in things {
                let kind = kind.to_string();
                if tags.is_empty() {
                    remove_all(&mut change, account, &kind, id).await?;
                }
                for (key, value) in tags {
                    let remove = sqlx::query(
                        "DELETE FROM tags WHERE account = $1 AND kind = $2 AND id = $3 AND name = $4 \
                         AND ($5 = 0 OR value = $6)",
                    );
                    let remove = remove.bind(&account.0).bind(&kind).bind(id.as_str()).bind(key);
                    let remove =
                        remove.bind(i64::from(value.is_some())).bind(value.as_deref().unwrap_or_default());
                    remove.execute(&mut *change).await?;
                }
            }
            Ok(change.commit().await?)
        })
        .await
    }

    /// Forgets the tags and notes of things that are gone.
    ///
    /// # Errors
    /// `Unavailable` when the store cannot be used.
    pub async fn forget(&self, account: &Account, kind: Kind, ids: &[Id]) -> Result<(), Error> {
        self.run(async {
            let mut change = self.change_of(account).await?;
            for id in ids {
                remove_all(&mut change, account, &kind.to_string(), id).await?;
                let notes = sqlx::query("DELETE FROM notes WHERE account = $1 AND kind = $2 AND id = $3");
                notes.bind(&account.0).bind(kind.to_string()).bind(id.as_str()).execute(&mut *change).await?;
            }
            Ok(change.commit().await?)
        })
        .await
    }

    async fn revision(&self, account: &Account) -> Result<i64, Failure> {
        let revision = sqlx::query("SELECT revision FROM revisions WHERE account = $1").bind(&account.0);
        let row = revision.fetch_optional(self.reader()).await?;
        Ok(row.map_or(Ok(0), |row| row.try_get(0))?)
    }

    /// Reads the revision before the tags: what is newer than it says is read again.
    async fn all_tags(&self, account: &Account) -> Result<AllTags, Failure> {
        let revision = self.revision(account).await?;
        let rows = sqlx::query("SELECT kind, id, name, value FROM tags WHERE account = $1").bind(&account.0);
        let mut by_kind = HashMap::<Kind, HashMap<Id, Vec<Tag>>>::new();
        for row in rows.fetch_all(self.reader()).await? {
            let Some(kind) = kind_of(row.try_get(0)?) else { continue };
            let id = Id::from(row.try_get::<String, _>(1)?);
            let tag = Tag { key: row.try_get(2)?, value: row.try_get(3)? };
            by_kind.entry(kind).or_default().entry(id).or_default().push(tag);
        }
        let in_order = |(id, mut tags): (Id, Vec<Tag>)| {
            tags.sort();
            (id, Tags::from(tags))
        };
        let of_kind =
            |(kind, by_id): (_, HashMap<Id, Vec<Tag>>)| (kind, by_id.into_iter().map(in_order).collect());
        Ok(AllTags { revision, by_kind: by_kind.into_iter().map(of_kind).collect() })
    }

    /// A change of the account's tags or notes. Its first statement has those of the same account wait for each other.
    pub(super) async fn change_of(&self, account: &Account) -> Result<Transaction<'static, Any>, Failure> {
        let mut change = self.writer().begin().await?;
        let next = sqlx::query(
            "INSERT INTO revisions (account, revision) VALUES ($1, 1) \
             ON CONFLICT (account) DO UPDATE SET revision = revisions.revision + 1",
        );
        next.bind(&account.0).execute(&mut *change).await?;
        Ok(change)
    }
}

async fn remove_all(
    change: &mut Transaction<'static, Any>,
    account: &Account,
    kind: &str,
    id: &Id,
) -> Result<(), Failure> {
    let remove = sqlx::query("DELETE FROM tags WHERE account = $1 AND kind = $2 AND id = $3");
    remove.bind(&account.0).bind(kind).bind(id.as_str()).execute(&mut **change).await?;
    Ok(())
}

async fn check_number(
    change: &mut Transaction<'static, Any>,
    account: &Account,
    kind: Kind,
    id: &Id,
) -> Result<(), Failure> {
    let number = sqlx::query("SELECT count(*) FROM tags WHERE account = $1 AND kind = $2 AND id = $3");
    let number = number.bind(&account.0).bind(kind.to_string()).bind(id.as_str());
    let number: i64 = number.fetch_one(&mut **change).await?.try_get(0)?;
    if number <= MOST_TAGS {
        return Ok(());
    }
    let message = format!("a {kind} has at most {MOST_TAGS} tags");
    Err(Error::new(ErrorKind::LimitReached, message).about(kind, id.clone()).into())
}

/// PostgreSQL's texts hold any character but this one.
pub(super) fn check_texts<'a>(mut texts: impl Iterator<Item = &'a String>) -> Result<(), Error> {
    if texts.any(|text| text.contains('\0')) {
        return Err(Error::new(ErrorKind::Invalid, "a text cannot have the character 0 in it"));
    }
    Ok(())
}

fn kind_of(text: String) -> Option<Kind> {
    Kind::ALL.into_iter().find(|kind| kind.to_string() == text)
}
