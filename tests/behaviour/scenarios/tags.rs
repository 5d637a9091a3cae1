//! What no cloud keeps: tags that are written on an instance, and its protection; on every cloud alike.

use deltagate::model::{
    Filter, Id, InstanceSpec, Kind, Memo, NoteChange, Operation, Spec, Tag, TagChange, TagPattern,
    Thing as Named, Verb,
};

use super::{INSTANCE, destroy_instance};
use crate::{
    doors::{Refused, Thing},
    world::{Scenario, World},
};

pub const SCENARIO: Scenario = Scenario {
    needs: &[
        &[
            (Verb::List, Kind::Tag),
            (Verb::Change, Kind::Tag),
            (Verb::Show, Kind::Note),
            (Verb::Change, Kind::Note),
        ],
        INSTANCE,
    ],
    play: |world| {
        let made = tagged(world, "tagged");
        assert_eq!(tags_of(world, &made.id), pairs(&[("Name", "tagged"), ("env", "dev")]));
        let named = |id: &str| vec![Named(vec![(Kind::Instance, Id::from(id))])];
        world.perform(&Operation::Tag(named(&made.id), TagChange::Set(vec![Tag::new("env", "test")])));
        assert_eq!(tags_of(world, &made.id), pairs(&[("Name", "tagged"), ("env", "test")]));
        let env = TagPattern { key: "env".to_owned(), values: Vec::new() };
        world.perform(&Operation::Tag(named(&made.id), TagChange::Remove(vec![env])));
        assert_eq!(tags_of(world, &made.id), pairs(&[("Name", "tagged")]));
        let nobody = match world.capabilities.ids {
            deltagate::model::IdForm::Uuid => "00000000-0000-4000-8000-00000000dead",
            deltagate::model::IdForm::Opaque => "nosuch",
        };
        let both = [named(&made.id), named(nobody)].concat();
        let refused = world.try_it(&Operation::Tag(both, TagChange::Set(vec![Tag::new("a", "")])));
        assert_eq!(refused, Err(Refused::Missing));
        assert_eq!(tags_of(world, &made.id), pairs(&[("Name", "tagged")]), "none is tagged");
        protect(world, &made.id);
        destroy_instance(world, &made.id);
    },
};

fn tagged(world: &World<'_>, name: &str) -> Thing {
    let images = world.list(Kind::Image);
    let image = images.iter().find(|image| image.state == "available").expect("no image can be used");
    let spec = InstanceSpec { name: Some(name.to_owned()), ..InstanceSpec::new(image.id.as_str()) };
    let tags = vec![(Kind::Instance, vec![Tag::new("Name", name), Tag::new("env", "dev")])];
    let memo = Memo { tags, ..Memo::default() };
    let made = world.one(&Operation::CreateWith(Box::new(Spec::Instance(spec)), Box::new(memo)));
    assert_eq!(made.name, name);
    world.until(Kind::Instance, &made.id, |shown| matches!(shown.state.as_str(), "running" | "stopped"))
}

fn protect(world: &World<'_>, id: &str) {
    let decide = |stays| {
        let change = NoteChange { stays: Some(stays), ..NoteChange::default() };
        world.perform(&Operation::Note(Id::from(id), change));
        let shown = world.one(&Operation::Show(Kind::Note, Id::from(id)));
        assert_eq!(shown.more("stays"), if stays { "true" } else { "false" });
    };
    decide(true);
    let destroyed = world.try_it(&Operation::Destroy(Kind::Instance, vec![Id::from(id)]));
    assert_eq!(destroyed, Err(Refused::Invalid("OperationNotPermitted".to_owned())));
    decide(false);
}

/// Keys and values, in the order of the keys.
fn tags_of(world: &World<'_>, id: &str) -> Vec<(String, String)> {
    let told = world.perform(&Operation::List(Kind::Tag, Filter::default()));
    let told = told.into_iter().filter(|tag| tag.id == id);
    told.map(|tag| (tag.name.clone(), tag.more("value").to_owned())).collect()
}

fn pairs(of: &[(&str, &str)]) -> Vec<(String, String)> {
    of.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect()
}
