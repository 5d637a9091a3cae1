//! Images: an EC2 AMI, a Deltacloud image, an oVirt template.

use std::borrow::Cow;

use jiff::Timestamp;

use super::{Tags, owned};

/// What an instance is made from.
#[derive(Debug, Clone, PartialEq)]
pub struct Image<'a> {
    /// The cloud's identifier.
    pub id: Cow<'a, str>,
    /// The name people gave it.
    pub name: Cow<'a, str>,
    /// What people wrote about it; empty when nothing.
    pub description: Cow<'a, str>,
    /// Whose it is, as the cloud names users; empty when the cloud does not say.
    pub owner: Cow<'a, str>,
    /// The processor it was built for, in EC2's words (`x86_64`, `i386`, `arm64`); none when the cloud does not say.
    pub architecture: Option<Cow<'a, str>>,
    /// Whether instances can be made from it now.
    pub state: ImageState,
    /// When it was made.
    pub created: Option<Timestamp>,
    /// What its user wrote on it; no driver knows of it.
    pub tags: Tags,
}

impl Image<'_> {
    /// The same image, owning its text: for what outlives the bytes it was read from.
    pub fn into_owned(self) -> Image<'static> {
        Image {
            id: owned(self.id),
            name: owned(self.name),
            description: owned(self.description),
            owner: owned(self.owner),
            architecture: self.architecture.map(owned),
            state: self.state,
            created: self.created,
            tags: self.tags,
        }
    }
}

/// Whether an image can be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ImageState {
    /// Instances can be made from it.
    Available,
    /// It is still being written.
    Pending,
    /// It is broken and stays so.
    Failed,
}
