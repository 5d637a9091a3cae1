//! Notes: what is kept of an instance that its cloud does not keep.

use std::fmt;

/// How an instance was launched, and what its user decided about it.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Note {
    /// The first of the instances that were launched with it.
    pub launch: String,
    /// Which of them it is, from 0.
    pub index: u32,
    /// The client's own name of the request by which it was launched.
    pub token: Option<String>,
    /// The key that lets in.
    pub key: Option<String>,
    /// What its guest is told at its first start: known only where the note itself is shown.
    pub user_data: Option<Vec<u8>>,
    /// What its user decided.
    pub decisions: Decisions,
}

impl fmt::Debug for Note {
    /// All but the user data, which often holds secrets.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Note { launch, index, token, key, user_data: _, decisions } = self;
        let mut note = f.debug_struct("Note");
        note.field("launch", launch).field("index", index).field("token", token).field("key", key);
        note.field("decisions", decisions).finish_non_exhaustive()
    }
}

/// What a user decided about an instance.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Decisions {
    /// It is not to be destroyed.
    pub stays: bool,
    /// It is not to be stopped.
    pub runs_on: bool,
    /// It is to be destroyed when its guest shuts down. This is kept and told; no guest is watched for it.
    pub ends_with_its_guest: bool,
}

/// What is to become of a note: what is none stays as it is.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct NoteChange {
    /// See [`Decisions::stays`].
    pub stays: Option<bool>,
    /// See [`Decisions::runs_on`].
    pub runs_on: Option<bool>,
    /// See [`Decisions::ends_with_its_guest`].
    pub ends_with_its_guest: Option<bool>,
    /// See [`Note::user_data`]. A guest that has started has read its own already.
    pub user_data: Option<Vec<u8>>,
}

impl NoteChange {
    /// The decisions after it.
    pub fn apply(&self, before: Decisions) -> Decisions {
        Decisions {
            stays: self.stays.unwrap_or(before.stays),
            runs_on: self.runs_on.unwrap_or(before.runs_on),
            ends_with_its_guest: self.ends_with_its_guest.unwrap_or(before.ends_with_its_guest),
        }
    }
}

impl fmt::Debug for NoteChange {
    /// All but the user data.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("NoteChange").field(&self.apply(Decisions::default())).finish_non_exhaustive()
    }
}
