//! `Filter.N.Name` and `Filter.N.Value.M`: what of a set is shown.
//!
//! Filters are AND-ed, the values of one are OR-ed; they are case-sensitive, `*` and `?` are wildcards and `\` takes
//! their meaning away ([Filtering](https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/Using_Filtering.html)).
//! A name that is not in the table is an error: to ignore it would show too much.

mod addresses;
mod groups;
mod images;
mod instance_types;
mod instances;
mod keys;
mod networks;
mod pattern;
mod regions;
mod snapshots;
mod tags;
mod volumes;
mod zones;

pub(super) use addresses::ADDRESSES;
pub(super) use groups::{GROUPS, RULES};
pub(super) use images::{IMAGES, OWNERS};
pub(super) use instance_types::{INSTANCE_TYPES, OFFERINGS, SIZED};
pub(super) use instances::{INSTANCES, STATE_NAME, STATUSES};
pub(super) use keys::KEYS;
pub(super) use networks::{INTERFACES, SUBNETS, VPCS};
pub(super) use regions::REGIONS;
pub(super) use snapshots::{SNAPSHOT_OWNERS, SNAPSHOTS};
pub(super) use tags::TAGS;
pub(super) use volumes::{VOLUME_STATUSES, VOLUMES};
pub(super) use zones::{ZONE_ID, ZONES};

use super::{
    envelope::Context,
    errors::{Fault, quoted},
    networks::Part,
    parameters::Parameters,
};
use crate::model::{
    Address, Firewall, HardwareProfile, Image, Instance, Key, NAME, Network, NetworkInterface, Realm,
    Resource, Snapshot, Tag, TagPattern, Tagging, Volume, seen,
};
use pattern::Pattern;

/// The most filters of one request, as in EC2.
const MOST_FILTERS: usize = 50;
/// The most values of all filters of one request, as in EC2.
const MOST_VALUES: usize = 200;

/// Takes one of the values that a thing has for a filter; true when it is one that was asked for.
pub(super) type Matches<'m> = &'m mut dyn FnMut(&str) -> bool;

/// A filter that is known.
#[derive(Debug)]
pub(super) struct Known {
    /// Its name (`image-id`).
    pub(super) name: &'static str,
    /// Gives a thing's values for it to [`Matches`], until one is.
    pub(super) values: Values,
}

/// How a thing's values for a filter are found.
#[derive(Debug, Clone, Copy)]
pub(super) enum Values {
    /// Every thing has this one.
    Always(&'static str),
    /// No thing has one: the cloud does not know of such.
    Never,
    /// Whatever is asked for: the thing is in the only one there is.
    Any,
    /// The things are tagged: `tag-key`, besides which there are `tag:KEY` and `tag-value` then.
    TagKey,
    /// The same for all things.
    Context(fn(&Context, Matches<'_>) -> bool),
    /// Of an instance.
    Instance(fn(&Instance<'_>, &Context, Matches<'_>) -> bool),
    /// Of an image.
    Image(fn(&Image<'_>, &Context, Matches<'_>) -> bool),
    /// Of an availability zone.
    Zone(fn(&Realm<'_>, &Context, Matches<'_>) -> bool),
    /// Of an instance type.
    InstanceType(fn(&HardwareProfile<'_>, &Context, Matches<'_>) -> bool),
    /// Of a key pair.
    Key(fn(&Key<'_>, &Context, Matches<'_>) -> bool),
    /// Of a volume.
    Volume(fn(&Volume<'_>, &Context, Matches<'_>) -> bool),
    /// Of a snapshot.
    Snapshot(fn(&Snapshot<'_>, &Context, Matches<'_>) -> bool),
    /// Of a firewall.
    Firewall(fn(&Firewall<'_>, &Context, Matches<'_>) -> bool),
    /// Of a network.
    Network(fn(&Network<'_>, &Context, Matches<'_>) -> bool),
    /// Of a part of a network.
    Part(fn(&Part<'_>, &Context, Matches<'_>) -> bool),
    /// Of a network interface.
    Interface(fn(&NetworkInterface<'_>, &Context, Matches<'_>) -> bool),
    /// Of an address.
    Address(fn(&Address<'_>, &Context, Matches<'_>) -> bool),
    /// Of a tag.
    Tagging(fn(&Tagging<'_>, &Context, Matches<'_>) -> bool),
}

/// The filters of one request.
#[derive(Debug, Default)]
pub(super) struct Filters(Vec<Clause>);

#[derive(Debug)]
struct Clause {
    subject: Subject,
    patterns: Vec<Pattern>,
}

#[derive(Debug)]
enum Subject {
    Known(&'static Known),
    /// The value of the tag with this key.
    Tag(String),
    /// The value of any tag.
    TagValue,
}

impl Filters {
    /// The filters of a request, each of which has to be in `table`.
    ///
    /// # Errors
    /// When one is not, has no name or no value, or there are too many.
    pub(super) fn read(parameters: &Parameters, table: &'static [Known]) -> Result<Self, Fault> {
        let clauses: Vec<_> = parameters
            .members("Filter")
            .map(|filter| Clause::read(filter, table))
            .collect::<Result<_, _>>()?;
        let values: usize = clauses.iter().map(|clause| clause.patterns.len()).sum();
        if clauses.len() > MOST_FILTERS || values > MOST_VALUES {
            let message =
                format!("There are more than {MOST_FILTERS} filters or {MOST_VALUES} values in them");
            return Err(Fault::bad("FilterLimitExceeded", message));
        }
        Ok(Filters(clauses))
    }

    /// Of what is shown, shows only what has one of `values` for `known`; everything when there are none.
    pub(super) fn and<'v>(&mut self, known: &'static Known, values: impl Iterator<Item = &'v str>) {
        let patterns: Vec<_> = values.map(Pattern::exact).collect();
        if !patterns.is_empty() {
            self.0.push(Clause { subject: Subject::Known(known), patterns });
        }
    }

    /// Takes those of this name out.
    pub(super) fn split_off(&mut self, name: &str) -> Filters {
        let (of_it, others) =
            std::mem::take(&mut self.0).into_iter().partition(|clause| clause.subject.name() == name);
        self.0 = others;
        Filters(of_it)
    }

    /// Whether each of them has this among its values.
    pub(super) fn admit_text(&self, value: &str) -> bool {
        self.0.iter().all(|clause| clause.patterns.iter().any(|pattern| pattern.matches(value)))
    }

    /// Whether everything is shown.
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether `resource` is shown; none is the gateway's own region.
    pub(super) fn admit(&self, resource: Option<&Resource<'_>>, context: &Context) -> bool {
        self.0.iter().all(|clause| clause.admits(resource, context))
    }

    /// The values of a filter, when it is given once and none of them has a wildcard: what can be asked of a cloud.
    pub(super) fn exact(&self, name: &str) -> Option<Vec<&str>> {
        let mut clauses = self.0.iter().filter(|clause| clause.subject.name() == name);
        let clause = clauses.next().filter(|_| clauses.next().is_none())?;
        clause.patterns.iter().map(Pattern::text).collect()
    }

    /// The tags that things have to have, as far as the cloud can be asked for them.
    pub(super) fn tags(&self) -> Vec<TagPattern> {
        self.0.iter().filter_map(Clause::tag).collect()
    }

    /// The same, when there is a single value.
    pub(super) fn exact_one(&self, name: &str) -> Option<&str> {
        match self.exact(name)?.as_slice() {
            [one] => Some(one),
            _ => None,
        }
    }
}

impl Clause {
    fn read(filter: &Parameters, table: &'static [Known]) -> Result<Self, Fault> {
        let name = filter.text("Name").ok_or_else(|| Fault::missing("Filter.N.Name"))?;
        let subject = Subject::find(name, table)
            .ok_or_else(|| Fault::invalid(format!("The filter {} is invalid", quoted(name))))?;
        let patterns: Vec<_> = filter.list("Value").map(Pattern::new).collect();
        Ok(Clause { subject, patterns })
    }

    fn tag(&self) -> Option<TagPattern> {
        let exact: Option<Vec<_>> =
            self.patterns.iter().map(|pattern| pattern.text().map(str::to_owned)).collect();
        let (key, values) = match (&self.subject, exact.as_deref()) {
            (Subject::Tag(_), Some([])) => return None,
            (Subject::Tag(key), Some(values)) => (key.clone(), values.to_vec()),
            (Subject::Tag(key), None) => (key.clone(), Vec::new()),
            (Subject::Known(Known { values: Values::TagKey, .. }), Some([key])) => (key.clone(), Vec::new()),
            (Subject::Known(_) | Subject::TagValue, _) => return None,
        };
        Some(TagPattern { key, values })
    }

    fn admits(&self, resource: Option<&Resource<'_>>, context: &Context) -> bool {
        let mut matches = |value: &str| self.patterns.iter().any(|pattern| pattern.matches(value));
        match &self.subject {
            Subject::Tag(key) => tags(resource).any(|(known, value)| known == key && matches(value)),
            Subject::TagValue => tags(resource).any(|(_, value)| matches(value)),
            Subject::Known(known) => known.values.of(resource, context, &mut matches),
        }
    }
}

impl Subject {
    fn find(name: &str, table: &'static [Known]) -> Option<Self> {
        let known = table.iter().find(|known| known.name == name).map(Subject::Known);
        let tagged = table.iter().any(|known| matches!(known.values, Values::TagKey));
        let tag = name.strip_prefix("tag:").filter(|_| tagged).map(|key| Subject::Tag(key.to_owned()));
        known.or(tag).or_else(|| (tagged && name == "tag-value").then_some(Subject::TagValue))
    }

    fn name(&self) -> &str {
        match self {
            Subject::Known(known) => known.name,
            Subject::Tag(key) if key == NAME => "tag:Name",
            Subject::Tag(_) | Subject::TagValue => "",
        }
    }
}

impl Values {
    fn of(self, resource: Option<&Resource<'_>>, context: &Context, matches: Matches<'_>) -> bool {
        match (self, resource) {
            (Values::Always(value), _) => matches(value),
            (Values::Never, _) => false,
            (Values::Any, _) => true,
            (Values::Context(values), _) => values(context, matches),
            (Values::TagKey, resource) => tags(resource).any(|(key, _)| matches(key)),
            (Values::Instance(values), Some(Resource::Instance(instance))) => {
                values(instance, context, matches)
            }
            (Values::Image(values), Some(Resource::Image(image))) => values(image, context, matches),
            (Values::Zone(values), Some(Resource::Realm(realm))) => values(realm, context, matches),
            (Values::InstanceType(values), Some(Resource::HardwareProfile(profile))) => {
                values(profile, context, matches)
            }
            (Values::Key(values), Some(Resource::Key(key))) => values(key, context, matches),
            (Values::Volume(values), Some(Resource::Volume(volume))) => values(volume, context, matches),
            (Values::Snapshot(values), Some(Resource::Snapshot(snapshot))) => {
                values(snapshot, context, matches)
            }
            (Values::Firewall(values), Some(Resource::Firewall(firewall))) => {
                values(firewall, context, matches)
            }
            (Values::Network(values), Some(Resource::Network(network))) => values(network, context, matches),
            (Values::Part(values), Some(resource)) => networks::of_part(values, resource, context, matches),
            (Values::Interface(values), Some(Resource::NetworkInterface(interface))) => {
                values(interface, context, matches)
            }
            (Values::Address(values), Some(Resource::Address(address))) => values(address, context, matches),
            (Values::Tagging(values), Some(Resource::Tagging(tagging))) => values(tagging, context, matches),
            (Values::Tagging(_), _) => false,
            (Values::Instance(_) | Values::Image(_) | Values::Zone(_) | Values::InstanceType(_), _) => false,
            (Values::Firewall(_) | Values::Network(_) | Values::Part(_) | Values::Interface(_), _) => false,
            (Values::Key(_) | Values::Volume(_) | Values::Snapshot(_) | Values::Address(_), _) => false,
        }
    }
}

/// The tags of a thing, key and value.
fn tags<'r>(resource: Option<&'r Resource<'_>>) -> impl Iterator<Item = (&'r str, &'r str)> {
    let (tags, name): (&[Tag], &str) = resource.map_or((&[], ""), |resource| match resource {
        Resource::Instance(instance) => (&instance.tags, &instance.name),
        Resource::Image(image) => (&image.tags, &image.name),
        Resource::Volume(volume) => (&volume.tags, &volume.name),
        Resource::Snapshot(snapshot) => (&snapshot.tags, &snapshot.name),
        Resource::Network(network) => (&network.tags, &network.name),
        Resource::Subnet(subnet) => (&subnet.tags, &subnet.name),
        Resource::NetworkInterface(interface) => (&interface.tags, &interface.name),
        Resource::Tagging(tagging) => (std::slice::from_ref(&tagging.tag), ""),
        // What these are called is no tag, but a field of their own.
        Resource::Key(key) => (&key.tags, ""),
        Resource::Address(address) => (&address.tags, ""),
        Resource::Firewall(firewall) => (&firewall.tags, ""),
        Resource::Realm(_) | Resource::HardwareProfile(_) | Resource::LoadBalancer(_) => (&[], ""),
        Resource::Bucket(_) | Resource::Blob(_) | Resource::Content(_) | Resource::Metric(_) => (&[], ""),
        Resource::Provider(_) | Resource::Run(_) | Resource::Console(_) => (&[], ""),
    });
    seen(tags, name)
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn no_filter_is_twice_in_its_table() {
        let tables = [
            ADDRESSES,
            IMAGES,
            INSTANCES,
            INSTANCE_TYPES,
            KEYS,
            REGIONS,
            SNAPSHOTS,
            STATUSES,
            VOLUMES,
            VOLUME_STATUSES,
            ZONES,
            GROUPS,
            RULES,
            OFFERINGS,
            VPCS,
            SUBNETS,
            INTERFACES,
            TAGS,
        ];
        for table in tables {
            let mut names = HashSet::new();
            assert!(table.iter().all(|known| names.insert(known.name)));
        }
    }
}
