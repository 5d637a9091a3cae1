//! `DescribeInstanceTypeOfferings`: every type is to be had in every zone.

use super::{
    actions::{Answer, Query},
    envelope::{Body, Context},
    errors::{Fault, quoted},
    filters::{self, Filters},
    zones,
};
use crate::{
    model::{Error, Filter, Flow, Kind, Operation, Realm, Resource},
    wire::xml::Writer,
};

/// What a zone is called.
type NameOf = fn(&Realm<'_>) -> String;

/// What a place is, by its name in EC2, and what it is called where it is a zone.
const PLACES: [(&str, Option<NameOf>); 3] = [
    ("region", None),
    ("availability-zone", Some(|realm| realm.id.to_string())),
    ("availability-zone-id", Some(|realm| zones::zone_id(realm).to_owned())),
];

/// `DescribeInstanceTypeOfferings`
pub(super) fn describe(query: &Query<'_>) -> Result<Answer, Fault> {
    let wanted = query.parameters.text("LocationType").unwrap_or("region");
    let unknown = || Fault::invalid(format!("LocationType is no {}", quoted(wanted)));
    let (kind, name_of) = *PLACES.iter().find(|(known, _)| *known == wanted).ok_or_else(unknown)?;
    let mut filters = Filters::read(query.parameters, filters::OFFERINGS)?;
    let of_place = filters.split_off("location");
    let places = if name_of.is_none() { vec![query.context.region.clone()] } else { Vec::new() };
    let body = Offerings { kind, name_of, filters, of_place, places };
    let types = Operation::List(Kind::HardwareProfile, Filter::default());
    let answer = query.answer(Some(types), body);
    let look = || Operation::List(Kind::Realm, Filter::default());
    Ok(if name_of.is_some() { answer.after(look()) } else { answer })
}

struct Offerings {
    kind: &'static str,
    name_of: Option<NameOf>,
    /// Those of the type.
    filters: Filters,
    /// Those of the place.
    of_place: Filters,
    places: Vec<String>,
}

impl Body for Offerings {
    fn note(&mut self, resource: &Resource<'_>) -> Result<(), Error> {
        if let (Resource::Realm(realm), Some(name_of)) = (resource, self.name_of) {
            self.places.push(name_of(realm));
        }
        Ok(())
    }

    fn open(&mut self, _: &Context, xml: &mut Writer<'_>) {
        xml.open("instanceTypeOfferingSet");
    }

    fn item(
        &mut self,
        resource: &Resource<'_>,
        context: &Context,
        xml: &mut Writer<'_>,
    ) -> Result<Flow, Error> {
        if self.filters.admit(Some(resource), context) {
            for place in self.places.iter().filter(|place| self.of_place.admit_text(place)) {
                write(resource.id(), self.kind, place, xml);
            }
        }
        Ok(Flow::More)
    }

    fn close(&mut self, _: &Context, xml: &mut Writer<'_>) -> Result<(), Error> {
        xml.close("instanceTypeOfferingSet");
        Ok(())
    }
}

fn write(instance_type: &str, kind: &str, place: &str, xml: &mut Writer<'_>) {
    xml.open("item");
    xml.text("instanceType", instance_type);
    xml.text("locationType", kind);
    xml.text("location", place);
    xml.close("item");
}
