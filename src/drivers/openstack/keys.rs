//! Keys are Nova's key pairs, whose names are their ids.

use serde::Deserialize;

use super::{
    call::{Call, Object},
    catalogue::Service,
    pages::{self, emit},
    read::admits,
    session::{Document, Session},
};
use crate::{
    exchange::Cloud,
    model::{
        Algorithm, Credential, Error, ErrorKind, Filter, Flow, Id, Key, KeySource, KeySpec, Kind, Resource,
    },
    wire::json::{self, Text},
};

#[derive(Deserialize)]
struct Pair<'a> {
    #[serde(borrow)]
    name: Text<'a>,
    #[serde(borrow)]
    fingerprint: Text<'a>,
    #[serde(borrow)]
    public_key: Option<Text<'a>>,
    #[serde(borrow)]
    private_key: Option<Text<'a>>,
}

impl<'a> Pair<'a> {
    fn key(self) -> Key<'a> {
        let private = self.private_key.map(|key| key.0.into_owned().into());
        let public = self.public_key.map(|key| key.0);
        let credential = Credential::Pair { fingerprint: self.fingerprint.0, public, private };
        let (id, name) = (self.name.0.clone(), self.name.0);
        Key { id, name, credential, created: None, tags: Default::default() }
    }
}

/// One call.
pub(super) async fn list(session: &Session<'_>, filter: &Filter, cloud: &mut Cloud<'_>) -> Result<(), Error> {
    let call = Call::get(Service::Compute, &["os-keypairs"]);
    pages::each(session, cloud, call, "keypairs", |item, sink| {
        let key = json::member::<Pair<'_>>(item, "keypair")?.key();
        let admitted = filter.ids.is_empty() || filter.ids.iter().any(|id| *id.as_str() == *key.id);
        let unfiltered = Filter { ids: Vec::new(), ..filter.clone() };
        if admitted && admits(&unfiltered, &key.id, &key.name) {
            sink.put(&Resource::Key(key))
        } else {
            Ok(Flow::More)
        }
    })
    .await
}

/// One call.
pub(super) async fn show(session: &Session<'_>, id: &Id, cloud: &mut Cloud<'_>) -> Result<(), Error> {
    let document = find(session, id).await?;
    emit(cloud, Resource::Key(document.member::<Pair<'_>>("keypair")?.key())).await
}

async fn find(session: &Session<'_>, id: &Id) -> Result<Document, Error> {
    let call = Call::get(Service::Compute, &["os-keypairs", id.as_str()]);
    session.fetch_of(Kind::Key, id.as_str(), call).await
}

/// One call. Version 2.1 makes a pair when no public key comes with the name; later ones do not.
pub(super) async fn create(
    session: &Session<'_>,
    spec: &KeySpec,
    cloud: &mut Cloud<'_>,
) -> Result<(), Error> {
    let public_key = match &spec.source {
        KeySource::Imported(public_key) => Some(public_key.as_str()),
        KeySource::Made(Algorithm::Rsa) => None,
        KeySource::Made(Algorithm::Ed25519) => {
            return Err(Error::new(ErrorKind::Unsupported, "Nova makes pairs of keys by RSA"));
        }
    };
    let order = Object::default().with("name", spec.name.as_str()).maybe("public_key", public_key);
    let call = Call::post(Service::Compute, &["os-keypairs"], "keypair", order);
    let document = session.fetch(call).await.map_err(|error| error.about(Kind::Key, spec.name.as_str()))?;
    emit(cloud, Resource::Key(document.member::<Pair<'_>>("keypair")?.key())).await
}

/// Two calls for each.
pub(super) async fn destroy(session: &Session<'_>, ids: &[Id], cloud: &mut Cloud<'_>) -> Result<(), Error> {
    for id in ids {
        let document = find(session, id).await?;
        let call = Call::delete(Service::Compute, &["os-keypairs", id.as_str()]);
        session.fetch_of(Kind::Key, id.as_str(), call).await?;
        emit(cloud, Resource::Key(document.member::<Pair<'_>>("keypair")?.key())).await?;
    }
    Ok(())
}
