//! What availability zones can be filtered by.

use super::{Known, Values as V};
use crate::frontends::ec2::zones;

/// By the name that people gave a zone: also what `ZoneId.N` asks for.
pub(in crate::frontends::ec2) const ZONE_ID: Known =
    Known { name: "zone-id", values: V::Zone(|realm, _, matches| matches(zones::zone_id(realm))) };

/// The filters of `DescribeAvailabilityZones`. There is one region, and clients that name another one in
/// `region-name` mean it all the same.
pub(in crate::frontends::ec2) const ZONES: &[Known] = &[
    Known { name: "zone-name", values: V::Zone(|realm, _, matches| matches(&realm.id)) },
    ZONE_ID,
    Known { name: "state", values: V::Zone(|realm, _, matches| matches(zones::state(realm.state))) },
    Known { name: "region-name", values: V::Any },
    Known { name: "group-name", values: V::Context(|context, matches| matches(&context.region)) },
    Known { name: "zone-type", values: V::Always(zones::ZONE_TYPE) },
    Known { name: "opt-in-status", values: V::Always(zones::OPT_IN) },
    Known { name: "message", values: V::Never },
];
