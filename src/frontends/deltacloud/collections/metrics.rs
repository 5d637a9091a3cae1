//! Metrics: what is measured of instances.

use super::BY_ID;
use crate::{
    frontends::deltacloud::table::{Collection, Row},
    model::Kind,
};

/// The collection.
pub(super) const COLLECTION: Collection = Collection {
    name: "metrics",
    about: "What is measured of instances",
    operations: &[
        Row::index("metrics.index", Kind::Metric, "Lists what is measured", &[BY_ID]),
        Row::show("metrics.show", Kind::Metric, "Shows what was measured of an instance"),
    ],
};
