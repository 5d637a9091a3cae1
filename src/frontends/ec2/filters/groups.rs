//! What security groups can be filtered by.

use super::{Known, Matches, Values as V};
use crate::{
    frontends::ec2::{envelope::Context, ids},
    model::{Direction, Firewall, Source},
};

/// The filters of `DescribeSecurityGroups`. A group is around instances in any network.
pub(in crate::frontends::ec2) const GROUPS: &[Known] = &[
    Known { name: "group-id", values: V::Firewall(id) },
    Known { name: "group-name", values: V::Firewall(|firewall, _, matches| matches(&firewall.name)) },
    Known { name: "description", values: V::Firewall(|firewall, _, matches| matches(&firewall.description)) },
    Known { name: "owner-id", values: V::Context(|context, matches| matches(&context.owner)) },
    Known { name: "vpc-id", values: V::Any },
    Known { name: "ip-permission.cidr", values: V::Firewall(sources) },
    Known { name: "tag-key", values: V::TagKey },
];

/// The filters of `DescribeSecurityGroupRules`; what is a rule's own is asked apart.
pub(in crate::frontends::ec2) const RULES: &[Known] = &[
    Known { name: "group-id", values: V::Firewall(id) },
    Known { name: "security-group-rule-id", values: V::Any },
    Known { name: "tag-key", values: V::Never },
];

fn id(firewall: &Firewall<'_>, context: &Context, matches: Matches<'_>) -> bool {
    matches(&firewall.id) || matches(ids::show(ids::GROUP, &firewall.id, context.ids).as_str())
}

fn sources(firewall: &Firewall<'_>, _: &Context, matches: Matches<'_>) -> bool {
    let rules = firewall.rules.iter().filter(|rule| rule.direction == Direction::Ingress);
    rules.flat_map(|rule| &rule.sources).any(|source| match source {
        Source::Addresses(block) => matches(block),
        Source::Firewall { .. } => false,
    })
}
