//! What a security group lets in: permissions, as requests say and answers show them.
//!
//! A permission of many sources is as many rules as there are sources: EC2's clients take away one at a time.

use ipnet::IpNet;

use super::{
    actions::Query,
    envelope::Context,
    errors::{Fault, quoted},
    groups, ids,
    parameters::Parameters,
    scalars,
};
use crate::{
    model::{Kind, Protocol, Rule, RuleSource, RuleSpec, Source},
    wire::xml::Writer,
};

/// The most rules that one request may add or take away.
const MOST: usize = 100;
/// The protocols by EC2's name, and by their number at IANA.
const PROTOCOLS: [(&str, &str, Protocol); 4] = [
    ("tcp", "6", Protocol::Tcp),
    ("udp", "17", Protocol::Udp),
    ("icmp", "1", Protocol::Icmp),
    ("-1", "all", Protocol::Any),
];

/// The rules that a request says, each of one source: in `IpPermissions.N`, or alone as older clients do.
///
/// # Errors
/// When there is none, or one that makes no sense.
pub(super) fn read(query: &Query<'_>) -> Result<Vec<RuleSpec>, Fault> {
    let mut rules = Vec::new();
    let mut permissions = query.parameters.members("IpPermissions").peekable();
    if permissions.peek().is_none() {
        rules = read_one(query, query.parameters)?;
    }
    for permission in permissions {
        rules.extend(read_one(query, permission)?);
    }
    if rules.len() > MOST {
        return Err(Fault::invalid(format!("There are more than {MOST} permissions")));
    }
    Ok(rules)
}

/// Whether a rule that is there lets in the same packets from the same source, and maybe from others.
pub(super) fn is_in(spec: &RuleSpec, rule: &Rule<'_>) -> bool {
    spec.protocol == rule.protocol
        && spec.ports == rule.ports
        && spec.sources.iter().all(|wanted| rule.sources.iter().any(|source| is_same(wanted, source)))
}

/// Whether all that a rule lets in is among these.
pub(super) fn is_covered(rule: &Rule<'_>, specs: &[RuleSpec]) -> bool {
    let is_among = |source: &Source<'_>| {
        let mut same = specs.iter().filter(|spec| is_in(spec, rule));
        same.any(|spec| spec.sources.iter().any(|wanted| is_same(wanted, source)))
    };
    rule.sources.iter().all(is_among)
}

/// Writes a rule as a permission.
pub(super) fn write(rule: &Rule<'_>, context: &Context, xml: &mut Writer<'_>) {
    xml.open("item");
    xml.text("ipProtocol", protocol(rule.protocol));
    write_ports(rule, xml);
    write_groups(rule, context, xml);
    write_addresses("ipRanges", "cidrIp", |block| !block.contains(':'), rule, xml);
    write_addresses("ipv6Ranges", "cidrIpv6", |block| block.contains(':'), rule, xml);
    xml.empty("prefixListIds");
    xml.close("item");
}

/// EC2's name of a protocol.
pub(super) fn protocol(protocol: Protocol) -> &'static str {
    let name = PROTOCOLS.iter().find(|(_, _, known)| *known == protocol);
    name.map_or("-1", |(name, _, _)| name)
}

fn read_one(query: &Query<'_>, permission: &Parameters) -> Result<Vec<RuleSpec>, Fault> {
    if permission.members("PrefixListIds").next().is_some() {
        return Err(query.incapable("let in prefix lists"));
    }
    let protocol = read_protocol(permission)?;
    let ports = read_ports(protocol, permission)?;
    let sources = read_sources(query, permission)?;
    if sources.is_empty() {
        return Err(Fault::missing("CidrIp"));
    }
    let rule = |source| RuleSpec { protocol, ports, sources: vec![source] };
    Ok(sources.into_iter().map(rule).collect())
}

fn read_protocol(permission: &Parameters) -> Result<Protocol, Fault> {
    let text = permission.required("IpProtocol")?;
    let known = PROTOCOLS.iter().find(|(name, other, _)| text.eq_ignore_ascii_case(name) || text == *other);
    let unknown = || Fault::invalid(format!("Invalid value {} for IP protocol", quoted(text)));
    known.map(|(_, _, protocol)| *protocol).ok_or_else(unknown)
}

/// `-1` is all of them, as is nothing.
fn read_ports(protocol: Protocol, permission: &Parameters) -> Result<Option<(u16, u16)>, Fault> {
    let port = |name: &str| match permission.text(name) {
        None | Some("-1") => Ok(None),
        Some(text) => {
            let invalid = |_| Fault::invalid(format!("Invalid value {} for {name}", quoted(text)));
            text.parse::<u16>().map(Some).map_err(invalid)
        }
    };
    match (protocol, port("FromPort")?, port("ToPort")?) {
        (Protocol::Any, _, _) | (_, None, None) => Ok(None),
        (_, Some(first), Some(last)) => Ok(Some((first, last))),
        (_, Some(_), None) | (_, None, Some(_)) => {
            Err(Fault::invalid("FromPort and ToPort have to be given both, or neither"))
        }
    }
}

fn read_sources(query: &Query<'_>, permission: &Parameters) -> Result<Vec<RuleSource>, Fault> {
    let v4 = permission.members("IpRanges").filter_map(|range| range.text("CidrIp"));
    let v6 = permission.members("Ipv6Ranges").filter_map(|range| range.text("CidrIpv6"));
    let alone = ["CidrIp", "CidrIpv6"].into_iter().filter_map(|name| permission.text(name));
    let mut sources = v4.chain(v6).chain(alone).map(addresses).collect::<Result<Vec<_>, _>>()?;
    for group in permission.members("Groups") {
        let id = group.text("GroupId").map(|id| query.id(Kind::Firewall, id));
        let id = id.or_else(|| group.text("GroupName").map(groups::by_name));
        let firewall = id.ok_or_else(|| Fault::missing("GroupId"))??;
        sources.push(RuleSource::Firewall { firewall, owner: None });
    }
    if let Some(name) = permission.text("SourceSecurityGroupName") {
        sources.push(RuleSource::Firewall { firewall: groups::by_name(name)?, owner: None });
    }
    Ok(sources)
}

fn addresses(text: &str) -> Result<RuleSource, Fault> {
    let invalid = |_| Fault::invalid(format!("CIDR block {} is malformed", quoted(text)));
    let block: IpNet = text.parse().map_err(invalid)?;
    Ok(RuleSource::Addresses(block.trunc().to_string()))
}

fn is_same(wanted: &RuleSource, source: &Source<'_>) -> bool {
    match (wanted, source) {
        (RuleSource::Addresses(wanted), Source::Addresses(block)) => {
            wanted == block || block.parse::<IpNet>().is_ok_and(|block| block.trunc().to_string() == *wanted)
        }
        (RuleSource::Firewall { firewall, .. }, Source::Firewall { id, .. }) => firewall.as_str() == id,
        (RuleSource::Addresses(_), Source::Firewall { .. })
        | (RuleSource::Firewall { .. }, Source::Addresses(_)) => false,
    }
}

/// Writes the ports of a rule; type and code for ICMP.
pub(super) fn write_ports(rule: &Rule<'_>, xml: &mut Writer<'_>) {
    match (rule.protocol, rule.ports) {
        (Protocol::Any, _) => {}
        (Protocol::Icmp, None) => {
            xml.text("fromPort", "-1");
            xml.text("toPort", "-1");
        }
        (Protocol::Tcp | Protocol::Udp | Protocol::Icmp, ports) => {
            let (first, last) = ports.unwrap_or((0, u16::MAX));
            xml.text("fromPort", scalars::number(first).as_str());
            xml.text("toPort", scalars::number(last).as_str());
        }
    }
}

fn write_groups(rule: &Rule<'_>, context: &Context, xml: &mut Writer<'_>) {
    xml.open("groups");
    for source in &rule.sources {
        if let Source::Firewall { id, .. } = source {
            xml.open("item");
            xml.text("userId", &context.owner);
            xml.text("groupId", ids::show(ids::GROUP, id, context.ids).as_str());
            xml.close("item");
        }
    }
    xml.close("groups");
}

fn write_addresses(set: &str, element: &str, is_of: fn(&str) -> bool, rule: &Rule<'_>, xml: &mut Writer<'_>) {
    xml.open(set);
    for source in &rule.sources {
        if let Source::Addresses(block) = source
            && is_of(block)
        {
            xml.open("item");
            xml.text(element, block);
            xml.close("item");
        }
    }
    xml.close(set);
}
