//! The page of one thing: what is said of it, and what can be done to it.

use std::sync::Arc;

use askama::Template;
use bytes::BytesMut;
use http::StatusCode;

use super::{
    CONTENT_TYPE,
    chart::{Chart, Point},
    frame::{self, Around, Crumb},
    index::TableFoot,
    offers::{self, Offer, Press},
    reading::{self, Field, Value},
    token,
    visit::Visit,
    words,
};
use crate::{
    frontends::{
        Encode, Head, Reply,
        deltacloud::{answer::Answer, collections, context::Context, document::Node},
    },
    model::{Blob, Credential, Error, ErrorKind, Flow, Key, Kind, Metric, Resource, Unit},
};

/// The page of one thing.
pub(super) struct Show {
    answer: Answer,
    visit: Arc<Visit>,
    collection: &'static str,
    written: bool,
    /// What it is a part of: a blob's bucket.
    above: Option<String>,
    /// Whether blobs come after it.
    holds: bool,
}

#[derive(Template)]
#[template(path = "show.html")]
struct Page<'a> {
    title: &'a str,
    state: Option<Value>,
    offers: Vec<Offer>,
    token_name: &'static str,
    token: &'a str,
    fields: Vec<Field>,
    charts: Vec<Chart>,
    /// What has to be kept now, because it is not shown again.
    warning: Option<&'static str>,
}

#[derive(Template)]
#[template(path = "blobs_head.html")]
struct BlobsHead;

#[derive(Template)]
#[template(path = "blob_row.html")]
struct BlobRow<'a> {
    name: &'a str,
    href: String,
    content: String,
    size: String,
    content_type: &'a str,
}

impl<'a> BlobRow<'a> {
    fn of(blob: &'a Blob<'_>, context: &Context) -> Self {
        let path = [collections::of(Kind::Blob), &blob.bucket, &blob.name];
        BlobRow {
            name: &blob.name,
            href: context.href(&path),
            content: context.href(&[&path[..], &["content"]].concat()),
            size: blob.size.map(|size| size.to_string()).unwrap_or_default(),
            content_type: blob.content_type.as_deref().unwrap_or_default(),
        }
    }
}

/// What few pages have.
#[derive(Default)]
struct Extras {
    charts: Vec<Chart>,
    warning: Option<&'static str>,
}

impl Show {
    /// The page of a thing of `collection`, which `answer` gets.
    pub(super) fn new(answer: Answer, visit: &Arc<Visit>, collection: &'static str) -> Self {
        Show { answer, visit: Arc::clone(visit), collection, written: false, above: None, holds: false }
    }

    /// Writes the page of a thing that the front end knows by itself.
    pub(super) fn whole(&self, node: &Node<'_>, out: &mut BytesMut) {
        let fields = reading::fields(node);
        self.write(node, Vec::new(), fields, Extras::default(), out);
        self.around(String::new()).close(out);
    }

    fn fields(&self, node: &Node<'_>, resource: &Resource<'_>) -> Vec<Field> {
        let drawn = matches!(resource, Resource::Metric(_));
        let fields = reading::fields(node);
        if drawn { fields.into_iter().filter(|field| field.value.is_short()).collect() } else { fields }
    }

    fn first(&mut self, resource: &Resource<'_>, out: &mut BytesMut) {
        self.written = true;
        if let Resource::Blob(blob) = resource {
            self.above = Some(blob.bucket.clone().into_owned());
        }
        self.page(&self.answer.describe(resource), resource, out);
        if matches!(resource, Resource::Bucket(_)) {
            self.holds = true;
            frame::write(&BlobsHead, out);
        }
    }

    fn page(&self, node: &Node<'_>, resource: &Resource<'_>, out: &mut BytesMut) {
        let offers = offers::of(&self.answer, self.collection, node, resource);
        let fields = self.fields(node, resource);
        let extras = Extras { charts: charts(resource), warning: warning(resource) };
        self.write(node, offers, fields, extras, out);
    }

    fn write(
        &self,
        node: &Node<'_>,
        offers: Vec<Offer>,
        fields: Vec<Field>,
        extras: Extras,
        out: &mut BytesMut,
    ) {
        let title = reading::title(node);
        let around = self.around(title.clone());
        around.open(out);
        let (token_name, token) = (token::FIELD, self.visit.token.as_str());
        let (state, Extras { charts, warning }) = (reading::state(node), extras);
        let page = Page { title: &title, state, offers, token_name, token, fields, charts, warning };
        frame::write(&page, out);
    }

    fn around(&self, title: String) -> Around<'_> {
        let mut crumbs = Crumb::to(self.collection, &self.answer.context);
        crumbs.extend(
            self.above.iter().map(|above| {
                Crumb::above(above.as_str(), self.answer.context.href(&[self.collection, above]))
            }),
        );
        crumbs.push(Crumb::here(title.clone()));
        Around {
            context: &self.answer.context,
            visit: &self.visit,
            cloud: Some(&self.answer.cloud),
            collection: Some(self.collection),
            title,
            crumbs,
            documented: self.answer.status == StatusCode::OK,
        }
    }
}

impl Encode for Show {
    fn head(&self) -> Head {
        Head::new(self.answer.status, CONTENT_TYPE)
    }

    fn headers(&self) -> Vec<(&'static str, String)> {
        self.answer.headers()
    }

    fn note(&mut self, resource: &Resource<'_>) -> Result<Flow, Error> {
        self.answer.note(resource)
    }

    fn open(&mut self, _: &mut BytesMut) {}

    fn item(&mut self, resource: &Resource<'_>, out: &mut BytesMut) -> Result<Flow, Error> {
        match resource {
            Resource::Blob(blob) if self.holds => frame::write(&BlobRow::of(blob, &self.answer.context), out),
            _ if self.written || !self.answer.admits(resource) => {}
            _ => self.first(resource, out),
        }
        Ok(Flow::More)
    }

    fn close(&mut self, out: &mut BytesMut) -> Result<(), Error> {
        if !self.written {
            return Err(Error::new(ErrorKind::Unexpected, "the cloud does not show what was asked for"));
        }
        if self.holds {
            frame::write(&TableFoot { title: "blobs" }, out);
        }
        self.around(String::new()).close(out);
        Ok(())
    }

    fn fail(&mut self, error: &Error) -> Reply {
        self.answer.fail(error)
    }
}

fn warning(resource: &Resource<'_>) -> Option<&'static str> {
    let is_secret =
        matches!(resource, Resource::Key(Key { credential: Credential::Pair { private: Some(_), .. }, .. }));
    is_secret.then_some("Keep this private key now: it is not shown again.")
}

fn charts(resource: &Resource<'_>) -> Vec<Chart> {
    let Resource::Metric(Metric { series, .. }) = resource else { return Vec::new() };
    let drawn = series.iter().filter_map(|series| {
        let points = series.samples.iter().rev().map(|sample| Point {
            at: sample.at,
            minimum: sample.minimum,
            maximum: sample.maximum,
            average: sample.average,
        });
        Chart::of(&words::spaced(&series.name), unit(series.unit), &points.collect::<Vec<_>>())
    });
    drawn.collect()
}

fn unit(unit: Unit) -> &'static str {
    match unit {
        Unit::Percent => "%",
        Unit::Bytes => "B",
        Unit::BytesPerSecond => "B/s",
        Unit::Count => "",
        Unit::Seconds => "s",
    }
}
