//! A cloud in a folder: an embedded database of what it is, in JSON, and a file for the content of each larger blob.
//!
//! A change is one transaction, which lasts before anybody is told of it; a process that is killed in the middle of one
//! leaves the cloud as it was before. A folder belongs to one process at a time.

use std::{
    collections::HashSet,
    error::Error as StdError,
    fs::{self, DirBuilder, File, TryLockError},
    os::unix::fs::DirBuilderExt,
    path::{Path, PathBuf},
};

use redb::{Database, ReadTransaction, ReadableDatabase, ReadableTable, TableDefinition, WriteTransaction};
use serde::{Serialize, de::DeserializeOwned};

use super::{
    contents::Content,
    state::{Compare, Fill, State},
    table::Table,
};
use crate::model::{Error, ErrorKind};

/// How much of the database is held in memory, in bytes: all of it is in memory anyhow.
const CACHE: usize = 1 << 20;
/// The number of the form in which things are written; another one is not read.
const FORM: &str = "1";
/// The names of what is in a cloud's folder besides the lock.
const DATABASE: &str = "state.redb";
const CONTENTS: &str = "contents";
const ABOUT: TableDefinition<'_, &str, &str> = TableDefinition::new("about");

type Records<'a> = TableDefinition<'a, &'static str, &'static [u8]>;

/// A cloud in a folder.
pub(super) struct Disk {
    database: Database,
    contents: PathBuf,
    /// It is locked as long as this is open.
    _lock: File,
}

impl Disk {
    /// Opens the cloud in `folder`, or begins one there as `seed`.
    ///
    /// # Errors
    /// `Internal` when it cannot be read or written, or another process has it.
    pub(super) fn open(folder: &Path, seed: State) -> Result<(Self, State), Error> {
        let because = |why: String| {
            let message = format!("the mock cloud's state in {} cannot be used: {why}", folder.display());
            Error::new(ErrorKind::Internal, message)
        };
        let opened = prepare(folder).and_then(|(folder, lock)| {
            let (database, state) = database(&folder.join(DATABASE), seed)?;
            let disk = Disk { database, contents: folder.join(CONTENTS), _lock: lock };
            disk.sweep(&state)?;
            Ok((disk, state))
        });
        opened.map_err(|error| because(error.to_string()))
    }

    /// Where the contents of blobs are.
    pub(super) fn contents(&self) -> &Path {
        &self.contents
    }

    /// Makes what is kept of `after`, if `before` was kept.
    ///
    /// # Errors
    /// `Internal`
    pub(super) fn commit(&self, before: &State, after: &State) -> Result<(), Error> {
        write(&self.database, before, after).map_err(|error| {
            let message = "the change cannot be kept, and was not made";
            Error::new(ErrorKind::Internal, message).with_detail(error.to_string())
        })
    }

    /// Removes the contents that only `before` had. What cannot be removed now is when the cloud is opened again.
    pub(super) fn forget(&self, before: &State, after: &State) {
        for (id, now) in after.blobs.since(&before.blobs) {
            let (was, is) = (before.blobs.get(id).map(|blob| &blob.content), now.map(|blob| &blob.content));
            if let (Some(Content::File(name)), false) = (was, is_same(was, is)) {
                let _ = fs::remove_file(self.contents.join(name.to_string()));
            }
        }
    }

    /// Removes the contents that no blob has: what was being received when the process was killed.
    fn sweep(&self, state: &State) -> Result<(), Failure> {
        let known: HashSet<String> = state.blobs.iter().filter_map(|(_, blob)| blob.content.file()).collect();
        for entry in fs::read_dir(&self.contents)? {
            let entry = entry?;
            if !entry.file_name().to_str().is_some_and(|name| known.contains(name)) {
                fs::remove_file(entry.path())?;
            }
        }
        Ok(())
    }
}

type Failure = Box<dyn StdError + Send + Sync>;

fn is_same(was: Option<&Content>, is: Option<&Content>) -> bool {
    is.is_some() && was.and_then(Content::file) == is.and_then(Content::file)
}

/// Makes the folder with what has to be in it, if it is not there, and takes it for this process.
fn prepare(folder: &Path) -> Result<(PathBuf, File), Failure> {
    DirBuilder::new().recursive(true).mode(0o700).create(folder.join(CONTENTS))?;
    let folder = folder.canonicalize()?;
    let lock = File::create(folder.join("lock"))?;
    match lock.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => return Err("another process uses it".into()),
        Err(TryLockError::Error(error)) => return Err(error.into()),
    }
    for made in folder.ancestors().take(2) {
        File::open(made)?.sync_all()?;
    }
    Ok((folder, lock))
}

/// Opens the database at `path`, or puts one there that holds `seed`: whole, or not at all.
fn database(path: &Path, seed: State) -> Result<(Database, State), Failure> {
    if path.try_exists()? {
        let database = Database::builder().set_cache_size(CACHE).open(path)?;
        let state = read(&database)?;
        return Ok((database, state));
    }
    let draft = path.with_extension("new");
    if draft.try_exists()? {
        fs::remove_file(&draft)?;
    }
    let database = Database::builder().set_cache_size(CACHE).create(&draft)?;
    write(&database, &State::default(), &seed)?;
    fs::rename(&draft, path)?;
    if let Some(folder) = path.parent() {
        File::open(folder)?.sync_all()?;
    }
    Ok((database, seed))
}

fn read(database: &Database) -> Result<State, Failure> {
    let transaction = database.begin_read()?;
    let form = transaction.open_table(ABOUT)?.get("form")?.map(|form| form.value().to_owned());
    if form.as_deref() != Some(FORM) {
        return Err("it was written by another version of this program".into());
    }
    State::filled(&Reader(transaction))
}

fn write(database: &Database, before: &State, after: &State) -> Result<(), Failure> {
    let transaction = database.begin_write()?;
    transaction.open_table(ABOUT)?.insert("form", FORM)?;
    after.compare(before, &Writer(&transaction))?;
    transaction.commit()?;
    Ok(())
}

struct Reader(ReadTransaction);

impl Fill for Reader {
    type Error = Failure;

    fn table<T: DeserializeOwned>(&self, name: &str) -> Result<Table<T>, Failure> {
        let mut table = Table::default();
        for record in self.0.open_table(Records::new(name))?.iter()? {
            let (id, value) = record?;
            table.put(id.value(), serde_json::from_slice(value.value())?);
        }
        Ok(table)
    }
}

struct Writer<'a>(&'a WriteTransaction);

impl Compare for Writer<'_> {
    type Error = Failure;

    fn table<T: Serialize>(&self, name: &str, before: &Table<T>, after: &Table<T>) -> Result<(), Failure> {
        let mut records = self.0.open_table(Records::new(name))?;
        for (id, value) in after.since(before) {
            match value {
                Some(value) => drop(records.insert(id, serde_json::to_vec(value)?.as_slice())?),
                None => drop(records.remove(id)?),
            }
        }
        Ok(())
    }
}
