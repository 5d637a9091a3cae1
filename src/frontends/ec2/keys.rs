//! `DescribeKeyPairs`, `CreateKeyPair`, `ImportKeyPair` and `DeleteKeyPair`. A key pair's id is made of its name.

use secrecy::ExposeSecret;

use super::{
    actions::{Answer, Query},
    base64,
    envelope::{Body, Context},
    errors::{Fault, quoted},
    filters::{self, Filters},
    ids,
    listing::Listing,
    scalars,
    single::{Done, Single},
    tags,
};
use crate::{
    model::{
        Algorithm, Credential, Error, ErrorKind, Feature, Flow, Id, Key, KeySource, KeySpec, Kind, Operation,
        Resource, Spec,
    },
    wire::xml::Writer,
};

/// `DescribeKeyPairs`
pub(super) fn describe(query: &Query<'_>) -> Result<Answer, Fault> {
    let filters = Filters::read(query.parameters, filters::KEYS)?;
    let mut ids = query.ids(Kind::Key, "KeyName")?;
    for text in query.parameters.list("KeyPairId") {
        ids.push(by_id(query, text)?);
    }
    let filter = query.narrow(Kind::Key, &ids, &filters);
    let write = if query.parameters.flag("IncludePublicKey")? { write_all } else { write };
    query.listing(Kind::Key, filter, filters, None, ids, Listing::items("keySet", write))
}

/// `CreateKeyPair`
pub(super) fn create(query: &Query<'_>) -> Result<Answer, Fault> {
    if let Some(format) = query.parameters.text("KeyFormat").filter(|format| *format != "pem") {
        let message = format!("Key pairs are made with the KeyFormat 'pem', not {}", quoted(format));
        return Err(Fault::unsupported(message));
    }
    make(query, KeySource::Made(algorithm(query)?), write_made)
}

fn algorithm(query: &Query<'_>) -> Result<Algorithm, Fault> {
    match query.parameters.text("KeyType") {
        None | Some("rsa") => Ok(Algorithm::Rsa),
        Some("ed25519") if query.cloud.has(Feature::Ed25519Key) => Ok(Algorithm::Ed25519),
        Some("ed25519") => Err(query.incapable("make Ed25519 key pairs: leave out KeyType")),
        Some(other) => {
            let message = format!("The KeyType is 'rsa' or 'ed25519', not {}", quoted(other));
            Err(Fault::invalid(message))
        }
    }
}

/// `ImportKeyPair`
pub(super) fn import(query: &Query<'_>) -> Result<Answer, Fault> {
    if !query.cloud.has(Feature::ImportKey) {
        return Err(query.incapable("take public keys"));
    }
    let text = base64::decode(query.parameters.required("PublicKeyMaterial")?);
    let public = text.and_then(|bytes| String::from_utf8(bytes).ok());
    let invalid = || Fault::bad("InvalidKey.Format", "Key is not in valid OpenSSH public key format");
    make(query, KeySource::Imported(public.ok_or_else(invalid)?), write_imported)
}

/// `DeleteKeyPair`
pub(super) fn delete(query: &Query<'_>) -> Result<Answer, Fault> {
    let by_name = query.optional_id(Kind::Key, "KeyName")?;
    let id = match (by_name, query.parameters.text("KeyPairId")) {
        (Some(id), _) => id,
        (None, Some(text)) => by_id(query, text)?,
        (None, None) => return Err(Fault::missing("KeyName")),
    };
    Ok(query.answer(Some(Operation::Destroy(Kind::Key, vec![id])), Gone(Done)))
}

fn make(
    query: &Query<'_>,
    source: KeySource,
    write: fn(&Resource<'_>, &Context, &mut Writer<'_>),
) -> Result<Answer, Fault> {
    let name = query.parameters.required("KeyName")?.to_owned();
    let operation =
        Operation::creation(Spec::Key(KeySpec { name, source }), tags::memo(query, &[Kind::Key])?);
    Ok(query.answer(Some(operation), Single::new(write)))
}

fn by_id(query: &Query<'_>, text: &str) -> Result<Id, Fault> {
    ids::read_behind(Kind::Key, ids::KEY, text, query.context.ids)
}

/// The id that a client sees.
pub(super) fn shown_id<'k>(key: &'k Key<'_>, context: &Context) -> ids::Behind<'k> {
    ids::behind(ids::KEY, &key.id, context.ids)
}

/// The digest by which a pair is recognized; none of what is no pair.
pub(super) fn fingerprint<'k>(key: &'k Key<'_>) -> &'k str {
    match &key.credential {
        Credential::Pair { fingerprint, .. } => fingerprint,
        Credential::Password { .. } => "",
    }
}

/// What kind of key it is: EC2's fingerprints are pairs of digits for RSA, and base64 for Ed25519.
pub(super) fn key_type(key: &Key<'_>) -> &'static str {
    let is_pairs = |part: &str| part.len() == 2 && part.bytes().all(|byte| byte.is_ascii_hexdigit());
    let fingerprint = fingerprint(key);
    if fingerprint.is_empty() || fingerprint.split(':').all(is_pairs) { "rsa" } else { "ed25519" }
}

fn write(resource: &Resource<'_>, context: &Context, xml: &mut Writer<'_>) {
    let Resource::Key(key) = resource else { return };
    xml.text("keyType", key_type(key));
    if let Some(created) = key.created {
        xml.text("createTime", scalars::timestamp(created).as_str());
    }
    write_fields(key, context, xml);
}

/// With the public key.
fn write_all(resource: &Resource<'_>, context: &Context, xml: &mut Writer<'_>) {
    write(resource, context, xml);
    if let Resource::Key(Key { credential: Credential::Pair { public: Some(public), .. }, .. }) = resource {
        xml.text("publicKey", public);
    }
}

/// What is told of a key pair already when it is made.
fn write_fields(key: &Key<'_>, context: &Context, xml: &mut Writer<'_>) {
    xml.display("keyPairId", shown_id(key, context));
    xml.text("keyName", &key.name);
    xml.text("keyFingerprint", fingerprint(key));
    tags::write(&key.tags, "", xml);
}

fn write_imported(resource: &Resource<'_>, context: &Context, xml: &mut Writer<'_>) {
    if let Resource::Key(key) = resource {
        write_fields(key, context, xml);
    }
}

fn write_made(resource: &Resource<'_>, context: &Context, xml: &mut Writer<'_>) {
    let Resource::Key(key) = resource else { return };
    write_fields(key, context, xml);
    if let Credential::Pair { private: Some(private), .. } = &key.credential {
        xml.text("keyMaterial", private.expose_secret());
    }
}

/// Done also where there was nothing to be done.
struct Gone(Done);

impl Body for Gone {
    fn forgives(&self, error: &Error) -> bool {
        error.kind() == ErrorKind::NotFound
    }

    fn item(
        &mut self,
        resource: &Resource<'_>,
        context: &Context,
        xml: &mut Writer<'_>,
    ) -> Result<Flow, Error> {
        self.0.item(resource, context, xml)
    }

    fn close(&mut self, context: &Context, xml: &mut Writer<'_>) -> Result<(), Error> {
        self.0.close(context, xml)
    }
}
