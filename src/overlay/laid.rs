//! Between a driver and the receiver: what is kept of the things that pass.

use std::{borrow::Cow, sync::Arc};

use async_trait::async_trait;
use bytes::Bytes;

use super::notes::Notes;
use crate::{
    exchange::Receiver,
    model::{Error, Flow, Id, Instance, Kind, Memo, Note, Resource, Sink, Tag, Tags},
    store::AllTags,
};

/// Things that get tags, and the tags.
pub(super) type Given = (Vec<(Kind, Id)>, Vec<(String, String)>);

/// Puts tags and notes on what passes.
pub(super) struct Laid<'a> {
    receiver: &'a mut dyn Receiver,
    all: Arc<AllTags>,
    notes: Arc<Notes>,
    /// What is kept of each instance that is made, and how many were.
    launch: Option<Note>,
    launched: Vec<(Id, Arc<Note>)>,
    /// What things get that are made just now.
    memo: Option<&'a Memo>,
    /// Those that were made.
    made: Vec<(Kind, Id)>,
}

impl<'a> Laid<'a> {
    /// Puts these on what passes to `receiver`.
    pub(super) fn over(receiver: &'a mut dyn Receiver, all: Arc<AllTags>, notes: Arc<Notes>) -> Self {
        Laid { receiver, all, notes, launch: None, launched: Vec::new(), memo: None, made: Vec::new() }
    }

    /// The same, of things that are made just now and get what is in `memo`.
    pub(super) fn giving(self, memo: &'a Memo, launch: Option<Note>) -> Self {
        Laid { memo: Some(memo), launch, ..self }
    }

    /// What is to be kept of the instances that were launched.
    pub(super) fn launched(&self) -> &[(Id, Arc<Note>)] {
        &self.launched
    }

    /// What is kept of an instance, or will be.
    fn note_of(&mut self, id: &str) -> Option<Arc<Note>> {
        let Some(launch) = &self.launch else { return self.notes.get(id).cloned() };
        let first = self.launched.first().map_or(id, |(first, _)| first.as_str()).to_owned();
        let index = u32::try_from(self.launched.len()).unwrap_or(u32::MAX);
        let note = Arc::new(Note { launch: first, index, ..launch.clone() });
        self.launched.push((Id::from(id), Arc::clone(&note)));
        Some(note)
    }

    /// What was made, with the tags that it is to have.
    pub(super) fn given(&self) -> Vec<Given> {
        let memo = self.memo.into_iter().flat_map(|memo| &memo.tags);
        let given = memo.map(|(kind, tags)| {
            let things: Vec<_> = self.made.iter().filter(|(made, _)| made == kind).cloned().collect();
            (things, tags.iter().map(|Tag { key, value }| (key.clone(), value.clone())).collect())
        });
        given.filter(|(things, _): &(Vec<_>, _)| !things.is_empty()).collect()
    }

    fn tags(&self, kind: Kind, id: &str) -> Tags {
        let given = self.memo.into_iter().flat_map(|memo| &memo.tags).find(|(given, _)| *given == kind);
        given.map_or_else(|| self.all.of(kind, id), |(_, tags)| in_order(tags).into())
    }

    /// Takes note of what is made, and of what is made with it.
    fn note(&mut self, resource: &Resource<'_>) {
        self.made.push((resource.kind(), resource.id().into()));
        if let Resource::Instance(instance) = resource {
            let volumes = instance.attachments.iter().map(|disk| (Kind::Volume, &disk.volume));
            let interfaces =
                instance.interfaces.iter().map(|interface| (Kind::NetworkInterface, &interface.id));
            let named = volumes.chain(interfaces).filter(|(_, id)| !id.is_empty());
            self.made.extend(named.map(|(kind, id)| (kind, Id::from(id.as_ref()))));
        }
    }
}

/// In the order of their keys, as they are read from the store.
fn in_order(tags: &[Tag]) -> Vec<Tag> {
    let mut tags = tags.to_vec();
    tags.sort();
    tags
}

impl Sink for Laid<'_> {
    fn put(&mut self, resource: &Resource<'_>) -> Result<Flow, Error> {
        if self.memo.is_some() {
            self.note(resource);
        }
        let tags = self.tags(resource.kind(), resource.id());
        if let Resource::Instance(instance) = resource
            && let Some(note) = self.note_of(&instance.id)
        {
            // What the cloud says itself counts more.
            let key = instance.key.clone().or_else(|| note.key.clone().map(Cow::Owned));
            let laid = Instance { tags, key, note: Some(note), ..instance.clone() };
            return self.receiver.put(&Resource::Instance(laid));
        }
        if tags.is_empty() {
            return self.receiver.put(resource);
        }
        self.receiver.put(&resource.clone().with_tags(tags))
    }
}

#[async_trait]
impl Receiver for Laid<'_> {
    async fn flush(&mut self) -> Result<(), Error> {
        self.receiver.flush().await
    }

    fn has_begun(&self) -> bool {
        self.receiver.has_begun()
    }

    async fn body(&mut self) -> Result<Option<Bytes>, Error> {
        self.receiver.body().await
    }
}
