//! Blobs: what is known of them, and how what they hold comes and goes, piece by piece.

use std::{io, sync::Arc};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{
    Mock,
    buckets::{Bucket, check_word},
    contents::{Content, Pieces, Received, failed},
    state::{Reading, Record, State, Writing},
};
use crate::{
    exchange::Cloud,
    model::{Blob as Shown, BlobSpec, Error, ErrorKind, Flow, Id, Kind, Resource},
};

/// The longest name of a blob, in bytes: S3's own limit for a key.
const LONGEST_BLOB_NAME: usize = 1024;
/// How many bytes the user's own words about a blob have at most, names and values together: S3's own limit is 2 KiB.
const MOST_METADATA: usize = 8 << 10;
/// How many bytes all blobs of a cloud hold at most: 64 GiB.
const MOST_BYTES: u64 = 64 << 30;
/// How many blobs at most are in files that have no name, and are open therefore.
const MOST_NAMELESS: usize = 256;
/// How often a blob is looked for whose content went away before it could be opened.
const LOOKS: u32 = 8;

/// A blob: its id is that of the bucket, a slash, and its name.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Blob {
    pub(super) content: Content,
    pub(super) size: u64,
    pub(super) content_type: Option<String>,
    pub(super) modified: Timestamp,
    pub(super) metadata: Vec<(String, String)>,
}

impl Record for Blob {
    const KIND: Kind = Kind::Blob;
    const MOST: usize = 10_000;

    fn name<'a>(&'a self, id: &'a str) -> &'a str {
        id.split_once('/').map_or(id, |(_, name)| name)
    }

    fn describe<'a>(&'a self, id: &'a str, _reading: Reading<'a>) -> Resource<'a> {
        let (bucket, name) = id.split_once('/').unwrap_or(("", id));
        Resource::Blob(Shown {
            bucket: bucket.into(),
            name: name.into(),
            size: Some(self.size),
            content_type: self.content_type.as_deref().map(Into::into),
            modified: Some(self.modified),
            metadata: self.metadata.iter().map(|(key, text)| (key.into(), text.into())).collect(),
        })
    }
}

impl Mock {
    /// Stores what the client sends. Nothing of it stays unless all of it came.
    pub(super) async fn create_blob(&self, spec: &BlobSpec, cloud: &mut Cloud<'_>) -> Result<(), Error> {
        let room = {
            let mut state = State::clone(&self.store.state());
            check(&state, spec)?;
            state.blobs.remove(Id::of_blob(spec.bucket.as_str(), &spec.name).as_str());
            room(&state)
        };
        let mut received = Received::new(self.store.folder());
        while let Some(bytes) = cloud.body().await? {
            received.take(&bytes).await?;
            if received.size() > spec.size.unwrap_or(u64::MAX) {
                return Err(another_size(spec));
            }
            if received.size() > room {
                return Err(full());
            }
        }
        let size = received.size();
        if spec.size.is_some_and(|announced| announced != size) {
            return Err(another_size(spec));
        }
        let (spec, whole) = (spec.clone(), received.whole().await?);
        let made = self.with_store(move |store| {
            let made = store.change(|writing| writing.put_blob(&spec, whole.content.clone(), size))?;
            whole.keep();
            Ok(made)
        });
        cloud.emit(&made.await?).await.map(|_| ())
    }

    /// The blob and then what it holds, both as they were when it was opened.
    pub(super) async fn read_blob(&self, id: &Id, cloud: &mut Cloud<'_>) -> Result<(), Error> {
        let (state, mut pieces) = self.open_blob(id).await?;
        let shown = Reading { state: &state, now: Timestamp::now() }.show::<Blob>(id)?;
        if cloud.emit(&shown).await? == Flow::Enough {
            return Ok(());
        }
        while let Some(piece) = pieces.next().await? {
            if cloud.emit(&Resource::Content(piece.as_ref().into())).await? == Flow::Enough {
                break;
            }
        }
        Ok(())
    }

    /// What a blob holds, with the state in which it does.
    pub(super) async fn open_blob(&self, id: &Id) -> Result<(Arc<State>, Pieces), Error> {
        for _ in 0..LOOKS {
            let state = self.store.state();
            let blob = state.find::<Blob>(id)?;
            match blob.content.open(blob.size, self.store.folder()).await {
                Ok(pieces) => return Ok((state, pieces)),
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(error) => return Err(failed(error)),
            }
        }
        Err(failed(io::ErrorKind::NotFound.into()))
    }
}

impl Writing<'_> {
    /// Puts a blob into its bucket, in the place of one that is there.
    pub(super) fn put_blob(
        &mut self,
        spec: &BlobSpec,
        content: Content,
        size: u64,
    ) -> Result<Resource<'static>, Error> {
        check(self.state, spec)?;
        let id = Id::of_blob(spec.bucket.as_str(), &spec.name);
        self.state.blobs.remove(id.as_str());
        if size > room(self.state) || self.has_no_room_for(&content) {
            return Err(full());
        }
        let (content_type, metadata) = (spec.content_type.clone(), spec.metadata.clone());
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

    /// Whether one more file without a name would be too many.
    fn has_no_room_for(&self, content: &Content) -> bool {
        let is_nameless = |content: &Content| matches!(content, Content::Nameless(_));
        let others = self.state.blobs.iter().filter(|(_, blob)| is_nameless(&blob.content));
        is_nameless(content) && others.count() >= MOST_NAMELESS
    }
}

/// Whether a blob can be put where `spec` wants it.
///
/// # Errors
/// `NotFound` for the bucket, `Invalid`
fn check(state: &State, spec: &BlobSpec) -> Result<(), Error> {
    state.find::<Bucket>(&spec.bucket)?;
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

/// How many bytes more there is room for.
fn room(state: &State) -> u64 {
    let taken: u64 = state.blobs.iter().map(|(_, blob)| blob.size).sum();
    MOST_BYTES.saturating_sub(taken)
}

fn full() -> Error {
    Error::new(ErrorKind::LimitReached, "this cloud has no room for so much")
}

fn another_size(spec: &BlobSpec) -> Error {
    let message = format!("'{}' has not the size that was announced", spec.name.escape_debug());
    Error::new(ErrorKind::Invalid, message)
}
