//! Answers that the front end makes by itself, of what it knows and what it noted of the cloud: the Cloud Entry Point and
//! ResourceMetadata.

use bytes::{Bytes, BytesMut};
use http::StatusCode;

use super::{
    attribute::Resource,
    collections::{COLLECTIONS, Collection},
    context::Context,
    dialect::{Dialect, NAMESPACE, type_uri},
    errors::Fault,
    fields::{Expanded, Fields, Place, Value},
    query::Query,
    resources::{Scene, TYPES, cloud_entry_point::CLOUD_ENTRY_POINT, resource_metadata},
    telling::write,
};
use crate::{
    frontends::{Call, Encode, Head, Reply},
    model::{self, Capabilities, Error, ErrorKind, Filter, Flow, Kind, Operation, Verb},
    wire::document::{Format, Node},
};

/// The most things that are written out in one document that names their collections.
const MOST_EXPANDED: usize = 10_000;

/// An answer without things of the cloud.
pub(super) struct Ready {
    pub(super) context: Context,
    pub(super) status: StatusCode,
    pub(super) headers: Vec<(&'static str, String)>,
}

impl Ready {
    /// The call that has this answer.
    pub(super) fn call(self, action: &'static str) -> Call {
        Call {
            action,
            before: Vec::new(),
            operation: None,
            idempotency: None,
            upload: None,
            encode: Box::new(self),
        }
    }
}

impl Encode for Ready {
    fn head(&self) -> Head {
        Head::new(self.status, "text/html;charset=utf-8")
    }

    fn headers(&self) -> Vec<(&'static str, String)> {
        self.context.headers().into_iter().chain(self.headers.iter().cloned()).collect()
    }

    fn open(&mut self, _: &mut BytesMut) {}

    fn item(&mut self, _: &model::Resource<'_>, _: &mut BytesMut) -> Result<Flow, Error> {
        Ok(Flow::More)
    }

    fn close(&mut self, _: &mut BytesMut) -> Result<(), Error> {
        Ok(())
    }

    fn fail(&mut self, error: &Error) -> Reply {
        Fault::from(error).reply(&self.context)
    }
}

/// What is told.
enum Subject {
    Entry,
    Types,
    Type(&'static Resource),
}

/// A document of what the front end knows, and of what it noted of the cloud.
struct Told {
    subject: Subject,
    context: Context,
    cloud: Capabilities,
    query: Query,
    noted: Vec<model::Resource<'static>>,
}

/// The Cloud Entry Point, with the collections written out that the query names.
pub(super) fn entry(context: &Context, cloud: &Capabilities, query: Query) -> Call {
    let mut kinds: Vec<Kind> = Vec::new();
    for collection in expanded(cloud, &query) {
        kinds.extend(collection.kind(cloud).filter(|kind| !kinds.contains(kind)));
    }
    let before = kinds.into_iter().map(|kind| Operation::List(kind, Filter::default())).collect();
    call("entry", Subject::Entry, context, cloud, query, before)
}

/// The collections that are written out.
fn expanded(cloud: &Capabilities, query: &Query) -> impl Iterator<Item = &'static Collection> {
    let named = |collection: &&Collection| query.expand.admits(&[collection.entry]);
    COLLECTIONS.iter().filter(|collection| collection.is_offered(cloud)).filter(named)
}

/// The pages of types, or the page of one. Who says who he is also learns the realms there are.
///
/// # Errors
/// When there is no such type.
pub(super) fn types(
    name: Option<&str>,
    is_somebody: bool,
    context: &Context,
    cloud: &Capabilities,
    query: Query,
) -> Result<Call, Fault> {
    let found = |name: &str| TYPES.iter().find(|kind| resource_metadata::page(kind) == name);
    let subject = match name {
        Some(name) => Subject::Type(found(name).ok_or_else(Fault::nothing_there)?),
        None => Subject::Types,
    };
    let looks = is_somebody && cloud.supports(Verb::List, Kind::Realm);
    let before = looks.then(|| Operation::List(Kind::Realm, Filter::default()));
    Ok(call("resource_metadata", subject, context, cloud, query, before.into_iter().collect()))
}

fn call(
    action: &'static str,
    subject: Subject,
    context: &Context,
    cloud: &Capabilities,
    query: Query,
    before: Vec<Operation>,
) -> Call {
    let (context, cloud) = (context.clone(), cloud.clone());
    let told = Told { subject, context, cloud, query, noted: Vec::new() };
    Call { action, before, operation: None, idempotency: None, upload: None, encode: Box::new(told) }
}

impl Told {
    fn document(&self) -> Node<'_> {
        match self.subject {
            Subject::Entry => {
                let mut fields = self.entry();
                fields.retain(|name| self.query.select.admits(&[name]));
                CLOUD_ENTRY_POINT.document(&fields, self.context.dialect, Place::Root)
            }
            Subject::Types => self.types(),
            Subject::Type(kind) => {
                let uri = type_uri(resource_metadata::RESOURCE_METADATA.name);
                let page = self.page(kind).and(Node::text("resourceURI", uri.clone()).only(Format::Json));
                let page = page.with_only(Format::Xml, "xmlns", NAMESPACE);
                match self.context.dialect {
                    Dialect::Compatible => page.with_only(Format::Xml, "resourceURI", uri),
                    Dialect::Strict => page,
                }
            }
        }
    }

    fn entry(&self) -> Fields<'_> {
        let context = &self.context;
        let fields = Fields::at(context.href(&["cloudEntryPoint"]))
            .text("name", context.driver)
            .text("description", format!("Cloud Entry Point for the Deltacloud {} driver", context.driver))
            .with("created", Value::Moment(context.now))
            .text("driver", context.driver)
            .text("provider", context.provider.as_deref().unwrap_or("default"))
            .text("baseURI", format!("{}/", context.href(&[])))
            .with("resourceMetadata", Value::Href(context.href(&["resource_metadata"])));
        let served = COLLECTIONS.iter().filter(|collection| collection.is_offered(&self.cloud));
        served.fold(fields, |fields, collection| {
            let value = match self.query.expand.admits(&[collection.entry]) {
                true => Value::Expanded(Box::new(self.expanded(collection))),
                false => Value::Href(context.href(&[collection.path])),
            };
            fields.with(collection.entry, value)
        })
    }

    fn expanded(&self, collection: &Collection) -> Expanded<'_> {
        let scene = Scene { context: &self.context, cloud: &self.cloud, owner: "", part: "" };
        let kind = collection.kind(&self.cloud);
        let own = self.noted.iter().filter(|thing| Some(thing.kind()) == kind);
        let members = own.flat_map(|thing| (collection.describe)(thing, &scene)).collect();
        Expanded {
            href: self.context.href(&[collection.path]),
            key: collection.key,
            members,
            grows: collection.grows(&self.cloud),
        }
    }

    fn types(&self) -> Node<'_> {
        let dialect = self.context.dialect;
        let listed = TYPES.iter().filter(|kind| resource_metadata::is_listed(kind, dialect, &self.cloud));
        let pages: Vec<Node<'_>> = listed.map(|kind| self.page(kind)).collect();
        let (uri, href) = (type_uri("ResourceMetadataCollection"), self.context.href(&["resource_metadata"]));
        #[expect(clippy::cast_precision_loss, reason = "there are few types")]
        let parts = vec![
            Node::text("id", href.clone()),
            Node::number("count", pages.len() as f64),
            Node::row("ResourceMetadata", pages).key("resourceMetadata"),
        ];
        let node = Node::object("Collection", parts).with("resourceURI", uri);
        let node = node.with_only(Format::Xml, "xmlns", NAMESPACE);
        match dialect {
            Dialect::Compatible => node.with("href", href),
            Dialect::Strict => node,
        }
    }

    fn page(&self, kind: &'static Resource) -> Node<'static> {
        let realms: Vec<String> = self.noted.iter().map(|realm| realm.id().to_owned()).collect();
        resource_metadata::document(kind, &realms, &self.cloud, &self.context)
    }
}

impl Encode for Told {
    fn head(&self) -> Head {
        Head::new(StatusCode::OK, self.context.format.content_type())
    }

    fn headers(&self) -> Vec<(&'static str, String)> {
        self.context.headers()
    }

    fn note(&mut self, resource: &model::Resource<'_>) -> Result<Flow, Error> {
        if self.noted.len() >= MOST_EXPANDED {
            let message =
                "there is too much to write out in one document: ask for the collections themselves";
            return Err(Error::new(ErrorKind::LimitReached, message));
        }
        self.noted.push(resource.clone().into_owned());
        Ok(Flow::More)
    }

    fn open(&mut self, out: &mut BytesMut) {
        let mut document = BytesMut::new();
        write(&self.document(), self.context.format, &mut document);
        out.extend_from_slice(&Bytes::from(document));
    }

    fn item(&mut self, _: &model::Resource<'_>, _: &mut BytesMut) -> Result<Flow, Error> {
        Ok(Flow::More)
    }

    fn close(&mut self, _: &mut BytesMut) -> Result<(), Error> {
        Ok(())
    }

    fn fail(&mut self, error: &Error) -> Reply {
        Fault::from(error).reply(&self.context)
    }
}
