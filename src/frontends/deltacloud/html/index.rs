//! The page of a collection: a table that leaves row by row, as the cloud gives it.

use std::sync::Arc;

use askama::Template;
use bytes::BytesMut;

use super::{
    CONTENT_TYPE,
    frame::{self, Around, Crumb},
    places::NEW,
    reading::{self, Value},
    visit::Visit,
    words,
};
use crate::{
    frontends::{
        Encode, Head, Reply,
        deltacloud::{answer::Answer, collections::COLLECTIONS, document::Node, table::How},
    },
    model::{Capabilities, Error, Flow, Resource},
};

/// What a table shows besides the name, where that is other than the state and the owner.
const COLUMNS: &[(&str, &[&str])] = &[
    ("addresses", &["instance"]),
    ("buckets", &["size", "location"]),
    ("docs", &["description"]),
    ("drivers", &["provider"]),
    ("firewalls", &["description", "owner_id"]),
    ("hardware_profiles", &["cpu", "memory", "storage", "architecture"]),
    ("images", &["state", "architecture", "description", "owner_id"]),
    ("instance_states", &["transition"]),
    ("instances", &["state", "image", "hardware_profile", "realm", "public_addresses"]),
    ("keys", &["fingerprint", "state"]),
    ("load_balancers", &["realm", "public_addresses", "created_at"]),
    ("metrics", &["entity"]),
    ("network_interfaces", &["instance", "network", "subnet", "ip_address"]),
    ("networks", &["state", "address_blocks", "subnets"]),
    ("realms", &["state", "limit"]),
    ("storage_snapshots", &["state", "storage_volume", "created"]),
    ("storage_volumes", &["state", "capacity", "realm_id", "mount"]),
    ("subnets", &["state", "address_block", "network"]),
];
/// What a table shows of a collection that is not among those.
const OTHERWISE: &[&str] = &["state", "owner_id"];

/// The page of a collection.
pub(super) struct Index {
    answer: Answer,
    visit: Arc<Visit>,
    collection: &'static str,
}

#[derive(Template)]
#[template(path = "index_head.html")]
struct TableHead<'a> {
    title: &'a str,
    about: &'a str,
    columns: Vec<String>,
    /// Where one is made.
    create: Option<(String, String)>,
}

#[derive(Template)]
#[template(path = "index_row.html")]
struct TableRow {
    title: String,
    href: String,
    id: Option<String>,
    cells: Vec<(String, Value)>,
}

#[derive(Template)]
#[template(path = "index_foot.html")]
pub(super) struct TableFoot<'a> {
    pub(super) title: &'a str,
}

/// The life of an instance, as a picture.
#[derive(Template)]
#[template(path = "diagram.html")]
struct Diagram<'a> {
    drawing: &'a str,
}

impl Index {
    /// The page of `collection`, of which `answer` says what is in it.
    pub(super) fn new(answer: Answer, visit: &Arc<Visit>, collection: &'static str) -> Self {
        Index { answer, visit: Arc::clone(visit), collection }
    }

    fn around(&self) -> Around<'_> {
        around(&self.answer, &self.visit, self.collection)
    }
}

fn around<'a>(answer: &'a Answer, visit: &'a Visit, collection: &'a str) -> Around<'a> {
    let title = words::label(collection);
    let home = Crumb::above("Home", answer.context.href(&[]));
    Around {
        context: &answer.context,
        visit,
        cloud: Some(&answer.cloud),
        collection: Some(collection),
        crumbs: vec![home, Crumb::here(title.clone())],
        title,
        documented: true,
    }
}

impl Encode for Index {
    fn head(&self) -> Head {
        Head::new(self.answer.status, CONTENT_TYPE)
    }

    fn headers(&self) -> Vec<(&'static str, String)> {
        self.answer.headers()
    }

    fn note(&mut self, resource: &Resource<'_>) -> Result<Flow, Error> {
        self.answer.note(resource)
    }

    fn open(&mut self, out: &mut BytesMut) {
        self.around().open(out);
        let create = can_create(self.collection, &self.answer.cloud).then(|| {
            let text = format!("New {}", words::singular(self.collection));
            (text, self.answer.context.href(&[self.collection, NEW]))
        });
        let title = words::label(self.collection);
        let columns = columns(self.collection).iter().map(|name| words::label(name)).collect();
        let about = frame::about(self.collection);
        frame::write(&TableHead { title: &title, about, columns, create }, out);
    }

    fn item(&mut self, resource: &Resource<'_>, out: &mut BytesMut) -> Result<Flow, Error> {
        // Blobs come after their bucket, on whose own page they are.
        if !matches!(resource, Resource::Blob(_)) && self.answer.admits(resource) {
            row(&self.answer.describe(resource), self.collection, out);
        }
        Ok(Flow::More)
    }

    fn close(&mut self, out: &mut BytesMut) -> Result<(), Error> {
        frame::write(&TableFoot { title: &words::label(self.collection).to_lowercase() }, out);
        self.around().close(out);
        Ok(())
    }

    fn fail(&mut self, error: &Error) -> Reply {
        self.answer.fail(error)
    }
}

fn row(node: &Node<'_>, collection: &str, out: &mut BytesMut) {
    let title = reading::title(node);
    let id = node.attribute_of("id").filter(|id| *id != title).map(str::to_owned);
    let cells = columns(collection).iter().map(|name| (words::label(name), reading::column(node, name)));
    let href = node.attribute_of("href").unwrap_or_default().to_owned();
    frame::write(&TableRow { title, href, id, cells: cells.collect() }, out);
}

fn columns(collection: &str) -> &'static [&'static str] {
    COLUMNS.iter().find(|(known, _)| *known == collection).map_or(OTHERWISE, |(_, columns)| columns)
}

fn can_create(collection: &str, cloud: &Capabilities) -> bool {
    let rows = COLLECTIONS.iter().find(|known| known.name == collection).map(|known| known.operations);
    let mut rows = rows.unwrap_or_default().iter();
    rows.any(|row| matches!(row.answer, How::Create(..)) && row.is_served(cloud))
}

/// Writes the page of a collection that the front end knows by itself.
pub(super) fn whole(
    node: &Node<'_>,
    answer: &Answer,
    visit: &Arc<Visit>,
    collection: &'static str,
    out: &mut BytesMut,
) {
    let around = around(answer, visit, collection);
    around.open(out);
    let title = words::label(collection);
    let columns: Vec<String> = columns(collection).iter().map(|name| words::label(name)).collect();
    frame::write(&TableHead { title: &title, about: frame::about(collection), columns, create: None }, out);
    node.parts().into_iter().for_each(|part| row(part, collection, out));
    if collection == "instance_states" {
        let drawing = format!("{}?format=svg", answer.context.href(&[collection]));
        frame::write(&TableFoot { title: &title.to_lowercase() }, out);
        frame::write(&Diagram { drawing: &drawing }, out);
        return around.close(out);
    }
    frame::write(&TableFoot { title: &title.to_lowercase() }, out);
    around.close(out);
}
