//! The two dialects: Apache Deltacloud's, which all known clients speak, and the specification's.
//!
//! They share one model and one table of attributes; what differs is asked of the dialect here.

use crate::wire::document::Format;

/// The namespace of version 1 of CIMI: of elements in XML, and the beginning of every type's URI.
pub(super) const NAMESPACE: &str = "http://schemas.dmtf.org/cimi/1";

/// How CIMI is spoken where the original and the specification differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Dialect {
    /// As Apache Deltacloud did: errors are its own documents, collections say `href`, its extensions have no namespace.
    #[default]
    Compatible,
    /// As the specification (DSP0263 1.0.1) has it: XML is valid against DSP8009, errors are Jobs.
    Strict,
}

impl Dialect {
    /// The dialects by name, as in the configuration.
    pub const NAMES: &[(&str, Dialect)] = &[("compatible", Dialect::Compatible), ("strict", Dialect::Strict)];

    /// The one of this name.
    pub fn named(name: &str) -> Option<Self> {
        let named = Dialect::NAMES.iter().find(|(known, _)| known.eq_ignore_ascii_case(name));
        named.map(|(_, dialect)| *dialect)
    }

    /// The bytes of one unit in which disks are measured: the original counted in KiB, the specification in kB.
    pub(super) fn disk_unit(self) -> u64 {
        match self {
            Dialect::Compatible => 1 << 10,
            Dialect::Strict => 1_000,
        }
    }

    /// Whether the root of a document of this form names its type in `resourceURI`. In XML, only collections have the
    /// attribute in the schema.
    pub(super) fn names_type(self, format: Format, is_collection: bool) -> bool {
        format == Format::Json || is_collection || self == Dialect::Compatible
    }
}

/// The URI of a type of resources.
pub(super) fn type_uri(name: &str) -> String {
    format!("{NAMESPACE}/{name}")
}
