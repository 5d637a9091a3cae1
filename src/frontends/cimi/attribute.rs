//! The form of the tables of attributes: from them documents are written, input is checked, and ResourceMetadata is
//! answered.

/// A type of resources.
#[derive(Debug)]
pub(super) struct Resource {
    /// Its name: of the element in XML, and the end of its URI.
    pub(super) name: &'static str,
    /// Its attributes but the common ones, in the order of the schema (DSP8009).
    pub(super) attributes: &'static [Attribute],
    /// Whether its operations stand before its own attributes in XML, as those of credentials do.
    pub(super) operations_first: bool,
}

impl Resource {
    /// A type of this name and with these attributes besides the common ones.
    pub(super) const fn new(name: &'static str, attributes: &'static [Attribute]) -> Self {
        Resource { name, attributes, operations_first: false }
    }

    /// All its attributes, the common ones first.
    pub(super) fn all(&self) -> impl Iterator<Item = &'static Attribute> {
        COMMON.iter().chain(self.attributes)
    }
}

/// An attribute of a type of resources.
#[derive(Debug)]
pub(super) struct Attribute {
    /// Its name, as in JSON and in queries.
    pub(super) name: &'static str,
    /// The name of its element in XML: of each one, where there may be several.
    pub(super) element: &'static str,
    /// Another name that clients use for it.
    pub(super) also: Option<&'static str>,
    pub(super) value: Type,
    /// Whether there may be several values.
    pub(super) many: bool,
    /// Whether who creates the resource has to give it.
    pub(super) required: bool,
    pub(super) access: Access,
    /// The namespace of what is no part of the specification.
    pub(super) extension: Option<&'static str>,
}

/// What a client may do with an attribute.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Access {
    /// Read it; what is sent for it is passed over, as the specification has it (section 5.2).
    Read,
    /// Say it when the resource is created.
    Create,
}

/// The type of an attribute's value.
#[derive(Debug, Clone, Copy)]
pub(super) enum Type {
    Text,
    Uri,
    /// A whole number that is not negative.
    Number,
    Flag,
    /// A moment (`xs:dateTime`).
    Moment,
    /// Bytes in hexadecimal digits.
    Hex,
    /// Keys and texts.
    Map,
    /// A resource by reference or, where it is sent, by value.
    Reference(&'static Resource),
    /// A resource of any type, by reference.
    Link,
    /// A collection of resources.
    Members(&'static Resource),
    /// Parts with names of their own.
    Struct(&'static [Attribute]),
    /// What can be done.
    Operations,
}

impl Type {
    /// Its name in ResourceMetadata (DSP0263, section 4.1.1).
    pub(super) fn name(self) -> &'static str {
        match self {
            Type::Text => "string",
            Type::Uri => "URI",
            Type::Number => "integer",
            Type::Flag => "boolean",
            Type::Moment => "dateTime",
            Type::Hex => "byte[]",
            Type::Map => "map",
            Type::Reference(_) | Type::Link => "ref",
            Type::Members(_) => "collection",
            Type::Struct(_) => "struct",
            Type::Operations => "operation[]",
        }
    }
}

impl Attribute {
    /// One that can be read.
    pub(super) const fn new(name: &'static str, value: Type) -> Self {
        Attribute {
            name,
            element: name,
            also: None,
            value,
            many: false,
            required: false,
            access: Access::Read,
            extension: None,
        }
    }

    /// The same, which may be said when the resource is created.
    pub(super) const fn given(self) -> Self {
        Attribute { access: Access::Create, ..self }
    }

    /// The same, which has to be said when the resource is created.
    pub(super) const fn required(self) -> Self {
        Attribute { access: Access::Create, required: true, ..self }
    }

    /// The same, of which there may be several, each an `element` in XML.
    pub(super) const fn many(self, element: &'static str) -> Self {
        Attribute { many: true, element, ..self }
    }

    /// The same, which clients call by this name, too.
    pub(super) const fn also(self, name: &'static str) -> Self {
        Attribute { also: Some(name), ..self }
    }

    /// The same, which is no part of the specification.
    pub(super) const fn extension(self, namespace: &'static str) -> Self {
        Attribute { extension: Some(namespace), ..self }
    }
}

/// The attributes that every resource has (DSP0263, section 5.1.2), and what can be done with it.
pub(super) const COMMON: &[Attribute] = &[
    Attribute::new("id", Type::Uri),
    Attribute::new("name", Type::Text).given(),
    Attribute::new("description", Type::Text).given(),
    Attribute::new("created", Type::Moment),
    Attribute::new("updated", Type::Moment),
    Attribute { element: "property", ..Attribute::new("properties", Type::Map).given() },
    Attribute::new("operations", Type::Operations).many("operation"),
];
