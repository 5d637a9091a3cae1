//! Firewalls and their rules.

use http::{Method, StatusCode};

use super::BY_ID;
use crate::{
    frontends::deltacloud::{
        answer::Frame,
        asked::Asked,
        context::Context,
        document::Node,
        errors::Fault,
        links,
        table::{Collection, How, Parameter, Place, Row, Value},
    },
    model::{
        Capabilities, Change, Direction, Firewall, FirewallSpec, Kind, Protocol, Rule, RuleSource, RuleSpec,
        Source, Spec, Verb,
    },
};

/// The collection.
pub(super) const COLLECTION: Collection = Collection {
    name: "firewalls",
    about: "What lets packets through to the instances that are behind it",
    operations: &[
        Row::index("firewalls.index", Kind::Firewall, "Lists the firewalls", &[BY_ID]),
        Row::show("firewalls.show", Kind::Firewall, "Shows a firewall and its rules"),
        Row::create(
            "firewalls.create",
            Kind::Firewall,
            firewall,
            "Makes a firewall that lets nothing through yet",
            &[
                Parameter::new("name", Value::Text, "Its name").required(),
                Parameter::new("description", Value::Text, "What it is for").required(),
            ],
        ),
        Row::destroy("firewalls.destroy", Kind::Firewall, "Makes an end of a firewall"),
        Row::action(
            "firewalls.rules",
            How::Change(Kind::Firewall, authorize, Frame::Member, StatusCode::CREATED),
            "Lets more packets through",
            RULE,
        ),
        Row {
            action: "firewalls.delete_rule",
            method: Method::DELETE,
            place: Place::Part,
            about: "Lets the packets of a rule through no more",
            parameters: &[
                Parameter::new("id", Value::Id(Kind::Firewall), "The firewall").required(),
                Parameter::new("rule_id", Value::Text, "The rule").required(),
            ],
            answer: How::Change(Kind::Firewall, revoke, Frame::Nothing, StatusCode::NO_CONTENT),
        },
    ],
};

const RULE: &[Parameter] = &[
    Parameter::new("protocol", Value::OneOf(&["tcp", "udp", "icmp"]), "What the packets are of").required(),
    Parameter::new("port_from", Value::Number, "The first port; the type of ICMP").required(),
    Parameter::new("port_to", Value::Number, "The last port; the code of ICMP").required(),
    Parameter::new("ip_addressN", Value::Text, "Addresses that they come from (192.168.0.0/16)"),
    Parameter::new("groupN", Value::Id(Kind::Firewall), "A firewall whose instances they come from"),
    Parameter::new("groupNowner", Value::Text, "Whose that firewall is"),
];

/// The most sources that a rule is read with, of either kind.
const MOST_SOURCES: usize = 100;

fn firewall(asked: &Asked<'_>) -> Result<Spec, Fault> {
    let name = asked.parameters.required("name")?.to_owned();
    let description = asked.parameters.required("description")?.to_owned();
    Ok(Spec::Firewall(FirewallSpec { name, description }))
}

fn authorize(asked: &Asked<'_>) -> Result<Change, Fault> {
    let protocol = match asked.one_of("protocol", RULE)? {
        "udp" => Protocol::Udp,
        "icmp" => Protocol::Icmp,
        _tcp => Protocol::Tcp,
    };
    let ports = ports(asked)?;
    let mut sources = addresses(asked)?;
    sources.extend(groups(asked));
    if sources.is_empty() {
        return Err(
            Fault::invalid("Required parameter 'ip_address1' or 'group1' not found").of("ip_address1")
        );
    }
    Ok(Change::Authorize(RuleSpec { protocol, ports, sources }))
}

/// All where both are -1, as EC2's users write it.
fn ports(asked: &Asked<'_>) -> Result<Option<(u16, u16)>, Fault> {
    if ["port_from", "port_to"].iter().all(|name| asked.parameters.text(name) == Some("-1")) {
        return Ok(None);
    }
    Ok(Some((asked.required_port("port_from")?, asked.required_port("port_to")?)))
}

/// The name is written with an underscore or, by some clients, with a dash.
fn addresses(asked: &Asked<'_>) -> Result<Vec<RuleSource>, Fault> {
    let mut sources = Vec::new();
    for name in ["ip_address", "ip-address"] {
        for n in 1..=MOST_SOURCES {
            let Some(block) = asked.block(&format!("{name}{n}"))? else { break };
            sources.push(RuleSource::Addresses(block));
        }
    }
    Ok(sources)
}

fn groups(asked: &Asked<'_>) -> impl Iterator<Item = RuleSource> {
    (1..=MOST_SOURCES).map_while(|n| {
        let firewall = asked.id_in(&format!("group{n}"))?;
        let owner = asked.parameters.text(&format!("group{n}owner")).map(str::to_owned);
        Some(RuleSource::Firewall { firewall, owner })
    })
}

fn revoke(asked: &Asked<'_>) -> Result<Change, Fault> {
    let rule = asked.part.ok_or_else(Fault::nothing_there)?;
    Ok(Change::Revoke { rule: asked.as_written(rule) })
}

/// The document of a firewall. What adds a rule was called `add_rule` in the original's lists and `update` elsewhere.
pub(super) fn describe<'a>(firewall: &'a Firewall<'_>, cloud: &Capabilities, context: &Context) -> Node<'a> {
    let href = context.href(&["firewalls", &firewall.id]);
    let rules = firewall.rules.iter().map(|rule| rule_of(rule, &firewall.id, cloud, context));
    let parts = vec![
        Node::list("actions", actions(firewall, cloud, context)),
        Node::text("name", firewall.name.as_ref()),
        Node::text("description", firewall.description.as_ref()),
        Node::text("owner_id", firewall.owner.as_ref()),
        Node::list("rules", rules.collect()),
    ];
    Node::object("firewall", parts).with("href", href).with("id", firewall.id.as_ref())
}

fn actions(firewall: &Firewall<'_>, cloud: &Capabilities, context: &Context) -> Vec<Node<'static>> {
    let mut actions = Vec::new();
    if cloud.supports(Verb::Destroy, Kind::Firewall) {
        actions.push(links::destroy(Kind::Firewall, &firewall.id, context));
    }
    if cloud.supports(Verb::Change, Kind::Firewall) {
        let href = context.href(&["firewalls", &firewall.id, "rules"]);
        actions.extend(["update", "add_rule"].map(|rel| links::action(rel, "post", href.clone())));
    }
    actions
}

fn rule_of<'a>(rule: &'a Rule<'_>, firewall: &str, cloud: &Capabilities, context: &Context) -> Node<'a> {
    let href = context.href(&["firewalls", firewall, &rule.id]);
    let destroy = cloud.supports(Verb::Change, Kind::Firewall);
    let destroy = destroy.then(|| links::action("destroy", "delete", href.clone()));
    let mut parts = vec![
        Node::list("actions", Vec::from_iter(destroy)),
        Node::text("allow_protocol", protocol(rule.protocol)),
    ];
    if let Some((from, to)) = rule.ports {
        parts.push(Node::text("port_from", from.to_string()));
        parts.push(Node::text("port_to", to.to_string()));
    }
    parts.push(Node::text("direction", direction(rule.direction)));
    parts.push(Node::list("sources", rule.sources.iter().map(source).collect()));
    Node::object("rule", parts).with("href", href).with("id", rule.id.as_ref())
}

fn source<'a>(source: &'a Source<'_>) -> Node<'a> {
    match source {
        Source::Addresses(block) => {
            let (address, prefix) = block.split_once('/').unwrap_or((block, ""));
            let family = if address.contains(':') { "ipv6" } else { "ipv4" };
            let node = Node::empty("source").with("address", address).with("family", family);
            node.with("prefix", prefix).with("type", "address")
        }
        Source::Firewall { id, owner } => {
            let node = Node::empty("source").with("name", id.as_ref());
            node.with("owner", owner.as_ref()).with("type", "group")
        }
    }
}

fn protocol(protocol: Protocol) -> &'static str {
    match protocol {
        Protocol::Tcp => "tcp",
        Protocol::Udp => "udp",
        Protocol::Icmp => "icmp",
        Protocol::Any => "all",
    }
}

fn direction(direction: Direction) -> &'static str {
    match direction {
        Direction::Ingress => "ingress",
        Direction::Egress => "egress",
    }
}
