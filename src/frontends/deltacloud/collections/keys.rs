//! Keys.
//!
//! Decided otherwise than in the original: a private key is said once, in the answer to its creation, and not
//! whenever the key is shown.

use secrecy::ExposeSecret;

use super::BY_ID;
use crate::{
    frontends::deltacloud::{
        asked::Asked,
        context::Context,
        document::Node,
        errors::Fault,
        links,
        negotiation::Format,
        table::{Collection, Need, Parameter, Row, Value},
    },
    model::{Capabilities, Credential, Feature, Key, KeySpec, Kind, Spec, Verb},
};

/// The collection.
pub(super) const COLLECTION: Collection = Collection {
    name: "keys",
    about: "What you prove to an instance who you are with",
    operations: &[
        Row::index("keys.index", Kind::Key, "Lists the keys", &[BY_ID]),
        Row::show("keys.show", Kind::Key, "Shows a key"),
        Row::create(
            "keys.create",
            Kind::Key,
            key,
            "Makes a key, or takes one that you have",
            &[
                Parameter::new("name", Value::Text, "Its name").required(),
                Parameter::new("public_key", Value::LongText, "The public key of a pair that you have")
                    .needs(Need::Feature(Feature::ImportKey))
                    .feature("import_key"),
            ],
        ),
        Row::destroy("keys.destroy", Kind::Key, "Makes an end of a key"),
    ],
};

fn key(asked: &Asked<'_>) -> Result<Spec, Fault> {
    let name = asked.parameters.required("name")?.to_owned();
    Ok(Spec::Key(KeySpec::new(name, asked.text("public_key"))))
}

/// The document of a key.
pub(super) fn describe<'a>(key: &'a Key<'_>, cloud: &Capabilities, context: &Context) -> Node<'a> {
    let href = context.href(&["keys", &key.id]);
    let destroy = cloud.supports(Verb::Destroy, Kind::Key);
    let destroy = Vec::from_iter(destroy.then(|| links::destroy(Kind::Key, &key.id, context)));
    let mut parts = vec![Node::text("name", key.name.as_ref()), Node::list("actions", destroy)];
    let kind = match &key.credential {
        Credential::Pair { fingerprint, public: _, private } => {
            let pem = private.as_ref().map(|pem| Node::text("pem", pem.expose_secret()));
            let pem = pem.unwrap_or_else(|| Node::null("pem").only(Format::Json));
            let absent = ["username", "password"].map(|name| Node::null(name).only(Format::Json));
            parts.extend(absent);
            parts.extend([Node::text("fingerprint", fingerprint.as_ref()), pem.key("pem_rsa_key")]);
            "key"
        }
        Credential::Password { user, password } => {
            parts.push(Node::text("username", user.as_ref()));
            parts.push(Node::text("password", password.expose_secret()));
            let absent = ["fingerprint", "pem_rsa_key"].map(|name| Node::null(name).only(Format::Json));
            parts.extend(absent);
            "password"
        }
    };
    parts.push(Node::null("state"));
    Node::object("key", parts)
        .with("href", href)
        .with("id", key.id.as_ref())
        .with_only(Format::Xml, "type", kind)
        .with_only(Format::Json, "credential_type", kind)
}
