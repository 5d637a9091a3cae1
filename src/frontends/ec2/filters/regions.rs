//! What regions can be filtered by.

use super::{Known, Values as V};
use crate::frontends::ec2::zones;

/// The filters of `DescribeRegions`.
pub(in crate::frontends::ec2) const REGIONS: &[Known] = &[
    Known { name: "region-name", values: V::Context(|context, matches| matches(&context.region)) },
    Known { name: "endpoint", values: V::Context(|context, matches| matches(&context.endpoint)) },
    Known { name: "opt-in-status", values: V::Always(zones::OPT_IN) },
];
