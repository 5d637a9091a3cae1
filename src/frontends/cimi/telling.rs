//! How things of the model become documents of an answer: described, narrowed, expanded and written.

use bytes::BytesMut;

use super::{
    attribute::Resource,
    context::Context,
    fields::{Expanded, Fields, Place, Value},
    parts::{PARTS, Part, Source},
    query::Query,
    resources::{Describe, Scene, machine_parts},
};
use crate::{
    model::{self, Capabilities},
    wire::{
        document::{Format, Node},
        xml::Writer,
    },
};

/// Who tells things of the model as resources of one type.
pub(super) struct Telling {
    pub(super) context: Context,
    pub(super) cloud: Capabilities,
    pub(super) resource: &'static Resource,
    pub(super) describe: Describe,
    /// The path of the collection that they are in; empty for parts.
    pub(super) collection: &'static str,
    /// The machine that they are parts of, and the part of it that is meant.
    pub(super) owner: String,
    pub(super) part: String,
    pub(super) query: Query,
    /// Whether `$select` is of each resource, not of the collection around them.
    pub(super) selects: bool,
    /// The volumes there are, where machines are told with theirs.
    pub(super) volumes: Vec<model::Resource<'static>>,
}

impl Telling {
    fn scene<'s>(&'s self, owner: &'s str) -> Scene<'s> {
        Scene { context: &self.context, cloud: &self.cloud, owner, part: &self.part }
    }

    /// The resources that a thing is.
    pub(super) fn tell<'r>(&'r self, thing: &'r model::Resource<'_>) -> Vec<Fields<'r>> {
        let mut told = (self.describe)(thing, &self.scene(&self.owner));
        if !self.collection.is_empty() {
            let parts = PARTS.iter().filter(|part| part.of == self.collection);
            for part in parts.filter(|part| self.query.expand.admits(&[part.attribute])) {
                told.iter_mut().for_each(|fields| self.expand(fields, part, thing));
            }
        }
        told
    }

    /// Writes out a collection where it is named.
    fn expand<'r>(&'r self, fields: &mut Fields<'r>, part: &Part, thing: &'r model::Resource<'_>) {
        let Some(Value::Href(href)) = fields.get(part.attribute) else { return };
        let (href, owner) = (href.clone(), thing.id());
        let scene = self.scene(owner);
        let members = match part.source {
            Source::Owner | Source::Interfaces => (part.describe)(thing, &scene),
            Source::Volumes => {
                let own = self.volumes.iter().filter(|volume| is_volume_of(volume, thing));
                own.flat_map(|volume| (part.describe)(volume, &scene)).collect()
            }
        };
        let expanded = Expanded { href, key: part.key, members, grows: false };
        fields.replace(part.attribute, Value::Expanded(Box::new(expanded)));
    }

    /// What is selected of a resource.
    pub(super) fn selected<'r>(&self, mut fields: Fields<'r>) -> Fields<'r> {
        if self.selects {
            fields.retain(|name| self.query.select.admits(&[name]));
        }
        fields
    }

    /// Writes a resource, alone or as a part of a document.
    pub(super) fn write(&self, fields: &Fields<'_>, place: Place, out: &mut BytesMut) {
        write(&self.resource.document(fields, self.context.dialect, place), self.context.format, out);
    }

    /// The tags that the document of a thing has, in each of its forms.
    pub(super) fn tags(&self, thing: &model::Resource<'_>) -> Vec<String> {
        let told = self.tell(thing);
        let documents =
            told.iter().map(|fields| self.resource.document(fields, self.context.dialect, Place::Root));
        let tags = documents.flat_map(|document| {
            [Format::Xml, Format::Json].map(|format| {
                let mut out = BytesMut::new();
                write(&document, format, &mut out);
                crate::frontends::tag::of(&out)
            })
        });
        tags.collect()
    }
}

/// Writes a document.
pub(super) fn write(node: &Node<'_>, format: Format, out: &mut BytesMut) {
    match format {
        Format::Xml => node.write_xml(&mut Writer::new(out)),
        Format::Json => node.write_json(out),
    }
}

/// Whether it is a volume of this machine, and none of its disks.
fn is_volume_of(volume: &model::Resource<'_>, machine: &model::Resource<'_>) -> bool {
    let model::Resource::Instance(instance) = machine else { return false };
    let attached = instance.attachments.iter().find(|attachment| attachment.volume == volume.id());
    attached.is_some_and(|attachment| !machine_parts::is_disk(attachment))
}
