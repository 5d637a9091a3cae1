//! Keys.
//!
//! Decided otherwise than in the original: a private key is said once, in the answer to its creation, and not
//! whenever the key is shown.

use secrecy::ExposeSecret;

use super::{context::Context, document::Node, negotiation::Format};
use crate::model::{Credential, Key};

/// The document of a key.
pub(super) fn describe<'a>(key: &'a Key<'_>, context: &Context) -> Node<'a> {
    let href = context.href(&["keys", &key.id]);
    let destroy =
        Node::empty("link").with("href", href.clone()).with("method", "delete").with("rel", "destroy");
    let mut parts = vec![Node::text("name", key.name.as_ref()), Node::list("actions", vec![destroy])];
    let kind = match &key.credential {
        Credential::Pair { fingerprint, private } => {
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
