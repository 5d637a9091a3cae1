//! Providers: every embedded cloud has one part, itself.

use super::state::{Found, is_asked_for};
use crate::model::{Error, Filter, Id, Kind, Provider, Resource};

pub(super) fn list<'a>(name: &'a str, filter: &'a Filter) -> Found<'a> {
    let one = is_asked_for(filter, name, name).then(|| provider(name));
    Box::new(one.into_iter())
}

pub(super) fn show<'a>(name: &'a str, id: &Id) -> Result<Resource<'a>, Error> {
    if id.as_str() == name {
        return Ok(provider(name));
    }
    Err(Error::not_found(Kind::Provider, id.clone()))
}

fn provider(name: &str) -> Resource<'_> {
    Resource::Provider(Provider { id: name.into(), name: name.into() })
}
