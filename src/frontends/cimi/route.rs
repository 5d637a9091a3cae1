//! Where a request leads.

use http::Method;

use super::{
    actions,
    collections::{COLLECTIONS, Collection},
    errors::Fault,
    parts::{PARTS, Part},
};

/// What is at a path.
#[derive(Debug, Clone, Copy)]
pub(super) enum Route<'p> {
    /// The beginning, from which clients are sent to the entry point.
    Root,
    Entry,
    /// The list of the pages of types.
    Types,
    /// The page of a type.
    Type(&'p str),
    Collection(&'static Collection),
    Member(&'static Collection, &'p str),
    /// A collection that is a part of the member with this id.
    Part(&'static Part, &'p str),
    /// A member of it.
    PartMember(&'static Part, &'p str, &'p str),
    /// The addresses of a machine's network interface.
    Addresses(&'p str, &'p str),
    /// Where volumes are attached to a machine.
    Attach(&'p str),
    /// Where this is done with a machine.
    Action(&'p str, &'static str),
}

impl<'p> Route<'p> {
    /// What is at a path; none when nothing is.
    pub(super) fn of(path: &'p [String]) -> Option<Self> {
        let segments: Vec<&str> = path.iter().map(String::as_str).collect();
        match *segments.as_slice() {
            [] => Some(Route::Root),
            ["cloudEntryPoint"] => Some(Route::Entry),
            ["resource_metadata"] => Some(Route::Types),
            ["resource_metadata", name] => Some(Route::Type(name)),
            [name] => collection(name).map(Route::Collection),
            [name, id] => collection(name).map(|collection| Route::Member(collection, id)),
            ["machines", id, "volume_attach"] => Some(Route::Attach(id)),
            ["machines", machine, "network_interfaces", id, "addresses"] => {
                Some(Route::Addresses(machine, id))
            }
            [of, id, name] => part(of, name)
                .map(|part| Route::Part(part, id))
                .or_else(|| action(of, name).map(|name| Route::Action(id, name))),
            [of, id, name, member] => part(of, name).map(|part| Route::PartMember(part, id, member)),
            _ => None,
        }
    }

    /// Checks that this can be done there by this method, where `HEAD` is as `GET`.
    ///
    /// # Errors
    /// When it cannot.
    pub(super) fn check(&self, method: &Method) -> Result<(), Fault> {
        let is_read = |allowed: &Method| *method == Method::HEAD && *allowed == Method::GET;
        let methods = self.methods();
        if methods.iter().any(|allowed| allowed == method || is_read(allowed)) || *method == Method::OPTIONS {
            return Ok(());
        }
        Err(Fault::other_method(self.allowed()))
    }

    /// The methods that can be used there, for `Allow`.
    pub(super) fn allowed(&self) -> String {
        let methods = self.methods();
        let named =
            methods.iter().map(|method| if *method == Method::GET { "GET,HEAD" } else { method.as_str() });
        std::iter::once("OPTIONS").chain(named).collect::<Vec<_>>().join(",")
    }

    fn methods(&self) -> Vec<Method> {
        let changes = |possible: bool, method| possible.then_some(method);
        let (change, is_read) = match self {
            Route::Root | Route::Entry | Route::Types | Route::Type(_) | Route::Addresses(..) => (None, true),
            Route::Collection(collection) => (changes(collection.create.is_some(), Method::POST), true),
            Route::Member(collection, _) => (changes(collection.create.is_some(), Method::DELETE), true),
            Route::Part(part, _) => (changes(part.can_change(), Method::POST), true),
            Route::PartMember(part, ..) => (changes(part.can_change(), Method::DELETE), true),
            Route::Attach(_) | Route::Action(..) => (Some(Method::POST), false),
        };
        is_read.then_some(Method::GET).into_iter().chain(change).collect()
    }

    /// Whether it is told to everybody.
    pub(super) fn is_public(&self) -> bool {
        matches!(self, Route::Root | Route::Entry | Route::Types | Route::Type(_))
    }
}

fn collection(name: &str) -> Option<&'static Collection> {
    COLLECTIONS.iter().find(|collection| collection.path == name)
}

fn part(of: &str, name: &str) -> Option<&'static Part> {
    PARTS.iter().find(|part| part.of == of && part.path == name)
}

fn action(of: &str, name: &str) -> Option<&'static str> {
    let known = actions::OF_MACHINES.iter().map(|(known, _)| *known);
    known.into_iter().find(|known| of == "machines" && *known == name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::frontends::cimi::path;

    fn routed(target: &str) -> Option<String> {
        let path = path::read(target).unwrap();
        Some(format!("{} {}", Route::of(&path)?.allowed(), Route::of(&path)?.is_public()))
    }

    #[test]
    fn every_collection_and_part_is_reached() {
        for collection in COLLECTIONS {
            let (index, member) =
                (format!("/cimi/{}", collection.path), format!("/cimi/{}/x", collection.path));
            assert!(routed(&index).unwrap().starts_with("OPTIONS,GET,HEAD"), "{index}");
            assert!(routed(&member).unwrap().starts_with("OPTIONS,GET,HEAD"), "{member}");
        }
        for part in PARTS {
            let index = format!("/cimi/{}/x/{}", part.of, part.path);
            assert!(routed(&index).is_some() && routed(&format!("{index}/y")).is_some(), "{index}");
        }
    }

    #[test]
    fn methods_are_those_of_the_place() {
        for (target, expected) in [
            ("/cimi", Some("OPTIONS,GET,HEAD true")),
            ("/cimi/", Some("OPTIONS,GET,HEAD true")),
            ("/cimi/cloudEntryPoint", Some("OPTIONS,GET,HEAD true")),
            ("/cimi/resource_metadata/machine", Some("OPTIONS,GET,HEAD true")),
            ("/cimi/machines", Some("OPTIONS,GET,HEAD,POST false")),
            ("/cimi/machines/1", Some("OPTIONS,GET,HEAD,DELETE false")),
            ("/cimi/machines/1/stop", Some("OPTIONS,POST false")),
            ("/cimi/machines/1/pause", Some("OPTIONS,POST false")),
            ("/cimi/machines/1/volume_attach", Some("OPTIONS,POST false")),
            ("/cimi/machines/1/volumes", Some("OPTIONS,GET,HEAD,POST false")),
            ("/cimi/machines/1/volumes/2", Some("OPTIONS,GET,HEAD,DELETE false")),
            ("/cimi/machines/1/disks", Some("OPTIONS,GET,HEAD false")),
            ("/cimi/machines/1/network_interfaces/2/addresses", Some("OPTIONS,GET,HEAD false")),
            ("/cimi/jobs", Some("OPTIONS,GET,HEAD false")),
            ("/cimi/machines/1/jump", None),
            ("/cimi/volumes/1/stop", None),
            ("/cimi/nosuch", None),
            ("/cimi/machines/1/volumes/2/3", None),
        ] {
            assert_eq!(routed(target).as_deref(), expected, "{target}");
        }
    }
}
