//! The grammar that both sides share, without I/O: bytes in, bytes out.
//!
//! **Invariant:** nothing here waits, reads a clock or opens anything; every parser is total: any bytes give a value
//! or an error.

pub mod basic;
pub mod document;
pub mod form;
pub mod json;
pub mod sign;
pub mod target;
pub mod xml;

use crate::model::{Error, Flow, Sink};

/// Turns a back end's body, fed in chunks as they arrive, into resources.
pub trait Decode: Send {
    /// Takes the next bytes and pushes every resource that is now whole.
    ///
    /// # Errors
    /// When the bytes are not what the cloud should answer, or the sink fails.
    fn feed(&mut self, chunk: &[u8], sink: &mut dyn Sink) -> Result<Flow, Error>;

    /// The body has ended.
    ///
    /// # Errors
    /// When it ended too early.
    fn finish(&mut self, sink: &mut dyn Sink) -> Result<(), Error>;
}
