//! The collections, each with its operations: the table by which requests are routed, the entry point is written and
//! `OPTIONS` is answered.

use http::Method;

use super::{
    context::Context,
    create,
    document::Node,
    drivers,
    errors::Fault,
    plan::Asked,
    states::{self, Deed},
};
use crate::model::{Capabilities, Kind, Spec, Verb};

/// A collection.
pub(super) struct Collection {
    /// Its name, in paths and as a link's `rel`.
    pub(super) name: &'static str,
    pub(super) operations: &'static [Row],
}

/// An operation of a collection.
pub(super) struct Row {
    /// The collection's and its own name: for metrics and the log.
    pub(super) action: &'static str,
    /// Its own name.
    pub(super) name: &'static str,
    pub(super) method: Method,
    pub(super) place: Place,
    /// Its parameters, and whether they are required.
    pub(super) parameters: &'static [(&'static str, bool)],
    pub(super) answer: How,
}

/// Where an operation is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// `/COLLECTION`
    Collection,
    /// `/COLLECTION/ID`
    Member,
    /// `/COLLECTION/ID/NAME`
    Action,
}

/// How an operation is answered.
pub(super) enum How {
    /// By the front end itself, to everybody.
    Here(fn(&Capabilities, &Context) -> Document),
    /// All of a kind.
    List(Kind),
    /// One of a kind.
    Show(Kind),
    /// By making one or more of a kind, as the parameters have it.
    Create(Kind, fn(&Asked<'_>) -> Result<Spec, Fault>),
    /// By doing something to an instance.
    Do(Deed),
    /// By making an end of one of a kind that has no life in which to look for leave.
    Destroy(Kind),
}

/// A document that needs no cloud.
pub(super) struct Document {
    pub(super) node: Node<'static>,
    /// Whether it has a name around it in JSON.
    pub(super) named: bool,
    /// The only id that there is, where it is about one thing.
    pub(super) id: Option<&'static str>,
}

const ID: &[(&str, bool)] = &[("id", true)];

/// The collections there are, in the order in which they are listed.
pub(super) const COLLECTIONS: &[Collection] = &[
    Collection {
        name: "drivers",
        operations: &[
            row(
                "drivers.index",
                "index",
                Place::Collection,
                &[],
                How::Here(|cloud, context| Document {
                    node: drivers::index(cloud, context),
                    named: false,
                    id: None,
                }),
            ),
            row(
                "drivers.show",
                "show",
                Place::Member,
                ID,
                How::Here(|cloud, context| Document {
                    node: drivers::describe(cloud, context),
                    named: true,
                    id: Some(cloud.driver),
                }),
            ),
        ],
    },
    Collection {
        name: "hardware_profiles",
        operations: &[
            row(
                "hardware_profiles.index",
                "index",
                Place::Collection,
                &[("id", false), ("architecture", false)],
                How::List(Kind::HardwareProfile),
            ),
            row("hardware_profiles.show", "show", Place::Member, ID, How::Show(Kind::HardwareProfile)),
        ],
    },
    Collection {
        name: "images",
        operations: &[
            row(
                "images.index",
                "index",
                Place::Collection,
                &[("id", false), ("architecture", false), ("owner_id", false)],
                How::List(Kind::Image),
            ),
            row("images.show", "show", Place::Member, ID, How::Show(Kind::Image)),
        ],
    },
    Collection {
        name: "instance_states",
        operations: &[row(
            "instance_states.index",
            "index",
            Place::Collection,
            &[],
            How::Here(|cloud, context| Document {
                node: states::document(cloud, context),
                named: false,
                id: None,
            }),
        )],
    },
    Collection {
        name: "instances",
        operations: &[
            row(
                "instances.index",
                "index",
                Place::Collection,
                &[("id", false), ("state", false), ("realm_id", false), ("owner_id", false)],
                How::List(Kind::Instance),
            ),
            row("instances.show", "show", Place::Member, ID, How::Show(Kind::Instance)),
            Row {
                action: "instances.create",
                name: "create",
                method: Method::POST,
                place: Place::Collection,
                parameters: &[
                    ("image_id", true),
                    ("realm_id", false),
                    ("hwp_id", false),
                    ("hwp_cpu", false),
                    ("hwp_memory", false),
                    ("name", false),
                    ("user_data", false),
                    ("instance_count", false),
                ],
                answer: How::Create(Kind::Instance, create::instances),
            },
            Row {
                action: "instances.destroy",
                name: "destroy",
                method: Method::DELETE,
                place: Place::Member,
                parameters: ID,
                answer: How::Do(Deed::Destroy),
            },
            post("instances.reboot", "reboot", Deed::Reboot),
            post("instances.start", "start", Deed::Start),
            post("instances.stop", "stop", Deed::Stop),
        ],
    },
    Collection {
        name: "keys",
        operations: &[
            row("keys.index", "index", Place::Collection, &[("id", false)], How::List(Kind::Key)),
            row("keys.show", "show", Place::Member, ID, How::Show(Kind::Key)),
            Row {
                action: "keys.create",
                name: "create",
                method: Method::POST,
                place: Place::Collection,
                parameters: &[("name", true), ("public_key", false)],
                answer: How::Create(Kind::Key, create::key),
            },
            Row {
                action: "keys.destroy",
                name: "destroy",
                method: Method::DELETE,
                place: Place::Member,
                parameters: ID,
                answer: How::Destroy(Kind::Key),
            },
        ],
    },
    Collection {
        name: "realms",
        operations: &[
            row("realms.index", "index", Place::Collection, &[("id", false)], How::List(Kind::Realm)),
            row("realms.show", "show", Place::Member, ID, How::Show(Kind::Realm)),
        ],
    },
];

/// Collections of the API that no cloud here has yet.
pub(super) const ABSENT: &[&str] = &[
    "addresses",
    "buckets",
    "firewalls",
    "load_balancers",
    "metrics",
    "network_interfaces",
    "networks",
    "storage_snapshots",
    "storage_volumes",
    "subnets",
];

const fn row(
    action: &'static str,
    name: &'static str,
    place: Place,
    parameters: &'static [(&'static str, bool)],
    answer: How,
) -> Row {
    Row { action, name, method: Method::GET, place, parameters, answer }
}

const fn post(action: &'static str, name: &'static str, deed: Deed) -> Row {
    Row { action, name, method: Method::POST, place: Place::Action, parameters: ID, answer: How::Do(deed) }
}

/// The collections that a cloud has.
pub(super) fn served(cloud: &Capabilities) -> impl Iterator<Item = &'static Collection> {
    COLLECTIONS.iter().filter(|collection| collection.operations.iter().any(|row| row.is_served(cloud)))
}

/// The name of the collection of a kind.
pub(super) fn of(kind: Kind) -> &'static str {
    match kind {
        Kind::Realm => "realms",
        Kind::Image => "images",
        Kind::HardwareProfile => "hardware_profiles",
        Kind::Instance => "instances",
        Kind::Key => "keys",
        Kind::Volume => "storage_volumes",
        Kind::Snapshot => "storage_snapshots",
        Kind::Network => "networks",
        Kind::Subnet => "subnets",
        Kind::NetworkInterface => "network_interfaces",
        Kind::Address => "addresses",
        Kind::Firewall => "firewalls",
        Kind::LoadBalancer => "load_balancers",
        Kind::Bucket | Kind::Blob => "buckets",
        Kind::Metric => "metrics",
        Kind::Provider => "drivers",
    }
}

impl Row {
    /// Whether a cloud can do it.
    pub(super) fn is_served(&self, cloud: &Capabilities) -> bool {
        match self.answer {
            How::Here(_) => true,
            How::List(kind) => cloud.supports(Verb::List, kind),
            How::Show(kind) => cloud.supports(Verb::Show, kind),
            How::Create(kind, _) => cloud.supports(Verb::Create, kind),
            How::Destroy(kind) => cloud.supports(Verb::Destroy, kind),
            How::Do(Deed::Destroy) => cloud.supports(Verb::Destroy, Kind::Instance),
            How::Do(Deed::Start | Deed::Stop | Deed::Reboot) => cloud.supports(Verb::Act, Kind::Instance),
        }
    }
}
