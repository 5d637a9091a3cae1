//! JSON, read as it arrives.
//!
//! The path of a list: [`each`] is fed chunks of `{"servers": [{..}, {..}], "servers_links": [..]}`; `cut` finds where
//! each value ends without reading it; each item is given, as bytes where they lie, to a converter that [`read`]s it
//! into a struct that borrows its [`Text`]s from them. What stands beside the list (the link to the next page) goes to
//! [`Each::beside`]. [`read`] reads a small document that is there already, too.
//!
//! **Invariants**
//! - Memory does not grow with a list: at most one unfinished item is kept, and an item has a size limit.
//! - Every byte is looked at once to find where its value ends, however the chunks fall, and once to read it.
//! - Values are nested at most 64 deep: nothing here or behind it recurses further.
//! - What a converter reads is checked to be well-formed. What it passes over is only checked to end.

mod cut;
mod decode;
mod malformed;
#[cfg(test)]
mod properties;
mod text;

pub use decode::{Each, ITEM_CAP, each, items};
pub use malformed::{Malformed, read};
pub use text::{Text, entries, member, values};
