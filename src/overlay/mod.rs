//! What no cloud keeps, laid over a driver: to front ends it looks as if the cloud kept it.
//!
//! An overlay is a driver around another one. It answers by itself what is only in the store (`tags`; `keys`, where the
//! cloud has none), puts itself between the driver and the receiver where the cloud's things lack what is kept of them (`laid`), and hands on
//! everything else as it is. What a cloud keeps itself is left to it: the cloud is the truth.
//!
//! **Invariants:** a thing of which nothing is kept passes untouched. Nothing that is kept is told or changed before the
//! cloud has said that the user is who he says, and nothing is written about things that the cloud does not show him.
//! What reads goes on without the store, unless what is asked for cannot be told without it; what writes does not begin.

mod keys;
mod laid;
mod notes;
mod once;
mod pair;
mod tags;

use std::{borrow::Cow, sync::Arc};

use async_trait::async_trait;
use moka::future::Cache;

pub use self::once::{Request, Turn};
use self::{keys::Keys, laid::Laid, notes::Notes};
use crate::{
    exchange::{Cloud, Driver, Identity, Line, Nobody},
    model::{
        Capabilities, Error, Feature, Filter, Id, Instance, Kind, Memo, NAME, Note, NoteChange, Operation,
        Spec, Verb,
    },
    store::{Account, AllTags, Store},
};

/// What is kept of every cloud.
const KEPT: &[(Verb, Kind)] = &[
    (Verb::List, Kind::Tag),
    (Verb::Change, Kind::Tag),
    (Verb::Show, Kind::Note),
    (Verb::Change, Kind::Note),
];
/// For how many accounts the notes of instances are kept in memory.
const MOST_ACCOUNTS: u64 = 1_000;
/// To how many ids at most a list is narrowed that is of tagged things: with more of them, the cloud lists all.
const MOST_NARROWED: usize = 100;

/// A driver, and what its cloud does not keep.
pub struct Overlay {
    driver: Arc<dyn Driver>,
    provider: String,
    store: Store,
    /// What was read of the notes of instances, and at which revision.
    notes: Cache<Account, (i64, Arc<Notes>)>,
    capabilities: Capabilities,
}

impl Overlay {
    /// Lays what is in `store` over the driver of the provider with this name.
    pub fn new(driver: Arc<dyn Driver>, provider: &str, store: Store) -> Self {
        let driver = Keys::over(driver, provider, &store);
        let mut capabilities = driver.capabilities().clone();
        // There is one for each provider that is configured, for as long as the process lives.
        capabilities.operations = Vec::leak([capabilities.operations, KEPT].concat());
        let (provider, notes) = (provider.to_owned(), Cache::new(MOST_ACCOUNTS));
        Overlay { driver, provider, store, notes, capabilities }
    }

    /// Instances of which no driver tells any more, with what is kept of them.
    pub async fn lay_over(
        &self,
        identity: &Identity,
        instances: Vec<Instance<'static>>,
    ) -> Vec<Instance<'static>> {
        if instances.is_empty() {
            return instances;
        }
        let Some((all, notes)) = self.kept_if_any(identity).await else { return instances };
        let laid = |instance: Instance<'static>| {
            let tags = all.of(Kind::Instance, &instance.id);
            let note = notes.get(instance.id.as_ref()).cloned();
            Instance { tags, note, ..instance }
        };
        instances.into_iter().map(laid).collect()
    }

    fn account(&self, identity: &Identity) -> Account {
        Account::of(&self.provider, &self.driver.tenant(identity))
    }

    async fn kept(&self, identity: &Identity) -> Result<(Arc<AllTags>, Arc<Notes>), Error> {
        let account = self.account(identity);
        let all = self.store.tags(&account).await?;
        let notes = self.notes(&account, &all).await?;
        Ok((all, notes))
    }

    /// What is kept, or none when the store cannot be used: for what goes on without it.
    async fn kept_if_any(&self, identity: &Identity) -> Option<(Arc<AllTags>, Arc<Notes>)> {
        let kept = self.kept(identity).await;
        kept.inspect_err(|error| tracing::warn!(provider = self.provider, %error, "tags are not shown")).ok()
    }

    /// Does what shows things of the cloud, with what is kept of them.
    async fn look(&self, operation: &Operation, cloud: &mut Cloud<'_>) -> Result<(), Error> {
        let wanted = match operation {
            Operation::List(_, filter) => filter.tags.as_slice(),
            _other => &[],
        };
        let kept = match wanted {
            [] => self.kept_if_any(cloud.line.identity).await,
            // Not to know them would be to say that nothing has them.
            _some => Some(self.kept(cloud.line.identity).await?),
        };
        let Some((all, notes)) = kept else { return self.driver.perform(operation, cloud).await };
        let narrowed = narrowed(operation, &all);
        let operation = match &narrowed {
            Narrowed::Nothing => return self.prove(cloud.line).await,
            Narrowed::To(operation) => operation,
            Narrowed::AsItIs => operation,
        };
        let (line, receiver) = cloud.parts();
        let mut laid = Laid::over(receiver, all, notes);
        self.driver.perform(operation, &mut Cloud::of(line, &mut laid)).await
    }

    /// Creates something, and keeps what is to be kept of it when it is there.
    async fn create(&self, spec: &Spec, memo: &Memo, cloud: &mut Cloud<'_>) -> Result<(), Error> {
        let account = self.account(cloud.line.identity);
        let (all, notes) = self.kept(cloud.line.identity).await?;
        let (line, receiver) = cloud.parts();
        let mut laid = Laid::over(receiver, all, notes).giving(memo, notes::of_launch(spec, memo));
        let creation = Operation::Create(Box::new(spec.clone()));
        self.driver.perform(&creation, &mut Cloud::of(line, &mut laid)).await?;
        if let Err(error) = self.keep(&account, laid.launched(), &laid.given()).await {
            // It is there: to say that it is not would have it made again.
            tracing::error!(provider = self.provider, %error, "what was to be kept of what was made is lost");
        }
        Ok(())
    }

    async fn keep(
        &self,
        account: &Account,
        launched: &[(Id, Arc<Note>)],
        given: &[laid::Given],
    ) -> Result<(), Error> {
        self.keep_notes(account, launched).await?;
        for (things, tags) in given {
            self.store.set_tags(account, things, tags).await?;
        }
        Ok(())
    }

    /// Destroys things, and forgets what was kept of them.
    async fn destroy(
        &self,
        operation: &Operation,
        (kind, ids): (Kind, &[Id]),
        cloud: &mut Cloud<'_>,
    ) -> Result<(), Error> {
        self.heed(operation, cloud.line).await?;
        let account = self.account(cloud.line.identity);
        self.look(operation, cloud).await?;
        let forgotten = match kind {
            Kind::Instance => tags::outlive(&self.store, &account, ids).await,
            kind => self.store.forget(&account, kind, ids).await,
        };
        if let Err(error) = forgotten {
            tracing::warn!(provider = self.provider, %kind, %error, "what was kept of what is gone is still kept");
        }
        Ok(())
    }

    /// What is kept for a cloud that can do this much itself.
    pub fn kept_for(cloud: &Capabilities) -> Vec<(Verb, Kind)> {
        let keys = if keys::are_kept_for(cloud) { keys::KEYS } else { &[] };
        [keys, KEPT].concat()
    }

    /// Has the cloud say that the user is who he says.
    async fn prove(&self, line: Line<'_>) -> Result<(), Error> {
        prove(&*self.driver, line).await
    }
}

#[async_trait]
impl Driver for Overlay {
    fn capabilities(&self) -> &Capabilities {
        &self.capabilities
    }

    fn tenant<'i>(&self, identity: &'i Identity) -> Cow<'i, str> {
        self.driver.tenant(identity)
    }

    /// What is rare is boxed: it should not make every operation's future long.
    async fn perform(&self, operation: &Operation, cloud: &mut Cloud<'_>) -> Result<(), Error> {
        match operation {
            Operation::List(Kind::Tag, filter) => Box::pin(self.list_tags(filter, cloud)).await,
            Operation::Tag(things, change) => Box::pin(self.change_tags(things, change, cloud)).await,
            Operation::Show(Kind::Note, id) => Box::pin(self.show_note(id, cloud)).await,
            Operation::Note(id, change) => Box::pin(self.change_note(id, change, cloud)).await,
            Operation::Create(spec) if names_a_kept_key(spec, &self.capabilities) => {
                let memo = Memo { note: Some(NoteChange::default()), ..Memo::default() };
                Box::pin(self.create(spec, &memo, cloud)).await
            }
            Operation::CreateWith(spec, memo) => Box::pin(self.create(spec, memo, cloud)).await,
            Operation::Destroy(kind, ids) if kind.has_tags() => {
                Box::pin(self.destroy(operation, (*kind, ids), cloud)).await
            }
            Operation::List(kind, _) | Operation::Show(kind, _) if kind.has_tags() => {
                self.look(operation, cloud).await
            }
            Operation::Change(_, change) if change.kind().has_tags() => self.look(operation, cloud).await,
            Operation::Act(..) => {
                Box::pin(self.heed(operation, cloud.line)).await?;
                self.look(operation, cloud).await
            }
            Operation::List(..) | Operation::Show(..) | Operation::Create(_) | Operation::Read(_) => {
                self.driver.perform(operation, cloud).await
            }
            Operation::Change(..) | Operation::Destroy(..) => self.driver.perform(operation, cloud).await,
        }
    }
}

/// Has the cloud say that the user is who he says.
async fn prove(driver: &dyn Driver, line: Line<'_>) -> Result<(), Error> {
    let any = Operation::List(Kind::Realm, Filter { at_most: Some(1), ..Filter::default() });
    driver.perform(&any, &mut Cloud::of(line, &mut Nobody)).await
}

/// Whether instances are to be created that the cloud does not know the key of.
fn names_a_kept_key(spec: &Spec, cloud: &Capabilities) -> bool {
    matches!(spec, Spec::Instance(spec) if spec.key.is_some()) && cloud.has(Feature::AuthorizedKeys)
}

/// What becomes of a list of things that have to have tags.
enum Narrowed {
    /// Nothing has them.
    Nothing,
    /// Few have them, and only those are asked for.
    To(Operation),
    /// It is asked for as it is; the front end drops what does not have them.
    AsItIs,
}

/// A thing without the tag `Name` may have it from its cloud, so nothing is narrowed by that.
fn narrowed(operation: &Operation, all: &AllTags) -> Narrowed {
    let Operation::List(kind, filter) = operation else { return Narrowed::AsItIs };
    let mut wanted = filter.tags.iter().filter(|pattern| pattern.key != NAME).peekable();
    if wanted.peek().is_none() || !filter.ids.is_empty() {
        return Narrowed::AsItIs;
    }
    let wanted: Vec<_> = wanted.collect();
    let having = all.things(*kind).filter(|(_, tags)| {
        wanted.iter().all(|pattern| tags.iter().any(|tag| pattern.is_about(&tag.key, &tag.value)))
    });
    let mut ids: Vec<Id> = having.map(|(id, _)| id.clone()).take(MOST_NARROWED + 1).collect();
    ids.sort();
    match ids.len() {
        0 => Narrowed::Nothing,
        1..=MOST_NARROWED => Narrowed::To(Operation::List(*kind, Filter { ids, ..filter.clone() })),
        _more => Narrowed::AsItIs,
    }
}
