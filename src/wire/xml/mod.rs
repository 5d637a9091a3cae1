//! XML, read as it arrives and written as it is made.
//!
//! The path of a list: [`each`] is fed chunks of `<vms><vm>..</vm>..</vms>`; `cut` finds where each item ends without
//! reading it; an [`Element`] then reads the item where it lies, borrowing every name and text from it, and what the
//! converter does not ask for is passed over. [`one`] does the same for a document that is a single item, and
//! [`document`] reads a small one that is there already. [`Writer`] goes the other way.
//!
//! **Invariants**
//! - Memory does not grow with a list: at most one unfinished item is kept, and an item has a size limit.
//! - Every byte is looked at a fixed number of times, however the chunks fall.
//! - Document types are refused, so there are no entities but the five predefined ones: nothing expands.
//! - What a converter reads is checked to be well-formed. What it passes over is only checked to end.

mod cut;
mod decode;
mod element;
mod malformed;
mod markup;
#[cfg(test)]
mod properties;
mod reference;
mod seek;
#[cfg(test)]
mod tree;
mod write;

pub use decode::{ITEM_CAP, document, each, one};
pub use element::Element;
pub use malformed::Malformed;
pub use write::Writer;
