//! What blobs hold: with what is known of them when it is little, in a file when it is much.
//!
//! **Invariant:** a file is written once, before any blob says that its content is there, and is never changed. One that
//! no blob names is of no use, and goes when the cloud is opened at the latest. Where nothing is kept a file has no name,
//! so that the system takes it back however the process ends.

use std::{
    fs::File,
    io::{self, Write},
    os::unix::fs::FileExt,
    path::{Path, PathBuf},
    sync::Arc,
};

use base64::{Engine, prelude::BASE64_STANDARD};
use bytes::{Bytes, BytesMut};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use tempfile::TempPath;
use tokio::task::spawn_blocking;
use uuid::Uuid;

use crate::model::{Error, ErrorKind};

/// The longest content that is kept with what is known of a blob, in bytes.
const LITTLE: usize = 4 << 10;
/// How much is written to a file, and read from one, at once, in bytes.
const BUFFER: usize = 256 << 10;
/// The longest piece of a content that is handed on, in bytes.
const PIECE: usize = 64 << 10;

/// What a blob holds.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) enum Content {
    /// It is this.
    Little(Little),
    /// It is in the file of this name in the cloud's folder.
    File(Uuid),
    /// It is in this file, which has no name.
    #[serde(skip)]
    Nameless(Arc<File>),
}

/// A content that is held in memory; in a document it is written in base64.
#[derive(Debug, Clone)]
pub(super) struct Little(pub(super) Bytes);

impl Serialize for Little {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&BASE64_STANDARD.encode(&self.0))
    }
}

impl<'de> Deserialize<'de> for Little {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        BASE64_STANDARD.decode(text).map(|bytes| Little(bytes.into())).map_err(de::Error::custom)
    }
}

/// What has come of a content so far. When this goes, so does what was written.
pub(super) struct Received {
    folder: Option<PathBuf>,
    waiting: BytesMut,
    size: u64,
    file: Option<Spool>,
}

/// A file that is being written.
struct Spool {
    file: Arc<File>,
    /// Its name, where it has one: the file goes with this.
    named: Option<(Uuid, TempPath)>,
}

/// A content that has come whole. The file goes with this unless it is kept.
pub(super) struct Whole {
    pub(super) content: Content,
    path: Option<TempPath>,
}

impl Received {
    /// Nothing yet; files get names in `folder`, or none at all.
    pub(super) fn new(folder: Option<&Path>) -> Self {
        Received { folder: folder.map(Path::to_owned), waiting: BytesMut::new(), size: 0, file: None }
    }

    /// How many bytes have come.
    pub(super) fn size(&self) -> u64 {
        self.size
    }

    /// Takes the next bytes.
    ///
    /// # Errors
    /// `Internal` when they cannot be written.
    pub(super) async fn take(&mut self, bytes: &[u8]) -> Result<(), Error> {
        self.size = self.size.saturating_add(u64::try_from(bytes.len()).unwrap_or(u64::MAX));
        self.waiting.extend_from_slice(bytes);
        if self.waiting.len() < BUFFER {
            return Ok(());
        }
        self.write(false).await
    }

    /// That was all.
    ///
    /// # Errors
    /// `Internal` when it cannot be written, or not be made to last.
    pub(super) async fn whole(mut self) -> Result<Whole, Error> {
        if self.file.is_none() && self.waiting.len() <= LITTLE {
            return Ok(Whole { content: Content::Little(Little(self.waiting.freeze())), path: None });
        }
        self.write(true).await?;
        let spool = self.file.ok_or_else(|| failed(io::Error::other("there is no file")))?;
        Ok(match spool.named {
            Some((name, path)) => Whole { content: Content::File(name), path: Some(path) },
            None => Whole { content: Content::Nameless(spool.file), path: None },
        })
    }

    async fn write(&mut self, last: bool) -> Result<(), Error> {
        let (folder, waiting, file) = (self.folder.clone(), self.waiting.split(), self.file.take());
        let written = blocking(move || {
            let spool = match file {
                Some(spool) => spool,
                None => Spool::create(folder.as_deref())?,
            };
            (&*spool.file).write_all(&waiting)?;
            if let (true, Some(folder)) = (last, &folder) {
                spool.file.sync_all()?;
                File::open(folder)?.sync_all()?;
            }
            Ok(spool)
        });
        self.file = Some(written.await?);
        Ok(())
    }
}

impl Spool {
    fn create(folder: Option<&Path>) -> io::Result<Self> {
        let Some(folder) = folder else {
            return Ok(Spool { file: Arc::new(tempfile::tempfile()?), named: None });
        };
        let name = Uuid::new_v4();
        let text = name.to_string();
        let file = tempfile::Builder::new().prefix(&text).suffix("").rand_bytes(0).tempfile_in(folder)?;
        let (file, path) = file.into_parts();
        Ok(Spool { file: Arc::new(file), named: Some((name, path)) })
    }
}

impl Whole {
    /// A blob says that its content is here: it stays.
    pub(super) fn keep(self) {
        // Only the file's going is called off here; on Unix nothing is done that could fail.
        let _ = self.path.map(TempPath::keep);
    }
}

/// A content that is being read, which nothing that is done to the blob changes any more.
pub(super) struct Pieces {
    source: Source,
    offset: u64,
    size: u64,
    read: Bytes,
}

enum Source {
    Memory,
    File(Arc<File>),
}

impl Content {
    /// The name of the file in the cloud's folder, if it is in one.
    pub(super) fn file(&self) -> Option<String> {
        match self {
            Content::File(name) => Some(name.to_string()),
            Content::Little(_) | Content::Nameless(_) => None,
        }
    }

    /// Opens it.
    ///
    /// # Errors
    /// `NotFound` of [`io`] when the file is gone because the blob has another content now.
    pub(super) async fn open(&self, size: u64, folder: Option<&Path>) -> io::Result<Pieces> {
        let file = match self {
            Content::Little(Little(bytes)) => {
                return Ok(Pieces { source: Source::Memory, offset: size, size, read: bytes.clone() });
            }
            Content::Nameless(file) => Arc::clone(file),
            Content::File(name) => {
                let folder = folder.ok_or(io::ErrorKind::NotFound)?;
                Arc::new(tokio::fs::File::open(folder.join(name.to_string())).await?.into_std().await)
            }
        };
        Ok(Pieces { source: Source::File(file), offset: 0, size, read: Bytes::new() })
    }
}

impl Pieces {
    /// The next bytes, at most 64 KiB; none at the end.
    ///
    /// # Errors
    /// `Internal` when they cannot be read.
    pub(super) async fn next(&mut self) -> Result<Option<Bytes>, Error> {
        if self.read.is_empty() && self.offset < self.size {
            self.read = self.fill().await?;
        }
        let piece = self.read.split_to(self.read.len().min(PIECE));
        Ok((!piece.is_empty()).then_some(piece))
    }

    async fn fill(&mut self) -> Result<Bytes, Error> {
        let Source::File(file) = &self.source else { return Ok(Bytes::new()) };
        let (file, offset) = (Arc::clone(file), self.offset);
        let length = usize::try_from(self.size - offset).unwrap_or(BUFFER).min(BUFFER);
        let bytes = blocking(move || {
            let mut bytes = vec![0; length];
            file.read_exact_at(&mut bytes, offset)?;
            Ok(Bytes::from(bytes))
        });
        let bytes = bytes.await?;
        self.offset += u64::try_from(length).unwrap_or_default();
        Ok(bytes)
    }
}

/// Does what may wait for a disk where nobody else waits for it.
async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> io::Result<T> + Send + 'static,
) -> Result<T, Error> {
    let done = spawn_blocking(work).await;
    done.map_err(io::Error::other).and_then(|done| done).map_err(failed)
}

pub(super) fn failed(error: io::Error) -> Error {
    Error::new(ErrorKind::Internal, "what the blob holds cannot be written or read").with_source(error)
}
