//! Buckets and blobs: S3's buckets and objects, Swift's containers and objects.

use std::borrow::Cow;

use jiff::Timestamp;

use super::owned;

/// What holds blobs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bucket<'a> {
    /// The cloud's identifier, without a slash.
    pub id: Cow<'a, str>,
    /// The name people gave it.
    pub name: Cow<'a, str>,
    /// How many blobs it holds, when known.
    pub size: Option<u64>,
    /// Where it is, when the cloud says so.
    pub location: Option<Cow<'a, str>>,
}

impl Bucket<'_> {
    /// The same bucket, owning its text: for what outlives the bytes it was read from.
    pub fn into_owned(self) -> Bucket<'static> {
        Bucket {
            id: owned(self.id),
            name: owned(self.name),
            size: self.size,
            location: self.location.map(owned),
        }
    }
}

/// A named sequence of bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Blob<'a> {
    /// The bucket it is in.
    pub bucket: Cow<'a, str>,
    /// Its name: what identifies it in its bucket.
    pub name: Cow<'a, str>,
    /// How many bytes it holds, when known.
    pub size: Option<u64>,
    /// What its content is, when known.
    pub content_type: Option<Cow<'a, str>>,
    /// When it was last written.
    pub modified: Option<Timestamp>,
    /// The user's own words about it.
    pub metadata: Vec<(Cow<'a, str>, Cow<'a, str>)>,
}

impl Blob<'_> {
    /// The same blob, owning its text: for what outlives the bytes it was read from.
    pub fn into_owned(self) -> Blob<'static> {
        Blob {
            bucket: owned(self.bucket),
            name: owned(self.name),
            size: self.size,
            content_type: self.content_type.map(owned),
            modified: self.modified,
            metadata: self.metadata.into_iter().map(|(name, text)| (owned(name), owned(text))).collect(),
        }
    }
}
