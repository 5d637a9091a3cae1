//! What can be done to a thing, as its page offers it.
//!
//! A document that has actions says what can be done now; of what it does not speak, the table does.

use http::Method;

use super::{
    form,
    places::{self, NEW},
    reading, words,
};
use crate::{
    frontends::deltacloud::{
        answer::Answer,
        collections::{self, COLLECTIONS},
        document::Node,
        table::{Collection, How, Place, Row, Value},
    },
    model::{Kind, Resource, Verb},
    wire::form::encode,
};

/// Something that can be done.
pub(super) struct Offer {
    pub(super) text: String,
    pub(super) href: String,
    pub(super) press: Press,
}

/// What happens when it is chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Press {
    /// It is done at once.
    Do,
    /// It leads to a form, or to what is to be seen.
    Ask,
    /// It leads to the question whether one is sure.
    Confirm,
}

/// What can be done to the thing that a document is of; what destroys is last.
pub(super) fn of(answer: &Answer, name: &str, node: &Node<'_>, resource: &Resource<'_>) -> Vec<Offer> {
    let Some(collection) = COLLECTIONS.iter().find(|known| known.name == name) else { return Vec::new() };
    let offers = Offers { answer, collection };
    let mut all = match resource {
        Resource::Blob(blob) => offers.of_part(&blob.bucket, &blob.name),
        _ => offers.of_member(node, resource),
    };
    all.sort_by_key(|offer| offer.press == Press::Confirm);
    all
}

struct Offers<'a> {
    answer: &'a Answer,
    collection: &'static Collection,
}

impl Offers<'_> {
    fn of_member(&self, node: &Node<'_>, resource: &Resource<'_>) -> Vec<Offer> {
        let (id, said) = (resource.id(), reading::deeds(node));
        let says = |row: &Row| {
            let own = [self.collection.name, id];
            let place = match row.place {
                Place::Action => self.href(&own, row.name()),
                Place::Collection | Place::Member | Place::Part | Place::PartAction => {
                    self.answer.context.href(&own)
                }
            };
            said.as_ref().is_none_or(|hrefs| hrefs.contains(&place))
        };
        let can = |row: &&Row| match (row.place, &row.answer) {
            (Place::Action, _) => row.method == Method::POST && says(row),
            (Place::Member, How::Do(_)) => says(row),
            (Place::Member, _) => changes(row),
            (Place::Collection | Place::Part | Place::PartAction, _) => false,
        };
        let own = self.served().filter(can).map(|row| {
            let href = self.href(&[self.collection.name, id], &places::segment(row));
            self.offer(row, href)
        });
        let more = self.metrics(resource).into_iter().chain(self.ends_of_parts(node, id));
        own.chain(self.made_of(id)).chain(more).collect()
    }

    /// What can be done to a blob of a bucket.
    fn of_part(&self, id: &str, part: &str) -> Vec<Offer> {
        let path = [self.collection.name, id, part];
        let content = self.served().filter(|row| row.place == Place::PartAction && row.method == Method::GET);
        let content = content.map(|row| Offer {
            text: "Download".to_owned(),
            href: self.href(&path, row.name()),
            press: Press::Ask,
        });
        let rows = self.served().filter(|row| row.place == Place::Part && changes(row));
        content.chain(rows.map(|row| self.offer(row, self.href(&path, row.name())))).collect()
    }

    fn served(&self) -> impl Iterator<Item = &'static Row> {
        self.collection.operations.iter().filter(|row| row.is_served(&self.answer.cloud))
    }

    fn offer(&self, row: &Row, href: String) -> Offer {
        let mut asked = row.parameters.iter().skip(form::in_path(row));
        let press = if row.method == Method::DELETE {
            Press::Confirm
        } else if asked.any(|parameter| parameter.is_taken(&self.answer.cloud)) {
            Press::Ask
        } else {
            Press::Do
        };
        Offer { text: words::verb(row.name()), href, press }
    }

    /// The ends of the parts that its document names: of a firewall's rules.
    fn ends_of_parts(&self, node: &Node<'_>, id: &str) -> Vec<Offer> {
        let ends = self.served().filter(|row| row.place == Place::Part && row.method == Method::DELETE);
        let of = |row: &'static Row| {
            let name = row.name().strip_prefix("delete_").unwrap_or_default();
            reading::ids(node, name).into_iter().map(move |part| Offer {
                text: format!("{} {part}", words::verb(row.name())),
                href: self.href(&[self.collection.name, id, &part], row.name()),
                press: Press::Confirm,
            })
        };
        ends.flat_map(of).collect()
    }

    /// What can be made of it: everything that cannot be made without a thing of its kind.
    fn made_of(&self, id: &str) -> Vec<Offer> {
        let kind = self.collection.operations.iter().find_map(|row| match row.answer {
            How::Show(kind) => Some(kind),
            _ => None,
        });
        let Some(kind) = kind else { return Vec::new() };
        let rows = COLLECTIONS.iter().flat_map(|collection| collection.operations);
        let creating = rows.filter(|row| matches!(row.answer, How::Create(..)));
        let offers = creating.filter(|row| row.is_served(&self.answer.cloud)).filter_map(|row| {
            let is_of = |value: Value| value == Value::Id(kind);
            let of = row.parameters.iter().find(|parameter| parameter.required && is_of(parameter.value))?;
            let form = self.answer.context.href(&[row.collection(), NEW]);
            let href = format!("{form}?{}={}", of.name, encode(id));
            Some(Offer {
                text: format!("New {}", words::singular(row.collection())),
                href,
                press: Press::Ask,
            })
        });
        offers.collect()
    }

    fn metrics(&self, resource: &Resource<'_>) -> Option<Offer> {
        let Resource::Instance(instance) = resource else { return None };
        let href = self.answer.context.href(&[collections::of(Kind::Metric), &instance.id]);
        let is_measured = self.answer.cloud.supports(Verb::Show, Kind::Metric);
        is_measured.then(|| Offer { text: "Metrics".to_owned(), href, press: Press::Ask })
    }

    fn href(&self, path: &[&str], last: &str) -> String {
        self.answer.context.href(&[path, &[last]].concat())
    }
}

fn changes(row: &Row) -> bool {
    row.method == Method::POST || row.method == Method::DELETE
}
