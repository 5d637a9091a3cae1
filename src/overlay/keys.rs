//! Keys, where a cloud keeps none but tells its guests which public keys let in.
//!
//! Keys are a driver around another one, too: they answer what is about keys, and put the public key in the place of its
//! name where instances are made. What is kept of a pair is its public key and by what it is recognized; the private
//! key of one that was made here is in the answer and nowhere else.
//!
//! **Invariant:** keys are a user's own, also where the users of a provider see everything else alike: nobody comes into
//! a guest by having put another key in the place of somebody else's.

use std::{borrow::Cow, sync::Arc};

use async_trait::async_trait;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use tokio::{
    sync::Semaphore,
    task::spawn_blocking,
    time::{Duration, timeout},
};

use super::{
    pair::{self, Pair},
    prove,
};
use crate::{
    exchange::{Cloud, Driver, Identity},
    model::{
        Capabilities, Credential, Error, ErrorKind, Feature, Filter, Flow, Id, InstanceSpec, Key, KeySource,
        KeySpec, Kind, Operation, Resource, Spec, Verb,
    },
    store::{Account, Store},
};

/// The name of the note that a key is.
const NOTE: &str = "key-pair";
/// What can be done with keys.
pub(super) const KEYS: &[(Verb, Kind)] = &[
    (Verb::List, Kind::Key),
    (Verb::Show, Kind::Key),
    (Verb::Create, Kind::Key),
    (Verb::Destroy, Kind::Key),
];
/// What can be said about keys.
const FEATURES: &[Feature] = &[Feature::ImportKey, Feature::InstanceKey, Feature::Ed25519Key];
/// How many keys a user may have: EC2's own limit.
const MOST_KEYS: usize = 5_000;
/// The longest name, in characters: EC2's own limit.
const LONGEST_NAME: usize = 255;
/// How many pairs are made at once: each takes a processor for a good part of a second.
const MADE_AT_ONCE: usize = 2;
/// How long is waited for one's turn.
const PATIENCE: Duration = Duration::from_secs(20);

/// A driver of a cloud that keeps no keys, and its users' keys.
pub(super) struct Keys {
    driver: Arc<dyn Driver>,
    provider: String,
    store: Store,
    turns: Arc<Semaphore>,
    capabilities: Capabilities,
}

/// A key as it is written.
#[derive(Serialize, Deserialize)]
struct Written {
    public: String,
    fingerprint: String,
    created: Timestamp,
}

/// Whether the cloud keeps no keys, and its guests can be told of some.
pub(super) fn are_kept_for(cloud: &Capabilities) -> bool {
    cloud.has(Feature::AuthorizedKeys) && !cloud.supports(Verb::List, Kind::Key)
}

impl Keys {
    /// The driver itself where its cloud keeps keys, or else with those that are in `store`.
    pub(super) fn over(driver: Arc<dyn Driver>, provider: &str, store: &Store) -> Arc<dyn Driver> {
        if !are_kept_for(driver.capabilities()) {
            return driver;
        }
        let mut capabilities = driver.capabilities().clone();
        // There is one for each provider that is configured, for as long as the process lives.
        capabilities.operations = Vec::leak([capabilities.operations, KEYS].concat());
        capabilities.features = Vec::leak([capabilities.features, FEATURES].concat());
        let (provider, store) = (provider.to_owned(), store.clone());
        let turns = Arc::new(Semaphore::new(MADE_AT_ONCE));
        Arc::new(Keys { driver, provider, store, turns, capabilities })
    }

    fn account(&self, identity: &Identity) -> Account {
        Account::of(&self.provider, &identity.user)
    }

    async fn list(&self, filter: &Filter, cloud: &mut Cloud<'_>) -> Result<(), Error> {
        prove(&*self.driver, cloud.line).await?;
        let keys = self.store.notes(&self.account(cloud.line.identity), Kind::Key, NOTE).await?;
        let admits = |id: &Id| {
            (filter.ids.is_empty() || filter.ids.contains(id))
                && filter.name.as_ref().is_none_or(|name| name == id.as_str())
        };
        for (id, note) in keys.iter().filter(|(id, _)| admits(id)) {
            if cloud.emit(&Resource::Key(shown(id, &read(note)?))).await? == Flow::Enough {
                break;
            }
        }
        Ok(())
    }

    async fn show(&self, id: &Id, cloud: &mut Cloud<'_>) -> Result<(), Error> {
        prove(&*self.driver, cloud.line).await?;
        let key = self.find(id, cloud.line.identity).await?;
        cloud.emit(&Resource::Key(shown(id, &key))).await.map(drop)
    }

    async fn create(&self, spec: &KeySpec, cloud: &mut Cloud<'_>) -> Result<(), Error> {
        let id = id_of(&spec.name)?;
        prove(&*self.driver, cloud.line).await?;
        let account = self.account(cloud.line.identity);
        let others = self.store.notes(&account, Kind::Key, NOTE).await?;
        if others.iter().any(|(other, _)| *other == id) {
            return Err(taken(id));
        }
        if others.len() >= MOST_KEYS {
            let message = format!("a user has at most {MOST_KEYS} keys");
            return Err(Error::new(ErrorKind::LimitReached, message).about(Kind::Key, id));
        }
        let Pair { public, fingerprint, private } = self.pair(spec).await?;
        let key = Written { public, fingerprint, created: Timestamp::now() };
        let text = serde_json::to_vec(&key)
            .map_err(|error| Error::new(ErrorKind::Internal, "a key cannot be written").with_source(error))?;
        if !self.store.add_note(&account, Kind::Key, &id, NOTE, &text).await? {
            return Err(taken(id));
        }
        let mut made = shown(&id, &key);
        if let Credential::Pair { private: given, .. } = &mut made.credential {
            *given = private;
        }
        cloud.emit(&Resource::Key(made)).await.map(drop)
    }

    async fn pair(&self, spec: &KeySpec) -> Result<Pair, Error> {
        let algorithm = match &spec.source {
            KeySource::Imported(public) => {
                return pair::import(public).map_err(|error| error.about(Kind::Key, spec.name.as_str()));
            }
            KeySource::Made(algorithm) => *algorithm,
        };
        let turn = timeout(PATIENCE, Arc::clone(&self.turns).acquire_owned()).await;
        let Ok(Ok(turn)) = turn else {
            let message = "too many pairs of keys are being made";
            return Err(Error::new(ErrorKind::RateLimited, message).safe_to_repeat());
        };
        let comment = spec.name.clone();
        // Who goes away meanwhile leaves the work behind, and the turn with it.
        let made = spawn_blocking(move || {
            let _turn = turn;
            pair::make(algorithm, &comment)
        });
        made.await.map_err(|error| {
            Error::new(ErrorKind::Internal, "a pair of keys could not be made").with_source(error)
        })?
    }

    async fn destroy(&self, ids: &[Id], cloud: &mut Cloud<'_>) -> Result<(), Error> {
        prove(&*self.driver, cloud.line).await?;
        let account = self.account(cloud.line.identity);
        let mut keys = Vec::with_capacity(ids.len());
        for id in ids {
            keys.push((id, self.find(id, cloud.line.identity).await?));
        }
        for (id, key) in keys {
            self.store.remove_note(&account, Kind::Key, id, NOTE).await?;
            cloud.emit(&Resource::Key(shown(id, &key))).await?;
        }
        Ok(())
    }

    /// Creates instances that the key lets into.
    async fn launch(&self, spec: &InstanceSpec, key: &Id, cloud: &mut Cloud<'_>) -> Result<(), Error> {
        let found = self.find(key, cloud.line.identity).await;
        let public = match found {
            Ok(key) => key.public,
            // Nobody is told what there is not who is not who he says.
            Err(error) => return Err(prove(&*self.driver, cloud.line).await.err().unwrap_or(error)),
        };
        let spec = InstanceSpec { authorized_keys: vec![public], ..spec.clone() };
        let creation = Operation::Create(Box::new(Spec::Instance(spec)));
        self.driver.perform(&creation, cloud).await
    }

    async fn find(&self, id: &Id, identity: &Identity) -> Result<Written, Error> {
        let note = self.store.note(&self.account(identity), Kind::Key, id, NOTE).await?;
        read(&note.ok_or_else(|| Error::not_found(Kind::Key, id.clone()))?)
    }
}

#[async_trait]
impl Driver for Keys {
    fn capabilities(&self) -> &Capabilities {
        &self.capabilities
    }

    fn tenant<'i>(&self, identity: &'i Identity) -> Cow<'i, str> {
        self.driver.tenant(identity)
    }

    async fn perform(&self, operation: &Operation, cloud: &mut Cloud<'_>) -> Result<(), Error> {
        match operation {
            Operation::List(Kind::Key, filter) => Box::pin(self.list(filter, cloud)).await,
            Operation::Show(Kind::Key, id) => Box::pin(self.show(id, cloud)).await,
            Operation::Destroy(Kind::Key, ids) => Box::pin(self.destroy(ids, cloud)).await,
            Operation::Create(spec) | Operation::CreateWith(spec, _) => match &**spec {
                Spec::Key(spec) => Box::pin(self.create(spec, cloud)).await,
                Spec::Instance(spec @ InstanceSpec { key: Some(key), .. }) => {
                    Box::pin(self.launch(spec, key, cloud)).await
                }
                _other => self.driver.perform(operation, cloud).await,
            },
            _other => self.driver.perform(operation, cloud).await,
        }
    }
}

/// A key's id is its name.
fn id_of(name: &str) -> Result<Id, Error> {
    let is_padded = name.trim().len() < name.len();
    if name.is_empty()
        || is_padded
        || name.chars().count() > LONGEST_NAME
        || name.chars().any(char::is_control)
    {
        let message = format!(
            "a key's name has 1 to {LONGEST_NAME} characters, which can be seen, and no space at an end"
        );
        return Err(Error::new(ErrorKind::Invalid, message));
    }
    Ok(Id::from(name))
}

fn taken(id: Id) -> Error {
    Error::new(ErrorKind::AlreadyExists, format!("there is a key '{id}' already")).about(Kind::Key, id)
}

fn read(note: &[u8]) -> Result<Written, Error> {
    serde_json::from_slice(note).map_err(|error| {
        Error::new(ErrorKind::Internal, "a key that is kept cannot be read").with_source(error)
    })
}

fn shown<'k>(id: &'k Id, key: &'k Written) -> Key<'k> {
    let (fingerprint, public) = (key.fingerprint.as_str().into(), Some(key.public.as_str().into()));
    let credential = Credential::Pair { fingerprint, public, private: None };
    let (id, name) = (id.as_str().into(), id.as_str().into());
    Key { id, name, credential, created: Some(key.created), tags: Default::default() }
}
