//! What is around the content of every page: the head, the collections, where one is, and the foot.

use askama::Template;
use bytes::{BufMut, BytesMut};

use super::{assets, visit::Visit, words};
use crate::{
    frontends::deltacloud::{
        collections::{self, COLLECTIONS},
        context::Context,
        table::Collection,
    },
    model::Capabilities,
};

/// The collections in the order in which people think of them. What is in none of these groups is in the last one.
const GROUPS: &[(&str, &[&str])] = &[
    ("Compute", &["instances", "images", "hardware_profiles", "realms", "keys", "metrics"]),
    ("Storage", &["storage_volumes", "storage_snapshots", "buckets"]),
    ("Network", &["addresses", "firewalls", "load_balancers", "networks", "subnets", "network_interfaces"]),
];
/// The documentation, which is no collection.
const DOCS: &str = "docs";
/// What the group of the others is called.
const OTHERS: &str = "About this cloud";

/// A page without its content.
pub(super) struct Around<'a> {
    pub(super) context: &'a Context,
    pub(super) visit: &'a Visit,
    /// What the cloud can do; none while it is not known.
    pub(super) cloud: Option<&'a Capabilities>,
    /// The collection that the page is about.
    pub(super) collection: Option<&'a str>,
    pub(super) title: String,
    /// The pages above this one, and itself.
    pub(super) crumbs: Vec<Crumb>,
    /// Whether the same is there in other forms.
    pub(super) documented: bool,
}

/// A page on the way here.
pub(super) struct Crumb {
    pub(super) text: String,
    pub(super) href: String,
    pub(super) current: bool,
}

/// Collections that belong together.
pub(super) struct Group<'a> {
    pub(super) title: &'static str,
    pub(super) links: Vec<Link<'a>>,
}

/// The way to a collection.
pub(super) struct Link<'a> {
    pub(super) text: String,
    pub(super) href: String,
    pub(super) about: &'a str,
    pub(super) current: bool,
}

#[derive(Template)]
#[template(path = "head.html")]
struct Head<'a> {
    title: &'a str,
    console: Console<'a>,
    groups: Vec<Group<'a>>,
    crumbs: &'a [Crumb],
    up: Option<&'a str>,
}

/// What is the same on every page.
struct Console<'a> {
    root: &'a str,
    style: String,
    script: String,
    icon: String,
    driver: &'a str,
    provider: Option<&'a str>,
    user: Option<&'a str>,
}

#[derive(Template)]
#[template(path = "foot.html")]
struct Foot<'a> {
    documents: Option<&'a str>,
}

impl Around<'_> {
    /// Writes what comes before the content.
    pub(super) fn open(&self, out: &mut BytesMut) {
        let Visit { root, user, .. } = self.visit;
        let asset = |name| assets::path(root, name);
        let console = Console {
            root,
            style: asset("console.css"),
            script: asset("console.js"),
            icon: asset("icon.svg"),
            driver: self.context.driver,
            provider: self.context.provider.as_deref(),
            user: user.as_deref(),
        };
        let groups = self.cloud.map(|cloud| groups(cloud, self.context, self.collection));
        let above = self.crumbs.iter().rev().find(|crumb| !crumb.current);
        write(
            &Head {
                title: &self.title,
                console,
                groups: groups.unwrap_or_default(),
                crumbs: &self.crumbs,
                up: above.map(|crumb| crumb.href.as_str()),
            },
            out,
        );
    }

    /// Writes what comes after the content.
    pub(super) fn close(&self, out: &mut BytesMut) {
        write(&Foot { documents: self.documented.then_some(self.context.url.as_str()) }, out);
    }
}

impl Crumb {
    /// A page above this one.
    pub(super) fn above(text: impl Into<String>, href: impl Into<String>) -> Self {
        Crumb { text: text.into(), href: href.into(), current: false }
    }

    /// This page.
    pub(super) fn here(text: impl Into<String>) -> Self {
        Crumb { text: text.into(), href: String::new(), current: true }
    }

    /// The ways to the entry point and to a collection.
    pub(super) fn to(collection: &str, context: &Context) -> Vec<Self> {
        let home = Crumb::above("Home", context.href(&[]));
        vec![home, Crumb::above(words::label(collection), context.href(&[collection]))]
    }
}

/// The collections that the cloud has.
pub(super) fn groups<'a>(cloud: &Capabilities, context: &Context, current: Option<&str>) -> Vec<Group<'a>> {
    let served: Vec<&'static Collection> = collections::served(cloud).collect();
    let link = |collection: &&'static Collection| Link {
        text: words::label(collection.name),
        href: context.href(&[collection.name]),
        about: collection.about,
        current: current == Some(collection.name),
    };
    let named = GROUPS.iter().map(|(title, names)| {
        let of = names.iter().filter_map(|name| served.iter().find(|known| known.name == *name));
        Group { title, links: of.map(link).collect() }
    });
    let is_named = |name: &str| GROUPS.iter().any(|(_, names)| names.contains(&name));
    let docs = Link {
        text: words::label(DOCS),
        href: context.href(&[DOCS]),
        about: "What can be done here, and how it is asked for",
        current: current == Some(DOCS),
    };
    let others = served.iter().filter(|collection| !is_named(collection.name)).map(link);
    let others = others.chain([docs]).collect();
    let all = named.chain([Group { title: OTHERS, links: others }]);
    all.filter(|group| !group.links.is_empty()).collect()
}

/// What a collection is about, in a sentence.
pub(super) fn about(name: &str) -> &'static str {
    COLLECTIONS.iter().find(|collection| collection.name == name).map_or("", |collection| collection.about)
}

/// Writes a part of a page.
pub(super) fn write(part: &impl Template, out: &mut BytesMut) {
    // Writing to memory does not fail.
    let _ = Template::write_into(part, &mut out.writer());
}
