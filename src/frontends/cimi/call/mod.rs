//! What a request at a place asks of the cloud, and how it is answered.

mod act;
mod members;
mod parts;

use bytes::Bytes;
use http::{Method, Request, StatusCode, header::IF_MATCH};

use super::{
    attribute::Resource,
    context::Context,
    create::{Asked, as_written},
    errors::Fault,
    input,
    query::Query,
    resources::Describe,
    route::Route,
    telling::Telling,
    told::{self, Ready},
};
use crate::{
    frontends::Call,
    model::{Capabilities, Id},
};

/// A request, as far as an answer needs it.
pub(super) struct Wish<'a> {
    pub(super) request: &'a Request<Bytes>,
    pub(super) context: &'a Context,
    pub(super) cloud: &'a Capabilities,
    pub(super) query: Query,
    /// Whether it is known who asks.
    pub(super) is_somebody: bool,
}

impl Wish<'_> {
    /// The call for what is wanted at a place.
    ///
    /// # Errors
    /// When the cloud cannot do it, or it makes no sense.
    pub(super) fn call(self, route: Route<'_>) -> Result<Call, Fault> {
        let reads = matches!(*self.request.method(), Method::GET | Method::HEAD);
        match route {
            Route::Root => Ok(self.to_the_entry_point()),
            Route::Entry => Ok(told::entry(self.context, self.cloud, self.query)),
            Route::Types => told::types(None, self.is_somebody, self.context, self.cloud, self.query),
            Route::Type(name) => {
                told::types(Some(name), self.is_somebody, self.context, self.cloud, self.query)
            }
            Route::Collection(collection) if reads => self.list(collection),
            Route::Collection(collection) => self.create(collection),
            Route::Member(collection, id) if reads => self.show(collection, id),
            Route::Member(collection, id) => self.delete(collection, id),
            Route::Part(part, owner) if reads => Ok(self.part(part, owner, None)),
            Route::Part(part, owner) => self.add(part, owner),
            Route::PartMember(part, owner, id) if reads => Ok(self.part(part, owner, Some(id))),
            Route::PartMember(part, owner, id) => self.remove(part, owner, id),
            Route::Addresses(machine, id) => Ok(self.addresses(machine, id)),
            Route::Attach(machine) => self.attach(machine),
            Route::Action(machine, name) => self.act(machine, name),
        }
    }

    fn to_the_entry_point(&self) -> Call {
        let headers = vec![("location", self.context.href(&["cloudEntryPoint"]))];
        Ready { context: self.context.clone(), status: StatusCode::MOVED_PERMANENTLY, headers }.call("root")
    }

    fn id(&self, text: &str) -> Id {
        as_written(text, self.cloud)
    }

    fn incapable(&self) -> Fault {
        Fault::incapable(self.context.dialect)
    }

    fn asked(&self, kinds: &[&'static Resource]) -> Result<Asked<'_>, Fault> {
        let input = input::read(self.request, kinds, self.context.dialect)?;
        Ok(Asked { input, cloud: self.cloud, context: self.context })
    }

    fn telling(&self, resource: &'static Resource, describe: Describe, collection: &'static str) -> Telling {
        Telling {
            context: self.context.clone(),
            cloud: self.cloud.clone(),
            resource,
            describe,
            collection,
            owner: String::new(),
            part: String::new(),
            query: self.query.clone(),
            selects: true,
            volumes: Vec::new(),
        }
    }

    /// The tags of which the resource has to have one.
    fn if_match(&self) -> Option<String> {
        let values = self.request.headers().get_all(IF_MATCH).iter().filter_map(|value| value.to_str().ok());
        let values: Vec<&str> = values.collect();
        (!values.is_empty()).then(|| values.join(","))
    }
}
