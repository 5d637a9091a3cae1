//! The page of one thing: what is said of it, and what can be done to it.

use std::sync::Arc;

use askama::Template;
use bytes::BytesMut;
use http::{Method, StatusCode};

use super::{
    CONTENT_TYPE,
    chart::{Chart, Point},
    frame::{self, Around, Crumb},
    places::NEW,
    reading::{self, Field, Value},
    token,
    visit::Visit,
    words,
};
use crate::{
    frontends::{
        Encode, Head, Reply,
        deltacloud::{
            answer::Answer,
            collections::{self, COLLECTIONS},
            context::Context,
            document::Node,
            errors::Fault,
            table::{self, Collection, How, Place, Row},
        },
    },
    model::{Credential, Error, ErrorKind, Flow, Key, Kind, Metric, Resource, Unit, Verb},
};

/// The page of one thing.
pub(super) struct Show {
    answer: Answer,
    visit: Arc<Visit>,
    collection: &'static str,
    written: bool,
}

#[derive(Template)]
#[template(path = "show.html")]
struct Page<'a> {
    title: &'a str,
    state: Option<Value>,
    buttons: Vec<Button>,
    token_name: &'static str,
    token: &'a str,
    fields: Vec<Field>,
    charts: Vec<Chart>,
    /// What has to be kept now, because it is not shown again.
    warning: Option<&'static str>,
}

/// Something that can be done.
struct Button {
    text: String,
    href: String,
    press: Press,
}

/// What few pages have.
#[derive(Default)]
struct Extras {
    charts: Vec<Chart>,
    warning: Option<&'static str>,
}

/// What a button does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Press {
    /// It is done at once.
    Do,
    /// It leads to a form.
    Ask,
    /// It leads to the question whether one is sure.
    Confirm,
}

impl Show {
    /// The page of a thing of `collection`, which `answer` gets.
    pub(super) fn new(answer: Answer, visit: &Arc<Visit>, collection: &'static str) -> Self {
        Show { answer, visit: Arc::clone(visit), collection, written: false }
    }

    /// The failure that an error is in its answer.
    pub(super) fn fault(&self, error: &Error) -> Fault {
        self.answer.fault(error)
    }

    /// What it is written for.
    pub(super) fn context(&self) -> &Context {
        &self.answer.context
    }

    /// Writes the page of a thing that the front end knows by itself.
    pub(super) fn whole(&self, node: &Node<'_>, out: &mut BytesMut) {
        let fields = reading::fields(node);
        self.write(node, Vec::new(), fields, Extras::default(), out);
    }

    fn fields(&self, node: &Node<'_>, resource: &Resource<'_>) -> Vec<Field> {
        let drawn = matches!(resource, Resource::Metric(_));
        let fields = reading::fields(node);
        if drawn { fields.into_iter().filter(|field| field.value.is_short()).collect() } else { fields }
    }

    fn buttons(&self, node: &Node<'_>, resource: &Resource<'_>) -> Vec<Button> {
        let Some(collection) = COLLECTIONS.iter().find(|known| known.name == self.collection) else {
            return Vec::new();
        };
        let (id, said) = (resource.id(), reading::deeds(node));
        let says = |row: &Row| {
            let place = match row.place {
                Place::Action => self.answer.context.href(&[self.collection, id, row.name()]),
                _ => self.answer.context.href(&[self.collection, id]),
            };
            said.as_ref().is_none_or(|deeds| deeds.contains(&place))
        };
        let offered = collection.operations.iter().filter(|row| row.is_served(&self.answer.cloud));
        let offered = offered.filter(|row| match row.place {
            Place::Action => row.method == Method::POST && says(row),
            Place::Member => row.method == Method::DELETE && (says(row) || !matches!(row.answer, How::Do(_))),
            Place::Collection | Place::Part | Place::PartAction => false,
        });
        let mut own: Vec<Button> = offered.map(|row| self.button(row, id)).collect();
        own.sort_by_key(|button| button.press == Press::Confirm);
        let metrics = self.metrics(resource);
        let made = self.made_of(collection, id);
        let last = own.iter().position(|button| button.press == Press::Confirm).unwrap_or(own.len());
        let destroys = own.split_off(last);
        let parts = self.parts(collection, node, id);
        own.into_iter().chain(made).chain(metrics).chain(parts).chain(destroys).collect()
    }

    fn button(&self, row: &Row, id: &str) -> Button {
        let href = self.answer.context.href(&[self.collection, id, row.name()]);
        let taken =
            |parameter: &&table::Parameter| parameter.name != "id" && parameter.is_taken(&self.answer.cloud);
        let press = if row.method == Method::DELETE {
            Press::Confirm
        } else if row.parameters.iter().any(|parameter| taken(&parameter)) {
            Press::Ask
        } else {
            Press::Do
        };
        Button { text: words::verb(row.name()), href, press }
    }

    /// The ends of its parts: of a firewall's rules.
    fn parts(&self, own: &Collection, node: &Node<'_>, id: &str) -> Vec<Button> {
        let ends =
            own.operations.iter().filter(|row| row.place == Place::Part && row.method == Method::DELETE);
        let ends = ends.filter(|row| row.is_served(&self.answer.cloud));
        let of = |row: &'static Row| {
            let name = row.name().strip_prefix("delete_").unwrap_or(row.name());
            reading::ids(node, name).into_iter().map(move |part| {
                let href = self.answer.context.href(&[self.collection, id, &part, row.name()]);
                Button { text: format!("{} {part}", words::verb(row.name())), href, press: Press::Confirm }
            })
        };
        ends.flat_map(of).collect()
    }

    /// What can be made of it: everything that cannot be made without a thing of its kind.
    fn made_of(&self, own: &Collection, id: &str) -> Vec<Button> {
        let Some(kind) = own.operations.iter().find_map(|row| match row.answer {
            How::Show(kind) => Some(kind),
            _ => None,
        }) else {
            return Vec::new();
        };
        let mut buttons = Vec::new();
        for collection in COLLECTIONS {
            for row in collection.operations.iter().filter(|row| matches!(row.answer, How::Create(..))) {
                let of = row
                    .parameters
                    .iter()
                    .find(|parameter| parameter.required && parameter.value == table::Value::Id(kind));
                if let Some(parameter) = of.filter(|_| row.is_served(&self.answer.cloud)) {
                    let form = self.answer.context.href(&[collection.name, NEW]);
                    let href = format!("{form}?{}={}", parameter.name, crate::wire::form::encode(id));
                    let text = format!("New {}", words::singular(collection.name));
                    buttons.push(Button { text, href, press: Press::Ask });
                }
            }
        }
        buttons
    }

    fn metrics(&self, resource: &Resource<'_>) -> Option<Button> {
        let Resource::Instance(instance) = resource else { return None };
        let href = self.answer.context.href(&[collections::of(Kind::Metric), &instance.id]);
        let is_measured = self.answer.cloud.supports(Verb::Show, Kind::Metric);
        is_measured.then(|| Button { text: "Metrics".to_owned(), href, press: Press::Ask })
    }

    fn page(&self, node: &Node<'_>, resource: &Resource<'_>, out: &mut BytesMut) {
        let (buttons, fields) = (self.buttons(node, resource), self.fields(node, resource));
        let extras = Extras { charts: charts(resource), warning: warning(resource) };
        self.write(node, buttons, fields, extras, out);
    }

    fn write(
        &self,
        node: &Node<'_>,
        buttons: Vec<Button>,
        fields: Vec<Field>,
        extras: Extras,
        out: &mut BytesMut,
    ) {
        let title = reading::title(node);
        let mut crumbs = Crumb::to(self.collection, &self.answer.context);
        crumbs.push(Crumb::here(title.clone()));
        let around = Around {
            context: &self.answer.context,
            visit: &self.visit,
            cloud: Some(&self.answer.cloud),
            collection: Some(self.collection),
            title: title.clone(),
            crumbs,
            documented: self.answer.status == StatusCode::OK,
        };
        let (token_name, token) = (token::FIELD, self.visit.token.as_str());
        let Extras { charts, warning } = extras;
        around.open(out);
        let state = reading::state(node);
        let page = Page { title: &title, state, buttons, token_name, token, fields, charts, warning };
        frame::write(&page, out);
        around.close(out);
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
        if !self.written && self.answer.admits(resource) {
            self.written = true;
            self.page(&self.answer.describe(resource), resource, out);
        }
        Ok(Flow::More)
    }

    fn close(&mut self, _: &mut BytesMut) -> Result<(), Error> {
        let missing = || Error::new(ErrorKind::Unexpected, "the cloud does not show what was asked for");
        if self.written { Ok(()) } else { Err(missing()) }
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
