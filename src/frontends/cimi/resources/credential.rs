//! Credentials (DSP0263, section 5.14.5): the keys of the model.
//!
//! Decided otherwise than in the original: a private key is said once, in the answer to its creation; and in the strict
//! dialect in hexadecimal digits, as the schema has it.

use secrecy::ExposeSecret;

use super::Scene;
use crate::{
    frontends::cimi::{
        actions,
        attribute::{Attribute, Resource, Type},
        dialect::Dialect,
        fields::Fields,
        properties,
    },
    model::{self, Credential, Key, Kind},
};

/// The type.
pub(in super::super) static CREDENTIAL: Resource =
    Resource { operations_first: true, ..Resource::new("Credential", ATTRIBUTES) };

/// What credentials are made from.
pub(in super::super) static CREDENTIAL_TEMPLATE: Resource =
    Resource { operations_first: true, ..Resource::new("CredentialTemplate", ATTRIBUTES) };

/// What a credential is created with.
pub(in super::super) static CREDENTIAL_CREATE: Resource = Resource::new(
    "CredentialCreate",
    &[Attribute::new("credentialTemplate", Type::Reference(&CREDENTIAL_TEMPLATE)).given()],
);

const ATTRIBUTES: &[Attribute] = &[
    Attribute::new("userName", Type::Text).given().also("username"),
    Attribute::new("password", Type::Text).given(),
    Attribute::new("key", Type::Hex).given(),
];

/// Tells a key.
pub(in super::super) fn describe<'r>(
    resource: &'r model::Resource<'_>,
    scene: &Scene<'_>,
) -> Vec<Fields<'r>> {
    let model::Resource::Key(key) = resource else { return Vec::new() };
    let fields = Fields::at(scene.context.href(&["credentials", &key.id]));
    let fields = properties::told(fields, &key.tags, super::name(&key.name, &key.id));
    vec![proof(fields, key, scene.context.dialect).operations(actions::delete(
        Kind::Key,
        &key.id,
        true,
        scene,
    ))]
}

fn proof<'r>(fields: Fields<'r>, key: &'r Key<'_>, dialect: Dialect) -> Fields<'r> {
    match (&key.credential, dialect) {
        (Credential::Pair { fingerprint, private, .. }, Dialect::Compatible) => {
            let private = private.as_ref().map(|key| key.expose_secret().to_owned());
            fields.text("password", fingerprint.as_ref()).text("key", private.unwrap_or_default())
        }
        (Credential::Pair { private, .. }, Dialect::Strict) => {
            let private = private.as_ref().map(|key| hex(key.expose_secret().as_bytes()));
            fields.text("key", private.unwrap_or_default())
        }
        (Credential::Password { user, password }, _) => {
            fields.text("userName", user.as_ref()).text("password", password.expose_secret().to_owned())
        }
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02X}")).collect()
}
