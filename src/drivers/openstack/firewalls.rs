//! Firewalls are Neutron's security groups. One is understood by its id and by its name, by which Nova calls it.
//!
//! Rules about protocols that the model does not know (SCTP, GRE) are not shown.

use serde::Deserialize;
use serde_json::Value;

use super::{
    call::{Call, Object},
    catalogue::Service,
    pages::{self, emit},
    read::{admits, uuid},
    session::{Session, about},
};
use crate::{
    exchange::Cloud,
    model::{
        Direction, Error, ErrorKind, Filter, Firewall, FirewallSpec, Flow, Id, Kind, Protocol, Resource,
        Rule, RuleSource, RuleSpec, Source,
    },
    wire::json::{self, Text},
};

/// Neutron's words and numbers for protocols; the first of each is the one that is written.
static PROTOCOLS: &[(&str, Protocol)] = &[
    ("tcp", Protocol::Tcp),
    ("udp", Protocol::Udp),
    ("icmp", Protocol::Icmp),
    ("6", Protocol::Tcp),
    ("17", Protocol::Udp),
    ("1", Protocol::Icmp),
    ("icmpv6", Protocol::Icmp),
    ("ipv6-icmp", Protocol::Icmp),
    ("58", Protocol::Icmp),
    ("any", Protocol::Any),
    ("0", Protocol::Any),
];

/// All addresses of a version of IP.
const ALL_V4: &str = "0.0.0.0/0";
const ALL_V6: &str = "::/0";

#[derive(Debug, Deserialize)]
struct Group<'a> {
    #[serde(borrow)]
    id: Text<'a>,
    #[serde(borrow)]
    name: Text<'a>,
    #[serde(borrow)]
    description: Option<Text<'a>>,
    #[serde(borrow)]
    tenant_id: Option<Text<'a>>,
    #[serde(borrow, default)]
    security_group_rules: Vec<GroupRule<'a>>,
}

#[derive(Debug, Deserialize)]
struct GroupRule<'a> {
    #[serde(borrow)]
    id: Text<'a>,
    #[serde(borrow)]
    direction: Text<'a>,
    #[serde(borrow)]
    ethertype: Option<Text<'a>>,
    #[serde(borrow)]
    protocol: Option<Text<'a>>,
    port_range_min: Option<u16>,
    port_range_max: Option<u16>,
    #[serde(borrow)]
    remote_ip_prefix: Option<Text<'a>>,
    #[serde(borrow)]
    remote_group_id: Option<Text<'a>>,
}

impl<'a> Group<'a> {
    fn firewall(self) -> Firewall<'a> {
        let owner = self.tenant_id.map(|owner| owner.0).unwrap_or_default();
        let rules = self.security_group_rules.into_iter().filter_map(|rule| rule.rule(&owner)).collect();
        Firewall {
            id: self.id.0,
            name: self.name.0,
            description: self.description.map(|text| text.0).unwrap_or_default(),
            owner,
            rules,
            tags: Default::default(),
        }
    }
}

impl<'a> GroupRule<'a> {
    /// None for a protocol that the model does not know.
    fn rule(self, owner: &str) -> Option<Rule<'a>> {
        let protocol = match self.protocol.as_deref() {
            None => Protocol::Any,
            Some(word) => PROTOCOLS.iter().find(|(known, _)| known.eq_ignore_ascii_case(word))?.1,
        };
        let is_v6 = self.ethertype.as_deref() == Some("IPv6");
        let source = match (self.remote_group_id, self.remote_ip_prefix) {
            (Some(id), _) => Source::Firewall { id: id.0, owner: owner.to_owned().into() },
            (None, Some(block)) => Source::Addresses(block.0),
            (None, None) => Source::Addresses(if is_v6 { ALL_V6 } else { ALL_V4 }.into()),
        };
        let ports = self.port_range_min.or(self.port_range_max);
        Some(Rule {
            id: self.id.0,
            direction: if *self.direction == *"egress" { Direction::Egress } else { Direction::Ingress },
            protocol,
            ports: ports.map(|first| (first, self.port_range_max.unwrap_or(first))),
            sources: vec![source],
        })
    }
}

fn read(item: &[u8]) -> Result<Firewall<'_>, Error> {
    Ok(json::read::<Group<'_>>(item)?.firewall())
}

fn by_name(name: &str) -> Call {
    Call::get(Service::Network, &["security-groups"]).query("name", name)
}

/// One call.
pub(super) async fn list(session: &Session<'_>, filter: &Filter, cloud: &mut Cloud<'_>) -> Result<(), Error> {
    let all = || Call::get(Service::Network, &["security-groups"]);
    let call = filter.name.as_deref().map_or_else(all, by_name);
    pages::each(session, cloud, call, "security_groups", |item, sink| {
        let firewall = read(item)?;
        let named = filter.ids.iter().any(|id| id.as_str() == firewall.name);
        if named || admits(filter, &firewall.id, &firewall.name) {
            sink.put(&Resource::Firewall(firewall))
        } else {
            Ok(Flow::More)
        }
    })
    .await
}

/// One call.
pub(super) async fn show(session: &Session<'_>, id: &Id, cloud: &mut Cloud<'_>) -> Result<(), Error> {
    emit(cloud, Resource::Firewall(find(session, id).await?)).await
}

async fn find(session: &Session<'_>, id: &Id) -> Result<Firewall<'static>, Error> {
    let Some(uuid) = uuid(id.as_str()) else {
        let named = named(session, id.as_str()).await?;
        return named.ok_or_else(|| Error::not_found(Kind::Firewall, id.as_str()));
    };
    let call = Call::get(Service::Network, &["security-groups", &uuid]);
    let document = session.fetch_of(Kind::Firewall, id.as_str(), call).await?;
    Ok(document.member::<Group<'_>>("security_group")?.firewall().into_owned())
}

async fn named(session: &Session<'_>, name: &str) -> Result<Option<Firewall<'static>>, Error> {
    let found =
        pages::collect(session, by_name(name), "security_groups", |item| Ok(read(item)?.into_owned()));
    Ok(found.await?.into_iter().find(|firewall| firewall.name == name))
}

/// Two calls: Neutron would give two groups the same name, by which clients could not tell them apart.
pub(super) async fn create(
    session: &Session<'_>,
    spec: &FirewallSpec,
    cloud: &mut Cloud<'_>,
) -> Result<(), Error> {
    if let Some(firewall) = named(session, &spec.name).await? {
        let message = format!("there is a firewall '{}' already", spec.name);
        return Err(Error::new(ErrorKind::AlreadyExists, message).about(Kind::Firewall, firewall.id.as_ref()));
    }
    let description = Some(spec.description.as_str()).filter(|text| !text.is_empty());
    let order = Object::default().with("name", spec.name.as_str()).maybe("description", description);
    let call = Call::post(Service::Network, &["security-groups"], "security_group", order);
    let document = session.fetch(call).await?;
    session.sessions.names.forget_all();
    emit(cloud, Resource::Firewall(document.member::<Group<'_>>("security_group")?.firewall())).await
}

/// Three calls, and one for each firewall that is named as a source: one rule of Neutron's for every source, all or none.
pub(super) async fn authorize(
    session: &Session<'_>,
    id: &Id,
    spec: &RuleSpec,
    cloud: &mut Cloud<'_>,
) -> Result<(), Error> {
    let firewall = find(session, id).await?;
    let mut rules = Vec::with_capacity(spec.sources.len());
    for source in &spec.sources {
        rules.push(rule(session, &firewall, spec, source).await?);
    }
    let path = ["security-group-rules"];
    let call = match rules.as_slice() {
        [rule] => Call::post(Service::Network, &path, "security_group_rule", rule.clone()),
        several => Call::post(Service::Network, &path, "security_group_rules", several),
    };
    session.fetch(call).await.map_err(|error| about(error, Kind::Firewall, id.as_str()))?;
    show(session, &Id::from(firewall.id.as_ref()), cloud).await
}

/// The rule that lets in from one source.
async fn rule(
    session: &Session<'_>,
    firewall: &Firewall<'_>,
    spec: &RuleSpec,
    source: &RuleSource,
) -> Result<Value, Error> {
    let words =
        PROTOCOLS.iter().filter(|(_, protocol)| *protocol == spec.protocol && *protocol != Protocol::Any);
    let rule = Object::default()
        .with("security_group_id", firewall.id.as_ref())
        .with("direction", "ingress")
        .maybe("protocol", words.map(|(word, _)| *word).next())
        .maybe("port_range_min", spec.ports.map(|(first, _)| first))
        .maybe("port_range_max", spec.ports.map(|(_, last)| last));
    let rule = match source {
        RuleSource::Addresses(block) => {
            let version = if block.contains(':') { "IPv6" } else { "IPv4" };
            rule.with("ethertype", version).with("remote_ip_prefix", block.as_str())
        }
        // Whose the other one is does not matter: an id is nobody else's, and a name means the user's own.
        RuleSource::Firewall { firewall: other, owner: _ } => {
            let is_itself = *other.as_str() == *firewall.name || *other.as_str() == *firewall.id;
            let other = if is_itself { firewall.clone() } else { find(session, other).await?.into_owned() };
            rule.with("ethertype", "IPv4").with("remote_group_id", other.id.into_owned())
        }
    };
    Ok(rule.into())
}

/// Three calls.
pub(super) async fn revoke(
    session: &Session<'_>,
    id: &Id,
    rule: &Id,
    cloud: &mut Cloud<'_>,
) -> Result<(), Error> {
    let mut firewall = find(session, id).await?;
    let position = firewall.rules.iter().position(|known| known.id.eq_ignore_ascii_case(rule.as_str()));
    let missing = || {
        let message = format!("firewall '{id}' has no rule '{rule}'");
        Error::new(ErrorKind::NotFound, message)
    };
    let revoked = firewall.rules.remove(position.ok_or_else(missing)?);
    session.fetch(Call::delete(Service::Network, &["security-group-rules", &revoked.id])).await?;
    emit(cloud, Resource::Firewall(firewall)).await
}

/// Two calls for each.
pub(super) async fn destroy(session: &Session<'_>, ids: &[Id], cloud: &mut Cloud<'_>) -> Result<(), Error> {
    for id in ids {
        let firewall = find(session, id).await?;
        let removed = session.fetch(Call::delete(Service::Network, &["security-groups", &firewall.id])).await;
        removed.map_err(|error| about(error, Kind::Firewall, id.as_str()))?;
        session.sessions.names.forget_all();
        emit(cloud, Resource::Firewall(firewall)).await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rules(text: &str) -> Vec<Rule<'_>> {
        json::read::<Group<'_>>(text.as_bytes()).unwrap().firewall().rules
    }

    #[test]
    fn rules_are_read_in_neutrons_words() {
        let text = r#"{"id": "g", "name": "web", "tenant_id": "t", "security_group_rules": [
            {"id": "a", "direction": "ingress", "ethertype": "IPv4", "protocol": "tcp", "port_range_min": 80,
             "port_range_max": 88, "remote_ip_prefix": "10.0.0.0/8", "remote_group_id": null},
            {"id": "b", "direction": "egress", "ethertype": "IPv6", "protocol": null, "port_range_min": null,
             "port_range_max": null, "remote_ip_prefix": null, "remote_group_id": null},
            {"id": "c", "direction": "ingress", "ethertype": "IPv4", "protocol": "1", "remote_group_id": "g"},
            {"id": "d", "direction": "ingress", "ethertype": "IPv4", "protocol": "sctp"}]}"#;
        let rules = rules(text);
        let [tcp, any, icmp] = rules.as_slice() else { panic!("{rules:?}") };
        assert_eq!(
            (tcp.direction, tcp.protocol, tcp.ports),
            (Direction::Ingress, Protocol::Tcp, Some((80, 88)))
        );
        assert_eq!(tcp.sources, [Source::Addresses("10.0.0.0/8".into())]);
        assert_eq!((any.direction, any.protocol, any.ports), (Direction::Egress, Protocol::Any, None));
        assert_eq!(any.sources, [Source::Addresses("::/0".into())]);
        assert_eq!(icmp.protocol, Protocol::Icmp);
        assert_eq!(icmp.sources, [Source::Firewall { id: "g".into(), owner: "t".into() }]);
    }
}
