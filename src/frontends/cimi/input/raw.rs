//! A document as it was sent, before it is known what it should be.

/// A value in a document.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Raw {
    Null,
    Text(String),
    Flag(bool),
    /// A number, as it was written.
    Number(String),
    List(Vec<Raw>),
    /// Names and values, in their order. In XML attributes are first, the own text is under [`OWN_TEXT`], and a name is
    /// there as often as there are elements of it.
    Object(Vec<(String, Raw)>),
}

/// The name of the text that is directly in an element, as no attribute or element can be called.
pub(super) const OWN_TEXT: &str = "";
