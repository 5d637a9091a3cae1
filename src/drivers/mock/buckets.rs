//! Buckets, and what is known of the blobs in them. What blobs hold is elsewhere: see [`contents`](super::contents).

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::state::{Found, Reading, Record, Writing, check_name, is_asked_for, not_now};
use crate::model::{
    Blob as ShownBlob, BlobSpec, Bucket as Shown, BucketSpec, Error, ErrorKind, Filter, Id, Kind, Resource,
};

/// The longest name of a blob, in bytes: S3's own limit for a key.
const LONGEST_BLOB_NAME: usize = 1024;
/// How many bytes the user's own words about a blob have at most, names and values together: S3's own limit is 2 KiB.
const MOST_METADATA: usize = 8 << 10;
/// The longest location or content type, in bytes.
const LONGEST_WORD: usize = 255;

/// A bucket: its name is its id.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Bucket {
    pub(super) location: Option<String>,
}

/// A blob: its id is that of the bucket, a slash, and its name.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Blob {
    pub(super) content: Content,
    pub(super) size: u64,
    pub(super) content_type: Option<String>,
    pub(super) modified: Timestamp,
    pub(super) metadata: Vec<(String, String)>,
}

/// Where it is what a blob holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Content {
    /// Here.
    Text(String),
    /// In the file of this name, which never changes.
    File(Uuid),
}

impl Record for Bucket {
    const KIND: Kind = Kind::Bucket;
    const MOST: usize = 1_000;

    fn describe<'a>(&'a self, id: &'a str, reading: Reading<'a>) -> Resource<'a> {
        let size = reading.state.blobs.beginning_with(prefix(id)).count();
        Resource::Bucket(Shown {
            id: id.into(),
            name: id.into(),
            size: u64::try_from(size).ok(),
            location: self.location.as_deref().map(Into::into),
        })
    }

    fn may_go(&self, id: &str, reading: Reading<'_>) -> Result<(), Error> {
        match reading.state.blobs.beginning_with(prefix(id)).next() {
            Some(_) => Err(not_now(Kind::Bucket, id, "is not empty")),
            None => Ok(()),
        }
    }
}

impl Record for Blob {
    const KIND: Kind = Kind::Blob;
    const MOST: usize = 10_000;

    fn describe<'a>(&'a self, id: &'a str, _reading: Reading<'a>) -> Resource<'a> {
        let (bucket, name) = id.split_once('/').unwrap_or(("", id));
        Resource::Blob(ShownBlob {
            bucket: bucket.into(),
            name: name.into(),
            size: Some(self.size),
            content_type: self.content_type.as_deref().map(Into::into),
            modified: Some(self.modified),
            metadata: self.metadata.iter().map(|(key, text)| (key.into(), text.into())).collect(),
        })
    }
}

impl<'a> Reading<'a> {
    /// Each bucket, and after it its blobs.
    pub(super) fn list_buckets(self, filter: &'a Filter) -> Found<'a> {
        let asked = self.state.buckets.iter().filter(|(id, _)| is_asked_for(filter, id, id));
        Box::new(asked.flat_map(move |(id, bucket)| self.with_blobs(id, bucket)))
    }

    /// The bucket, and after it its blobs.
    pub(super) fn show_bucket(self, id: &Id) -> Result<Found<'a>, Error> {
        let found = self.state.buckets.entry(id.as_str());
        let (id, bucket) = found.ok_or_else(|| Error::not_found(Kind::Bucket, id.clone()))?;
        Ok(Box::new(self.with_blobs(id, bucket)))
    }

    fn with_blobs(self, id: &'a str, bucket: &'a Bucket) -> impl Iterator<Item = Resource<'a>> + 'a {
        let blobs = self.state.blobs.beginning_with(prefix(id));
        let blobs = blobs.map(move |(id, blob)| blob.describe(id, self));
        std::iter::once(bucket.describe(id, self)).chain(blobs)
    }
}

impl Writing<'_> {
    pub(super) fn create_bucket(&mut self, spec: &BucketSpec) -> Result<Resource<'static>, Error> {
        check_name(&spec.name, Kind::Bucket)?;
        check_word(spec.location.as_deref(), "location")?;
        self.create(&spec.name, Bucket { location: spec.location.clone() })
    }

    /// Puts a blob into its bucket, in the place of one that is there.
    pub(super) fn put_blob(
        &mut self,
        spec: &BlobSpec,
        content: Content,
        size: u64,
    ) -> Result<Resource<'static>, Error> {
        check_blob(self.reading(), spec)?;
        let id = Id::of_blob(spec.bucket.as_str(), &spec.name);
        let (content_type, metadata) = (spec.content_type.clone(), spec.metadata.clone());
        self.state.blobs.remove(id.as_str());
        self.create(id.as_str(), Blob { content, size, content_type, modified: self.now, metadata })
    }

    pub(super) fn set_metadata(
        &mut self,
        id: &Id,
        metadata: &[(String, String)],
    ) -> Result<Resource<'static>, Error> {
        check_metadata(metadata)?;
        self.state.find_mut::<Blob>(id)?.metadata = metadata.to_vec();
        self.shown::<Blob>(id)
    }
}

/// Whether a blob can be put where `spec` wants it.
///
/// # Errors
/// `NotFound` for the bucket, `Invalid`
pub(super) fn check_blob(reading: Reading<'_>, spec: &BlobSpec) -> Result<(), Error> {
    reading.state.find::<Bucket>(&spec.bucket)?;
    let fits = (1..=LONGEST_BLOB_NAME).contains(&spec.name.len()) && !spec.name.chars().any(char::is_control);
    if !fits || matches!(spec.name.as_str(), "." | "..") {
        let message = format!("the name of a blob is text of 1 to {LONGEST_BLOB_NAME} bytes");
        return Err(Error::new(ErrorKind::Invalid, message));
    }
    check_word(spec.content_type.as_deref(), "content type")?;
    check_metadata(&spec.metadata)
}

fn check_metadata(metadata: &[(String, String)]) -> Result<(), Error> {
    let bytes: usize = metadata.iter().map(|(name, value)| name.len() + value.len()).sum();
    if bytes <= MOST_METADATA {
        return Ok(());
    }
    Err(Error::new(ErrorKind::Invalid, format!("the metadata of a blob has at most {MOST_METADATA} bytes")))
}

fn check_word(word: Option<&str>, what: &str) -> Result<(), Error> {
    let fits = |word: &str| word.len() <= LONGEST_WORD && !word.chars().any(char::is_control);
    if word.is_none_or(fits) {
        return Ok(());
    }
    Err(Error::new(ErrorKind::Invalid, format!("a {what} has at most {LONGEST_WORD} bytes")))
}

/// How the ids of all blobs of a bucket begin.
fn prefix(bucket: &str) -> String {
    Id::of_blob(bucket, "").to_string()
}
