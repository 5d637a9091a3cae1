//! How resources move: pushed one by one, borrowed, until the receiver has enough.

use super::{Error, Resource};

/// What a receiver wants after a resource.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Flow {
    /// The next one, if there is any.
    More,
    /// Nothing more: the producer may stop reading from its cloud.
    Enough,
}

/// Takes resources in the order in which the cloud gives them.
pub trait Sink {
    /// Takes one resource; it is gone from the caller's buffer afterwards.
    ///
    /// # Errors
    /// What makes the whole operation fail; the producer passes it on unchanged.
    fn put(&mut self, resource: &Resource<'_>) -> Result<Flow, Error>;
}

impl<F: FnMut(&Resource<'_>) -> Result<Flow, Error>> Sink for F {
    fn put(&mut self, resource: &Resource<'_>) -> Result<Flow, Error> {
        self(resource)
    }
}
