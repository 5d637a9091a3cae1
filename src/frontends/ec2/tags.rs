//! `CreateTags`, `DeleteTags` and `DescribeTags`; the tags that things are made with; and tags as they are shown.

use std::collections::HashSet;

use super::{
    actions::{Answer, Query},
    envelope::Context,
    errors::{Fault, quoted},
    filters::{self, Filters},
    ids,
    listing::Listing,
    pages::Bounds,
    parameters::Parameters,
    single::Done,
};
use crate::{
    model::{
        Filter, Id, Kind, Memo, NAME, Operation, Resource, Tag, TagChange, TagPattern, Thing, Verb, seen,
    },
    wire::xml::Writer,
};

/// The longest key, in characters, as in EC2.
const LONGEST_KEY: usize = 127;
/// The longest value, in characters, as in EC2.
const LONGEST_VALUE: usize = 255;
/// The most tags that a thing has, as in EC2.
const MOST: usize = 50;
/// What keys must not begin with: EC2 keeps it for itself.
const RESERVED: &str = "aws:";
/// How long a page may be, as in EC2.
const PAGE: Bounds = Bounds { least: 5, most: 1000 };

/// What can be tagged, and what EC2 calls it.
const TAGGABLE: [(Kind, &str); 10] = [
    (Kind::Instance, "instance"),
    (Kind::Image, "image"),
    (Kind::Volume, "volume"),
    (Kind::Snapshot, "snapshot"),
    (Kind::Network, "vpc"),
    (Kind::Subnet, "subnet"),
    (Kind::NetworkInterface, "network-interface"),
    (Kind::Address, "elastic-ip"),
    (Kind::Firewall, "security-group"),
    (Kind::Key, "key-pair"),
];
/// What clients give tags for when they launch instances, and is never made here.
const NEVER_MADE: [&str; 2] = ["spot-instances-request", "elastic-gpu"];

/// `CreateTags`
pub(super) fn create(query: &Query<'_>) -> Result<Answer, Fault> {
    let things = things(query)?;
    let tags = read(query.parameters)?;
    if tags.is_empty() {
        return Err(Fault::missing("Tag.1.Key"));
    }
    Ok(query.answer(Some(Operation::Tag(things, TagChange::Set(tags))), Done))
}

/// `DeleteTags`. A tag with a value is deleted only where it has that value, and without any tag all are.
pub(super) fn delete(query: &Query<'_>) -> Result<Answer, Fault> {
    let things = things(query)?;
    let patterns: Vec<_> = query.parameters.members("Tag").map(pattern).collect::<Result<_, _>>()?;
    let change = if patterns.is_empty() { TagChange::Clear } else { TagChange::Remove(patterns) };
    Ok(query.answer(Some(Operation::Tag(things, change)), Done))
}

/// `DescribeTags`: those that were given through this gateway. The name that the cloud has for a thing is not one.
pub(super) fn describe(query: &Query<'_>) -> Result<Answer, Fault> {
    let filters = Filters::read(query.parameters, filters::TAGS)?;
    let listing = Listing::items("tagSet", write_tagging);
    query.listing(Kind::Tag, Filter::default(), filters, Some(PAGE), Vec::new(), listing)
}

/// The tag `Name` of what is made, which is of this kind.
pub(super) fn name(parameters: &Parameters, kind: Kind) -> Option<&str> {
    let mut tags = specified(parameters, kind).flat_map(|tags| tags.members("Tag"));
    tags.find(|tag| tag.text("Key") == Some(NAME))?.text("Value")
}

/// What is to be kept of what is made, which is of these kinds. Where no tags are kept nothing is, but the name may be
/// the cloud's own.
///
/// # Errors
/// When there are tags for things of another kind, or they are not as they should be.
pub(super) fn memo(query: &Query<'_>, made: &[Kind]) -> Result<Memo, Fault> {
    for specification in query.parameters.members("TagSpecification") {
        let word = specification
            .text("ResourceType")
            .ok_or_else(|| Fault::missing("TagSpecification.N.ResourceType"))?;
        let is_made = kind_of(word).is_some_and(|kind| made.contains(&kind));
        if !is_made && !NEVER_MADE.contains(&word) {
            let message =
                format!("{} is not a valid taggable resource type for this operation.", quoted(word));
            return Err(Fault::invalid(message));
        }
    }
    let of = |kind: &Kind| {
        Ok((*kind, checked(specified(query.parameters, *kind).flat_map(|tags| tags.members("Tag")))?))
    };
    let mut tags = made.iter().map(of).collect::<Result<Vec<_>, Fault>>()?;
    tags.retain(|(_, tags)| !tags.is_empty() && query.cloud.supports(Verb::Change, Kind::Tag));
    Ok(Memo { tags, ..Memo::default() })
}

/// Writes the tags of something that its cloud calls so.
pub(super) fn write(tags: &[Tag], name: &str, xml: &mut Writer<'_>) {
    xml.open("tagSet");
    for (key, value) in seen(tags, name) {
        xml.open("item");
        xml.text("key", key);
        xml.text("value", value);
        xml.close("item");
    }
    xml.close("tagSet");
}

/// What EC2 calls things of this kind; empty for what has no tags.
pub(super) fn resource_type(kind: Kind) -> &'static str {
    TAGGABLE.iter().find(|(taggable, _)| *taggable == kind).map_or("", |(_, word)| word)
}

/// The identifier of a tagged thing, as the client sees it.
pub(super) fn shown_id(kind: Kind, id: &str, context: &Context) -> String {
    match kind {
        Kind::Key => ids::behind(ids::KEY, id, context.ids).to_string(),
        _other => ids::show_kind(kind, id, context.ids).as_str().to_owned(),
    }
}

fn kind_of(word: &str) -> Option<Kind> {
    TAGGABLE.iter().find(|(_, known)| *known == word).map(|(kind, _)| *kind)
}

fn specified(parameters: &Parameters, kind: Kind) -> impl Iterator<Item = &Parameters> {
    let specifications = parameters.members("TagSpecification");
    specifications.filter(move |tags| tags.text("ResourceType") == Some(resource_type(kind)))
}

fn read(parameters: &Parameters) -> Result<Vec<Tag>, Fault> {
    checked(parameters.members("Tag"))
}

fn checked<'p>(members: impl Iterator<Item = &'p Parameters>) -> Result<Vec<Tag>, Fault> {
    let mut seen = HashSet::new();
    let mut tags = Vec::new();
    for member in members {
        let tag = tag(member)?;
        if !seen.insert(tag.key.clone()) {
            return Err(Fault::invalid(format!("Duplicate tag key {} specified.", quoted(&tag.key))));
        }
        tags.push(tag);
    }
    if tags.len() > MOST {
        return Err(Fault::bad("TagLimitExceeded", format!("A resource has at most {MOST} tags")));
    }
    Ok(tags)
}

fn tag(member: &Parameters) -> Result<Tag, Fault> {
    let key = member.text("Key").ok_or_else(|| Fault::missing("Tag.N.Key"))?;
    let value = member.text("Value").unwrap_or_default();
    if key.get(..RESERVED.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(RESERVED)) {
        let message = format!("Tag keys starting with '{RESERVED}' are reserved for internal use");
        return Err(Fault::invalid(message));
    }
    for (what, text, longest) in [("key", key, LONGEST_KEY), ("value", value, LONGEST_VALUE)] {
        if text.chars().count() > longest {
            let message = format!("Tag {what} exceeds the maximum length of {longest} characters");
            return Err(Fault::invalid(message));
        }
    }
    Ok(Tag::new(key, value))
}

fn pattern(member: &Parameters) -> Result<TagPattern, Fault> {
    let key = member.text("Key").ok_or_else(|| Fault::missing("Tag.N.Key"))?;
    let values = member.text("Value").map(str::to_owned).into_iter().collect();
    Ok(TagPattern { key: key.to_owned(), values })
}

fn things(query: &Query<'_>) -> Result<Vec<Thing>, Fault> {
    let things: Vec<_> =
        query.parameters.list("ResourceId").map(|text| thing(query, text)).collect::<Result<_, _>>()?;
    match things.len() {
        0 => Err(Fault::missing("ResourceId")),
        1..=ids::MOST => Ok(things),
        _more => Err(Fault::invalid(format!("ResourceId has more than {} values", ids::MOST))),
    }
}

/// What an identifier may be of: one kind by its prefix, and any where the cloud's identifiers have none.
fn thing(query: &Query<'_>, text: &str) -> Result<Thing, Fault> {
    let form = query.context.ids;
    let read = |kind: Kind| match kind {
        Kind::Key => ids::read_behind(kind, ids::KEY, text, form),
        _other => query.id(kind, text),
    };
    let listed = |kind: Kind| match kind {
        Kind::Subnet if !query.context.networks_have_parts => Kind::Network,
        kind => kind,
    };
    let named: Vec<(Kind, Id)> =
        TAGGABLE.iter().filter_map(|(kind, _)| Some((listed(*kind), read(*kind).ok()?))).collect();
    let has_any = |(kind, _): &(Kind, Id)| query.cloud.supports(Verb::List, *kind);
    let there: Vec<_> = named.iter().filter(|one| has_any(one)).cloned().collect();
    match (there.is_empty(), named.first(), ids::kind_behind(text)) {
        (false, ..) => Ok(Thing(there)),
        (true, Some((kind, id)), _) => {
            Err(Fault::bad(ids::not_found_code(*kind), ids::not_found(*kind, id, form)))
        }
        (true, None, Some(kind)) => read(kind).map(|id| Thing(vec![(kind, id)])),
        (true, None, None) => Err(Fault::bad("InvalidID", format!("The ID {} is not valid", quoted(text)))),
    }
}

fn write_tagging(resource: &Resource<'_>, context: &Context, xml: &mut Writer<'_>) {
    let Resource::Tagging(tagging) = resource else { return };
    xml.text("resourceId", &shown_id(tagging.kind, &tagging.on, context));
    xml.text("resourceType", resource_type(tagging.kind));
    xml.text("key", &tagging.tag.key);
    xml.text("value", &tagging.tag.value);
}
