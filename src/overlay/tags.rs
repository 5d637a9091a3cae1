//! Tags: told, set and removed.

use std::collections::{HashMap, HashSet};

use jiff::{SignedDuration, Timestamp};

use super::Overlay;
use crate::{
    exchange::{Cloud, Found},
    model::{
        Error, ErrorKind, Filter, Flow, Id, Kind, Operation, Resource, Tag, TagChange, TagPattern, Tagging,
        Thing,
    },
    store::{Account, Store},
};

/// How long the tags of a terminated instance are kept: as long as it is shown.
const OUTLIVING: SignedDuration = SignedDuration::from_hours(1);
/// The note that says since when an instance is gone.
const GONE: &str = "gone";

impl Overlay {
    /// Tells all tags, in the order of kinds, ids and keys.
    pub(super) async fn list_tags(&self, _filter: &Filter, cloud: &mut Cloud<'_>) -> Result<(), Error> {
        self.prove(cloud.line).await?;
        let account = self.account(cloud.line.identity);
        forget_the_gone(&self.store, &account).await?;
        let all = self.store.tags(&account).await?;
        for kind in Kind::ALL {
            let mut things: Vec<_> = all.things(kind).collect();
            things.sort_by_key(|(id, _)| *id);
            for (id, tags) in things {
                for tag in tags.iter() {
                    let unique = format!("{kind}/{id}/{}", tag.key).into();
                    let tagging = Tagging { id: unique, kind, on: id.as_str().into(), tag: tag.clone() };
                    if cloud.emit(&Resource::Tagging(tagging)).await? == Flow::Enough {
                        return Ok(());
                    }
                }
            }
        }
        Ok(())
    }

    /// Changes the tags of things that are there.
    pub(super) async fn change_tags(
        &self,
        things: &[Thing],
        change: &TagChange,
        cloud: &mut Cloud<'_>,
    ) -> Result<(), Error> {
        let account = self.account(cloud.line.identity);
        let things = self.found(things, cloud).await?;
        match change {
            TagChange::Set(tags) if tags.is_empty() => Ok(()),
            TagChange::Set(tags) => self.store.set_tags(&account, &things, &texts(tags)).await,
            TagChange::Remove(patterns) if patterns.is_empty() => Ok(()),
            TagChange::Remove(patterns) => {
                let removed: Vec<_> = patterns.iter().flat_map(removed).collect();
                self.store.remove_tags(&account, &things, &removed).await
            }
            TagChange::Clear => self.store.remove_tags(&account, &things, &[]).await,
        }
    }

    /// What the user means, each once: asked of the cloud by one list for every kind that it may be of.
    ///
    /// # Errors
    /// `NotFound` about the first that is not there.
    async fn found(&self, things: &[Thing], cloud: &mut Cloud<'_>) -> Result<Vec<(Kind, Id)>, Error> {
        let mut wanted = HashMap::<Kind, Vec<Id>>::new();
        for (kind, id) in things.iter().flat_map(|Thing(named)| named) {
            wanted.entry(*kind).or_default().push(id.clone());
        }
        let mut there = HashMap::new();
        for (kind, ids) in wanted {
            let mut found = Found::default();
            let look = Operation::List(kind, Filter { ids, ..Filter::default() });
            match self.driver.perform(&look, &mut Cloud::of(cloud.line, &mut found)).await {
                // It has none of them at all: some clouds learn that from their release.
                Err(error) if error.kind() == ErrorKind::Unsupported => continue,
                looked => looked?,
            }
            // By what the user may call it, what it is called.
            there.extend(found.0.iter().flat_map(|resource| {
                let id = Id::from(resource.id());
                names(resource).into_iter().map(move |name| ((kind, name), id.clone()))
            }));
        }
        let mut once = HashSet::new();
        let mut all = Vec::new();
        for Thing(named) in things {
            let found = named
                .iter()
                .find_map(|(kind, name)| Some((*kind, there.get(&(*kind, name.clone()))?.clone())));
            let Some(found) = found else { return Err(missing(named)) };
            if once.insert(found.clone()) {
                all.push(found);
            }
        }
        Ok(all)
    }
}

/// An address and a firewall are also known by the address and the name.
fn names(resource: &Resource<'_>) -> Vec<Id> {
    let also = match resource {
        Resource::Address(address) => Some(Id::from(address.ip.to_string())),
        Resource::Firewall(firewall) => Some(Id::from(firewall.name.as_ref())),
        _other => None,
    };
    also.into_iter().chain([Id::from(resource.id())]).collect()
}

fn missing(named: &[(Kind, Id)]) -> Error {
    match named.first() {
        Some((kind, id)) => Error::not_found(*kind, id.clone()),
        None => Error::not_found(Kind::Tag, ""),
    }
}

fn texts(tags: &[Tag]) -> Vec<(String, String)> {
    tags.iter().map(|Tag { key, value }| (key.clone(), value.clone())).collect()
}

fn removed(TagPattern { key, values }: &TagPattern) -> Vec<(String, Option<String>)> {
    match values.as_slice() {
        [] => vec![(key.clone(), None)],
        values => values.iter().map(|value| (key.clone(), Some(value.clone()))).collect(),
    }
}

/// Takes note that these instances go: what is kept of them is forgotten when they are shown no more.
///
/// # Errors
/// `Unavailable` when the store cannot be used.
pub(super) async fn outlive(store: &Store, account: &Account, ids: &[Id]) -> Result<(), Error> {
    let noted = forget_the_gone(store, account).await?;
    let now = Timestamp::now().to_string();
    // What was promised is done later, and was noted when it was promised.
    for id in ids.iter().filter(|id| !noted.contains(*id)) {
        store.put_note(account, Kind::Instance, id, GONE, now.as_bytes(), false).await?;
    }
    Ok(())
}

/// Forgets what is kept of those that have been gone for long enough; gives the others.
async fn forget_the_gone(store: &Store, account: &Account) -> Result<HashSet<Id>, Error> {
    let is_over = |since: &[u8]| {
        let since = std::str::from_utf8(since).ok().and_then(|text| text.parse::<Timestamp>().ok());
        since.is_none_or(|since| Timestamp::now().duration_since(since) >= OUTLIVING)
    };
    let gone = store.notes(account, Kind::Instance, GONE).await?;
    let (over, recent): (Vec<_>, Vec<_>) = gone.into_iter().partition(|(_, since)| is_over(since));
    if !over.is_empty() {
        let over: Vec<Id> = over.into_iter().map(|(id, _)| id).collect();
        store.forget(account, Kind::Instance, &over).await?;
    }
    Ok(recent.into_iter().map(|(id, _)| id).collect())
}
