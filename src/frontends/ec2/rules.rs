//! `DescribeSecurityGroupRules`: what security groups let through, one rule and one source at a time.

use super::{
    actions::{Answer, Query},
    defaults,
    envelope::{Body, Context},
    errors::Fault,
    filters::{self, Filters},
    ids, permissions,
    scalars::{self, Short},
};
use crate::{
    model::{Direction, Error, Filter, Firewall, Flow, Kind, Operation, Resource, Rule, Source, Verb},
    wire::xml::Writer,
};

/// `DescribeSecurityGroupRules`. All are told at once, however many a page may have.
pub(super) fn describe(query: &Query<'_>) -> Result<Answer, Fault> {
    let mut filters = Filters::read(query.parameters, filters::RULES)?;
    let of_rule = filters.split_off("security-group-rule-id");
    let wanted = query.parameters.list("SecurityGroupRuleId").map(str::to_owned).collect();
    let narrowed = query.narrow(Kind::Firewall, &[], &filters);
    let stands_in = !query.cloud.offers(Verb::List, Kind::Firewall);
    let operation = (!stands_in)
        .then(|| Operation::List(Kind::Firewall, Filter { ids: narrowed.ids, ..Filter::default() }));
    Ok(query.answer(operation, Rules { filters, of_rule, wanted, stands_in }))
}

struct Rules {
    /// Those of the group.
    filters: Filters,
    /// Those of the rule.
    of_rule: Filters,
    /// Only these; all when empty.
    wanted: Vec<String>,
    /// Whether the default group stands for the cloud's.
    stands_in: bool,
}

impl Rules {
    fn write_all(&self, firewall: &Firewall<'_>, context: &Context, xml: &mut Writer<'_>) {
        for rule in &firewall.rules {
            for (index, source) in (0_u32..).zip(&rule.sources) {
                let id = rule_id(rule, index, context);
                let is_wanted =
                    self.wanted.is_empty() || self.wanted.iter().any(|wanted| wanted == id.as_str());
                if is_wanted && self.of_rule.admit_text(id.as_str()) {
                    xml.open("item");
                    xml.text("securityGroupRuleId", id.as_str());
                    write(firewall, rule, source, context, xml);
                    xml.close("item");
                }
            }
        }
    }
}

impl Body for Rules {
    fn open(&mut self, _: &Context, xml: &mut Writer<'_>) {
        xml.open("securityGroupRuleSet");
    }

    fn item(
        &mut self,
        resource: &Resource<'_>,
        context: &Context,
        xml: &mut Writer<'_>,
    ) -> Result<Flow, Error> {
        if let Resource::Firewall(firewall) = resource
            && self.filters.admit(Some(resource), context)
        {
            self.write_all(firewall, context, xml);
        }
        Ok(Flow::More)
    }

    fn close(&mut self, context: &Context, xml: &mut Writer<'_>) -> Result<(), Error> {
        if self.stands_in {
            self.item(&Resource::Firewall(defaults::firewall()), context, xml)?;
        }
        xml.close("securityGroupRuleSet");
        Ok(())
    }
}

/// A rule of many sources is as many rules to EC2.
fn rule_id(rule: &Rule<'_>, index: u32, context: &Context) -> Short {
    let mut id = ids::derive(ids::RULE, &rule.id, context.ids);
    if index > 0 {
        id.push("-");
        id.push_number(u64::from(index), 1);
    }
    id
}

fn write(
    firewall: &Firewall<'_>,
    rule: &Rule<'_>,
    source: &Source<'_>,
    context: &Context,
    xml: &mut Writer<'_>,
) {
    xml.text("groupId", ids::show(ids::GROUP, &firewall.id, context.ids).as_str());
    xml.text("groupOwnerId", &context.owner);
    xml.text("isEgress", scalars::truth(rule.direction == Direction::Egress));
    xml.text("ipProtocol", permissions::protocol(rule.protocol));
    permissions::write_ports(rule, xml);
    match source {
        Source::Addresses(block) if block.contains(':') => drop(xml.text("cidrIpv6", block)),
        Source::Addresses(block) => drop(xml.text("cidrIpv4", block)),
        Source::Firewall { id, .. } => {
            xml.open("referencedGroupInfo");
            xml.text("groupId", ids::show(ids::GROUP, id, context.ids).as_str());
            xml.text("userId", &context.owner);
            xml.close("referencedGroupInfo");
        }
    }
    xml.empty("tagSet");
}
