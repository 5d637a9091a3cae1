//! Buckets.

use std::iter;

use serde::{Deserialize, Serialize};

use super::state::{Found, Reading, Record, Writing, check_name, is_asked_for, not_now};
use crate::model::{Bucket as Shown, BucketSpec, Error, ErrorKind, Filter, Id, Kind, Resource};

/// The longest location or content type, in bytes.
const LONGEST_WORD: usize = 255;

/// A bucket: its name is its id.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Bucket {
    pub(super) location: Option<String>,
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
        iter::once(bucket.describe(id, self)).chain(blobs)
    }
}

impl Writing<'_> {
    pub(super) fn create_bucket(&mut self, spec: &BucketSpec) -> Result<Resource<'static>, Error> {
        check_name(&spec.name, Kind::Bucket)?;
        check_word(spec.location.as_deref(), "location")?;
        self.create(&spec.name, Bucket { location: spec.location.clone() })
    }
}

/// Whether a word that describes something can be kept.
///
/// # Errors
/// `Invalid`
pub(super) fn check_word(word: Option<&str>, what: &str) -> Result<(), Error> {
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
