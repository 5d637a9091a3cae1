//! Where a request leads.

use http::{Method, StatusCode};

use super::{
    collections::COLLECTIONS,
    docs::Subject,
    errors::Fault,
    path::Path,
    table::{Collection, How, Parameter, Place, Row},
};

/// What is at a path, for a method.
pub(super) enum Route<'p> {
    /// The entry point.
    Entry,
    /// The choice of a back end by a form at the entry point.
    Choice,
    /// The documentation.
    Docs(Subject),
    /// What may be done at a path, to be said in `Allow`.
    Options(String),
    /// An operation, on what the path names.
    Operation(&'static Row, Target<'p>),
}

/// What a path names in its collection.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Target<'p> {
    /// The member.
    pub(super) id: Option<&'p str>,
    /// The part of the member that has an id of its own.
    pub(super) part: Option<&'p str>,
}

impl<'p> Route<'p> {
    /// The route of a request by `method`, where `HEAD` is as `GET`, to `path`.
    ///
    /// # Errors
    /// When nothing is there, nothing is there yet, or the method is another.
    pub(super) fn of(method: &Method, path: &'p Path) -> Result<Self, Fault> {
        let segments: Vec<&str> = path.segments.iter().map(String::as_str).collect();
        let Some((name, rest)) = segments.split_first() else { return entry(method) };
        if path.unfinished {
            return Err(Fault::nothing_there());
        }
        if *name == "docs" {
            return docs(method, rest);
        }
        let Some(collection) = COLLECTIONS.iter().find(|collection| collection.name == *name) else {
            return Err(Fault::nothing_there());
        };
        if method == Method::OPTIONS {
            return options(collection, rest);
        }
        let rows: Vec<&'static Row> = collection.operations.iter().filter(|row| is_at(row, rest)).collect();
        let by = |method: &Method| rows.iter().copied().find(|row| row.method == *method);
        let found = by(method).or_else(|| if method == Method::HEAD { by(&Method::GET) } else { None });
        match found {
            Some(row) => Ok(Route::Operation(row, target(row.place, rest))),
            None if rows.is_empty() => Err(Fault::nothing_there()),
            None => Err(other_method(methods(&rows))),
        }
    }

    /// Whether its answer is a document.
    pub(super) fn is_document(&self) -> bool {
        match self {
            Route::Entry | Route::Choice | Route::Docs(_) | Route::Options(_) => true,
            Route::Operation(row, _) => row.is_document(),
        }
    }

    /// Whether it is for everybody, and needs no cloud, when it `is_somebody` who asks.
    pub(super) fn is_public(&self, is_somebody: bool) -> bool {
        match self {
            Route::Entry | Route::Choice | Route::Docs(_) | Route::Options(_) => true,
            Route::Operation(row, _) => match row.answer {
                How::Life => true,
                How::Drivers => !is_somebody,
                _ => false,
            },
        }
    }
}

/// Whether an operation is at what follows the collection in a path.
fn is_at(row: &Row, rest: &[&str]) -> bool {
    match (row.place, rest) {
        (Place::Collection, []) | (Place::Member, [_]) | (Place::Part, [_, _]) => true,
        (Place::Action, [_, name]) | (Place::PartAction, [_, _, name]) => *name == row.name(),
        _ => false,
    }
}

fn target<'p>(place: Place, rest: &[&'p str]) -> Target<'p> {
    let part = matches!(place, Place::Part | Place::PartAction);
    Target { id: rest.first().copied(), part: rest.get(1).copied().filter(|_| part) }
}

fn entry<'p>(method: &Method) -> Result<Route<'p>, Fault> {
    const ALLOWED: &str = "OPTIONS,GET,HEAD,POST";
    match *method {
        Method::GET | Method::HEAD => Ok(Route::Entry),
        Method::POST => Ok(Route::Choice),
        Method::OPTIONS => Ok(Route::Options(ALLOWED.to_owned())),
        _ => Err(other_method(ALLOWED.to_owned())),
    }
}

fn docs<'p>(method: &Method, rest: &[&str]) -> Result<Route<'p>, Fault> {
    const ALLOWED: &str = "OPTIONS,GET,HEAD";
    let subject = Subject::of(rest)?;
    match *method {
        Method::GET | Method::HEAD => Ok(Route::Docs(subject)),
        Method::OPTIONS => Ok(Route::Options(ALLOWED.to_owned())),
        _ => Err(other_method(ALLOWED.to_owned())),
    }
}

/// What may be done to a collection and its members or, at the name of an operation, what parameters that has.
fn options<'p>(collection: &'static Collection, rest: &[&str]) -> Result<Route<'p>, Fault> {
    let rows: Vec<&Row> = collection.operations.iter().collect();
    match *rest {
        [] => Ok(Route::Options(methods(&rows))),
        [name] => {
            let row = rows.iter().find(|row| row.name() == name).ok_or_else(Fault::nothing_there)?;
            let parameters = row.parameters.iter().map(Parameter::signature);
            Ok(Route::Options(parameters.collect::<Vec<_>>().join(",")))
        }
        _ => Err(Fault::nothing_there()),
    }
}

fn methods(rows: &[&Row]) -> String {
    let mut names = vec!["OPTIONS"];
    for row in rows {
        let known = names.contains(&row.method.as_str());
        if !known {
            names.push(row.method.as_str());
        }
        if !known && row.method == Method::GET {
            names.push("HEAD");
        }
    }
    names.join(",")
}

fn other_method(allowed: String) -> Fault {
    let fault = Fault::new(StatusCode::METHOD_NOT_ALLOWED, "Method Not Allowed");
    Fault { allow: Some(allowed), ..fault }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::frontends::deltacloud::path;

    fn routed(method: Method, target: &str) -> Result<String, (u16, Option<String>)> {
        let path = path::read(target).unwrap();
        match Route::of(&method, &path) {
            Ok(Route::Entry) => Ok("entry".to_owned()),
            Ok(Route::Choice) => Ok("choice".to_owned()),
            Ok(Route::Docs(subject)) => Ok(format!("docs {}", subject.name())),
            Ok(Route::Options(allow)) => Ok(allow),
            Ok(Route::Operation(row, Target { id, part })) => {
                let named = [Some(row.action), id, part].into_iter().flatten();
                Ok(named.collect::<Vec<_>>().join(" "))
            }
            Err(fault) => Err((fault.status.as_u16(), fault.allow)),
        }
    }

    #[test]
    fn every_row_is_reached() {
        for collection in COLLECTIONS {
            for row in collection.operations {
                let (rest, named) = match row.place {
                    Place::Collection => (String::new(), ""),
                    Place::Member => ("/x1".to_owned(), " x1"),
                    Place::Action => (format!("/x1/{}", row.name()), " x1"),
                    Place::Part => ("/x1/p2".to_owned(), " x1 p2"),
                    Place::PartAction => (format!("/x1/p2/{}", row.name()), " x1 p2"),
                };
                let target = format!("/api/{}{rest}", collection.name);
                assert_eq!(routed(row.method.clone(), &target), Ok(format!("{}{named}", row.action)));
                assert_eq!(row.action, format!("{}.{}", collection.name, row.name()));
            }
        }
    }

    #[test]
    fn the_entry_and_options() {
        assert_eq!(routed(Method::GET, "/api").unwrap(), "entry");
        assert_eq!(routed(Method::HEAD, "/api/").unwrap(), "entry");
        assert_eq!(routed(Method::POST, "/api").unwrap(), "choice");
        assert_eq!(routed(Method::GET, "/api/docs").unwrap(), "docs ");
        assert_eq!(routed(Method::GET, "/api/docs/keys/create").unwrap(), "docs keys.create");
        assert_eq!(routed(Method::OPTIONS, "/api/realms").unwrap(), "OPTIONS,GET,HEAD");
        assert_eq!(routed(Method::OPTIONS, "/api/instances").unwrap(), "OPTIONS,GET,HEAD,POST,DELETE");
        let parameters = routed(Method::OPTIONS, "/api/instances/create").unwrap();
        assert!(parameters.starts_with("image_id:string:required,realm_id:string:optional,"), "{parameters}");
    }

    #[test]
    fn what_is_not_there_is_told_apart() {
        assert_eq!(routed(Method::GET, "/api/nosuch"), Err((404, None)));
        assert_eq!(routed(Method::GET, "/api/realms/"), Err((404, None)), "it lacks its id");
        assert_eq!(routed(Method::GET, "/api/instances/1/2/3"), Err((404, None)));
        assert_eq!(routed(Method::POST, "/api/instances/1/jump"), Err((404, None)));
        let allow = Some("OPTIONS,GET,HEAD".to_owned());
        assert_eq!(routed(Method::POST, "/api/realms"), Err((405, allow.clone())));
        assert_eq!(routed(Method::PUT, "/api/docs"), Err((405, allow)));
        let allow = Some("OPTIONS,GET,HEAD,POST".to_owned());
        assert_eq!(routed(Method::PUT, "/api"), Err((405, allow)));
        assert_eq!(routed(Method::GET, "/api/instances/1/stop"), Err((405, Some("OPTIONS,POST".to_owned()))));
    }
}
