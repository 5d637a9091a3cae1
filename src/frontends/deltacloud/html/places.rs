//! What is at paths that the console has besides the API's own: forms, its assets, and the way out.

use std::borrow::Cow;

use http::Method;

use super::assets::{self, Asset};
use crate::frontends::deltacloud::{
    collections::COLLECTIONS,
    path::Path,
    route::Target,
    table::{self, Collection, Row},
};

/// The name of the form by which one of a collection is made.
pub(super) const NEW: &str = "new";
/// Where the browser is told to forget who its user is.
const LOG_OUT: &str = "logout";
/// Names that forms have in the original, and those of their operations.
const ALIASES: &[(&str, &str)] = &[("attach_instance", "attach"), ("new_blob_form_d15cfd90", CREATE_BLOB)];
const CREATE_BLOB: &str = "create_blob_form_d15cfd90";
/// The end of the names of forms beside which there are parts of any name, as the original has it for a bucket's.
const APART: &str = "_form_d15cfd90";

/// What is at a path that only the console has.
pub(in super::super) enum Place<'p> {
    /// The operation's form.
    Form(&'static Row, Target<'p>),
    LogOut,
}

impl<'p> Place<'p> {
    /// What is there for people who look at it; none when it is the API's, or nothing.
    pub(in super::super) fn of(method: &Method, path: &'p Path) -> Option<Self> {
        if !matches!(*method, Method::GET | Method::HEAD) {
            return None;
        }
        let segments: Vec<&str> = path.segments.iter().map(String::as_str).collect();
        match *segments.as_slice() {
            [LOG_OUT] => Some(Place::LogOut),
            [name, NEW] => {
                let row = find(name, |row| row.place == table::Place::Collection && changes(row))?;
                Some(Place::Form(row, Target::default()))
            }
            [name, id, operation] => {
                let operation = ALIASES.iter().find(|(alias, _)| *alias == operation);
                let operation = operation.map_or(segments.last().copied()?, |(_, name)| *name);
                let is_it = |row: &Row| segment(row) == operation && changes(row) && is_of_member(row);
                Some(Place::Form(find(name, is_it)?, Target { id: Some(id), part: None }))
            }
            [name, id, part, operation] => {
                let is_it = |row: &Row| row.name() == operation && changes(row) && is_of_part(row);
                Some(Place::Form(find(name, is_it)?, Target { id: Some(id), part: Some(part) }))
            }
            _ => None,
        }
    }
}

/// The last segment of the path of an operation's form.
pub(super) fn segment(row: &Row) -> Cow<'static, str> {
    let rows = COLLECTIONS.iter().find(|known| known.name == row.collection()).map(|known| known.operations);
    let mut rows = rows.unwrap_or_default().iter();
    let has_parts = rows.any(|row| row.place == table::Place::Part && row.method == Method::GET);
    if has_parts && is_of_member(row) {
        return Cow::Owned(format!("{}{APART}", row.name()));
    }
    Cow::Borrowed(row.name())
}

/// The asset at a path, whoever asks for it.
pub(in super::super) fn asset(path: &Path) -> Option<&'static Asset> {
    match path.segments.as_slice() {
        [folder, name] if folder == assets::COLLECTION => assets::find(name),
        _ => None,
    }
}

fn find(collection: &str, is_it: impl Fn(&Row) -> bool) -> Option<&'static Row> {
    let collection: &Collection = COLLECTIONS.iter().find(|known| known.name == collection)?;
    collection.operations.iter().find(|row| is_it(row))
}

fn changes(row: &Row) -> bool {
    row.method == Method::POST || row.method == Method::DELETE
}

fn is_of_member(row: &Row) -> bool {
    matches!(row.place, table::Place::Member | table::Place::Action)
}

fn is_of_part(row: &Row) -> bool {
    matches!(row.place, table::Place::Part | table::Place::PartAction)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::frontends::deltacloud::path;

    fn at(target: &str) -> Option<String> {
        let path = path::read(target).unwrap();
        match Place::of(&Method::GET, &path)? {
            Place::LogOut => Some("logout".to_owned()),
            Place::Form(row, target) => {
                let named = [Some(row.action), target.id, target.part];
                Some(named.into_iter().flatten().collect::<Vec<_>>().join(" "))
            }
        }
    }

    #[test]
    fn forms_are_where_their_operations_are() {
        for (target, expected) in [
            ("/api/instances/new", Some("instances.create")),
            ("/api/instances/i/run", Some("instances.run i")),
            ("/api/instances/i/stop", Some("instances.stop i")),
            ("/api/instances/i/destroy", Some("instances.destroy i")),
            ("/api/storage_volumes/v/attach_instance", Some("storage_volumes.attach v")),
            ("/api/firewalls/f/r/delete_rule", Some("firewalls.delete_rule f r")),
            ("/api/buckets/b/new_blob_form_d15cfd90", Some("buckets.create_blob b")),
            ("/api/buckets/b/destroy_form_d15cfd90", Some("buckets.destroy b")),
            ("/api/buckets/b/destroy", None),
            ("/api/buckets/b/destroy/destroy_blob", Some("buckets.destroy_blob b destroy")),
            ("/api/logout", Some("logout")),
            ("/api/instances", None),
            ("/api/instances/i", None),
            ("/api/realms/new", None),
            ("/api/instances/i/nosuch", None),
            ("/api/nosuch/new", None),
        ] {
            assert_eq!(at(target).as_deref(), expected, "{target}");
        }
    }

    #[test]
    fn assets_are_found() {
        assert!(asset(&path::read("/api/static/console.css").unwrap()).is_some());
        assert!(asset(&path::read("/api/static/..%2fconsole.css").unwrap_or_default()).is_none());
        assert!(asset(&path::read("/api/realms/console.css").unwrap()).is_none());
    }
}
