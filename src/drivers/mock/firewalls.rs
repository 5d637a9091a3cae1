//! Firewalls, which let through what their rules admit, or would.

use ipnet::IpNet;
use serde::{Deserialize, Serialize};

use super::{
    USER,
    state::{Reading, Record, Writing, check_name, check_words, not_now},
};
use crate::model::{
    Direction, Error, ErrorKind, Firewall as Shown, FirewallSpec, Id, Kind, Protocol, Resource,
    Rule as ShownRule, RuleSource, RuleSpec, Source as ShownSource,
};

/// The firewall that is always there.
pub(super) const DEFAULT: &str = "default";
/// How many rules a firewall has at most.
const MOST_RULES: usize = 100;
/// How many sources a rule has at most.
const MOST_SOURCES: usize = 100;

/// A firewall.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Firewall {
    pub(super) description: String,
    pub(super) rules: Vec<Rule>,
}

/// What a firewall admits.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Rule {
    id: String,
    packets: Packets,
    ports: Option<(u16, u16)>,
    sources: Vec<Source>,
}

#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
enum Packets {
    Tcp,
    Udp,
    Icmp,
    Any,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
enum Source {
    Addresses(String),
    Firewall(String),
}

impl Rule {
    fn shown(&self) -> ShownRule<'_> {
        ShownRule {
            id: self.id.as_str().into(),
            direction: Direction::Ingress,
            protocol: self.packets.protocol(),
            ports: self.ports,
            sources: self.sources.iter().map(Source::shown).collect(),
        }
    }
}

impl Packets {
    fn of(protocol: Protocol) -> Self {
        match protocol {
            Protocol::Tcp => Packets::Tcp,
            Protocol::Udp => Packets::Udp,
            Protocol::Icmp => Packets::Icmp,
            Protocol::Any => Packets::Any,
        }
    }

    fn protocol(self) -> Protocol {
        match self {
            Packets::Tcp => Protocol::Tcp,
            Packets::Udp => Protocol::Udp,
            Packets::Icmp => Protocol::Icmp,
            Packets::Any => Protocol::Any,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Packets::Tcp => "tcp",
            Packets::Udp => "udp",
            Packets::Icmp => "icmp",
            Packets::Any => "any",
        }
    }
}

impl Source {
    fn shown(&self) -> ShownSource<'_> {
        match self {
            Source::Addresses(block) => ShownSource::Addresses(block.as_str().into()),
            Source::Firewall(id) => ShownSource::Firewall { id: id.as_str().into(), owner: USER.into() },
        }
    }
}

impl Record for Firewall {
    const KIND: Kind = Kind::Firewall;
    const MOST: usize = 1_000;

    fn describe<'a>(&'a self, id: &'a str, _reading: Reading<'a>) -> Resource<'a> {
        Resource::Firewall(Shown {
            id: id.into(),
            name: id.into(),
            description: self.description.as_str().into(),
            owner: USER.into(),
            rules: self.rules.iter().map(Rule::shown).collect(),
            tags: Default::default(),
        })
    }

    fn may_go(&self, id: &str, reading: Reading<'_>) -> Result<(), Error> {
        if id == DEFAULT {
            return Err(not_now(Kind::Firewall, id, "is always there"));
        }
        let mut instances = reading.state.instances.iter();
        if let Some((user, _)) =
            instances.find(|(_, instance)| instance.firewalls.iter().any(|firewall| firewall == id))
        {
            return Err(not_now(Kind::Firewall, id, &format!("is around instance '{user}'")));
        }
        let names = |source: &Source| matches!(source, Source::Firewall(named) if named == id);
        let mut others = reading.state.firewalls.iter().filter(|(other, _)| *other != id);
        let named = |firewall: &Firewall| firewall.rules.iter().any(|rule| rule.sources.iter().any(names));
        match others.find(|(_, other)| named(other)) {
            Some((other, _)) => {
                Err(not_now(Kind::Firewall, id, &format!("is named by a rule of firewall '{other}'")))
            }
            None => Ok(()),
        }
    }
}

impl Writing<'_> {
    pub(super) fn create_firewall(&mut self, spec: &FirewallSpec) -> Result<Resource<'static>, Error> {
        check_name(&spec.name, Kind::Firewall)?;
        check_words(None, Some(&spec.description))?;
        let firewall = Firewall { description: spec.description.clone(), rules: Vec::new() };
        self.create(&spec.name, firewall)
    }

    pub(super) fn authorize(&mut self, id: &Id, spec: &RuleSpec) -> Result<Resource<'static>, Error> {
        let firewall = self.state.find::<Firewall>(id)?;
        let rule = self.rule(spec)?;
        if firewall.rules.iter().any(|known| known.id == rule.id) {
            let message = format!("the firewall '{id}' has this rule already");
            return Err(Error::new(ErrorKind::AlreadyExists, message).about(Kind::Firewall, id.clone()));
        }
        if firewall.rules.len() >= MOST_RULES {
            let message = format!("a firewall has at most {MOST_RULES} rules");
            return Err(Error::new(ErrorKind::LimitReached, message).about(Kind::Firewall, id.clone()));
        }
        self.state.find_mut::<Firewall>(id)?.rules.push(rule);
        self.shown::<Firewall>(id)
    }

    pub(super) fn revoke(&mut self, id: &Id, rule: &Id) -> Result<Resource<'static>, Error> {
        let rules = &mut self.state.find_mut::<Firewall>(id)?.rules;
        let position = rules.iter().position(|known| known.id == rule.as_str());
        let message = || format!("the firewall '{id}' has no rule '{rule}'");
        rules.remove(position.ok_or_else(|| Error::new(ErrorKind::NotFound, message()))?);
        self.shown::<Firewall>(id)
    }

    fn rule(&self, spec: &RuleSpec) -> Result<Rule, Error> {
        if !(1..=MOST_SOURCES).contains(&spec.sources.len()) {
            let message = format!("a rule has 1 to {MOST_SOURCES} sources");
            return Err(Error::new(ErrorKind::Invalid, message));
        }
        // Of ICMP, these are a type and a code.
        let is_range = !matches!(spec.protocol, Protocol::Icmp);
        if is_range && spec.ports.is_some_and(|(first, last)| first > last) {
            return Err(Error::new(ErrorKind::Invalid, "the first port is above the last one"));
        }
        let sources = spec.sources.iter().map(|source| self.source(source)).collect::<Result<Vec<_>, _>>()?;
        let packets = Packets::of(spec.protocol);
        Ok(Rule { id: rule_id(packets, spec.ports, &sources), packets, ports: spec.ports, sources })
    }

    fn source(&self, source: &RuleSource) -> Result<Source, Error> {
        match source {
            RuleSource::Addresses(text) => {
                let block: Result<IpNet, _> = text.parse();
                let wrong = |_| {
                    let message = format!("'{}' is no block of addresses", text.escape_debug());
                    Error::new(ErrorKind::Invalid, message)
                };
                block.map(|block| Source::Addresses(block.to_string())).map_err(wrong)
            }
            RuleSource::Firewall { firewall, owner } => {
                if owner.as_deref().is_some_and(|owner| owner != USER) {
                    return Err(Error::not_found(Kind::Firewall, firewall.clone()));
                }
                self.state.find::<Firewall>(firewall)?;
                Ok(Source::Firewall(firewall.to_string()))
            }
        }
    }
}

/// The id of a rule, which says what it admits, as Deltacloud's EC2 driver has it:
/// `mockuser~tcp~22~22~@ipv4,192.168.0.0,16`.
fn rule_id(packets: Packets, ports: Option<(u16, u16)>, sources: &[Source]) -> String {
    let (first, last) = match ports {
        Some((first, last)) => (first.to_string(), last.to_string()),
        None => (String::new(), String::new()),
    };
    let mut id = format!("{USER}~{}~{first}~{last}~", packets.name());
    for source in sources {
        id.push_str(&match source {
            Source::Addresses(block) => {
                let family = if block.contains(':') { "ipv6" } else { "ipv4" };
                format!("@{family},{}", block.replace('/', ","))
            }
            Source::Firewall(name) => format!("@group,{USER},{name}"),
        });
    }
    id
}
