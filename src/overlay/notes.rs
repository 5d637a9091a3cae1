//! Notes of instances: kept when they are launched, laid over them, changed, and heeded.

use std::{collections::HashMap, sync::Arc};

use serde::{Deserialize, Serialize};

use super::{Overlay, laid::Laid};
use crate::{
    exchange::{Cloud, Found, Line},
    model::{Action, Decisions, Error, ErrorKind, Filter, Id, Kind, Memo, Note, NoteChange, Operation, Spec},
    store::{Account, AllTags, Store},
};

/// The name of the note itself.
const NOTE: &str = "instance";
/// The name of the note that holds the user data, which is read only when it is asked for.
const USER_DATA: &str = "user-data";

/// The notes of all instances of an account.
pub(super) type Notes = HashMap<Id, Arc<Note>>;

/// A note as it is written.
#[derive(Serialize, Deserialize)]
struct Written {
    launch: String,
    index: u32,
    token: Option<String>,
    key: Option<String>,
    stays: bool,
    runs_on: bool,
    ends_with_its_guest: bool,
}

impl From<&Note> for Written {
    fn from(note: &Note) -> Self {
        let Note { launch, index, token, key, user_data: _, decisions } = note.clone();
        let Decisions { stays, runs_on, ends_with_its_guest } = decisions;
        Written { launch, index, token, key, stays, runs_on, ends_with_its_guest }
    }
}

impl From<Written> for Note {
    fn from(written: Written) -> Self {
        let Written { launch, index, token, key, stays, runs_on, ends_with_its_guest } = written;
        let decisions = Decisions { stays, runs_on, ends_with_its_guest };
        Note { launch, index, token, key, user_data: None, decisions }
    }
}

/// What all instances of a launch have in common.
pub(super) fn of_launch(spec: &Spec, memo: &Memo) -> Option<Note> {
    let (Spec::Instance(spec), Some(change)) = (spec, &memo.note) else { return None };
    Some(Note {
        launch: String::new(),
        index: 0,
        token: memo.token.clone(),
        key: spec.key.as_ref().map(Id::to_string),
        user_data: spec.user_data.clone(),
        decisions: change.apply(Decisions::default()),
    })
}

impl Overlay {
    /// The notes of all instances, as they were when the tags were read.
    pub(super) async fn notes(&self, account: &Account, all: &AllTags) -> Result<Arc<Notes>, Error> {
        match self.notes.get(account).await {
            Some((revision, notes)) if revision == all.revision => Ok(notes),
            _ if all.revision == 0 => Ok(Arc::default()),
            _ => {
                let notes = Arc::new(read(&self.store, account).await?);
                self.notes.insert(account.clone(), (all.revision, Arc::clone(&notes))).await;
                Ok(notes)
            }
        }
    }

    /// Keeps the notes of instances that have just been launched.
    pub(super) async fn keep_notes(&self, account: &Account, notes: &[(Id, Arc<Note>)]) -> Result<(), Error> {
        for (id, note) in notes {
            write(&self.store, account, id, note).await?;
            if let Some(data) = &note.user_data {
                keep_user_data(&self.store, account, id, data).await?;
            }
        }
        Ok(())
    }

    /// Shows an instance with all that is kept of it.
    pub(super) async fn show_note(&self, id: &Id, cloud: &mut Cloud<'_>) -> Result<(), Error> {
        let account = self.account(cloud.line.identity);
        let all = self.store.tags(&account).await?;
        let mut notes = (*self.notes(&account, &all).await?).clone();
        let mut note = notes.get(id).map(|note| (**note).clone()).unwrap_or_default();
        note.user_data = self.store.note(&account, Kind::Instance, id, USER_DATA).await?;
        notes.insert(id.clone(), Arc::new(note));
        let (line, receiver) = cloud.parts();
        let mut laid = Laid::over(receiver, all, Arc::new(notes));
        let show = Operation::Show(Kind::Instance, id.clone());
        self.driver.perform(&show, &mut Cloud::of(line, &mut laid)).await
    }

    /// Changes what is kept of an instance that is there.
    pub(super) async fn change_note(
        &self,
        id: &Id,
        change: &NoteChange,
        cloud: &mut Cloud<'_>,
    ) -> Result<(), Error> {
        let account = self.account(cloud.line.identity);
        let all = self.store.tags(&account).await?;
        let notes = self.notes(&account, &all).await?;
        let mut found = Found::default();
        let look = Operation::List(Kind::Instance, Filter { ids: vec![id.clone()], ..Filter::default() });
        self.driver.perform(&look, &mut Cloud::of(cloud.line, &mut found)).await?;
        if found.0.is_empty() {
            return Err(Error::not_found(Kind::Instance, id.clone()));
        }
        let mut note = notes.get(id).map(|note| (**note).clone()).unwrap_or_default();
        note.decisions = change.apply(note.decisions);
        write(&self.store, &account, id, &note).await?;
        match &change.user_data {
            Some(data) => keep_user_data(&self.store, &account, id, data).await,
            None => Ok(()),
        }
    }

    /// Whether the users of these instances have decided that this is not to be done to any of them.
    ///
    /// # Errors
    /// `Protected` about the first of which they have; `Unavailable` when the store cannot be used.
    pub(super) async fn heed(&self, operation: &Operation, line: Line<'_>) -> Result<(), Error> {
        type Forbids = fn(&Decisions) -> bool;
        let (ids, forbids): (_, Forbids) = match operation {
            Operation::Destroy(Kind::Instance, ids) => (ids, |decisions| decisions.stays),
            Operation::Act(Action::Stop { .. }, ids) => (ids, |decisions| decisions.runs_on),
            _other => return Ok(()),
        };
        let account = self.account(line.identity);
        let all = self.store.tags(&account).await?;
        let notes = self.notes(&account, &all).await?;
        let forbidden = |id: &&Id| notes.get(*id).is_some_and(|note| forbids(&note.decisions));
        let Some(id) = ids.iter().find(forbidden) else { return Ok(()) };
        self.prove(line).await?;
        let (verb, attribute) = match operation {
            Operation::Act(..) => ("stopped", "disableApiStop"),
            _other => ("terminated", "disableApiTermination"),
        };
        let message = format!(
            "the instance '{id}' may not be {verb}. Modify its '{attribute}' instance attribute and try again"
        );
        Err(Error::new(ErrorKind::Protected, message).about(Kind::Instance, id.clone()))
    }
}

async fn read(store: &Store, account: &Account) -> Result<Notes, Error> {
    let notes = store.notes(account, Kind::Instance, NOTE).await?;
    // What a newer gateway has written otherwise is not known here.
    let read = |(id, text): (Id, Vec<u8>)| {
        Some((id, Arc::new(Note::from(serde_json::from_slice::<Written>(&text).ok()?))))
    };
    Ok(notes.into_iter().filter_map(read).collect())
}

async fn write(store: &Store, account: &Account, id: &Id, note: &Note) -> Result<(), Error> {
    let text = serde_json::to_vec(&Written::from(note))
        .map_err(|error| Error::new(ErrorKind::Internal, "a note cannot be written").with_source(error))?;
    store.put_note(account, Kind::Instance, id, NOTE, &text, false).await
}

/// Sealed where that can be: user data often holds secrets.
async fn keep_user_data(store: &Store, account: &Account, id: &Id, data: &[u8]) -> Result<(), Error> {
    store.put_note(account, Kind::Instance, id, USER_DATA, data, store.can_seal()).await
}
